//! `/session`: how the dashboard signs in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Caller, check_same_origin};
use super::cookie;
use super::error::{ApiError, ErrorBody};
use super::params::Body;
use crate::AppState;
use crate::moment::Moment;

/// What signs in: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// An API token of the role admin or analyst.
    pub token: Option<String>,
    /// The one-time code of a sign-in link.
    pub code: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// `admin` or `analyst`.
    #[schema(example = "admin")]
    pub role: String,
    /// What the token was made for.
    #[schema(example = "first admin")]
    pub name: String,
}

/// Signs in with a token or a one-time code; sets the cookie `orma_session`.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, security(()),
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 400, description = "Neither a token nor a code", body = ErrorBody),
        (status = 401, description = "Not a token or code that is valid now", body = ErrorBody),
        (status = 403, description = "The token's role has no dashboard, or another site sent the request", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<Response, ApiError> {
    check_same_origin(&headers)?;
    let token = match (&body.token, &body.code) {
        (Some(secret), None) => state.token_of_secret(secret).await,
        (None, Some(code)) => state.token_of_code(code),
        _ => return Err(ApiError::invalid("invalid_body", "token", "Send either `token` or `code`.")),
    };
    let token = token.ok_or(ApiError::Unauthorized("This token or code is not valid."))?;
    let caller = Caller::reader(&token)?;
    let cookie = cookie::issue(&state.config, &state.signing_secret, &token, &headers, Moment::now());
    Ok(([(header::SET_COOKIE, cookie)], Json(caller.session())).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 401, description = "Not signed in", body = ErrorBody)))]
pub async fn get(caller: Caller) -> Json<Session> {
    Json(caller.session())
}

/// Signs out: clears the cookie.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", security(()),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "Another site sent the request", body = ErrorBody)))]
pub async fn delete(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    check_same_origin(&headers)?;
    let cookie = cookie::clear(&state.config, &headers);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
