//! How far it is when all visits are made anew: after an upgrade from a version that had none, or when somebody asked for it.
//!
//! Every process looks for itself, because its pages and its metric show its own looks, whoever makes the visits.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use orma_store::{Param, Store, StoreError};
use serde::Deserialize;

const MS_PER_SECOND: i64 = 1000;

/// What is left of a site.
const LEFT: &str = "SELECT toString(site) AS site, count() AS sessions_left, toUnixTimestamp64Micro(toDateTime64(min(touched_at), 6)) \
    AS begun, toInt64(toUnixTimestamp(toDateTime(max(day) + 1, 'UTC'))) AS until FROM touched WHERE because = 'anew' GROUP BY site";

/// How many visits of a site were written since `begun` (microseconds since the epoch), as their version tells.
const MADE: &str = "SELECT toString(site) AS site, countIf(part = 0 AND NOT is_deleted) AS visits FROM visits \
    WHERE version >= {begun:UInt64} GROUP BY site";

#[derive(Deserialize)]
struct LeftRow {
    site: String,
    sessions_left: u64,
    begun: i64,
    until: i64,
}

#[derive(Deserialize)]
struct MadeRow {
    site: String,
    visits: u64,
}

/// How far a site's visits are that are made anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Sessions of a day whose visits are still to be made.
    pub sessions_left: u64,
    /// About how much is done, from 0 to 1.
    pub share: f64,
    /// What happened before this moment may not be in the answers, in milliseconds since the epoch: the newest days are
    /// made first.
    pub incomplete_until: i64,
}

/// Watches how far it is; somebody must [look](ProgressWatch::look) again and again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ProgressWatch {
    store: Store,
    sites: Arc<Mutex<BTreeMap<String, Progress>>>,
}

impl ProgressWatch {
    /// A watch over `store`, which has not looked yet.
    pub fn new(store: Store) -> Self {
        Self { store, sites: Arc::default() }
    }

    /// Looks how far it is.
    ///
    /// # Errors
    /// The store did not answer; what was known stays.
    pub async fn look(&self) -> Result<(), StoreError> {
        *self.sites() = progress(&self.store).await?;
        Ok(())
    }

    /// How far a site is; `None` when nothing of it is to be made anew.
    pub fn of(&self, site: &str) -> Option<Progress> {
        self.sites().get(site).copied()
    }

    /// What Prometheus reads, for these sites and any other of which something is left.
    pub fn metrics<'a>(&self, sites: impl IntoIterator<Item = &'a str>) -> String {
        let found = self.sites();
        let mut left: BTreeMap<&str, u64> = sites.into_iter().map(|site| (site, 0)).collect();
        left.extend(found.iter().map(|(site, progress)| (site.as_str(), progress.sessions_left)));
        let mut text = "# HELP orma_visits_left Sessions of a day whose visits are still to be made anew of their events\n\
             # TYPE orma_visits_left gauge\n"
            .to_owned();
        for (site, sessions) in left {
            let _infallible = writeln!(text, "orma_visits_left{{site=\"{site}\"}} {sessions}");
        }
        text
    }

    fn sites(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Progress>> {
        self.sites.lock().expect("no panic while locked")
    }
}

/// How far each site is of which something is to be made anew.
///
/// # Errors
/// See [`StoreError`].
pub async fn progress(store: &Store) -> Result<BTreeMap<String, Progress>, StoreError> {
    let left: Vec<LeftRow> = store.select(LEFT, &[]).await?;
    let Some(begun) = left.iter().map(|row| row.begun).min() else { return Ok(BTreeMap::new()) };
    let made: Vec<MadeRow> = store.select(MADE, &[("begun", Param::Int(begun))]).await?;
    let made: BTreeMap<String, u64> = made.into_iter().map(|row| (row.site, row.visits)).collect();
    let progress = |row: LeftRow| {
        let made = made.get(&row.site).copied().unwrap_or_default() as f64;
        let share = made / (made + row.sessions_left as f64);
        let incomplete_until = row.until * MS_PER_SECOND;
        (row.site, Progress { sessions_left: row.sessions_left, share, incomplete_until })
    };
    Ok(left.into_iter().map(progress).collect())
}
