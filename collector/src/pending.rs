//! What has been answered and is not in the store yet: the segments that wait, and how many events of each site they
//! hold.
//!
//! A segment that is shipped at once is read once. Only a backlog is counted beforehand, one segment at a time, while
//! there is nothing better to do.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::ledger::{Counts, Outcome};
use crate::spool::SealedSegment;

/// Accepted events by site. There may be very many of these in a backlog, so they are small.
pub type SiteCounts = Box<[(Arc<str>, u64)]>;

/// The sums of all segments that were counted or read and are not in the store.
#[derive(Debug, Default)]
pub struct Pending {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sites: HashMap<Arc<str>, u64>,
    /// When the segments on their way were begun, by name.
    in_flight: HashMap<String, i64>,
}

impl Pending {
    /// Adds a segment's accepted events; the result takes them away again.
    pub fn add(&self, counts: &Counts) -> SiteCounts {
        let mut inner = self.inner.lock().expect("no panic while counting");
        let mut sites: HashMap<Arc<str>, u64> = HashMap::new();
        for (key, events) in counts.iter().filter(|(key, _)| key.outcome == Outcome::Accepted.as_str()) {
            let known = inner.sites.get_key_value(key.site.as_str()).map(|(site, _)| site.clone());
            let site = known.unwrap_or_else(|| key.site.as_str().into());
            *inner.sites.entry(site.clone()).or_default() += events;
            *sites.entry(site).or_default() += events;
        }
        sites.into_iter().collect()
    }

    /// Takes a segment's events away.
    pub fn subtract(&self, counts: &SiteCounts) {
        let mut inner = self.inner.lock().expect("no panic while counting");
        for (site, events) in counts {
            if let Some(sum) = inner.sites.get_mut(site) {
                *sum = sum.saturating_sub(*events);
            }
        }
        inner.sites.retain(|_, events| *events > 0);
    }

    /// Notes that a segment is on its way.
    pub fn departs(&self, name: &str, created_ms: i64) {
        self.inner.lock().expect("no panic while counting").in_flight.insert(name.to_owned(), created_ms);
    }

    /// Notes that a segment is no longer on its way.
    pub fn arrives(&self, name: &str) {
        self.inner.lock().expect("no panic while counting").in_flight.remove(name);
    }

    /// The sums by site, and when the oldest segment on its way was begun, in milliseconds since the epoch.
    pub fn now(&self) -> (HashMap<Arc<str>, u64>, Option<i64>) {
        let inner = self.inner.lock().expect("no panic while counting");
        (inner.sites.clone(), inner.in_flight.values().copied().min())
    }
}

/// A segment that waits, with its events if they were counted.
#[derive(Debug)]
pub struct Waiting {
    /// The segment.
    pub segment: SealedSegment,
    /// Its events; `None` before they are counted.
    pub counts: Option<SiteCounts>,
}

/// The segments that wait, oldest first; those in front are counted.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    counted: usize,
}

impl Queue {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds a segment at the end.
    pub fn push(&mut self, segment: SealedSegment) {
        self.waiting.push_back(Waiting { segment, counts: None });
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<Waiting> {
        let first = self.waiting.pop_front()?;
        self.counted = self.counted.saturating_sub(1);
        Some(first)
    }

    /// The oldest that is not counted.
    pub fn next_to_count(&self) -> Option<&SealedSegment> {
        self.waiting.get(self.counted).map(|waiting| &waiting.segment)
    }

    /// Notes what a segment holds; the counts come back when it has left the queue meanwhile.
    pub fn counted(&mut self, segment: &SealedSegment, counts: SiteCounts) -> Option<SiteCounts> {
        match self.waiting.get_mut(self.counted) {
            Some(waiting) if waiting.segment.path == segment.path => {
                waiting.counts = Some(counts);
                self.counted += 1;
                None
            }
            _ => Some(counts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger;

    fn segment(name: &str) -> SealedSegment {
        SealedSegment { path: name.into(), bytes: 1, events: None }
    }

    fn accepted(events: u64) -> Counts {
        let mut counts = Counts::new();
        ledger::add(&mut counts, "demo", 0, Outcome::Accepted, "", events);
        ledger::add(&mut counts, "demo", 0, Outcome::Rejected, "unknown_kind", 7);
        counts
    }

    fn sum(pending: &Pending) -> u64 {
        pending.now().0.values().sum()
    }

    #[test]
    fn what_waits_is_counted_once_whether_it_is_counted_before_or_when_it_leaves() {
        let (pending, mut queue) = (Pending::default(), Queue::default());
        for name in ["a", "b", "c"] {
            queue.push(segment(name));
        }
        let next = queue.next_to_count().unwrap().clone();
        assert!(queue.counted(&next, pending.add(&accepted(5))).is_none());
        assert_eq!(sum(&pending), 5);
        assert_eq!(queue.next_to_count(), Some(&segment("b")));
        // While b is counted, a and b leave.
        let (a, b) = (queue.pop().unwrap(), queue.pop().unwrap());
        assert!(a.counts.is_some() && b.counts.is_none());
        let late = queue.counted(&segment("b"), pending.add(&accepted(3))).expect("b is gone");
        pending.subtract(&late);
        assert_eq!(sum(&pending), 5);
        assert_eq!(queue.next_to_count(), Some(&segment("c")));
        pending.subtract(&a.counts.unwrap());
        assert_eq!(pending.now(), (HashMap::new(), None));
    }

    #[test]
    fn the_oldest_on_its_way_is_told() {
        let pending = Pending::default();
        pending.departs("a", 20);
        pending.departs("b", 10);
        assert_eq!(pending.now().1, Some(10));
        pending.arrives("b");
        assert_eq!(pending.now().1, Some(20));
    }
}
