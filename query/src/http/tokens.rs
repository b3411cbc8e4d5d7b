//! `/tokens`: who may ask, change and send.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use orma_store::{Role, Token};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::AdminCaller;
use super::export::respond;
use super::params::{Body, PathOf};
use crate::error::{ApiError, ErrorBody};
use crate::state::AppState;
use crate::table::Table;

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenInfo {
    /// Its id.
    #[schema(example = "tok_0011223344aa")]
    pub token_id: String,
    /// `admin`, `analyst`, `segments` or `ingest`.
    #[schema(example = "analyst")]
    pub role: String,
    /// The only site it is for; null: all sites.
    #[schema(example = "shop")]
    pub site: Option<String>,
    /// What it was made for.
    #[schema(example = "my notebook")]
    pub name: String,
    /// Whether it is the token of this request or session.
    pub current: bool,
}

/// The columns of an export of tokens.
const COLUMNS: [&str; 5] = ["token_id", "role", "site", "name", "current"];

/// The tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    /// By what they were made for.
    pub items: Vec<TokenInfo>,
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// `admin` may everything, `analyst` reads, `segments` pulls segments, `ingest` sends server-side events.
    #[schema(example = "analyst", pattern = "^(admin|analyst|segments|ingest)$")]
    pub role: String,
    /// The only site it is for; all sites when absent.
    #[schema(example = "shop")]
    pub site: Option<String>,
    /// What it is for, in at most 200 bytes.
    #[serde(default)]
    #[schema(example = "my notebook", max_length = 200)]
    pub name: String,
}

/// A token with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewToken {
    /// Its id.
    #[schema(example = "tok_0011223344aa")]
    pub token_id: String,
    /// The secret. It is shown once: only its hash is kept.
    pub secret: String,
}

/// Of `/tokens/{token_id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TokenPath {
    /// The token's id.
    pub token_id: String,
}

/// The tokens that the caller may withdraw: an admin of one site sees that site's.
#[utoipa::path(get, path = "/v1/tokens", tag = "settings",
    responses(
        (status = 200, description = "The tokens, without their secrets; also as text/csv and application/x-ndjson", body = TokenList),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not an admin's", body = ErrorBody)))]
pub async fn list(
    State(state): State<AppState>,
    caller: AdminCaller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let mut tokens: Vec<&Token> =
        snapshot.tokens.values().filter(|token| caller.may_manage(&token.site)).collect();
    tokens.sort_by_key(|token| (&token.name, &token.token_id));
    let info = |token: &Token| TokenInfo {
        token_id: token.token_id.clone(),
        role: token.role.as_str().to_owned(),
        site: Some(token.site.clone()).filter(|site| !site.is_empty()),
        name: token.name.clone(),
        current: caller.is_token(&token.token_id),
    };
    let response = TokenList { items: tokens.into_iter().map(info).collect() };
    Ok(respond(&headers, &response, |list| Table::of_items(&COLUMNS, &list.items)))
}

/// Makes a token. Its secret is in the answer and nowhere else.
#[utoipa::path(post, path = "/v1/tokens", tag = "settings", request_body = TokenRequest,
    responses(
        (status = 201, description = "The token with its secret", body = NewToken),
        (status = 400, description = "A field cannot be", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not an admin's, or not of that site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    caller: AdminCaller,
    Body(request): Body<TokenRequest>,
) -> Result<(StatusCode, Json<NewToken>), ApiError> {
    let role = Role::parse(&request.role).ok_or_else(|| {
        let message =
            format!("There is no role `{}`. There are: admin, analyst, segments, ingest.", request.role);
        ApiError::invalid("unknown_role", "role", message)
    })?;
    let site = request.site.unwrap_or_default();
    caller.check_manages(&site)?;
    state.registry.refresh().await?;
    let secret = state.registry.add_token(role, &site, &request.name, None).await?;
    let snapshot = state.registry.snapshot();
    let token_id = snapshot.token_of_secret(&secret).map(|token| token.token_id.clone()).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(NewToken { token_id, secret })))
}

/// Withdraws a token: it works no longer, within a second. One's own cannot be withdrawn with itself.
#[utoipa::path(delete, path = "/v1/tokens/{token_id}", tag = "settings", params(TokenPath),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 400, description = "It is the caller's own", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not an admin's", body = ErrorBody),
        (status = 404, description = "No such token", body = ErrorBody)))]
pub async fn revoke(
    State(state): State<AppState>,
    caller: AdminCaller,
    PathOf(TokenPath { token_id }): PathOf<TokenPath>,
) -> Result<StatusCode, ApiError> {
    if caller.is_token(&token_id) {
        let message = "This is the token that you use now; withdraw it with another.";
        return Err(ApiError::invalid("own_token", "token_id", message));
    }
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let mut tokens = snapshot.tokens.values();
    let is_there = tokens.any(|token| token.token_id == token_id && caller.may_manage(&token.site));
    if !is_there || !state.registry.revoke_token(&token_id).await? {
        let message = format!("There is no token `{token_id}`.");
        return Err(ApiError::NotFound { code: "unknown_token", message });
    }
    Ok(StatusCode::NO_CONTENT)
}
