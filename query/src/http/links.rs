//! `POST /people/{person}/link` and `DELETE /people/{person}/links/{id}`: identity edges by hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::auth::EditAccess;
use super::params::{Body, LinkPath, LinkScope, PersonPath, PersonScope};
use crate::error::{ApiError, ErrorBody};
use crate::question::identity;
use crate::question::identity::request::LinkRequest;
use crate::question::identity::response::IdentityLink;
use crate::state::AppState;

/// Says that a visitor is this person. Can be taken back; every answer follows.
#[utoipa::path(post, path = "/people/{person}/link", tag = "people", params(PersonPath),
    request_body = LinkRequest,
    responses(
        (status = 201, description = "Linked", body = IdentityLink),
        (status = 400, description = "The visitor cannot be linked", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site, person or visitor", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: EditAccess,
    PersonScope(person): PersonScope,
    Body(body): Body<LinkRequest>,
) -> Result<(StatusCode, Json<IdentityLink>), ApiError> {
    let runner = access.caller.runner(&state, &access.site.site, None);
    let _one_at_a_time = state.identity_changes.lock().await;
    let link = identity::link(&runner, &access.site, &person, &body.visitor, &access.caller.name).await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Takes the edges between a visitor and a user back. Later identifications count again.
#[utoipa::path(delete, path = "/people/{person}/links/{id}", tag = "people", params(LinkPath),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site, person or link", body = ErrorBody)))]
pub async fn delete(
    State(state): State<AppState>,
    access: EditAccess,
    LinkScope { person, id }: LinkScope,
) -> Result<StatusCode, ApiError> {
    let runner = access.caller.runner(&state, &access.site.site, None);
    let _one_at_a_time = state.identity_changes.lock().await;
    identity::unlink(&runner, &access.site, &person, &id, &access.caller.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
