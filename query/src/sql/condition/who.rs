//! What is about a person and nothing else: what was done how often and in which order, and to which segment somebody
//! belongs.

use orma_model::Kind;
use orma_model::kinds::Items;

use super::{Row, Terms, joined};
use crate::condition::{Condition, Did, Sequence, Times, Visited, Within};
use crate::sql::clause::{self, HAS_VISITOR, VISIT};
use crate::sql::event_table::{self, Duplicates};
use crate::sql::events::SEEN;
use crate::sql::identity::{People, owned};
use crate::sql::items::IS_ABOUT_ITEMS;
use crate::sql::visits::Columns;
use crate::sql::{Sql, audience};

const MS_PER_HOUR: i64 = 3_600_000;
/// Before all moments: no event has come yet.
const NONE_YET: &str = "toInt64(-4611686018427387904)";

impl Terms<'_> {
    /// The condition holds for the person of a row.
    pub(super) fn person_of_row(&self, sql: &mut Sql, row: Row, condition: &Condition) -> String {
        let people = People::new(sql, self.aliases);
        let (not, who) = self.who(sql, &people, SEEN, condition);
        let (key, rows) = match row {
            Row::Event | Row::Purchase | Row::EventOfVisit => {
                let window = clause::events_window(self.with_bots);
                let events = event_table::table(&window, &[], Duplicates::Kept, Some(self.with_owners()));
                ("(visitor, event_id)", owned(&events))
            }
            // Of whose it was in the beginning.
            Row::Visit => {
                let visits = format!(
                    "(SELECT visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id \
                     FROM visits FINAL WHERE {})",
                    clause::visits_window(self.with_bots)
                );
                (VISIT, visits)
            }
        };
        format!("{key} {not}IN (SELECT {key} FROM {} WHERE person_hash IN {who})", people.rows(&rows))
    }

    /// The people for whom something holds that is about a person and nothing else, or, after the word `NOT`, for whom it does
    /// not. `seen` is what a visit must have that is looked at.
    pub(super) fn who(
        &self,
        sql: &mut Sql,
        people: &People,
        seen: &str,
        condition: &Condition,
    ) -> (&'static str, String) {
        match condition {
            Condition::Did(did) => self.people_who_did(sql, people, did),
            Condition::Sequence(sequence) => ("", self.people_with_sequence(sql, people, sequence)),
            Condition::Visited(visited) => self.people_who_visited(sql, people, seen, visited),
            Condition::Audience(audience) => ("", members(sql, people, audience)),
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Is(_) => {
                unreachable!("not about a person alone")
            }
        }
    }

    /// The people who did so much, or, after the word `NOT`, those who did not.
    ///
    /// Who has no such event is in no row: `at_most` and `exactly 0` are the opposite of having more.
    fn people_who_did(&self, sql: &mut Sql, people: &People, did: &Did) -> (&'static str, String) {
        let mut conditions = vec![HAS_VISITOR.to_owned()];
        conditions.extend(only_about_items([&*did.event]));
        conditions.extend(Self::new(self.with_bots, self.aliases).all(sql, Row::Event, &did.event));
        let window = clause::events_window(self.with_bots);
        // Who did it at all may have done it twice.
        let is_once = did.within == Within::Period
            && matches!(did.times, Times::AtLeast(1) | Times::AtMost(0) | Times::Exactly(0));
        let (duplicates, times) = match did.within {
            Within::Period if is_once => (Duplicates::Kept, ""),
            Within::Period => (Duplicates::ById, ", count() AS times"),
            Within::Hours(_) => {
                (Duplicates::ById, ", arraySort(groupArray(toUnixTimestamp64Milli(ts))) AS times")
            }
        };
        let events = event_table::table(&window, &conditions, duplicates, Some(self.with_owners()));
        let (not, reached) =
            reached(
                did.times,
                |number| {
                    if is_once { "1".to_owned() } else { at_least(sql, did.within, number) }
                },
            );
        let who = format!(
            "(SELECT person_hash FROM (SELECT person_hash{times} FROM {} GROUP BY person_hash) WHERE {reached})",
            people.numbers(&owned(&events))
        );
        (not, who)
    }

    /// The people with so many sessions, or, after the word `NOT`, those without. Two ids of one person may each have a part of
    /// a visit.
    fn people_who_visited(
        &self,
        sql: &mut Sql,
        people: &People,
        seen: &str,
        visited: &Visited,
    ) -> (&'static str, String) {
        let members: Vec<&Condition> = visited.session.members().iter().collect();
        let sessions = self.shares_matching(sql, Columns::Counted, &members, vec!["is_session".to_owned()]);
        let (not, reached) = reached(visited.times, |number| {
            format!("uniqExact({VISIT}) >= {}", sql.bind("UInt32", i64::from(number)))
        });
        let who = format!(
            "(SELECT person_hash FROM {} WHERE {HAS_VISITOR} AND {seen} GROUP BY person_hash HAVING {reached})",
            people.numbers(&sessions)
        );
        (not, who)
    }

    /// The people with events one after the other.
    ///
    /// For each number of events it is known how late a sequence of so many may have begun that has come so far; each event
    /// goes on from what came before it, the last of the sequence first, so that none counts twice.
    fn people_with_sequence(&self, sql: &mut Sql, people: &People, sequence: &Sequence) -> String {
        let terms = Self::new(self.with_bots, self.aliases);
        let patterns: Vec<String> =
            sequence.events.iter().map(|event| joined(" AND ", terms.all(sql, Row::Event, event))).collect();
        let mut conditions = vec![HAS_VISITOR.to_owned(), joined(" OR ", patterns.clone())];
        conditions.extend(only_about_items(&sequence.events));
        let window = clause::events_window(self.with_bots);
        let events = event_table::table(&window, &conditions, Duplicates::ById, Some(self.with_owners()));
        let fits = patterns.iter().enumerate();
        let fits = fits.map(|(bit, pattern)| format!("bitShiftLeft(toUInt16({pattern}), {bit})"));
        let fits = fits.collect::<Vec<_>>().join(" + ");
        let events = format!("(SELECT *, toUInt16({fits}) AS fits FROM {events})");
        let (count, last) = (patterns.len(), patterns.len() - 1);
        let in_time = match sequence.within {
            Within::Period => String::new(),
            Within::Hours(hours) => {
                let window = sql.bind("Int64", i64::from(hours) * MS_PER_HOUR);
                format!(" AND event.1 - so_far.1[{last}] < {window}")
            }
        };
        format!(
            "(SELECT person_hash FROM (SELECT person_hash, \
             arraySort(groupArray((toUnixTimestamp64Milli(ts), event_id, fits))) AS events \
             FROM {} GROUP BY person_hash) WHERE arrayFold((so_far, event) -> (\
             arrayMap(place -> multiIf(NOT bitTest(event.3, place), so_far.1[place + 1], place = 0, event.1, \
             so_far.1[place]), range({count})), \
             toUInt8(so_far.2 OR (bitTest(event.3, {last}) AND so_far.1[{last}] > {NONE_YET}{in_time}))), \
             events, (arrayWithConstant({count}, {NONE_YET}), toUInt8(0))).2)",
            people.numbers(&owned(&events))
        )
    }
}

/// Events about items lie by themselves: what says that no others are asked for.
fn only_about_items<'a>(events: impl IntoIterator<Item = &'a Condition>) -> Option<String> {
    let is_of_items = |name: &&str| Kind::find(name).is_some_and(|kind| kind.items != Items::No);
    let are = |event: &Condition| event.kinds().is_some_and(|kinds| kinds.iter().all(is_of_items));
    events.into_iter().all(are).then(|| IS_ABOUT_ITEMS.to_string())
}

/// The members of an audience, as people.
fn members(sql: &mut Sql, people: &People, audience: &str) -> String {
    let audience = sql.bind("String", audience);
    let members = audience::members_now(&audience);
    let members = format!("(SELECT sipHash64(person) AS person_hash FROM ({members}))");
    format!("(SELECT person_hash FROM {})", people.numbers(&members))
}

/// What must hold for there to be so many, where `at_least` says it of a number; after the word `NOT` what must not. Who has none
/// is in no row.
fn reached(times: Times, mut at_least: impl FnMut(u32) -> String) -> (&'static str, String) {
    match times {
        Times::AtLeast(number) => ("", at_least(number)),
        Times::AtMost(number) => ("NOT ", at_least(number.saturating_add(1))),
        Times::Exactly(0) => ("NOT ", at_least(1)),
        Times::Exactly(number) => {
            let reached = at_least(number);
            ("", format!("{reached} AND NOT {}", at_least(number.saturating_add(1))))
        }
    }
}

/// The people who did so much.
fn at_least(sql: &mut Sql, within: Within, number: u32) -> String {
    let many = sql.bind("UInt32", i64::from(number));
    match within {
        Within::Period => format!("times >= {many}"),
        // So many events further on, so much time has not passed.
        Within::Hours(hours) => {
            let window = sql.bind("Int64", i64::from(hours) * MS_PER_HOUR);
            format!(
                "arrayExists((last, first) -> last - first < {window}, arraySlice(times, {many}), \
                 arraySlice(times, 1, greatest(0, toInt64(length(times)) - {many} + 1)))"
            )
        }
    }
}
