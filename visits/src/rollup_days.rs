//! Which days of a site are rolled up, and still are: what questions may read in place of visits.
//!
//! A day's rollup counts until a visit of it is written anew. Whoever writes visits says so first ([`RollupDays::change`]), and
//! whoever rolls a day up says so last ([`Making`]), so that none counts that has not all visits, whenever a process ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use clickhouse::Row;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use orma_store::{Param, Store, StoreError, TextList};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::MakeError;
use crate::rows::{now, params};
use crate::rule::day_of;

/// What a rollup is made of and how. It is raised with each change of that, and what was made before is made anew.
const RULE: u16 = 2;
/// Where other processes write visits: what was written so long ago is there for everybody.
const SETTLED: Duration = Duration::from_mins(5);
/// Clocks differ from UTC by at most so many hours, behind it and before it.
const BEHIND_MS: i64 = 12 * 3_600_000;
const BEFORE_MS: i64 = 14 * 3_600_000;

/// The days of a site that are rolled up, in days since the epoch, each with the making that counts.
pub type Days = BTreeMap<i64, u64>;

/// From when to when something of a site is, in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span<'a> {
    pub site: &'a str,
    pub from: i64,
    pub to: i64,
}

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
    /// What the store says, once it was read.
    known: Option<Known>,
    /// The highest number that was given to anything.
    last: u64,
    /// What is being made, and whether it has changed meanwhile.
    making: Option<(Making, bool)>,
}

#[derive(Debug, Default)]
struct Known {
    sites: HashMap<String, SiteDays>,
}

#[derive(Debug, Default)]
struct SiteDays {
    /// Those that count, by the zone.
    of_zones: HashMap<String, Days>,
    /// When days have changed: a number like those of makings.
    changed: Days,
}

/// Days that are being rolled up.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The days of a zone that a time touches.
fn days_of_zone(zone: &str, from: i64, to: i64) -> RangeInclusive<i64> {
    let Ok(zone) = TimeZone::get(zone) else {
        return day_of(from.saturating_sub(BEHIND_MS))..=day_of(to.saturating_add(BEFORE_MS));
    };
    let day = |at| {
        let at =
            Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
        day_of(at.as_millisecond() + i64::from(zone.to_offset(at).seconds()) * 1_000)
    };
    day(from)..=day(to)
}

impl State {
    /// The next number: later than all before, whatever the clock does.
    fn next(&mut self, now: u64) -> u64 {
        self.last = now.max(self.last + 1);
        self.last
    }

    /// The days that are counted or being made, of those that a time touches.
    fn counted(&self, span: Span<'_>) -> BTreeSet<i64> {
        let mut touched = BTreeSet::new();
        let zones = self.known.iter().filter_map(|known| known.sites.get(span.site));
        for (zone, days) in zones.flat_map(|site| &site.of_zones).filter(|(_, days)| !days.is_empty()) {
            touched.extend(days.range(days_of_zone(zone, span.from, span.to)).map(|(day, _)| *day));
        }
        if let Some((making, _)) = self.making.as_ref().filter(|(making, _)| making.site == span.site) {
            touched.extend(making.days.range(days_of_zone(&making.zone, span.from, span.to)));
        }
        touched
    }

    /// Notes that a day has changed.
    fn forget(&mut self, site: &str, day: i64, number: u64) {
        if let Some(known) = &mut self.known {
            let site = known.sites.entry(site.to_owned()).or_default();
            site.of_zones.values_mut().for_each(|days| days.retain(|of, _| *of != day));
            site.changed.insert(day, number);
        }
        if let Some((making, has_changed)) = &mut self.making {
            *has_changed |= making.site == site && making.days.contains(&day);
        }
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
            state.known = None;
        }
        let known = self.known(&mut state).await?;
        Ok(known.sites.get(site).and_then(|site| site.of_zones.get(zone)).cloned().unwrap_or_default())
    }

    /// Of some days those that are to be rolled up, the newest first: they are not, and nothing has changed them for so long.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn missing(
        &self,
        site: &str,
        zone: &str,
        days: RangeInclusive<i64>,
        quiet: Duration,
    ) -> Result<Vec<i64>, StoreError> {
        let rolled_up = self.of(site, zone).await?;
        let mut state = self.state.lock().await;
        let now = now(&self.store).await?;
        let known = self.known(&mut state).await?;
        let changed = known.sites.get(site).map(|site| &site.changed);
        let is_quiet = |day: &i64| {
            let at = changed.and_then(|changed| changed.get(day)).copied().unwrap_or_default();
            now.saturating_sub(micros(quiet.max(self.settled()))) >= at
        };
        Ok(days.rev().filter(|day| !rolled_up.contains_key(day) && is_quiet(day)).collect())
    }

    /// What was written so long ago is there for everybody.
    fn settled(&self) -> Duration {
        if self.store.is_on_this_machine() { Duration::ZERO } else { SETTLED }
    }

    /// Begins to roll days up: what is written from now on it need not have.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin(&self, site: &str, zone: &str, days: BTreeSet<i64>) -> Result<Making, StoreError> {
        let _nothing_is_written = self.writing.lock().await;
        let mut state = self.state.lock().await;
        self.known(&mut state).await?;
        let now = now(&self.store).await?;
        let made = if self.store.is_on_this_machine() { state.next(now) } else { now - micros(SETTLED) };
        let making = Making { site: site.to_owned(), zone: zone.to_owned(), days, made };
        state.making = Some((making.clone(), false));
        Ok(making)
    }

    /// Keeps what was made, once it is on the disk. `false`: a day has changed meanwhile, and they are to be made anew.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn keep(&self, making: Making) -> Result<bool, MakeError> {
        self.store.sync().await?;
        let _nothing_is_written = self.writing.lock().await;
        let mut state = self.state.lock().await;
        if state.making.take() != Some((making.clone(), false)) {
            return Ok(false);
        }
        let Making { site, zone, days, made } = making;
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
        let known = self.known(&mut state).await?;
        let of_site = known.sites.entry(site.clone()).or_default();
        of_site.of_zones.entry(zone.clone()).or_default().extend(days.iter().map(|day| (*day, made)));
        self.store.execute(&sql, &bound).await?;
        Ok(true)
    }

    /// Says that visits of these times are about to be written. The writer holds `writing`.
    pub(crate) async fn change(&self, spans: &[Span<'_>]) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        self.known(&mut state).await?;
        let mut changed = BTreeSet::new();
        for span in spans {
            // Others may have rolled a day up since this was read, in whatever zone.
            let days = if self.store.is_on_this_machine() {
                state.counted(*span)
            } else {
                days_of_zone("", span.from, span.to).collect()
            };
            changed.extend(days.into_iter().map(|day| (span.site, day)));
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
            state.forget(site, day, made);
        }
        Ok(())
    }

    /// What the store says, read unless it is known.
    async fn known<'s>(&self, state: &'s mut State) -> Result<&'s mut Known, StoreError> {
        if state.known.is_none() {
            let sql = "SELECT toString(site) AS site, toUInt16(day) AS day, toString(zone) AS zone, rule, made \
                FROM rollup_days FINAL";
            let rows: Vec<DayRow> = self.store.select_binary(sql, &[]).await?;
            state.last = rows.iter().map(|row| row.made).max().unwrap_or_default().max(state.last);
            state.known = Some(Known::of(&rows));
        }
        Ok(state.known.get_or_insert_default())
    }
}

impl Known {
    /// Of the rows of the table. One without a zone says that the day has changed.
    fn of(rows: &[DayRow]) -> Self {
        let mut known = Self::default();
        let (changes, makings): (Vec<&DayRow>, Vec<&DayRow>) =
            rows.iter().partition(|row| row.zone.is_empty());
        for row in changes {
            known.sites.entry(row.site.clone()).or_default().changed.insert(row.day.into(), row.made);
        }
        for row in makings.into_iter().filter(|row| row.rule == RULE) {
            let site = known.sites.entry(row.site.clone()).or_default();
            if site.changed.get(&row.day.into()).is_none_or(|changed| *changed < row.made) {
                site.of_zones.entry(row.zone.clone()).or_default().insert(row.day.into(), row.made);
            }
        }
        known
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::MS_PER_DAY;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn day(text: &str) -> i64 {
        at(&format!("{text}T00:00:00Z")).div_euclid(MS_PER_DAY)
    }

    fn row(zone: &str, day_of_row: &str, rule: u16, made: u64) -> DayRow {
        let day = u16::try_from(day(day_of_row)).unwrap();
        DayRow { site: "demo".into(), day, zone: zone.into(), rule, made }
    }

    #[test]
    fn a_visit_touches_the_days_that_the_clocks_of_the_site_show() {
        for (zone, from, to, first, last) in [
            ("UTC", "2026-11-20T00:00:00Z", "2026-11-20T23:59:59.999Z", "2026-11-20", "2026-11-20"),
            (
                "Europe/Rome",
                "2026-11-20T22:59:59.999Z",
                "2026-11-20T22:59:59.999Z",
                "2026-11-20",
                "2026-11-20",
            ),
            ("Europe/Rome", "2026-11-20T22:50:00Z", "2026-11-20T23:10:00Z", "2026-11-20", "2026-11-21"),
            ("America/New_York", "2026-11-20T04:59:59Z", "2026-11-20T05:00:00Z", "2026-11-19", "2026-11-20"),
            ("Asia/Kolkata", "2026-11-20T18:29:59Z", "2026-11-20T18:30:00Z", "2026-11-20", "2026-11-21"),
            // The zone left a day out.
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z", "2011-12-29", "2011-12-31"),
            // Of a zone that nobody knows, all that it may be.
            ("Mars/Base", "2026-11-20T13:00:00Z", "2026-11-20T13:00:00Z", "2026-11-20", "2026-11-21"),
        ] {
            assert_eq!(days_of_zone(zone, at(from), at(to)), day(first)..=day(last), "{zone} {from} {to}");
        }
    }

    #[test]
    fn what_comes_today_leaves_yesterday_as_it_is() {
        let days = |rows: &[DayRow]| State { known: Some(Known::of(rows)), ..State::default() };
        let span = |from: &str, to: &str| Span { site: "demo", from: at(from), to: at(to) };
        let mut state =
            days(&[row("Europe/Rome", "2026-11-19", RULE, 5), row("Europe/Rome", "2026-11-20", RULE, 6)]);
        assert_eq!(state.counted(span("2026-11-20T23:00:00Z", "2026-11-21T08:00:00Z")), BTreeSet::new());
        let over_midnight = span("2026-11-20T22:59:00Z", "2026-11-20T23:10:00Z");
        assert_eq!(state.counted(over_midnight), BTreeSet::from([day("2026-11-20")]));
        let of_another = Span { site: "other", ..over_midnight };
        assert_eq!(state.counted(of_another), BTreeSet::new());
        state.forget("demo", day("2026-11-20"), 7);
        assert_eq!(state.counted(over_midnight), BTreeSet::new());
        // One that is being made is told, too.
        let making = Making {
            site: "demo".into(),
            zone: "Europe/Rome".into(),
            days: BTreeSet::from([day("2026-11-20")]),
            made: 8,
        };
        state.making = Some((making, false));
        assert_eq!(state.counted(over_midnight), BTreeSet::from([day("2026-11-20")]));
        state.forget("demo", day("2026-11-20"), 9);
        assert!(state.making.is_some_and(|(_, has_changed)| has_changed));
    }

    #[test]
    fn a_day_counts_that_was_made_after_its_last_change_by_this_rule() {
        let known = Known::of(&[
            row("UTC", "2026-11-18", RULE, 5),
            row("UTC", "2026-11-19", RULE, 5),
            row("", "2026-11-19", 0, 6),
            row("UTC", "2026-11-20", RULE, 7),
            row("", "2026-11-20", 0, 6),
            row("UTC", "2026-11-21", RULE + 1, 7),
            row("Europe/Rome", "2026-11-19", RULE, 8),
        ]);
        let of = |zone: &str| known.sites["demo"].of_zones[zone].clone();
        assert_eq!(of("UTC"), Days::from([(day("2026-11-18"), 5), (day("2026-11-20"), 7)]));
        assert_eq!(of("Europe/Rome"), Days::from([(day("2026-11-19"), 8)]));
    }
}
