//! A condition as text: on rows of events, of visits, and of people. What it means is written in [`crate::condition`].
//!
//! What is about the person stands in `who`. Uses `clause`, `items` and `identity`; `events` and the statements use it. Needs the parameters of a scope: `site`,
//! `from`, `to`, `from_day`, `to_day`.

mod who;

use std::cell::Cell;

use super::clause::{self, DAYS_OF_VISITS, HAS_VISITOR, IS_HUMAN, IS_VIEW, VISIT, VISIT_COLUMNS, Visits};
use super::event_table::{self, Duplicates, Joined};
use super::identity::{People, owned};
use super::visits::{Columns, OF_PERIOD, shares_where};
use super::{Sql, items};
use crate::condition::Condition;
use crate::identity::Aliases;
use crate::plan::Dimension;
use crate::plan::dimension::Level;
use crate::plan::filter::{Field, Filter};

/// What a row stands for, and with it what is known there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// An event, asked for itself.
    Event,
    /// A purchase: a page is one that its visit saw, as it has none of its own.
    Purchase,
    /// An event of a visit that is asked for.
    EventOfVisit,
    /// A visit, as [`clause::visits`] has it.
    Visit,
}

impl Row {
    /// What is known of an event's visit and not of the event.
    const fn of_visit(self) -> &'static [Level] {
        match self {
            Self::Event | Self::Purchase => &[Level::Session],
            Self::EventOfVisit | Self::Visit => &[Level::Session, Level::Both],
        }
    }
}

/// What is known of the events of a visit only.
const OF_EVENTS: &[Level] = &[Level::Event, Level::Item];

/// Makes text of conditions of a question.
pub struct Terms<'a> {
    /// Bots and machines count too.
    with_bots: bool,
    /// Who is whom.
    aliases: &'a Aliases,
    /// Whether a text that was made needs the visits of events.
    needs_visits: Cell<bool>,
}

impl<'a> Terms<'a> {
    /// Makes text for a question.
    pub fn new(with_bots: bool, aliases: &'a Aliases) -> Self {
        Self { with_bots, aliases, needs_visits: Cell::new(false) }
    }

    /// How events find their visits, where a text that was made so far needs them.
    pub fn joined(&self) -> Option<Joined<'static>> {
        self.needs_visits.get().then(|| self.with_visits())
    }

    /// How events of the period find their visits.
    pub const fn with_visits(&self) -> Joined<'static> {
        Joined { with_bots: self.with_bots, days: DAYS_OF_VISITS, with_owners: false }
    }

    /// How events of visits that have to do with the period find these, whenever they happened.
    pub const fn with_whole_visits(&self, which: Visits) -> Joined<'static> {
        Joined { days: clause::days_beside(which), ..self.with_visits() }
    }

    /// The same as [`with_visits`](Self::with_visits) with whose they are, for [`owned`].
    pub const fn with_owners(&self) -> Joined<'static> {
        Joined { with_owners: true, ..self.with_visits() }
    }

    /// The events of the period that conditions hold for: `only` and a condition.
    pub fn events(
        &self,
        sql: &mut Sql,
        row: Row,
        condition: &Condition,
        only: &[String],
        duplicates: Duplicates,
    ) -> String {
        let inner = Self::new(self.with_bots, self.aliases);
        let mut conditions = only.to_vec();
        conditions.extend(inner.all(sql, row, condition));
        event_table::table(&clause::events_window(self.with_bots), &conditions, duplicates, inner.joined())
    }

    /// The events of visits of the period, with these, that conditions hold for: `only` and members that hold for one and
    /// the same thing.
    fn events_in_visits(
        &self,
        sql: &mut Sql,
        (row, which): (Row, Visits),
        members: &[&Condition],
        only: Vec<String>,
    ) -> String {
        let inner = Self::new(self.with_bots, self.aliases);
        let mut conditions = only;
        conditions.extend(inner.together(sql, row, members));
        let window = clause::events_of_visits_window(which, self.with_bots);
        event_table::table(&window, &conditions, Duplicates::Kept, Some(self.with_whole_visits(which)))
    }

    /// What all must hold on a row for a condition to hold.
    pub fn all(&self, sql: &mut Sql, row: Row, condition: &Condition) -> Vec<String> {
        let (together, apart) = condition.together();
        let mut terms = self.together(sql, row, &together);
        terms.extend(apart.into_iter().map(|member| self.apart(sql, row, member)));
        terms
    }

    /// The same for one condition that is by itself.
    pub fn apart(&self, sql: &mut Sql, row: Row, condition: &Condition) -> String {
        match condition {
            Condition::Not(inner) => format!("NOT ({})", self.apart(sql, row, inner)),
            Condition::Any(members) => {
                joined(" OR ", members.iter().map(|member| self.apart(sql, row, member)).collect())
            }
            Condition::Did(_) | Condition::Sequence(_) | Condition::Visited(_) | Condition::Audience(_) => {
                self.person_of_row(sql, row, condition)
            }
            Condition::All(_) | Condition::Is(_) => joined(" AND ", self.all(sql, row, condition)),
        }
    }

    /// What must hold on a row for members that consist of `is` and hold for one and the same thing.
    pub fn together(&self, sql: &mut Sql, row: Row, members: &[&Condition]) -> Vec<String> {
        if row == Row::Visit { self.of_visit(sql, members) } else { self.of_event(sql, row, members) }
    }

    fn of_event(&self, sql: &mut Sql, row: Row, members: &[&Condition]) -> Vec<String> {
        let of_items = |member: &&&Condition| member.looks_at(&[Level::Item]);
        let (of_items, others): (Vec<&Condition>, Vec<&Condition>) = members.iter().partition(of_items);
        let (of_visits, others): (Vec<&Condition>, Vec<&Condition>) = others
            .into_iter()
            .partition(|member| consists_of(member, |filter| row.of_visit().contains(&filter.level())));
        let (of_pages, others): (Vec<&Condition>, Vec<&Condition>) = others
            .into_iter()
            .partition(|member| row == Row::Purchase && consists_of(member, Filter::is_of_page));
        let mut terms: Vec<String> = others
            .into_iter()
            .map(|member| tree(member, &mut |filter| self.term(sql, row, filter)))
            .collect();
        if !of_items.is_empty() {
            terms.push(self.of_item(sql, row, &of_items));
        }
        if !of_pages.is_empty() {
            terms.push(self.of_pages(sql, &of_pages));
        }
        if !of_visits.is_empty() {
            terms.push(self.visit_of_event(sql, &of_visits));
        }
        terms
    }

    /// One item that all of these hold for; or none, where they hold for the event without one.
    fn of_item(&self, sql: &mut Sql, row: Row, members: &[&Condition]) -> String {
        let of_line = self.of_line(sql, row, members);
        let exists = format!("arrayExists(line -> {of_line}, {})", items::lines());
        match without(members, &[Level::Item]) {
            Some(left) => format!("({} OR {exists})", self.apart(sql, row, &left)),
            None => exists,
        }
    }

    /// A condition on one `line` of an event's items.
    pub fn of_line(&self, sql: &mut Sql, row: Row, members: &[&Condition]) -> String {
        let terms = members.iter().map(|member| {
            tree(member, &mut |filter| match filter.level() {
                Level::Item => items::condition(sql, filter),
                _ => self.term(sql, row, filter),
            })
        });
        terms.collect::<Vec<_>>().join(" AND ")
    }

    /// One filter on a row of events.
    fn term(&self, sql: &mut Sql, row: Row, filter: &Filter) -> String {
        let alone = Condition::Is(filter.clone());
        if row.of_visit().contains(&filter.level()) {
            self.visit_of_event(sql, &[&alone])
        } else if row == Row::Purchase && filter.is_of_page() {
            self.of_pages(sql, &[&alone])
        } else {
            event_term(sql, filter)
        }
    }

    /// The visit of an event has what is known of visits.
    fn visit_of_event(&self, sql: &mut Sql, members: &[&Condition]) -> String {
        self.needs_visits.set(true);
        let terms: Vec<String> =
            members.iter().map(|member| tree(member, &mut |filter| session_term(sql, filter))).collect();
        joined(" AND ", terms)
    }

    /// A visit, of which its [key](VISIT) is known, has what is known of visits.
    fn visit_with(&self, sql: &mut Sql, members: &[&Condition]) -> String {
        let terms: Vec<String> =
            members.iter().map(|member| tree(member, &mut |filter| session_term(sql, filter))).collect();
        format!(
            "{VISIT} IN (SELECT {VISIT} FROM {} WHERE {})",
            clause::visits(Visits::Any, self.with_bots),
            terms.join(" AND ")
        )
    }

    /// The visit of what somebody has of it ([`shares_where`]) has what is known of visits: where it is the whole of it, the
    /// row knows.
    fn share_with(&self, sql: &mut Sql, members: &[&Condition]) -> String {
        let terms: Vec<String> =
            members.iter().map(|member| tree(member, &mut |filter| session_term(sql, filter))).collect();
        let terms = joined(" AND ", terms);
        format!(
            "if(part = 0, {terms}, {VISIT} IN (SELECT {VISIT} FROM {} WHERE {terms}))",
            clause::mixed_visits(self.with_bots),
        )
    }

    /// The visit of an event saw a page that has all of these.
    fn of_pages(&self, sql: &mut Sql, members: &[&Condition]) -> String {
        self.needs_visits.set(true);
        let pages = self.events_in_visits(sql, (Row::Event, Visits::Any), members, vec![IS_VIEW.to_string()]);
        format!("{VISIT} IN (SELECT {VISIT} FROM {pages})")
    }

    fn of_visit(&self, sql: &mut Sql, members: &[&Condition]) -> Vec<String> {
        let (of_events, others): (Vec<&Condition>, Vec<&Condition>) =
            members.iter().partition(|member| member.looks_at(OF_EVENTS));
        let mut terms: Vec<String> =
            others.into_iter().map(|member| tree(member, &mut |filter| session_term(sql, filter))).collect();
        if of_events.is_empty() {
            return terms;
        }
        let only = if only_of_pages(&of_events) { vec![IS_VIEW.to_string()] } else { Vec::new() };
        let events = self.events_in_visits(sql, (Row::EventOfVisit, Visits::Started), &of_events, only);
        let exists = format!("{VISIT} IN (SELECT {VISIT} FROM {events})");
        terms.push(match without(&of_events, OF_EVENTS) {
            Some(left) => format!("({} OR {exists})", self.apart(sql, Row::Visit, &left)),
            None => exists,
        });
        terms
    }

    /// What must hold on a row of `person_hash` for a condition to hold. `seen` is what a visit must have that is looked at,
    /// over its `since` and `ended`.
    pub fn on_people(
        &self,
        sql: &mut Sql,
        people: &People,
        seen: &str,
        condition: &Condition,
    ) -> Vec<String> {
        let (together, apart) = condition.together();
        let mut terms = Vec::new();
        if !together.is_empty() {
            terms.push(self.people_with(sql, people, seen, &together));
        }
        terms.extend(apart.into_iter().map(|member| self.person_apart(sql, people, seen, member)));
        terms
    }

    /// The same for one condition that is by itself.
    pub fn person_apart(&self, sql: &mut Sql, people: &People, seen: &str, condition: &Condition) -> String {
        match condition {
            Condition::Not(inner) => format!("NOT ({})", self.person_apart(sql, people, seen, inner)),
            Condition::Any(members) => {
                let terms = members.iter().map(|member| self.person_apart(sql, people, seen, member));
                joined(" OR ", terms.collect())
            }
            Condition::Did(_) | Condition::Sequence(_) | Condition::Visited(_) | Condition::Audience(_) => {
                let (not, who) = self.who(sql, people, seen, condition);
                format!("person_hash {not}IN {who}")
            }
            Condition::All(_) | Condition::Is(_) => {
                joined(" AND ", self.on_people(sql, people, seen, condition))
            }
        }
    }

    /// A person has a visit that all of these hold for.
    fn people_with(&self, sql: &mut Sql, people: &People, seen: &str, members: &[&Condition]) -> String {
        let matching = self.shares_matching(sql, Columns::Few, members, Vec::new());
        format!(
            "person_hash IN (SELECT person_hash FROM {} WHERE {HAS_VISITOR} AND {seen})",
            people.numbers(&matching)
        )
    }

    /// What people have of visits of the period, where `only` holds for it, and members that consist of `is`.
    fn shares_matching(
        &self,
        sql: &mut Sql,
        columns: Columns,
        members: &[&Condition],
        only: Vec<String>,
    ) -> String {
        let (of_events, of_visits): (Vec<&Condition>, Vec<&Condition>) =
            members.iter().partition(|member| member.looks_at(OF_EVENTS));
        let mut terms = only;
        if !of_visits.is_empty() {
            terms.push(self.share_with(sql, &of_visits));
        }
        terms.extend(self.event_of_share(sql, &of_events, IN_PERIOD));
        shares_where(columns, OF_PERIOD, &terms)
    }

    /// What must hold for what somebody has of a visit ([`shares`]), for members that consist of `is`. An event that must be
    /// there is of the period, which `in_period` says; a visit is judged by how it began, whenever that was.
    pub fn matching(&self, sql: &mut Sql, members: &[&Condition], in_period: &str) -> Vec<String> {
        let (of_events, of_visits): (Vec<&Condition>, Vec<&Condition>) =
            members.iter().partition(|member| member.looks_at(OF_EVENTS));
        let mut terms = Vec::new();
        if !of_visits.is_empty() {
            terms.push(self.visit_with(sql, &of_visits));
        }
        terms.extend(self.event_of_share(sql, &of_events, in_period));
        terms
    }

    /// What somebody has of a visit has an event that all of these hold for; nothing where they are none.
    fn event_of_share(&self, sql: &mut Sql, members: &[&Condition], in_period: &str) -> Option<String> {
        if members.is_empty() {
            return None;
        }
        let mut conditions = vec![in_period.to_owned()];
        conditions.extend(Self::new(self.with_bots, self.aliases).together(sql, Row::EventOfVisit, members));
        let window = format!(
            "site = {{site:String}} AND toDate(ts) BETWEEN {{from_day:Date}} AND {{to_day:Date}} AND {IS_HUMAN}"
        );
        let joined = Joined { with_bots: false, ..self.with_owners() };
        let events = event_table::table(&window, &conditions, Duplicates::Kept, Some(joined));
        // Whoever asks may have followed aliases.
        let exists = format!(
            "({VISIT_COLUMNS}, own_hash) IN (SELECT {VISIT_COLUMNS}, person_hash FROM {})",
            owned(&events)
        );
        Some(match without(members, OF_EVENTS) {
            Some(left) => format!("({exists} OR {})", self.visit_with(sql, &[&left])),
            None => exists,
        })
    }
}

/// The moments of the period of a scope.
const IN_PERIOD: &str =
    "ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})";

/// A condition of nothing but `is`, with a text for each filter.
fn tree(condition: &Condition, term: &mut impl FnMut(&Filter) -> String) -> String {
    let mut each = |members: &[Condition]| members.iter().map(|member| tree(member, &mut *term)).collect();
    match condition {
        Condition::Is(filter) => term(filter),
        Condition::All(members) => joined(" AND ", each(members)),
        Condition::Any(members) => joined(" OR ", each(members)),
        Condition::Not(_)
        | Condition::Did(_)
        | Condition::Sequence(_)
        | Condition::Visited(_)
        | Condition::Audience(_) => unreachable!("by itself"),
    }
}

/// Terms as one; of none, all hold.
fn joined(word: &str, mut terms: Vec<String>) -> String {
    match terms.len() {
        0 => "1".to_owned(),
        1 => terms.remove(0),
        _ => format!("({})", terms.join(word)),
    }
}

fn consists_of(condition: &Condition, is_one: impl Fn(&Filter) -> bool) -> bool {
    let filters = condition.filters();
    !filters.is_empty() && filters.into_iter().all(is_one)
}

/// Whether only pages are asked for, of all that events have.
fn only_of_pages(members: &[&Condition]) -> bool {
    let mut filters = members.iter().flat_map(|member| member.filters());
    filters.all(|filter| filter.is_of_page() || !OF_EVENTS.contains(&filter.level()))
}

/// What is left of conditions that all must hold, where nothing is known of these levels.
pub fn without(members: &[&Condition], levels: &[Level]) -> Option<Condition> {
    members.iter().map(|member| member.without(levels)).collect::<Option<Vec<_>>>().map(Condition::all)
}

/// A filter as a condition on events.
fn event_term(sql: &mut Sql, filter: &Filter) -> String {
    // A page is the path or else the screen. Each by itself is looked up in its dictionary; as one they are the texts of all
    // events.
    if filter.field == Field::Dimension(Dimension::PAGE) {
        let is_page = clause::compared(sql, "(page)", filter);
        let of = |column| is_page.replace("(page)", column);
        return format!("((path != '' AND {}) OR (path = '' AND {}))", of("path"), of("screen"));
    }
    let expression = match &filter.field {
        Field::Dimension(dimension) => clause::of_event(*dimension),
        Field::Prop(name) => {
            let name = sql.bind("String", name.as_str());
            format!("props[{name}]")
        }
    };
    clause::compared(sql, &expression, filter)
}

/// A filter as a condition on visits.
fn session_term(sql: &mut Sql, filter: &Filter) -> String {
    match &filter.field {
        Field::Dimension(dimension) => clause::compared(sql, &clause::of_session(*dimension), filter),
        Field::Prop(_) => unreachable!("a property of events"),
    }
}
