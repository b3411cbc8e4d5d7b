//! The dashboard's files, embedded in the binary, and the headers that every answer carries.
//!
//! The build writes a `.br` and a `.gz` beside each file that shrinks; the smaller one is sent to who takes it, so
//! nothing is compressed at run time. Files below `assets/` carry a hash in their name and are cached for good.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::ApiError;
use crate::sign_in::cookie;
use crate::state::AppState;

#[derive(RustEmbed)]
#[folder = "dashboard/dist"]
struct Files;

/// What is shown when the crate was compiled before the dashboard.
const NOT_BUILT: &str = "<!doctype html><title>orma</title><p>The dashboard was not built: run make</p>";

/// Only what this origin serves runs, and nothing frames it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/// Marks an answer to a request for what is served nowhere; who serves it may have more to say to the page that asked.
#[derive(Clone, Copy, Debug)]
pub struct UnknownAddress;

/// The file of an address. The addresses of the client's routes are the start page, for a browser that goes there: to
/// all others they are addresses at which nothing is. A tracker that is answered with a page believes that its events
/// are kept.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_read = matches!(method, Method::GET | Method::HEAD);
    if path.is_empty() && !is_read {
        return ([(header::ALLOW, "GET, HEAD")], ApiError::MethodNotAllowed).into_response();
    }
    if is_read && let Some(response) = file(path, &headers) {
        return response;
    }
    // A person's id may end like a file name, so only what must be a file is one.
    let is_file = path.starts_with("assets/") || (!path.contains('/') && path.contains('.'));
    if path.is_empty() || (is_read && !is_file && is_navigation(&headers)) {
        return start_page(&headers);
    }
    unknown_address()
}

/// The answer to whoever is no browser that goes to a page, at an address at which nothing is.
pub fn unknown_address() -> Response {
    let message = "Nothing is served at this address.".to_owned();
    let mut response = ApiError::NotFound { code: "unknown_address", message }.into_response();
    response.extensions_mut().insert(UnknownAddress);
    response
}

/// Whether somebody goes to this address, and not a script, an image or a program. Browsers say so where the connection
/// is safe; elsewhere only who goes to a page takes HTML.
fn is_navigation(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => text("accept").is_some_and(|accept| accept.contains("text/html")),
    }
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
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    head.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(coding) = coding {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
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
    let by_https = cookie::by_https(state.config.cookies_secure, request.headers());
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
    use axum::http::StatusCode;

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

    /// What browsers say: on their way to a page, on a safe connection and on another; for an image, a script's request
    /// and a tag; and what programs say.
    const NAVIGATIONS: [&[(&str, &str)]; 2] = [
        &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8"), ("sec-fetch-mode", "navigate")],
        &[("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8")],
    ];
    const OTHERS: [&[(&str, &str)]; 5] = [
        &[],
        &[("accept", "*/*")],
        &[("accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8")],
        &[("accept", "text/html"), ("sec-fetch-mode", "cors")],
        &[("accept", "*/*"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")],
    ];

    async fn request(method: Method, path: &str, headers: &[(&'static str, &'static str)]) -> Response {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        serve(method, path.parse().unwrap(), headers.collect()).await
    }

    #[tokio::test]
    async fn only_who_goes_to_a_page_gets_the_start_page() {
        for headers in NAVIGATIONS {
            for route in ["/", "/sign-in", "/demo/people/mario@example.it"] {
                let response = request(Method::GET, route, headers).await;
                assert_eq!(response.status(), StatusCode::OK, "{route}");
                assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
                assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
                assert!(response.extensions().get::<UnknownAddress>().is_none());
            }
            for file in ["/assets/none.js", "/robots.txt", "/matomo.php?idsite=1"] {
                assert_eq!(
                    request(Method::GET, file, headers).await.status(),
                    StatusCode::NOT_FOUND,
                    "{file}"
                );
            }
        }
        for headers in OTHERS {
            assert_eq!(request(Method::GET, "/", headers).await.status(), StatusCode::OK, "{headers:?}");
            for path in ["/i?e=pv", "/demo/people/mario", "/sign-in", "/assets/none.js"] {
                for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
                    let response = request(method, path, headers).await;
                    assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path} {headers:?}");
                    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
                    assert!(response.extensions().get::<UnknownAddress>().is_some());
                }
            }
        }
        let posted = request(Method::POST, "/", NAVIGATIONS[0]).await;
        assert_eq!(
            (posted.status(), &posted.headers()[header::ALLOW]),
            (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD".parse().unwrap())
        );
    }
}
