//! `POST /funnels` and `POST /funnels/people`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::funnel;
use crate::question::funnel::request::{
    FunnelInsteadRequest, FunnelPeopleRequest, FunnelRequest, InsteadRequest, PeopleRequest, Request,
};
use crate::question::funnel::response::{Funnel, FunnelInstead};
use crate::runner::Runner;
use crate::state::AppState;
use crate::steps::people::PeoplePage;

/// How many get from each step to the next, and how long they take.
#[utoipa::path(post, path = "/funnels", tag = "journeys", params(SitePath), request_body = FunnelRequest,
    responses(
        (status = 200, description = "The funnel", body = Funnel),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<FunnelRequest>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.scope, &body)?;
    let respond = |runner: Runner| async move { funnel::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The people behind one of its numbers, the latest first.
#[utoipa::path(post, path = "/funnels/people", tag = "journeys", params(SitePath), request_body = FunnelPeopleRequest,
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
    Body(body): Body<FunnelPeopleRequest>,
) -> Result<Response, ApiError> {
    let request = PeopleRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.funnel.scope, &body)?;
    let respond = |runner: Runner| async move { funnel::people(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// What those did next who came as far as a step and no further.
#[utoipa::path(post, path = "/funnels/instead", tag = "journeys", params(SitePath), request_body = FunnelInsteadRequest,
    responses(
        (status = 200, description = "What they did, the most frequent first", body = FunnelInstead),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn instead(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<FunnelInsteadRequest>,
) -> Result<Response, ApiError> {
    let request = InsteadRequest::parse(&access.site, &body, state.now())?;
    let access = access.of_body(&state, &request.funnel.scope, &body)?;
    let respond = |runner: Runner| async move { funnel::instead::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_period(&state), respond).await?;
    Ok(Json(&*response).into_response())
}
