//! `/alerts`: numbers of reports that are watched.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use orma_store::{Saved, SavedKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::respond_page;
use super::measure::{Measured, Measuring};
use super::params::{Body, Params, PathOf, SitePath};
use super::reports::{put, saved};
use crate::error::{ApiError, ErrorBody};
use crate::question::audience::request::{SegmentChangesParams as PageParams, changes as page_of};
use crate::saved::alert::{
    Acknowledgement, Alert, AlertList, AlertLook, AlertRequest, Watched, content, definition,
};
use crate::saved::find;
use crate::saved::looks::{self, AlertChanges, AlertChangesParams, LookRow};
use crate::saved::rule::{Usual, Verdict};
use crate::saved::state::AlertState;
use crate::saved::window::Span;
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Times before the last that a preview shows.
const PREVIEWED: u8 = 11;

/// The columns of an export of looks.
const COLUMNS: [&str; 7] = ["from", "to", "looked_at", "value", "state", "state_before", "reason"];

/// Of `/sites/{site}/alerts/{alert}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AlertPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// The alert's id.
    #[param(example = "0a1b2c3d4e5f")]
    pub alert: String,
}

/// The looks of an alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertLooks {
    /// The latest first; they are kept for 13 months.
    pub items: Vec<AlertLook>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// A number of a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertPoint {
    /// From when events count.
    pub from: Timestamp,
    /// To when, exclusive.
    pub to: Timestamp,
    /// The number; null: there was none.
    pub value: Option<f64>,
}

/// What an alert would find now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertPreview {
    /// The number of the last time that is over, and of those before: the eleven before it, or with `unusual` the same in the
    /// eight weeks before. The oldest first.
    pub points: Vec<AlertPoint>,
    /// What is usual.
    pub usual: Option<Usual>,
    /// Whether it would fire.
    pub fires: bool,
    /// Why, as a look says it.
    pub reason: String,
}

/// The alerts of a site as they are told.
async fn tell(state: &AppState, access: &Access, alerts: Vec<Saved>) -> Result<Vec<Alert>, ApiError> {
    let (site, runner) = (access.site.site.as_str(), access.runner(state));
    if alerts.is_empty() {
        return Ok(Vec::new());
    }
    let mut latest = looks::latest(&runner, site, state.now()).await?;
    let mut acknowledged = looks::acknowledgements(&runner, site).await?;
    let snapshot = state.registry.snapshot();
    let told = alerts.into_iter().filter_map(|saved| {
        let content = content(&saved)?;
        let look = latest.remove(&saved.id);
        let fired_at = look.as_ref().and_then(|look| look.fired_at_ms);
        let state = look.as_ref().map(|look| look.state).filter(|_| content.is_on).unwrap_or_default();
        let acknowledged: Option<Acknowledgement> = acknowledged
            .remove(&saved.id)
            .filter(|(at, _)| state == AlertState::Firing && Some(*at) == fired_at)
            .map(|(_, by)| by);
        let report = find(&snapshot, site, SavedKind::Report, &content.watched.report);
        Some(Alert {
            report_name: report.map(|report| report.name.clone()),
            alert: saved.id,
            name: saved.name,
            watched: content.watched,
            cooldown_hours: content.cooldown_hours,
            is_on: content.is_on,
            state,
            fired_at: fired_at.map(Timestamp),
            acknowledged,
            last: look.map(LookRow::told),
            version: saved.version,
            created_by: saved.created_by,
            created_at: Timestamp(saved.created_at),
            changed_by: saved.changed_by,
            changed_at: Timestamp(saved.changed_at),
        })
    });
    Ok(told.collect())
}

async fn tell_one(state: &AppState, access: &Access, saved: Saved) -> Result<Json<Alert>, ApiError> {
    let message = format!("The alert `{}` was saved by another version of orma.", saved.id);
    let told = tell(state, access, vec![saved]).await?.pop();
    told.map(Json).ok_or(ApiError::NotFound { code: "unknown_alert", message })
}

/// The alerts of a site and their states.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(SitePath),
    responses(
        (status = 200, description = "The alerts", body = AlertList),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(State(state): State<AppState>, access: Access) -> Result<Json<AlertList>, ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let alerts = snapshot.saved_of(&access.site.site, SavedKind::Alert).into_iter().cloned().collect();
    let items = tell(&state, &access, alerts).await?;
    let is_open = |alert: &&Alert| alert.state == AlertState::Firing && alert.acknowledged.is_none();
    let firing = items.iter().filter(is_open).count();
    Ok(Json(AlertList { items, firing }))
}

/// Makes an alert, which looks for the first time within seconds.
#[utoipa::path(post, path = "/alerts", tag = "alerts", params(SitePath), request_body = AlertRequest,
    responses(
        (status = 201, description = "The alert", body = Alert),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<AlertRequest>,
) -> Result<(StatusCode, Json<Alert>), ApiError> {
    state.registry.refresh().await?;
    let by = (access.caller.name.as_str(), state.now());
    let alert = definition(None, &access.site.site, &state.registry.snapshot(), body, by)?;
    put(&state, &alert).await?;
    Ok((StatusCode::CREATED, tell_one(&state, &access, alert).await?))
}

/// An alert and its state.
#[utoipa::path(get, path = "/alerts/{alert}", tag = "alerts", params(AlertPath),
    responses(
        (status = 200, description = "The alert", body = Alert),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or alert", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PathOf(AlertPath { alert, .. }): PathOf<AlertPath>,
) -> Result<Json<Alert>, ApiError> {
    let alert = saved(&state, &access.site.site, SavedKind::Alert, &alert).await?;
    tell_one(&state, &access, alert).await
}

/// Changes an alert. When it watches something else, or by another rule, it looks again at once.
#[utoipa::path(put, path = "/alerts/{alert}", tag = "alerts", params(AlertPath), request_body = AlertRequest,
    responses(
        (status = 200, description = "The alert as it is now", body = Alert),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or alert", body = ErrorBody),
        (status = 409, description = "Somebody has changed it meanwhile", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: Access,
    PathOf(AlertPath { alert, .. }): PathOf<AlertPath>,
    Body(body): Body<AlertRequest>,
) -> Result<Json<Alert>, ApiError> {
    let site = &access.site.site;
    let before = saved(&state, site, SavedKind::Alert, &alert).await?;
    let by = (access.caller.name.as_str(), state.now());
    let alert = definition(Some(&before), site, &state.registry.snapshot(), body, by)?;
    put(&state, &alert).await?;
    tell_one(&state, &access, alert).await
}

/// Takes an alert back. What it found stays for 13 months.
#[utoipa::path(delete, path = "/alerts/{alert}", tag = "alerts", params(AlertPath),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or alert", body = ErrorBody)))]
pub async fn delete(
    State(state): State<AppState>,
    access: Access,
    PathOf(AlertPath { alert, .. }): PathOf<AlertPath>,
) -> Result<StatusCode, ApiError> {
    let alert = saved(&state, &access.site.site, SavedKind::Alert, &alert).await?;
    state.registry.remove_saved(&alert).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an alert would find now, and what it would have found before: to look at before it is made.
#[utoipa::path(post, path = "/alerts/preview", tag = "alerts", params(SitePath), request_body = Watched,
    responses(
        (status = 200, description = "What it would find", body = AlertPreview),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn preview(
    State(state): State<AppState>,
    access: Access,
    Body(watched): Body<Watched>,
) -> Result<Json<AlertPreview>, ApiError> {
    state.registry.refresh().await?;
    watched.check(&access.site.site, &state.registry.snapshot())?;
    let measuring = Measuring::new(&state, &access, &watched)?;
    let Measured { span, value, verdict, usual, earlier } = measuring.look(state.now()).await?;
    let before = if watched.rule.looks_back() { earlier } else { measuring.before(span, PREVIEWED).await? };
    let spans = before.into_iter().rev().chain([(span, value)]);
    let point = |(span, value): (Span, Option<f64>)| AlertPoint { from: span.from, to: span.to, value };
    let reason = match verdict {
        Verdict::Fine => "fine",
        Verdict::Breach(reason) | Verdict::NoData(reason) => reason,
    };
    Ok(Json(AlertPreview {
        points: spans.map(point).collect(),
        usual,
        fires: matches!(verdict, Verdict::Breach(_)),
        reason: reason.to_owned(),
    }))
}

/// What an alert found each time that it looked, the latest first.
#[utoipa::path(get, path = "/alerts/{alert}/looks", tag = "alerts", params(AlertPath, PageParams),
    responses(
        (status = 200, description = "A page of looks; also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = AlertLooks),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or alert", body = ErrorBody)))]
pub async fn list_looks(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    PathOf(AlertPath { alert, .. }): PathOf<AlertPath>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let alert = saved(&state, &access.site.site, SavedKind::Alert, &alert).await?;
    let page = page_of(&params)?;
    let (items, next_cursor) = looks::page(&access.runner(&state), (&alert.site, &alert.id), page).await?;
    Ok(respond_page(&headers, query.as_deref(), &AlertLooks { items, next_cursor }, |looks| {
        (Table::of_items(&COLUMNS, &looks.items), looks.next_cursor.as_deref())
    }))
}

/// The changes of the states of all alerts since an earlier answer, the oldest first: for who tells others of them.
#[utoipa::path(get, path = "/alerts/changes", tag = "alerts", params(SitePath, AlertChangesParams),
    responses(
        (status = 200, description = "The changes", body = AlertChanges),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list_changes(
    State(state): State<AppState>,
    access: Access,
    Params(params): Params<AlertChangesParams>,
) -> Result<Json<AlertChanges>, ApiError> {
    looks::changes(&access.runner(&state), &access.site.site, &params).await.map(Json)
}

/// Takes notice that an alert fires. It goes on to do so; when it begins anew, somebody is to take notice again.
#[utoipa::path(post, path = "/alerts/{alert}/acknowledge", tag = "alerts", params(AlertPath),
    responses(
        (status = 200, description = "The alert as it is now", body = Alert),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or alert", body = ErrorBody),
        (status = 409, description = "It does not fire", body = ErrorBody)))]
pub async fn acknowledge(
    State(state): State<AppState>,
    access: Access,
    PathOf(AlertPath { alert, .. }): PathOf<AlertPath>,
) -> Result<Json<Alert>, ApiError> {
    let site = access.site.site.as_str();
    let alert = saved(&state, site, SavedKind::Alert, &alert).await?;
    let Json(told) = tell_one(&state, &access, alert.clone()).await?;
    let fired_at = told.fired_at.filter(|_| told.state == AlertState::Firing).ok_or_else(|| {
        let message = format!("The alert `{}` does not fire.", alert.name);
        ApiError::Conflict { code: "alert_not_firing", message }
    })?;
    if told.acknowledged.is_none() {
        let by = (access.caller.name.as_str(), state.now());
        looks::acknowledge(&access.runner(&state), (site, &alert.id), fired_at.0, by).await?;
    }
    tell_one(&state, &access, alert).await
}
