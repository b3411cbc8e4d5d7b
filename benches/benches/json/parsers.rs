//! One task, as the collector needs it done, by several JSON parsers: the fields of the envelope and the fields of each
//! event, told apart as key and raw value, the values not yet read. Each returns the same [`Seen`], so that none does
//! less than the others.

use std::borrow::Cow;
use std::fmt;

use orma_collector::event::reader::Reader;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use simd_json::prelude::*;
use sonic_rs::{JsonValueTrait, LazyValue};

/// What a parser has seen: enough to tell that it has seen everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Events.
    pub events: usize,
    /// Fields of the envelope and of the events.
    pub fields: usize,
    /// Bytes of all keys, without quotes.
    pub key_bytes: usize,
}

impl Seen {
    fn field(&mut self, key: &str) {
        self.fields += 1;
        self.key_bytes += key.len();
    }
}

/// A parser by its name.
pub type Parser = (&'static str, fn(&[u8]) -> Seen);

/// All of them.
pub const PARSERS: [Parser; 8] = [
    ("serde_json, raw values", serde_json_raw),
    ("serde_json, streaming visitor", serde_json_streaming),
    ("sonic-rs, lazy iterators", sonic_lazy),
    ("sonic-rs, serde with lazy values", sonic_serde),
    ("simd-json, borrowed value", simd_borrowed),
    ("simd-json, tape", simd_tape),
    ("orma's own reader", orma_reader),
    ("orma-collector, whole parse", orma),
];

/// serde_json delimits the values and leaves them as text; the body is borrowed.
pub fn serde_json_raw(body: &[u8]) -> Seen {
    let body = std::str::from_utf8(body).expect("text");
    let mut seen = Seen::default();
    let mut events: Vec<&RawValue> = Vec::new();
    fields(body, |key, value| {
        seen.field(&key);
        if key == "events" {
            events = serde_json::from_str(value.get()).expect("a list");
        }
    });
    seen.events = events.len();
    for event in events {
        fields(event.get(), |key, _| seen.field(&key));
    }
    seen
}

fn fields<'a>(object: &'a str, visit: impl FnMut(Cow<'a, str>, &'a RawValue)) {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer.deserialize_map(Fields(visit)).expect("an object");
}

struct Fields<F>(F);

impl<'a, F: FnMut(Cow<'a, str>, &'a RawValue)> Visitor<'a> for Fields<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((Key(key), value)) = map.next_entry()? {
            (self.0)(key, value);
        }
        Ok(())
    }
}

/// serde_json hands out keys and raw values on its one way through the body: events are visited where they lie.
pub fn serde_json_streaming(body: &[u8]) -> Seen {
    let body = std::str::from_utf8(body).expect("text");
    let mut seen = Seen::default();
    let mut deserializer = serde_json::Deserializer::from_str(body);
    deserializer.deserialize_map(Envelope(&mut seen)).expect("an envelope");
    seen
}

/// A key, borrowed unless it is escaped.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

struct Envelope<'s>(&'s mut Seen);

impl<'a> Visitor<'a> for Envelope<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            self.0.field(&key);
            if key == "events" {
                map.next_value_seed(Events(self.0))?;
            } else {
                map.next_value::<&RawValue>()?;
            }
        }
        Ok(())
    }
}

struct Events<'s>(&'s mut Seen);

impl<'a> DeserializeSeed<'a> for Events<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Events<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Event(self.0))?.is_some() {
            self.0.events += 1;
        }
        Ok(())
    }
}

struct Event<'s>(&'s mut Seen);

impl<'a> DeserializeSeed<'a> for Event<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(Fields(|key: Cow<'a, str>, _: &'a RawValue| self.0.field(&key)))
    }
}

/// sonic-rs walks an object and hands out keys and raw values.
pub fn sonic_lazy(body: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for entry in sonic_rs::to_object_iter(body) {
        let (key, value) = entry.expect("an entry");
        seen.field(&key);
        if key == "events" {
            for event in sonic_rs::to_array_iter(value.as_raw_str()) {
                seen.events += 1;
                sonic_event(event.expect("an event").as_raw_str(), &mut seen);
            }
        }
    }
    seen
}

fn sonic_event(event: &str, seen: &mut Seen) {
    for entry in sonic_rs::to_object_iter(event) {
        seen.field(&entry.expect("an entry").0);
    }
}

/// sonic-rs fills a struct of lazy values, then walks the events.
pub fn sonic_serde(body: &[u8]) -> Seen {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        site: Option<LazyValue<'a>>,
        #[serde(borrow)]
        visitor: Option<LazyValue<'a>>,
        #[serde(borrow)]
        session: Option<LazyValue<'a>>,
        #[serde(borrow)]
        user: Option<LazyValue<'a>>,
        #[serde(borrow)]
        context: Option<LazyValue<'a>>,
        #[serde(borrow)]
        sent_at: Option<LazyValue<'a>>,
        #[serde(borrow)]
        events: Vec<LazyValue<'a>>,
    }
    let envelope: Envelope = sonic_rs::from_slice(body).expect("an envelope");
    let mut seen = Seen { events: envelope.events.len(), ..Seen::default() };
    let Envelope { site, visitor, session, user, context, sent_at, events } = envelope;
    let named = [
        ("site", site),
        ("visitor", visitor),
        ("session", session),
        ("user", user),
        ("context", context),
        ("sent_at", sent_at),
    ];
    for (key, value) in &named {
        if value.as_ref().is_some_and(|value| !value.is_null()) {
            seen.field(key);
        }
    }
    seen.field("events");
    for event in &events {
        sonic_event(event.as_raw_str(), &mut seen);
    }
    seen
}

/// simd-json unescapes in place, so the body is copied first: it is shared with the connection's buffer.
pub fn simd_borrowed(body: &[u8]) -> Seen {
    let mut copy = body.to_vec();
    let value = simd_json::to_borrowed_value(&mut copy).expect("JSON");
    let mut seen = Seen::default();
    for (key, value) in value.as_object().expect("an object") {
        seen.field(key);
        if key == "events" {
            for event in value.as_array().expect("a list") {
                seen.events += 1;
                for key in event.as_object().expect("an object").keys() {
                    seen.field(key);
                }
            }
        }
    }
    seen
}

/// simd-json's tape: the values in order, without maps.
pub fn simd_tape(body: &[u8]) -> Seen {
    let mut copy = body.to_vec();
    let tape = simd_json::to_tape(&mut copy).expect("JSON");
    let value = tape.as_value();
    let mut seen = Seen::default();
    for (key, value) in &value.as_object().expect("an object") {
        seen.field(key);
        if key == "events" {
            for event in &value.as_array().expect("a list") {
                seen.events += 1;
                for (key, _) in &event.as_object().expect("an object") {
                    seen.field(key);
                }
            }
        }
    }
    seen
}

/// orma's own reader hands out keys and raw values on one way through the body.
pub fn orma_reader(body: &[u8]) -> Seen {
    let body = std::str::from_utf8(body).expect("text");
    let mut seen = Seen::default();
    let mut reader = Reader::new(body);
    let envelope = reader.each_field(|key, reader| {
        seen.field(&key);
        if key != "events" {
            return reader.raw_value().map(|_| ());
        }
        reader.each_element(|reader| {
            seen.events += 1;
            reader
                .each_field(|key, reader| {
                    seen.field(&key);
                    reader.raw_value().map(|_| ())
                })
                .map(|_: &str| ())
        })
    });
    envelope.and_then(|_: &str| reader.end()).expect("an envelope");
    seen
}

/// All that the collector does with a body: fields are told apart, read, checked and put into rows.
pub fn orma(body: &[u8]) -> Seen {
    let parsed = orma_collector::protocol::native::parse(body).expect("an envelope");
    Seen { events: parsed.events.len(), fields: parsed.refused.len(), key_bytes: 0 }
}
