//! Why a request cannot be read at all.

use crate::event::BATCH_EVENTS_MAX;

/// Why a request cannot be read at all. Its text is meant for the client and repeats nothing of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
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
    /// More messages than the protocol takes: so many.
    #[error("batch: more than {0} messages in one request")]
    TooManyMessages(usize),
}

impl ParseError {
    /// The error's code in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::InvalidField { .. } => "invalid_field",
            Self::MissingField { .. } => "missing_field",
            Self::TooManyEvents | Self::TooManyMessages(_) => "too_many_events",
        }
    }

    /// The HTTP status of the answer: 400, or 413 for what would be accepted in smaller pieces.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooManyEvents | Self::TooManyMessages(_) => 413,
            _ => 400,
        }
    }
}
