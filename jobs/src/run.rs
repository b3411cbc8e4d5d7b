//! Runs jobs until they are told to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use orma_store::{Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::job::{Done, Job, Step};
use crate::lease::{Acquired, Held, Lease};
use crate::mark::{Mark, Turn};
use crate::progress::{Progress, render};
use crate::rule::Timing;

/// How long a stop waits for the step that a leaseholder is at.
const STEP_STOP_TIME_MAX: Duration = Duration::from_secs(1);

/// Jobs that run.
#[derive(Debug)]
pub struct Jobs {
    /// Before `stop`: who drops this ends them as a kill does, and does not stop them.
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    progress: Arc<[Arc<Progress>]>,
}

impl Jobs {
    /// Starts them, each a first time after its interval.
    pub fn start(store: &Store, jobs: Vec<Job>) -> Self {
        Self::start_with(store, jobs, Timing::default())
    }

    /// [`Jobs::start`] with other times of the leases. All processes that share a store must have the same.
    pub fn start_with(store: &Store, jobs: Vec<Job>, timing: Timing) -> Self {
        let (end, ended) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut all = Vec::new();
        for Job { name, every, step } in jobs {
            let progress = Arc::new(Progress::new(name, matches!(step, Step::ByOne(_))));
            all.push(Arc::clone(&progress));
            let turns = Turns { every, progress, stopped: ended.clone() };
            match step {
                Step::Everywhere(step) => drop(tasks.spawn(async move { turns.everywhere(step).await })),
                Step::ByOne(step) => {
                    let lease = Lease::new(store, name, timing);
                    let store = store.clone().with_time_limit(timing.window);
                    let one = ByOne { store, name, lease, timing, turns, step };
                    tasks.spawn(one.run());
                }
            }
        }
        Self { stop: end, tasks, progress: all.into() }
    }

    /// What Prometheus reads of them.
    pub fn metrics(&self) -> impl Fn() -> String + Send + Sync + Clone + 'static {
        let progress = Arc::clone(&self.progress);
        move || render(&progress)
    }

    /// Ends them: a step of a leaseholder has a second to finish, the others are cut off; leases are released.
    pub async fn stop(mut self) {
        let _nobody_runs = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// One job's turns in this process.
struct Turns {
    every: Duration,
    progress: Arc<Progress>,
    stopped: watch::Receiver<bool>,
}

impl Turns {
    /// Ready when the program stops.
    async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        // An error: its sender is gone, and so are the jobs.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }

    async fn everywhere(&self, step: impl Fn() -> Done) {
        tokio::select! {
            () = self.take(step) => {}
            () = self.stop() => {}
        }
    }

    /// One step after the other, each after the interval, until the program stops.
    async fn take(&self, step: impl Fn() -> Done) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.every) => {}
                () = self.stop() => return,
            }
            let began = Instant::now();
            let result = step().await;
            self.progress.did(began, result);
        }
    }
}

/// A job of which one process has the lease.
struct ByOne {
    store: Store,
    name: &'static str,
    lease: Lease,
    timing: Timing,
    turns: Turns,
    step: Box<dyn Fn(Turn) -> Done + Send + Sync>,
}

impl ByOne {
    async fn run(self) {
        loop {
            let begun = tokio::select! {
                begun = self.begin() => begun,
                () = self.turns.stop() => return self.lease.abandon().await,
            };
            match begun {
                Ok(Some(held)) => {
                    // Read now: who had the job may have gone on until it was ours.
                    match Mark::read(&self.store, self.name).await {
                        Ok(mark) => self.hold(&held, mark).await,
                        Err(error) => self.turns.progress.failed(&error),
                    }
                    self.lease.release(&held).await;
                }
                Ok(None) => {}
                Err(error) => self.turns.progress.failed(&error),
            }
            tokio::select! {
                () = tokio::time::sleep(self.timing.renewal) => {}
                () = self.turns.stop() => return,
            }
        }
    }

    /// Takes the job, unless another process has it or is taking it.
    async fn begin(&self) -> Result<Option<Arc<Held>>, StoreError> {
        let marked = Mark::read(&self.store, self.name).await?.term();
        if self.store.is_on_this_machine() {
            // The data directory is locked, so no other process has this engine.
            return Ok(Some(Arc::new(Held::alone(marked + 1))));
        }
        match self.lease.acquire(marked).await? {
            Acquired::Ours(held) => return Ok(Some(held)),
            Acquired::Anothers => self.turns.progress.goes_well(),
            Acquired::Undecided => {}
        }
        Ok(None)
    }

    async fn hold(&self, held: &Arc<Held>, mark: Mark) {
        self.turns.progress.has(true);
        tracing::debug!(job = self.name, term = held.term(), "the job is ours");
        let turn = Turn::new(self.store.clone(), self.name, Arc::clone(held), mark);
        let patience = async {
            self.turns.stop().await;
            tokio::time::sleep(STEP_STOP_TIME_MAX).await;
        };
        tokio::select! {
            () = self.turns.take(|| (self.step)(turn.clone())) => {}
            () = self.lease.keep(held) => tracing::info!(job = self.name, "the lease of the job was lost"),
            () = patience => {}
        }
        self.turns.progress.has(false);
    }
}
