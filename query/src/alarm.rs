//! Looks after the accounts all the time, and says once when they stop adding up.
//!
//! Two things are held against each other, because each sees what the other cannot:
//! - **the ledger and the store's count of rows**, by hour of receipt: `accepted = duplicate + rows`. Two small tables,
//!   asked often. What is on its way between the two inserts of a segment is a gap for a moment, so a gap counts when
//!   the same hour shows it twice in a row.
//! - **the sets of event ids in the sessions and the events that are there**, of today and yesterday (UTC): both are
//!   written by the same insert, and a set does not shrink when a row is deleted or a part of the table is lost. The
//!   sets are read first, so an event that arrives in between is not missing. Bots have no sessions and are left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::{Store, StoreError};
use serde::Deserialize;

use crate::sql::accounting as sql;

/// The rows of the last days are counted at every so many looks.
const LOOKS_PER_COUNT: u32 = 20;

#[derive(Debug, Deserialize)]
struct GapRow {
    site: String,
    hour_start: i64,
    gap: i64,
}

#[derive(Debug, Deserialize)]
struct DayRow {
    site: String,
    day: String,
    amount: i64,
}

type Hours = BTreeMap<(String, i64), i64>;

/// Watches the accounts of all sites. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AccountsWatch {
    store: Store,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// The gaps of the last look.
    last: Hours,
    /// Events by site that two looks in a row did not find.
    gaps: BTreeMap<String, u64>,
    /// Events by site that the store had and has no longer.
    missing: BTreeMap<String, u64>,
    looked: Option<Instant>,
}

impl State {
    fn alarms(&self) -> BTreeMap<String, u64> {
        let mut alarms = self.gaps.clone();
        for (site, events) in &self.missing {
            *alarms.entry(site.clone()).or_default() += events;
        }
        alarms
    }
}

impl AccountsWatch {
    /// A watch over `store`, which has not looked yet.
    pub fn new(store: Store) -> Self {
        Self { store, state: Arc::default() }
    }

    /// Looks for as long as the future is polled.
    pub async fn run(self, every: Duration) {
        let mut looks = 0;
        loop {
            tokio::time::sleep(every).await;
            let counted = if looks % LOOKS_PER_COUNT == 0 { self.count().await } else { Ok(()) };
            looks += 1;
            if let Err(error) = counted.and(self.look().await) {
                tracing::debug!(%error, "the accounts could not be looked at");
            }
        }
    }

    /// Holds the ledger against the store's count of rows.
    ///
    /// # Errors
    /// The store did not answer; what was known stays.
    pub async fn look(&self) -> Result<(), StoreError> {
        let now = hours(&self.store).await?;
        self.change(|state| {
            state.gaps = standing(&state.last, &now);
            state.last = now;
            state.looked = Some(Instant::now());
        });
        Ok(())
    }

    /// Holds the events that are there against those that were.
    ///
    /// # Errors
    /// The store did not answer; what was known stays.
    pub async fn count(&self) -> Result<(), StoreError> {
        let missing = missing(&self.store).await?;
        self.change(|state| state.missing = missing);
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let (before, after) = {
            let mut state = self.state.lock().expect("no panic while looking");
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
        self.state.lock().expect("no panic while looking").alarms().get(site).copied().unwrap_or(0)
    }

    /// What Prometheus reads, for these sites and any other that has a gap.
    pub fn metrics<'a>(&self, sites: impl IntoIterator<Item = &'a str>) -> String {
        let state = self.state.lock().expect("no panic while looking");
        let mut gaps: BTreeMap<String, u64> = sites.into_iter().map(|site| (site.to_owned(), 0)).collect();
        gaps.extend(state.alarms());
        let mut text = "# HELP orma_accounting_gap_events Accepted events that are neither stored, nor duplicates, nor pending\n\
            # TYPE orma_accounting_gap_events gauge\n"
            .to_owned();
        for (site, events) in gaps {
            let _infallible = writeln!(text, "orma_accounting_gap_events{{site=\"{site}\"}} {events}");
        }
        if let Some(looked) = state.looked {
            let _infallible = write!(
                text,
                "# HELP orma_accounting_age_seconds Seconds since the accounts were last looked at\n\
                 # TYPE orma_accounting_age_seconds gauge\norma_accounting_age_seconds {:.1}\n",
                looked.elapsed().as_secs_f64()
            );
        }
        text
    }

    /// The gaps of this moment by site, for a store that nobody writes to.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn gaps(store: &Store) -> Result<BTreeMap<String, u64>, StoreError> {
        let hours = hours(store).await?;
        let state =
            State { gaps: standing(&hours, &hours), missing: missing(store).await?, ..State::default() };
        Ok(state.alarms())
    }
}

async fn hours(store: &Store) -> Result<Hours, StoreError> {
    let rows: Vec<GapRow> = store.select(sql::GAPS, &[]).await?;
    Ok(rows.into_iter().map(|row| ((row.site, row.hour_start), row.gap)).collect())
}

async fn missing(store: &Store) -> Result<BTreeMap<String, u64>, StoreError> {
    let known: Vec<DayRow> = store.select(sql::KNOWN, &[]).await?;
    let present: Vec<DayRow> = store.select(sql::PRESENT, &[]).await?;
    let present: BTreeMap<(String, String), i64> =
        present.into_iter().map(|row| ((row.site, row.day), row.amount)).collect();
    let mut missing = BTreeMap::new();
    for DayRow { site, day, amount } in known {
        let there = present.get(&(site.clone(), day)).copied().unwrap_or(0);
        if amount > there {
            *missing.entry(site).or_default() += (amount - there).unsigned_abs();
        }
    }
    Ok(missing)
}

/// Events by site in hours that showed a gap of the same kind twice; the smaller of the two counts.
fn standing(before: &Hours, now: &Hours) -> BTreeMap<String, u64> {
    let mut sites = BTreeMap::new();
    for ((site, hour), gap) in now {
        let earlier = before.get(&(site.clone(), *hour)).copied().unwrap_or(0);
        if earlier.signum() == gap.signum() && *gap != 0 {
            *sites.entry(site.clone()).or_default() += gap.unsigned_abs().min(earlier.unsigned_abs());
        }
    }
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(of: &[(&str, i64, i64)]) -> Hours {
        of.iter().map(|(site, hour, gap)| (((*site).to_owned(), *hour), *gap)).collect()
    }

    #[test]
    fn only_what_two_looks_in_a_row_show_is_a_gap() {
        for (what, before, now, expected) in [
            ("on its way", vec![("demo", 1, 500)], vec![], 0),
            ("just begun", vec![], vec![("demo", 1, 500)], 0),
            ("another hour", vec![("demo", 1, 5)], vec![("demo", 2, 5)], 0),
            ("lost, while others are on their way", vec![("demo", 1, 503)], vec![("demo", 1, 3)], 3),
            (
                "two hours, one with too many",
                vec![("demo", 1, 5), ("demo", 2, -2)],
                vec![("demo", 1, 5), ("demo", 2, -2)],
                7,
            ),
            ("turned over", vec![("demo", 1, 5)], vec![("demo", 1, -5)], 0),
        ] {
            let found = standing(&hours(&before), &hours(&now)).values().sum::<u64>();
            assert_eq!(found, expected, "{what}");
        }
    }
}
