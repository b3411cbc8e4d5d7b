//! When freed memory is kept for the next request, and when it goes back to the system.
//!
//! To fetch memory from the system page by page, and to give it back, is more than a quarter of all that a batch of
//! events costs; to keep it costs a program that is mostly idle several times the memory that it needs. So it is kept
//! while batches come in numbers, and given back when they no longer do. Single beacons need little of it, however
//! many.

/// The batches of one look are many from this number of events on: 10,000 a second.
const EVENTS_MANY: u64 = 10_000 * LOOK_MS / 1_000;
/// A request with fewer events on average is no batch.
const BATCH_EVENTS_MIN: u64 = 8;
/// How often the load is looked at, in milliseconds.
pub const LOOK_MS: u64 = 250;
/// After so many looks without many batches the collector is at rest: 2 s.
const LOOKS_UNTIL_REST: u32 = 8;

/// What the program's allocator is told; without, it does as it likes.
#[derive(Clone, Copy, Debug)]
pub struct MemoryHooks {
    /// Freed memory is kept from now on, or no longer.
    pub keep_freed: fn(bool),
    /// Gives back what the current thread has freed and kept, once after memory is no longer kept; called often, and
    /// costs nothing when there is nothing to do.
    pub give_back: fn(),
}

/// Does what computes or blocks on a thread for that, which then gives back what it has kept: threads for that are used
/// in turn, and none of them sleeps long enough to end while a few events come.
///
/// # Errors
/// It panicked, or the runtime stops.
pub async fn blocking<T: Send + 'static>(
    hooks: Option<MemoryHooks>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    tokio::task::spawn_blocking(move || {
        let done = work();
        if let Some(hooks) = hooks {
            (hooks.give_back)();
        }
        done
    })
    .await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Busy,
    Rest,
}

/// Looks at how many batches come.
#[derive(Debug, Default)]
pub struct Load {
    /// At the last look.
    events: u64,
    requests: u64,
    busy: bool,
    quiet_looks: u32,
}

impl Load {
    /// Looks at the events and requests so far, and tells of a change; to be called every [`LOOK_MS`].
    pub fn look(&mut self, events: u64, requests: u64, hooks: Option<MemoryHooks>) {
        if let Some(change) = self.change(events, requests) {
            tracing::debug!(?change, "how freed memory is dealt with changes");
            if let Some(hooks) = hooks {
                (hooks.keep_freed)(change == Change::Busy);
            }
        }
    }

    fn change(&mut self, events: u64, requests: u64) -> Option<Change> {
        let new_events = events.saturating_sub(std::mem::replace(&mut self.events, events));
        let new_requests = requests.saturating_sub(std::mem::replace(&mut self.requests, requests));
        if new_events >= EVENTS_MANY && new_events >= BATCH_EVENTS_MIN.saturating_mul(new_requests) {
            self.quiet_looks = 0;
            return (!std::mem::replace(&mut self.busy, true)).then_some(Change::Busy);
        }
        self.quiet_looks = self.quiet_looks.saturating_add(1);
        (self.quiet_looks >= LOOKS_UNTIL_REST && std::mem::replace(&mut self.busy, false))
            .then_some(Change::Rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn many_batches_make_it_busy_and_two_seconds_without_bring_it_to_rest() {
        let mut load = Load::default();
        let (mut events, mut requests) = (0, 0);
        let mut look = |new_events: u64, new_requests: u64| {
            events += new_events;
            requests += new_requests;
            load.change(events, requests)
        };
        assert_eq!(look(0, 0), None);
        assert_eq!(look(20_000, 20_000), None, "single beacons, however many");
        assert_eq!(look(EVENTS_MANY - 1, 10), None, "few batches");
        assert_eq!(look(EVENTS_MANY, 25), Some(Change::Busy));
        assert_eq!(look(5_000, 50), None);
        assert!((1..LOOKS_UNTIL_REST).all(|_| look(0, 0).is_none()));
        assert_eq!(look(5_000, 50), None, "a pause is no rest");
        assert!((1..LOOKS_UNTIL_REST).all(|_| look(100, 100).is_none()));
        assert_eq!(look(100, 100), Some(Change::Rest));
        assert!((0..20).all(|_| look(0, 0).is_none()));
    }

    #[test]
    fn memory_is_kept_while_busy_and_not_at_rest() {
        static KEPT: AtomicU64 = AtomicU64::new(7);
        let hooks = MemoryHooks {
            keep_freed: |keep| KEPT.store(u64::from(keep), Ordering::SeqCst),
            give_back: || unreachable!("each thread does so by itself"),
        };
        let mut load = Load::default();
        let mut look = |events: u64, hooks: Option<MemoryHooks>| {
            load.look(events, 1, hooks);
            KEPT.load(Ordering::SeqCst)
        };
        assert_eq!(look(0, Some(hooks)), 7);
        assert_eq!(look(EVENTS_MANY, Some(hooks)), 1);
        let quiet: Vec<u64> = (0..LOOKS_UNTIL_REST).map(|_| look(EVENTS_MANY, Some(hooks))).collect();
        assert_eq!((quiet[quiet.len() - 2], quiet[quiet.len() - 1]), (1, 0));
        assert_eq!(look(2 * EVENTS_MANY, None), 0, "without hooks nobody is told");
    }
}
