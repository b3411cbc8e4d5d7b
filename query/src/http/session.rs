//! `/session`: how the dashboard signs in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Caller, check_same_origin, client};
use super::params::Body;
use crate::error::{ApiError, ErrorBody};
use crate::sign_in::cookie;
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// What signs in: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub struct SignIn {
    /// An API token of the role admin or analyst.
    #[schema(value_type = String, required = false)]
    pub token: Option<String>,
    /// The one-time code of a sign-in link.
    #[schema(value_type = String, required = false)]
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
    /// The only site that the token is for; null: all sites.
    #[schema(example = "shop")]
    pub site: Option<String>,
}

impl Session {
    fn of(caller: &Caller) -> Self {
        Self {
            role: caller.role().as_str().to_owned(),
            name: caller.name.clone(),
            site: caller.only_site().map(ToOwned::to_owned),
        }
    }
}

/// Signs in with a token or a one-time code; sets the cookie `orma_session`, over https `__Host-orma_session`.
#[utoipa::path(post, path = "/v1/session", tag = "session", request_body = SignIn, security(()),
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 400, description = "Neither a token nor a code", body = ErrorBody),
        (status = 401, description = "Not a token or code that is valid now", body = ErrorBody),
        (status = 403, description = "The token's role has no dashboard, or another site sent the request", body = ErrorBody),
        (status = 429, description = "Too many wrong tokens or codes from this address; Retry-After says how long to wait", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<Response, ApiError> {
    check_same_origin(&headers)?;
    let token = match (&body.token, &body.code) {
        (Some(secret), None) => state.token_of_stranger(secret, client(&headers)).await?,
        (None, Some(code)) => state.token_of_code(code, client(&headers)).await?,
        _ => return Err(ApiError::invalid("invalid_body", "token", "Send either `token` or `code`.")),
    };
    let token = token.ok_or(ApiError::Unauthorized("This token or code is not valid."))?;
    let caller = Caller::reader(&token)?;
    state.attempts.succeeded();
    let by_https = cookie::by_https(state.config.cookies_secure, &headers);
    let cookie = cookie::issue(by_https, &state.signing_secret, &token, Timestamp::now());
    Ok(([(header::SET_COOKIE, cookie)], Json(Session::of(&caller))).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/session", tag = "session",
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 401, description = "Not signed in", body = ErrorBody)))]
pub async fn get(caller: Caller) -> Json<Session> {
    Json(Session::of(&caller))
}

/// Signs out: ends the session, so that a copy of its cookie is worth nothing, and clears the cookie.
#[utoipa::path(delete, path = "/v1/session", tag = "session", security(()),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "Another site sent the request", body = ErrorBody)))]
pub async fn delete(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    check_same_origin(&headers)?;
    let now = Timestamp::now();
    let open: Vec<_> = cookie::of_request(&headers)
        .filter_map(|value| cookie::verify(&state.signing_secret, value, now))
        .collect();
    if !open.is_empty() {
        let ended = state.ended.clone();
        let kept =
            tokio::task::spawn_blocking(move || open.iter().try_for_each(|session| ended.end(session, now)));
        if let Ok(Err(error)) = kept.await {
            tracing::error!(%error, "a session has ended, but after a restart its cookie would be good again");
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    for cookie in cookie::clear(cookie::by_https(state.config.cookies_secure, &headers)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
