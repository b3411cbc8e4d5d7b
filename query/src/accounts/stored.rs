//! The rows of `events`, counted by site and hour of receipt.
//!
//! ClickHouse keeps rows in parts that never change: what inserts, merges, deletions and damage do to a table is that
//! parts come and go. So each part is counted once, and a look counts only those that are new, however large the table.

use std::collections::{BTreeMap, HashMap, HashSet};

use orma_store::{Param, Store, StoreError};
use serde::Deserialize;

use crate::sql::accounting as sql;

/// Parts come while parts are counted: how often that may happen before the look is given up.
const ROUNDS_MAX: usize = 6;
/// Parts counted in one question.
const PARTS_MAX: usize = 1_000;

/// A site and the start of an hour, in seconds since the epoch.
pub type SiteHour = (String, i64);

#[derive(Deserialize)]
struct PartRow {
    name: String,
}

#[derive(Deserialize)]
struct CountRow {
    part: String,
    site: String,
    hour_start: i64,
    amount: u64,
}

#[derive(Deserialize)]
struct ExactRow {
    amount: u64,
}

/// Hours counted exactly in one look; the others follow in the next.
const EXACT_HOURS_MAX: usize = 24;

/// What is known of the parts.
#[derive(Debug, Default)]
pub struct StoredRows {
    parts: HashMap<String, Vec<(SiteHour, u64)>>,
    /// Rows of an hour, each once, with the number of all its rows that this was counted of.
    exact: HashMap<SiteHour, (u64, u64)>,
}

impl StoredRows {
    /// The rows of this moment. One that was inserted twice and is not merged yet counts twice.
    ///
    /// # Errors
    /// The store did not answer, or its parts change faster than they can be counted.
    pub async fn count(&mut self, store: &Store) -> Result<BTreeMap<SiteHour, u64>, StoreError> {
        for _ in 0..ROUNDS_MAX {
            let parts: Vec<PartRow> = store.select(sql::PARTS, &[]).await?;
            let there: HashSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
            self.parts.retain(|part, _| there.contains(part.as_str()));
            let new: Vec<String> = there
                .iter()
                .filter(|part| !self.parts.contains_key(**part))
                .map(|&part| part.to_owned())
                .collect();
            if new.is_empty() {
                return Ok(self.sum());
            }
            for some in new.chunks(PARTS_MAX) {
                self.count_parts(store, some).await?;
            }
        }
        Err(StoreError::Answer("its parts change faster than they are counted".into()))
    }

    /// A part that was merged away meanwhile has no rows, and is not in the list of the next round.
    async fn count_parts(&mut self, store: &Store, parts: &[String]) -> Result<(), StoreError> {
        let params = [("parts", Param::Texts(parts.to_vec()))];
        let rows: Vec<CountRow> = store.select(sql::ROWS_OF_PARTS, &params).await?;
        self.parts.extend(parts.iter().map(|part| (part.clone(), Vec::new())));
        for CountRow { part, site, hour_start, amount } in rows {
            if let Some(hours) = self.parts.get_mut(&part) {
                hours.push(((site, hour_start), amount));
            }
        }
        Ok(())
    }

    fn sum(&self) -> BTreeMap<SiteHour, u64> {
        let mut hours = BTreeMap::new();
        for (hour, amount) in self.parts.values().flatten() {
            *hours.entry(hour.clone()).or_default() += amount;
        }
        hours
    }

    /// The rows of hours in which something was inserted again, each once; `hours` says how many there are in all. An
    /// hour is counted again only when that number has changed, as it does with every insert, merge and deletion.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn count_once(
        &mut self,
        store: &Store,
        hours: &BTreeMap<SiteHour, u64>,
    ) -> Result<BTreeMap<SiteHour, u64>, StoreError> {
        // What was counted of another number says nothing any more.
        self.exact.retain(|hour, (of, _)| hours.get(hour) == Some(of));
        let mut unknown: Vec<(SiteHour, u64)> = hours
            .iter()
            .filter(|(hour, _)| !self.exact.contains_key(*hour))
            .map(|(hour, rows)| (hour.clone(), *rows))
            .collect();
        unknown.sort_by_key(|((_, start), _)| std::cmp::Reverse(*start));
        unknown.truncate(EXACT_HOURS_MAX);
        for (hour, rows) in unknown {
            let exact = count_exactly(store, &hour).await?;
            self.exact.insert(hour, (rows, exact));
        }
        Ok(self.exact.iter().map(|(hour, (_, exact))| (hour.clone(), *exact)).collect())
    }
}

async fn count_exactly(store: &Store, (site, hour_start): &SiteHour) -> Result<u64, StoreError> {
    let params = [("site", Param::from(site.as_str())), ("hour", Param::Int(*hour_start))];
    let rows: Vec<ExactRow> = store.select(sql::DISTINCT_OF_HOUR, &params).await?;
    Ok(rows.first().map_or(0, |row| row.amount))
}
