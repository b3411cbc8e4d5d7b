//! `POST /attribution` and `POST /attribution/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::attribution;
use crate::question::attribution::request::{
    AttributionPeopleRequest, AttributionRequest, PeopleRequest, Request,
};
use crate::question::attribution::response::Attribution;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// Which touchpoints led to conversions, by eight models.
#[utoipa::path(post, path = "/attribution", tag = "journeys", params(SitePath), request_body = AttributionRequest,
    responses(
        (status = 200, description = "The touchpoints", body = Attribution),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<AttributionRequest>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { attribution::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind the conversions of a touchpoint, or those who came by it and did not convert, the latest first.
#[utoipa::path(post, path = "/attribution/people", tag = "journeys", params(SitePath), request_body = AttributionPeopleRequest,
    responses(
        (status = 200, description = "A page of people", body = PeoplePage),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn people(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<AttributionPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.attribution.scope, &body)?;
    let respond = |runner: Runner| async move { attribution::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
