//! Reads the visits of a person backwards, as few as the page needs.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use uuid::Uuid;

use super::piece::{Event, Piece};
use super::request::{Cursor, Request};
use super::sql;
use super::visit::VisitRow;
use crate::error::ApiError;
use crate::lookup::Candidate;
use crate::runner::Runner;
use crate::sql::person;

/// Visits are read together until they hold this many events.
const EVENTS_PER_READ: i64 = 2_000;
/// An answer looks at no more: the latest of those that it needs. Who has more is a machine, but whoever it is must have
/// an answer.
const EVENTS_PER_ANSWER_MAX: i64 = 20_000;
/// Rows that are read at once: those of others in the same visits among them, and one that came twice may be there twice.
const ROWS_PER_READ_MAX: i64 = 2 * EVENTS_PER_ANSWER_MAX;
/// So often older rows are read where most are of others.
const READS_MAX: usize = 10;
/// Visits of a person, the latest, for the same reason.
const VISITS_MAX: usize = 200_000;
/// Visits that are read beyond those of the page: some may be somebody else's, or have begun before others that ended
/// before them.
const VISITS_MORE: usize = 10;
/// The stage of what customers and others do alike, as the collector knows it from the kind alone.
const BEFORE_PURCHASE: &str = "pre_purchase";
/// The stage of the same, done by a customer.
const AFTER_PURCHASE: &str = "post_purchase";

#[derive(Deserialize)]
struct OrderRow {
    at: i64,
}

/// What a visit is known by: whose it is, and its beginning.
type Key = (String, u64, bool, i64);

/// What is read and what is not.
pub struct Reader<'a> {
    site: &'a str,
    /// All ids of the person.
    ids: HashSet<&'a str>,
    /// When the person first ordered; 0 when never.
    first_order: i64,
    with_bots: bool,
    /// The last of them is read next: it ended last.
    unread: Vec<VisitRow>,
    /// How many are read next.
    visits_next: usize,
    /// The visits that were read, with the person's events in them.
    read: BTreeMap<Key, (VisitRow, Vec<Event>)>,
    /// The ids of these events: one may have come twice.
    seen: HashSet<String>,
    /// How many events the visits that were read hold.
    looked_at: i64,
    /// Whether older events are left out.
    truncated: bool,
}

impl<'a> Reader<'a> {
    /// Finds the visits that the page may need.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn open(runner: &Runner, found: &'a Candidate, request: &'a Request) -> Result<Self, ApiError> {
        let (site, with_bots) = (request.scope.site.as_str(), request.scope.with_bots);
        let visits = sql::visits(site, found.ids(), with_bots, VISITS_MAX);
        let mut rows: Vec<VisitRow> = runner.rows(&visits).await?;
        let truncated = rows.len() > VISITS_MAX;
        rows.truncate(VISITS_MAX);
        let orders = rows.iter().filter(|row| row.orders > 0 && !row.is_bot);
        let mut first_order = orders.map(|row| row.first_order_at).min().unwrap_or(0);
        if truncated {
            let first: Vec<OrderRow> = runner.rows(&person::first_order(site, found.ids())).await?;
            first_order = first.first().map_or(0, |row| row.at);
        }
        rows.retain(|row| is_needed(row, request));
        rows.reverse();
        Ok(Self {
            site,
            ids: found.ids.iter().map(String::as_str).collect(),
            first_order,
            with_bots,
            unread: rows,
            visits_next: request.limit + VISITS_MORE,
            read: BTreeMap::new(),
            seen: HashSet::new(),
            looked_at: 0,
            truncated,
        })
    }

    /// Whether older events are left out.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Whether an event of the person was read.
    pub fn has_events(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Reads the unread visits that ended last; false when there are none.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn read_more(&mut self, runner: &Runner) -> Result<bool, ApiError> {
        let room = EVENTS_PER_ANSWER_MAX - self.looked_at;
        let (mut visits, mut events) = (Vec::new(), 0);
        while visits.len() < self.visits_next
            && events < EVENTS_PER_READ.min(room)
            && let Some(visit) = self.unread.pop_if(|next| visits.is_empty() || events + next.events <= room)
        {
            events += visit.events;
            visits.push(visit);
        }
        if visits.is_empty() {
            return Ok(false);
        }
        self.visits_next *= 2;
        self.looked_at += events;
        if events > room || (self.looked_at == EVENTS_PER_ANSWER_MAX && !self.unread.is_empty()) {
            // What was read stands for the whole.
            self.truncated = true;
            self.unread.clear();
        }
        for visit in &visits {
            let key = (visit.visitor.clone(), visit.session_hash, visit.is_bot, visit.started_at);
            self.read.insert(key, (visit.clone(), Vec::new()));
        }
        self.read_events(runner, &visits, events.min(room)).await?;
        Ok(true)
    }

    /// Reads the events of some visits, the latest first, until so many are the person's.
    async fn read_events(
        &mut self,
        runner: &Runner,
        visits: &[VisitRow],
        mut wanted: i64,
    ) -> Result<(), ApiError> {
        let mut until = visits.iter().map(|visit| visit.ended_at).max().unwrap_or_default();
        for _ in 0..READS_MAX {
            let statement = sql::events(self.site, visits, until, self.with_bots, ROWS_PER_READ_MAX);
            let rows: Vec<Event> = runner.rows(&statement).await?;
            let (count, oldest) = (rows.len() as i64, rows.last().map_or(until, |event| event.at));
            for event in rows {
                if wanted > 0 && self.take(event) {
                    wanted -= 1;
                }
            }
            if wanted == 0 || count < ROWS_PER_READ_MAX {
                return Ok(());
            }
            // What is of the same millisecond is read again, unless that is all.
            until = if oldest < until { oldest } else { until - 1 };
        }
        self.truncated = true;
        Ok(())
    }

    /// Puts an event into its visit, if it is the person's there and was not put there before. One that is in none of those
    /// that were read is in an unread one between them, somebody else's, or has come just now.
    fn take(&mut self, mut event: Event) -> bool {
        let key = |at| (event.visitor.clone(), event.session_hash, event.is_bot, at);
        let Some((_, (visit, events))) = self.read.range_mut(key(i64::MIN)..=key(event.at)).next_back()
        else {
            return false;
        };
        let number = Uuid::try_parse(&event.id).map_or(0, |id| id.as_u128());
        let owner = visit.owner_of(event.at, number);
        let person = if owner.is_empty() { &event.visitor } else { owner };
        let is_theirs = event.at <= visit.ended_at && self.ids.contains(person);
        if !is_theirs || !self.seen.insert(event.id.clone()) {
            return false;
        }
        event.anonymous = event.user.is_empty() && !owner.is_empty() && !event.visitor.starts_with('@');
        if event.stage == BEFORE_PURCHASE && self.first_order != 0 && event.at > self.first_order {
            AFTER_PURCHASE.clone_into(&mut event.stage);
        }
        events.push(event);
        true
    }

    /// The sessions that no unread one can stand before, newest first, without those of earlier pages.
    pub fn complete_pieces(&self, request: &Request) -> Vec<Piece> {
        let is_next = |piece: &Piece| {
            self.unread.last().is_none_or(|unread| piece.started() > unread.ended_at)
                && request.after.as_ref().is_none_or(|after| piece.cursor() < *after)
                && request.scope.period.end().is_none_or(|to| piece.started() < to.0)
        };
        let mut pieces: Vec<Piece> =
            self.read.values().filter_map(|(_, events)| Piece::new(events.clone())).filter(is_next).collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.cursor()));
        pieces
    }
}

/// Whether what a person has of a visit may be on the page: it began before the end of the period, and not after the pages
/// before.
fn is_needed(visit: &VisitRow, request: &Request) -> bool {
    request.after.as_ref().is_none_or(|Cursor { started, .. }| visit.since_at <= *started)
        && request.scope.period.end().is_none_or(|to| visit.since_at < to.0)
}
