//! Timestamps as the API shows them.

use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// A moment: milliseconds since the epoch in the store's answers, RFC 3339 UTC with milliseconds in the API's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = Moment, value_type = String, format = DateTime, example = "2026-11-21T10:00:00.512Z")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Now, by this machine's clock.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_millisecond())
    }

    /// The same as `jiff` has it; what no calendar holds becomes its last moment.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        formatter.write_str(&PRINTER.timestamp_to_string(&self.to_jiff()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_milliseconds_even_when_they_are_zero() {
        assert_eq!(Timestamp(1_764_000_000_123).to_string(), "2025-11-24T16:00:00.123Z");
        assert_eq!(Timestamp(1_764_000_000_000).to_string(), "2025-11-24T16:00:00.000Z");
    }
}
