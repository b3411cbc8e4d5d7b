//! Rolls up the days of sites that are over: the newest first, and again those that have changed.
//!
//! What is made of a day, and what reads it, `question::stats` says; which days count, `orma_visits` knows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::ToSpan;
use jiff::civil::Date;
use orma_store::{Param, Registry, Site, Store, StoreError};
use orma_visits::{MakeError, Maker, NumberError};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::ApiError;
use crate::limits::QuestionLimits;
use crate::plan::period::{day_number, day_of_number, start_of_day, zone_of};
use crate::question::stats::request::{Query, RequestText};
use crate::question::stats::sql::rollups::{SITES, delete_gone, gone, makings};
use crate::timestamp::Timestamp;

/// A day is rolled up this long after its end: what its last visits still do comes mostly until then.
const AFTER: Duration = Duration::from_mins(10);
/// Days further back than this are not rolled up: two years, and the same before it up to now.
const DAYS_MAX: i64 = 800;
/// A day that has changed is left until nothing has come for so long.
const QUIET: Duration = Duration::from_secs(30);
/// One turn ends after this.
const TURN_MAX: Duration = Duration::from_secs(20);
/// A day that could not be rolled up is tried again after this.
const AGAIN_AFTER: Duration = Duration::from_hours(1);
/// How often rows are deleted that do not count any more.
const DELETE_EVERY: Duration = Duration::from_hours(1);
/// To look what is to be done takes at most one part in so many of the time.
const LOOK_SHARE_MAX: u32 = 100;
/// One statement takes no longer than this.
const TIME_MAX: Duration = Duration::from_mins(30);

/// Why days were not rolled up.
#[derive(Debug, thiserror::Error)]
pub enum RollupError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The day was not kept.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// The site has no such day.
    #[error(transparent)]
    Day(#[from] ApiError),
    /// Its visitors have no numbers.
    #[error(transparent)]
    Number(#[from] NumberError),
}

/// Rolls up days. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rollups {
    store: Store,
    maker: Maker,
    registry: Registry,
    visits_min: u64,
    memory_bytes_max: u64,
    is_waited_for: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Days that could not be rolled up, by site.
    failed: HashMap<(String, i64), Instant>,
    deleted: Option<Instant>,
    /// When it was last looked what is to be done, and how long that took.
    looked: Option<(Instant, Duration)>,
}

#[derive(Deserialize)]
struct SiteRow {
    site: String,
    /// Of UTC, with visits.
    days: BTreeSet<u16>,
}

/// Whether a day of a site may have visits, by the days of UTC that have some: it may begin and end on the days beside it.
fn may_have_visits(day: i64, of_utc: &BTreeSet<u16>) -> bool {
    (day - 1..=day + 1).any(|day| u16::try_from(day).is_ok_and(|day| of_utc.contains(&day)))
}

impl Rollups {
    /// Of the visits of a maker, within the limits of a question.
    pub fn new(store: Store, maker: Maker, registry: Registry, limits: &QuestionLimits) -> Self {
        Self {
            store: store.with_time_limit(TIME_MAX),
            maker,
            registry,
            visits_min: limits.rollup_visits_min,
            memory_bytes_max: limits.memory_bytes_max,
            is_waited_for: false,
            state: Arc::default(),
        }
    }

    /// The same for somebody who waits for it: at once, and without pauses.
    #[must_use]
    pub fn waited_for(self) -> Self {
        Self { is_waited_for: true, ..self }
    }

    /// Rolls up some of the days that are to be; whether others are left. Somebody must do so again and again.
    ///
    /// # Errors
    /// See [`StoreError`]. What goes wrong with one day is told to the log and ends the turn; the next one begins with the others.
    pub async fn roll_up(&self, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state.lock().await;
        let began = Instant::now();
        if !self.is_waited_for && state.looked.is_some_and(|(at, took)| at.elapsed() < took * LOOK_SHARE_MAX)
        {
            return Ok(true);
        }
        let sites = self.sites().await?;
        state.looked = Some((began, began.elapsed()));
        state.failed.retain(|_, at| at.elapsed() < AGAIN_AFTER);
        let snapshot = self.registry.snapshot();
        for SiteRow { site, days } in sites {
            let Some(site) = snapshot.sites.get(&site) else { continue };
            let to_roll_up = self.days_to_roll_up(site, now).await?;
            let (to_roll_up, empty): (Vec<i64>, Vec<i64>) =
                to_roll_up.into_iter().partition(|day| may_have_visits(*day, &days));
            if !empty.is_empty() {
                self.keep_empty(site, empty.into_iter().collect()).await?;
            }
            for day in to_roll_up {
                if began.elapsed() >= TURN_MAX {
                    return Ok(true);
                }
                let key = (site.site.clone(), day);
                if state.failed.contains_key(&key) {
                    continue;
                }
                let day_began = Instant::now();
                match self.roll_day_up(site, day, now).await {
                    Ok(()) => {}
                    // Not the day's fault: it is the first of the next turn.
                    Err(RollupError::Number(NumberError::Unsure)) => return Ok(true),
                    Err(RollupError::Store(error) | RollupError::Make(MakeError::Store(error)))
                        if matches!(error, StoreError::Unreachable(_) | StoreError::Answer(_)) =>
                    {
                        return Err(error);
                    }
                    Err(error) => {
                        tracing::warn!(%error, site = site.site, day = %day_of_number(day), "a day was not rolled up");
                        state.failed.insert(key, Instant::now());
                        // What ails one may ail the next.
                        return Ok(true);
                    }
                }
                // Half of the time is others'.
                if !self.is_waited_for {
                    tokio::time::sleep(day_began.elapsed()).await;
                }
            }
        }
        if state.deleted.is_none_or(|at| at.elapsed() >= DELETE_EVERY) {
            self.delete_gone().await?;
            state.deleted = Some(Instant::now());
        }
        Ok(false)
    }

    /// The sites of which days are rolled up.
    async fn sites(&self) -> Result<Vec<SiteRow>, StoreError> {
        let visits_min = Param::Int(self.visits_min.cast_signed());
        self.store.select(SITES, &[("visits_min", visits_min)]).await
    }

    /// The days of a site that are over and not rolled up, the newest first.
    async fn days_to_roll_up(&self, site: &Site, now: Timestamp) -> Result<Vec<i64>, StoreError> {
        let Ok(zone) = zone_of(site) else { return Ok(Vec::new()) };
        let over = Timestamp(now.0 - AFTER.as_millis() as i64);
        let last = day_number(over.to_jiff().to_zoned(zone).date()) - 1;
        let quiet = if self.is_waited_for { Duration::ZERO } else { QUIET };
        let days = (last - DAYS_MAX).max(1)..=last;
        self.maker.rollup_days().missing(&site.site, &site.timezone, days, quiet).await
    }

    /// Days without visits are rolled up as they are.
    async fn keep_empty(&self, site: &Site, days: BTreeSet<i64>) -> Result<(), StoreError> {
        let rollup_days = self.maker.rollup_days();
        let making = rollup_days.begin(&site.site, &site.timezone, days.clone()).await?;
        // Some may have come since.
        let sites = self.sites().await?;
        let visited = sites.iter().find(|row| row.site == site.site);
        let is_empty = |day: &i64| visited.is_some_and(|row| !may_have_visits(*day, &row.days));
        if days.iter().all(is_empty)
            && let Err(error) = rollup_days.keep(making).await
        {
            tracing::warn!(%error, site = site.site, "days without visits were not rolled up");
        }
        Ok(())
    }

    async fn roll_day_up(&self, site: &Site, day: i64, now: Timestamp) -> Result<(), RollupError> {
        let date = day_of_number(day);
        let rollup_days = self.maker.rollup_days();
        let making = rollup_days.begin(&site.site, &site.timezone, BTreeSet::from([day])).await?;
        // A zone that changed sides of the date line has left a day out: nothing is of it.
        if has_moments(site, date)? {
            let query = query_of_day(site, &date.to_string(), now)?;
            // Days of UTC that the site's day touches, and visits that go over them.
            self.maker.numbers().give(&site.site, day - 2, day + 2, self.memory_bytes_max).await?;
            for sql in makings(&query, day, making.made, self.memory_bytes_max) {
                self.store.execute(&sql.text, &sql.bound()).await?;
            }
        }
        let is_kept = rollup_days.keep(making).await?;
        tracing::debug!(site = site.site, day = %date, is_kept, "a day rolled up");
        Ok(())
    }

    async fn delete_gone(&self) -> Result<(), StoreError> {
        #[derive(Deserialize)]
        struct Gone {
            rows: u64,
        }
        let gone: Vec<Gone> = self.store.select(&gone(), &[]).await?;
        if gone.iter().any(|gone| gone.rows > 0) {
            self.store.execute(&delete_gone(), &[]).await?;
        }
        Ok(())
    }
}

/// Whether a day has any moments.
fn has_moments(site: &Site, date: Date) -> Result<bool, ApiError> {
    let zone = zone_of(site)?;
    Ok(start_of_day(date.saturating_add(1.day()), &zone) > start_of_day(date, &zone))
}

/// The question about a whole day of the site.
fn query_of_day(site: &Site, date: &str, now: Timestamp) -> Result<Query, ApiError> {
    let text = RequestText { from: Some(date), to: Some(date), ..RequestText::default() };
    Query::parse(site, &text, now)
}
