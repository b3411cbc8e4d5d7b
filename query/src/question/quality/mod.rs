//! How fast and how sound it was: web vitals, app starts, crashes.

pub mod app;
pub mod request;
pub mod response;
mod sql;
pub mod web;

use orma_model::vitals::{APP_STARTS, AppStart as StartKind, VITALS, Vital as VitalKind};
use orma_store::Site;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::lookup;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;
use request::{QualityParams, parse};
use response::{
    AppQuality, AppStart, AppStartSummary, StartThresholds, Vital, VitalSummary, VitalThresholds, WebQuality,
    WebQualityRow,
};

/// A row of the store; its columns are named by the index of a vital or a start.
type StoreRow = Map<String, Value>;

/// The vitals of a site.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn web(
    runner: &Runner,
    site: &Site,
    params: &QualityParams,
    now: Timestamp,
) -> Result<WebQuality, ApiError> {
    let mut query = parse(site, params, &web::DIMENSIONS, now)?;
    runner.bring_visits_up_to_date(query.scope.needs()).await;
    if query.scope.condition.asks_who() {
        query.scope.aliases = lookup::aliases(runner, &site.site).await?;
    }
    let (totals, rows) = (sql::web(&query, true), sql::web(&query, false));
    let (totals, rows) =
        futures_util::try_join!(runner.rows::<StoreRow>(&totals), runner.rows::<StoreRow>(&rows))?;
    let vitals = web::vitals_of(totals.first());
    let summary = |(kind, vital): (&VitalKind, Vital)| VitalSummary {
        vital,
        unit: kind.unit.to_owned(),
        thresholds: VitalThresholds { good: kind.good_max, poor: kind.poor_above },
    };
    Ok(WebQuality {
        from: query.scope.period.from,
        to: query.scope.period.to,
        vitals: VITALS.iter().zip(vitals).map(summary).collect(),
        rows: rows
            .iter()
            .map(|row| WebQualityRow { dimension: text(row, "dimension"), vitals: web::vitals_of(Some(row)) })
            .collect(),
    })
}

/// The app's quality.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn app(
    runner: &Runner,
    site: &Site,
    params: &QualityParams,
    now: Timestamp,
) -> Result<AppQuality, ApiError> {
    let mut query = parse(site, params, &app::DIMENSIONS, now)?;
    runner.bring_visits_up_to_date(Needs::People).await;
    query.scope.aliases = lookup::aliases(runner, &site.site).await?;
    let (totals, rows) = (sql::app(&query, true), sql::app(&query, false));
    let (totals, rows) =
        futures_util::try_join!(runner.rows::<StoreRow>(&totals), runner.rows::<StoreRow>(&rows))?;
    let total = totals.first();
    let summary = |(kind, start): (&StartKind, AppStart)| AppStartSummary {
        start,
        thresholds: StartThresholds { good_ms: kind.good_below_ms, poor_ms: kind.poor_above_ms },
    };
    Ok(AppQuality {
        from: query.scope.period.from,
        to: query.scope.period.to,
        starts: APP_STARTS.iter().zip(app::starts_of(total)).map(summary).collect(),
        sessions: count(total, "sessions"),
        crash_free_sessions: app::crash_free(total, "sessions"),
        people: count(total, "people"),
        crash_free_people: app::crash_free(total, "people"),
        rows: rows.iter().map(app::row).collect(),
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
