//! What Segment's and RudderStack's SDKs send: one message, or a batch of them.
//!
//! Shapes, field names and event names are those of Segment's published specification (segment.com/docs: HTTP
//! tracking API, common fields, semantic events) and of the SDKs' sources. A body is read in two steps, because the
//! key that opens it may lie inside: [`Body::read`] finds the key and delimits the messages, [`Body::events`] reads
//! them when the site is known.
//!
//! | file | what it knows |
//! |---|---|
//! | `envelope` | JSON or form, one message or many, and where the key is |
//! | `message` | a message's fields, and which kind they make |
//! | `names` | the events that Segment's specification names |
//! | `context` | what surrounds a message: page, device, app, who sent it |
//! | `properties` | props and money |
//! | `routes` | which addresses there are |
//! | `submission` | who may send messages, and how they are answered |
//! | `settings` | what the SDKs ask before they send anything |
//! | `failure` | responses that say no |
//!
//! These SDKs run in apps that nobody can mend from here, and delete what is answered with 200. So fields of
//! a wrong type are passed over, ids too, and an event is refused only when its ids, time or name cannot be.

mod context;
pub(super) mod envelope;
mod failure;
mod message;
mod names;
mod properties;
mod routes;
mod settings;
mod submission;

use std::borrow::Cow;
use std::net::IpAddr;

use crate::event::RejectedEvent;
use crate::event::value::Value;
use crate::event::{EVENT_BYTES_MAX, ParsedBatch};

use self::envelope::Body;
pub use self::routes::SegmentIo;

/// Messages in one request; the limit that Segment publishes for its own endpoint.
pub const BATCH_MESSAGES_MAX: usize = 2_500;

/// What scripts write where they have nothing.
const ABSENT: [&str; 3] = ["", "null", "undefined"];

/// What is known of a request besides its body.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The address that the request came from.
    pub address: IpAddr,
    /// The header `User-Agent`.
    pub user_agent: &'a str,
    /// A browser's page sent it: it has an `Origin`, or it is an image.
    pub from_page: bool,
    /// The header `SentAt`, or empty.
    pub sent_at: &'a str,
    /// It carries an ingest token, so that it may tell of what only a server knows.
    pub trusted: bool,
    /// The site's currency, for amounts that name none.
    pub currency: &'a str,
}

impl<'a> Body<'a> {
    /// Reads the messages. `write_key` is repeated in the batch.
    pub fn events(&self, write_key: Cow<'a, str>, sender: &Sender<'a>) -> ParsedBatch<'a> {
        let mut batch = ParsedBatch {
            write_key,
            sent_at: None,
            sent_at_is_of_this_try: false,
            events: Vec::with_capacity(self.messages.len()),
            refused: Vec::new(),
        };
        for (index, json) in self.messages.iter().copied().enumerate() {
            match message::event(index, json, self, sender) {
                Ok(event) => batch.events.push(event),
                Err((error, kind)) => {
                    batch.refused.push(RejectedEvent::new(index, error, kind, Cow::Borrowed(json)));
                }
            }
        }
        batch
    }
}

/// A query parameter, decoded; `None` when it is absent or says nothing.
pub fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut parameters = crate::form::parameters(query);
    parameters.find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| !is_absent(value))
}

fn is_absent(text: &str) -> bool {
    ABSENT.contains(&text)
}

/// The value, unless it is one of the ways to say nothing.
fn present(value: Value) -> Option<Value> {
    match &value {
        Value::Null => None,
        Value::Text(text) | Value::Parameter(text) if is_absent(text) => None,
        _ => Some(value),
    }
}

/// Text, or a number as it was written; `None` for all else.
fn text(value: Value) -> Option<Cow<str>> {
    present(value)?.label("").ok().flatten().filter(|text| !is_absent(text))
}

/// Visits what an object says; another type says nothing.
fn each_said<'a>(value: &Value<'a>, mut visit: impl FnMut(Cow<'a, str>, Value<'a>)) {
    if let Ok(Some(object)) = value.object("") {
        drop(crate::event::reader::each_field(object, |key, value| {
            if let Some(value) = present(value) {
                visit(key, value);
            }
            Ok(())
        }));
    }
}
