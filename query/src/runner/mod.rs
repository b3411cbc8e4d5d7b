//! Executes what `sql` wrote: with a permit of its caller, with limits of time and memory, an id, and an end when nobody
//! waits for the answer any more.
//!
//! A request asks the store several things. It takes its permit with the first and keeps it to the end, and asks one thing
//! at a time, all within one time limit: otherwise, under load, all requests would be half answered when their clients
//! give up.
//!
//! Not everything that is asked is executed: what nothing can have changed since is kept (`kept.rs`, `versions.rs`). The
//! questions do not know of it.

mod execution;
mod kept;
mod turn;
mod versions;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use orma_store::{AnswerFormat, Block, LogLimit, Registry, Store, StoreError, rows_and_total_of, rows_of};
pub use orma_visits::Needs;
use orma_visits::{Days, Maker};
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, OnceCell};

use crate::limits::{Busy, Permit, Permits, QuestionLimits, SqlLimits};
use crate::rollups::Rollups;
use crate::sql::Sql;
use execution::{Counters, Executor};
pub use execution::{Rows, SqlQuestion};
use kept::{Kept, StatementKey, Version};
pub use turn::SqlTurn;
pub use versions::Reach;
use versions::{Parts, Versions};

/// Lines of the log about visits that were not made, a minute.
const LINES_PER_MINUTE_MAX: u32 = 10;

/// Carries questions to the store: those of one request, or the service's own. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner {
    shared: Arc<Shared>,
    /// The request that asks; without one each question is a request of the service.
    request: Option<Arc<Request>>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    visits: Maker,
    executor: Arc<Executor>,
    permits: Permits,
    /// Of SQL of analysts, each of which has one of the others too.
    sql_permits: Permits,
    kept: Kept,
    versions: Versions,
    limits: QuestionLimits,
    /// How many changes were made through this runner.
    changes: AtomicU64,
    busy: AtomicU64,
}

#[derive(Debug, Default)]
struct Request {
    caller: String,
    site: String,
    /// What the answers are made of, where that is over.
    reach: Option<Reach>,
    /// When the store was first asked something.
    began: OnceLock<Instant>,
    /// The parts of the store, once it was asked for them; `None` when it did not tell.
    parts: OnceCell<Option<Arc<Parts>>>,
    /// The permit and when it was got, once there is one.
    held: Mutex<Option<Held>>,
}

#[derive(Clone, Debug)]
struct Held {
    permit: Arc<Permit>,
    since: Instant,
}

impl Runner {
    /// A runner that keeps its questions within limits. What is not asked for a [request](Self::for_request) of somebody
    /// is the service's own, and each question has a permit for itself.
    pub fn new(store: Store, limits: &QuestionLimits) -> Self {
        let shared = Shared {
            executor: Arc::new(Executor::new(&store, limits)),
            permits: Permits::new(limits),
            sql_permits: Permits::new(&QuestionLimits {
                running_max: limits.sql.running_max,
                ..limits.clone()
            }),
            kept: Kept::new(limits.cache_bytes_max),
            versions: Versions::new(&store),
            limits: limits.clone(),
            changes: AtomicU64::new(0),
            busy: AtomicU64::new(0),
            visits: Maker::new(store.clone()).waited_for(Duration::from_millis(limits.visits_wait_ms_max)),
            store,
        };
        Self { shared: Arc::new(shared), request: None }
    }

    /// The same runner for one request of a caller about a site, who have a share of the permits. With a reach the answers
    /// are kept: only for what is asked about a time that has passed is that of any use.
    #[must_use]
    pub fn for_request(&self, caller: &str, site: &str, reach: Option<Reach>) -> Self {
        let request =
            Request { caller: caller.to_owned(), site: site.to_owned(), reach, ..Request::default() };
        Self { shared: self.shared.clone(), request: Some(Arc::new(request)) }
    }

    /// What makes visits of events.
    pub fn visits(&self) -> &Maker {
        &self.shared.visits
    }

    /// What rolls up the days of sites that are over.
    pub fn rollups(&self, registry: &Registry) -> Rollups {
        let shared = &self.shared;
        Rollups::new(shared.store.clone(), shared.visits.clone(), registry.clone(), &shared.limits)
    }

    /// The store, for work in the background beside questions.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// What a question may take.
    pub fn limits(&self) -> &QuestionLimits {
        &self.shared.limits
    }

    /// The days of a site that are rolled up, in its zone. Where the store does not tell, none: visits know all that they do.
    pub async fn rollup_days(&self, site: &str, zone: &str) -> Days {
        match self.shared.visits.rollup_days().of(site, zone).await {
            Ok(days) => days,
            Err(error) => {
                tracing::debug!(%error, "it is not known which days are rolled up");
                Days::default()
            }
        }
    }

    /// Before visits are asked for: those of the events that are stored by now, as far as the request is about them. Where
    /// they cannot be made, answers have the visits that there are.
    pub async fn bring_visits_up_to_date(&self, needs: Needs) {
        static NOT_MADE: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
        if let Some(request) = &self.request {
            request.began.get_or_init(Instant::now);
            // With what other sites take, and this one now, an answer about last month has nothing to wait for.
            if let Ok(unmade) = self.shared.versions.unmade().await
                && !unmade.concerns(&request.site, request.reach.as_ref(), needs)
            {
                return;
            }
        }
        if let Err(error) = self.shared.visits.bring_up_to_date(needs).await
            && let Some(left_out) = NOT_MADE.line()
        {
            tracing::warn!(%error, left_out, "visits were not brought up to date");
        }
    }

    /// Before the table of people is asked: its rows of the visits that there are. `false`: they are not all there, and the
    /// visits must be asked.
    pub async fn bring_people_up_to_date(&self) -> bool {
        static NOT_MADE: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
        match self.shared.visits.bring_people_up_to_date().await {
            Ok(is_made) => is_made,
            Err(error) => {
                if let Some(left_out) = NOT_MADE.line() {
                    tracing::warn!(%error, left_out, "people were not brought up to date");
                }
                false
            }
        }
    }

    fn request(&self) -> Arc<Request> {
        self.request.clone().unwrap_or_default()
    }

    /// Whose request it is; empty for the service's own.
    pub fn caller(&self) -> &str {
        self.request.as_ref().map_or("", |request| &request.caller)
    }

    /// When the request first asked the store something: its answer is of then or later.
    pub fn began(&self) -> Option<Instant> {
        self.request.as_ref()?.began.get().copied()
    }

    /// How many changes were made through this runner.
    pub fn changes(&self) -> u64 {
        self.shared.changes.load(Ordering::SeqCst)
    }

    /// The rows that answer a question. Dropping the future ends the question in the store too.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Busy`] when there was no permit in time, [`StoreError::OutOfTime`] when what the
    /// request asked before has used up its time.
    pub async fn rows<T: DeserializeOwned>(&self, sql: &Sql) -> Result<Vec<T>, StoreError> {
        rows_of(&self.answer(sql, AnswerFormat::Rows).await?)
    }

    /// [`Runner::rows`] of a statement `WITH TOTALS`, and the row over everything.
    ///
    /// # Errors
    /// As there.
    pub async fn rows_and_total<T: DeserializeOwned>(&self, sql: &Sql) -> Result<(Vec<T>, T), StoreError> {
        rows_and_total_of(&self.answer(sql, AnswerFormat::RowsAndTotal).await?)
    }

    /// The answer: a kept one, or what the store says.
    async fn answer(&self, sql: &Sql, format: AnswerFormat) -> Result<Bytes, StoreError> {
        let (shared, request) = (&self.shared, self.request());
        let statement = StatementKey::of(sql);
        let version = shared.version(&request, sql).await;
        if let Some(version) = version
            && let Some(rows) = shared.kept.get(&statement, version)
        {
            return Ok(rows);
        }
        let mut held = request.held.lock().await;
        let Held { since, .. } = shared.hold(&request, &mut held).await?;
        let seconds = shared.seconds_left(since)?;
        let is_alone = shared.permits.now() == (1, 0);
        let rows = shared.executor.execute(sql, seconds, is_alone, format).await?;
        if let Some(version) = version {
            shared.kept.put(statement, version, &rows);
        }
        Ok(rows)
    }

    /// The rows that answer a question, in columns, block by block: for many. More than so many rows are an error, and none
    /// is kept.
    ///
    /// # Errors
    /// As [`Runner::rows`], and what `take` fails with.
    pub async fn each_block(
        &self,
        sql: &Sql,
        rows_max: usize,
        take: impl FnMut(&Block) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (shared, request) = (&self.shared, self.request());
        let mut held = request.held.lock().await;
        let Held { since, .. } = shared.hold(&request, &mut held).await?;
        let seconds = shared.seconds_left(since)?;
        let is_alone = shared.permits.now() == (1, 0);
        shared.executor.each_block(sql, seconds, is_alone, rows_max, take).await
    }

    /// The rows that answer a question as they come, one JSON object a line. The request's permit is held until the rows
    /// are dropped, which ends the question in the store too.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Busy`] when there was no permit in time.
    pub async fn stream(&self, sql: &Sql, seconds_max: u64) -> Result<Rows, StoreError> {
        let request = self.request();
        let Held { permit, .. } = self.shared.hold(&request, &mut *request.held.lock().await).await?;
        self.shared.executor.stream(sql, seconds_max, permit)
    }

    /// The turn of an analyst's SQL. It waits in a line of its own before it waits in that of all questions: so SQL has never
    /// more places than its limit, and one caller no more than a share of these.
    ///
    /// # Errors
    /// [`StoreError::Busy`]: there was no permit in time.
    pub async fn sql_turn(&self) -> Result<SqlTurn, StoreError> {
        let (shared, request) = (&self.shared, self.request());
        let own = shared.sql_permits.enter(&request.caller, &request.site).await.map_err(|Busy| {
            shared.busy.fetch_add(1, Ordering::Relaxed);
            StoreError::Busy
        })?;
        let Held { permit, .. } = shared.hold(&request, &mut *request.held.lock().await).await?;
        let permits = vec![Arc::new(own), permit];
        Ok(SqlTurn::new(shared.executor.clone(), shared.limits.sql.clone(), permits))
    }

    /// What SQL may take.
    pub fn sql_limits(&self) -> &SqlLimits {
        &self.shared.limits.sql
    }

    /// Carries out a statement that answers nothing. What is asked afterwards sees what it did.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&self, sql: &Sql) -> Result<(), StoreError> {
        let done = self.shared.store.execute(&sql.text, &sql.bound()).await;
        self.shared.changes.fetch_add(1, Ordering::SeqCst);
        done
    }

    /// What Prometheus reads of the questions.
    pub fn metrics(&self) -> String {
        self.shared.metrics()
    }
}

impl Shared {
    /// The version of what a statement reads, when its answer may be kept.
    async fn version(&self, request: &Request, sql: &Sql) -> Option<Version> {
        let reach = request.reach.as_ref().filter(|_| !self.kept.is_off())?;
        request.began.get_or_init(Instant::now);
        let parts = request.parts.get_or_init(async || self.versions.parts().await.ok()).await.as_ref()?;
        // A statement that names no days may read them all.
        let is_of_days = sql.params.iter().any(|(name, _)| name == "to_day");
        parts.version(&sql.text, if is_of_days { reach } else { &Reach::Everything })
    }

    /// What a request has left of its time, in seconds.
    fn seconds_left(&self, since: Instant) -> Result<u64, StoreError> {
        match self.limits.seconds_max.saturating_sub(since.elapsed().as_secs()) {
            0 => Err(self.executor.failed(StoreError::OutOfTime)),
            left => Ok(left),
        }
    }

    /// The permit of a request, got now if it has none yet.
    async fn hold(&self, request: &Request, held: &mut Option<Held>) -> Result<Held, StoreError> {
        if let Some(held) = held {
            return Ok(held.clone());
        }
        let permit = self.permits.enter(&request.caller, &request.site).await.map_err(|Busy| {
            self.busy.fetch_add(1, Ordering::Relaxed);
            StoreError::Busy
        })?;
        let since = Instant::now();
        request.began.get_or_init(|| since);
        Ok(held.insert(Held { permit: Arc::new(permit), since }).clone())
    }

    fn metrics(&self) -> String {
        let (running, waiting) = self.permits.now();
        let Counters { answered, failed } = self.executor.counters();
        let kept = self.kept.numbers();
        let mut text = String::from(
            "# HELP orma_questions_total Questions to the store by what became of them.\n\
             # TYPE orma_questions_total counter\n",
        );
        for (result, questions) in [
            ("answered", answered),
            ("failed", failed),
            ("busy", self.busy.load(Ordering::Relaxed)),
            ("kept", kept.hits),
        ] {
            writeln!(text, "orma_questions_total{{result=\"{result}\"}} {questions}").expect("memory");
        }
        for (name, kind, help, number) in [
            ("questions_running", "gauge", "Requests that have a place.", running as u64),
            ("questions_waiting", "gauge", "Requests that wait for a place.", waiting as u64),
            (
                "question_cache_misses_total",
                "counter",
                "Questions about finished periods whose answer was not kept.",
                kept.misses,
            ),
            ("question_cache_bytes", "gauge", "What kept answers take of the memory.", kept.bytes as u64),
        ] {
            let name = format!("orma_{name}");
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {number}").expect("memory");
        }
        text
    }
}
