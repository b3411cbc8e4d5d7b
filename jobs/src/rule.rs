//! The rule by which at most one process has a job, as values: no store and no clock of its own.
//!
//! All that is needed of the store is that a row, once an insert was answered, is seen by whoever asks afterwards. Nobody
//! changes a row and nothing is compared and swapped, so plain tables do, and no keeper.
//!
//! 1. A process looks. While a claim of the newest term is in force, it does nothing more.
//! 2. Otherwise it adds a claim of the next term under a random id. If the answer comes later than `window` after the
//!    look began, it gives up.
//! 3. It waits for `window` and looks again. A rival for the same term looked before this claim was there; so its claim
//!    is there by now, or it gives up by 2.
//! 4. The smallest id of the term has the job, even if it gave up meanwhile; if it did, nobody has. So no term ever has
//!    two holders. All others withdraw their claims.
//! 5. The holder believes that it has the job until `lease` after the request of its claim was *sent*, by its own
//!    monotonic clock. Every `renewal` it adds its claim again; that prolongs it if the answer comes before the end.
//! 6. For the others a claim is in force until it is withdrawn, or `lease + clocks_differ_max` after it was *stored*, by
//!    the store's clock, which writes the time of a claim and its age.
//!
//! The clocks of the processes' machines are never compared, only how fast they go. The store's own clock may be set
//! forward by `clocks_differ_max` within a lease, or the clocks of several servers differ by it; a clock that is set back
//! only makes the others wait. A process that was stopped or suspended in the middle of a step may carry out one more
//! statement when it comes back: marks are fenced by the term against it.

use std::time::{Duration, Instant};

use uuid::Uuid;

/// The times of a lease.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// A holder that could not renew its claim for this long gives the job up.
    pub lease: Duration,
    /// How often a holder renews its claim, and the others look whether the job is free.
    pub renewal: Duration,
    /// A claim that takes longer from the look to the answer is given up.
    pub window: Duration,
    /// How much the clocks of the store's servers may differ, and its own clock may be set forward.
    pub clocks_differ_max: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(20),
            renewal: Duration::from_secs(5),
            window: Duration::from_secs(3),
            clocks_differ_max: Duration::from_secs(10),
        }
    }
}

/// A claim, as the store shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub id: Uuid,
    /// Since it was last added, by the store's clock.
    pub age: Duration,
    pub withdrawn: bool,
}

/// The claims of the newest term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// 0: there has been none.
    pub term: u64,
    pub claims: Vec<Claim>,
}

impl Standing {
    /// Whether somebody may have the job.
    pub fn is_in_force(&self, timing: &Timing) -> bool {
        let patience = timing.lease + timing.clocks_differ_max;
        self.claims.iter().any(|claim| !claim.withdrawn && claim.age <= patience)
    }

    fn smallest(&self) -> Option<Uuid> {
        self.claims.iter().map(|claim| claim.id).min()
    }

    fn has(&self, id: Uuid) -> bool {
        self.claims.iter().any(|claim| claim.id == id)
    }
}

/// A claim whose fate is not decided yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub term: u64,
    pub claim: Uuid,
    looked: Instant,
    sent: Instant,
}

impl Attempt {
    /// What to claim after a look that began at `looked`; `None` while the job is somebody's.
    pub fn begin(
        seen: &Standing,
        claim: Uuid,
        looked: Instant,
        now: Instant,
        timing: &Timing,
    ) -> Option<Self> {
        let free = !seen.is_in_force(timing);
        free.then(|| Self { term: seen.term + 1, claim, looked, sent: now })
    }

    /// When to look again, the insert being answered; `None`: it was too late.
    pub fn answered(&self, now: Instant, timing: &Timing) -> Option<Instant> {
        (now - self.looked <= timing.window).then(|| now + timing.window)
    }

    /// Until when the job is ours, after the second look; `None`: it is not.
    pub fn decide(&self, seen: &Standing, now: Instant, timing: &Timing) -> Option<Instant> {
        let until = self.sent + timing.lease;
        let ours = seen.term == self.term && seen.smallest() == Some(self.claim);
        (ours && now < until).then_some(until)
    }

    /// Until when the job is ours, after its claim was added again by a request sent at `sent` and `seen` afterwards;
    /// `None`: it is no longer, because it took too long or the store has lost the claim.
    pub fn renewed(
        &self,
        until: Instant,
        sent: Instant,
        seen: &Standing,
        now: Instant,
        timing: &Timing,
    ) -> Option<Instant> {
        let ours = seen.term == self.term && seen.has(self.claim);
        (ours && now < until).then(|| sent + timing.lease)
    }
}

#[cfg(test)]
mod tests;
