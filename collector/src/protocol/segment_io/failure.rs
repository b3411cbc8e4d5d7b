//! Responses that say no: with `success`, as these SDKs know it.

use hyper::{Response, StatusCode};
use serde_json::json;

use crate::http::response::{Body, json};
use crate::ingest::rejected_request::RejectedRequest;
use crate::protocol::response;

/// The response to a request refused as a whole; `unknown`: that to a key or token which is not known.
pub fn refusal(rejected: &RejectedRequest, unknown: StatusCode) -> Response<Body> {
    let status = match rejected {
        RejectedRequest::Unreadable(error) => response::status_of(error),
        RejectedRequest::UnknownKey | RejectedRequest::TokenRefused => unknown,
        _ => return response::rejected(rejected),
    };
    failure(status, rejected.code(), &rejected.to_string())
}

/// A response with a code and a message.
pub fn failure(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    json(status, &json!({"success": false, "code": code, "message": message}))
}
