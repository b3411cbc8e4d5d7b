//! `GET /quality/web` and `GET /quality/app`: how fast and how sound it was.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::auth::Access;
use super::export;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::quality;
use crate::question::quality::request::QualityParams;
use crate::question::quality::response::{AppQuality, WebQuality};
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;

/// The web vitals at the 75th percentile, in total and by a dimension.
#[utoipa::path(get, path = "/quality/web", tag = "quality", params(SitePath, QualityParams),
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
    let site = access.site.clone();
    let respond =
        |runner: Runner| async move { quality::web(&runner, &site, &params, Timestamp::now()).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(export::respond(&headers, &*response, web_table))
}

/// The app's start times and crash-free sessions and people, in total and by a dimension.
#[utoipa::path(get, path = "/quality/app", tag = "quality", params(SitePath, QualityParams),
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
    let site = access.site.clone();
    let respond =
        |runner: Runner| async move { quality::app(&runner, &site, &params, Timestamp::now()).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(export::respond(&headers, &*response, app_table))
}

/// What is told of each vital, in a table.
const OF_VITAL: [&str; 6] = ["p75", "samples", "good", "needs_improvement", "poor", "rating"];
/// What is told of each kind of app start, in a table.
const OF_START: [&str; 5] = ["p75_ms", "samples", "good", "poor", "rating"];

/// The rows: the value of the dimension, then what is told of each vital (`lcp_p75`, …).
fn web_table(response: &WebQuality) -> Table {
    let names: Vec<String> =
        response.vitals.iter().map(|summary| summary.vital.name.to_ascii_lowercase()).collect();
    let rows = response.rows.iter().map(|row| {
        let parts = row.vitals.iter().map(|vital| (vital.name.to_ascii_lowercase(), json!(vital)));
        wide(json!({"dimension": row.dimension}), parts)
    });
    table_of(&["dimension"], &names, &OF_VITAL, rows)
}

/// The rows: the value of the dimension, what is free of crashes, then what is told of each start (`cold_p75_ms`, …).
fn app_table(response: &AppQuality) -> Table {
    let names: Vec<String> = response.starts.iter().map(|summary| summary.start.start.clone()).collect();
    let rows = response.rows.iter().map(|row| {
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
