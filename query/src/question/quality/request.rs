//! What is asked: a scope, divided by a dimension.

use orma_store::Site;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::plan::Dimension;
use crate::plan::parameter::parse_limit;
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Timestamp;

/// What the quality resources take.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QualityParams {
    /// Web: `page` (default), `device_class`, `country`, `browser` or `os`. App: `app_version` (default), `os`,
    /// `device_model` or `device_class`.
    pub group_by: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// Repeatable, as in `/stats`.
    #[serde(default)]
    pub filter: Vec<String>,
    /// How many rows. Default 50, at most 1000.
    pub limit: Option<String>,
}

/// A question about quality.
#[derive(Clone, Debug, PartialEq)]
pub struct QualityQuery {
    /// What it is about.
    pub scope: Scope,
    /// What the rows are.
    pub group_by: Dimension,
    /// How many rows.
    pub limit: usize,
}

const ROWS_DEFAULT: usize = 50;
const ROWS_MAX: usize = 1000;
const PERIOD_DAYS_DEFAULT: i64 = 30;

/// Reads a request whose rows may be of one of these dimensions, the first being the default.
pub fn parse(
    site: &Site,
    params: &QualityParams,
    dimensions: &[Dimension],
    now: Timestamp,
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
