//! The ids of the last events, so that a client's retry is counted as what it is.
//!
//! Only an answer to "was this made durable here, a short while ago?": an id enters when its event is on the disk, so
//! nothing is ever taken for a duplicate of something that was lost. What the window does not know (another collector,
//! a restart, hours later) the store finds by its sorting key.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use uuid::Uuid;

/// Events remembered; about 10 MiB.
pub const DUPLICATE_WINDOW_EVENTS: usize = 131_072;

/// A bounded set of (site, event id).
#[derive(Debug)]
pub struct DuplicateWindow {
    hasher: RandomState,
    inner: Mutex<Inner>,
    events_max: usize,
}

#[derive(Debug, Default)]
struct Inner {
    known: HashSet<(u64, Uuid)>,
    order: VecDeque<(u64, Uuid)>,
}

impl DuplicateWindow {
    /// An empty window of at most `events_max`.
    pub fn new(events_max: usize) -> Self {
        Self { hasher: RandomState::new(), inner: Mutex::default(), events_max }
    }

    /// Which of the ids are known.
    pub fn known(&self, site: &str, ids: impl Iterator<Item = Uuid>) -> Vec<bool> {
        let site = self.hasher.hash_one(site);
        let inner = self.inner.lock().expect("no panic while looking up");
        ids.map(|id| inner.known.contains(&(site, id))).collect()
    }

    /// Remembers ids whose events are durable.
    pub fn remember(&self, site: &str, ids: impl Iterator<Item = Uuid>) {
        let site = self.hasher.hash_one(site);
        let mut inner = self.inner.lock().expect("no panic while remembering");
        for id in ids {
            if inner.known.insert((site, id)) {
                inner.order.push_back((site, id));
                if inner.order.len() > self.events_max {
                    let oldest = inner.order.pop_front().expect("not empty");
                    inner.known.remove(&oldest);
                }
            }
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
        window.remember("a", [1, 2, 3, 1].into_iter().map(id));
        assert_eq!(window.known("a", [1, 2, 3, 4].into_iter().map(id)), [true, true, true, false]);
        assert_eq!(window.known("b", [1].into_iter().map(id)), [false]);
        window.remember("a", [4].into_iter().map(id));
        assert_eq!(window.known("a", [1, 2, 4].into_iter().map(id)), [false, true, true]);
    }
}
