//! A segment's bytes to what is inserted: a block of its events, a block of its refused events, its counts.

use std::collections::HashSet;

use bytes::Bytes;
use foldhash::fast::RandomState;
use orma_model::event_row::ColumnType;
use orma_model::record::RecordReader;
use orma_store::EventBlock;
use orma_store::native_block::BlockBuilder;
use uuid::Uuid;

use crate::duplicates::{CameTwice, EventNumbers};
use crate::ledger::{self, Counts, HOUR_MS, Outcome};
use crate::record::{count, rejected};
use crate::spool::{RecordKind, Segment, read_segment};

/// An event whose client's clock is ahead by more than this may have happened before what it says. Milliseconds.
const AHEAD_MS_MAX: i64 = 1_000;
/// A request is prepared before the segment is begun that it is appended to. Milliseconds.
const PREPARED_MS_MAX: i64 = 1_000;
/// Events of a segment that are asked for: of more, some are inserted unasked.
const ASKED_MAX: usize = 5_000;
/// An id that says by itself when it was made, this near to the receipt, was made for this request. Milliseconds.
const MADE_NOW_MS_MAX: i64 = 10_000;

/// What identifies an event, and when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventHead {
    /// The site.
    pub site: String,
    /// Its id.
    pub event_id: Uuid,
    /// Milliseconds since the epoch, as the client's clock was corrected.
    pub ts: i64,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    /// Whose it is.
    pub visitor: String,
}

/// What was read of a segment.
#[derive(Debug)]
pub struct Contents {
    /// What it counts, by its own records.
    pub counts: Counts,
    /// What becomes of its events.
    pub next: Next,
}

/// What a segment needs next.
#[derive(Debug)]
pub enum Next {
    /// To be inserted.
    Insert(Box<Blocks>),
    /// To be asked for.
    Ask {
        /// Events that may have come before, and how they lie among the segment's events.
        heads: Vec<(usize, EventHead)>,
        /// How many more of them there are.
        unasked: u64,
        /// The segment.
        bytes: Vec<u8>,
    },
}

/// The blocks of one segment.
#[derive(Debug)]
pub struct Blocks {
    /// The segment.
    pub id: Uuid,
    /// Rows in the block of events.
    pub events: u64,
    /// Its columns.
    pub event_columns: Vec<String>,
    /// The block, in pieces.
    pub event_block: Vec<Bytes>,
    /// Rows in the block of refused events.
    pub rejected: u64,
    /// The block, in pieces.
    pub rejected_block: Vec<Bytes>,
    /// By site and hour, what the block of events has …
    pub given: Counts,
    /// … and what was left out because the store has it.
    pub known: Counts,
}

/// Reads a segment, and makes its blocks when none of its events has to be asked for. `remembered_from`: the collector
/// remembered all ids since then, in milliseconds since the epoch, when the segment was begun. `ask_all`: other
/// collectors may have taken any of them. `twice`: these came in two requests at once.
///
/// # Errors
/// It is damaged.
pub fn read(
    bytes: Vec<u8>,
    remembered_from: i64,
    ask_all: bool,
    twice: &CameTwice,
) -> Result<Contents, String> {
    let parsed = Parsed::new(&bytes)?;
    let mut counts = parsed.counts.clone();
    let mut hours = HourCounts::default();
    let (mut heads, mut unasked) = (Vec::new(), 0);
    let certain_from = remembered_from.saturating_add(AHEAD_MS_MAX + PREPARED_MS_MAX);
    for (index, (head, _)) in parsed.events.iter().enumerate() {
        hours.add(head.site, head.received_at);
        let ask =
            ask_all || head.may_have_come_before(certain_from) || twice.contains(head.site, head.event_id);
        match (ask, heads.len() < ASKED_MAX) {
            (true, true) => heads.push((index, head.to_owned())),
            (true, false) => unasked += 1,
            (false, _) => {}
        }
    }
    hours.finish(Outcome::Accepted, &mut counts);
    let next = if heads.is_empty() {
        Next::Insert(Box::new(parsed.blocks(&HashSet::new())?))
    } else {
        Next::Ask { heads, unasked, bytes }
    };
    Ok(Contents { counts, next })
}

/// Makes the blocks. `known` are events that the store has, by their index among the segment's events.
///
/// # Errors
/// It is damaged.
pub fn build(bytes: &[u8], known: &HashSet<usize>) -> Result<Blocks, String> {
    Parsed::new(bytes)?.blocks(known)
}

/// The records of a segment, told apart.
struct Parsed<'a> {
    id: Uuid,
    columns: Vec<(String, ColumnType)>,
    events: Vec<(Head<'a>, &'a [u8])>,
    refused: Vec<&'a [u8]>,
    /// What is refused, and what its records count.
    counts: Counts,
}

impl<'a> Parsed<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let segment = whole(bytes)?;
        let roles = Role::of_columns(&segment.columns);
        let mut events = Vec::with_capacity(segment.records.len());
        let (mut refused, mut counts) = (Vec::new(), Counts::new());
        for (kind, payload) in segment.records {
            match kind {
                RecordKind::Event => {
                    let head =
                        Head::read(payload, &roles).ok_or("an event without site or moment of reception")?;
                    events.push((head, payload));
                }
                RecordKind::Rejected => {
                    let (site, received_at, reason) =
                        rejected::read_head(payload).ok_or("a refused event that cannot be read")?;
                    ledger::add(&mut counts, &site, received_at, Outcome::Rejected, &reason, 1);
                    refused.push(payload);
                }
                RecordKind::Count => {
                    count::read_record(payload, &mut counts).ok_or("a count that cannot be read")?;
                }
            }
        }
        Ok(Self { id: segment.id, columns: segment.columns, events, refused, counts })
    }

    fn blocks(&self, known: &HashSet<usize>) -> Result<Blocks, String> {
        let mut refused =
            BlockBuilder::new(rejected::COLUMNS.into_iter().chain([("segment", ColumnType::Uuid)]));
        let mut with_segment = Vec::new();
        for payload in &self.refused {
            rejected::with_segment(payload, self.id, &mut with_segment)
                .ok_or("a refused event that cannot be read")?;
            refused.push(&with_segment).map_err(|error| error.to_string())?;
        }
        let (mut given, mut left_out) = (HourCounts::default(), HourCounts::default());
        let numbers = EventNumbers::default();
        let mut seen = HashSet::with_capacity_and_hasher(self.events.len(), RandomState::default());
        let mut events = Vec::with_capacity(self.events.len());
        for (index, (head, payload)) in self.events.iter().enumerate() {
            // Of one that came twice at the same time, the first counts.
            if known.contains(&index) || !seen.insert(numbers.number(head.site, head.event_id)) {
                left_out.add(head.site, head.received_at);
            } else {
                given.add(head.site, head.received_at);
                events.push(*payload);
            }
        }
        let events = EventBlock::new(&self.columns, events).map_err(|error| error.to_string())?;
        let (mut given_counts, mut known_counts) = (Counts::new(), Counts::new());
        given.finish(Outcome::Shipped, &mut given_counts);
        left_out.finish(Outcome::Duplicate, &mut known_counts);
        Ok(Blocks {
            id: self.id,
            events: events.rows,
            event_block: events.pieces,
            event_columns: events.columns,
            rejected: refused.rows() as u64,
            rejected_block: refused.finish(),
            given: given_counts,
            known: known_counts,
        })
    }
}

fn whole(bytes: &[u8]) -> Result<Segment<'_>, String> {
    let segment = read_segment(bytes).map_err(|error| error.to_string())?;
    match &segment.damage {
        Some(damage) => Err(damage.to_string()),
        None => Ok(segment),
    }
}

/// Events by site and hour since the epoch. Those of a segment are of few.
#[derive(Default)]
struct HourCounts<'a> {
    hours: Vec<(&'a str, i64, u64)>,
    last: usize,
}

impl<'a> HourCounts<'a> {
    fn add(&mut self, site: &'a str, received_at: i64) {
        let hour = received_at.div_euclid(HOUR_MS);
        let is_it = |(of, at, _): &(&str, i64, u64)| *at == hour && *of == site;
        if !self.hours.get(self.last).is_some_and(is_it) {
            self.last = self.hours.iter().position(is_it).unwrap_or(self.hours.len());
        }
        match self.hours.get_mut(self.last) {
            Some((_, _, events)) => *events += 1,
            None => self.hours.push((site, hour, 1)),
        }
    }

    fn finish(self, outcome: Outcome, counts: &mut Counts) {
        for (site, hour, events) in self.hours {
            ledger::add(counts, site, hour * HOUR_MS, outcome, "", events);
        }
    }
}

/// The head of an event's record.
#[derive(Default)]
struct Head<'a> {
    site: &'a str,
    event_id: Uuid,
    ts: i64,
    received_at: i64,
    client_ts: i64,
    visitor: &'a str,
}

/// What a column says of the head.
#[derive(Clone, Copy)]
enum Role {
    Site,
    EventId,
    Timestamp,
    ReceivedAt,
    ClientTimestamp,
    Visitor,
    Other,
}

impl Role {
    fn of_columns(columns: &[(String, ColumnType)]) -> Vec<(Self, ColumnType)> {
        let role = |name: &str| match name {
            "site" => Self::Site,
            "event_id" => Self::EventId,
            "ts" => Self::Timestamp,
            "received_at" => Self::ReceivedAt,
            "client_ts" => Self::ClientTimestamp,
            "visitor" => Self::Visitor,
            _ => Self::Other,
        };
        columns.iter().map(|(name, column_type)| (role(name), *column_type)).collect()
    }
}

impl<'a> Head<'a> {
    fn read(record: &'a [u8], columns: &[(Role, ColumnType)]) -> Option<Self> {
        let mut head = Self::default();
        let mut reader = RecordReader::new(record, columns.len())?;
        let timestamp = |value: &[u8]| value.try_into().ok().map(i64::from_le_bytes);
        while let Some(column) = reader.next_column() {
            let (role, column_type) = columns[column];
            let value = reader.value(column_type)?;
            match role {
                Role::Site => head.site = std::str::from_utf8(value).ok()?,
                Role::EventId => head.event_id = Uuid::from_slice(value).ok()?,
                Role::Timestamp => head.ts = timestamp(value)?,
                Role::ReceivedAt => head.received_at = timestamp(value)?,
                Role::ClientTimestamp => head.client_ts = timestamp(value)?,
                Role::Visitor => {
                    head.visitor = std::str::from_utf8(value).ok()?;
                    // The columns that follow are not needed, and nearly every event has a visitor.
                    break;
                }
                Role::Other => {}
            }
        }
        Some(head)
    }

    /// Whether the event may have been received when the collector had not yet begun to remember the ids that it
    /// remembers now, or by a clock that says nothing of that.
    fn may_have_come_before(&self, certain_from: i64) -> bool {
        if self.client_ts != 0 {
            return true;
        }
        if self.ts == self.received_at {
            // The client gave no time. An id made here says by itself that it is new.
            let made_at = self.event_id.get_timestamp().map(|made| {
                let (seconds, nanoseconds) = made.to_unix();
                seconds.cast_signed() * 1_000 + i64::from(nanoseconds) / 1_000_000
            });
            return made_at.is_none_or(|at| (self.received_at - at).abs() > MADE_NOW_MS_MAX);
        }
        self.ts < certain_from || self.ts > self.received_at + AHEAD_MS_MAX
    }

    fn to_owned(&self) -> EventHead {
        EventHead {
            site: self.site.to_owned(),
            event_id: self.event_id,
            ts: self.ts,
            received_at: self.received_at,
            visitor: self.visitor.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    #[test]
    fn only_events_that_may_have_come_before_are_asked_for() {
        let made_at = |ms: i64| {
            let (seconds, nanoseconds) = (ms / 1000, (ms % 1000 * 1_000_000) as u32);
            let context = uuid::NoContext;
            Uuid::new_v7(uuid::Timestamp::from_unix(context, seconds.unsigned_abs(), nanoseconds))
        };
        let any = Uuid::from_u128(0x1234_5678_9abc_4def_8123_4567_89ab_cdef);
        for (what, ts, client_ts, event_id, asked) in [
            ("just now", NOW - 200, 0, any, false),
            ("before the window", NOW - 60_001, 0, any, true),
            ("at its beginning", NOW - 60_000, 0, any, false),
            ("a clock that was corrected", NOW - 200, NOW - 90_000_000, any, true),
            ("a clock ahead", NOW + 1_001, 0, any, true),
            ("no time and an id of the client's", NOW, 0, any, true),
            ("no time and an id made now", NOW, 0, made_at(NOW), false),
            ("no time and an id made before", NOW, 0, made_at(NOW - 3_600_000), true),
        ] {
            let head = Head { ts, client_ts, event_id, received_at: NOW, ..Head::default() };
            assert_eq!(head.may_have_come_before(NOW - 60_000), asked, "{what}");
        }
    }
}
