//! Reads the days of a person backwards, as few as the page needs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use super::cut::{CUT_MS, Event, Piece, pieces};
use super::request::{Cursor, Request};
use super::sql;
use crate::error::ApiError;
use crate::identity::{Aliases, Timelines, owner};
use crate::lookup::{Candidate, timelines};
use crate::plan::period::utc_day;
use crate::runner::Runner;
use crate::sql::person;
use crate::timestamp::Timestamp;

/// Days are read until they hold this many events.
const EVENTS_PER_READ: i64 = 2_000;
/// An answer looks at no more: the latest of the days that it needs. Who has more is a machine, but whoever it is must
/// have an answer.
const EVENTS_PER_ANSWER_MAX: i64 = 20_000;
/// Days and sessions of a person, the latest, for the same reason.
const DAYS_MAX: usize = 200_000;
const DAY_MS: i64 = 86_400_000;
/// The stage of what customers and others do alike, as the collector knows it from the kind alone.
const BEFORE_PURCHASE: &str = "pre_purchase";
/// The stage of the same, done by a customer.
const AFTER_PURCHASE: &str = "post_purchase";

#[derive(Deserialize)]
struct OrderRow {
    at: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct DayRow {
    visitor: String,
    session: String,
    day: String,
    started: i64,
    events: i64,
}

/// What is read and what is not.
pub struct Reader<'a> {
    site: &'a str,
    found: &'a Candidate,
    aliases: &'a Aliases,
    timelines: Timelines,
    /// When the person first ordered; 0 when never.
    first_order: i64,
    with_bots: bool,
    /// By day; the last one is read next.
    unread: BTreeMap<String, Vec<DayRow>>,
    /// The person's events that were read, each once.
    events: Vec<Event>,
    /// The ids that were read, whoever's the events are.
    seen: HashSet<String>,
    /// The first millisecond of the oldest day that was read.
    read_from: i64,
    /// How many events the days that were read hold.
    looked_at: i64,
    /// Whether older events are left out.
    truncated: bool,
}

impl<'a> Reader<'a> {
    /// Finds the days that the page may need.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn open(
        runner: &Runner,
        found: &'a Candidate,
        aliases: &'a Aliases,
        request: &'a Request,
    ) -> Result<Self, ApiError> {
        let site = request.scope.site.as_str();
        let days = sql::days(site, &found.visitors, request.scope.with_bots, DAYS_MAX);
        let first_order = person::first_order(site, &found.visitors, &found.person, aliases);
        let (mut rows, ordered) =
            futures_util::try_join!(runner.rows::<DayRow>(&days), runner.rows::<OrderRow>(&first_order))?;
        let truncated = rows.len() > DAYS_MAX;
        rows.truncate(DAYS_MAX);
        let mut unread: BTreeMap<String, Vec<DayRow>> = BTreeMap::new();
        for row in needed(rows, request) {
            unread.entry(row.day.clone()).or_default().push(row);
        }
        let with_bots = request.scope.with_bots;
        Ok(Self {
            site,
            found,
            aliases,
            timelines: Timelines::new(),
            first_order: ordered.first().map_or(0, |row| row.at),
            with_bots,
            unread,
            events: Vec::new(),
            seen: HashSet::new(),
            read_from: i64::MAX,
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
        !self.events.is_empty()
    }

    /// Reads the newest unread days; false when there are none.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn read_more(&mut self, runner: &Runner) -> Result<bool, ApiError> {
        let mut days = Vec::new();
        let mut visitors = BTreeSet::new();
        let mut events = 0;
        let room = EVENTS_PER_ANSWER_MAX - self.looked_at;
        while events < EVENTS_PER_READ.min(room)
            && let Some((day, rows)) = self.unread.pop_last()
        {
            let of_day: i64 = rows.iter().map(|row| row.events).sum();
            if !days.is_empty() && events + of_day > room {
                self.unread.insert(day, rows);
                break;
            }
            events += of_day;
            visitors.extend(rows.into_iter().map(|row| row.visitor));
            days.push(day);
        }
        let Some(oldest) = days.last() else { return Ok(false) };
        self.read_from = start_of(oldest);
        self.looked_at += events;
        if events > room || (self.looked_at == EVENTS_PER_ANSWER_MAX && !self.unread.is_empty()) {
            // What was read stands for the whole.
            self.truncated = true;
            self.unread.clear();
        }
        // One that came twice may be here twice.
        let rows_max = if events > room { room } else { 2 * EVENTS_PER_ANSWER_MAX };
        let visitors: Vec<String> = visitors.into_iter().collect();
        let statement = sql::events(self.site, &visitors, &days, self.with_bots, rows_max);
        let unknown: Vec<String> =
            visitors.into_iter().filter(|visitor| !self.timelines.contains_key(visitor)).collect();
        let (read, timelines) = futures_util::try_join!(
            runner.rows::<Event>(&statement),
            timelines(runner, self.site, &unknown)
        )?;
        self.timelines.extend(timelines);
        for mut event in read {
            if !self.seen.insert(event.id.clone()) {
                continue;
            }
            let owner = owner(&event.user, &event.visitor, &event.session, event.at, &self.timelines);
            if self.aliases.person(&owner.person) == self.found.person {
                event.anonymous = owner.through_edge;
                if event.stage == BEFORE_PURCHASE && self.first_order != 0 && event.at > self.first_order {
                    AFTER_PURCHASE.clone_into(&mut event.stage);
                }
                self.events.push(event);
            }
        }
        Ok(true)
    }

    /// The sessions to which nothing unread can belong, newest first, without those of earlier pages.
    pub fn complete_pieces(&self, request: &Request) -> Vec<Piece> {
        let unread_sessions: BTreeSet<(&str, &str)> =
            self.unread.values().flatten().map(|row| (row.visitor.as_str(), row.session.as_str())).collect();
        let cut_is_unread = unread_sessions.iter().any(|(_, session)| session.is_empty());
        let is_whole = |piece: &Piece| {
            if piece.session.is_empty() {
                !cut_is_unread || piece.started() - CUT_MS >= self.read_from
            } else {
                !unread_sessions.contains(&(piece.visitor.as_str(), piece.session.as_str()))
            }
        };
        let mut whole: Vec<Piece> = pieces(&self.events).into_iter().filter(is_whole).collect();
        // What is not whole began before the oldest day that was read, so it comes after all that is.
        whole.retain(|piece| {
            is_after(piece, request.after.as_ref()) && is_before(piece, request.scope.period.end())
        });
        whole.sort_by_key(|piece| std::cmp::Reverse(order(&piece.cursor())));
        whole
    }
}

/// Sessions are sorted by their beginning; visitor and id decide between those that began together.
fn order(cursor: &Cursor) -> (i64, String, String) {
    (cursor.started, cursor.visitor.clone(), cursor.session.clone())
}

fn is_after(piece: &Piece, after: Option<&Cursor>) -> bool {
    after.is_none_or(|after| order(&piece.cursor()) < order(after))
}

fn is_before(piece: &Piece, to: Option<Timestamp>) -> bool {
    to.is_none_or(|to| piece.started() < to.0)
}

/// The days that hold sessions which began before the end of the period and are not on an earlier page. A session's
/// beginning for its person is never before its beginning for everybody, so none is missed.
fn needed(rows: Vec<DayRow>, request: &Request) -> Vec<DayRow> {
    let before = request.after.as_ref().map_or(i64::MAX, |cursor| cursor.started.saturating_add(1));
    let before = before.min(request.scope.period.end().map_or(i64::MAX, |to| to.0));
    // A cut session that began before the end may go on after it, so a day more is read.
    let cut_before =
        match (request.after.as_ref().and_then(|cursor| cursor.cut_before), request.scope.period.end()) {
            (Some(cut), _) => Some(cut),
            (None, Some(to)) => Some(to.0 + DAY_MS),
            (None, None) => None,
        };
    let last_cut_day = cut_before.map(|cut| utc_day(Timestamp(cut)));
    let mut started: HashMap<(String, String), i64> = HashMap::new();
    for row in &rows {
        let first = started.entry((row.visitor.clone(), row.session.clone())).or_insert(i64::MAX);
        *first = row.started.min(*first);
    }
    rows.into_iter()
        .filter(|row| {
            if row.session.is_empty() {
                return last_cut_day.as_ref().is_none_or(|last| row.day <= *last);
            }
            started[&(row.visitor.clone(), row.session.clone())] < before
        })
        .collect()
}

fn start_of(day: &str) -> i64 {
    let date: Option<jiff::civil::Date> = day.parse().ok();
    date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map_or(i64::MIN, |zoned| zoned.timestamp().as_millisecond())
}
