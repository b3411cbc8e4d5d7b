//! A client's event after validation, and every limit that it must keep.
//!
//! Whatever protocol a client speaks, its events end up here. What is *refused* is left out and reported to the
//! client under its index; what is *cut* is descriptive text, where the beginning is worth more than nothing.

pub(crate) mod address;
pub(crate) mod builder;
pub(crate) mod complete;
pub(crate) mod context;
pub(crate) mod field_error;
pub(crate) mod identifier;
pub(crate) mod json;
pub(crate) mod money;
pub(crate) mod timestamp;
pub(crate) mod value;

use std::borrow::Cow;
use std::net::IpAddr;

use orma_store::event_row::EventRow;

/// Events in one request.
pub const BATCH_EVENTS_MAX: usize = 1_000;
/// Bytes of one event as JSON; more is refused.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// Bytes of `url` and `referrer`; the rest is cut.
pub const URL_BYTES_MAX: usize = 4_096;
/// Bytes of a host with its port; more is refused. A DNS name has at most 253.
pub const HOST_BYTES_MAX: usize = 261;
/// Bytes of `title`; the rest is cut.
pub const TITLE_BYTES_MAX: usize = 512;
/// Bytes of `visitor`, `user` and `session`; more is refused.
pub const ID_BYTES_MAX: usize = 256;
/// Bytes of an event's `id` that is not a UUID; more is refused.
pub const EVENT_ID_BYTES_MAX: usize = 128;
/// Bytes of `name`; more is refused.
pub const NAME_BYTES_MAX: usize = 128;
/// Bytes of other descriptive text; the rest is cut.
pub const TEXT_BYTES_MAX: usize = 1_024;
/// Props of one event, the fields that have no column included; more is refused.
pub const PROPS_MAX: usize = 64;
/// Bytes of a prop's name; more is refused.
pub const PROP_KEY_BYTES_MAX: usize = 64;
/// Bytes of a prop's value; more is refused.
pub const PROP_VALUE_BYTES_MAX: usize = 8_192;
/// Levels of lists and objects inside a prop's value; more is refused.
pub const PROP_DEPTH_MAX: usize = 64;
/// Bytes of a refused event that are kept; the rest is cut.
pub const REJECTED_PAYLOAD_BYTES_MAX: usize = 2_048;
/// The earliest moment that is believed: 2000-01-01T00:00:00Z, in milliseconds since the epoch.
pub const TIME_MS_MIN: i64 = 946_684_800_000;
/// The first moment that is not stored as a client's: 2100-01-01T00:00:00Z, in milliseconds since the epoch.
pub const TIME_MS_END: i64 = 4_102_444_800_000;

/// An event that may be stored, before enrichment: of its row, `site`, `ts`, `received_at`, `clock` and all that
/// the collector derives are still empty.
#[derive(Debug)]
pub struct ParsedEvent<'a> {
    /// Its place in the request's list of events.
    pub index: usize,
    /// What the client said, in its columns.
    pub row: Box<EventRow<'a>>,
    /// When it happened by the client's clock, in milliseconds since the epoch.
    pub client_ts: Option<i64>,
    /// The context names an app.
    pub from_app: bool,
    /// Its kind needs an ingest token.
    pub server_only: bool,
    /// What the context says that the connection would otherwise tell.
    pub behalf: Behalf<'a>,
    /// What its protocol says of each event's delivery by itself.
    pub delivery: Delivery,
}

/// How one event came here, where its protocol says so of each event and not of the request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delivery {
    /// When the client sent it by its own clock, in milliseconds since the epoch; the request's otherwise.
    pub sent_at: Option<i64>,
    /// The event may have been sent before, with the same time of sending.
    pub retry: bool,
}

/// Whom an event speaks for. Address and user agent count only when a server sends them with its ingest token.
#[derive(Clone, Debug, Default)]
pub struct Behalf<'a> {
    /// `context.ip`: the person's address, where the connection's is the server's.
    pub address: Option<IpAddr>,
    /// `context.user_agent`: the person's browser or app.
    pub user_agent: Option<Cow<'a, str>>,
    /// `context.touch_points`: how many fingers the screen tells apart; an iPad that calls itself a Mac has some.
    pub touch_points: Option<u32>,
    /// `context.hints`: what the browser tells of itself when asked; see [`crate::enrich::Hints::of_context`].
    pub hints: Option<Cow<'a, str>>,
}

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

/// A request's events, told apart.
#[derive(Debug)]
pub struct ParsedBatch<'a> {
    /// The site's write key; not yet looked up.
    pub write_key: Cow<'a, str>,
    /// When the client sent the request by its own clock, in milliseconds since the epoch.
    pub sent_at: Option<i64>,
    /// `sent_at` is that of this very try, as the collector's own protocol wants it; other protocols' may be that of an
    /// earlier try.
    pub sent_at_is_of_this_try: bool,
    /// Its protocol has found an ingest token; where it is the request that carries the token, not yet known.
    pub trusted: bool,
    /// The events to store, in the request's order.
    pub events: Vec<ParsedEvent<'a>>,
    /// The others, in the request's order.
    pub refused: Vec<Refusal>,
}

/// The beginning of `text`, at most `bytes_max` bytes, ending with a whole character.
pub fn cut(text: Cow<'_, str>, bytes_max: usize) -> Cow<'_, str> {
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
    fn text_is_cut_before_the_character_that_crosses_the_limit() {
        for (text, bytes_max, expected) in [
            ("scarpe", 6, "scarpe"),
            ("scarpe", 5, "scarp"),
            ("caffè", 5, "caff"),
            ("👟", 3, ""),
            ("", 0, ""),
        ] {
            assert_eq!(cut(Cow::Borrowed(text), bytes_max), expected);
            assert_eq!(cut(Cow::Owned(text.to_owned()), bytes_max), expected);
        }
    }
}
