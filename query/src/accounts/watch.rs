//! Looks after the accounts all the time, and says once when they stop adding up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::{Store, StoreError};

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
    /// Events that two looks in a row did not find; negative: rows that nobody took.
    pub gap: i64,
}

/// Watches the accounts of all sites. Cheap to clone.
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
    gaps: BTreeMap<SiteHour, i64>,
    looked: Option<Instant>,
}

impl State {
    /// Events by site that are not accounted for.
    fn alarms(&self) -> BTreeMap<String, u64> {
        let mut alarms = BTreeMap::new();
        for ((site, _), gap) in &self.gaps {
            *alarms.entry(site.clone()).or_default() += gap.unsigned_abs();
        }
        alarms
    }

    fn take(&mut self, now: Hours, looked: Instant) {
        let since_last = self.looked.map(|before| looked - before);
        self.gaps = judge(&self.hours, &now, &self.gaps, since_last);
        self.hours = now;
        self.looked = Some(looked);
    }
}

/// The gaps of two looks, so far apart; `None`: there was no look before.
fn judge(
    before: &Hours,
    now: &Hours,
    known: &BTreeMap<SiteHour, i64>,
    since_last: Option<Duration>,
) -> BTreeMap<SiteHour, i64> {
    let Some(since_last) = since_last else { return BTreeMap::new() };
    let mut gaps = BTreeMap::new();
    for (hour, seen) in now {
        let earlier = before.get(hour).copied().unwrap_or_default();
        let lost = seen.lost().min(earlier.lost());
        let too_many = if since_last < SAID_AFTER {
            // Too early to tell: what was known stays while it is not refuted.
            surplus(seen, seen).min(known.get(hour).map_or(0, |gap| (-gap).max(0)))
        } else {
            surplus(&earlier, seen).min(surplus(seen, seen))
        };
        let gap = if lost > 0 { lost } else { -too_many };
        if gap != 0 {
            gaps.insert(hour.clone(), gap);
        }
    }
    gaps
}

impl AccountsWatch {
    /// A watch over `store`, which has not looked yet.
    pub fn new(store: Store) -> Self {
        Self { store, state: Arc::default(), rows: Arc::default(), begun: Instant::now() }
    }

    /// Looks for as long as the future is polled.
    pub async fn run(self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.look().await {
                tracing::debug!(%error, "the accounts could not be looked at");
            }
        }
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
        self.change(|state| state.take(now, Instant::now()));
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
        Ok(of_site
            .map(|(hour, seen)| {
                let gap = state.gaps.get(hour).copied().unwrap_or(0);
                (hour.1, Judged { seen: *seen, gap })
            })
            .collect())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic while looking")
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let (before, after) = {
            let mut state = self.state();
            let before = state.alarms();
            change(&mut state);
            (before, state.alarms())
        };
        for (site, events) in after.iter().filter(|(site, _)| !before.contains_key(*site)) {
            tracing::error!(
                %site, events,
                "the accounts do not add up: accepted events are not in the store. See the accounting page and `orma doctor`"
            );
        }
        for site in before.keys().filter(|site| !after.contains_key(*site)) {
            tracing::info!(%site, "the accounts add up again");
        }
    }

    /// Events of a site that are not accounted for; 0 while all is well.
    pub fn gap_events(&self, site: &str) -> u64 {
        self.state().alarms().get(site).copied().unwrap_or(0)
    }

    /// What Prometheus reads, for these sites and any other that has a gap.
    pub fn metrics<'a>(&self, sites: impl IntoIterator<Item = &'a str>) -> String {
        let state = self.state();
        let mut gaps: BTreeMap<String, u64> = sites.into_iter().map(|site| (site.to_owned(), 0)).collect();
        gaps.extend(state.alarms());
        let mut text = "# HELP orma_accounting_gap_events Accepted events that are neither stored, nor duplicates, nor pending\n\
            # TYPE orma_accounting_gap_events gauge\n"
            .to_owned();
        for (site, events) in gaps {
            let _infallible = writeln!(text, "orma_accounting_gap_events{{site=\"{site}\"}} {events}");
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

    /// The gaps of this moment by site.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn gaps(store: &Store) -> Result<BTreeMap<String, u64>, StoreError> {
        let watch = Self::new(store.clone());
        watch.look().await?;
        if watch.state().hours.values().any(|seen| surplus(seen, seen) > 0) {
            tokio::time::sleep(SAID_AFTER).await;
        }
        watch.look().await?;
        let alarms = watch.state().alarms();
        Ok(alarms)
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::Counted;
    use super::*;

    const LONG: Option<Duration> = Some(Duration::from_secs(15));

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
            let found = judge(&before, &now, &BTreeMap::new(), LONG).values().sum::<i64>();
            assert_eq!(found, expected, "{what}");
        }
        let lost = hours(&[("demo", 1, [5, 5, 0, 0])]);
        assert!(judge(&Hours::new(), &lost, &BTreeMap::new(), None).is_empty(), "the first look");
        assert_eq!(
            judge(&lost, &lost, &BTreeMap::new(), Some(Duration::ZERO)).len(),
            1,
            "a loss needs no patience"
        );
        let more = hours(&[("demo", 1, [5, 5, 0, 9])]);
        assert!(judge(&more, &more, &BTreeMap::new(), Some(Duration::ZERO)).is_empty(), "a surplus does");
        let known = BTreeMap::from([(("demo".to_owned(), 1), -4)]);
        assert_eq!(judge(&more, &more, &known, Some(Duration::ZERO)), known, "and stays while it is seen");
    }

    #[test]
    fn hours_do_not_make_up_for_each_other() {
        let both = hours(&[("demo", 1, [5, 5, 0, 0]), ("demo", 2, [5, 5, 0, 7])]);
        let mut state = State { hours: both.clone(), ..State::default() };
        state.gaps = judge(&both, &both, &BTreeMap::new(), LONG);
        assert_eq!(state.alarms(), BTreeMap::from([("demo".to_owned(), 7)]));
    }
}
