//! Which days of a site are rolled up, and still are: what questions may read in place of visits.
//!
//! A day's rollup counts until a visit of it is written anew. Whoever writes visits says so first ([`RollupDays::change`]), and
//! whoever rolls a day up says so last ([`Making`]), so that none counts that has not all visits, whenever a process ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clickhouse::Row;
use orma_store::{Param, Store, StoreError, TextList};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::MakeError;
use crate::rows::{now, params};

/// What a rollup is made of and how. It is raised with each change of that, and what was made before is made anew.
const RULE: u16 = 1;
/// Where other processes write visits: what was written so long ago is there for everybody.
const SETTLED: Duration = Duration::from_mins(5);
/// For so long it is known that a day has changed.
const CHANGED_FOR: Duration = Duration::from_mins(1);

/// The days of a site that are rolled up, in days since the epoch, each with the making that counts.
pub type Days = BTreeMap<i64, u64>;

/// Knows which days are rolled up. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RollupDays {
    store: Store,
    /// Held by who writes visits.
    writing: Arc<Mutex<()>>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// By site and zone, once they were read.
    days: Option<HashMap<(String, String), Days>>,
    /// The highest number that was given to anything.
    last: u64,
    /// What is being made, and whether it has changed meanwhile.
    making: Option<(String, BTreeSet<i64>, bool)>,
    /// When days changed lately.
    changed: HashMap<(String, i64), Instant>,
}

/// Days that are being rolled up.
#[derive(Debug)]
#[must_use = "only what is kept counts"]
pub struct Making {
    site: String,
    zone: String,
    days: BTreeSet<i64>,
    /// What the rows of this making are known by.
    pub made: u64,
}

#[derive(Row, Deserialize)]
struct DayRow {
    site: String,
    day: u16,
    zone: String,
    rule: u16,
    made: u64,
}

impl State {
    /// The next number: later than all before, whatever the clock does.
    fn next(&mut self, now: u64) -> u64 {
        self.last = now.max(self.last + 1);
        self.last
    }

    /// The days of which a rollup counts or is being made, of those that a day of UTC touches: a site's day may begin and end on
    /// another.
    fn counted(&self, site: &str, day: i64) -> BTreeSet<i64> {
        let counts = |day: &i64| {
            let days = self.days.iter().flatten();
            days.filter(|((of, _), _)| of == site).any(|(_, days)| days.contains_key(day))
                || self.making.as_ref().is_some_and(|(of, days, _)| of == site && days.contains(day))
        };
        (day - 1..=day + 1).filter(counts).collect()
    }

    /// Notes that a day has changed.
    fn forget(&mut self, site: &str, day: i64) {
        for ((of, _), days) in self.days.iter_mut().flatten() {
            if of == site {
                days.remove(&day);
            }
        }
        if let Some((of, days, has_changed)) = &mut self.making {
            *has_changed |= of == site && days.contains(&day);
        }
        self.changed.retain(|_, at| at.elapsed() < CHANGED_FOR);
        self.changed.insert((site.to_owned(), day), Instant::now());
    }
}

impl RollupDays {
    pub(crate) fn new(store: Store, writing: Arc<Mutex<()>>) -> Self {
        Self { store, writing, state: Arc::default() }
    }

    /// The days of a site that are rolled up in its zone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn of(&self, site: &str, zone: &str) -> Result<Days, StoreError> {
        let mut state = self.state.lock().await;
        if !self.store.is_on_this_machine() {
            state.days = None;
        }
        self.read(&mut state).await?;
        let key = (site.to_owned(), zone.to_owned());
        Ok(state
            .days
            .iter()
            .flatten()
            .find(|(of, _)| **of == key)
            .map(|(_, days)| days.clone())
            .unwrap_or_default())
    }

    /// Whether a day that was rolled up has changed within such a time, at most a minute: more will come.
    pub async fn has_changed_within(&self, site: &str, day: i64, time: Duration) -> bool {
        let state = self.state.lock().await;
        state.changed.get(&(site.to_owned(), day)).is_some_and(|at| at.elapsed() < time)
    }

    /// Begins to roll days up: what is written from now on it need not have.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin(&self, site: &str, zone: &str, days: BTreeSet<i64>) -> Result<Making, StoreError> {
        let _nothing_is_written = self.writing.lock().await;
        let mut state = self.state.lock().await;
        self.read(&mut state).await?;
        let now = now(&self.store).await?;
        let made = if self.store.is_on_this_machine() {
            state.next(now)
        } else {
            now - u64::try_from(SETTLED.as_micros()).expect("minutes")
        };
        state.making = Some((site.to_owned(), days.clone(), false));
        Ok(Making { site: site.to_owned(), zone: zone.to_owned(), days, made })
    }

    /// Keeps what was made, once it is on the disk. `false`: a day has changed meanwhile, and they are to be made anew.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn keep(&self, making: Making) -> Result<bool, MakeError> {
        self.store.sync().await?;
        let _nothing_is_written = self.writing.lock().await;
        let mut state = self.state.lock().await;
        let Making { site, zone, days, made } = making;
        let making = state.making.take();
        if !making.is_some_and(|(of, of_days, has_changed)| of == site && of_days == days && !has_changed) {
            return Ok(false);
        }
        let numbers = TextList::numbers("days", days.iter().map(|day| day.cast_unsigned()));
        let sql = format!(
            "INSERT INTO rollup_days (site, day, zone, rule, made) SELECT {{site:String}}, \
             toDate(toUInt16(arrayJoin({}))), {{zone:String}}, {{rule:UInt16}}, {{made:UInt64}}",
            numbers.array
        );
        let mut bound = vec![
            ("site", Param::from(site.as_str())),
            ("zone", zone.as_str().into()),
            ("rule", Param::Int(RULE.into())),
            ("made", Param::Int(made.cast_signed())),
        ];
        bound.extend(params(&[&numbers]));
        // Known before it is written: what is known is taken back in the store when it changes.
        if let Some(of) = &mut state.days {
            of.entry((site.clone(), zone.clone())).or_default().extend(days.iter().map(|day| (*day, made)));
        }
        self.store.execute(&sql, &bound).await?;
        Ok(true)
    }

    /// Says that visits of these days of UTC are about to be written. The writer holds `writing`.
    pub(crate) async fn change(&self, days: &BTreeSet<(&str, i64)>) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        self.read(&mut state).await?;
        let mut changed = BTreeSet::new();
        for &(site, day) in days {
            if self.store.is_on_this_machine() {
                changed.extend(state.counted(site, day).into_iter().map(|day| (site, day)));
            } else {
                // Others may have rolled it up since this was read.
                changed.extend((day - 1..=day + 1).map(|day| (site, day)));
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let made = state.next(now(&self.store).await?);
        let sites = TextList::new("sites", changed.iter().map(|(site, _)| site));
        let days = TextList::new("days", changed.iter().map(|(_, day)| day.to_string()));
        let sql = format!(
            "INSERT INTO rollup_days (site, day, zone, rule, made) \
             SELECT changed.1, toDate(toUInt16OrZero(changed.2)), '', 0, {made} \
             FROM (SELECT arrayJoin(arrayZip({}, {})) AS changed)",
            sites.array, days.array
        );
        self.store.execute(&sql, &params(&[&sites, &days])).await?;
        // Only now: who comes again after a failure takes it back again.
        for (site, day) in changed {
            state.forget(site, day);
        }
        Ok(())
    }

    /// Reads what counts, unless it is known.
    async fn read(&self, state: &mut State) -> Result<(), StoreError> {
        if state.days.is_some() {
            return Ok(());
        }
        let sql = "SELECT toString(site) AS site, toUInt16(day) AS day, toString(zone) AS zone, rule, made \
            FROM rollup_days FINAL";
        let rows: Vec<DayRow> = self.store.select_binary(sql, &[]).await?;
        state.last = rows.iter().map(|row| row.made).max().unwrap_or_default().max(state.last);
        let changes: HashMap<(&str, u16), u64> = rows
            .iter()
            .filter(|row| row.zone.is_empty())
            .map(|row| ((row.site.as_str(), row.day), row.made))
            .collect();
        let mut days: HashMap<(String, String), Days> = HashMap::new();
        for row in rows.iter().filter(|row| !row.zone.is_empty() && row.rule == RULE) {
            if changes.get(&(row.site.as_str(), row.day)).is_none_or(|changed| *changed < row.made) {
                let of = days.entry((row.site.clone(), row.zone.clone())).or_default();
                of.insert(row.day.into(), row.made);
            }
        }
        state.days = Some(days);
        Ok(())
    }
}
