//! The collector's own protocol: the JSON body of `POST /v1/events`.
//!
//! The body is read once: fields outside the events are read at once, each event is only delimited. Then each
//! event is read by itself, with what stands outside as its defaults, so a bad one is refused under its index.
//! Nearly all text stays borrowed from the body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::complete::refusal;
use super::context::Context;
use super::draft::{Defaults, Draft};
use super::fault::Fault;
use super::value::{Value, each_field};
use super::{WireError, identifier, moment};
use crate::event::{BATCH_EVENTS_MAX, EVENT_BYTES_MAX, ParsedBatch};

/// Reads a request.
///
/// # Errors
///
/// When the body is not JSON, names no site, is wrong outside its events, or holds too many of them.
pub fn parse(body: &[u8]) -> Result<ParsedBatch<'_>, WireError> {
    let body = as_text(body)?;
    if !body.trim_ascii_start().starts_with('{') {
        return Err(match serde_json::from_str::<&RawValue>(body) {
            Ok(_) => WireError::InvalidField { message: "body: expected an object".to_owned() },
            Err(error) => not_json(&error),
        });
    }
    let mut envelope = Envelope::default();
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let outcome =
        deserializer.deserialize_map(EnvelopeVisitor(&mut envelope)).and_then(|()| deserializer.end());
    match (envelope.error.take(), outcome) {
        (Some(error), _) => return Err(error),
        (None, Err(error)) => return Err(not_json(&error)),
        (None, Ok(())) => {}
    }
    let write_key = envelope.site.filter(|site| !site.is_empty());
    let write_key = write_key.ok_or(WireError::MissingField { field: "site" })?;
    let events = envelope.events.ok_or(WireError::MissingField { field: "events" })?;
    let mut batch = ParsedBatch {
        write_key,
        sent_at: envelope.sent_at,
        events: Vec::with_capacity(events.len()),
        refused: Vec::new(),
    };
    for (index, event) in events.into_iter().enumerate() {
        let json = event.get();
        let mut draft = Draft::default();
        match read(json, &mut draft).and_then(|()| draft.complete(index, &envelope.defaults, json)) {
            Ok(event) => batch.events.push(event),
            Err(fault) => batch.refused.push(refusal(index, fault, draft.kind, Cow::Borrowed(json))),
        }
    }
    Ok(batch)
}

/// Reads the fields of one event.
fn read<'a>(json: &'a str, draft: &mut Draft<'a>) -> Result<(), Fault> {
    if json.len() > EVENT_BYTES_MAX {
        let problem = format!("longer than {EVENT_BYTES_MAX} bytes");
        return Err(Fault::new("event_too_large", "event", problem));
    }
    if !json.starts_with('{') {
        return Err(Fault::new("invalid_event", "event", "expected an object"));
    }
    each_field(json, |field, value| {
        draft.set(field, value);
        Ok(())
    })
}

/// What stands outside the events, and the events as they were written.
#[derive(Default)]
struct Envelope<'a> {
    site: Option<Cow<'a, str>>,
    sent_at: Option<i64>,
    defaults: Defaults<'a>,
    events: Option<Vec<&'a RawValue>>,
    /// Why reading was given up, unless the body stopped being JSON.
    error: Option<WireError>,
}

impl<'a> Envelope<'a> {
    fn set(&mut self, field: &str, value: Value<'a>) -> Result<(), Fault> {
        match field {
            "site" => self.site = value.text("site")?,
            "sent_at" => self.sent_at = moment::parse(&value, "sent_at")?,
            "visitor" => self.defaults.visitor = identifier::read(value, "visitor")?,
            "user" => self.defaults.user = identifier::read(value, "user")?,
            "session" => self.defaults.session = identifier::read(value, "session")?,
            "context" => self.defaults.context = Context::read(&value)?,
            _ => {}
        }
        Ok(())
    }
}

struct EnvelopeVisitor<'e, 'a>(&'e mut Envelope<'a>);

impl<'a> Visitor<'a> for EnvelopeVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let envelope = self.0;
        while let Some(field) = map.next_key_seed(Key)? {
            if field == "events" {
                map.next_value_seed(EventsSeed(envelope))?;
                continue;
            }
            let json: &'a RawValue = map.next_value()?;
            if let Err(fault) = envelope.set(&field, Value::from_json(json.get())) {
                envelope.error = Some(WireError::InvalidField { message: fault.message });
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// A key outside the events, borrowed from the request unless it is escaped.
struct Key;

impl<'a> DeserializeSeed<'a> for Key {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Key {
    type Value = Cow<'a, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

struct EventsSeed<'e, 'a>(&'e mut Envelope<'a>);

impl<'a> DeserializeSeed<'a> for EventsSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let envelope = self.0;
        let mut events = Vec::new();
        let mut is_list = false;
        let outcome =
            deserializer.deserialize_any(ListVisitor { events: &mut events, is_list: &mut is_list });
        if !is_list {
            let message = "events: expected a list".to_owned();
            envelope.error = Some(WireError::InvalidField { message });
        } else if events.len() > BATCH_EVENTS_MAX {
            envelope.error = Some(WireError::TooManyEvents);
        }
        envelope.events = Some(events);
        outcome
    }
}

struct ListVisitor<'e, 'a> {
    events: &'e mut Vec<&'a RawValue>,
    is_list: &'e mut bool,
}

impl<'a> Visitor<'a> for ListVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        *self.is_list = true;
        while let Some(event) = list.next_element()? {
            self.events.push(event);
            if self.events.len() > BATCH_EVENTS_MAX {
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// The body as text, without a byte order mark.
fn as_text(body: &[u8]) -> Result<&str, WireError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |place| place + 1);
        WireError::NotJson {
            line: before.split(|&byte| byte == b'\n').count(),
            column: 1 + before.len() - line_start,
            problem: "a byte that is not UTF-8".to_owned(),
        }
    })
}

fn not_json(error: &serde_json::Error) -> WireError {
    let text = error.to_string();
    // The place is told apart from the problem; a syntax error's text repeats nothing of the body.
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    WireError::NotJson { line: error.line(), column: error.column(), problem: problem.to_owned() }
}
