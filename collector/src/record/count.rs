//! Counts for the ledger: their record in the spool and in a segment's tally.

use orma_model::record::{read_varint, take_i64, take_text, write_text, write_varint};

use crate::ledger::{Counts, Key};
use crate::spool::{RecordKind, frame};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{HOUR_MS, Outcome, add};
    use crate::spool::read_segment;

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
}
