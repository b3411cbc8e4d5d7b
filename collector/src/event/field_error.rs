//! What is wrong with one event, told of the field where it shows.

use std::fmt::Display;

use super::json::NotJson;

/// The code and the sentence of a rejection. The sentence begins with the field's name and never repeats a value.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldError {
    /// A code in snake case.
    pub reason: &'static str,
    /// For people.
    pub message: String,
}

impl FieldError {
    /// An error of a field.
    pub fn new(reason: &'static str, field: impl Display, problem: impl Display) -> Self {
        Self { reason, message: format!("{field}: {problem}") }
    }

    /// The field has a wrong type or lies outside its range.
    pub fn expected(field: impl Display, what: impl Display) -> Self {
        Self { reason: "invalid_field", message: format!("{field}: expected {what}") }
    }

    /// The field is absent or empty.
    pub fn missing(field: impl Display, kind: &str) -> Self {
        Self { reason: "missing_field", message: format!("{field}: required for {kind}") }
    }
}

/// A value is cut out of JSON that has been checked, so this says that the check was wrong.
impl From<NotJson> for FieldError {
    fn from(_: NotJson) -> Self {
        Self::new("invalid_event", "event", "not JSON")
    }
}
