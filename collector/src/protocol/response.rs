//! Responses that several protocols give.

use hyper::header::{CACHE_CONTROL, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::event::RejectedEvent;
use crate::http::response::{Body, error, too_fast, try_later, with_type};
use crate::ingest::parse_error::ParseError;
use crate::ingest::rejected_request::RejectedRequest;
use crate::spool::SpoolError;

/// The smallest transparent GIF.
const PIXEL: &[u8; 43] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\
    \x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
/// Seconds that a client should wait when the spool or the disk has no room.
const RETRY_AFTER_SECONDS: u32 = 10;

/// The pixel.
pub fn pixel() -> Response<Body> {
    let mut response = with_type(StatusCode::OK, "image/gif", PIXEL.as_slice());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store, private"));
    response
}

/// The events of a request that were refused, as the client is told of them.
pub fn rejected_events(events: &[RejectedEvent]) -> Value {
    let told = events
        .iter()
        .map(|event| json!({"index": event.index, "reason": event.reason, "message": event.message}));
    told.collect()
}

/// The status of a body that cannot be read.
pub fn status_of(unreadable: &ParseError) -> StatusCode {
    StatusCode::from_u16(unreadable.status()).unwrap_or(StatusCode::BAD_REQUEST)
}

/// The response to a request refused as a whole.
pub fn rejected(rejected: &RejectedRequest) -> Response<Body> {
    let (code, message) = (rejected.code(), rejected.to_string());
    match rejected {
        RejectedRequest::TooFast => too_fast(),
        RejectedRequest::Unreadable(unreadable) => error(status_of(unreadable), code, &message),
        RejectedRequest::UnknownKey | RejectedRequest::TokenNeeded { .. } | RejectedRequest::TokenRefused => {
            error(StatusCode::UNAUTHORIZED, code, &message)
        }
        RejectedRequest::Origin => error(StatusCode::FORBIDDEN, code, &message),
        RejectedRequest::Spool(SpoolError::Busy) => {
            try_later(StatusCode::SERVICE_UNAVAILABLE, code, &message, 1)
        }
        RejectedRequest::SitesUnknown | RejectedRequest::Spool(_) => {
            try_later(StatusCode::SERVICE_UNAVAILABLE, code, &message, RETRY_AFTER_SECONDS)
        }
    }
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
