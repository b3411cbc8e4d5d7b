//! The collector's own protocol: the JSON body of `POST /v1/events`.
//!
//! The body is read once, from left to right. What stands outside the events may come after them, so the events are
//! completed when all is read; a bad one is refused under its index. Nearly all text stays borrowed from the body.

use std::borrow::Cow;

use crate::event::RejectedEvent;
use crate::event::builder::{Defaults, EventBuilder};
use crate::event::context::Context;
use crate::event::field_error::FieldError;
use crate::event::json::NotJson;
use crate::event::reader::Reader;
use crate::event::value::Value;
use crate::event::{BATCH_EVENTS_MAX, EVENT_BYTES_MAX, ParsedBatch};
use crate::event::{identifier, timestamp};
use crate::ingest::parse_error::ParseError;
use crate::protocol::body::{self, Stop};

/// Reads a request.
///
/// # Errors
///
/// When the body is not JSON, names no site, is wrong outside its events, or holds too many of them.
pub fn parse(body: &[u8]) -> Result<ParsedBatch<'_>, ParseError> {
    let mut envelope = Envelope::default();
    body::each_field(body, |field, reader| match &*field {
        "events" => envelope.read_events(reader),
        "context" => envelope.read_context(reader),
        _ => Ok(envelope.set(&field, reader.value()?)?),
    })?;
    let write_key = envelope.site.filter(|site| !site.is_empty());
    let write_key = write_key.ok_or(ParseError::MissingField { field: "site" })?;
    let events = envelope.events.ok_or(ParseError::MissingField { field: "events" })?;
    let mut batch = ParsedBatch {
        write_key,
        sent_at: envelope.sent_at,
        sent_at_is_of_this_try: true,
        events: Vec::with_capacity(events.len()),
        refused: Vec::new(),
    };
    for (index, event) in events.into_iter().enumerate() {
        let Written { builder, json } = event;
        match builder.complete(index, &envelope.defaults, json) {
            Ok(event) => batch.events.push(event),
            Err((error, kind)) => {
                batch.refused.push(RejectedEvent::new(index, error, kind, Cow::Borrowed(json)));
            }
        }
    }
    Ok(batch)
}

/// An event as it was written, and what its fields say.
struct Written<'a> {
    /// In a box of its own: a list that held it would be a large allocation for each request.
    builder: Box<EventBuilder<'a>>,
    json: &'a str,
}

impl<'a> Written<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let mut builder = Box::new(EventBuilder::default());
        if reader.first_byte() != Some(b'{') {
            let json = reader.raw_value()?;
            builder.error = Some(FieldError::new("invalid_event", "event", "expected an object"));
            return Ok(Self { builder, json });
        }
        let json = reader.each_field(|field, reader| {
            builder.set(field, reader.value()?);
            Ok::<_, NotJson>(())
        })?;
        if json.len() > EVENT_BYTES_MAX {
            let problem = format!("longer than {EVENT_BYTES_MAX} bytes");
            builder.error = Some(FieldError::new("event_too_large", "event", problem));
        }
        Ok(Self { builder, json })
    }
}

/// What stands outside the events, and the events as they were written.
#[derive(Default)]
struct Envelope<'a> {
    site: Option<Cow<'a, str>>,
    sent_at: Option<i64>,
    defaults: Defaults<'a>,
    events: Option<Vec<Written<'a>>>,
}

impl<'a> Envelope<'a> {
    fn read_events(&mut self, reader: &mut Reader<'a>) -> Result<(), Stop> {
        if reader.first_byte() != Some(b'[') {
            reader.value()?;
            return Err(FieldError::expected("events", "a list").into());
        }
        let mut events = Vec::new();
        reader.each_element(|reader| {
            if events.len() == BATCH_EVENTS_MAX {
                return Err(Stop::Refused(ParseError::TooManyEvents));
            }
            events.push(Written::read(reader)?);
            Ok(())
        })?;
        self.events = Some(events);
        Ok(())
    }

    fn read_context(&mut self, reader: &mut Reader<'a>) -> Result<(), Stop> {
        self.defaults.context = Context::default();
        if reader.first_byte() == Some(b'{') {
            let Defaults { context, unreadable, .. } = &mut self.defaults;
            reader.each_field(|field, reader| context.read_field(&field, reader, unreadable))?;
            return Ok(());
        }
        Ok(self.set("context", reader.value()?)?)
    }

    fn set(&mut self, field: &str, value: Value<'a>) -> Result<(), FieldError> {
        match field {
            "site" => self.site = value.text("site")?,
            "sent_at" => self.sent_at = timestamp::sent_at(&value),
            "visitor" => self.defaults.visitor = identifier::read(value),
            "user" => {
                self.defaults.user_optional = value != Value::Null;
                self.defaults.user = identifier::read_user(value);
            }
            "session" => self.defaults.session = identifier::read(value),
            "context" => self.defaults.set_context(&value),
            _ => {}
        }
        Ok(())
    }
}
