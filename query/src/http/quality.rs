//! `GET /quality/web` and `GET /quality/app`: how fast and how sound it was.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::{Table, respond};
use super::params::{Params, SitePath};
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::quality;
use crate::timestamp::Moment;

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

/// Where good ends and poor begins, in the vital's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct VitalThresholds {
    /// Good up to here.
    pub good: f64,
    /// Poor above.
    pub poor: f64,
}

/// One vital: its 75th percentile and the shares of the samples.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Vital {
    /// `LCP`, `INP`, `CLS`, `FCP` or `TTFB`.
    pub name: String,
    /// 75th percentile; null when there is no sample.
    pub p75: Option<f64>,
    /// Number of samples.
    pub samples: i64,
    /// Share of good samples.
    pub good: Option<f64>,
    /// Share of samples in between.
    pub needs_improvement: Option<f64>,
    /// Share of poor samples.
    pub poor: Option<f64>,
    /// Of the 75th percentile: `good`, `needs_improvement`, `poor`, or empty without a sample.
    pub rating: String,
}

/// One vital over everything, with its unit and thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VitalSummary {
    /// The vital.
    #[serde(flatten)]
    pub vital: Vital,
    /// `ms` or `score`.
    pub unit: String,
    /// Where good ends and poor begins.
    pub thresholds: VitalThresholds,
}

/// The vitals of one value of the dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WebQualityRow {
    /// The value.
    pub dimension: String,
    /// In the order LCP, INP, CLS, FCP, TTFB.
    pub vitals: Vec<Vital>,
}

/// The answer of `GET /quality/web`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebQuality {
    /// Beginning of the period.
    pub from: Moment,
    /// End of the period, exclusive.
    pub to: Moment,
    /// In the order LCP, INP, CLS, FCP, TTFB.
    pub vitals: Vec<VitalSummary>,
    /// Most samples first.
    pub rows: Vec<WebQualityRow>,
}

/// Where a good start ends and a poor one begins, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StartThresholds {
    /// Good below.
    pub good_ms: i64,
    /// Poor above.
    pub poor_ms: i64,
}

/// One kind of app start.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppStart {
    /// `cold`, `warm` or `hot`.
    pub start: String,
    /// 75th percentile in milliseconds; null when there is no sample.
    pub p75_ms: Option<f64>,
    /// Number of samples.
    pub samples: i64,
    /// Share of good samples.
    pub good: Option<f64>,
    /// Share of poor samples.
    pub poor: Option<f64>,
    /// Of the 75th percentile: `good`, `needs_improvement`, `poor`, or empty without a sample.
    pub rating: String,
}

/// One kind of app start over everything, with its thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppStartSummary {
    /// The start.
    #[serde(flatten)]
    pub start: AppStart,
    /// Where good ends and poor begins.
    pub thresholds: StartThresholds,
}

/// The app's quality for one value of the dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppQualityRow {
    /// The value.
    pub dimension: String,
    /// Sessions in the app.
    pub sessions: i64,
    /// Share of sessions without a fatal crash; null without sessions.
    pub crash_free_sessions: Option<f64>,
    /// People in the app.
    pub people: i64,
    /// Share of people without a fatal crash; null without people.
    pub crash_free_people: Option<f64>,
    /// In the order cold, warm, hot.
    pub starts: Vec<AppStart>,
}

/// The answer of `GET /quality/app`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppQuality {
    /// Beginning of the period.
    pub from: Moment,
    /// End of the period, exclusive.
    pub to: Moment,
    /// In the order cold, warm, hot.
    pub starts: Vec<AppStartSummary>,
    /// Sessions in the app.
    pub sessions: i64,
    /// Share of sessions without a fatal crash; null without sessions.
    pub crash_free_sessions: Option<f64>,
    /// People in the app.
    pub people: i64,
    /// Share of people without a fatal crash; null without people.
    pub crash_free_people: Option<f64>,
    /// Most sessions first.
    pub rows: Vec<AppQualityRow>,
}

/// The web vitals at the 75th percentile, in total and by a dimension.
#[utoipa::path(get, path = "/api/v1/sites/{site}/quality/web", tag = "quality", params(SitePath, QualityParams),
    responses(
        (status = 200, description = "The vitals; the rows also as text/csv and application/x-ndjson", body = WebQuality),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn web(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<QualityParams>,
) -> Result<Response, ApiError> {
    let runner = access.caller.runner(&state);
    let answer = quality::web::answer(&runner, &access.site, &params, Moment::now()).await?;
    Ok(respond(&headers, answer, web_table))
}

/// The app's start times and crash-free sessions and people, in total and by a dimension.
#[utoipa::path(get, path = "/api/v1/sites/{site}/quality/app", tag = "quality", params(SitePath, QualityParams),
    responses(
        (status = 200, description = "The app's quality; the rows also as text/csv and application/x-ndjson", body = AppQuality),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn app(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<QualityParams>,
) -> Result<Response, ApiError> {
    let runner = access.caller.runner(&state);
    let answer = quality::app::answer(&runner, &access.site, &params, Moment::now()).await?;
    Ok(respond(&headers, answer, app_table))
}

/// What is told of each vital, in a table.
const OF_VITAL: [&str; 6] = ["p75", "samples", "good", "needs_improvement", "poor", "rating"];
/// What is told of each kind of app start, in a table.
const OF_START: [&str; 5] = ["p75_ms", "samples", "good", "poor", "rating"];

/// The rows: the value of the dimension, then what is told of each vital (`lcp_p75`, …).
fn web_table(answer: &WebQuality) -> Table {
    let names: Vec<String> =
        answer.vitals.iter().map(|summary| summary.vital.name.to_ascii_lowercase()).collect();
    let rows = answer.rows.iter().map(|row| {
        let parts = row.vitals.iter().map(|vital| (vital.name.to_ascii_lowercase(), json!(vital)));
        wide(json!({"dimension": row.dimension}), parts)
    });
    table_of(&["dimension"], &names, &OF_VITAL, rows)
}

/// The rows: the value of the dimension, what is free of crashes, then what is told of each start (`cold_p75_ms`, …).
fn app_table(answer: &AppQuality) -> Table {
    let names: Vec<String> = answer.starts.iter().map(|summary| summary.start.start.clone()).collect();
    let rows = answer.rows.iter().map(|row| {
        let parts = row.starts.iter().map(|start| (start.start.clone(), json!(start)));
        let plain = json!({"dimension": row.dimension, "sessions": row.sessions,
            "crash_free_sessions": row.crash_free_sessions, "people": row.people,
            "crash_free_people": row.crash_free_people});
        wide(plain, parts)
    });
    let plain = ["dimension", "sessions", "crash_free_sessions", "people", "crash_free_people"];
    table_of(&plain, &names, &OF_START, rows)
}

/// A row with parts beside its plain fields, each under its name.
fn wide(plain: Value, parts: impl Iterator<Item = (String, Value)>) -> Value {
    let mut row = Map::new();
    if let Value::Object(plain) = plain {
        row.extend(plain);
    }
    row.extend(parts);
    Value::Object(row)
}

fn table_of(plain: &[&str], names: &[String], of_each: &[&str], rows: impl Iterator<Item = Value>) -> Table {
    let plain = plain.iter().map(|column| (*column).to_owned());
    let parts = names.iter().flat_map(|name| of_each.iter().map(move |what| format!("{name}_{what}")));
    let columns: Vec<String> = plain.chain(parts).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    Table::of_items(&columns, &rows.collect::<Vec<_>>())
}
