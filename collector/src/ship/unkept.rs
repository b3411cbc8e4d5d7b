//! What the store took and its disk did not keep.

use std::time::{Duration, Instant};

use crate::ledger::Counts;
use crate::spool::SealedSegment;

/// What a disk refuses once is inserted again after this long. Milliseconds.
const INSERT_AGAIN_MS_MIN: u64 = 2_000;
/// What a disk refuses again and again is inserted no less often than this. Milliseconds.
const INSERT_AGAIN_MS_MAX: u64 = 120_000;

/// Segments whose insert the store's disk did not keep, and when they are inserted again: later each time, so that a disk
/// which refuses every flush is not filled with the same rows over and over.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    segments: Vec<(SealedSegment, Counts)>,
    /// Flushes refused one after the other.
    refusals: u32,
    again_at: Option<Instant>,
}

impl Unkept {
    /// The disk has refused a flush; how long to wait until all of them are inserted again.
    pub(super) fn refused(&mut self, segments: Vec<(SealedSegment, Counts)>, now: Instant) -> Duration {
        let wait =
            Duration::from_millis((INSERT_AGAIN_MS_MIN << self.refusals.min(10)).min(INSERT_AGAIN_MS_MAX));
        self.refusals += 1;
        self.segments.extend(segments);
        self.again_at = Some(now + wait);
        wait
    }

    /// What is to be inserted again now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<(SealedSegment, Counts)> {
        if self.again_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.again_at = None;
        std::mem::take(&mut self.segments)
    }

    /// The disk has taken a flush.
    pub(super) const fn taken(&mut self) {
        self.refusals = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::Origin;

    #[test]
    fn what_a_disk_refuses_is_inserted_again_ever_later_until_it_takes_a_flush() {
        let segment = || {
            let path = "s.seg".into();
            (
                SealedSegment { path, bytes: 1, events: None, tally: None, origin: Origin::Sealed },
                Counts::new(),
            )
        };
        let mut unkept = Unkept::default();
        let start = Instant::now();
        let mut waits = Vec::new();
        let mut now = start;
        for _ in 0..100 {
            let wait = unkept.refused(vec![segment()], now);
            assert!(unkept.due(now).is_empty(), "not yet");
            now += wait;
            assert_eq!(unkept.due(now).len(), 1);
            assert!(unkept.due(now + wait).is_empty(), "once");
            waits.push(wait.as_secs());
        }
        assert_eq!(waits[..7], [2, 4, 8, 16, 32, 64, 120]);
        assert_eq!(waits[99], 120, "and no less often");
        unkept.taken();
        unkept.refused(vec![segment()], now);
        let wait = unkept.refused(vec![segment()], now);
        assert_eq!(
            (wait.as_secs(), unkept.due(now + wait).len()),
            (4, 2),
            "they go together, from the beginning"
        );
    }
}
