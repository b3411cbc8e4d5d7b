//! `/people/{person}/identity` and `/identity/suspicious`: whose ids are one person, and changing that by hand.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::auth::{Access, EditAccess};
use super::export::respond_page;
use super::params::{Body, Params, PersonPath, PersonScope, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::identity;
use crate::question::identity::request::{ChangeRequest, SuspiciousParams, SuspiciousRequest};
use crate::question::identity::response::{
    IdentityChange, IdentityPreview, PersonIdentity, SuspiciousPeople,
};
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;

/// The columns of an export of suspicious people.
const COLUMNS: [&str; 15] = [
    "person",
    "identified",
    "visitors",
    "users",
    "emails",
    "devices",
    "countries",
    "sessions",
    "events",
    "last_seen",
    "reasons",
    "cause_kind",
    "cause_id",
    "cause_ids",
    "cause_of_ids",
];

/// The ids of a person, the edges that joined them, those taken back among them, and what was changed by hand.
#[utoipa::path(get, path = "/people/{person}/identity", tag = "people", params(PersonPath),
    responses(
        (status = 200, description = "The ids, edges and changes", body = PersonIdentity),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or person", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PersonScope(person): PersonScope,
) -> Result<Response, ApiError> {
    let site = access.site.clone();
    let respond = |runner: Runner| async move { identity::card(&runner, &site, &person).await };
    let response = access.answer(&state, access.runner(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// What a change would do: who there would be afterwards, with which ids and numbers. Nothing is written.
#[utoipa::path(post, path = "/people/{person}/identity/preview", tag = "people", params(PersonPath),
    request_body = ChangeRequest,
    responses(
        (status = 200, description = "The people before and after", body = IdentityPreview),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site, person, visitor, link or change", body = ErrorBody),
        (status = 409, description = "It was undone already, or something later must be undone first", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn preview(
    State(state): State<AppState>,
    access: Access,
    PersonScope(person): PersonScope,
    Body(request): Body<ChangeRequest>,
) -> Result<Json<IdentityPreview>, ApiError> {
    // Who previews is about to change something: what is asked now is answered as of now.
    let runner = access.caller.runner(&state, &access.site.site, None);
    identity::preview(&runner, &access.site, &person, &request).await.map(Json)
}

/// Joins an id to a person, takes a link back, takes some ids out of the person, or undoes such a change.
#[utoipa::path(post, path = "/people/{person}/identity/changes", tag = "people", params(PersonPath),
    request_body = ChangeRequest,
    responses(
        (status = 201, description = "Changed; every answer follows", body = IdentityChange),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site, person, visitor, link or change", body = ErrorBody),
        (status = 409, description = "It was undone already, or something later must be undone first", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: EditAccess,
    PersonScope(person): PersonScope,
    Body(request): Body<ChangeRequest>,
) -> Result<(StatusCode, Json<IdentityChange>), ApiError> {
    let runner = access.caller.runner(&state, &access.site.site, None);
    let _one_at_a_time = state.identity_changes.lock().await;
    let made = identity::change(&runner, &access.site, &person, &request, &access.caller.name).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// People who have more ids, devices or countries than one person has, with what joined them.
#[utoipa::path(get, path = "/identity/suspicious", tag = "people", params(SitePath, SuspiciousParams),
    responses(
        (status = 200, description = "A page of people; also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = SuspiciousPeople),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn suspicious(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Params(params): Params<SuspiciousParams>,
) -> Result<Response, ApiError> {
    let request = SuspiciousRequest::parse(&params)?;
    let site = access.site.clone();
    let respond = |runner: Runner| async move { identity::suspicious(&runner, &site, &request).await };
    let response = access.answer(&state, access.runner(&state), respond).await?;
    Ok(respond_page(&headers, query.as_deref(), &*response, |response| {
        (Table::of_items(&COLUMNS, &response.items), response.next_cursor.as_deref())
    }))
}
