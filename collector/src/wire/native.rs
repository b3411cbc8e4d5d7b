//! The collector's own protocol: the JSON body of `POST /v1/events`.
//!
//! The body is read once, from left to right. What stands outside the events may come after them, so the events are
//! completed when all is read; a bad one is refused under its index. Nearly all text stays borrowed from the body.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::complete::refusal;
use super::context::Context;
use super::draft::{Defaults, Draft};
use super::fault::Fault;
use super::json::{NotJson, Reader};
use super::value::Value;
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
    match envelope.read(body) {
        Ok(()) => {}
        Err(Stop::Refused(error)) => return Err(error),
        // Where and why, serde_json says better.
        Err(Stop::NotJson) => {
            return Err(match serde_json::from_str::<&RawValue>(body) {
                Ok(_) => WireError::InvalidField { message: "body: not JSON".to_owned() },
                Err(error) => not_json(&error),
            });
        }
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
        let Written { draft, json } = event;
        match draft.complete(index, &envelope.defaults, json) {
            Ok(event) => batch.events.push(event),
            Err((fault, kind)) => batch.refused.push(refusal(index, fault, kind, Cow::Borrowed(json))),
        }
    }
    Ok(batch)
}

/// An event as it was written, and what its fields say.
struct Written<'a> {
    /// In a box of its own: a list that held it would be a large allocation for each request.
    draft: Box<Draft<'a>>,
    json: &'a str,
}

impl<'a> Written<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let mut draft = Box::new(Draft::default());
        if reader.first_byte() != Some(b'{') {
            let json = reader.raw_value()?;
            draft.fault = Some(Fault::new("invalid_event", "event", "expected an object"));
            return Ok(Self { draft, json });
        }
        let json = reader.each_field(|field, reader| {
            draft.set(field, reader.value()?);
            Ok::<_, NotJson>(())
        })?;
        if json.len() > EVENT_BYTES_MAX {
            let problem = format!("longer than {EVENT_BYTES_MAX} bytes");
            draft.fault = Some(Fault::new("event_too_large", "event", problem));
        }
        Ok(Self { draft, json })
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

/// Why reading was given up.
enum Stop {
    NotJson,
    Refused(WireError),
}

impl From<NotJson> for Stop {
    fn from(_: NotJson) -> Self {
        Self::NotJson
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Refused(WireError::InvalidField { message: fault.message })
    }
}

impl<'a> Envelope<'a> {
    fn read(&mut self, body: &'a str) -> Result<(), Stop> {
        let mut reader = Reader::of_object(body)?;
        while let Some(field) = reader.key()? {
            match &*field {
                "events" => self.read_events(&mut reader)?,
                "context" => self.read_context(&mut reader)?,
                _ => self.set(&field, reader.value()?)?,
            }
        }
        Ok(reader.end()?)
    }

    fn read_events(&mut self, reader: &mut Reader<'a>) -> Result<(), Stop> {
        if reader.first_byte() != Some(b'[') {
            reader.value()?;
            return Err(Fault::expected("events", "a list").into());
        }
        let mut events = Vec::new();
        reader.each_element(|reader| {
            if events.len() == BATCH_EVENTS_MAX {
                return Err(Stop::Refused(WireError::TooManyEvents));
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
            let context = &mut self.defaults.context;
            reader.each_field(|field, reader| Ok::<_, Stop>(context.set(&field, reader.value()?)?))?;
            return Ok(());
        }
        Ok(self.set("context", reader.value()?)?)
    }

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

/// The body as text, without a byte order mark.
pub(super) fn as_text(body: &[u8]) -> Result<&str, WireError> {
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

pub(super) fn not_json(error: &serde_json::Error) -> WireError {
    let text = error.to_string();
    // The place is told apart from the problem; a syntax error's text repeats nothing of the body.
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    WireError::NotJson { line: error.line(), column: error.column(), problem: problem.to_owned() }
}
