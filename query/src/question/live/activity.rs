//! New events, each once, and before them what the latest visitors did.
//!
//! Events become visible in the order in which collectors ship them, not in that of their receipt. So each poll looks
//! back beyond the last event seen, and remembers which ids it has told of. What is shipped later than that (after an
//! outage) is in the snapshots and answers, and not told as if it happened now.
//!
//! ```text
//! first poll:   what is new by receipt (only remembered) → what was done lately (told as a whole)
//! each further: what is new by receipt, less what was told
//! ```
//! What becomes visible between the first two questions is in the second, and known by its id afterwards: nothing is
//! missed and nothing comes twice.

use std::collections::{BTreeSet, HashMap};

use orma_store::StoreError;

use super::recent::{EVENTS_PER_VISITOR_MAX, VISITORS_MAX};
use super::response::LiveActivity;
use super::row::Row;
use super::sql;
use crate::identity::Aliases;
use crate::lookup::{self, Timelines, timelines};
use crate::runner::Runner;
use crate::timestamp::Timestamp;

/// How far back a poll looks.
const OVERLAP_MS: i64 = 15_000;
/// What happened longer ago is no news, whenever it came: imports, devices that were off.
const HAPPENED_MS_MAX: i64 = 24 * 60 * 60 * 1_000;
/// Events of one poll; with more, what the latest visitors did is read anew.
const EVENTS_MAX: usize = 5_000;
/// Aliases are read anew with every so many polls: every 10 seconds.
const POLLS_PER_ALIASES: u64 = 20;

/// What a poll finds.
pub enum News {
    /// What the latest visitors did, the new included; oldest first. `skipped`: so many, at least, were left out since the
    /// poll before.
    Whole { activities: Vec<LiveActivity>, skipped: i64 },
    /// What is new, oldest first.
    More(Vec<LiveActivity>),
}

/// What has been told.
#[derive(Default)]
pub struct Activity {
    memory: Option<Memory>,
    aliases: Aliases,
    polls: u64,
}

impl Activity {
    /// What is new since the last poll.
    ///
    /// # Errors
    /// The store did not answer; the next poll tells what this one would have.
    pub async fn poll(&mut self, runner: &Runner, site: &str, now: Timestamp) -> Result<News, StoreError> {
        let since = self.memory.as_ref().map_or(now.0 - OVERLAP_MS, |memory| memory.since(now.0));
        let happened = Timestamp(now.0 - HAPPENED_MS_MAX);
        let rows: Vec<Row> =
            runner.rows(&sql::activity(site, Timestamp(since), happened, EVENTS_MAX)).await?;
        // With as many as that, older ones may have been left out.
        let is_flooded = |memory: &Memory| rows.len() == EVENTS_MAX && memory.count_new(&rows) == EVENTS_MAX;
        let is_first = self.memory.is_none();
        if self.memory.as_ref().is_none_or(is_flooded) {
            let recent: Vec<Row> =
                runner.rows(&sql::recent(site, happened, VISITORS_MAX, EVENTS_PER_VISITOR_MAX)).await?;
            let skipped = if is_first { 0 } else { EVENTS_MAX.saturating_sub(recent.len()).max(1) as i64 };
            let memory = self.memory.get_or_insert_default();
            memory.take_new(&rows, now.0);
            memory.take_new(&recent, now.0);
            let oldest_first: Vec<Row> = recent.into_iter().rev().collect();
            let activities = self.tell(runner, site, oldest_first).await;
            return Ok(News::Whole { activities, skipped });
        }
        let new = self.memory.get_or_insert_default().take_new(&rows, now.0);
        Ok(News::More(self.tell(runner, site, new).await))
    }

    /// The events are told even when the store cannot say whose they are: they would not be new again.
    async fn tell(&mut self, runner: &Runner, site: &str, rows: Vec<Row>) -> Vec<LiveActivity> {
        if rows.is_empty() {
            return Vec::new();
        }
        if self.polls.is_multiple_of(POLLS_PER_ALIASES)
            && let Ok(aliases) = lookup::aliases(runner, site).await
        {
            self.aliases = aliases;
        }
        self.polls += 1;
        let timelines = timelines_of(runner, site, &rows).await.unwrap_or_default();
        rows.into_iter().map(|row| row.told(&self.aliases, &timelines)).collect()
    }
}

/// Only events without a user need their visitor's timeline.
async fn timelines_of(runner: &Runner, site: &str, new: &[Row]) -> Result<Timelines, StoreError> {
    let anonymous: BTreeSet<&str> =
        new.iter().filter(|row| row.user.is_empty()).map(|row| row.visitor.as_str()).collect();
    let visitors: Vec<String> = anonymous.into_iter().map(ToOwned::to_owned).collect();
    timelines(runner, site, &visitors).await
}

/// The ids that were told, and the latest receipt.
#[derive(Debug, Default)]
struct Memory {
    told: HashMap<String, i64>,
    latest: i64,
}

impl Memory {
    /// Where the next poll begins. A collector whose clock is ahead must not hide the others.
    fn since(&self, now: i64) -> i64 {
        self.latest.min(now) - OVERLAP_MS
    }

    fn count_new(&self, rows: &[Row]) -> usize {
        rows.iter().filter(|row| !self.told.contains_key(&row.event_id)).count()
    }

    /// The rows that were not told before, oldest first; they are remembered. The store may hold a row twice.
    fn take_new(&mut self, rows: &[Row], now: i64) -> Vec<Row> {
        let mut new = Vec::new();
        for row in rows.iter().rev() {
            self.latest = self.latest.max(row.received);
            if self.told.insert(row.event_id.clone(), row.received).is_none() {
                new.push(row.clone());
            }
        }
        // Without events the window stays where time has brought it.
        self.latest = self.latest.max(now - OVERLAP_MS);
        let since = self.since(now);
        self.told.retain(|_, received| *received >= since);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, received: i64) -> Row {
        Row { event_id: id.into(), at: Timestamp(received), received, ..Row::default() }
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.event_id.as_str()).collect()
    }

    #[test]
    fn each_event_is_told_once_even_when_it_was_shipped_late_or_twice() {
        let mut memory = Memory::default();
        let now = 1_000_000;
        assert_eq!(ids(&memory.take_new(&[row("b", now - 10), row("a", now - 20)], now)), ["a", "b"]);
        let late =
            [row("c", now + 500), row("b", now - 10), row("late", now - 5_000), row("late", now - 5_000)];
        assert_eq!(ids(&memory.take_new(&late, now + 500)), ["late", "c"]);
        assert!(memory.take_new(&late, now + 1_000).is_empty());
    }

    #[test]
    fn the_memory_forgets_what_no_poll_can_see_any_more() {
        let mut memory = Memory::default();
        memory.take_new(&[row("a", 1_000_000)], 1_000_000);
        memory.take_new(&[], 1_000_000 + 3 * OVERLAP_MS);
        assert!(memory.told.is_empty());
    }

    #[test]
    fn a_clock_that_is_ahead_does_not_hide_the_others() {
        let mut memory = Memory::default();
        memory.take_new(&[row("ahead", 9_000_000)], 1_000_000);
        assert_eq!(memory.since(1_000_000), 1_000_000 - OVERLAP_MS);
    }
}
