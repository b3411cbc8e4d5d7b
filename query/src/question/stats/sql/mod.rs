//! The statements of `/stats`: one arm per metric, one shape per way of asking.

pub mod metric;

use orma_store::Param;

use super::choose::{Part, Source, counts_any_event};
use super::request::Query;
use crate::condition::Condition;
use crate::plan::dimension::Level;
use crate::plan::metric::Shape as MetricShape;
use crate::plan::{Dimension, Filter, Metric, Shift};
use crate::sql::clause::{self, Sessions};
use crate::sql::condition::{Row, without};
use crate::sql::identity::Duplicates;
use crate::sql::{Sql, events, items};
use metric::{column, of_events, of_sessions, other_product_revenue, present};

/// Stands between the values of two dimensions in a row's key.
pub const KEY_SEPARATOR: char = '\u{1f}';

/// Which rows are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    /// One row over everything.
    Totals,
    /// The first rows by the part's first metric, one more than fits on the page.
    Page,
    /// The rows of these values of the dimensions.
    Keyed(&'a [String]),
    /// The part's money in other currencies over everything: a row with `others`.
    OtherMoney,
    /// A row for each bucket of time, and of these values of the dimensions when there are any.
    Series(&'a [String]),
}

/// The statement that answers one part of a question. Its rows have `d0`, `d1` (the dimensions), `t` (the bucket)
/// and a column for each metric.
pub fn statement(query: &Query, part: &Part, shape: Shape<'_>) -> Sql {
    let mut sql = events::of_scope(&query.scope);
    let from = from_clause(&mut sql, query, part, shape);
    let mut columns: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    if let (Shape::Series(_), Some(interval)) = (shape, query.interval) {
        sql.params.push(("zone".into(), query.scope.period.zone_name.as_str().into()));
        if let Some(Shift::Days(shift) | Shift::Milliseconds(shift)) = query.shift {
            sql.params.push(("shift".into(), Param::Int(shift)));
        }
        columns.push(format!("{} AS t", clause::bucket(interval, &moment(query, part.source))));
        keys.push("t".into());
    }
    let with_dimensions = has_dimensions(query, shape);
    if with_dimensions {
        for (index, expression) in dimensions(query, part.source).into_iter().enumerate() {
            columns.push(format!("{expression} AS d{index}"));
            keys.push(format!("d{index}"));
        }
    }
    let viewers =
        counts_any_event(&query.group_by, &query.scope.condition.filters()).then(|| viewers(query, shape));
    for metric in &part.metrics {
        let expression = match part.source {
            Source::Events | Source::EventsInSessions | Source::PurchasesOfPages => {
                of_events(*metric, viewers.as_deref())
            }
            Source::Sessions | Source::SessionsOfEvents => {
                let bought = (*metric == Metric::ConversionRate)
                    .then(|| bought(&mut sql, query, part.source, with_dimensions));
                of_sessions(*metric, bought.as_deref())
            }
        };
        columns.push(format!("{expression} AS {}", column(*metric)));
    }
    if part.metrics.iter().any(|metric| matches!(metric.shape(), MetricShape::Money | MetricShape::MeanMoney))
    {
        sql.params.push(("currency".into(), query.currency.as_str().into()));
    }
    if matches!(shape, Shape::OtherMoney) {
        let is_of_items = part.metrics[0].is_of_items();
        columns = vec![format!(
            "{} AS others",
            if is_of_items { other_product_revenue() } else { clause::OTHER_REVENUE.into() }
        )];
    }
    sql.text = format!("SELECT {} FROM {from}", columns.join(", "));
    if !keys.is_empty() {
        sql.text += " GROUP BY ";
        sql.text += &keys.join(", ");
    }
    if matches!(shape, Shape::Page) {
        let present: Vec<String> = part.metrics.iter().map(|metric| present(*metric)).collect();
        let order = column(part.metrics[0]);
        sql.text = format!(
            "{} HAVING {} ORDER BY {order} DESC, {} LIMIT {{limit:UInt64}} OFFSET {{offset:UInt64}}",
            sql.text,
            present.join(" OR "),
            keys.join(", ")
        );
        sql.params.push(("limit".into(), Param::Int(query.limit as i64 + 1)));
        sql.params.push(("offset".into(), Param::Int(i64::try_from(query.offset).unwrap_or(i64::MAX))));
    }
    sql
}

/// When the first event of a site happened: a row with `at`, null without events. Its day is the first of the table's.
pub fn first_event(query: &Query) -> Sql {
    let human = if query.scope.with_bots { String::new() } else { format!(" AND {}", clause::IS_HUMAN) };
    let of_site = format!("FROM events WHERE site = {{site:String}}{human}");
    let first_day = format!("(SELECT toDate(ts) {of_site} ORDER BY site, toDate(ts) LIMIT 1)");
    let text =
        format!("SELECT toUnixTimestamp64Milli(minOrNull(ts)) AS at {of_site} AND toDate(ts) = {first_day}");
    Sql::new(text, [("site", query.scope.site.as_str().into())])
}

fn has_dimensions(query: &Query, shape: Shape<'_>) -> bool {
    !matches!(shape, Shape::Totals | Shape::OtherMoney) && !query.group_by.is_empty()
}

/// How events that came twice are made to count once: not at all where only distinct things are counted, and by their
/// ids where few rows are asked for, purchases, which costs a tenth of merging all.
fn duplicates(metrics: &[Metric]) -> Duplicates {
    if metrics.iter().all(|metric| matches!(metric, Metric::Visitors)) {
        Duplicates::Kept
    } else if metrics.iter().all(|metric| metric.is_of_purchases()) {
        Duplicates::ById
    } else {
        Duplicates::Merged
    }
}

/// What must hold for the events of a part.
#[derive(Clone, Copy, Debug)]
struct Held<'a> {
    /// What the events are asked for as.
    row: Row,
    /// Members that hold for one and the same thing.
    together: &'a [&'a Condition],
    /// Members that are by themselves.
    apart: &'a [&'a Condition],
}

/// The events of a question for which a condition holds, or rows of them and their items where the question is about
/// items. `only` is one more condition.
fn events_table(
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
    let mut conditions = vec![clause::events_window(query.scope.with_bots)];
    conditions.extend(only.map(ToOwned::to_owned));
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
    let events = events::table(&conditions, duplicates);
    if is_expanded {
        let of_lines: Vec<String> =
            of_items.iter().map(|member| terms.of_line(sql, held.row, &[member])).collect();
        items::expanded(&events, &dimensions, &of_lines)
    } else if has_lines {
        items::with_lines(&events)
    } else {
        events
    }
}

fn item_dimensions(query: &Query) -> Vec<Dimension> {
    query.group_by.iter().copied().filter(|dimension| dimension.level() == Level::Item).collect()
}

/// Where the value of a dimension stands in the key of a row of items.
fn value_of_item(query: &Query, index: usize) -> String {
    let before = query.group_by[..index].iter().filter(|dimension| dimension.level() == Level::Item).count();
    items::value_of_key(before)
}

/// The sessions of a question. Of purchases only the buyers' are needed.
fn sessions_of_events(query: &Query, metrics: &[Metric]) -> String {
    let buyers = match duplicates(metrics) {
        Duplicates::ById => format!(
            " AND visitor IN (SELECT visitor FROM events WHERE {} AND {})",
            clause::events_window(query.scope.with_bots),
            clause::IS_PURCHASE
        ),
        _ => String::new(),
    };
    clause::sessions(Sessions::Any, query.scope.with_bots, &buyers)
}

/// The table expression with its conditions.
fn from_clause(sql: &mut Sql, query: &Query, part: &Part, shape: Shape<'_>) -> String {
    let with_dimensions = has_dimensions(query, shape);
    let terms = events::terms(&query.scope);
    let (together, apart) = query.scope.condition.together();
    let mut conditions = Vec::new();
    let table = match part.source {
        Source::Events => {
            let held = Held { row: Row::Event, together: &together, apart: &apart };
            events_table(sql, query, held, &part.metrics, with_dimensions, None)
        }
        Source::Sessions => {
            conditions.extend(terms.all(sql, Row::Visit, &query.scope.condition));
            clause::sessions(Sessions::Started, query.scope.with_bots, "")
        }
        Source::EventsInSessions => {
            let (of_sessions, of_events): (Vec<&Condition>, Vec<&Condition>) =
                together.into_iter().partition(|member| is_of_sessions(member));
            let held = Held { row: Row::Event, together: &of_events, apart: &apart };
            let events = events_table(sql, query, held, &part.metrics, with_dimensions, None);
            conditions.extend(terms.together(sql, Row::Visit, &of_sessions));
            let sessions = sessions_of_events(query, &part.metrics);
            format!("{events} AS event INNER JOIN {sessions} AS session_row USING (visitor, visit)")
        }
        Source::PurchasesOfPages => {
            let (purchases, of_sessions) = purchases_of_pages(sql, query, part, with_dimensions);
            if asks_for_sessions(query) {
                conditions.extend(of_sessions);
                let sessions = sessions_of_events(query, &part.metrics);
                format!(
                    "(SELECT * FROM {purchases}) AS event INNER JOIN {sessions} AS session_row USING (visitor, visit)"
                )
            } else {
                purchases
            }
        }
        Source::SessionsOfEvents => {
            let (of_events, of_sessions): (Vec<&Condition>, Vec<&Condition>) =
                together.into_iter().partition(|member| member.looks_at(&[Level::Event, Level::Item]));
            let events = visits_with_events(sql, query, &of_events, with_dimensions);
            conditions.extend(terms.together(sql, Row::Visit, &of_sessions));
            conditions.extend(apart.into_iter().map(|member| terms.apart(sql, Row::Visit, member)));
            let sessions = clause::sessions(Sessions::Started, query.scope.with_bots, "");
            format!("{events} AS event INNER JOIN {sessions} AS session_row USING (visitor, visit)")
        }
    };
    if let Shape::Keyed(keys) | Shape::Series(keys) = shape
        && !keys.is_empty()
    {
        let separated: Vec<String> = (0..query.group_by.len()).map(|index| format!("d{index}")).collect();
        let keys = sql.bind_texts(&sql.next_name(), keys);
        conditions.push(format!("concat({}) IN {}", separated.join(", char(31), "), keys.set));
    }
    if conditions.is_empty() { table } else { format!("{table} WHERE {}", conditions.join(" AND ")) }
}

/// The purchases of the visits that saw the pages, and what must hold for the rows of their visits.
fn purchases_of_pages(
    sql: &mut Sql,
    query: &Query,
    part: &Part,
    with_dimensions: bool,
) -> (String, Vec<String>) {
    let (together, apart) = query.scope.condition.together();
    let is_of_pages = |member: &&Condition| member.filter().is_some_and(Filter::is_of_page);
    let (of_pages, others): (Vec<&Condition>, Vec<&Condition>) = together.into_iter().partition(is_of_pages);
    let (of_sessions, of_events): (Vec<&Condition>, Vec<&Condition>) =
        others.into_iter().partition(|member| is_of_sessions(member));
    let held = Held { row: Row::Purchase, together: &of_events, apart: &apart };
    let mut purchases = events_table(sql, query, held, &part.metrics, with_dimensions, None);
    if !of_pages.is_empty() || query.group_by.iter().any(|dimension| dimension.is_of_page()) {
        let pages = visits_with_pages(sql, query, &of_pages, with_dimensions);
        purchases = format!("{purchases} AS event INNER JOIN {pages} AS seen USING (visitor, visit)");
    }
    (purchases, events::terms(&query.scope).together(sql, Row::Visit, &of_sessions))
}

/// Whether a member is a filter that the table of sessions alone answers.
fn is_of_sessions(member: &Condition) -> bool {
    member.filter().is_some_and(|filter| filter.level() == Level::Session)
}

/// The visits that hold certain events, once for each value of the dimensions of events and items (`e0`, `e1`). Distinct,
/// so duplicates do not matter.
fn visits_with_events(sql: &mut Sql, query: &Query, members: &[&Condition], with_dimensions: bool) -> String {
    let mut columns = vec!["DISTINCT visitor, visit".to_owned()];
    for (index, dimension) in query.group_by.iter().enumerate().filter(|_| with_dimensions) {
        match dimension.level() {
            Level::Event => columns.push(format!("{} AS e{index}", clause::of_event(*dimension))),
            Level::Item => columns.push(format!("{} AS e{index}", value_of_item(query, index))),
            Level::Session | Level::Both => {}
        }
    }
    // A page's visits are those that saw it; what else happened may have no page.
    let filters: Vec<&Filter> = members.iter().flat_map(|member| member.filters()).collect();
    let only = (!counts_any_event(&query.group_by, &filters)).then(|| clause::IS_VIEW.to_string());
    let held = Held { row: Row::EventOfVisit, together: members, apart: &[] };
    let events = events_table(sql, query, held, &[Metric::Visitors], with_dimensions, only.as_deref());
    format!("(SELECT {} FROM {events})", columns.join(", "))
}

/// The condition that a session has an order; where rows are items or items are asked for, an order of them.
fn bought(sql: &mut Sql, query: &Query, source: Source, with_dimensions: bool) -> String {
    let is_of_items =
        |member: &&Condition| member.filters().iter().all(|filter| filter.level() == Level::Item);
    let mut of_items = query.scope.condition.together().0;
    of_items.retain(is_of_items);
    let dimensions = if with_dimensions { item_dimensions(query) } else { Vec::new() };
    let human = if query.scope.with_bots { String::new() } else { format!(" AND {}", clause::IS_HUMAN) };
    // A session that began in the period may go on after it.
    let orders = format!(
        "(SELECT *, {} AS visit FROM events WHERE site = {{site:String}} \
         AND toDate(ts) BETWEEN {{from_day:Date}} - 1 AND {{to_day:Date}} + 1{human} AND kind = 'order')",
        clause::VISIT_OF_EVENT
    );
    if source == Source::Sessions || of_items.is_empty() && dimensions.is_empty() {
        return format!("(visitor, visit) IN (SELECT visitor, visit FROM {orders})");
    }
    let terms = events::terms(&query.scope);
    let of_lines: Vec<String> =
        of_items.iter().map(|member| terms.of_line(sql, Row::Event, &[member])).collect();
    let orders = items::expanded(&orders, &dimensions, &of_lines);
    let (mut own, mut key) = (vec!["visitor, visit".to_owned()], vec!["visitor, visit".to_owned()]);
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
fn visits_with_pages(sql: &mut Sql, query: &Query, members: &[&Condition], with_dimensions: bool) -> String {
    let mut columns = vec![format!("DISTINCT visitor, {} AS visit", clause::VISIT_OF_EVENT)];
    for (index, dimension) in query.group_by.iter().enumerate() {
        if with_dimensions && dimension.is_of_page() {
            columns.push(format!("{} AS e{index}", clause::of_event(*dimension)));
        }
    }
    let mut conditions = vec![clause::events_window(query.scope.with_bots), clause::IS_VIEW.to_string()];
    conditions.extend(events::terms(&query.scope).together(sql, Row::Event, members));
    format!("(SELECT {} FROM events WHERE {})", columns.join(", "), conditions.join(" AND "))
}

fn asks_for_sessions(query: &Query) -> bool {
    query.group_by.iter().any(|dimension| dimension.level() == Level::Session)
        || query.scope.condition.members().iter().any(is_of_sessions)
}

/// The condition that an event's visitor saw a page or a screen: in the period, or in the event's bucket.
fn viewers(query: &Query, shape: Shape<'_>) -> String {
    let (own, key) = match (shape, query.interval) {
        (Shape::Series(_), Some(interval)) => {
            let bucket = clause::bucket(interval, &moment(query, Source::Events));
            (format!("(visitor, {bucket})"), format!("visitor, {bucket}"))
        }
        _ => ("visitor".to_owned(), "visitor".to_owned()),
    };
    let window = clause::events_window(query.scope.with_bots);
    format!("{own} IN (SELECT {key} FROM events WHERE {window} AND {})", clause::IS_VIEW)
}

/// The moment that puts a row into a bucket: a session belongs to the bucket in which it began. Rows of the period before
/// belong to the bucket that they are compared with.
fn moment(query: &Query, source: Source) -> String {
    let moment = match source {
        Source::Events | Source::EventsInSessions | Source::PurchasesOfPages => "ts",
        Source::Sessions | Source::SessionsOfEvents => "started",
    };
    match query.shift {
        None => moment.to_owned(),
        // Days of the zone: the time of day stays.
        Some(Shift::Days(_)) => format!("addDays(toTimeZone({moment}, {{zone:String}}), {{shift:Int64}})"),
        Some(Shift::Milliseconds(_)) => format!("addMilliseconds({moment}, {{shift:Int64}})"),
    }
}

fn dimensions(query: &Query, source: Source) -> Vec<String> {
    let expression = |(index, dimension): (usize, &Dimension)| match (source, dimension.level()) {
        (Source::SessionsOfEvents, Level::Event | Level::Item) => format!("e{index}"),
        (_, Level::Item) => value_of_item(query, index),
        (Source::PurchasesOfPages, Level::Event) if dimension.is_of_page() => format!("e{index}"),
        (Source::Events, _)
        | (Source::EventsInSessions | Source::PurchasesOfPages, Level::Event | Level::Both) => {
            clause::of_event(*dimension)
        }
        _ => clause::of_session(*dimension),
    };
    query.group_by.iter().enumerate().map(expression).collect()
}

#[cfg(test)]
mod tests;
