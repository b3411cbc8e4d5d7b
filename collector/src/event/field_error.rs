//! What is wrong with one event, told of the field where it shows.

use std::fmt::Display;

use super::json::NotJson;

/// A code and a sentence. The sentence begins with the field's name and never repeats a value.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldError {
    /// A code in snake case.
    pub reason: &'static str,
    /// For people.
    pub message: String,
    /// Nothing can be made of the field's value, or it is a prop beyond the limits of props: that costs the field, and the
    /// event only when its kind demands the field. Otherwise what it says is against a rule, and the event is refused.
    pub unreadable: bool,
}

impl FieldError {
    /// An error of a field.
    pub fn new(reason: &'static str, field: impl Display, problem: impl Display) -> Self {
        Self { reason, message: format!("{field}: {problem}"), unreadable: false }
    }

    /// The field is left out.
    pub fn unreadable(reason: &'static str, field: impl Display, problem: impl Display) -> Self {
        Self { unreadable: true, ..Self::new(reason, field, problem) }
    }

    /// The field has a wrong type or lies outside its range.
    pub fn expected(field: impl Display, what: impl Display) -> Self {
        Self::unreadable("invalid_field", field, format_args!("expected {what}"))
    }

    /// The field is absent or empty.
    pub fn missing(field: impl Display, kind: &str) -> Self {
        Self::new("missing_field", field, format_args!("required for {kind}"))
    }

    /// The name of the field, with those of the objects that it lies in.
    pub fn field(&self) -> &str {
        self.message.split(": ").next().unwrap_or_default()
    }
}

/// A value is cut out of JSON that has been checked, so this says that the check was wrong.
impl From<NotJson> for FieldError {
    fn from(_: NotJson) -> Self {
        Self::new("invalid_event", "event", "not JSON")
    }
}
