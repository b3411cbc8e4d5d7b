//! The events of a question for which conditions hold, or rows of them and their items.

use crate::condition::Condition;
use crate::plan::dimension::Level;
use crate::plan::{Dimension, Metric};
use crate::question::stats::request::Query;
use crate::sql::clause::{self, Visits};
use crate::sql::condition::{Row, without};
use crate::sql::event_table::{self, Duplicates};
use crate::sql::identity::{People, owned};
use crate::sql::{Sql, events, items};

/// How events that came twice are made to count once: not at all where only distinct things are counted, and by their
/// ids where few rows are asked for, purchases, which costs a tenth of merging all.
fn duplicates(metrics: &[Metric]) -> Duplicates {
    if metrics.iter().all(|metric| matches!(metric, Metric::Visitors | Metric::People)) {
        Duplicates::Kept
    } else if metrics.iter().all(|metric| metric.is_of_purchases()) {
        Duplicates::ById
    } else {
        Duplicates::Merged
    }
}

/// What must hold for the events of a part.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// What the events are asked for as.
    pub row: Row,
    /// Members that hold for one and the same thing.
    pub together: &'a [&'a Condition],
    /// Members that are by themselves.
    pub apart: &'a [&'a Condition],
    /// Whether the visits of the events are asked for too.
    pub with_visits: bool,
}

/// The events of a question for which a condition holds, or rows of them and their items where the question is about
/// items. `only` is one more condition.
pub fn events_table(
    sql: &mut Sql,
    query: &Query,
    held: Held<'_>,
    metrics: &[Metric],
    with_dimensions: bool,
    only: Option<&str>,
) -> String {
    let dimensions = if with_dimensions { item_dimensions(query) } else { Vec::new() };
    let has_lines = metrics.iter().any(|metric| metric.is_of_items());
    // Where rows need not be items, what may hold without one is asked of the event.
    let needs_item = has_lines || !dimensions.is_empty() || without(held.together, &[Level::Item]).is_none();
    let (of_items, of_events): (Vec<&Condition>, Vec<&Condition>) =
        held.together.iter().partition(|member| needs_item && member.looks_at(&[Level::Item]));
    let is_expanded = !of_items.is_empty() || !dimensions.is_empty();
    let terms = events::terms(&query.scope);
    let mut conditions: Vec<String> = only.map(ToOwned::to_owned).into_iter().collect();
    conditions.extend(terms.together(sql, held.row, &of_events));
    conditions.extend(held.apart.iter().map(|member| terms.apart(sql, held.row, member)));
    if has_lines {
        conditions.push(items::SELLS_ITEMS.to_string());
    } else if is_expanded {
        conditions.push(items::IS_ABOUT_ITEMS.to_string());
    }
    let duplicates = duplicates(metrics);
    if duplicates == Duplicates::ById {
        conditions.push(clause::IS_PURCHASE.into());
    }
    let of_lines: Vec<String> =
        of_items.iter().map(|member| terms.of_line(sql, held.row, &[member])).collect();
    // A visit that began in the period may go on after it.
    let (window, with_visits) = if held.row == Row::EventOfVisit {
        let window = clause::events_of_visits_window(Visits::Started, query.scope.with_bots);
        (window, terms.with_whole_visits(Visits::Started))
    } else {
        (clause::events_window(query.scope.with_bots), terms.with_visits())
    };
    let events = if metrics.contains(&Metric::People) {
        let people = People::new(sql, &query.scope.aliases);
        let events = event_table::table(&window, &conditions, duplicates, Some(terms.with_owners()));
        people.numbers(&owned(&events))
    } else {
        let visits = if held.with_visits { Some(with_visits) } else { terms.joined() };
        event_table::table(&window, &conditions, duplicates, visits)
    };
    if is_expanded {
        items::expanded(&events, &dimensions, &of_lines)
    } else if has_lines {
        items::with_lines(&events)
    } else {
        events
    }
}

pub fn item_dimensions(query: &Query) -> Vec<Dimension> {
    query.group_by.iter().copied().filter(|dimension| dimension.level() == Level::Item).collect()
}

/// Where the value of a dimension stands in the key of a row of items.
pub fn value_of_item(query: &Query, index: usize) -> String {
    let before = query.group_by[..index].iter().filter(|dimension| dimension.level() == Level::Item).count();
    items::value_of_key(before)
}
