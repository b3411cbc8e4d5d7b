//! `/reports`: questions that have a name.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use orma_store::registry::Snapshot;
use orma_store::{Saved, SavedKind, Site, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::carry_out::{carry_out, check};
use super::export::respond;
use super::params::{Body, Params, PathOf, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::saved::number::{ReportNumber, numbers};
use crate::saved::report::{
    Report, ReportContent, ReportList, ReportQuestion, ReportRequest, content, definition, told,
};
use crate::saved::{alert, board, changed_meanwhile, find};
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Bytes of an answer whose numbers are looked up.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The columns of an export of reports.
const COLUMNS: [&str; 8] =
    ["report", "name", "question", "period", "created_by", "created_at", "changed_by", "changed_at"];

/// Of `/sites/{site}/reports/{report}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReportPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// The report's id.
    #[param(example = "0a1b2c3d4e5f")]
    pub report: String,
}

/// What `GET /reports/{report}/answer` takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportTimeParams {
    /// A date in the site's zone or an instant, with `to`: instead of the report's own time.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive.
    pub to: Option<String>,
}

/// The numbers of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportNumbers {
    /// At most 1000.
    pub items: Vec<ReportNumber>,
}

/// What a site has saved under an id. It may have been made a moment ago, by another process.
pub async fn saved(state: &AppState, site: &str, kind: SavedKind, id: &str) -> Result<Saved, ApiError> {
    state.registry.refresh().await?;
    let code = match kind {
        SavedKind::Report => "unknown_report",
        SavedKind::Board => "unknown_board",
        SavedKind::Alert => "unknown_alert",
    };
    let message = format!("There is no {} `{id}`.", kind.name());
    find(&state.registry.snapshot(), site, kind, id).cloned().ok_or(ApiError::NotFound { code, message })
}

/// Saves something, unless somebody was faster.
pub async fn put(state: &AppState, saved: &Saved) -> Result<(), ApiError> {
    if state.registry.put_saved(saved).await? { Ok(()) } else { Err(changed_meanwhile(saved.kind)) }
}

/// A report, with what is wrong with it now.
async fn with_problem(snapshot: &Snapshot, site: &Site, saved: &Saved, now: Timestamp) -> Report {
    let read = content(saved);
    let problem = match &read {
        Ok(content) => check_at(snapshot, site, content, now).await.err(),
        Err(error) => Some(error.clone()),
    };
    let unread = || ReportContent {
        question: ReportQuestion::Stats,
        body: serde_json::Map::new(),
        period: None,
        page: None,
    };
    told(saved, read.unwrap_or_else(|_| unread()), problem)
}

async fn check_at(
    snapshot: &Snapshot,
    site: &Site,
    content: &ReportContent,
    now: Timestamp,
) -> Result<(), ApiError> {
    check(snapshot, site, content.question, content.body_at(site, now)?, now).await
}

/// The reports of a site.
#[utoipa::path(get, path = "/reports", tag = "reports", params(SitePath),
    responses(
        (status = 200, description = "The reports; also as text/csv and application/x-ndjson", body = ReportList),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let mut items = Vec::new();
    for saved in snapshot.saved_of(&access.site.site, SavedKind::Report) {
        items.push(with_problem(&snapshot, &access.site, saved, state.now()).await);
    }
    Ok(respond(&headers, &ReportList { items }, |list| Table::of_items(&COLUMNS, &list.items)))
}

/// Saves a question under a name.
#[utoipa::path(post, path = "/reports", tag = "reports", params(SitePath), request_body = ReportRequest,
    responses(
        (status = 201, description = "The report", body = Report),
        (status = 400, description = "A field is unknown or cannot be used, of the question too", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<ReportRequest>,
) -> Result<(StatusCode, Json<Report>), ApiError> {
    let now = state.now();
    let (saved, content) = definition(None, &access.site.site, body, (&access.caller.name, now))?;
    state.registry.refresh().await?;
    check_at(&state.registry.snapshot(), &access.site, &content, now).await?;
    put(&state, &saved).await?;
    Ok((StatusCode::CREATED, Json(told(&saved, content, None))))
}

/// A report.
#[utoipa::path(get, path = "/reports/{report}", tag = "reports", params(ReportPath),
    responses(
        (status = 200, description = "The report", body = Report),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or report", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PathOf(ReportPath { report, .. }): PathOf<ReportPath>,
) -> Result<Json<Report>, ApiError> {
    let saved = saved(&state, &access.site.site, SavedKind::Report, &report).await?;
    Ok(Json(with_problem(&state.registry.snapshot(), &access.site, &saved, state.now()).await))
}

/// Gives a report another name or question.
#[utoipa::path(put, path = "/reports/{report}", tag = "reports", params(ReportPath), request_body = ReportRequest,
    responses(
        (status = 200, description = "The report as it is now", body = Report),
        (status = 400, description = "A field is unknown or cannot be used, of the question too", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or report", body = ErrorBody),
        (status = 409, description = "Somebody has changed it meanwhile", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: Access,
    PathOf(ReportPath { report, .. }): PathOf<ReportPath>,
    Body(body): Body<ReportRequest>,
) -> Result<Json<Report>, ApiError> {
    let (site, now) = (&access.site.site, state.now());
    let before = saved(&state, site, SavedKind::Report, &report).await?;
    let (saved, content) = definition(Some(&before), site, body, (&access.caller.name, now))?;
    check_at(&state.registry.snapshot(), &access.site, &content, now).await?;
    put(&state, &saved).await?;
    Ok(Json(told(&saved, content, None)))
}

/// Takes a report back. One that stands on a board or that an alert watches stays.
#[utoipa::path(delete, path = "/reports/{report}", tag = "reports", params(ReportPath),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or report", body = ErrorBody),
        (status = 409, description = "It stands on a board, or an alert watches it", body = ErrorBody)))]
pub async fn delete(
    State(state): State<AppState>,
    access: Access,
    PathOf(ReportPath { report, .. }): PathOf<ReportPath>,
) -> Result<StatusCode, ApiError> {
    let site = access.site.site.as_str();
    let saved = saved(&state, site, SavedKind::Report, &report).await?;
    let snapshot = state.registry.snapshot();
    let stands = |other: &&&Saved| board::cards(other).iter().any(|card| card.report == report);
    let watches =
        |other: &&&Saved| alert::content(other).is_some_and(|content| content.watched.report == report);
    let boards = snapshot.saved_of(site, SavedKind::Board);
    let alerts = snapshot.saved_of(site, SavedKind::Alert);
    let boards = boards.iter().filter(stands).map(|one| format!("it stands on the board `{}`", one.name));
    let alerts = alerts.iter().filter(watches).map(|one| format!("the alert `{}` watches it", one.name));
    let users: Vec<String> = boards.chain(alerts).collect();
    if !users.is_empty() {
        let message = format!("The report is used: {}.", users.join(", "));
        return Err(ApiError::Conflict { code: "report_in_use", message });
    }
    state.registry.remove_saved(&saved).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a report's question is answered with now, by the very code of its own address: the shape is that of its answer.
#[utoipa::path(get, path = "/reports/{report}/answer", tag = "reports", params(ReportPath, ReportTimeParams),
    responses(
        (status = 200, description = "The answer, as the question's own address gives it; of `stats`, `newsletters` and `quality` also as text/csv and application/x-ndjson", body = Object),
        (status = 400, description = "A parameter is unknown or cannot be used, or the question cannot be asked any more", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or report", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn answer(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    PathOf(ReportPath { report, .. }): PathOf<ReportPath>,
    Params(time): Params<ReportTimeParams>,
) -> Result<Response, ApiError> {
    let saved = saved(&state, &access.site.site, SavedKind::Report, &report).await?;
    let content = content(&saved)?;
    let body = match (&time.from, &time.to) {
        (None, None) => content.body_at(&access.site, state.now())?,
        (Some(from), Some(to)) => content.body_of(from, to),
        (from, _) => {
            let missing = if from.is_none() { "from" } else { "to" };
            let message = "`from` and `to` come together.";
            return Err(ApiError::invalid("invalid_period", missing, message));
        }
    };
    carry_out(&state, &access, headers, content.question, body).await
}

/// The numbers of a report's answer, each with the path by which alerts take it.
#[utoipa::path(get, path = "/reports/{report}/numbers", tag = "reports", params(ReportPath),
    responses(
        (status = 200, description = "The numbers", body = ReportNumbers),
        (status = 400, description = "The question cannot be asked any more", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or report", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn list_numbers(
    State(state): State<AppState>,
    access: Access,
    PathOf(ReportPath { report, .. }): PathOf<ReportPath>,
) -> Result<Json<ReportNumbers>, ApiError> {
    let saved = saved(&state, &access.site.site, SavedKind::Report, &report).await?;
    let content = content(&saved)?;
    let body = content.body_at(&access.site, state.now())?;
    let answer = json_of(carry_out(&state, &access, HeaderMap::new(), content.question, body).await?).await?;
    Ok(Json(ReportNumbers { items: numbers(&answer) }))
}

/// The JSON of an answer.
pub async fn json_of(response: Response) -> Result<Value, ApiError> {
    let unread = |error: String| ApiError::Store(StoreError::Answer(error));
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await;
    let bytes = bytes.map_err(|error| unread(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string()))
}
