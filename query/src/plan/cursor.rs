//! Cursors: opaque to the caller, JSON in base64url for us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// A page does not begin beyond so many rows.
const OFFSET_MAX: usize = 1_000_000_000;
/// The moments that the store can hold, in milliseconds since the epoch: to the end of the year 2299.
const TIMESTAMPS_MS: std::ops::RangeInclusive<i64> = 0..=10_413_791_999_999;

/// Numbers of a cursor that are within what a page can begin at; whoever makes cursors up may write any.
pub trait Bounded {
    /// Whether a page can begin there.
    fn is_possible(&self) -> bool;
}

impl Bounded for usize {
    fn is_possible(&self) -> bool {
        *self <= OFFSET_MAX
    }
}

/// Whether the store can hold a moment, given in milliseconds since the epoch.
pub fn is_possible_timestamp(ms: i64) -> bool {
    TIMESTAMPS_MS.contains(&ms)
}

/// A cursor that leads to `position`.
pub fn encode<T: Serialize>(position: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).expect("plain fields"))
}

/// The position that a cursor leads to.
///
/// # Errors
/// It was not made here.
pub fn decode<T: DeserializeOwned + Bounded>(text: &str) -> Result<T, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let position: Option<T> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    position.filter(Bounded::is_possible).ok_or_else(|| {
        ApiError::invalid("invalid_cursor", "cursor", "Use the `next_cursor` of the page before, unchanged.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_only_where_a_page_can_begin() {
        assert_eq!(decode::<usize>(&encode(&50)).unwrap(), 50);
        for wrong in
            ["18446744073709551615", "9223372036854775808", "1000000001", "-1", "1.5", "\"1\"", "null", ""]
        {
            let error = decode::<usize>(&URL_SAFE_NO_PAD.encode(wrong)).unwrap_err();
            let ApiError::Invalid { code, field, .. } = error else { panic!("{error}") };
            assert_eq!((code, field.as_str()), ("invalid_cursor", "cursor"), "{wrong}");
        }
    }
}
