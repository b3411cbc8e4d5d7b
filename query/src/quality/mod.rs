//! How fast and how sound it was: web vitals, app starts, crashes.

pub mod app;
pub mod web;

use orma_store::Site;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::http::quality::QualityParams;
use crate::plan::Dimension;
use crate::plan::parameter::parse_limit;
use crate::scope::{Scope, ScopeText};
use crate::sql::quality::QualityQuery;
use crate::timestamp::Moment;

const ROWS_DEFAULT: usize = 50;
const ROWS_MAX: usize = 1000;
const PERIOD_DAYS_DEFAULT: i64 = 30;

/// A row of the store; its columns are named by the place of a vital or a start.
type StoreRow = Map<String, Value>;

/// Reads a request whose rows may be of one of these dimensions, the first being the default.
fn parse(
    site: &Site,
    params: &QualityParams,
    dimensions: &[Dimension],
    now: Moment,
) -> Result<QualityQuery, ApiError> {
    let group_by = match params.group_by.as_deref().filter(|name| !name.is_empty()) {
        None => dimensions[0],
        Some(name) => {
            let dimension = Dimension::parse(name, "group_by")?;
            if !dimensions.contains(&dimension) {
                let known: Vec<&str> = dimensions.iter().map(|dimension| dimension.name()).collect();
                let message = format!("`group_by` takes {} here, not `{name}`.", known.join(", "));
                return Err(ApiError::invalid("unknown_dimension", "group_by", message));
            }
            dimension
        }
    };
    let scope = ScopeText {
        from: params.from.as_deref(),
        to: params.to.as_deref(),
        filter: &params.filter,
        include: None,
    };
    Ok(QualityQuery {
        scope: Scope::parse(site, &scope, PERIOD_DAYS_DEFAULT, now)?,
        group_by,
        limit: parse_limit(params.limit.as_deref(), ROWS_DEFAULT, ROWS_MAX)?,
    })
}

fn count(row: Option<&StoreRow>, column: &str) -> i64 {
    row.and_then(|row| row.get(column)).and_then(Value::as_i64).unwrap_or(0)
}

fn number(row: Option<&StoreRow>, column: &str) -> Option<f64> {
    row.and_then(|row| row.get(column)).and_then(Value::as_f64)
}

fn text(row: &StoreRow, column: &str) -> String {
    row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A share; of nothing there is none.
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
