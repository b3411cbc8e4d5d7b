//! The HTTP interface: who asks and how it is told, one file for each resource; `routes` is the list of them.
//!
//! Handlers only read parameters, ask a question or `state`, and choose the form of the response. Uses everything below;
//! nobody uses it but the crate's root.
#![allow(clippy::missing_errors_doc, reason = "the responses of each handler say which")]

mod about;
mod accept;
mod alerts;
mod asked;
mod attribution;
pub mod auth;
mod boards;
mod carry_out;
mod conditional;
mod dashboard;
mod events;
mod export;
mod funnels;
mod identity;
mod installation;
mod journey;
mod journeys;
mod lifecycle;
mod links;
mod live;
pub mod measure;
mod newsletter_report;
mod newsletters;
pub mod openapi;
mod params;
mod paths;
mod people;
mod quality;
mod reconciliation;
mod reports;
mod retention;
mod segments;
mod session;
mod settings;
mod sites;
mod sql;
mod stats;
mod stickiness;
mod tokens;
mod touchpoints;

pub use dashboard::UnknownAddress;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::state::AppState;

/// Requests carry no more, unless their route says so.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The routes below `/api`, each with what the document says of it.
fn routes() -> OpenApiRouter<AppState> {
    let signed_links =
        routes!(newsletters::create).layer(DefaultBodyLimit::max(newsletters::LINKS_BODY_BYTES_MAX));
    let own_sql = routes!(sql::ask, sql::get).layer(DefaultBodyLimit::max(sql::SQL_BODY_BYTES_MAX));
    let with_people = DefaultBodyLimit::max(segments::PEOPLE_BODY_BYTES_MAX);
    let site = OpenApiRouter::new()
        .routes(routes!(stats::get))
        .routes(routes!(people::list))
        .routes(routes!(people::get))
        .routes(routes!(journey::get))
        .routes(routes!(funnels::ask))
        .routes(routes!(funnels::people))
        .routes(routes!(funnels::instead))
        .routes(routes!(retention::ask))
        .routes(routes!(retention::people))
        .routes(routes!(lifecycle::ask))
        .routes(routes!(lifecycle::people))
        .routes(routes!(stickiness::ask))
        .routes(routes!(stickiness::people))
        .routes(routes!(attribution::ask))
        .routes(routes!(attribution::people))
        .routes(routes!(paths::ask))
        .routes(own_sql)
        .routes(routes!(paths::people))
        .routes(routes!(touchpoints::ask))
        .routes(routes!(touchpoints::people))
        .routes(routes!(journeys::ask))
        .routes(routes!(journeys::people))
        .routes(routes!(segments::list, segments::create).layer(with_people))
        .routes(routes!(segments::preview))
        .routes(routes!(segments::get, segments::change, segments::delete))
        .routes(routes!(segments::members))
        .routes(routes!(segments::history))
        .routes(routes!(segments::changes))
        .routes(routes!(segments::people).layer(with_people))
        .routes(routes!(reports::list, reports::create))
        .routes(routes!(reports::get, reports::change, reports::delete))
        .routes(routes!(reports::answer))
        .routes(routes!(reports::list_numbers))
        .routes(routes!(boards::list, boards::create))
        .routes(routes!(boards::get, boards::change, boards::delete))
        .routes(routes!(alerts::list, alerts::create))
        .routes(routes!(alerts::preview))
        .routes(routes!(alerts::list_changes))
        .routes(routes!(alerts::get, alerts::change, alerts::delete))
        .routes(routes!(alerts::list_looks))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(links::create))
        .routes(routes!(links::delete))
        .routes(routes!(identity::get))
        .routes(routes!(identity::preview))
        .routes(routes!(identity::change))
        .routes(routes!(identity::suspicious))
        .routes(signed_links)
        .routes(routes!(newsletter_report::get))
        .routes(routes!(newsletter_report::people))
        .routes(routes!(settings::get, settings::change))
        .routes(routes!(settings::add_key))
        .routes(routes!(settings::revoke_key))
        .routes(routes!(settings::add_newsletter_key))
        .routes(routes!(settings::revoke_newsletter_key))
        .routes(routes!(installation::get))
        .routes(routes!(events::get))
        .routes(routes!(live::get))
        .routes(routes!(reconciliation::get))
        .routes(routes!(quality::web))
        .routes(routes!(quality::app));
    OpenApiRouter::new()
        .routes(routes!(session::create, session::get, session::delete))
        .routes(routes!(sites::list, settings::create))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(about::get))
        .nest("/v1/sites/{site}", site)
}

/// Everything that the query service answers: the API below `/api`, the dashboard below the rest.
pub fn router(state: AppState) -> Router {
    let api = Router::from(routes())
        .route("/openapi.json", get(openapi::get))
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

/// Nothing of the API is told to foreign pages, not even that it is not there; below `/api` are also the addresses of other
/// makers' trackers.
async fn unknown_resource(uri: Uri) -> Response {
    if !uri.path().starts_with("/v1/") {
        return dashboard::unknown_address();
    }
    let message = format!("There is nothing at `{}`.", uri.path());
    ApiError::NotFound { code: "unknown_resource", message }.into_response()
}

async fn unknown_method() -> ApiError {
    ApiError::MethodNotAllowed
}
