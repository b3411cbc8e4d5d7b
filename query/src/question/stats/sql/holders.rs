//! The visits that hold certain events: what sessions are counted of where a question is about events or items.

use super::held::{Held, events_table, item_dimensions, value_of_item};
use crate::condition::Condition;
use crate::plan::dimension::Level;
use crate::plan::{Dimension, Filter, Metric};
use crate::question::stats::choose::{Source, counts_any_event};
use crate::question::stats::request::Query;
use crate::sql::clause::{self, NUMBERS_OF_VISIT, VISIT_COLUMNS, Visits};
use crate::sql::condition::Row;
use crate::sql::event_table::{self, Duplicates};
use crate::sql::{Sql, events, items};

/// The visits that began in the period and hold certain events, once for each value of the dimensions of events and items
/// (`e0`, `e1`): with their numbers, what `asked` asks of them, and `has_bought`, whether such an event is an order. Each is
/// one, so duplicates do not matter.
pub fn visits_with_events(
    sql: &mut Sql,
    query: &Query,
    members: &[&Condition],
    with_dimensions: bool,
    asked: &str,
) -> String {
    let mut values = Vec::new();
    let mut keys = Vec::new();
    let mut asked = asked.to_owned();
    for (index, dimension) in query.group_by.iter().enumerate().filter(|_| with_dimensions) {
        let value = match dimension.level() {
            Level::Event => clause::of_event(*dimension),
            Level::Item => value_of_item(query, index),
            Level::Session | Level::Both => {
                asked += &clause::of_session(*dimension);
                continue;
            }
        };
        values.push(format!(", {value} AS e{index}"));
        keys.push(format!(", e{index}"));
    }
    // A page's visits are those that saw it; what else happened may have no page.
    let filters: Vec<&Filter> = members.iter().flat_map(|member| member.filters()).collect();
    let only = (!counts_any_event(&query.group_by, &filters)).then(|| clause::IS_VIEW.to_string());
    let held = Held { row: Row::EventOfVisit, together: members, apart: &[], with_visits: true };
    let events = events_table(sql, query, held, &[Metric::Visitors], with_dimensions, only.as_deref());
    let (_, entry) = clause::entry_columns(&asked);
    // Rows are told apart by all of these: a page that nobody asks for would only take memory.
    let exit = if asked.contains("exit_page") { ", exit_page" } else { "" };
    format!(
        "(SELECT {VISIT_COLUMNS}, visit AS started, {NUMBERS_OF_VISIT}{exit}{entry}{}, \
         max(kind = 'order') AS has_bought FROM {events} WHERE {} \
         GROUP BY {VISIT_COLUMNS}, {NUMBERS_OF_VISIT}{exit}{entry}{})",
        values.concat(),
        clause::began("visit"),
        keys.concat()
    )
}

/// The condition that a session has an order; where rows are items or items are asked for, an order of them.
pub fn bought(sql: &mut Sql, query: &Query, source: Source, with_dimensions: bool) -> String {
    let is_of_items =
        |member: &&Condition| member.filters().iter().all(|filter| filter.level() == Level::Item);
    let (of_items, others): (Vec<&Condition>, Vec<&Condition>) =
        query.scope.condition.together().0.into_iter().partition(is_of_items);
    let dimensions = if with_dimensions { item_dimensions(query) } else { Vec::new() };
    if source == Source::Sessions || of_items.is_empty() && dimensions.is_empty() {
        return "order_count > 0".to_owned();
    }
    // Then the events that a visit was found by are all that are about the items.
    let is_of_visits = |dimension: &Dimension| dimension.level() != Level::Event;
    if !others.iter().any(|member| member.looks_at(&[Level::Event, Level::Item]))
        && (!with_dimensions || query.group_by.iter().all(is_of_visits))
    {
        return "has_bought".to_owned();
    }
    let window = clause::events_of_visits_window(Visits::Started, query.scope.with_bots);
    let terms = events::terms(&query.scope);
    let of_lines: Vec<String> =
        of_items.iter().map(|member| terms.of_line(sql, Row::Event, &[member])).collect();
    let visits = Some(terms.with_whole_visits(Visits::Started));
    let orders = event_table::table(&window, &[clause::IS_ORDER.to_owned()], Duplicates::Kept, visits);
    let orders = items::expanded(&orders, &dimensions, &of_lines);
    let (mut own, mut key) = (vec![VISIT_COLUMNS.to_owned()], vec![VISIT_COLUMNS.to_owned()]);
    for (index, dimension) in query.group_by.iter().enumerate().filter(|_| with_dimensions) {
        if dimension.level() == Level::Item {
            own.push(format!("e{index}"));
            key.push(value_of_item(query, index));
        }
    }
    let (own, key) = (own.join(", "), key.join(", "));
    format!("({own}) IN (SELECT {key} FROM {orders})")
}

/// The visits that saw certain pages, once for each page (`e0` or `e1`) when the rows are pages.
pub fn visits_with_pages(
    sql: &mut Sql,
    query: &Query,
    members: &[&Condition],
    with_dimensions: bool,
) -> String {
    let mut columns = vec![format!("DISTINCT {VISIT_COLUMNS}")];
    for (index, dimension) in query.group_by.iter().enumerate() {
        if with_dimensions && dimension.is_of_page() {
            columns.push(format!("{} AS e{index}", clause::of_event(*dimension)));
        }
    }
    let terms = events::terms(&query.scope);
    let mut conditions = vec![clause::IS_VIEW.to_string()];
    conditions.extend(terms.together(sql, Row::Event, members));
    // What was bought within the period may have been seen before it, and after.
    let window = clause::events_of_visits_window(Visits::Any, query.scope.with_bots);
    let visits = Some(terms.with_whole_visits(Visits::Any));
    let events = event_table::table(&window, &conditions, Duplicates::Kept, visits);
    format!("(SELECT {} FROM {events})", columns.join(", "))
}
