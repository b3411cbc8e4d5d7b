//! Who may ask the store when: permits for requests, shared out among the callers.
//!
//! A caller (a token, or the service itself for its live pages) has at most half of the permits, so another always finds one soon; what a caller
//! asks beyond that waits in its own line, and then with the others in the order of arrival. Lines are bounded in length
//! and time: whoever finds them full, or waits too long, is told to come back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What questions may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionLimits {
    /// The time of a request in the store, for all that it asks, in seconds.
    pub seconds_max: u64,
    /// One question's memory in the store, in bytes. What does not fit is sorted and grouped on the store's disk from
    /// half of it on.
    pub memory_bytes_max: u64,
    /// Requests that ask the store at the same time, one question each; a caller has at most half of them.
    pub running_max: usize,
    /// Requests that wait for a permit; a caller has at most half of them.
    pub waiting_max: usize,
    /// How long one waits, in milliseconds.
    pub wait_ms_max: u64,
}

impl Default for QuestionLimits {
    fn default() -> Self {
        Self {
            seconds_max: 30,
            memory_bytes_max: 512 << 20,
            running_max: default_running_max(),
            waiting_max: 512,
            wait_ms_max: 10_000,
        }
    }
}

/// Two for each processor, of which a caller has one: more would share the same processors and only hold more memory.
pub fn default_running_max() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| (2 * cores.get()).clamp(4, 32))
}

/// There is no permit now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// The permits. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Permits {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    running: Arc<Semaphore>,
    running_max: usize,
    waiting: AtomicUsize,
    waiting_max: usize,
    wait: Duration,
    /// The callers that have or want a permit now.
    callers: Mutex<HashMap<String, Weak<Line>>>,
}

/// One caller's share.
#[derive(Debug)]
struct Line {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A permit, given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _of_all: OwnedSemaphorePermit,
    _of_caller: OwnedSemaphorePermit,
    _line: Arc<Line>,
}

impl Permits {
    /// The permits that `limits` grant.
    pub fn new(limits: &QuestionLimits) -> Self {
        let running_max = limits.running_max.max(1);
        Self {
            inner: Arc::new(Inner {
                running: Arc::new(Semaphore::new(running_max)),
                running_max,
                waiting: AtomicUsize::new(0),
                waiting_max: limits.waiting_max,
                wait: Duration::from_millis(limits.wait_ms_max),
                callers: Mutex::default(),
            }),
        }
    }

    /// Requests that have a permit, and those that wait.
    pub fn now(&self) -> (usize, usize) {
        let free = self.inner.running.available_permits();
        (self.inner.running_max.saturating_sub(free), self.inner.waiting.load(Ordering::Relaxed))
    }

    /// A permit for a request of this caller.
    ///
    /// # Errors
    /// Too many wait already, or none came free in time.
    pub async fn enter(&self, caller: &str) -> Result<Permit, Busy> {
        let inner = &self.inner;
        let line = self.line(caller);
        let _of_all = Waiting::join(&inner.waiting, inner.waiting_max)?;
        let _of_caller = Waiting::join(&line.waiting, share(inner.waiting_max))?;
        let permitted = async {
            // The caller's share first: what waits behind it must not hold a permit of the others.
            let of_caller = line.running.clone().acquire_owned().await.expect("never closed");
            let of_all = inner.running.clone().acquire_owned().await.expect("never closed");
            Permit { _of_all: of_all, _of_caller: of_caller, _line: line.clone() }
        };
        tokio::time::timeout(inner.wait, permitted).await.map_err(|_| Busy)
    }

    fn line(&self, caller: &str) -> Arc<Line> {
        let mut callers = self.inner.callers.lock().expect("no panic while locked");
        if let Some(line) = callers.get(caller).and_then(Weak::upgrade) {
            return line;
        }
        callers.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Line {
            running: Arc::new(Semaphore::new(share(self.inner.running_max))),
            waiting: AtomicUsize::new(0),
        });
        callers.insert(caller.to_owned(), Arc::downgrade(&line));
        line
    }
}

/// A caller's part of so many.
fn share(all: usize) -> usize {
    all.div_ceil(2)
}

/// One more in a line of bounded length, until dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(line: &'a AtomicUsize, max: usize) -> Result<Self, Busy> {
        let joined = Self(line);
        if line.fetch_add(1, Ordering::Relaxed) >= max {
            return Err(Busy);
        }
        Ok(joined)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(running_max: usize, waiting_max: usize, wait_ms_max: u64) -> Permits {
        Permits::new(&QuestionLimits { running_max, waiting_max, wait_ms_max, ..QuestionLimits::default() })
    }

    #[tokio::test]
    async fn one_caller_never_has_all_places() {
        let permits = permits(4, 100, 20);
        let _first = [permits.enter("greedy").await.unwrap(), permits.enter("greedy").await.unwrap()];
        assert_eq!(permits.enter("greedy").await.unwrap_err(), Busy);
        let mut others = vec![permits.enter("one").await.unwrap(), permits.enter("two").await.unwrap()];
        assert_eq!(permits.now(), (4, 0));
        assert_eq!(permits.enter("three").await.unwrap_err(), Busy);
        others.pop();
        permits.enter("three").await.unwrap();
    }

    #[tokio::test]
    async fn what_waits_in_one_line_does_not_stand_before_another_caller() {
        let permits = permits(4, 100, 60_000);
        let greedy: Vec<_> = (0..20)
            .map(|_| {
                let permits = permits.clone();
                tokio::spawn(async move {
                    let _permit = permits.enter("greedy").await.unwrap();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(permits.now(), (2, 18));
        permits.enter("small").await.unwrap();
        assert!(permits.now().1 > 10, "the small one did not wait for the others");
        for one in greedy {
            one.await.unwrap();
        }
        assert_eq!(permits.now(), (0, 0));
        assert_eq!(permits.inner.callers.lock().unwrap().values().filter_map(Weak::upgrade).count(), 0);
    }

    #[tokio::test]
    async fn lines_are_bounded_and_whoever_leaves_makes_room() {
        let permits = permits(2, 4, 60_000);
        let _held = permits.enter("greedy").await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let permits = permits.clone();
                tokio::spawn(async move { permits.enter("greedy").await.map(drop) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(permits.enter("greedy").await.unwrap_err(), Busy);
        permits.enter("other").await.unwrap();
        for one in waiting {
            one.abort();
            assert!(one.await.unwrap_err().is_cancelled());
        }
        assert_eq!(permits.now(), (1, 0));
    }
}
