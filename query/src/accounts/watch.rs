//! Looks after the accounts, and knows of each hour what two looks in a row did not find.
//!
//! Every process looks for itself, in the background and when a page is asked for: its page and its metric show its own
//! looks. What is said in the log is said by one (`alarm.rs`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::{Store, StoreError};

use super::difference::Difference;
use super::gap::Gap;
use super::given_up::given_up;
use super::look::{Hours, Seen, look, surplus};
use super::stored::{SiteHour, StoredRows};

/// A page shows a look that is no older than this.
const LOOK_AGE_MAX: Duration = Duration::from_secs(2);
/// What a collector shipped it has said after this long: only then is a row too many a surplus.
const SAID_AFTER: Duration = Duration::from_secs(5);

/// An hour, as the last look saw it and as both of the last two judge it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The numbers.
    pub seen: Seen,
    /// What two looks in a row did not find, or found too much.
    pub difference: Difference,
    /// What of that an operator has given up.
    pub written_off: Difference,
}

impl Judged {
    /// What is left of the difference without what was written off.
    pub fn open(&self) -> Difference {
        self.difference.without(self.written_off)
    }

    /// Events that are missing; negative: rows that nobody took.
    pub fn gap(&self) -> i64 {
        self.open().gap()
    }
}

/// Watches the accounts of all sites; somebody must [look](AccountsWatch::look) again and again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AccountsWatch {
    store: Store,
    state: Arc<Mutex<State>>,
    /// Held while somebody looks: who comes meanwhile takes what he has seen.
    rows: Arc<tokio::sync::Mutex<StoredRows>>,
    begun: Instant,
}

#[derive(Debug, Default)]
struct State {
    /// The last look.
    hours: Hours,
    /// What the last two looks found.
    differences: BTreeMap<SiteHour, Difference>,
    /// What operators have given up, found again or not.
    given_up: BTreeMap<SiteHour, Difference>,
    /// The hours that had rows too many when they were last looked at for that, and when that was. Looks may follow each
    /// other sooner than a collector says what it shipped.
    suspects: Hours,
    suspected: Option<Instant>,
    first_looked: Option<Instant>,
    looked: Option<Instant>,
    /// Whether the looks were enough to tell what adds up.
    is_judged: bool,
}

impl State {
    fn judged(&self, hour: &SiteHour) -> Judged {
        let difference = self.differences.get(hour).copied().unwrap_or_default();
        // What was given up and is there again was not lost.
        let written_off = self.given_up.get(hour).copied().unwrap_or_default().least(difference);
        Judged { seen: self.hours.get(hour).copied().unwrap_or_default(), difference, written_off }
    }

    /// What does not add up, by site.
    fn alarms(&self) -> BTreeMap<String, Gap> {
        let mut sites = BTreeMap::<String, Gap>::new();
        for hour in self.differences.keys() {
            let open = self.judged(hour).open();
            if open.gap() != 0 {
                sites.entry(hour.0.clone()).or_default().add(hour.1, open);
            }
        }
        sites
    }

    /// Events by site that do not add up and were written off.
    fn written_off(&self) -> BTreeMap<String, u64> {
        let mut sites = BTreeMap::new();
        for hour in self.differences.keys() {
            let events = self.judged(hour).written_off.events();
            if events > 0 {
                *sites.entry(hour.0.clone()).or_default() += events;
            }
        }
        sites
    }

    fn take(&mut self, now: Hours, given_up: BTreeMap<SiteHour, Difference>, looked: Instant) {
        let since_first = looked - *self.first_looked.get_or_insert(looked);
        let is_patient = since_first >= SAID_AFTER || now.values().all(|seen| surplus(seen, seen) == 0);
        self.is_judged |= self.looked.is_some() && is_patient;
        let is_due = self.suspected.is_none_or(|suspected| looked - suspected >= SAID_AFTER);
        self.differences = judge(&self.hours, is_due.then_some(&self.suspects), &now, &self.differences);
        if is_due {
            let suspects = now.iter().filter(|(_, seen)| surplus(seen, seen) > 0);
            self.suspects = suspects.map(|(hour, seen)| (hour.clone(), *seen)).collect();
            self.suspected = Some(looked);
        }
        self.hours = now;
        self.given_up = given_up;
        self.looked = Some(looked);
    }
}

/// What this look and the one before both find. `suspects`: the hours that had rows too many so long ago that they would be
/// explained by now; `None` when it is too early to tell.
fn judge(
    before: &Hours,
    suspects: Option<&Hours>,
    now: &Hours,
    known: &BTreeMap<SiteHour, Difference>,
) -> BTreeMap<SiteHour, Difference> {
    let mut differences = BTreeMap::new();
    for (hour, seen) in now {
        let earlier = before.get(hour).copied().unwrap_or_default();
        let shown = match suspects {
            Some(suspects) => suspects.get(hour).map_or(0, |suspect| surplus(suspect, seen)),
            // What was known stays while it is not refuted.
            None => known.get(hour).map_or(0, |known| known.surplus),
        };
        let surplus = shown.min(surplus(seen, seen));
        let difference = Difference { surplus, ..seen.difference().lost_before_too(earlier.difference()) };
        if !difference.is_none() {
            differences.insert(hour.clone(), difference);
        }
    }
    differences
}

impl AccountsWatch {
    /// A watch over `store`, which has not looked yet.
    pub fn new(store: Store) -> Self {
        Self { store, state: Arc::default(), rows: Arc::default(), begun: Instant::now() }
    }

    /// Looks at the accounts of all sites.
    ///
    /// # Errors
    /// The store did not answer; what was known stays.
    pub async fn look(&self) -> Result<(), StoreError> {
        let mut rows = self.rows.lock().await;
        self.look_with(&mut rows).await
    }

    async fn look_with(&self, rows: &mut StoredRows) -> Result<(), StoreError> {
        let now = look(&self.store, rows).await?;
        let given_up = given_up(&self.store).await?;
        self.state().take(now, given_up, Instant::now());
        Ok(())
    }

    /// The hours of a site that lie in a period (from, to, in seconds since the epoch), not older than
    /// [`LOOK_AGE_MAX`].
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn hours(&self, site: &str, from: i64, to: i64) -> Result<BTreeMap<i64, Judged>, StoreError> {
        let mut rows = self.rows.lock().await;
        let fresh = |state: &State| state.looked.is_some_and(|looked| looked.elapsed() < LOOK_AGE_MAX);
        if !fresh(&self.state()) {
            self.look_with(&mut rows).await?;
        }
        let state = self.state();
        let of_site =
            state.hours.iter().filter(|((of, start), _)| of == site && *start >= from && *start < to);
        Ok(of_site.map(|(hour, _)| (hour.1, state.judged(hour))).collect())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic while looking")
    }

    /// What does not add up, by site; `None` before the looks were enough to tell.
    pub(super) fn alarms(&self) -> Option<BTreeMap<String, Gap>> {
        let state = self.state();
        state.is_judged.then(|| state.alarms())
    }

    /// What does not add up at a site; `None` while all is well.
    pub fn gap(&self, site: &str) -> Option<Gap> {
        self.state().alarms().get(site).copied()
    }

    /// What Prometheus reads, for these sites and any other that has a gap.
    pub fn metrics<'a>(&self, sites: impl IntoIterator<Item = &'a str>) -> String {
        let state = self.state();
        let none: BTreeMap<String, u64> = sites.into_iter().map(|site| (site.to_owned(), 0)).collect();
        let mut text = String::new();
        let alarms = state.alarms();
        let by_site =
            |number: fn(&Gap) -> u64| alarms.iter().map(|(site, gap)| (site.clone(), number(gap))).collect();
        for (name, help, found) in [
            (
                "orma_accounting_gap_events",
                "Events that do not add up and are not written off: missing, or in the store and counted by no collector",
                by_site(|gap| gap.events()),
            ),
            (
                "orma_accounting_surplus_events",
                "Of these, rows in the store that no collector has counted",
                by_site(|gap| gap.surplus_events),
            ),
            (
                "orma_accounting_written_off_events",
                "Events that do not add up and that an operator has given up",
                state.written_off(),
            ),
        ] {
            let _infallible = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
            for (site, events) in none.clone().into_iter().chain(found).collect::<BTreeMap<_, _>>() {
                let _infallible = writeln!(text, "{name}{{site=\"{site}\"}} {events}");
            }
        }
        // Before the first look it is the age of the watch, so that an alarm fires when no look ever succeeds.
        let age = state.looked.unwrap_or(self.begun).elapsed().as_secs_f64();
        let _infallible = write!(
            text,
            "# HELP orma_accounting_age_seconds Seconds since the accounts were last looked at\n\
             # TYPE orma_accounting_age_seconds gauge\norma_accounting_age_seconds {age:.1}\n"
        );
        text
    }

    /// The hours of this moment that do not add up, whether written off or not.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn differing(store: &Store) -> Result<BTreeMap<SiteHour, Judged>, StoreError> {
        let (mut state, mut rows) = (State::default(), StoredRows::default());
        for _ in 0..2 {
            if state.hours.values().any(|seen| surplus(seen, seen) > 0) {
                tokio::time::sleep(SAID_AFTER).await;
            }
            let now = look(store, &mut rows).await?;
            state.take(now, given_up(store).await?, Instant::now());
        }
        Ok(state.differences.keys().map(|hour| (hour.clone(), state.judged(hour))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::Counted;
    use super::*;

    fn hours(of: &[(&str, i64, [i64; 4])]) -> Hours {
        of.iter()
            .map(|(site, hour, [accepted, shipped, pending, stored])| {
                let counted = Counted {
                    accepted: *accepted,
                    shipped: *shipped,
                    pending: *pending,
                    ..Counted::default()
                };
                (((*site).to_owned(), *hour), Seen { counted, stored: *stored })
            })
            .collect()
    }

    #[test]
    fn only_what_two_looks_in_a_row_show_is_a_gap() {
        let fine = [500, 500, 0, 500];
        for (what, before, now, expected) in [
            ("gone again", [500, 500, 0, 400], fine, 0),
            ("just begun", fine, [500, 500, 0, 400], 0),
            ("lost, while others were on their way", [503, 500, 0, 500], [503, 503, 0, 500], 3),
            ("two kinds, the smaller counts", [503, 500, 0, 500], [503, 500, 0, 495], 3),
            ("rows that nobody took", [500, 500, 0, 507], [500, 500, 0, 507], -7),
            ("told by now", [500, 500, 0, 507], [510, 510, 0, 512], 0),
        ] {
            let (before, now) = (hours(&[("demo", 1, before)]), hours(&[("demo", 1, now)]));
            let found = judge(&before, Some(&before), &now, &BTreeMap::new());
            let found: i64 = found.values().map(|difference| difference.gap()).sum();
            assert_eq!(found, expected, "{what}");
        }
        let lost = hours(&[("demo", 1, [5, 5, 0, 0])]);
        assert!(judge(&Hours::new(), None, &lost, &BTreeMap::new()).is_empty(), "the first look");
        assert_eq!(judge(&lost, None, &lost, &BTreeMap::new()).len(), 1, "a loss needs no patience");
        let more = hours(&[("demo", 1, [5, 5, 0, 9])]);
        assert!(judge(&more, None, &more, &BTreeMap::new()).is_empty(), "a surplus does");
        let known =
            BTreeMap::from([(("demo".to_owned(), 1), Difference { surplus: 4, ..Difference::default() })]);
        assert_eq!(judge(&more, None, &more, &known), known, "and stays while it is seen");
    }

    #[test]
    fn nothing_is_told_before_two_looks_and_of_a_surplus_before_it_can_be() {
        let start = Instant::now();
        for (what, seen, looks, judged) in [
            ("one look", [5, 5, 0, 5], &[0][..], false),
            ("two, and no surplus", [5, 5, 0, 3], &[0, 1], true),
            ("two, and a surplus", [5, 5, 0, 9], &[0, 1], false),
            ("later", [5, 5, 0, 9], &[0, 1, 5], true),
        ] {
            let mut state = State::default();
            for second in looks {
                let looked = start + Duration::from_secs(*second);
                state.take(hours(&[("demo", 1, seen)]), BTreeMap::new(), looked);
            }
            assert_eq!(state.is_judged, judged, "{what}");
        }
    }

    #[test]
    fn rows_too_many_are_seen_however_often_it_is_looked() {
        let start = Instant::now();
        let mut state = State::default();
        let mut look = |second: u64, stored: i64| {
            let seen = hours(&[("demo", 1, [5, 5, 0, stored])]);
            state.take(seen, BTreeMap::new(), start + Duration::from_secs(second));
            state.alarms().get("demo").map_or(0, |gap| gap.surplus_events)
        };
        let told: Vec<u64> = (0..20).map(|second| look(second, if second < 3 { 5 } else { 9 })).collect();
        let first = told.iter().position(|surplus| *surplus == 4).unwrap();
        assert!((8..=13).contains(&first), "{told:?}");
        assert!(told[first..].iter().all(|surplus| *surplus == 4), "and stays: {told:?}");
        assert_eq!(look(20, 5), 0, "gone");
    }

    #[test]
    fn hours_do_not_make_up_for_each_other() {
        let both = hours(&[("demo", 1, [5, 5, 0, 0]), ("demo", 2, [5, 5, 0, 7])]);
        let mut state = State { hours: both.clone(), ..State::default() };
        state.differences = judge(&both, Some(&both), &both, &BTreeMap::new());
        let gap = Gap { missing_events: 5, surplus_events: 2, since: 1 };
        assert_eq!(state.alarms(), BTreeMap::from([("demo".to_owned(), gap)]));
    }

    #[test]
    fn what_is_written_off_is_no_gap_as_long_as_it_is_what_is_missing() {
        let hour = ("demo".to_owned(), 1);
        // Ten were answered and never shipped, two are too many in another hour.
        let lost = [500, 490, 0, 490];
        let written = BTreeMap::from([
            (hour.clone(), Difference { unshipped: 10, ..Difference::default() }),
            (("demo".to_owned(), 2), Difference { surplus: 2, ..Difference::default() }),
        ]);
        for (what, now, gap, written_off) in [
            ("all of it is still missing", lost, 0, 12),
            ("more is missing by now", [505, 490, 0, 490], 5, 12),
            ("some came back", [500, 496, 0, 496], 0, 6),
            ("all came back", [500, 500, 0, 500], 0, 2),
            ("all came back, and others are gone from the store", [500, 500, 0, 493], 7, 2),
            ("rows are gone beside it", [500, 490, 0, 483], 7, 12),
        ] {
            let looked = hours(&[("demo", 1, now), ("demo", 2, [5, 5, 0, 7])]);
            let mut state = State { hours: looked.clone(), given_up: written.clone(), ..State::default() };
            state.differences = judge(&looked, Some(&looked), &looked, &BTreeMap::new());
            assert_eq!(state.judged(&hour).gap(), gap, "{what}");
            let alarm = state.alarms().get("demo").copied().unwrap_or_default();
            assert_eq!(alarm.events(), gap.unsigned_abs(), "{what}");
            assert_eq!(state.written_off().get("demo").copied(), Some(written_off), "{what}");
        }
    }
}
