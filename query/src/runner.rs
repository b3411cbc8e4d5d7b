//! Executes what `sql` wrote: with a permit of its caller, with limits of time and memory, an id, and an end when nobody
//! waits for the answer any more.
//!
//! A request asks the store several things. It takes its permit with the first and keeps it to the end, and asks one thing
//! at a time, all within one time limit: otherwise, under load, all requests would be half answered when their clients
//! give up.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use orma_store::{AnswerStream, Param, Store, StoreError, Work};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::limits::{Busy, Permit, Permits, QuestionLimits};
use crate::sql::Sql;

/// The client gives up this long after the store should have.
const SECONDS_OVER: u64 = 5;

/// Carries questions to the store: those of one request, or the service's own. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner {
    questions: Store,
    store: Store,
    shared: Arc<Shared>,
    caller: Arc<str>,
    /// The permit of a request and when it got it, once it has one.
    held: Option<Arc<Mutex<Option<Held>>>>,
}

#[derive(Debug)]
struct Held {
    _permit: Permit,
    since: Instant,
}

#[derive(Debug)]
struct Shared {
    permits: Permits,
    settings: Vec<(&'static str, String)>,
    seconds_max: u64,
    answered: AtomicU64,
    failed: AtomicU64,
    busy: AtomicU64,
}

impl Runner {
    /// A runner that keeps its questions within limits. What is not asked for a [request](Self::for_request) of somebody
    /// is the service's own, and each question has a permit for itself.
    pub fn new(store: Store, limits: &QuestionLimits) -> Self {
        Self {
            questions: store.clone().for_work(Work::Questions),
            store,
            shared: Arc::new(Shared {
                permits: Permits::new(limits),
                settings: settings(limits),
                seconds_max: limits.seconds_max,
                answered: AtomicU64::new(0),
                failed: AtomicU64::new(0),
                busy: AtomicU64::new(0),
            }),
            caller: "".into(),
            held: None,
        }
    }

    /// The same runner for one request of a caller, who has a share of the permits.
    #[must_use]
    pub fn for_request(&self, caller: &str) -> Self {
        Self { caller: caller.into(), held: Some(Arc::default()), ..self.clone() }
    }

    /// The rows that answer a question. Dropping the future ends the question in the store too.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Busy`] when there was no permit in time.
    pub async fn rows<T: DeserializeOwned>(&self, sql: &Sql) -> Result<Vec<T>, StoreError> {
        let Some(held) = &self.held else {
            let _permit = self.enter().await?;
            return self.ask(sql, self.shared.seconds_max).await;
        };
        let mut held = held.lock().await;
        self.hold(&mut held).await?;
        let spent = held.as_ref().map_or(0, |held| held.since.elapsed().as_secs());
        match self.shared.seconds_max.saturating_sub(spent) {
            0 => {
                self.shared.failed.fetch_add(1, Ordering::Relaxed);
                Err(StoreError::TimedOut)
            }
            left => self.ask(sql, left).await,
        }
    }

    /// The rows that answer a question as they come, one JSON object a line. The request's permit is held until the rows
    /// are dropped, which ends the question in the store too.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Busy`] when there was no permit in time.
    pub async fn stream(&self, sql: &Sql, seconds_max: u64) -> Result<Rows, StoreError> {
        let runner = if self.held.is_some() { self.clone() } else { self.for_request(&self.caller) };
        if let Some(held) = &runner.held {
            runner.hold(&mut *held.lock().await).await?;
        }
        let query_id = format!("orma-{}", Uuid::now_v7());
        let mut settings: Vec<(&str, &str)> =
            self.shared.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let seconds = seconds_max.to_string();
        settings.extend([
            ("query_id", query_id.as_str()),
            ("max_execution_time", &seconds),
            // How fast it goes is its reader's affair.
            ("timeout_before_checking_execution_speed", "0"),
            ("max_block_size", "8192"),
        ]);
        let params: Vec<(&str, Param)> =
            sql.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let answer = self.questions.select_stream(&sql.text, &params, &settings)?;
        let kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id) };
        Ok(Rows { answer, kill, runner })
    }

    async fn hold(&self, held: &mut Option<Held>) -> Result<(), StoreError> {
        if held.is_none() {
            *held = Some(Held { _permit: self.enter().await?, since: Instant::now() });
        }
        Ok(())
    }

    async fn enter(&self) -> Result<Permit, StoreError> {
        let permit = self.shared.permits.enter(&self.caller).await;
        permit.map_err(|Busy| {
            self.shared.busy.fetch_add(1, Ordering::Relaxed);
            StoreError::Busy
        })
    }

    async fn ask<T: DeserializeOwned>(&self, sql: &Sql, seconds_max: u64) -> Result<Vec<T>, StoreError> {
        let query_id = format!("orma-{}", Uuid::now_v7());
        let mut settings: Vec<(&str, &str)> =
            self.shared.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let seconds = seconds_max.to_string();
        settings.extend([("query_id", query_id.as_str()), ("max_execution_time", &seconds)]);
        let params: Vec<(&str, Param)> =
            sql.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let mut kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id.clone()) };
        let asked = Instant::now();
        let questions =
            self.questions.clone().with_time_limit(Duration::from_secs(seconds_max + SECONDS_OVER));
        let rows = questions.select_with(&sql.text, &params, &settings).await;
        // The text holds no value: these are bound.
        tracing::debug!(query_id, elapsed_ms = asked.elapsed().as_millis(), sql = sql.text, "asked");
        // One that the client has given up goes on in the store.
        if !matches!(rows, Err(StoreError::TimedOut)) {
            kill.query_id = None;
        }
        let counter = if rows.is_ok() { &self.shared.answered } else { &self.shared.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        rows
    }

    /// Carries out a statement that answers nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&self, sql: &Sql) -> Result<(), StoreError> {
        let params: Vec<(&str, Param)> =
            sql.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        self.store.execute(&sql.text, &params).await
    }

    /// What Prometheus reads of the questions.
    pub fn metrics(&self) -> String {
        let (running, waiting) = self.shared.permits.now();
        let mut text = String::from(
            "# HELP orma_questions_total Questions to the store by what became of them.\n\
             # TYPE orma_questions_total counter\n",
        );
        for (result, counter) in [
            ("answered", &self.shared.answered),
            ("failed", &self.shared.failed),
            ("busy", &self.shared.busy),
        ] {
            let questions = counter.load(Ordering::Relaxed);
            writeln!(text, "orma_questions_total{{result=\"{result}\"}} {questions}").expect("memory");
        }
        for (name, help, questions) in [
            ("running", "Requests that have a place.", running),
            ("waiting", "Requests that wait for a place.", waiting),
        ] {
            let name = format!("orma_questions_{name}");
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {questions}").expect("memory");
        }
        text
    }
}

fn settings(limits: &QuestionLimits) -> Vec<(&'static str, String)> {
    // Half of the processors, so that two questions do not make a third wait.
    let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
    let spill = (limits.memory_bytes_max / 2).to_string();
    vec![
        ("max_memory_usage", limits.memory_bytes_max.to_string()),
        ("max_bytes_before_external_group_by", spill.clone()),
        ("max_bytes_before_external_sort", spill),
        ("max_threads", threads.to_string()),
        // Behind inserts and the registry, where the server may say so to the kernel (CAP_SYS_NICE).
        ("os_thread_priority", "10".into()),
        // An event's day decides its partition, so duplicates never lie in two.
        ("do_not_merge_across_partitions_select_final", "1".into()),
    ]
}

/// The rows of an answer as they come.
#[derive(Debug)]
pub struct Rows {
    answer: AnswerStream,
    kill: KillOnDrop,
    /// Holds the permit.
    runner: Runner,
}

impl Rows {
    /// The next piece of lines; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        let piece = self.answer.next().await;
        let shared = &self.runner.shared;
        match &piece {
            Ok(Some(_)) => {}
            Ok(None) => {
                self.kill.query_id = None;
                shared.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {
                shared.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
        piece
    }
}

/// A client that goes away does not end its query: ClickHouse must be told.
#[derive(Debug)]
struct KillOnDrop {
    store: Store,
    query_id: Option<String>,
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let Some(query_id) = self.query_id.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let store = self.store.clone();
        runtime.spawn(async move {
            let kill = crate::sql::kill_query(&query_id);
            let params: Vec<(&str, Param)> =
                kill.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            if let Err(error) = store.execute(&kill.text, &params).await {
                tracing::debug!(%error, query_id, "the query could not be ended");
            }
        });
    }
}
