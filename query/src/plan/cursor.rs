//! Cursors: opaque to the caller, JSON in base64url for us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::error::ApiError;

/// A cursor that leads to `place`.
pub fn encode<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).expect("plain fields"))
}

/// The place that a cursor leads to.
///
/// # Errors
/// It was not made here.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
        ApiError::invalid("invalid_cursor", "cursor", "Use the `next_cursor` of the page before, unchanged.")
    })
}
