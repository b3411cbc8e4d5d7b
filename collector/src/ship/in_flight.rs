//! The segments on their way to the store: which was begun first, and whose turn it is to ask what the store has.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, watch};

/// The segments on their way.
#[derive(Default)]
pub(super) struct InFlight {
    /// Their names, which lie in the order in which they were begun.
    names: Mutex<BTreeSet<String>>,
    arrived: Notify,
    oldest: Arc<AtomicU64>,
}

impl InFlight {
    /// When the first of them was begun, in milliseconds since the epoch; 0 for none.
    pub(super) fn oldest(&self) -> Arc<AtomicU64> {
        self.oldest.clone()
    }

    /// A segment begins its way.
    pub(super) fn departs(&self, name: &str) {
        let mut names = self.names.lock().expect("no panic while noting");
        names.insert(name.to_owned());
        self.note_oldest(&names);
    }

    /// A segment is at the end of its way, or back.
    pub(super) fn arrives(&self, name: &str) {
        let mut names = self.names.lock().expect("no panic while noting");
        names.remove(name);
        self.note_oldest(&names);
        self.arrived.notify_waiters();
    }

    /// A segment's id says when it was begun.
    fn note_oldest(&self, names: &BTreeSet<String>) {
        let began = names.iter().filter_map(|name| {
            let (seconds, nanoseconds) = segment_id(name)?.get_timestamp()?.to_unix();
            Some(seconds * 1_000 + u64::from(nanoseconds) / 1_000_000)
        });
        self.oldest.store(began.min().unwrap_or(0), Ordering::Relaxed);
    }

    /// Waits until all segments before this one are there; `None` when it is time to stop.
    pub(super) async fn wait_until_first(
        &self,
        name: &str,
        abandon: &mut watch::Receiver<bool>,
    ) -> Option<()> {
        loop {
            let arrived = self.arrived.notified();
            let is_first = {
                let names = self.names.lock().expect("no panic while noting");
                names.first().is_none_or(|first| first == name)
            };
            if is_first {
                return Some(());
            }
            tokio::select! {
                () = arrived => {}
                _ = abandon.wait_for(|abandon| *abandon) => return None,
            }
        }
    }
}

/// The id in a segment's name.
pub(super) fn segment_id(name: &str) -> Option<uuid::Uuid> {
    name.split_once('-').and_then(|(_, id)| uuid::Uuid::parse_str(id).ok())
}
