//! What a job is.

use std::pin::Pin;
use std::time::Duration;

use crate::mark::Turn;

/// Why a job failed this time.
pub type JobError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) type Done = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// Work that is done again and again. A step that is cut off at any of its awaits must do no harm: so it ends when the
/// program stops or the lease is lost.
pub struct Job {
    pub(crate) name: &'static str,
    pub(crate) every: Duration,
    pub(crate) step: Step,
}

pub(crate) enum Step {
    Everywhere(Box<dyn Fn() -> Done + Send + Sync>),
    ByOne(Box<dyn Fn(Turn) -> Done + Send + Sync>),
}

impl std::fmt::Debug for Job {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Job({} every {:?})", self.name, self.every)
    }
}

impl Job {
    /// Work that each process does for itself, for what it finds stays in its memory.
    pub fn everywhere<F>(
        name: &'static str,
        every: Duration,
        step: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self { name, every, step: Step::Everywhere(Box::new(move || Box::pin(step()))) }
    }

    /// Work that one process does for all that share the store. It keeps it for as long as it runs; a step that takes
    /// the processor for long must give way, or the lease is not renewed.
    pub fn by_one<F>(
        name: &'static str,
        every: Duration,
        step: impl Fn(Turn) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self { name, every, step: Step::ByOne(Box::new(move |turn| Box::pin(step(turn)))) }
    }
}
