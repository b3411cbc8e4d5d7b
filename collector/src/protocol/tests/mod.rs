//! What clients send, and what becomes of it.

mod batch;
mod fields;
mod kinds;
mod limits;
mod mutation;
mod pixel;
mod placeholders;
mod segment_io;
mod segment_io_mutation;
mod unreadable;

use super::native;
use crate::event::{ParsedBatch, ParsedEvent, RejectedEvent};

/// A request with these events.
fn body(events: &[&str]) -> String {
    format!(r#"{{"site":"demo","visitor":"v1","session":"s1","events":[{}]}}"#, events.join(","))
}

fn parse(body: &str) -> ParsedBatch<'_> {
    native::parse(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// Sends one event, which must be accepted, and looks at it.
fn accepted<T>(event: &str, look: impl FnOnce(&ParsedEvent) -> T) -> T {
    let body = body(&[event]);
    let batch = parse(&body);
    assert_eq!(batch.refused, [], "{event}");
    look(&batch.events[0])
}

/// Sends one event, which must be refused.
fn refused(event: &str) -> RejectedEvent {
    let body = body(&[event]);
    let mut batch = parse(&body);
    assert!(batch.events.is_empty(), "accepted: {event}");
    batch.refused.remove(0)
}

fn prop<'e>(event: &'e ParsedEvent, name: &str) -> Option<&'e str> {
    event.row.props.iter().find(|(key, _)| key == name).map(|(_, text)| &**text)
}
