//! What the store holds, in a form that changes whenever an answer can change: the names of the parts of its tables. Each
//! insert, mutation and dropped partition makes or takes away a part. A merge does, too, and changes nothing: it costs a
//! question that would not have been necessary.
//!
//! Right for one server. Replicas differ in what they hold, and who tells the parts need not be who answers: where a
//! table is replicated nothing is kept.
//!
//! The store also tells of which sites, and of which days on, visits are still to be made: who asks about others need not
//! wait for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use orma_store::{Store, StoreError, Work};
use orma_visits::Needs;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::kept::Version;
use crate::sql::versions::{PARTS, UNMADE};

/// Tables that count only for statements that name them; no view hides them. Otherwise nothing would be kept for longer
/// than until the next event, or the next customer who is logged in, comes.
const COUNT_BY_NAME: [&str; 10] = [
    "events",
    "selected_events",
    "visits",
    "visitor_numbers",
    "rollups",
    "people",
    "identity_edges",
    "traits",
    "stored_hours",
    "audience_changes",
];

/// An engine that does not tell its parts within this time is asked the question itself.
const PARTS_SECONDS_MAX: u64 = 5;

/// What an answer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All that the store holds.
    Everything,
    /// Of the tables that are divided by time, what happened up to this day (UTC, `2026-11-30`); all of the others.
    Until(String),
}

/// The parts of the store at one moment.
#[derive(Debug)]
pub struct Parts {
    /// In the order of their names.
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    table: String,
    /// Table, name and when it was made.
    identity: String,
    /// The UTC day of its earliest row, `1970-01-01` where the table is not divided by time.
    first_day: String,
    replicated: bool,
}

impl Parts {
    /// The version of what a statement reads within a reach; `None` where parts do not tell it.
    pub fn version(&self, statement: &str, reach: &Reach) -> Option<Version> {
        let unread = COUNT_BY_NAME.map(|table| (!statement.contains(table)).then_some(table));
        let mut hash = Sha256::new();
        for part in &self.parts {
            if part.replicated {
                return None;
            }
            let within = match reach {
                Reach::Everything => true,
                Reach::Until(day) => part.first_day <= *day,
            };
            if within && !unread.contains(&Some(&*part.table)) {
                hash.update(&part.identity);
                hash.update([0]);
            }
        }
        Some(Version(hash.finalize().into()))
    }
}

/// The visits that are still to be made at one moment.
#[derive(Debug)]
pub struct Unmade {
    of: Vec<UnmadeOfSite>,
}

#[derive(Debug, Deserialize)]
struct UnmadeOfSite {
    site: String,
    /// What came is who somebody is, which may change whose any visit is.
    of_edges: bool,
    /// The UTC day of the first of them.
    first_day: String,
}

impl Unmade {
    /// Whether any of a site's are of days within a reach; without one, of any day.
    pub fn concerns(&self, site: &str, reach: Option<&Reach>, needs: Needs) -> bool {
        self.of.iter().filter(|unmade| unmade.site == site).any(|unmade| match (unmade.of_edges, reach) {
            (true, _) => needs == Needs::People,
            (false, Some(Reach::Until(day))) => unmade.first_day <= *day,
            (false, Some(Reach::Everything) | None) => true,
        })
    }
}

/// Asks the store for what it holds and what it has still to make.
#[derive(Debug)]
pub struct Versions {
    store: Store,
    parts: Latest<Parts>,
    unmade: Latest<Unmade>,
}

impl Versions {
    /// Of this store.
    pub fn new(store: &Store) -> Self {
        let store =
            store.clone().for_work(Work::Upkeep).with_time_limit(Duration::from_secs(PARTS_SECONDS_MAX));
        Self { store, parts: Latest::default(), unmade: Latest::default() }
    }

    /// The parts as of now or later.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn parts(&self) -> Result<Arc<Parts>, StoreError> {
        self.parts.get(async || Ok(Parts { parts: self.store.select(PARTS, &[]).await? })).await
    }

    /// The visits that are still to be made, as of now or later.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unmade(&self) -> Result<Arc<Unmade>, StoreError> {
        self.unmade.get(async || Ok(Unmade { of: self.store.select(UNMADE, &[]).await? })).await
    }
}

/// What the store last told of something.
#[derive(Debug)]
struct Latest<T> {
    /// How often it has been asked.
    begun: AtomicU64,
    told: Mutex<(u64, Option<Arc<T>>)>,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), told: Mutex::new((0, None)) }
    }
}

impl<T> Latest<T> {
    /// As of now or later. Who comes while the store is asked waits for the next time, which serves all who came meanwhile:
    /// so what it tells is never older than the request, and it is asked once at a time.
    async fn get(&self, ask: impl AsyncFnOnce() -> Result<T, StoreError>) -> Result<Arc<T>, StoreError> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut told = self.told.lock().await;
        if let (number, Some(latest)) = &*told
            && *number > before
        {
            return Ok(latest.clone());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let latest = Arc::new(ask().await?);
        *told = (number, Some(latest.clone()));
        Ok(latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(parts: &[(&str, &str)]) -> Parts {
        let part = |(identity, first_day): &(&str, &str)| Part {
            table: identity.split(' ').next().unwrap().to_owned(),
            identity: (*identity).to_owned(),
            first_day: (*first_day).to_owned(),
            replicated: false,
        };
        Parts { parts: parts.iter().map(part).collect() }
    }

    const EDGES: &str = "SELECT count() FROM events JOIN identity_edges USING (site)";

    #[test]
    fn a_version_is_of_the_parts_within_its_reach() {
        let until = Reach::Until("2026-11-20".into());
        let before = parts(&[("events 1", "2026-11-20"), ("identity_edges 1", "1970-01-01")]);
        let later = parts(&[
            ("events 1", "2026-11-20"),
            ("events 2", "2026-11-21"),
            ("identity_edges 1", "1970-01-01"),
        ]);
        assert_eq!(before.version(EDGES, &until), later.version(EDGES, &until));
        assert_ne!(before.version(EDGES, &Reach::Everything), later.version(EDGES, &Reach::Everything));
        let late = parts(&[
            ("events 1", "2026-11-20"),
            ("events 2", "2026-11-19"),
            ("identity_edges 1", "1970-01-01"),
        ]);
        assert_ne!(before.version(EDGES, &until), late.version(EDGES, &until));
        let linked = parts(&[("events 1", "2026-11-20"), ("identity_edges 2", "1970-01-01")]);
        assert_ne!(before.version(EDGES, &until), linked.version(EDGES, &until));
        assert_ne!(
            before.version(EDGES, &until),
            parts(&[("events 1", "2026-11-20")]).version(EDGES, &until)
        );
        // What reads no edges does not change with them.
        let events = "SELECT count() FROM events";
        assert_eq!(before.version(events, &until), linked.version(events, &until));
        assert_ne!(before.version(events, &until), late.version(events, &until));
        let aliases = "SELECT user FROM identity_edges";
        assert_eq!(before.version(aliases, &Reach::Everything), later.version(aliases, &Reach::Everything));
    }

    #[test]
    fn visits_of_other_sites_and_of_later_days_are_no_concern() {
        let of = |site: &str, of_edges, first_day: &str| UnmadeOfSite {
            site: site.to_owned(),
            of_edges,
            first_day: first_day.to_owned(),
        };
        let unmade = Unmade { of: vec![of("shop", false, "2026-11-21"), of("blog", true, "2026-11-21")] };
        let until = |day: &str| Some(Reach::Until(day.to_owned()));
        for (site, reach, needs, concerned) in [
            ("shop", until("2026-11-20"), Needs::Visits, false),
            ("shop", until("2026-11-21"), Needs::Visits, true),
            ("shop", Some(Reach::Everything), Needs::Visits, true),
            ("shop", None, Needs::Visits, true),
            ("blog", None, Needs::Visits, false),
            // Whose visits are that were long before.
            ("blog", until("2026-11-20"), Needs::People, true),
            ("docs", None, Needs::People, false),
        ] {
            assert_eq!(unmade.concerns(site, reach.as_ref(), needs), concerned, "{site} {reach:?} {needs:?}");
        }
    }

    #[tokio::test]
    async fn who_comes_while_the_store_is_asked_is_told_what_it_says_next() {
        let latest = Arc::new(Latest::default());
        let asked = Arc::new(AtomicU64::new(0));
        let get = || {
            let (latest, asked) = (latest.clone(), asked.clone());
            async move {
                let ask = async || {
                    tokio::task::yield_now().await;
                    Ok(asked.fetch_add(1, Ordering::SeqCst) + 1)
                };
                *latest.get(ask).await.unwrap()
            }
        };
        assert_eq!((get().await, get().await), (1, 2));
        let told = futures_util::future::join_all([get(), get(), get()]).await;
        assert_eq!(told, [3, 4, 4], "the first is asked for itself, the others together");
    }

    #[test]
    fn replicas_have_no_version() {
        let mut replicated = parts(&[("events 1", "2026-11-20")]);
        replicated.parts[0].replicated = true;
        assert_eq!(replicated.version(EDGES, &Reach::Everything), None);
    }
}
