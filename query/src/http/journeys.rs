//! `POST /journeys` and `POST /journeys/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::journeys;
use crate::question::journeys::request::{JourneyPeopleRequest, JourneysRequest, PeopleRequest, Request};
use crate::question::journeys::response::JourneyMap;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// The most frequent whole journeys, and what separates those that converted from those that did not.
#[utoipa::path(post, path = "/journeys", tag = "journeys", params(SitePath), request_body = JourneysRequest,
    responses(
        (status = 200, description = "The journeys", body = JourneyMap),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<JourneysRequest>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { journeys::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind one of its numbers, the latest first.
#[utoipa::path(post, path = "/journeys/people", tag = "journeys", params(SitePath), request_body = JourneyPeopleRequest,
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
    Body(body): Body<JourneyPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.journeys.scope, &body)?;
    let respond = |runner: Runner| async move { journeys::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
