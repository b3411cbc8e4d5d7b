//! `POST /stickiness` and `POST /stickiness/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::stickiness;
use crate::question::stickiness::request::{PeopleRequest, StickinessPeopleRequest, StickinessRequest};
use crate::question::stickiness::response::Stickiness;
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// In how many days, weeks or months people come, and how many of those of a month come on a day.
#[utoipa::path(post, path = "/stickiness", tag = "journeys", params(SitePath), request_body = StickinessRequest,
    responses(
        (status = 200, description = "How often they come", body = Stickiness),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<StickinessRequest>,
) -> Result<Response, ApiError> {
    let request = body.read(&access.site, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { stickiness::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind one of its numbers, the latest first.
#[utoipa::path(post, path = "/stickiness/people", tag = "journeys", params(SitePath), request_body = StickinessPeopleRequest,
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
    Body(body): Body<StickinessPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.stickiness.scope, &body)?;
    let respond = |runner: Runner| async move { stickiness::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
