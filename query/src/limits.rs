//! Who may ask the store when: permits for requests, shared out among the callers and their sites.
//!
//! A caller (a token, or the service itself for its live pages) has at most three quarters of the permits, and at most
//! half of them for one site: so another caller always finds one soon, and so does the same caller with another site.
//! What is asked beyond that waits in the line of its caller and site, and then with the others in the order of arrival.
//! Lines are bounded in length and time: whoever finds them full, or waits too long, is told to come back.

use std::collections::HashMap;
use std::hash::Hash;
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
    /// Requests that ask the store at the same time, one question each; a caller has at most three quarters of them, and
    /// at most half for one site.
    pub running_max: usize,
    /// Requests that wait for a permit, shared out alike.
    pub waiting_max: usize,
    /// How long one waits, in milliseconds.
    pub wait_ms_max: u64,
    /// How long one waits for the visits of events that came just now, in milliseconds; what is not made by then is in the
    /// next answers.
    pub visits_wait_ms_max: u64,
    /// Sites with so many visits have their days rolled up; of fewer, visits are read as fast.
    pub rollup_visits_min: u64,
    /// What the kept answers about finished periods may take of this process's memory, in bytes; 0 keeps none.
    pub cache_bytes_max: usize,
    /// What SQL of analysts may take, within the limits above.
    pub sql: SqlLimits,
}

/// What SQL of analysts may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlLimits {
    /// Queries at the same time, of all analysts.
    pub running_max: usize,
    /// The time of one in the store, in seconds.
    pub seconds_max: u64,
    /// Its memory in the store, in bytes.
    pub memory_bytes_max: u64,
    /// Rows of an answer.
    pub rows_max: u64,
    /// Bytes of an answer: as the store has them, and as they are sent.
    pub bytes_max: u64,
}

impl Default for SqlLimits {
    fn default() -> Self {
        Self {
            running_max: 2,
            seconds_max: 30,
            memory_bytes_max: 256 << 20,
            rows_max: 1_000_000,
            bytes_max: 256 << 20,
        }
    }
}

impl Default for QuestionLimits {
    fn default() -> Self {
        Self {
            seconds_max: 30,
            memory_bytes_max: 512 << 20,
            running_max: default_running_max(),
            waiting_max: 512,
            wait_ms_max: 10_000,
            visits_wait_ms_max: orma_visits::WAIT.as_millis() as u64,
            rollup_visits_min: 20_000,
            cache_bytes_max: 32 << 20,
            sql: SqlLimits::default(),
        }
    }
}

/// Two for each processor, of which a caller has one for each site: more would share the same processors and only hold more memory.
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
    /// The same for each caller's sites.
    sites: Mutex<HashMap<(String, String), Weak<Line>>>,
}

/// A share of the permits.
#[derive(Debug)]
struct Line {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

/// A permit, given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _permits: [OwnedSemaphorePermit; 3],
    _lines: [Arc<Line>; 2],
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
                sites: Mutex::default(),
            }),
        }
    }

    /// Requests that have a permit, and those that wait.
    pub fn now(&self) -> (usize, usize) {
        let free = self.inner.running.available_permits();
        (self.inner.running_max.saturating_sub(free), self.inner.waiting.load(Ordering::Relaxed))
    }

    /// A permit for a request of this caller about this site.
    ///
    /// # Errors
    /// Too many wait already, or none came free in time.
    pub async fn enter(&self, caller: &str, site: &str) -> Result<Permit, Busy> {
        let inner = &self.inner;
        let of_caller = self.line(&inner.callers, caller.to_owned(), share_of_caller);
        let of_site = self.line(&inner.sites, (caller.to_owned(), site.to_owned()), share_of_site);
        let _waiting = [
            Waiting::join(&inner.waiting, inner.waiting_max)?,
            Waiting::join(&of_caller.waiting, of_caller.waiting_max)?,
            Waiting::join(&of_site.waiting, of_site.waiting_max)?,
        ];
        let permitted = async {
            // The smallest share first: what waits behind it must not hold a permit of the others.
            let permit_of =
                async |running: &Arc<Semaphore>| running.clone().acquire_owned().await.expect("never closed");
            let site = permit_of(&of_site.running).await;
            let caller = permit_of(&of_caller.running).await;
            let all = permit_of(&inner.running).await;
            Permit { _permits: [site, caller, all], _lines: [of_caller.clone(), of_site.clone()] }
        };
        tokio::time::timeout(inner.wait, permitted).await.map_err(|_| Busy)
    }

    /// The line of a key, made when nobody stands in it yet.
    fn line<K: Eq + Hash>(
        &self,
        lines: &Mutex<HashMap<K, Weak<Line>>>,
        key: K,
        share: fn(usize) -> usize,
    ) -> Arc<Line> {
        let mut lines = lines.lock().expect("no panic while locked");
        if let Some(line) = lines.get(&key).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(Line {
            running: Arc::new(Semaphore::new(share(self.inner.running_max))),
            waiting: AtomicUsize::new(0),
            waiting_max: share(self.inner.waiting_max),
        });
        lines.insert(key, Arc::downgrade(&line));
        line
    }
}

/// The part of a caller's site of so many.
fn share_of_site(all: usize) -> usize {
    all.div_ceil(2)
}

/// A caller's part of so many.
fn share_of_caller(all: usize) -> usize {
    share_of_site(all).max(all * 3 / 4)
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
        let _first =
            [permits.enter("greedy", "shop").await.unwrap(), permits.enter("greedy", "shop").await.unwrap()];
        assert_eq!(permits.enter("greedy", "shop").await.unwrap_err(), Busy);
        let mut others =
            vec![permits.enter("one", "shop").await.unwrap(), permits.enter("two", "shop").await.unwrap()];
        assert_eq!(permits.now(), (4, 0));
        assert_eq!(permits.enter("three", "shop").await.unwrap_err(), Busy);
        others.pop();
        permits.enter("three", "shop").await.unwrap();
    }

    #[tokio::test]
    async fn a_callers_site_does_not_take_its_other_sites_place_nor_all_sites_the_other_callers() {
        let permits = permits(4, 100, 20);
        let _heavy =
            [permits.enter("one", "heavy").await.unwrap(), permits.enter("one", "heavy").await.unwrap()];
        assert_eq!(permits.enter("one", "heavy").await.unwrap_err(), Busy);
        let _light = permits.enter("one", "light").await.unwrap();
        assert_eq!(permits.enter("one", "light").await.unwrap_err(), Busy, "three of four");
        assert_eq!(permits.enter("one", "third").await.unwrap_err(), Busy, "three of four");
        permits.enter("two", "heavy").await.unwrap();
    }

    #[test]
    fn shares_leave_something_to_others() {
        for (all, of_site, of_caller) in
            [(1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 2, 3), (5, 3, 3), (8, 4, 6), (32, 16, 24)]
        {
            assert_eq!((share_of_site(all), share_of_caller(all)), (of_site, of_caller), "{all}");
        }
    }

    #[tokio::test]
    async fn what_waits_in_one_line_does_not_stand_before_another_caller() {
        let permits = permits(4, 100, 60_000);
        let greedy: Vec<_> = (0..20)
            .map(|_| {
                let permits = permits.clone();
                tokio::spawn(async move {
                    let _permit = permits.enter("greedy", "shop").await.unwrap();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(permits.now(), (2, 18));
        permits.enter("small", "shop").await.unwrap();
        assert!(permits.now().1 > 10, "the small one did not wait for the others");
        for one in greedy {
            one.await.unwrap();
        }
        assert_eq!(permits.now(), (0, 0));
        assert_eq!(permits.inner.callers.lock().unwrap().values().filter_map(Weak::upgrade).count(), 0);
        assert_eq!(permits.inner.sites.lock().unwrap().values().filter_map(Weak::upgrade).count(), 0);
    }

    #[tokio::test]
    async fn lines_are_bounded_and_whoever_leaves_makes_room() {
        let permits = permits(2, 4, 60_000);
        let _held = permits.enter("greedy", "shop").await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let permits = permits.clone();
                tokio::spawn(async move { permits.enter("greedy", "shop").await.map(drop) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(permits.enter("greedy", "shop").await.unwrap_err(), Busy);
        permits.enter("other", "shop").await.unwrap();
        for one in waiting {
            one.abort();
            assert!(one.await.unwrap_err().is_cancelled());
        }
        assert_eq!(permits.now(), (1, 0));
    }
}
