//! `GET /accounting`: whether every event that was taken is stored.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::auth::Access;
use super::export::respond;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::reconciliation;
use crate::question::reconciliation::request::ReconciliationParams;
use crate::question::reconciliation::response::{Counts, Reconciliation, ReconciliationHour};
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Whether every event that was taken is stored.
#[utoipa::path(get, path = "/accounting", tag = "accounting",
    params(SitePath, ReconciliationParams),
    responses(
        (status = 200, description = "The accounts; their hours also as text/csv and application/x-ndjson", body = Reconciliation),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<ReconciliationParams>,
) -> Result<Response, ApiError> {
    let now = Timestamp::now();
    let runner = access.runner(&state);
    let response = reconciliation::respond(&runner, &state.accounts, &access.site, &params, now).await?;
    Ok(respond(&headers, &response, table))
}

/// The hours.
fn table(response: &Reconciliation) -> Table {
    let row = |hour: &ReconciliationHour| {
        let Counts { received, accepted, rejected, stored, duplicate, pending, settling, gap, written_off } =
            hour.counts;
        json!({"hour": hour.hour, "received": received, "accepted": accepted, "rejected": rejected, "stored": stored,
            "duplicate": duplicate, "pending": pending, "settling": settling, "gap": gap,
            "written_off": written_off})
    };
    let rows: Vec<Value> = response.hours.iter().map(row).collect();
    let columns = [
        "hour",
        "received",
        "accepted",
        "rejected",
        "stored",
        "duplicate",
        "pending",
        "settling",
        "gap",
        "written_off",
    ];
    Table::of_items(&columns, &rows)
}
