//! Every limit that an event must keep, and the one way in which text is shortened to one.

use std::borrow::Cow;

/// Events in one request.
pub const BATCH_EVENTS_MAX: usize = 1_000;
/// Bytes of one event as JSON; more is refused.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// Bytes of `url` and `referrer`; the rest is left out.
pub const URL_BYTES_MAX: usize = 4_096;
/// Bytes of a host with its port; more is refused. A DNS name has at most 253.
pub const HOST_BYTES_MAX: usize = 261;
/// Bytes of `title`; the rest is left out.
pub const TITLE_BYTES_MAX: usize = 512;
/// Bytes of `visitor`, `user` and `session`; more is refused.
pub const ID_BYTES_MAX: usize = 256;
/// Bytes of `name`; more is refused.
pub const NAME_BYTES_MAX: usize = 128;
/// Bytes of other descriptive text; the rest is left out.
pub const TEXT_BYTES_MAX: usize = 1_024;
/// Props of one event, the fields that have no column included; more is refused.
pub const PROPS_MAX: usize = 64;
/// Bytes of a prop's name; more is refused.
pub const PROP_KEY_BYTES_MAX: usize = 64;
/// Bytes of a prop's value; more is refused.
pub const PROP_VALUE_BYTES_MAX: usize = 8_192;
/// Bytes of the prop `items`: a large order is as long as an event may be.
pub const ITEMS_BYTES_MAX: usize = EVENT_BYTES_MAX;
/// Levels of lists and objects inside a prop's value; more is refused.
pub const PROP_DEPTH_MAX: usize = 64;
/// Bytes of a refused event that are kept; the rest is left out.
pub const REJECTED_PAYLOAD_BYTES_MAX: usize = 2_048;
/// The earliest timestamp that is believed: 2000-01-01T00:00:00Z, in milliseconds since the epoch.
pub const TIME_MS_MIN: i64 = 946_684_800_000;
/// The first timestamp that is not stored as a client's: 2100-01-01T00:00:00Z, in milliseconds since the epoch.
pub const TIME_MS_END: i64 = 4_102_444_800_000;

/// The beginning of `text`, at most `bytes_max` bytes, ending with a whole character.
pub fn truncate(text: Cow<'_, str>, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..text.floor_char_boundary(bytes_max)]),
        Cow::Owned(mut text) => {
            text.truncate(text.floor_char_boundary(bytes_max));
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_truncated_before_the_character_that_crosses_the_limit() {
        for (text, bytes_max, expected) in [
            ("scarpe", 6, "scarpe"),
            ("scarpe", 5, "scarp"),
            ("caffè", 5, "caff"),
            ("👟", 3, ""),
            ("", 0, ""),
        ] {
            assert_eq!(truncate(Cow::Borrowed(text), bytes_max), expected);
            assert_eq!(truncate(Cow::Owned(text.to_owned()), bytes_max), expected);
        }
    }
}
