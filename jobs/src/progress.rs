//! How a job goes: its metrics, and a line in the log when that changes.

use std::fmt::{Display, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How one job goes in this process.
#[derive(Debug)]
pub(crate) struct Progress {
    job: &'static str,
    by_one: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When it last succeeded here, or another process was seen to have it; before that, when this process began.
    done: Instant,
    took: Duration,
    error: Option<String>,
    is_ours: bool,
}

impl Progress {
    pub fn new(job: &'static str, by_one: bool) -> Self {
        let state = State { done: Instant::now(), took: Duration::ZERO, error: None, is_ours: false };
        Self { job, by_one, state: Mutex::new(state) }
    }

    /// A step that began at this moment is over.
    pub fn did(&self, began: Instant, result: Result<(), impl Display>) {
        let now = Instant::now();
        self.state().took = now - began;
        match result {
            Ok(()) => self.goes_well(),
            Err(error) => self.failed(&error),
        }
    }

    /// The job is done, here or by another process.
    pub fn goes_well(&self) {
        let mut state = self.state();
        state.done = Instant::now();
        if state.error.take().is_some() {
            tracing::info!(job = self.job, "the job goes on");
        }
    }

    /// The job could not be done. Told once for each error.
    pub fn failed(&self, error: &impl Display) {
        let error = error.to_string();
        let mut state = self.state();
        if state.error.as_ref() != Some(&error) {
            tracing::warn!(job = self.job, %error, "the job failed; it is tried again");
            state.error = Some(error);
        }
    }

    /// Whether this process has the job.
    pub fn has(&self, is_ours: bool) {
        self.state().is_ours = is_ours;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic while locked")
    }
}

/// What Prometheus reads.
pub(crate) fn render(jobs: &[impl AsRef<Progress>]) -> String {
    type Number = fn(&State) -> f64;
    let metrics: [(&str, &str, bool, Number); 4] = [
        (
            "orma_job_age_seconds",
            "Seconds since the job last succeeded here, or another process was seen to have it",
            false,
            |state| state.done.elapsed().as_secs_f64(),
        ),
        ("orma_job_duration_seconds", "Seconds that the job took last time", false, |state| {
            state.took.as_secs_f64()
        }),
        ("orma_job_failed", "Whether the job failed last time", false, |state| {
            f64::from(u8::from(state.error.is_some()))
        }),
        ("orma_job_lease_held", "Whether this process does what one process does for all", true, |state| {
            f64::from(u8::from(state.is_ours))
        }),
    ];
    let mut text = String::new();
    for (name, help, of_leases, number) in metrics {
        let _infallible = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for progress in jobs.iter().map(AsRef::as_ref).filter(|progress| progress.by_one || !of_leases) {
            let (job, number) = (progress.job, number(&progress.state()));
            let _infallible = writeln!(text, "{name}{{job=\"{job}\"}} {number:.3}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn metrics_say_what_happened_last() {
        let jobs = [Arc::new(Progress::new("look", false)), Arc::new(Progress::new("tell", true))];
        jobs[0].did(Instant::now(), Err("the store is away"));
        jobs[1].did(Instant::now(), Ok::<(), &str>(()));
        jobs[1].has(true);
        let text = render(&jobs);
        for line in [
            "# TYPE orma_job_age_seconds gauge",
            "orma_job_failed{job=\"look\"} 1.000",
            "orma_job_failed{job=\"tell\"} 0.000",
            "orma_job_lease_held{job=\"tell\"} 1.000",
        ] {
            assert!(text.lines().any(|there| there == line), "{line}: {text}");
        }
        assert!(!text.contains("lease_held{job=\"look\"}"), "{text}");
        jobs[0].goes_well();
        jobs[1].has(false);
        let text = render(&jobs);
        assert!(text.contains("orma_job_failed{job=\"look\"} 0.000"), "{text}");
        assert!(text.contains("orma_job_lease_held{job=\"tell\"} 0.000"), "{text}");
    }
}
