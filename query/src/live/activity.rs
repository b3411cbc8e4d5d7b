//! New events, each once.
//!
//! Events become visible in the order in which collectors ship them, not in that of their receipt. So each poll looks
//! back beyond the last event seen, and remembers which ids it has told of. What is shipped later than that (after an
//! outage) is in the snapshots and answers, and not told as if it happened now.

use std::collections::{BTreeSet, HashMap};

use orma_store::StoreError;
use serde::Deserialize;

use super::Message;
use crate::api::live::LiveActivity;
use crate::identity::{Aliases, Timelines, owner, timelines};
use crate::moment::Moment;
use crate::runner::Runner;
use crate::sql::live as sql;

/// How far back a poll looks.
const OVERLAP_MS: i64 = 15_000;
/// Events of one poll; with more, the listeners are told that some are missing.
const EVENTS_MAX: usize = 5_000;
/// Aliases are read anew with every so many polls: every 10 seconds.
const POLLS_PER_ALIASES: u64 = 20;

#[derive(Clone, Debug, Deserialize)]
struct Row {
    event_id: String,
    at: Moment,
    received: i64,
    visitor: String,
    user: String,
    session: String,
    kind: String,
    name: String,
    touchpoint: String,
    path: String,
    title: String,
    country: String,
    device_class: String,
    browser: String,
    channel: String,
    source: String,
}

/// What has been told.
#[derive(Default)]
pub struct Activity {
    memory: Option<Memory>,
    aliases: Aliases,
    polls: u64,
}

impl Activity {
    /// The messages about what is new since the last poll. The first poll only learns what is old.
    pub async fn poll(
        &mut self,
        runner: &Runner,
        site: &str,
        now: Moment,
    ) -> Result<Vec<Message>, StoreError> {
        let since = self.memory.as_ref().map_or(now.0 - OVERLAP_MS, |memory| memory.since(now.0));
        let rows: Vec<Row> = runner.rows(&sql::activity(site, Moment(since), EVENTS_MAX)).await?;
        let Some(memory) = &mut self.memory else {
            let mut memory = Memory::default();
            memory.take_new(&rows, now.0);
            self.memory = Some(memory);
            return Ok(Vec::new());
        };
        let new = memory.take_new(&rows, now.0);
        let mut messages = Vec::with_capacity(new.len());
        if rows.len() == EVENTS_MAX && new.len() == rows.len() {
            messages.push(Message::Resync { skipped: 1 });
        }
        if new.is_empty() {
            return Ok(messages);
        }
        if self.polls.is_multiple_of(POLLS_PER_ALIASES)
            && let Ok(aliases) = Aliases::load(runner, site).await
        {
            self.aliases = aliases;
        }
        self.polls += 1;
        // The events are told even when the store cannot say whose they are: they would not be new again.
        let timelines = timelines_of(runner, site, &new).await.unwrap_or_default();
        messages.extend(new.iter().map(|row| self.message(row, &timelines)));
        Ok(messages)
    }

    fn message(&self, row: &Row, timelines: &Timelines) -> Message {
        let owner = owner(&row.user, &row.visitor, &row.session, row.at.0, timelines);
        let person = self.aliases.person(&owner.person).to_owned();
        let activity = LiveActivity {
            event_id: row.event_id.clone(),
            ts: row.at,
            identified: owner.identified || person != owner.person,
            person,
            kind: row.kind.clone(),
            name: row.name.clone(),
            touchpoint: row.touchpoint.clone(),
            path: row.path.clone(),
            title: row.title.clone(),
            country: row.country.clone(),
            device_class: row.device_class.clone(),
            browser: row.browser.clone(),
            channel: row.channel.clone(),
            source: row.source.clone(),
        };
        Message::Activity(serde_json::to_string(&activity).expect("plain fields").into())
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
        let empty = String::new;
        Row {
            event_id: id.into(),
            at: Moment(received),
            received,
            visitor: empty(),
            user: empty(),
            session: empty(),
            kind: empty(),
            name: empty(),
            touchpoint: empty(),
            path: empty(),
            title: empty(),
            country: empty(),
            device_class: empty(),
            browser: empty(),
            channel: empty(),
            source: empty(),
        }
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
