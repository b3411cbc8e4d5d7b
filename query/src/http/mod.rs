//! The HTTP interface: one file per resource.
#![allow(clippy::missing_errors_doc, reason = "the responses of each handler say which")]

pub mod about;
pub mod accept;
pub mod auth;
pub mod conditional;
mod dashboard;
pub mod events;
pub mod export;
pub mod installation;
pub mod journey;
pub mod links;
pub mod live;
pub mod newsletter_report;
pub mod newsletters;
pub mod openapi;
pub mod params;
pub mod people;
pub mod quality;
pub mod reconciliation;
pub mod session;
pub mod settings;
pub mod sites;
pub mod stats;
pub mod tokens;

pub use dashboard::UnknownAddress;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::error::ApiError;
use crate::state::AppState;

/// Requests carry no more, unless their route says so.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Everything that the query service answers: the API below `/api`, the dashboard below the rest.
pub fn router(state: AppState) -> Router {
    let site = Router::new()
        .route("/stats", get(stats::get))
        .route("/people", get(people::list))
        .route("/people/{person}", get(people::get))
        .route("/people/{person}/journey", get(journey::get))
        .route("/people/{person}/link", post(links::create))
        .route("/people/{person}/links/{id}", delete(links::delete))
        .route(
            "/newsletters/links",
            post(newsletters::create).layer(DefaultBodyLimit::max(newsletters::LINKS_BODY_BYTES_MAX)),
        )
        .route("/newsletters", get(newsletter_report::get))
        .route("/newsletters/people", get(newsletter_report::people))
        .route("/settings", get(settings::get).patch(settings::change))
        .route("/settings/keys", post(settings::add_key))
        .route("/settings/keys/{key}", delete(settings::revoke_key))
        .route("/settings/newsletter-keys", post(settings::add_newsletter_key))
        .route("/settings/newsletter-keys/{key}", delete(settings::revoke_newsletter_key))
        .route("/installation", get(installation::get))
        .route("/events", get(events::get))
        .route("/live", get(live::get))
        .route("/accounting", get(reconciliation::get))
        .route("/quality/web", get(quality::web))
        .route("/quality/app", get(quality::app));
    let api = Router::new()
        .route("/openapi.json", get(openapi::get))
        .route("/v1/session", post(session::create).get(session::get).delete(session::delete))
        .route("/v1/sites", get(sites::list).post(settings::create))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{token_id}", delete(tokens::revoke))
        .route("/v1/about", get(about::get))
        .nest("/v1/sites/{site}", site)
        .fallback(unknown_resource)
        .method_not_allowed_fallback(unknown_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(conditional::only_what_changed))
        .layer(from_fn(accept::only_what_is_taken))
        .layer(map_response(never_cached))
        .layer(compression());
    Router::new()
        .nest("/api", api)
        .fallback(dashboard::serve)
        .layer(from_fn_with_state(state.clone(), dashboard::with_security_headers))
        .with_state(state)
}

/// Below this a packet carries the answer as it is.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// Answers travel as brotli or gzip to who takes these; events of the live stream leave as they happen. What an attacker
/// may choose stands beside nothing secret: other sites cannot ask with the session's cookie, which is `SameSite=Strict`.
fn compression() -> CompressionLayer<impl Predicate> {
    let is_worth_it = SizeAbove::new(COMPRESSED_BYTES_MIN).and(NotForContentType::SSE);
    CompressionLayer::new().gzip(true).br(true).compress_when(is_worth_it)
}

/// Answers are about people: no cache keeps them.
async fn never_cached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn unknown_resource(uri: Uri) -> Response {
    let message = format!("There is nothing at `{}`.", uri.path());
    ApiError::NotFound { code: "unknown_resource", message }.into_response()
}

async fn unknown_method() -> ApiError {
    ApiError::MethodNotAllowed
}
