//! The lease of a job, in the store.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::secret::random;
use orma_store::{Param, Store, StoreError};
use serde::Deserialize;
use uuid::Uuid;

use crate::rule::{Attempt, Claim, Standing, Timing};

/// A withdrawal that takes longer is left: the claim runs out by itself.
const WITHDRAW_TIME_MAX: Duration = Duration::from_secs(1);
/// How long after a renewal that failed the next one is tried.
const RENEWAL_RETRY: Duration = Duration::from_millis(250);

/// Where the claims of a job are.
#[derive(Debug)]
pub(crate) struct Lease {
    store: Store,
    job: &'static str,
    timing: Timing,
    /// A claim that is not decided yet.
    pending: Mutex<Option<Attempt>>,
}

/// What came of trying to get a job.
#[derive(Debug)]
pub(crate) enum Acquired {
    Ours(Arc<Held>),
    /// Another process has it, or had it until lately.
    Anothers,
    /// It was free, and is not ours: a rival was quicker, or the store too slow.
    Undecided,
}

/// A job that is ours.
#[derive(Debug)]
pub(crate) struct Held {
    term: u64,
    /// `None`: nobody else can have it.
    claim: Option<(Attempt, Mutex<Instant>)>,
}

impl Held {
    /// Of a process that has the store to itself.
    pub const fn alone(term: u64) -> Self {
        Self { term, claim: None }
    }

    pub const fn is_alone(&self) -> bool {
        self.claim.is_none()
    }

    pub const fn term(&self) -> u64 {
        self.term
    }

    /// Whether nobody else can have the job at this moment.
    pub fn is_ours(&self) -> bool {
        self.until().is_none_or(|until| Instant::now() < until)
    }

    fn until(&self) -> Option<Instant> {
        let (_, until) = self.claim.as_ref()?;
        Some(*until.lock().expect("no panic while locked"))
    }
}

impl Lease {
    pub fn new(store: &Store, job: &'static str, timing: Timing) -> Self {
        let store = store.clone().with_time_limit(timing.window);
        Self { store, job, timing, pending: Mutex::default() }
    }

    /// Takes the job, if nobody else has it. `marked` is the term of its mark: the new one is later. Whoever does not wait for
    /// the end [abandons](Self::abandon) the claim.
    ///
    /// # Errors
    /// The store did not answer; the job is not ours.
    pub async fn acquire(&self, marked: u64) -> Result<Acquired, StoreError> {
        let looked = Instant::now();
        let mut seen = self.look().await?;
        // A store that was put back to an earlier day may know the mark, and not the claims.
        seen.term = seen.term.max(marked);
        let begun = Attempt::begin(&seen, Uuid::from_bytes(random()), looked, Instant::now(), &self.timing);
        let Some(attempt) = begun else { return Ok(Acquired::Anothers) };
        *self.pending() = Some(attempt);
        let decided = self.claim(&attempt).await;
        if matches!(decided, Ok(Some(_))) {
            *self.pending() = None;
        } else {
            self.abandon().await;
        }
        let held = |until| Held { term: attempt.term, claim: Some((attempt, Mutex::new(until))) };
        Ok(decided?.map_or(Acquired::Undecided, |until| Acquired::Ours(Arc::new(held(until)))))
    }

    /// Withdraws a claim that was not decided.
    pub async fn abandon(&self) {
        let pending = self.pending().take();
        if let Some(attempt) = pending {
            self.withdraw(&attempt).await;
        }
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Option<Attempt>> {
        self.pending.lock().expect("no panic while locked")
    }

    async fn claim(&self, attempt: &Attempt) -> Result<Option<Instant>, StoreError> {
        self.add(attempt, false).await?;
        let Some(look_at) = attempt.answered(Instant::now(), &self.timing) else { return Ok(None) };
        tokio::time::sleep_until(look_at.into()).await;
        let seen = self.look().await?;
        Ok(attempt.decide(&seen, Instant::now(), &self.timing))
    }

    /// Renews the claim for as long as that succeeds; ready when the job is no longer ours.
    pub async fn keep(&self, held: &Held) {
        let Some((attempt, until)) = &held.claim else { return std::future::pending().await };
        let mut wait = self.timing.renewal;
        while let Some(ends) = held.until().filter(|ends| Instant::now() < *ends) {
            let next = tokio::time::Instant::now() + wait;
            if next >= ends.into() {
                tokio::time::sleep_until(ends.into()).await;
                return;
            }
            tokio::time::sleep_until(next).await;
            let sent = Instant::now();
            let renewed = async {
                self.add(attempt, false).await?;
                self.look().await
            };
            let renewed = tokio::time::timeout_at(ends.into(), renewed).await;
            wait = match renewed {
                Ok(Ok(seen)) => match attempt.renewed(ends, sent, &seen, Instant::now(), &self.timing) {
                    Some(later) => {
                        *until.lock().expect("no panic while locked") = later;
                        self.timing.renewal
                    }
                    None => return,
                },
                Ok(Err(error)) => {
                    tracing::debug!(job = self.job, %error, "the lease could not be renewed");
                    RENEWAL_RETRY
                }
                Err(_) => return,
            };
        }
    }

    /// Gives the job up, so that another process need not wait until the claim runs out.
    pub async fn release(&self, held: &Held) {
        if let Some((attempt, until)) = &held.claim {
            *until.lock().expect("no panic while locked") = Instant::now();
            self.withdraw(attempt).await;
        }
    }

    async fn withdraw(&self, attempt: &Attempt) {
        let withdrawn = tokio::time::timeout(WITHDRAW_TIME_MAX, self.add(attempt, true)).await;
        if !matches!(withdrawn, Ok(Ok(()))) {
            tracing::debug!(job = self.job, "a claim could not be withdrawn; it runs out by itself");
        }
    }

    async fn add(&self, attempt: &Attempt, withdrawn: bool) -> Result<(), StoreError> {
        let sql = "INSERT INTO job_claims SELECT {job:String}, {term:UInt64}, {claim:UUID}, {withdrawn:UInt8} != 0, \
                   now64(3)";
        let params = [
            ("job", self.job.into()),
            ("term", Param::Int(attempt.term.cast_signed())),
            ("claim", attempt.claim.to_string().into()),
            ("withdrawn", Param::Int(i64::from(withdrawn))),
        ];
        self.store.execute(sql, &params).await
    }

    async fn look(&self) -> Result<Standing, StoreError> {
        #[derive(Deserialize)]
        struct ClaimRow {
            term: u64,
            claim: Uuid,
            gone: bool,
            age_ms: i64,
        }
        // One question, so that all of it is of one moment. Of a term there are as many claims as processes.
        let sql = "SELECT term, claim, max(withdrawn) AS gone, dateDiff('millisecond', max(claimed_at), now64(3)) AS age_ms \
                   FROM job_claims WHERE job = {job:String} GROUP BY term, claim ORDER BY term DESC LIMIT 1000";
        let rows: Vec<ClaimRow> = self.store.select(sql, &[("job", self.job.into())]).await?;
        let term = rows.first().map_or(0, |row| row.term);
        let of_term = rows.iter().take_while(|row| row.term == term);
        let claims = of_term.map(|row| Claim {
            id: row.claim,
            age: Duration::from_millis(u64::try_from(row.age_ms).unwrap_or(0)),
            withdrawn: row.gone,
        });
        Ok(Standing { term, claims: claims.collect() })
    }
}
