//! Responses: JSON, errors, and the CORS headers that every one of them carries.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Frame, SizeHint};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    VARY,
};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::json;

/// Why the fallback's body ended early.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body of an answer.
#[derive(Debug)]
pub enum Body {
    /// Ours: all of it, until it has been taken.
    Whole(Option<Bytes>),
    /// The fallback's.
    Streamed(UnsyncBoxBody<Bytes, BodyError>),
}

impl Body {
    /// The bytes of a whole body.
    pub fn into_whole(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes.unwrap_or_default(),
            Self::Streamed(_) => Bytes::new(),
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Streamed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Streamed(body) => body.size_hint(),
        }
    }
}

thread_local! {
    static DATE: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// Room for a usual answer. Bytes.
pub const RESPONSE_BYTES_USUAL: usize = 384;
/// Room for the headers of a usual answer to a browser, the date and length that hyper adds included.
const RESPONSE_HEADERS_USUAL: usize = 8;
/// Seconds that a client should wait when it sends too fast.
pub const RATE_RETRY_AFTER_SECONDS: u32 = 1;

/// The headers that clients may send whether they ask or not, named because `*` does not cover `Authorization`.
const ALLOWED_HEADERS: &str =
    "authorization, content-type, content-encoding, x-retry-count, anonymousid, sentat";
/// A preflight that asks for more, or for names longer together, is no tracker's. Headers, bytes.
const ASKED_HEADERS_MAX: usize = 64;
const ASKED_HEADERS_BYTES_MAX: usize = 2_048;
/// Headers that a page may not set: those by which a proxy vouches for a client, and those that change what a request
/// is. A proxy that passes them on would speak in the page's words.
const NOT_OF_A_PAGE: [&str; 6] =
    ["forwarded", "x-forwarded-", "x-real-ip", "x-http-method", "x-original-", "via"];

/// Bytes as a body.
pub fn body(bytes: impl Into<Bytes>) -> Body {
    Body::Whole(Some(bytes.into()).filter(|bytes: &Bytes| !bytes.is_empty()))
}

/// A JSON answer.
pub fn json(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    with_type(status, "application/json", value.to_string())
}

/// An answer with a content type.
pub fn with_type(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(body(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(RESPONSE_HEADERS_USUAL);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
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

/// The answer to a client that sends too fast.
pub fn too_fast() -> Response<Body> {
    let status = StatusCode::TOO_MANY_REQUESTS;
    try_later(status, "rate_limited", "too many requests", RATE_RETRY_AFTER_SECONDS)
}

/// Adds what a browser needs to let the page at `origin` read the answer. What is no origin by its bytes (it may be
/// anything of which HTTP makes a header) is not repeated.
pub fn allow_origin(origin: Option<&HeaderValue>, response: &mut HeaderMap) {
    let Some(origin) = origin.filter(|origin| origin.to_str().is_ok()) else { return };
    response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    response.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let varies = response.get_all(VARY).iter().any(|named| named == "Origin");
    if !varies {
        response.append(VARY, HeaderValue::from_static("Origin"));
    }
    if response.contains_key(RETRY_AFTER) {
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    }
}

/// An answer of HTTP/1.1 in bytes.
pub fn to_http1(mut response: Response<Body>, origin: Option<&HeaderValue>) -> Vec<u8> {
    allow_origin(origin, response.headers_mut());
    let mut out = Vec::with_capacity(RESPONSE_BYTES_USUAL);
    let status = response.status();
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    out.extend_from_slice(b"\r\n");
    for (name, value) in response.headers() {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let body = response.into_body().into_whole();
    write_length_and_date(body.len(), &mut out);
    out.extend_from_slice(&body);
    out
}

/// The last headers and the empty line. The date is written once a second.
pub fn write_length_and_date(body_bytes: usize, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = body_bytes;
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(b"content-length: ");
    out.extend_from_slice(&digits[start..]);
    out.extend_from_slice(b"\r\ndate: ");
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    DATE.with_borrow_mut(|(second, text)| {
        if *second != since_epoch || text.is_empty() {
            *second = since_epoch;
            *text = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(since_epoch));
        }
        out.extend_from_slice(text.as_bytes());
    });
    out.extend_from_slice(b"\r\n\r\n");
}

/// The answer to a preflight: clients add headers of their own, on a retry above all, and a preflight that leaves one
/// out costs the event. So all that is asked for may be sent, but what is not a page's to say.
pub fn preflight(request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(body(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed_headers(request));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

fn allowed_headers(request: &HeaderMap) -> HeaderValue {
    let asked =
        request.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|names| names.to_str().ok());
    let mut allowed = ALLOWED_HEADERS.to_owned();
    let names = asked.flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty());
    for name in names.take(ASKED_HEADERS_MAX) {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        let name = name.as_str();
        let is_of_a_page = !NOT_OF_A_PAGE.iter().any(|other| name.starts_with(other));
        let is_named = allowed.split(", ").any(|other| other == name);
        if is_of_a_page && !is_named && allowed.len() + name.len() < ASKED_HEADERS_BYTES_MAX {
            allowed.push_str(", ");
            allowed.push_str(name);
        }
    }
    HeaderValue::from_str(&allowed).expect("names of headers")
}

/// Marks an answer to a request for what is served nowhere. Who serves such a request counts it, and lets the page that
/// sent it read the answer: a tracker of another make is told, instead of believing that its events are kept.
#[derive(Clone, Copy, Debug)]
pub struct UnknownAddress;

/// The answer to a request for what is served nowhere.
pub fn unknown_address() -> Response<Body> {
    let mut response = error(StatusCode::NOT_FOUND, "unknown_address", "nothing is served at this address");
    response.extensions_mut().insert(UnknownAddress);
    response
}

/// Whether the request was for what is served nowhere.
pub fn is_unknown_address(response: &Response<Body>) -> bool {
    response.extensions().get::<UnknownAddress>().is_some()
}

/// The answer to a request whose address takes other methods.
pub fn other_method(allowed: &'static str, message: &str) -> Response<Body> {
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_allows_what_is_asked_for_but_not_a_proxys_word() {
        let allowed = |asked: &[&str]| {
            let mut request = HeaderMap::new();
            for names in asked {
                request.append(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(names).unwrap());
            }
            preflight(&request).headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().to_owned()
        };
        let with = |more: &str| format!("{ALLOWED_HEADERS}{more}");
        for (asked, answered) in [
            (&[][..], with("")),
            (&["Content-Type, AUTHORIZATION"], with("")),
            (&["rsa-retry-attempt,rsa-retry-reason"], with(", rsa-retry-attempt, rsa-retry-reason")),
            (&["X-Write-Key", "x-write-key , sp-anonymous"], with(", x-write-key, sp-anonymous")),
            (&["x-forwarded-for, X-Forwarded-Host, forwarded, x-real-ip, via, a"], with(", a")),
            (&["x-http-method-override,X-Original-URL"], with("")),
            (&["two words, a:b, ,é"], with("")),
        ] {
            assert_eq!(allowed(asked), answered, "{asked:?}");
        }
        let many: Vec<String> = (0..1_000).map(|number| format!("x-{number}")).collect();
        assert_eq!(allowed(&[&many.join(",")]).split(", ").count(), 6 + ASKED_HEADERS_MAX);
        let long = format!("a,{},b", "x".repeat(4_000));
        assert_eq!(allowed(&[&long]), with(", a, b"));
    }
}
