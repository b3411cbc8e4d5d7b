//! The counts behind `received = accepted + rejected` and `accepted = stored + duplicate + pending`.
//!
//! Each number is counted where it happens, and none is computed from the others:
//!
//! | number | counted when |
//! |---|---|
//! | accepted | the event is answered; the segment's tally keeps it across a crash (`spool/tally.rs`) |
//! | duplicate | the id is recognised: in the window of the last ids, or in the store before the insert |
//! | rejected | the event or the request is refused |
//! | shipped | ClickHouse has confirmed the insert |
//! | pending | an event waits in a file of the spool that is there and whole |
//! | stored | the query service finds the row in the store |
//!
//! [`Ledger`] keeps all but the last by site and hour of receipt, from the first answer of a process on; what must
//! outlive it is in the ledger's file (`file.rs`) and in the tallies of the segments that are not settled yet.

mod book;
mod file;

pub use book::{Ledger, PublishedHour};
pub use orma_model::Outcome;

use std::collections::BTreeMap;

use orma_store::event_row::ColumnType;
use orma_store::record::{RecordReader, read_varint, take_i64, take_text, write_text, write_varint};

use crate::spool::{RecordKind, frame};

/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The site; empty when the key was unknown.
    pub site: String,
    /// Start of the hour of reception, ms since the epoch.
    pub hour: i64,
    /// [`Outcome::as_str`].
    pub outcome: String,
    /// Why, for what was rejected.
    pub reason: String,
}

impl Key {
    /// The key of what is counted without a reason.
    pub fn of(site: &str, hour: i64, outcome: Outcome) -> Self {
        Self { site: site.to_owned(), hour, outcome: outcome.as_str().to_owned(), reason: String::new() }
    }
}

/// Counts by key.
pub type Counts = BTreeMap<Key, u64>;

/// Start of the hour of a moment, both in milliseconds since the epoch.
pub const fn hour_of(moment: i64) -> i64 {
    moment.saturating_sub(moment.rem_euclid(HOUR_MS))
}

/// Adds to a count.
pub fn add(counts: &mut Counts, site: &str, received_at: i64, outcome: Outcome, reason: &str, events: u64) {
    let key = Key {
        site: site.to_owned(),
        hour: hour_of(received_at),
        outcome: outcome.as_str().to_owned(),
        reason: reason.to_owned(),
    };
    *counts.entry(key).or_default() += events;
}

/// Appends the counts as records of the spool.
pub fn write_records(counts: &Counts, out: &mut Vec<u8>) {
    for (key, events) in counts {
        write_record(&key.site, key.hour, &key.outcome, &key.reason, *events, out);
    }
}

/// Appends one count as a record of the spool.
pub fn write_record(site: &str, hour: i64, outcome: &str, reason: &str, events: u64, out: &mut Vec<u8>) {
    frame(RecordKind::Count, out, |out| {
        write_text(site, out);
        out.extend_from_slice(&hour.to_le_bytes());
        write_text(outcome, out);
        write_text(reason, out);
        write_varint(events, out);
    });
}

/// What of the counts is, or was, in a segment to be stored: accepted and not a duplicate.
pub fn held(counts: &Counts) -> Counts {
    let mut held: BTreeMap<(&str, i64), u64> = BTreeMap::new();
    for (key, events) in counts {
        let of_hour = held.entry((&key.site, key.hour)).or_default();
        match key.outcome.as_str() {
            "accepted" => *of_hour += events,
            "duplicate" => *of_hour = of_hour.saturating_sub(*events),
            _ => {}
        }
    }
    let mut counts = Counts::new();
    for ((site, hour), events) in held {
        add(&mut counts, site, hour, Outcome::Shipped, "", events);
    }
    counts
}

/// By how much `counts` is more than `than`.
pub fn excess(counts: &Counts, than: &Counts) -> Counts {
    let more = |(key, events): (&Key, &u64)| {
        let more = events.saturating_sub(than.get(key).copied().unwrap_or(0));
        (more > 0).then(|| (key.clone(), more))
    };
    counts.iter().filter_map(more).collect()
}

/// The sum of both.
pub fn merge(counts: &mut Counts, more: &Counts) {
    for (key, events) in more {
        let count = counts.entry(key.clone()).or_default();
        *count = count.saturating_add(*events);
    }
}

/// Reads a record of [`write_records`] and adds it up.
pub fn read_record(mut payload: &[u8], counts: &mut Counts) -> Option<()> {
    let site = take_text(&mut payload)?;
    let hour = take_i64(&mut payload)?;
    let outcome = take_text(&mut payload)?;
    let reason = take_text(&mut payload)?;
    let events = read_varint(&mut payload)?;
    let count = counts.entry(Key { site, hour, outcome, reason }).or_default();
    *count = count.saturating_add(events);
    Some(())
}

/// The site and moment of reception of an event's record; `None` when it is damaged before it has said them.
pub fn site_and_reception<'a>(record: &'a [u8], columns: &[(String, ColumnType)]) -> Option<(&'a str, i64)> {
    let (mut site, mut received_at) = (None, None);
    let mut reader = RecordReader::new(record, columns.len())?;
    while site.is_none() || received_at.is_none() {
        let Some(column) = reader.next_column() else { break };
        let (name, column_type) = &columns[column];
        let value = reader.value(*column_type)?;
        match name.as_str() {
            "site" => site = Some(std::str::from_utf8(value).ok()?),
            "received_at" => received_at = Some(i64::from_le_bytes(value.try_into().ok()?)),
            _ => {}
        }
    }
    Some((site.unwrap_or_default(), received_at.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::read_segment;
    use orma_store::EventRow;
    use orma_store::event_row::COLUMNS;
    use orma_store::record::RecordWriter;

    #[test]
    fn counts_come_back_from_the_spool_added_up() {
        let mut counts = Counts::new();
        add(&mut counts, "demo", 2 * HOUR_MS + 5, Outcome::Duplicate, "", 2);
        add(&mut counts, "demo", 2 * HOUR_MS + 9, Outcome::Duplicate, "", 1);
        add(&mut counts, "demo", -1, Outcome::Rejected, "unknown_kind", 1);
        let mut bytes = crate::spool::header_for_tests();
        write_records(&counts, &mut bytes);
        let segment = read_segment(&bytes).unwrap();
        let mut read = Counts::new();
        for (kind, payload) in segment.records {
            assert_eq!(kind, RecordKind::Count);
            read_record(payload, &mut read).unwrap();
        }
        assert_eq!(read, counts);
        assert_eq!(counts.values().copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(counts.keys().next().unwrap().hour, -HOUR_MS);
    }

    #[test]
    fn site_and_reception_are_found_whatever_the_order_of_columns() {
        let row = EventRow { site: "demo".into(), received_at: 42, title: "x".into(), ..EventRow::default() };
        let mut record = Vec::new();
        row.write_record(&mut record);
        let columns: Vec<(String, ColumnType)> =
            COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect();
        assert_eq!(site_and_reception(&record, &columns), Some(("demo", 42)));
        assert_eq!(site_and_reception(&record[..10], &columns), None);
        let swapped = [
            ("tags".to_owned(), ColumnType::Map),
            ("score".to_owned(), ColumnType::Float),
            ("received_at".to_owned(), ColumnType::Timestamp),
            ("site".to_owned(), ColumnType::Text),
        ];
        let mut record = Vec::new();
        let mut writer = RecordWriter::new(swapped.len(), &mut record);
        writer.push(&vec![("k".into(), "v".into())]);
        writer.push(&Some(0.5));
        writer.push(&7i64);
        writer.push(&"s");
        writer.finish();
        assert_eq!(site_and_reception(&record, &swapped), Some(("s", 7)));
    }
}
