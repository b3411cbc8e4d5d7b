//! `POST /paths` and `POST /paths/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::paths;
use crate::question::paths::request::{PathsPeopleRequest, PathsRequest, PeopleRequest, Request};
use crate::question::paths::response::Paths;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// What follows what in thousands of journeys.
#[utoipa::path(post, path = "/paths", tag = "journeys", params(SitePath), request_body = PathsRequest,
    responses(
        (status = 200, description = "The links", body = Paths),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<PathsRequest>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { paths::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind a link, or behind all links from or to a node at a step, the latest first.
#[utoipa::path(post, path = "/paths/people", tag = "journeys", params(SitePath), request_body = PathsPeopleRequest,
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
    Body(body): Body<PathsPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.paths.scope, &body)?;
    let respond = |runner: Runner| async move { paths::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
