//! The count of what becomes of each request: nothing that was received is neither accepted nor rejected.

use std::sync::Arc;

use super::access::Denial;
use super::rejected_request::RejectedRequest;
use super::rejections::{Rejections, Sent};
use crate::event::RejectedEvent;
use crate::ledger::Ledger;
use crate::metrics::Metrics;

/// What a request is rejected for that ended without anybody saying what became of it.
const LOST: &str = "lost";

/// Where outcomes are counted. Cloning shares the counts.
#[derive(Clone)]
pub struct Outcomes {
    /// Numbers.
    pub metrics: Arc<Metrics>,
    /// Requests refused as a whole.
    pub rejections: Arc<Rejections>,
    /// What becomes of events.
    pub ledger: Arc<Ledger>,
}

/// A request that was received and whose outcome is not counted yet. Dropped so, it counts itself as rejected.
#[must_use = "what is dropped is counted as rejected"]
pub struct PendingRequest<'a> {
    outcomes: &'a Outcomes,
    received_at: i64,
    /// What a drop counts; `None` once the outcome is known, or the spool counts it.
    ends_as: Option<&'static str>,
}

impl Outcomes {
    /// A request that came at this moment, in milliseconds since the epoch.
    pub const fn receive(&self, received_at: i64) -> PendingRequest<'_> {
        PendingRequest { outcomes: self, received_at, ends_as: Some(LOST) }
    }
}

impl PendingRequest<'_> {
    /// When it came, in milliseconds since the epoch.
    pub const fn received_at(&self) -> i64 {
        self.received_at
    }

    /// From now on its end, should nobody say more of it, has this reason: its client may go away while it waits.
    pub const fn ends_as(&mut self, reason: &'static str) {
        self.ends_as = Some(reason);
    }

    /// From now on the spool counts it, with its records, whether somebody waits for them or not.
    pub const fn hand_over(&mut self) {
        self.ends_as = None;
    }

    /// It brought nothing to be counted, or comes again in another way.
    pub fn pass(mut self) {
        self.ends_as = None;
    }

    /// It is refused as a whole.
    pub fn reject(mut self, site: &str, reason: &str) {
        self.ends_as = None;
        self.outcomes.reject(site, self.received_at, reason);
    }

    /// It is refused as a whole, and the store is told where it came from.
    pub fn reject_told(mut self, site: &str, reason: &str, sent: Sent<'_>) {
        self.ends_as = None;
        self.outcomes.metrics.events_rejected.with_label_values(&[reason]).inc();
        self.outcomes.rejections.add_sent(site, self.received_at, reason, sent);
    }

    /// It is denied; returns the reason.
    pub fn deny(self, denial: Denial, origin: Option<&str>) -> RejectedRequest {
        let Denial { site, key, reason } = denial;
        if reason.is_told() {
            self.reject_told(&site, reason.code(), Sent { origin, key: &key, message: &reason.to_string() });
        } else {
            self.reject(&site, reason.code());
        }
        reason
    }

    /// Its events are on the disk, or known to be there already; `rejected` of them were refused.
    pub fn accept(mut self, site: &str, accepted: u64, duplicates: u64, rejected: &[RejectedEvent]) {
        self.ends_as = None;
        let Outcomes { metrics, ledger, .. } = self.outcomes;
        ledger.answered(site, self.received_at, accepted, duplicates);
        for event in rejected {
            ledger.refused(site, self.received_at, event.reason, 1);
            metrics.events_rejected.with_label_values(&[event.reason]).inc();
        }
        if duplicates > 0 {
            metrics.events_duplicate.inc_by(duplicates);
        }
        metrics.events_accepted.inc_by(accepted);
    }
}

impl Outcomes {
    fn reject(&self, site: &str, received_at: i64, reason: &str) {
        self.metrics.events_rejected.with_label_values(&[reason]).inc();
        self.rejections.add(site, received_at, reason);
    }
}

impl Drop for PendingRequest<'_> {
    fn drop(&mut self) {
        if let Some(reason) = self.ends_as {
            self.outcomes.reject("", self.received_at, reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED_AT: i64 = 7_200_001;

    /// Requests and events of a test, and what is known of them afterwards.
    struct Counted {
        outcomes: Outcomes,
        _dir: tempfile::TempDir,
    }

    impl Counted {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let ledger = Arc::new(Ledger::open(dir.path()).unwrap());
            let outcomes = Outcomes { metrics: Arc::default(), rejections: Arc::default(), ledger };
            Self { outcomes, _dir: dir }
        }

        fn receive(&self) -> PendingRequest<'_> {
            self.outcomes.receive(RECEIVED_AT)
        }

        /// Requests refused as a whole: site and reason of each, and how many.
        fn rejections(&self) -> Vec<(String, String, u64)> {
            let counts = self.outcomes.rejections.take_all(RECEIVED_AT).counts;
            counts.into_iter().map(|(key, requests)| (key.site, key.reason, requests)).collect()
        }

        /// Events of the ledger: accepted, duplicates and rejected.
        fn events(&self) -> [u64; 3] {
            let rows = self.outcomes.ledger.untold();
            let sum = |count: fn(&crate::ledger::PublishedHour) -> u64| rows.iter().map(count).sum();
            [sum(|row| row.accepted), sum(|row| row.duplicate), sum(|row| row.rejected)]
        }

        fn metric(&self, reason: &str) -> u64 {
            self.outcomes.metrics.events_rejected.with_label_values(&[reason]).get()
        }
    }

    fn one(site: &str, reason: &str) -> Vec<(String, String, u64)> {
        vec![(site.to_owned(), reason.to_owned(), 1)]
    }

    fn rejected_event(reason: &'static str) -> RejectedEvent {
        RejectedEvent {
            index: 0,
            reason,
            message: String::new(),
            kind: String::new(),
            payload: String::new(),
        }
    }

    #[test]
    fn what_is_dropped_without_an_outcome_is_rejected() {
        let counted = Counted::new();
        drop(counted.receive());
        assert_eq!((counted.rejections(), counted.metric(LOST)), (one("", LOST), 1));
        let mut waiting = counted.receive();
        waiting.ends_as("body_cut");
        drop(waiting);
        assert_eq!((counted.rejections(), counted.metric("body_cut")), (one("", "body_cut"), 1));
        assert_eq!(counted.events(), [0, 0, 0]);
    }

    #[test]
    fn what_is_refused_is_counted_once_and_told_when_somebody_can_mend_it() {
        let counted = Counted::new();
        counted.receive().reject("demo", "rate_limited");
        assert_eq!((counted.rejections(), counted.metric("rate_limited")), (one("demo", "rate_limited"), 1));
        let denial = Denial { site: "demo".into(), key: "k".into(), reason: RejectedRequest::Origin };
        assert_eq!(
            counted.receive().deny(denial.clone(), Some("https://a.example")),
            RejectedRequest::Origin
        );
        let taken = counted.outcomes.rejections.take_all(RECEIVED_AT);
        assert_eq!(taken.counts.values().sum::<u64>(), 1);
        assert!(String::from_utf8_lossy(&taken.records()).contains("https://a.example"));
        let passing = Denial { reason: RejectedRequest::SitesUnknown, ..denial };
        let _reason = counted.receive().deny(passing, Some("https://a.example"));
        let taken = counted.outcomes.rejections.take_all(RECEIVED_AT);
        assert_eq!(taken.counts.values().sum::<u64>(), 1);
        assert!(!String::from_utf8_lossy(&taken.records()).contains("https://a.example"));
        assert_eq!(counted.metric(LOST), 0);
    }

    #[test]
    fn accepted_events_duplicates_and_refused_ones_add_up_to_what_was_received() {
        let counted = Counted::new();
        counted.receive().accept("demo", 3, 1, &[]);
        assert_eq!(counted.events(), [3, 1, 0]);
        let refused = [rejected_event("unknown_kind"), rejected_event("missing_field")];
        counted.receive().accept("demo", 2, 0, &refused);
        assert_eq!(counted.events(), [5, 1, 2]);
        assert_eq!(counted.outcomes.metrics.events_accepted.get(), 5);
        assert_eq!(counted.outcomes.metrics.events_duplicate.get(), 1);
        assert_eq!((counted.metric("unknown_kind"), counted.metric(LOST)), (1, 0));
        assert_eq!(counted.rejections(), []);
    }

    #[test]
    fn what_the_spool_counts_or_comes_again_is_not_counted_here() {
        let counted = Counted::new();
        counted.receive().pass();
        let mut handed_over = counted.receive();
        handed_over.hand_over();
        drop(handed_over);
        assert_eq!(counted.rejections(), []);
        let mut refused_by_the_spool = counted.receive();
        refused_by_the_spool.hand_over();
        refused_by_the_spool.reject("demo", "spool_full");
        assert_eq!(counted.rejections(), one("demo", "spool_full"));
    }
}
