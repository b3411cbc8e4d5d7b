//! An event that is not stored.

use std::borrow::Cow;

use super::field_error::FieldError;
use super::limits::{NAME_BYTES_MAX, REJECTED_PAYLOAD_BYTES_MAX, truncate};
use crate::campaign::text_without_click_ids;

/// An event that is not stored, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct RejectedEvent {
    /// Its place in the request's list of events.
    pub index: usize,
    /// A code in snake case.
    pub reason: &'static str,
    /// A sentence that names the field, and never holds the value of an id.
    pub message: String,
    /// The kind that the event claims to be; empty when it claims none.
    pub kind: String,
    /// The event's JSON, at most [`REJECTED_PAYLOAD_BYTES_MAX`] bytes of it.
    pub payload: String,
}

impl RejectedEvent {
    /// What is told of the event with this error. `payload` is the event's JSON.
    pub fn new(index: usize, error: FieldError, kind: Cow<str>, payload: Cow<str>) -> Self {
        // Before it is truncated, lest it end within an id's name.
        let payload = text_without_click_ids(&payload).map_or(payload, Cow::Owned);
        Self {
            index,
            reason: error.reason,
            message: error.message,
            kind: truncate(kind, NAME_BYTES_MAX).into_owned(),
            payload: truncate(payload, REJECTED_PAYLOAD_BYTES_MAX).into_owned(),
        }
    }
}
