//! Looks after alerts: whenever an hour, a day or a week of a site is over, each alert that waits for it asks its report, and what
//! it found and what that makes of its state is written, in one row.
//!
//! One process does so at a time. Killed at whatever moment, it has written the row or not: the next looks for alerts whose
//! row is missing. So no state changes twice for one reason. Of times that nobody looked at while they were the last, none
//! is looked at later.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orma_store::{LogLimit, Saved, SavedKind, Site, Store, StoreError};
use tokio::sync::Mutex;

use crate::error::ApiError;
use crate::http::auth::Access;
use crate::http::measure::{Measured, Measuring};
use crate::plan::period::zone_of;
use crate::saved::alert::{AlertContent, content};
use crate::saved::looks::{LookRow, latest};
use crate::saved::state::{After, Before, after};
use crate::saved::window::Span;
use crate::sql::alert as sql;
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// Whose permits are used: alerts wait where analysts ask, and one asks at a time.
const CALLER: &str = "alerts";
/// A look that failed for a reason that may pass is tried so often.
const TRIES_MAX: u32 = 5;
/// So long after the first, twice as long after the second, …
const AGAIN_AFTER: Duration = Duration::from_secs(15);
const MS_PER_HOUR: i64 = 3_600_000;
/// Bytes of what is kept of an error.
const MESSAGE_BYTES_MAX: usize = 500;
const LINES_PER_MINUTE_MAX: u32 = 10;

/// Looks after alerts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Alerting {
    state: AppState,
    store: Store,
    is_waited_for: bool,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    /// By alert: up to when it has looked, and by which rule.
    looked: HashMap<String, (Timestamp, u32)>,
    /// By alert: how often it failed, and when it is tried again.
    failed: HashMap<String, (u32, Instant)>,
}

/// An alert whose time has come.
#[derive(Clone, Copy)]
struct Due<'a> {
    saved: &'a Saved,
    content: &'a AlertContent,
    span: Span,
}

impl Alerting {
    /// Of the alerts of a service.
    pub fn new(state: &AppState) -> Self {
        let store = state.runner.store().clone();
        Self { state: state.clone(), store, is_waited_for: false, known: Arc::default() }
    }

    /// The same for somebody who waits for it: without pauses.
    #[must_use]
    pub fn waited_for(self) -> Self {
        Self { is_waited_for: true, ..self }
    }

    /// Looks at what is over and nobody has looked at. `fence` is a condition in SQL without which nothing is written. Somebody must do
    /// so again and again.
    ///
    /// # Errors
    /// See [`StoreError`]. An alert that cannot look says so in its state and holds up no other.
    pub async fn look(&self, fence: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
        let mut known = self.known.lock().await;
        if let Err(error) = self.state.registry.refresh().await {
            tracing::debug!(%error, "alerts stay as they were");
        }
        let snapshot = self.state.registry.snapshot();
        known.looked.retain(|id, _| snapshot.saved.contains_key(id));
        known.failed.retain(|id, _| snapshot.saved.contains_key(id));
        for site in snapshot.sites.values() {
            let alerts = snapshot.saved_of(&site.site, SavedKind::Alert);
            let contents: Vec<(&Saved, AlertContent)> =
                alerts.into_iter().filter_map(|saved| Some((saved, content(saved)?))).collect();
            self.look_at_site(&mut known, site, &contents, fence, now).await?;
        }
        Ok(())
    }

    async fn look_at_site(
        &self,
        known: &mut Known,
        site: &Site,
        alerts: &[(&Saved, AlertContent)],
        fence: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Ok(zone) = zone_of(site) else { return Ok(()) };
        let due = |(saved, content): &&(&Saved, AlertContent)| {
            let span = content.watched.every.last(content.watched.window, now, &zone);
            let looked = known.looked.get(&saved.id);
            let waits = known.failed.get(&saved.id).is_some_and(|(_, at)| *at > Instant::now());
            let is_new = looked.is_none_or(|(to, rule)| *to < span.to || *rule != content.rule_version);
            content.is_on && is_new && (self.is_waited_for || !waits)
        };
        let due: Vec<&(&Saved, AlertContent)> = alerts.iter().filter(due).collect();
        if due.is_empty() {
            return Ok(());
        }
        let latest = latest(&self.state.runner, &site.site, now).await.map_err(ApiError::into_store_error)?;
        let mut revision = latest.values().map(|look| look.revision).max().unwrap_or_default();
        for (saved, content) in due {
            let span = content.watched.every.last(content.watched.window, now, &zone);
            let last = latest.get(&saved.id);
            let is_done =
                |look: &LookRow| look.to_ms >= span.to.0 && look.rule_version == content.rule_version;
            if !last.is_some_and(is_done) {
                let began = Instant::now();
                revision = (revision + 1).max(now.0.cast_unsigned());
                let due = Due { saved, content, span };
                if !self.look_once(known, site, due, last, revision, fence, now).await? {
                    continue;
                }
                // Half of the time is others'.
                if !self.is_waited_for {
                    tokio::time::sleep(began.elapsed()).await;
                }
            }
            known.looked.insert(saved.id.clone(), (span.to, content.rule_version));
        }
        Ok(())
    }

    /// Whether it has looked; otherwise it is tried again.
    #[expect(clippy::too_many_arguments, reason = "a look is of all of this")]
    async fn look_once(
        &self,
        known: &mut Known,
        site: &Site,
        due: Due<'_>,
        last: Option<&LookRow>,
        revision: u64,
        fence: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        static NOT_LOOKED: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
        let access = Access::of_service(CALLER, site);
        let found = match Measuring::new(&self.state, &access, &due.content.watched) {
            Ok(measuring) => measuring.look(now).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &found {
            if let Some(left_out) = NOT_LOOKED.line() {
                tracing::warn!(%error, left_out, site = site.site, alert = due.saved.id, "an alert could not look");
            }
            let (tries, again) = known.failed.entry(due.saved.id.clone()).or_insert((0, Instant::now()));
            *tries += 1;
            *again = Instant::now() + AGAIN_AFTER * *tries;
            let may_pass = matches!(error, ApiError::Store(error) if error.is_transient());
            if may_pass && *tries < TRIES_MAX {
                return Ok(false);
            }
        }
        known.failed.remove(&due.saved.id);
        let before = last.map_or(Before::default(), |look| look.before(due.content.rule_version));
        let look = new_look(due, found, before, revision, now);
        let sql = sql::write(&look, fence);
        self.store.execute(&sql.text, &sql.bound()).await?;
        Ok(true)
    }
}

fn new_look(
    Due { saved, content, span }: Due<'_>,
    found: Result<Measured, ApiError>,
    before: Before,
    revision: u64,
    now: Timestamp,
) -> sql::NewLook {
    let verdict = found.as_ref().ok().map(|found| found.verdict);
    let cooldown_ms = i64::from(content.cooldown_hours) * MS_PER_HOUR;
    let After { state, reason, fired_at } = after(before, verdict, now.0, cooldown_ms);
    let look = sql::NewLook {
        site: saved.site.clone(),
        alert: saved.id.clone(),
        span_ms: (span.from.0, span.to.0),
        rule_version: content.rule_version,
        revision,
        looked_at_ms: now.0,
        states: (state.name(), before.state.name()),
        reason,
        fired_at_ms: fired_at,
        ..sql::NewLook::default()
    };
    match found {
        Ok(Measured { value, usual, .. }) => sql::NewLook {
            value,
            usual: usual.map(|usual| (usual.median, usual.low, usual.high)),
            weeks: usual.map_or(0, |usual| usual.weeks),
            ..look
        },
        Err(error) => {
            let mut message = error.detail().message;
            let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
            message.truncate(end);
            sql::NewLook { message, ..look }
        }
    }
}
