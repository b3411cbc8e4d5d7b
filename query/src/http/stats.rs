//! `GET /sites/{site}/stats`.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::auth::Access;
use super::export::respond_page;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::stats;
use crate::question::stats::request::{Query, RequestText, StatsParams};
use crate::question::stats::response::Stats;
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;

/// Numbers over time or by a dimension.
#[utoipa::path(get, path = "/stats", tag = "stats", params(SitePath, StatsParams),
    responses(
        (status = 200, description = "The numbers; also as text/csv and application/x-ndjson (one row a line), then with a `Link` to the next page", body = Stats),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query_text): RawQuery,
    Params(params): Params<StatsParams>,
) -> Result<Response, ApiError> {
    let query = Query::parse(&access.site, &RequestText::from(&params), state.now())?;
    let respond = |runner: Runner| async move { stats::respond(&runner, &query).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(respond_page(&headers, query_text.as_deref(), &*response, |response| {
        (table(response), response.next_cursor.as_deref())
    }))
}

/// The rows, flat: dimensions first, then metrics.
fn table(response: &Stats) -> Table {
    let time = response.interval.iter().map(|_| "time".to_owned());
    let dimensions: Vec<String> = time.chain(response.group_by.iter().cloned()).collect();
    let columns = dimensions.iter().chain(&response.metrics).cloned().collect();
    let rows = response.rows.iter().map(|row| {
        let dimensions = dimensions.iter().map(|name| serde_json::json!(row.dimensions.get(name)));
        let metrics = response.metrics.iter().map(|name| serde_json::json!(row.metrics.get(name)));
        dimensions.chain(metrics).collect()
    });
    Table { columns, rows: rows.collect() }
}
