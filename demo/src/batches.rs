//! Events packed into the bodies of requests.

use anyhow::Context;
use serde_json::json;

use crate::event::Event;

/// Events in one request.
pub const BATCH_EVENTS_MAX: usize = 500;
/// Bytes of one request: the collector takes no more on the wire.
pub const BATCH_BYTES_MAX: usize = 1 << 20;

const END: &[u8] = b"]}";

/// The body of one request.
#[derive(Debug)]
pub struct Batch {
    pub body: Vec<u8>,
    pub events: usize,
    /// The time of the last, in milliseconds since the epoch.
    pub until_ms: i64,
}

/// Packs events, in their order, into as few requests as may be.
pub struct Packer {
    head: Vec<u8>,
    body: Vec<u8>,
    events: usize,
    until_ms: i64,
}

impl Packer {
    /// For the site of this write key.
    pub fn new(write_key: &str) -> Self {
        let site = json!(write_key).to_string();
        let head = format!("{{\"site\":{site},\"events\":[").into_bytes();
        Self { body: head.clone(), head, events: 0, until_ms: 0 }
    }

    /// Adds an event; gives back the batch that had no more room for it.
    ///
    /// # Errors
    /// When the event cannot be written as JSON.
    pub fn push(&mut self, event: &Event) -> anyhow::Result<Option<Batch>> {
        let before = self.body.len();
        if self.events > 0 {
            self.body.push(b',');
        }
        serde_json::to_writer(&mut self.body, event).context("writing an event")?;
        let mut full = None;
        if self.events > 0
            && (self.events == BATCH_EVENTS_MAX || self.body.len() + END.len() > BATCH_BYTES_MAX)
        {
            let own = self.body.split_off(before);
            full = self.finish();
            self.body.extend_from_slice(&own[1..]);
        }
        self.events += 1;
        self.until_ms = event.ts;
        Ok(full)
    }

    /// The batch of what is left; `None` when nothing is.
    pub fn finish(&mut self) -> Option<Batch> {
        if self.events == 0 {
            return None;
        }
        let mut body = std::mem::replace(&mut self.body, self.head.clone());
        body.extend_from_slice(END);
        Some(Batch { body, events: std::mem::take(&mut self.events), until_ms: self.until_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn event(text: &str) -> Event {
        let id = Random::of(1, &[]).uuid_v7(1);
        Event {
            id,
            ts: 5,
            kind: "custom",
            visitor: None,
            user: None,
            session: None,
            context: None,
            fields: json!({"name": text}),
            person: None,
        }
    }

    fn pack(events: impl Iterator<Item = Event>) -> Vec<Batch> {
        let mut packer = Packer::new("de\"mo");
        let mut batches: Vec<_> = events.filter_map(|event| packer.push(&event).unwrap()).collect();
        batches.extend(packer.finish());
        assert!(packer.finish().is_none());
        batches
    }

    #[test]
    fn a_batch_is_closed_by_number_or_by_size() {
        let many = pack((0..1_201).map(|_| event("a")));
        assert_eq!(many.iter().map(|batch| batch.events).collect::<Vec<_>>(), [500, 500, 201]);
        let large = pack((0..5).map(|_| event(&"a".repeat(400_000))));
        assert_eq!(large.iter().map(|batch| batch.events).collect::<Vec<_>>(), [2, 2, 1]);
        for batch in many.iter().chain(&large) {
            assert!(batch.body.len() <= BATCH_BYTES_MAX);
            let body: serde_json::Value = serde_json::from_slice(&batch.body).unwrap();
            assert_eq!(body["site"], "de\"mo");
            assert_eq!(body["events"].as_array().unwrap().len(), batch.events);
            assert_eq!(body["events"][0]["kind"], "custom");
        }
        assert!(pack(std::iter::empty()).is_empty());
    }
}
