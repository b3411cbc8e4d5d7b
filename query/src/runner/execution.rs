//! A statement on its way to the store, with its limits, and its end when nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use orma_store::{AnswerFormat, AnswerStream, Block, Store, StoreError, Work, reader};
use serde_json::Value;
use uuid::Uuid;

use crate::limits::{Permit, QuestionLimits, SqlLimits};
use crate::sql::{Sql, kill_query};

/// The client gives up this long after the store should have.
const SECONDS_OVER: u64 = 5;

/// Executes statements within the limits of questions.
#[derive(Debug)]
pub struct Executor {
    questions: Store,
    reader: Store,
    store: Store,
    settings: Vec<(&'static str, String)>,
    counted: Arc<Counted>,
}

/// SQL of an analyst.
#[derive(Clone, Copy, Debug)]
pub struct SqlQuestion<'a> {
    /// The site that it is about.
    pub site: &'a str,
    /// The text, as it was sent.
    pub text: &'a str,
    /// The values of its parameters.
    pub params: &'a [(&'a str, &'a Value)],
    /// ClickHouse's name of the format of the answer.
    pub format: &'a str,
}

#[derive(Debug, Default)]
struct Counted {
    answered: AtomicU64,
    failed: AtomicU64,
}

/// What became of the statements.
#[derive(Clone, Copy, Debug)]
pub struct Counters {
    /// They were answered.
    pub answered: u64,
    /// They were not.
    pub failed: u64,
}

impl Executor {
    /// Of this store.
    pub fn new(store: &Store, limits: &QuestionLimits) -> Self {
        Self {
            questions: store.clone().for_work(Work::Questions),
            reader: store.clone().for_work(Work::Sql),
            store: store.clone(),
            settings: settings(limits),
            counted: Arc::default(),
        }
    }

    /// The answer to a statement within so many seconds; where nobody else asks, with all processors. Dropping the future ends it
    /// in the store too.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(
        &self,
        sql: &Sql,
        seconds_max: u64,
        is_alone: bool,
        format: AnswerFormat,
    ) -> Result<Bytes, StoreError> {
        let query_id = format!("orma-{}", Uuid::now_v7());
        let seconds = seconds_max.to_string();
        let threads = threads(is_alone).to_string();
        let own =
            [("query_id", query_id.as_str()), ("max_execution_time", &seconds), ("max_threads", &threads)];
        let mut kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id.clone()) };
        let asked = Instant::now();
        let questions =
            self.questions.clone().with_time_limit(Duration::from_secs(seconds_max + SECONDS_OVER));
        let settings = with(&self.settings, &own);
        let rows = questions.answer(&sql.text, &sql.bound(), &settings, format).await;
        // The text holds no value: these are bound.
        tracing::debug!(query_id, elapsed_ms = asked.elapsed().as_millis(), sql = sql.text, "asked");
        // One that the client has given up goes on in the store.
        if !matches!(rows, Err(StoreError::TimedOut)) {
            kill.query_id = None;
        }
        let counter = if rows.is_ok() { &self.counted.answered } else { &self.counted.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        rows
    }

    /// The answer to a statement in columns, block by block, within the limits of [`execute`](Self::execute) and at most so
    /// many rows; of more, nothing is answered.
    ///
    /// # Errors
    /// See [`StoreError`], and what `take` fails with.
    pub async fn each_block(
        &self,
        sql: &Sql,
        seconds_max: u64,
        is_alone: bool,
        rows_max: usize,
        take: impl FnMut(&Block) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let query_id = format!("orma-{}", Uuid::now_v7());
        let seconds = seconds_max.to_string();
        let threads = threads(is_alone).to_string();
        let rows_max = rows_max.to_string();
        let own = [
            ("query_id", query_id.as_str()),
            ("max_execution_time", &seconds),
            ("max_threads", &threads),
            ("max_result_rows", &rows_max),
        ];
        let mut kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id.clone()) };
        let questions =
            self.questions.clone().with_time_limit(Duration::from_secs(seconds_max + SECONDS_OVER));
        let read =
            questions.each_block_with(&sql.text, &sql.bound(), &with(&self.settings, &own), take).await;
        tracing::debug!(query_id, sql = sql.text, "asked");
        if !matches!(read, Err(StoreError::TimedOut)) {
            kill.query_id = None;
        }
        let counter = if read.is_ok() { &self.counted.answered } else { &self.counted.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        read
    }

    /// The answer to a statement as it comes. The permit is held until it is dropped.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn stream(&self, sql: &Sql, seconds_max: u64, permit: Arc<Permit>) -> Result<Rows, StoreError> {
        let query_id = format!("orma-{}", Uuid::now_v7());
        let seconds = seconds_max.to_string();
        let threads = threads(false).to_string();
        let own = [
            ("query_id", query_id.as_str()),
            ("max_execution_time", &seconds),
            // How fast it goes is its reader's affair.
            ("timeout_before_checking_execution_speed", "0"),
            ("max_block_size", "8192"),
            ("max_threads", &threads),
        ];
        let answer = self.questions.select_stream(&sql.text, &sql.bound(), &with(&self.settings, &own))?;
        let kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id) };
        Ok(Rows { answer, kill, counted: self.counted.clone(), _permits: vec![permit] })
    }

    /// The answer to SQL of an analyst about a site as it comes, in a format of ClickHouse's, within the limits of such. The
    /// permits are held until it is dropped.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn read_sql(
        &self,
        question: &SqlQuestion<'_>,
        seconds: u64,
        limits: &SqlLimits,
        permits: Vec<Arc<Permit>>,
    ) -> Result<Rows, StoreError> {
        let query_id = reader::query_id(question.site);
        let settings = [
            ("max_execution_time", seconds.to_string()),
            ("max_memory_usage", limits.memory_bytes_max.to_string()),
            ("max_threads", threads(false).to_string()),
            ("max_result_rows", limits.rows_max.to_string()),
            ("max_result_bytes", limits.bytes_max.to_string()),
        ];
        let settings = with(&settings, &[("query_id", query_id.as_str())]);
        // A single call of some functions hears of no limit, and is given up here.
        let time_max = Duration::from_secs(seconds + SECONDS_OVER);
        let SqlQuestion { text, params, format, .. } = *question;
        let answer = self.reader.read_sql(text, params, &settings, format, time_max)?;
        // The text may hold values: it is not logged.
        tracing::debug!(query_id, "asked in SQL");
        let kill = KillOnDrop { store: self.store.clone(), query_id: Some(query_id) };
        Ok(Rows { answer, kill, counted: self.counted.clone(), _permits: permits })
    }

    /// Counts a statement that was not even asked.
    pub fn failed(&self, error: StoreError) -> StoreError {
        self.counted.failed.fetch_add(1, Ordering::Relaxed);
        error
    }

    /// What became of the statements so far.
    pub fn counters(&self) -> Counters {
        Counters {
            answered: self.counted.answered.load(Ordering::Relaxed),
            failed: self.counted.failed.load(Ordering::Relaxed),
        }
    }
}

/// The settings of all with those of one.
fn with<'a>(all: &'a [(&'static str, String)], own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = all.iter().map(|(name, value)| (*name, value.as_str()));
    all.chain(own.iter().copied()).collect()
}

/// Half of the processors, so that two questions do not make a third wait; all of them while there is no other.
fn threads(is_alone: bool) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if is_alone { cores } else { (cores / 2).max(1) }
}

fn settings(limits: &QuestionLimits) -> Vec<(&'static str, String)> {
    let spill = (limits.memory_bytes_max / 2).to_string();
    vec![
        ("max_memory_usage", limits.memory_bytes_max.to_string()),
        ("max_bytes_before_external_group_by", spill.clone()),
        ("max_bytes_before_external_sort", spill),
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
    counted: Arc<Counted>,
    _permits: Vec<Arc<Permit>>,
}

impl Rows {
    /// The next piece of lines; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        let piece = self.answer.next().await;
        match &piece {
            Ok(Some(_)) => {}
            Ok(None) => {
                self.kill.query_id = None;
                self.counted.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {
                self.counted.failed.fetch_add(1, Ordering::Relaxed);
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
            let kill = kill_query(&query_id);
            if let Err(error) = store.execute(&kill.text, &kill.bound()).await {
                tracing::debug!(%error, query_id, "the query could not be ended");
            }
        });
    }
}
