//! `POST /lifecycle` and `POST /lifecycle/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::lifecycle;
use crate::question::lifecycle::request::{LifecyclePeopleRequest, LifecycleRequest, PeopleRequest};
use crate::question::lifecycle::response::Lifecycle;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// How many are new, come again, come back and are lost, in each day, week or month.
#[utoipa::path(post, path = "/lifecycle", tag = "journeys", params(SitePath), request_body = LifecycleRequest,
    responses(
        (status = 200, description = "The intervals", body = Lifecycle),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<LifecycleRequest>,
) -> Result<Response, ApiError> {
    let request = body.read(&access.site, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { lifecycle::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind one of its numbers, the latest first.
#[utoipa::path(post, path = "/lifecycle/people", tag = "journeys", params(SitePath), request_body = LifecyclePeopleRequest,
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
    Body(body): Body<LifecyclePeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.lifecycle.scope, &body)?;
    let respond = |runner: Runner| async move { lifecycle::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
