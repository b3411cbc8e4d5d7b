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

/// Events remembered at least; at most twice as many, in about 5 MiB.
pub const DUPLICATE_WINDOW_EVENTS: usize = 229_376;

/// A bounded set of (site, event id), as numbers of 64 bits: of a million events one in 10¹³ is taken for another.
///
/// Two sets take turns: ids enter the younger one, and when it is full the older one is emptied and becomes the
/// younger. So nothing is ever removed singly, and the tables never move.
#[derive(Debug)]
pub struct DuplicateWindow {
    hasher: RandomState,
    inner: Mutex<Inner>,
    events_min: usize,
    remembered_from: Arc<AtomicI64>,
}

/// Ids that came in two requests at the same time, or twice in one: each was new when its request was looked at.
#[derive(Debug)]
pub struct CameTwice {
    hasher: RandomState,
    numbers: Vec<u64>,
}

impl CameTwice {
    /// Whether it is one of them.
    pub fn contains(&self, site: &str, id: Uuid) -> bool {
        !self.numbers.is_empty()
            && self.numbers.contains(&self.hasher.hash_one((self.hasher.hash_one(site), id)))
    }
}

/// So many of them are remembered.
const CAME_TWICE_MAX: usize = 1_000;

#[derive(Debug)]
struct Inner {
    younger: HashSet<u64, RandomState>,
    older: HashSet<u64, RandomState>,
    /// When the first id of the younger one was received.
    younger_from: i64,
    came_twice: VecDeque<u64>,
}

impl DuplicateWindow {
    /// An empty window of the last `events_min` to twice as many events, begun `now`, in milliseconds since the epoch.
    pub fn new(events_min: usize, now: i64) -> Self {
        let set = || HashSet::with_capacity_and_hasher(events_min, RandomState::default());
        let came_twice = VecDeque::new();
        let inner = Mutex::new(Inner { younger: set(), older: set(), younger_from: now, came_twice });
        let remembered_from = Arc::new(AtomicI64::new(now));
        Self { hasher: RandomState::default(), inner, events_min, remembered_from }
    }

    /// The moment since which all ids are known that were received, in milliseconds since the epoch.
    pub fn remembered_from(&self) -> Arc<AtomicI64> {
        self.remembered_from.clone()
    }

    /// Which of the ids are known.
    pub fn known(&self, site: &str, ids: impl Iterator<Item = Uuid>) -> Vec<bool> {
        let site = self.hasher.hash_one(site);
        let inner = self.inner.lock().expect("no panic while looking up");
        ids.map(|id| {
            let number = self.hasher.hash_one((site, id));
            inner.younger.contains(&number) || inner.older.contains(&number)
        })
        .collect()
    }

    /// The last ids that came twice at the same time.
    pub fn came_twice(&self) -> CameTwice {
        let inner = self.inner.lock().expect("no panic while looking up");
        CameTwice { hasher: self.hasher.clone(), numbers: inner.came_twice.iter().copied().collect() }
    }

    /// Remembers ids whose events are durable.
    pub fn remember(&self, site: &str, ids: impl Iterator<Item = Uuid>, received_at: i64) {
        let site = self.hasher.hash_one(site);
        let mut inner = self.inner.lock().expect("no panic while remembering");
        let inner = &mut *inner;
        for id in ids {
            if inner.younger.len() == self.events_min {
                std::mem::swap(&mut inner.younger, &mut inner.older);
                inner.younger.clear();
                self.remembered_from.store(inner.younger_from, Ordering::Relaxed);
                inner.younger_from = received_at;
            }
            let number = self.hasher.hash_one((site, id));
            if inner.older.contains(&number) || !inner.younger.insert(number) {
                if inner.came_twice.len() == CAME_TWICE_MAX {
                    inner.came_twice.pop_front();
                }
                inner.came_twice.push_back(number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_per_site_and_forgotten_oldest_first() {
        let window = DuplicateWindow::new(3, 100);
        let id = |n: u128| Uuid::from_u128(n);
        window.remember("a", [1, 2, 3, 1].into_iter().map(id), 110);
        let twice = window.came_twice();
        assert_eq!([1, 2].map(|n| twice.contains("a", id(n))), [true, false]);
        window.remember("a", [4, 5].into_iter().map(id), 120);
        assert_eq!(window.known("a", (1..=6).map(id)), [true, true, true, true, true, false]);
        assert_eq!(window.known("b", [1].into_iter().map(id)), [false]);
        assert_eq!(window.remembered_from().load(Ordering::Relaxed), 100);
        window.remember("a", [6, 7].into_iter().map(id), 130);
        assert_eq!(
            window.known("a", [2, 3, 4, 5, 6, 7].into_iter().map(id)),
            [false, false, true, true, true, true]
        );
        assert_eq!(window.remembered_from().load(Ordering::Relaxed), 110, "4 is the oldest of them");
    }
}
