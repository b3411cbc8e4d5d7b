//! `GET` and `POST /sql`: one statement of an analyst's own.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::accept::Accept;
use super::auth::Access;
use super::params::SitePath;
use crate::error::{ApiError, ErrorBody};
use crate::question::own_sql;
use crate::question::own_sql::request::{Format, QUERY_BYTES_MAX, SqlParams, SqlRequest};
use crate::question::own_sql::response::SqlRows;
use crate::state::AppState;

/// A statement, its parameters, and what JSON adds to them.
pub const SQL_BODY_BYTES_MAX: usize = 3 * QUERY_BYTES_MAX;

/// One statement that reads the views `events`, `visits` and `people` of the site, which docs/sql.md describes; nothing
/// else can be read, and nothing changed. The body is JSON, or the statement itself as text. An answer that breaks off has
/// ended early. Personal data: handle it as such.
#[utoipa::path(post, path = "/sql", tag = "sql", params(SitePath),
    request_body(content((SqlRequest = "application/json"), (String = "text/plain"))),
    responses(
        (status = 200, description = "The rows: an object with `meta`, `data` and `rows`, or a file",
            content((SqlRows = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"),
                (String = "application/vnd.apache.parquet"), (String = "application/vnd.apache.arrow.stream"))),
        (status = 400, description = "The statement or a field cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The statement would take more than it may; the message says of what", body = ErrorBody),
        (status = 501, description = "The ClickHouse server lets orma make no reader; the message says what to grant", body = ErrorBody)))]
pub async fn ask(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|rejection| ApiError::invalid("invalid_body", "body", rejection.body_text()))?;
    let request = request_of_body(&headers, &body)?;
    respond(&state, &access, &headers, request).await
}

/// The same, of a statement in the address, for tools that only have one.
#[utoipa::path(get, path = "/sql", tag = "sql", params(SitePath, SqlParams),
    responses(
        (status = 200, description = "The rows: an object with `meta`, `data` and `rows`, or a file",
            content((SqlRows = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"),
                (String = "application/vnd.apache.parquet"), (String = "application/vnd.apache.arrow.stream"))),
        (status = 400, description = "The statement or a parameter cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The statement would take more than it may; the message says of what", body = ErrorBody),
        (status = 501, description = "The ClickHouse server lets orma make no reader; the message says what to grant", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let request = SqlRequest::of_address(query.as_deref().unwrap_or_default())?;
    respond(&state, &access, &headers, request).await
}

fn request_of_body(headers: &HeaderMap, body: &[u8]) -> Result<SqlRequest, ApiError> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media_type == "application/json" {
        return serde_json::from_slice(body).map_err(|error| {
            let message = error.to_string();
            let field = message.split('`').nth(1).unwrap_or("body").to_owned();
            ApiError::invalid("invalid_body", field, format!("The body cannot be read: {message}."))
        });
    }
    let query = std::str::from_utf8(body)
        .map_err(|_| ApiError::invalid("invalid_body", "body", "The body is not UTF-8."))?;
    Ok(SqlRequest { query: query.to_owned(), ..SqlRequest::default() })
}

async fn respond(
    state: &AppState,
    access: &Access,
    headers: &HeaderMap,
    request: SqlRequest,
) -> Result<Response, ApiError> {
    let preferred = Accept::of(headers).preferred(&Format::ALL.map(Format::media_type));
    let preferred = Format::ALL.into_iter().find(|format| format.media_type() == preferred);
    let request = request.parse(preferred.unwrap_or(Format::Json))?;
    let answer = own_sql::respond(&access.runner(state), &state.sql, &access.site.site, &request).await?;
    let mut response = match answer.whole() {
        Some(whole) => whole.into_response(),
        None => Body::from_stream(answer.into_stream()).into_response(),
    };
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(request.format.media_type()));
    Ok(response)
}
