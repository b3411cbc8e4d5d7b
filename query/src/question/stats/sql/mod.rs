//! The statements of `/stats`: one arm per metric, one shape per way of asking.

mod held;
mod holders;
pub mod metric;
pub mod rollups;

use orma_store::Param;

use super::choose::{Part, Source, counts_any_event, in_total};
use super::request::Query;
use crate::condition::Condition;
use crate::plan::dimension::Level;
use crate::plan::metric::Shape as MetricShape;
use crate::plan::period::Interval;
use crate::plan::{Dimension, Filter, Metric, Shift};
use crate::sql::clause::{self, VISIT, Visits};
use crate::sql::condition::Row;
use crate::sql::identity::People;
use crate::sql::views::{self, Views};
use crate::sql::{Sql, events};
use held::{Held, events_table, value_of_item};
use holders::{bought, visits_with_events, visits_with_pages};
use metric::{SessionCounts, column, of_events, of_sessions, of_views, other_product_revenue, present};

/// Stands between the values of two dimensions in a row's key.
pub const KEY_SEPARATOR: char = '\u{1f}';

/// Which rows are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    /// One row over everything.
    Totals,
    /// The first rows by the part's first metric, one more than fits on the page.
    Page,
    /// The same of the first page, and the row over everything: what both read is read once.
    PageAndTotals,
    /// The rows of these values of the dimensions.
    Keyed(&'a [String]),
    /// The same, and the row over everything: what both read is read once.
    KeyedAndTotals(&'a [String]),
    /// The part's money in other currencies over everything: a row with `others`.
    OtherMoney,
    /// A row for each bucket of time, and of these values of the dimensions when there are any.
    Series(&'a [String]),
    /// A row for each bucket of time, and the row over everything: what both read is read once.
    SeriesAndTotals,
}

/// Holds for nothing.
const NOBODY: &str = "false";

/// Behind `GROUP BY`: the row over everything, of those too that are left out. ClickHouse puts it together of the rows as
/// they go by, which costs next to nothing; `WITH ROLLUP` gathers them all first.
const WITH_TOTALS: &str = "WITH TOTALS";
const SETTINGS_OF_TOTALS: &str = "SETTINGS totals_mode = 'before_having'";

/// The statement that answers one part of a question. Its rows have `d0`, `d1` (the dimensions), `t` (the bucket)
/// and a column for each metric.
pub fn statement(query: &Query, part: &Part, shape: Shape<'_>) -> Sql {
    let in_total = matches!(shape, Shape::Totals).then(|| in_total(part, query));
    let part = in_total.as_ref().unwrap_or(part);
    if let Some(sql) = rollups::statement(query, part, shape) {
        return sql;
    }
    let mut sql = events::of_scope(&query.scope);
    let from = from_clause(&mut sql, query, part, shape);
    let mut columns: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    if let Some(interval) = interval_of(query, shape) {
        bind_buckets(&mut sql, query);
        let start = bucket_start(query, part.source, interval);
        columns.push(format!("{} AS t", clause::bucket_key(interval, &start)));
        keys.push(start);
    }
    let with_dimensions = has_dimensions(query, shape);
    if with_dimensions {
        for (index, expression) in dimensions(query, part.source).into_iter().enumerate() {
            columns.push(format!("{expression} AS d{index}"));
            keys.push(format!("d{index}"));
        }
    }
    let viewers = counts_any_event(&query.group_by, &query.scope.condition.filters())
        .then(|| viewers(&mut sql, query, part, shape));
    for metric in &part.metrics {
        let expression = match part.source {
            Source::Events | Source::EventsInSessions | Source::PurchasesOfPages => {
                of_events(*metric, viewers.as_deref())
            }
            Source::Views => of_views(*metric),
            Source::Sessions | Source::SessionsOfPages | Source::SessionsOfEvents => {
                let bought = (*metric == Metric::ConversionRate)
                    .then(|| bought(&mut sql, query, part.source, with_dimensions));
                of_sessions(*metric, &SessionCounts::of_rows(bought.as_deref().unwrap_or(NOBODY)))
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
    finish(&mut sql, query, part, shape, &keys);
    sql
}

/// Adds to a statement which of its rows are asked for, and in which order.
fn finish(sql: &mut Sql, query: &Query, part: &Part, shape: Shape<'_>, keys: &[String]) {
    let present: Vec<String> = part.metrics.iter().map(|metric| present(*metric)).collect();
    let (present, order, keys) = (present.join(" OR "), column(part.metrics[0]), keys.join(", "));
    match shape {
        Shape::Page => {
            sql.text = format!(
                "{} GROUP BY {keys} HAVING {present} ORDER BY {order} DESC, {keys} \
                 LIMIT {{limit:UInt64}} OFFSET {{offset:UInt64}}",
                sql.text
            );
            sql.params.push(("limit".into(), Param::Int(query.limit as i64 + 1)));
            sql.params.push(("offset".into(), Param::Int(i64::try_from(query.offset).unwrap_or(i64::MAX))));
        }
        Shape::PageAndTotals => {
            sql.text = format!(
                "{} GROUP BY {keys} {WITH_TOTALS} HAVING {present} ORDER BY {order} DESC, {keys} \
                 LIMIT {{limit:UInt64}} {SETTINGS_OF_TOTALS}",
                sql.text
            );
            sql.params.push(("limit".into(), Param::Int(query.limit as i64 + 1)));
        }
        Shape::KeyedAndTotals(of) => {
            let is_asked = is_keyed(sql, query, of);
            sql.text =
                format!("{} GROUP BY {keys} {WITH_TOTALS} HAVING {is_asked} {SETTINGS_OF_TOTALS}", sql.text);
        }
        Shape::SeriesAndTotals => {
            sql.text = format!("{} GROUP BY {keys} {WITH_TOTALS}", sql.text);
        }
        Shape::Totals | Shape::Keyed(_) | Shape::OtherMoney | Shape::Series(_) => {
            if !keys.is_empty() {
                sql.text += " GROUP BY ";
                sql.text += &keys;
            }
        }
    }
}

/// Binds what puts moments into buckets.
fn bind_buckets(sql: &mut Sql, query: &Query) {
    sql.params.push(("zone".into(), query.scope.period.zone_name.as_str().into()));
    if let Some(Shift::Days(shift) | Shift::Milliseconds(shift)) = query.shift {
        sql.params.push(("shift".into(), Param::Int(shift)));
    }
}

/// The condition that the values of a row's dimensions are one of these keys.
fn is_keyed(sql: &mut Sql, query: &Query, keys: &[String]) -> String {
    let separated: Vec<String> = (0..query.group_by.len()).map(|index| format!("d{index}")).collect();
    let keys = sql.bind_texts(&sql.next_name(), keys);
    format!("concat({}) IN {}", separated.join(", char(31), "), keys.set)
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
    !matches!(shape, Shape::Totals | Shape::OtherMoney | Shape::SeriesAndTotals) && !query.group_by.is_empty()
}

/// The buckets of the rows, where they have any.
fn interval_of(query: &Query, shape: Shape<'_>) -> Option<Interval> {
    query.interval.filter(|_| matches!(shape, Shape::Series(_) | Shape::SeriesAndTotals))
}

/// The table expression with its conditions.
fn from_clause(sql: &mut Sql, query: &Query, part: &Part, shape: Shape<'_>) -> String {
    let with_dimensions = has_dimensions(query, shape);
    let terms = events::terms(&query.scope);
    let (together, apart) = query.scope.condition.together();
    let mut conditions = Vec::new();
    let table = match part.source {
        Source::Views => {
            let of_visits = terms.all(sql, Row::Visit, &query.scope.condition);
            let dimensions = if with_dimensions { dimensions(query, part.source) } else { Vec::new() };
            let with_people = part.metrics.contains(&Metric::People);
            views_table(sql, query, shape, &of_visits, &dimensions, with_people)
        }
        Source::Events => {
            let held = Held { row: Row::Event, together: &together, apart: &apart, with_visits: false };
            events_table(sql, query, held, &part.metrics, with_dimensions, None)
        }
        Source::Sessions => {
            conditions.extend(terms.all(sql, Row::Visit, &query.scope.condition));
            clause::visits(Visits::Started, query.scope.with_bots)
        }
        Source::EventsInSessions => {
            let held = Held { row: Row::Event, together: &together, apart: &apart, with_visits: true };
            events_table(sql, query, held, &part.metrics, with_dimensions, None)
        }
        Source::PurchasesOfPages => purchases_of_pages(sql, query, part, with_dimensions),
        Source::SessionsOfPages => {
            conditions.extend(terms.all(sql, Row::Visit, &query.scope.condition));
            let visits = clause::visits(Visits::Started, query.scope.with_bots);
            if with_dimensions {
                format!("{visits} ARRAY JOIN arrayDistinct(pages) AS page")
            } else {
                conditions.push("notEmpty(pages)".into());
                visits
            }
        }
        Source::SessionsOfEvents => {
            let (of_events, of_sessions): (Vec<&Condition>, Vec<&Condition>) =
                together.into_iter().partition(|member| member.looks_at(&[Level::Event, Level::Item]));
            conditions.extend(terms.together(sql, Row::Visit, &of_sessions));
            conditions.extend(apart.into_iter().map(|member| terms.apart(sql, Row::Visit, member)));
            if of_events.is_empty() && !with_dimensions {
                // Every visit has an event, and those with a page or a screen saw it.
                if !counts_any_event(&query.group_by, &[]) {
                    conditions.push("view_count > 0".into());
                }
                clause::visits(Visits::Started, query.scope.with_bots)
            } else {
                visits_with_events(sql, query, &of_events, with_dimensions, &conditions.join(" "))
            }
        }
    };
    if let Shape::Keyed(keys) | Shape::Series(keys) = shape
        && !keys.is_empty()
    {
        conditions.push(is_keyed(sql, query, keys));
    }
    if conditions.is_empty() { table } else { format!("{table} WHERE {}", conditions.join(" AND ")) }
}

/// The purchases of the visits that saw the pages, with their visits.
fn purchases_of_pages(sql: &mut Sql, query: &Query, part: &Part, with_dimensions: bool) -> String {
    let (together, apart) = query.scope.condition.together();
    let is_of_pages = |member: &&Condition| member.filter().is_some_and(Filter::is_of_page);
    let (of_pages, others): (Vec<&Condition>, Vec<&Condition>) = together.into_iter().partition(is_of_pages);
    let held = Held { row: Row::Purchase, together: &others, apart: &apart, with_visits: true };
    let purchases = events_table(sql, query, held, &part.metrics, with_dimensions, None);
    if of_pages.is_empty() && !query.group_by.iter().any(|dimension| dimension.is_of_page()) {
        return purchases;
    }
    let pages = visits_with_pages(sql, query, &of_pages, with_dimensions);
    format!("{purchases} AS event INNER JOIN {pages} AS seen USING {VISIT}")
}

/// The condition that an event's visitor saw a page or a screen, or of people the person: in the period, or in the event's
/// bucket.
fn viewers(sql: &mut Sql, query: &Query, part: &Part, shape: Shape<'_>) -> String {
    let of_people = part.metrics.contains(&Metric::People);
    let who = if of_people { "person_hash" } else { clause::VISITOR };
    let views = views_table(sql, query, shape, &[], &[], of_people);
    match interval_of(query, shape) {
        Some(interval) => {
            let bucket = bucket_start(query, Source::Events, interval);
            format!("({who}, {bucket}) IN (SELECT {who}, bucket FROM {views})")
        }
        None => format!("{who} IN (SELECT {who} FROM {views})"),
    }
}

/// The views of a question, of visits for which conditions hold. `dimensions` are asked of them.
fn views_table(
    sql: &mut Sql,
    query: &Query,
    shape: Shape<'_>,
    conditions: &[String],
    dimensions: &[String],
    with_people: bool,
) -> String {
    let bucket = interval_of(query, shape)
        .map(|interval| move |moment: &str| clause::bucket_start(interval, &moment_shifted(query, moment)));
    let views = views::views(&Views {
        with_people,
        with_bots: query.scope.with_bots,
        with_pages: !dimensions.is_empty() && query.group_by.contains(&Dimension::PAGE),
        bucket: bucket.as_ref().map(|bucket| bucket as &dyn Fn(&str) -> String),
        conditions,
        asked: &dimensions.concat(),
    });
    if with_people { People::new(sql, &query.scope.aliases).numbers(&views) } else { views }
}

/// The beginning of a row's bucket: of the one that it is compared with, where rows are of the period before. A session
/// belongs to the bucket in which it began.
fn bucket_start(query: &Query, source: Source, interval: Interval) -> String {
    let moment = match source {
        Source::Views => return "bucket".into(),
        Source::Events | Source::EventsInSessions | Source::PurchasesOfPages => "ts",
        Source::Sessions | Source::SessionsOfPages | Source::SessionsOfEvents => "started",
    };
    clause::bucket_start(interval, &moment_shifted(query, moment))
}

/// A moment, or the one that it is compared with.
fn moment_shifted(query: &Query, moment: &str) -> String {
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
        (Source::Views | Source::SessionsOfPages, Level::Event) => "toString(page)".into(),
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
