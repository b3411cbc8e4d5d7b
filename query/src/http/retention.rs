//! `POST /retention` and `POST /retention/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::retention;
use crate::question::retention::request::{PeopleRequest, Request, RetentionPeopleRequest, RetentionRequest};
use crate::question::retention::response::Retention;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// How many of those who came in a day, a week or a month come again in the next ones.
#[utoipa::path(post, path = "/retention", tag = "journeys", params(SitePath), request_body = RetentionRequest,
    responses(
        (status = 200, description = "The cohorts", body = Retention),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<RetentionRequest>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { retention::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind one of its numbers, the latest first.
#[utoipa::path(post, path = "/retention/people", tag = "journeys", params(SitePath), request_body = RetentionPeopleRequest,
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
    Body(body): Body<RetentionPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.retention.scope, &body)?;
    let respond = |runner: Runner| async move { retention::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
