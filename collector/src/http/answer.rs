//! Answers: JSON, errors, the pixel, and the CORS headers that every one of them carries.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderName,
    HeaderValue, ORIGIN, RETRY_AFTER, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::json;

use crate::ingest::{Accepted, Refused};
use crate::spool::SpoolError;
use crate::wire::WireError;

/// A body of an answer, ours or the fallback's.
pub type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// The smallest transparent GIF.
pub const PIXEL: &[u8; 43] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\
    \x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Seconds that a client should wait when the spool or the disk has no room.
const RETRY_AFTER_SECONDS: u32 = 10;
/// Seconds that a client should wait when it sends too fast.
pub const RATE_RETRY_AFTER_SECONDS: u32 = 1;

/// The headers that clients may send, named because `*` does not cover `Authorization`.
const ALLOWED_HEADERS: &str = "authorization, content-type, content-encoding, x-retry-count";

/// Bytes as a body.
pub fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A JSON answer.
pub fn json(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    with_type(status, "application/json", value.to_string())
}

/// An answer with a content type.
pub fn with_type(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(body(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `{"error":{"code":…,"message":…}}`.
pub fn error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    json(status, &json!({"error": {"code": code, "message": message}}))
}

/// An error that passes by itself.
pub fn try_later(status: StatusCode, code: &str, message: &str, seconds: u32) -> Response<Body> {
    let mut response = error(status, code, message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The answer to events that were taken.
pub fn accepted(accepted: &Accepted) -> Response<Body> {
    let refused: Vec<_> = accepted
        .refused
        .iter()
        .map(|refusal| json!({"index": refusal.index, "reason": refusal.reason, "message": refusal.message}))
        .collect();
    json(StatusCode::OK, &json!({"accepted": accepted.accepted, "rejected": refused}))
}

/// The pixel.
pub fn pixel() -> Response<Body> {
    let mut response = with_type(StatusCode::OK, "image/gif", PIXEL.as_slice());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private"));
    response
}

/// The answer to a request refused as a whole.
pub fn refused(refused: &Refused) -> Response<Body> {
    let message = refused.to_string();
    match refused {
        Refused::UnknownKey | Refused::TokenNeeded { .. } | Refused::TokenRefused => {
            error(StatusCode::UNAUTHORIZED, refused.code(), &message)
        }
        Refused::SitesUnknown => {
            try_later(StatusCode::SERVICE_UNAVAILABLE, refused.code(), &message, RETRY_AFTER_SECONDS)
        }
        Refused::Origin => error(StatusCode::FORBIDDEN, refused.code(), &message),
        Refused::Spool(reason) => {
            let seconds = if *reason == SpoolError::Busy { 1 } else { RETRY_AFTER_SECONDS };
            try_later(StatusCode::SERVICE_UNAVAILABLE, refused.code(), &message, seconds)
        }
    }
}

/// The answer to a body that cannot be read.
pub fn unreadable(unreadable: &WireError) -> Response<Body> {
    let status = StatusCode::from_u16(unreadable.status()).unwrap_or(StatusCode::BAD_REQUEST);
    error(status, unreadable.code(), &unreadable.to_string())
}

/// Adds what a browser needs to let the page read the answer.
pub fn allow_origin(request: &HeaderMap, response: &mut HeaderMap) {
    let Some(origin) = request.get(ORIGIN) else { return };
    response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    response.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    response.insert(VARY, HeaderValue::from_static("Origin"));
    let exposed = HeaderName::from_static("access-control-expose-headers");
    response.insert(exposed, HeaderValue::from_static("retry-after"));
}

/// The answer to a preflight.
pub fn preflight() -> Response<Body> {
    let mut response = Response::new(body(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pixel_is_a_gif_of_one_by_one() {
        assert_eq!(PIXEL.len(), 43);
        assert_eq!(&PIXEL[..10], b"GIF89a\x01\x00\x01\x00");
        assert_eq!(PIXEL[42], b';');
    }
}
