//! The dashboard's files, embedded in the binary, and the headers that every answer carries.
//!
//! The build writes a `.br` and a `.gz` beside each file that shrinks; the smaller one is sent to who takes it, so
//! nothing is compressed at run time. Files below `assets/` carry a hash in their name and are cached for good.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::AppState;
use crate::api::cookie;

#[derive(RustEmbed)]
#[folder = "dashboard/dist"]
struct Files;

/// What is shown when the crate was compiled before the dashboard.
const NOT_BUILT: &str = "<!doctype html><title>orma</title><p>The dashboard was not built: run make</p>";

/// Only what this origin serves runs, and nothing frames it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/// The file of an address; addresses of the client's routes are the start page.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(response) = file(path, &headers) {
        return response;
    }
    // A person's id may end like a file name, so only what must be a file is one.
    if path.starts_with("assets/") || (!path.contains('/') && path.contains('.')) {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    start_page(&headers)
}

fn start_page(headers: &HeaderMap) -> Response {
    file("index.html", headers).unwrap_or_else(|| {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], NOT_BUILT)
            .into_response()
    })
}

/// The file in the smallest form that the client takes.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let encoded = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(accepted, coding))
        .find_map(|(coding, extension)| Some((coding, Files::get(&format!("{path}{extension}"))?)));
    let (coding, content) = match encoded {
        Some((coding, content)) => (Some(coding), content.data),
        None => (None, Files::get(path)?.data),
    };
    // What the program carries is lent, not copied: thousands may ask and take nothing.
    let mut response = match content {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    }
    .into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    answer.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(coding) = coding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// Whether an `Accept-Encoding` header takes a coding.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = pieces
            .filter_map(|piece| piece.strip_prefix("q="))
            .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0));
        named && !refused
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A browser that came by https comes so again.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Adds what keeps the dashboard to itself.
pub async fn with_security_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let by_https = cookie::by_https(&state.config, request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if by_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_only_when_the_client_names_it() {
        for (header, coding, taken) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=0.5", "gzip", true),
            ("br;q=0, gzip", "br", false),
            ("", "gzip", false),
            ("brotli", "br", false),
        ] {
            assert_eq!(accepts(header, coding), taken, "{header}");
        }
    }

    #[tokio::test]
    async fn client_routes_are_the_start_page_and_missing_files_are_not() {
        let answer = |path: &'static str| serve(Method::GET, Uri::from_static(path), HeaderMap::new());
        for route in ["/", "/sign-in", "/demo/people/mario@example.it"] {
            let response = answer(route).await;
            assert_eq!(response.status(), StatusCode::OK, "{route}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        }
        for file in ["/assets/none.js", "/robots.txt"] {
            assert_eq!(answer(file).await.status(), StatusCode::NOT_FOUND, "{file}");
        }
        assert_eq!(
            serve(Method::POST, Uri::from_static("/"), HeaderMap::new()).await.status(),
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
}
