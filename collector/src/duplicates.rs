//! The ids of the last events, so that a client's retry is counted as what it is.
//!
//! Only an answer to "was this made durable here, a short while ago?": an id enters when its event is on the disk, so
//! nothing is ever taken for a duplicate of something that was lost. What the window does not know (another collector,
//! a restart, hours later) the store finds by its sorting key.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::Mutex;

use foldhash::fast::RandomState;
use uuid::Uuid;

/// Events remembered at least; at most twice as many, in about 8 MiB.
pub const DUPLICATE_WINDOW_EVENTS: usize = 65_536;

/// A bounded set of (site, event id).
///
/// Two sets take turns: ids enter the younger one, and when it is full the older one is emptied and becomes the
/// younger. So nothing is ever removed singly, and the tables never move.
#[derive(Debug)]
pub struct DuplicateWindow {
    sites: RandomState,
    inner: Mutex<Inner>,
    events_min: usize,
}

#[derive(Debug)]
struct Inner {
    younger: HashSet<(u64, Uuid), RandomState>,
    older: HashSet<(u64, Uuid), RandomState>,
}

impl DuplicateWindow {
    /// An empty window of the last `events_min` to twice as many events.
    pub fn new(events_min: usize) -> Self {
        let set = || HashSet::with_capacity_and_hasher(events_min, RandomState::default());
        let inner = Mutex::new(Inner { younger: set(), older: set() });
        Self { sites: RandomState::default(), inner, events_min }
    }

    /// Which of the ids are known.
    pub fn known(&self, site: &str, ids: impl Iterator<Item = Uuid>) -> Vec<bool> {
        let site = self.sites.hash_one(site);
        let inner = self.inner.lock().expect("no panic while looking up");
        ids.map(|id| inner.younger.contains(&(site, id)) || inner.older.contains(&(site, id))).collect()
    }

    /// Remembers ids whose events are durable.
    pub fn remember(&self, site: &str, ids: impl Iterator<Item = Uuid>) {
        let site = self.sites.hash_one(site);
        let mut inner = self.inner.lock().expect("no panic while remembering");
        let inner = &mut *inner;
        for id in ids {
            if inner.younger.len() == self.events_min {
                std::mem::swap(&mut inner.younger, &mut inner.older);
                inner.younger.clear();
            }
            inner.younger.insert((site, id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_per_site_and_forgotten_oldest_first() {
        let window = DuplicateWindow::new(3);
        let id = |n: u128| Uuid::from_u128(n);
        window.remember("a", [1, 2, 3, 1, 4, 5].into_iter().map(id));
        assert_eq!(window.known("a", (1..=6).map(id)), [true, true, true, true, true, false]);
        assert_eq!(window.known("b", [1].into_iter().map(id)), [false]);
        window.remember("a", [6, 7].into_iter().map(id));
        assert_eq!(
            window.known("a", [2, 3, 4, 5, 6, 7].into_iter().map(id)),
            [false, false, true, true, true, true]
        );
    }
}
