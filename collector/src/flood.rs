//! Visitors that send more than any person does.
//!
//! A session keeps the ids of its events, so that each counts once: one that never ends makes every merge and every
//! answer slower, and with a public write key anybody can begin one. So what a visitor sends beyond
//! [`VISITOR_EVENTS_PER_HOUR_MAX`] is marked as a machine's: it is stored and in the accounts, but in no answer that does
//! not ask for bots, in no session and in no identity. Who sends with an ingest token is not counted.
//!
//! Counted in a count-min sketch: a fixed table in which every visitor has [`CELLS_OF_VISITOR`] cells of one line, shared
//! with whoever falls into the same ones, and is taken for the smallest of them. So the memory is bounded whatever is
//! sent, nobody can push another's count out, and a count may only be too high: by what the few visitors of its line add
//! to all of its cells. A line is what the processor fetches at once: a table of this size is in no near cache. The
//! counts are this collector's own, begin anew with each hour, and are lost with a restart.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

use foldhash::quality::RandomState;

/// Events of one visitor in one hour of the clock that are still a person's. A page that reports everything it can sends
/// some hundred; a busy kiosk, or an office whose visitors without an id are one, some thousand.
pub const VISITOR_EVENTS_PER_HOUR_MAX: u16 = 10_000;
/// The kind of bot that the events beyond are.
pub const BOT: &str = "flood";
/// Why.
pub const BOT_REASON: &str = "events_per_hour";

const HOUR_MS: i64 = 3_600_000;
/// A visitor's count is wrong only when it is wrong in all of them.
const CELLS_OF_VISITOR: usize = 4;
/// Cells of a line of 64 bytes.
const CELLS_OF_LINE: usize = 32;
/// Lines, in 1 MiB.
const LINES: usize = 16_384;

#[repr(align(64))]
struct Line([AtomicU16; CELLS_OF_LINE]);

/// Counts the events of each visitor in the hour.
pub struct FloodGuard {
    hasher: RandomState,
    /// The hour that is counted, since the epoch.
    hour: AtomicI64,
    lines: Box<[Line]>,
}

impl std::fmt::Debug for FloodGuard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FloodGuard(hour {})", self.hour.load(Ordering::Relaxed))
    }
}

impl Default for FloodGuard {
    fn default() -> Self {
        let line = || Line(std::array::from_fn(|_| AtomicU16::new(0)));
        let lines = std::iter::repeat_with(line).take(LINES).collect();
        Self { hasher: RandomState::default(), hour: AtomicI64::new(i64::MIN), lines }
    }
}

impl FloodGuard {
    /// Counts an event that was received now; whether the visitor has sent more this hour than a person does.
    pub fn is_flood(&self, site: &str, visitor: &str, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(HOUR_MS);
        // Nearly always it is: a look costs less than an exchange between the workers.
        if self.hour.load(Ordering::Relaxed) != hour && self.hour.swap(hour, Ordering::Relaxed) != hour {
            let cells = self.lines.iter().flat_map(|line| &line.0);
            cells.for_each(|cell| cell.store(0, Ordering::Relaxed));
        }
        // The low bits of the hash choose the line, five more each of its cells.
        let hash = self.hasher.hash_one((site, visitor));
        let line = &self.lines[hash as usize % LINES].0;
        let cells = std::array::from_fn::<_, CELLS_OF_VISITOR, _>(|number| {
            &line[(hash >> (LINES.ilog2() + 5 * number as u32)) as usize % CELLS_OF_LINE]
        });
        let least = cells.iter().map(|cell| cell.load(Ordering::Relaxed)).min().unwrap_or(0);
        if least >= VISITOR_EVENTS_PER_HOUR_MAX {
            return true;
        }
        // Only what is below the new count is raised, which keeps the cells of others low. Two workers that count the
        // same visitor at once may count one event: a limit of this size does not mind.
        for cell in cells.into_iter().filter(|cell| cell.load(Ordering::Relaxed) <= least) {
            cell.store(least + 1, Ordering::Relaxed);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floods(guard: &FloodGuard, site: &str, visitor: &str, now: i64, events: u16) -> usize {
        (0..events).filter(|_| guard.is_flood(site, visitor, now)).count()
    }

    #[test]
    fn what_a_visitor_sends_beyond_the_limit_is_a_flood_until_the_hour_is_over() {
        let guard = FloodGuard::default();
        let max = VISITOR_EVENTS_PER_HOUR_MAX;
        assert_eq!(floods(&guard, "demo", "a", 5, max), 0, "the limit itself is a person's");
        assert_eq!(floods(&guard, "demo", "a", HOUR_MS - 1, 3), 3);
        assert_eq!(floods(&guard, "demo", "b", HOUR_MS - 1, 1), 0, "another visitor");
        assert_eq!(floods(&guard, "other", "a", HOUR_MS - 1, 1), 0, "of the same name on another site");
        assert_eq!(floods(&guard, "demo", "a", HOUR_MS, max), 0, "the next hour");
        assert_eq!(floods(&guard, "demo", "a", HOUR_MS, 1), 1);
    }

    #[test]
    fn a_crowd_is_no_flood_and_does_not_hide_one() {
        let guard = FloodGuard::default();
        let visitors: Vec<String> = (0..200_000).map(|number| format!("v{number}")).collect();
        for _ in 0..5 {
            assert!(!visitors.iter().any(|visitor| guard.is_flood("demo", visitor, 0)));
        }
        for loud in &visitors[..50] {
            let too_early = floods(&guard, "demo", loud, 0, VISITOR_EVENTS_PER_HOUR_MAX - 5);
            assert!(too_early < 100, "counted too high by {too_early}");
            assert_eq!(floods(&guard, "demo", loud, 0, 10), 10);
        }
        // A stranger is taken for a loud one whose line it shares, and all of whose cells: 50 in `LINES` and then
        // (4 / 32)^4, 0.15 of these visitors on average. Five or more are one run in a million.
        let taken_for_loud =
            visitors[50..].iter().filter(|visitor| guard.is_flood("demo", visitor, 0)).count();
        assert!(taken_for_loud < 5, "{taken_for_loud} strangers");
    }
}
