//! The counts behind `received = accepted + rejected` and `accepted = stored + duplicate + pending`.
//!
//! Accepted events are counted from the segment that holds them, when it is shipped, so a crash cannot part the count
//! from what is counted. What is not an event in a segment (a duplicate, a request refused as a whole) is counted by a
//! record of its own in the spool.

use std::collections::BTreeMap;
use std::sync::Mutex;

use orma_store::event_row::{
    ColumnType, read_varint, skip_value, take_i64, take_text, write_text, write_varint,
};

use crate::spool::{RecordKind, frame};

/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Taken; includes duplicates.
    Accepted,
    /// Taken before under the same id.
    Duplicate,
    /// Refused.
    Rejected,
}

impl Outcome {
    /// The name in the table `ledger`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Rejected => "rejected",
        }
    }
}

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

/// Counts by key.
pub type Counts = BTreeMap<Key, u64>;

/// Adds to a count.
pub fn add(counts: &mut Counts, site: &str, received_at: i64, outcome: Outcome, reason: &str, events: u64) {
    let key = Key {
        site: site.to_owned(),
        hour: received_at - received_at.rem_euclid(HOUR_MS),
        outcome: outcome.as_str().to_owned(),
        reason: reason.to_owned(),
    };
    *counts.entry(key).or_default() += events;
}

/// Appends the counts as records of the spool.
pub fn write_records(counts: &Counts, out: &mut Vec<u8>) {
    for (key, events) in counts {
        frame(RecordKind::Count, out, |out| {
            write_text(&key.site, out);
            out.extend_from_slice(&key.hour.to_le_bytes());
            write_text(&key.outcome, out);
            write_text(&key.reason, out);
            write_varint(*events, out);
        });
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

/// The site and moment of reception of an event's record.
pub fn site_and_reception<'a>(
    mut record: &'a [u8],
    columns: &[(String, ColumnType)],
) -> Option<(&'a str, i64)> {
    let (mut site, mut received_at) = (None, None);
    for (name, column_type) in columns {
        match name.as_str() {
            "site" => {
                let length = usize::try_from(read_varint(&mut record)?).ok()?;
                let (text, rest) = record.split_at_checked(length)?;
                record = rest;
                site = Some(std::str::from_utf8(text).ok()?);
            }
            "received_at" => received_at = Some(take_i64(&mut record)?),
            _ => skip_value(&mut record, *column_type)?,
        }
        if let (Some(site), Some(received_at)) = (site, received_at) {
            return Some((site, received_at));
        }
    }
    None
}

/// Requests refused as a whole, gathered until the next flush to the spool: a flood of them must not cost a disk
/// flush each.
#[derive(Debug, Default)]
pub struct RefusedRequests {
    counts: Mutex<Counts>,
}

impl RefusedRequests {
    /// Distinct keys held between two flushes; an attacker must not be able to grow the map.
    const KEYS_MAX: usize = 1024;

    /// Counts a refused request.
    pub fn add(&self, site: &str, received_at: i64, reason: &str) {
        let mut counts = self.counts.lock().expect("no panic while counting");
        let site = if counts.len() < Self::KEYS_MAX { site } else { "" };
        add(&mut counts, site, received_at, Outcome::Rejected, reason, 1);
    }

    /// Takes what was gathered.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.counts.lock().expect("no panic while counting"))
    }

    /// Gives back what could not be written.
    pub fn put_back(&self, taken: Counts) {
        let mut counts = self.counts.lock().expect("no panic while counting");
        for (key, events) in taken {
            *counts.entry(key).or_default() += events;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::read_segment;
    use orma_store::EventRow;
    use orma_store::event_row::COLUMNS;

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
        let mut record = vec![1, 1, b'k', 1, b'v', 1, 0, 0, 0, 0];
        record.extend_from_slice(&7i64.to_le_bytes());
        record.extend_from_slice(b"\x01s");
        assert_eq!(site_and_reception(&record, &swapped), Some(("s", 7)));
    }
}
