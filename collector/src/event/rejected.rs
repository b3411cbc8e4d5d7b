//! An event that is not stored.

use std::borrow::Cow;

use super::field_error::Fault;
use super::limits::{NAME_BYTES_MAX, REJECTED_PAYLOAD_BYTES_MAX, cut};
use crate::campaign::text_without_click_ids;

/// An event that is not stored, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
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

/// What is told of an event that is not stored. `payload` is the event's JSON.
pub fn refusal(index: usize, fault: Fault, kind: Cow<str>, payload: Cow<str>) -> Refusal {
    // Before it is cut, lest it end within an id's name.
    let payload = text_without_click_ids(&payload).map_or(payload, Cow::Owned);
    Refusal {
        index,
        reason: fault.reason,
        message: fault.message,
        kind: cut(kind, NAME_BYTES_MAX).into_owned(),
        payload: cut(payload, REJECTED_PAYLOAD_BYTES_MAX).into_owned(),
    }
}
