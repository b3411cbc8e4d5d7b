//! The ids of the last events, so that a client's retry is counted as what it is.
//!
//! Only an answer to "was this made durable here, a short while ago?": an id enters when its event is on the disk, so
//! nothing is ever taken for a duplicate of something that was lost. What the window does not know (another collector,
//! a restart, hours later) is asked of the store before the event is inserted (`ship/known.rs`); since when it knows all
//! says [`DuplicateWindow::remembered_from`].

use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;
use uuid::Uuid;

/// Events remembered at least; at most twice as many, in about 5 MiB, while fewer than this come in [`WINDOW_MS_MIN`].
pub const DUPLICATE_WINDOW_EVENTS: usize = 229_376;
/// In a rush the window holds so many times as much, and begins anew after it.
const RUSH_TIMES_MAX: usize = 4;
/// It reaches back so far at least, short of that bound: a client tries again within seconds, and to ask the store for
/// each event of a rush costs more than to remember it. Milliseconds.
const WINDOW_MS_MIN: i64 = 4_000;
/// A rush is over when the younger set has not been filled for so long. Milliseconds.
const RUSH_OVER_MS: i64 = 10_000;
/// So many ids that came twice are remembered.
const CAME_TWICE_MAX: usize = 1_000;

/// Makes numbers of 64 bits of events' ids: of a million events one in 10¹³ is taken for another.
#[derive(Clone, Debug, Default)]
pub struct EventNumbers(RandomState);

impl EventNumbers {
    /// The number of a site's event.
    pub fn number(&self, site: &str, id: Uuid) -> u64 {
        self.of_site(self.site(site), id)
    }

    fn site(&self, site: &str) -> u64 {
        self.0.hash_one(site)
    }

    fn of_site(&self, site: u64, id: Uuid) -> u64 {
        self.0.hash_one((site, id.as_u128()))
    }
}

/// A bounded set of (site, event id).
///
/// Two sets take turns: ids enter the younger one, and when it is full the older one is emptied and becomes the
/// younger. So nothing is ever removed singly.
#[derive(Debug)]
pub struct DuplicateWindow {
    numbers: EventNumbers,
    inner: Mutex<Inner>,
    events_min: usize,
    remembered_from: Arc<AtomicI64>,
}

/// Ids that came in two requests at the same time, or twice in one: each was new when its request was looked at.
#[derive(Debug)]
pub struct CameTwice {
    /// How they are numbered.
    numbers: EventNumbers,
    twice: Numbers,
}

impl CameTwice {
    /// Whether it is one of them.
    pub fn contains(&self, site: &str, id: Uuid) -> bool {
        !self.twice.is_empty() && self.twice.contains(&self.numbers.number(site, id))
    }
}

type Numbers = HashSet<u64, RandomState>;

#[derive(Debug)]
struct Inner {
    younger: Numbers,
    older: Numbers,
    /// When the first id of the younger one was received.
    younger_from: i64,
    came_twice: VecDeque<u64>,
}

impl Inner {
    fn new(events: usize, now: i64) -> Self {
        let came_twice = VecDeque::new();
        Self { younger: set_of(events), older: set_of(events), younger_from: now, came_twice }
    }
}

fn set_of(events: usize) -> Numbers {
    HashSet::with_capacity_and_hasher(events, RandomState::default())
}

impl DuplicateWindow {
    /// An empty window of the last `events_min` to twice as many events, begun `now`, in milliseconds since the epoch.
    pub fn new(events_min: usize, now: i64) -> Self {
        let inner = Mutex::new(Inner::new(events_min, now));
        let remembered_from = Arc::new(AtomicI64::new(now));
        Self { numbers: EventNumbers::default(), inner, events_min, remembered_from }
    }

    /// The moment since which all ids are known that were received, in milliseconds since the epoch.
    pub fn remembered_from(&self) -> Arc<AtomicI64> {
        self.remembered_from.clone()
    }

    /// Which of the ids are known.
    pub fn known(&self, site: &str, ids: impl Iterator<Item = Uuid>) -> Vec<bool> {
        let site = self.numbers.site(site);
        let inner = self.inner.lock().expect("no panic while looking up");
        ids.map(|id| {
            let number = self.numbers.of_site(site, id);
            inner.younger.contains(&number) || inner.older.contains(&number)
        })
        .collect()
    }

    /// The last ids that came twice at the same time.
    pub fn came_twice(&self) -> CameTwice {
        let inner = self.inner.lock().expect("no panic while looking up");
        CameTwice { numbers: self.numbers.clone(), twice: inner.came_twice.iter().copied().collect() }
    }

    /// Remembers ids whose events are durable.
    pub fn remember(&self, site: &str, ids: impl Iterator<Item = Uuid>, received_at: i64) {
        let site = self.numbers.site(site);
        let mut inner = self.inner.lock().expect("no panic while remembering");
        let inner = &mut *inner;
        for id in ids {
            let events = inner.younger.len();
            let is_long = received_at - inner.younger_from >= WINDOW_MS_MIN;
            if events >= self.events_min && (is_long || events >= self.events_min * RUSH_TIMES_MAX) {
                std::mem::swap(&mut inner.younger, &mut inner.older);
                inner.younger.clear();
                self.remembered_from.store(inner.younger_from, Ordering::Relaxed);
                inner.younger_from = received_at;
            }
            let number = self.numbers.of_site(site, id);
            if inner.older.contains(&number) || !inner.younger.insert(number) {
                if inner.came_twice.len() == CAME_TWICE_MAX {
                    inner.came_twice.pop_front();
                }
                inner.came_twice.push_back(number);
            }
        }
    }

    /// Gives the memory of a rush back when it is over, `now`, in milliseconds since the epoch: the window begins anew.
    pub fn end_rush(&self, now: i64) {
        let mut inner = self.inner.lock().expect("no panic while looking up");
        let has_grown = inner.younger.capacity().max(inner.older.capacity()) >= 2 * self.events_min;
        // While it lasts, a set lives for little longer than the time that it must cover.
        if has_grown && now - inner.younger_from > RUSH_OVER_MS {
            let came_twice = std::mem::take(&mut inner.came_twice);
            *inner = Inner { came_twice, ..Inner::new(self.events_min, now) };
            self.remembered_from.store(now, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn ids_are_known_per_site_and_forgotten_oldest_first() {
        let window = DuplicateWindow::new(3, 100);
        window.remember("a", [1, 2, 3, 1].into_iter().map(id), 110);
        let twice = window.came_twice();
        assert_eq!([1, 2].map(|n| twice.contains("a", id(n))), [true, false]);
        window.remember("a", [4, 5].into_iter().map(id), 100 + WINDOW_MS_MIN);
        assert_eq!(window.known("a", (1..=6).map(id)), [true, true, true, true, true, false]);
        assert_eq!(window.known("b", [1].into_iter().map(id)), [false]);
        assert_eq!(window.remembered_from().load(Ordering::Relaxed), 100);
        window.remember("a", [6, 7].into_iter().map(id), 100 + 2 * WINDOW_MS_MIN);
        assert_eq!(
            window.known("a", [2, 3, 4, 5, 6, 7].into_iter().map(id)),
            [false, false, true, true, true, true]
        );
        assert_eq!(window.remembered_from().load(Ordering::Relaxed), 100 + WINDOW_MS_MIN, "4 is the oldest");
    }

    #[test]
    fn in_a_rush_it_reaches_back_as_far_until_its_bound_and_begins_anew_afterwards() {
        let window = DuplicateWindow::new(100, 0);
        let from = window.remembered_from();
        let ids = |from: u128, to: u128| (from..to).map(id);
        window.remember("a", ids(0, 400), 1_000);
        assert!(window.known("a", ids(0, 400)).into_iter().all(|known| known), "four times as much");
        window.remember("a", ids(400, 801), 2_000);
        assert_eq!(from.load(Ordering::Relaxed), 2_000, "and no more: the third set pushes the first out");
        assert!(!window.known("a", ids(0, 1))[0] && window.known("a", ids(400, 401))[0]);
        window.end_rush(2_000 + RUSH_OVER_MS);
        assert_eq!(from.load(Ordering::Relaxed), 2_000, "not yet");
        window.end_rush(2_001 + RUSH_OVER_MS);
        assert_eq!(from.load(Ordering::Relaxed), 2_001 + RUSH_OVER_MS);
        assert!(!window.known("a", ids(800, 801))[0]);
        window.end_rush(3_000 + 2 * RUSH_OVER_MS);
        assert_eq!(from.load(Ordering::Relaxed), 2_001 + RUSH_OVER_MS, "once");
    }

    #[test]
    fn a_set_that_was_full_and_doubled_once_has_grown() {
        // As the real one, a set of so many has room for exactly these, and the next doubles it.
        for events in [224, DUPLICATE_WINDOW_EVENTS] {
            let window = DuplicateWindow::new(events, 0);
            let ids = || (0..=events as u128).map(id);
            window.remember("a", ids(), 1_000);
            assert!(window.known("a", ids()).into_iter().all(|known| known));
            window.end_rush(1_001 + RUSH_OVER_MS);
            assert_eq!(window.remembered_from().load(Ordering::Relaxed), 1_001 + RUSH_OVER_MS, "{events}");
        }
    }
}
