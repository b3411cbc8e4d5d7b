//! Conditional requests (RFC 9110, section 13): who holds an answer already is told 304 instead of being sent it again.
//! Pages ask the same question every second, and mostly nothing has changed.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Bytes of the hash that tell two answers apart.
const TAG_BYTES: usize = 16;

/// Marks a whole JSON answer with a tag of its content, and leaves it out where `If-None-Match` names that tag. What is
/// written while it is read has none.
pub async fn only_what_changed(request: Request, next: Next) -> Response {
    if *request.method() != Method::GET {
        return next.run(request).await;
    }
    let headers = request.headers();
    let known = headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    let Some(bytes_max) = whole_json(&response) else { return response };
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, bytes_max).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Weak: compressed it is the same answer in other bytes.
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&bytes)[..TAG_BYTES]));
    parts.headers.insert(header::ETAG, HeaderValue::try_from(&tag).expect("letters of base64"));
    if known.iter().any(|names| is_named(names, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// How many bytes an answer has that is JSON and complete.
fn whole_json(response: &Response) -> Option<usize> {
    let is_json =
        |headers: &HeaderMap| headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/json");
    let is_whole = response.status() == StatusCode::OK && is_json(response.headers());
    is_whole.then(|| response.body().size_hint().exact()).flatten().map(|bytes| bytes as usize)
}

/// Whether an `If-None-Match` names a weak tag.
fn is_named(header: &HeaderValue, tag: &str) -> bool {
    let names = header.to_str().unwrap_or_default().split(',').map(str::trim);
    let opaque = |name: &str| name.strip_prefix("W/").unwrap_or(name).to_owned();
    names.into_iter().any(|name| name == "*" || opaque(name) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_named_alone_in_a_list_or_by_the_star() {
        for (header, named) in [
            ("W/\"a1\"", true),
            ("\"a1\"", true),
            ("\"b\", W/\"a1\"", true),
            ("*", true),
            ("W/\"a12\"", false),
            ("a1", false),
            ("", false),
        ] {
            assert_eq!(is_named(&HeaderValue::from_static(header), "W/\"a1\""), named, "{header}");
        }
    }
}
