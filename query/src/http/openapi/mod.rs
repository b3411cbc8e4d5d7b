//! `GET /api/openapi.json`: the document that describes the API, from the code that answers.

mod collecting;
mod complete;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::routes;
use crate::question::live::response::{LiveActivity, LiveRecent, LiveResync, LiveSnapshot};

/// The document without the routes of the API: what is said once, and what the collector answers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "orma",
        description = "What people did on a site, in an app, with a newsletter and at the offline touchpoints. \
            Times are RFC 3339 UTC with milliseconds, durations milliseconds, rates 0 to 1.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "The orma that gave you this document")),
    paths(
        collecting::events, collecting::pixel, collecting::open, collecting::click, collecting::segment,
        collecting::settings, collecting::script
    ),
    components(schemas(collecting::SegmentType, LiveSnapshot, LiveActivity, LiveRecent, LiveResync)),
    modifiers(&Security),
    security(("bearer" = []), ("session" = []))
)]
struct Head;

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Head::openapi().nest("/api", routes().into_openapi());
    complete::complete(&mut document);
    document
}

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("ingest", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("write_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::sign_in::cookie::NAME))),
        );
    }
}

/// The document's text, written once: whoever asks for it is lent it.
static TEXT: LazyLock<Bytes> = LazyLock::new(|| match document().to_json() {
    Ok(text) => text.into(),
    Err(error) => unreachable!("a document of plain fields: {error}"),
});

/// The document.
pub async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.clone())
}
