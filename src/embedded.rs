//! What the program carries in its own bytes besides the dashboard: the browser SDK and the demo shop.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use orma_collector::http::assets::Assets;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "sdk-js/dist"]
#[include = "orma*.js"]
struct Sdk;

#[derive(RustEmbed)]
#[folder = "demo-shop"]
#[exclude = "*.md"]
struct DemoShop;

/// The shop is a page like any customer's: inline scripts are what the snippet needs.
const SHOP_POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/// The scripts that pages load.
///
/// # Errors
/// The SDK was not built before the program was.
pub fn sdk() -> anyhow::Result<Assets> {
    let names: Vec<String> = Sdk::iter().map(|name| name.to_string()).collect();
    anyhow::ensure!(
        names.iter().any(|name| name == "orma.js"),
        "the browser SDK was not built into this program: build with `make`"
    );
    let files: Vec<_> = names.iter().filter_map(|name| Some((name.as_str(), Sdk::get(name)?.data))).collect();
    Ok(Assets::new(files.iter().map(|(name, bytes)| (*name, bytes.as_ref()))))
}

/// `/demo/`: a small shop that carries the snippet.
pub fn demo_shop() -> axum::Router {
    axum::Router::new()
        .route("/demo", get(|| async { Redirect::permanent("/demo/") }))
        .route("/demo/", get(|| async { page("index.html") }))
        .route("/demo/{*path}", get(|Path(path): Path<String>| async move { page(&path) }))
}

fn page(path: &str) -> Response {
    let (status, path, file) = match DemoShop::get(path) {
        Some(file) => (StatusCode::OK, path, Some(file)),
        None => (StatusCode::NOT_FOUND, "non-trovata.html", DemoShop::get("non-trovata.html")),
    };
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let content_type = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = Response::new(match file.data {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SHOP_POLICY));
    response
}
