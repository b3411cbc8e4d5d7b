//! From the bytes of a request to validated events, one file per protocol.
//!
//! | file | what it knows |
//! |---|---|
//! | `native` | the JSON of `POST /v1/events` |
//! | `pixel` | the query of `GET /p.gif` |
//! | `newsletter` | the signed addresses `/o/{token}.gif` and `/c/{token}` |
//! | `segment_io` | the messages of Segment's and RudderStack's SDKs |
//! | `body` | the object that a body must be, and where it stops being one |
//!
//! A request that cannot be read as a whole is a [`WireError`]; a bad event is a
//! [`Refusal`](crate::event::Refusal) and does not hold the others back.

mod body;
pub mod native;
pub mod newsletter;
pub mod pixel;
pub mod routes;
pub mod segment_io;

#[cfg(test)]
mod tests;

use crate::event::BATCH_EVENTS_MAX;

/// Why a request cannot be read at all. Its text is meant for the client and repeats nothing of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The body is not JSON.
    #[error("the body is not JSON: {problem} (line {line}, column {column})")]
    NotJson {
        /// Where it stops being JSON; the first line is 1.
        line: usize,
        /// Where in the line, in bytes; the first column is 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A field outside the events has a wrong type or value.
    #[error("{message}")]
    InvalidField {
        /// A sentence that begins with the field's name.
        message: String,
    },
    /// A field that every request must have is absent or empty.
    #[error("{field}: required")]
    MissingField {
        /// Its name.
        field: &'static str,
    },
    /// More than [`BATCH_EVENTS_MAX`] events.
    #[error("events: more than {BATCH_EVENTS_MAX} in one request")]
    TooManyEvents,
    /// More than [`segment_io::BATCH_MESSAGES_MAX`] messages.
    #[error("batch: more than {} messages in one request", segment_io::BATCH_MESSAGES_MAX)]
    TooManyMessages,
}

impl WireError {
    /// The error's code in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::InvalidField { .. } => "invalid_field",
            Self::MissingField { .. } => "missing_field",
            Self::TooManyEvents | Self::TooManyMessages => "too_many_events",
        }
    }

    /// The HTTP status of the answer: 400, or 413 for what would be accepted in smaller pieces.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooManyEvents | Self::TooManyMessages => 413,
            _ => 400,
        }
    }
}
