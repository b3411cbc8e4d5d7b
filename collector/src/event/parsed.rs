//! A client's event after validation, and the events of a request.

use std::borrow::Cow;
use std::net::IpAddr;

use orma_model::event_row::EventRow;

use super::field_error::FieldError;
use super::rejected::RejectedEvent;

/// An event that may be stored, before enrichment: of its row, `site`, `ts`, `received_at`, `clock` and all that
/// the collector derives are still empty.
#[derive(Debug)]
pub struct ParsedEvent<'a> {
    /// Its place in the request's list of events.
    pub index: usize,
    /// What the client said, in its columns.
    pub row: Box<EventRow<'a>>,
    /// The event as the client wrote it.
    pub raw: &'a str,
    /// When it happened by the client's clock, in milliseconds since the epoch.
    pub client_ts: Option<i64>,
    /// Why that cannot be read, where the client said it.
    pub time_error: Option<FieldError>,
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
    /// The events to store, in the request's order.
    pub events: Vec<ParsedEvent<'a>>,
    /// The others, in the request's order.
    pub refused: Vec<RejectedEvent>,
}
