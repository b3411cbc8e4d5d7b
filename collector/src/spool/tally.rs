//! The *tally* of a segment: what was answered for it, in a file of its own beside it, so that a segment that is lost,
//! cut or damaged is missed.
//!
//! ```text
//! head    magic "ORMACNT" and the version byte 0x01 · i64 a number that the caller keeps, as it was when the segment
//!         was begun
//! record  framed as in a segment, kind 3
//! ```
//! It is written when the segment's own records are on the disk and before they are answered, and not forced to the
//! disk itself: it survives a kill, and after a power cut the segment, which was forced, says what the tally lacks. A
//! torn tail of it is left out. It is deleted when its counts are in the ledger's file.

use super::format::read_record;

const MAGIC: &[u8; 8] = b"ORMACNT\x01";

/// The head of a new tally.
pub(crate) fn head(note: i64) -> [u8; 16] {
    let mut head = [0; 16];
    head[..8].copy_from_slice(MAGIC);
    head[8..].copy_from_slice(&note.to_le_bytes());
    head
}

/// What was answered for a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The caller's number when the segment was begun.
    pub note: i64,
    /// Framed records, one after the other.
    pub records: Vec<u8>,
}

impl Tally {
    /// Reads a tally as far as it is whole; `None` when it is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, records) = bytes.split_at_checked(16)?;
        let note = head.strip_prefix(MAGIC)?;
        let mut whole = 0;
        let mut rest = records;
        while read_record(&mut rest).is_some() {
            whole = records.len() - rest.len();
        }
        Some(Self { note: i64::from_le_bytes(note.try_into().ok()?), records: records[..whole].to_vec() })
    }

    /// The payloads of its records.
    pub fn payloads(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.records.as_slice();
        std::iter::from_fn(move || read_record(&mut rest).map(|(_, payload)| payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::{RecordKind, frame};

    #[test]
    fn a_tally_is_read_as_far_as_it_is_whole() {
        let mut bytes = head(-7).to_vec();
        let mut ends = vec![bytes.len()];
        for payload in [b"one".as_slice(), b"", b"three"] {
            frame(RecordKind::Count, &mut bytes, |out| out.extend_from_slice(payload));
            ends.push(bytes.len());
        }
        for length in 16..=bytes.len() {
            let tally = Tally::parse(&bytes[..length]).unwrap();
            let whole = ends.iter().filter(|&&end| end <= length).count() - 1;
            assert_eq!((tally.note, tally.payloads().count()), (-7, whole), "cut at {length}");
        }
        assert_eq!(Tally::parse(&bytes[..15]), None);
        bytes[3] ^= 1;
        assert_eq!(Tally::parse(&bytes), None, "another file");
    }
}
