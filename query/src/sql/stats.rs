//! The statements of `/stats`: one arm per metric, one shape per way of asking.

use orma_store::Param;

use super::clause::{self, Sessions};
use super::{Sql, items};
use crate::plan::choose::{Part, Source, counts_any_event};
use crate::plan::dimension::Level;
use crate::plan::metric::Shape as MetricShape;
use crate::plan::{Dimension, Filter, Metric, Query, Shift};

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

/// The alias of a metric's column. Not the metric's name: some are columns of the tables.
pub fn column(metric: Metric) -> String {
    format!("m_{}", metric.name())
}

/// The statement that answers one part of a question. Its rows have `d0`, `d1` (the dimensions), `t` (the bucket)
/// and a column for each metric.
pub fn statement(query: &Query, part: &Part, shape: Shape<'_>) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&query.site);
    sql.bind_period(&query.period);
    let from = from_clause(&mut sql, query, part, shape);
    let mut columns: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    if let (Shape::Series(_), Some(interval)) = (shape, query.interval) {
        sql.params.push(("zone".into(), query.period.zone_name.as_str().into()));
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
    let viewers = counts_any_event(&query.group_by, &query.filters).then(|| viewers(query, shape));
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
    let human = if query.with_bots { String::new() } else { format!(" AND {}", clause::IS_HUMAN) };
    let of_site = format!("FROM events WHERE site = {{site:String}}{human}");
    let first_day = format!("(SELECT toDate(ts) {of_site} ORDER BY site, toDate(ts) LIMIT 1)");
    let text =
        format!("SELECT toUnixTimestamp64Milli(minOrNull(ts)) AS at {of_site} AND toDate(ts) = {first_day}");
    Sql::new(text, [("site", query.site.as_str().into())])
}

fn has_dimensions(query: &Query, shape: Shape<'_>) -> bool {
    !matches!(shape, Shape::Totals | Shape::OtherMoney) && !query.group_by.is_empty()
}

/// How events that came twice are made to count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duplicates {
    /// Nothing to do: only distinct things are counted.
    Harmless,
    /// Rows are merged by the table's key.
    Merged,
    /// Few rows are asked for: one of each id is taken, which costs a tenth of merging all.
    Purchases,
}

fn duplicates(metrics: &[Metric]) -> Duplicates {
    if metrics.iter().all(|metric| matches!(metric, Metric::Visitors)) {
        Duplicates::Harmless
    } else if metrics.iter().all(|metric| metric.is_of_purchases()) {
        Duplicates::Purchases
    } else {
        Duplicates::Merged
    }
}

/// The events of a question under their filters, or rows of them and their items where the question is about items.
fn events_table(
    sql: &mut Sql,
    query: &Query,
    filters: &[&Filter],
    metrics: &[Metric],
    with_dimensions: bool,
) -> String {
    events_that(sql, query, filters, metrics, with_dimensions, None)
}

/// The same of those events for which a condition holds.
fn events_that(
    sql: &mut Sql,
    query: &Query,
    filters: &[&Filter],
    metrics: &[Metric],
    with_dimensions: bool,
    condition: Option<&str>,
) -> String {
    let (of_items, of_events): (Vec<&Filter>, Vec<&Filter>) =
        filters.iter().copied().partition(|filter| filter.level() == Level::Item);
    let dimensions = if with_dimensions { item_dimensions(query) } else { Vec::new() };
    let is_expanded = !of_items.is_empty() || !dimensions.is_empty();
    let mut conditions = vec![clause::events_window(query.with_bots)];
    conditions.extend(condition.map(ToOwned::to_owned));
    conditions.extend(clause::event_conditions(sql, of_events));
    let has_lines = metrics.iter().any(|metric| metric.is_of_items());
    if has_lines {
        conditions.push(items::SELLS_ITEMS.to_string());
    } else if is_expanded {
        conditions.push(items::IS_ABOUT_ITEMS.to_string());
    }
    let visit = clause::VISIT_OF_EVENT;
    let (merged, limit) = match duplicates(metrics) {
        Duplicates::Harmless => ("", ""),
        Duplicates::Merged => ("FINAL ", ""),
        Duplicates::Purchases => {
            conditions.push(clause::IS_PURCHASE.into());
            ("", " LIMIT 1 BY event_id")
        }
    };
    let events =
        format!("(SELECT *, {visit} AS visit FROM events {merged}WHERE {}{limit})", conditions.join(" AND "));
    if is_expanded {
        items::expanded(sql, &events, &dimensions, &of_items)
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
        Duplicates::Purchases => format!(
            " AND visitor IN (SELECT visitor FROM events WHERE {} AND {})",
            clause::events_window(query.with_bots),
            clause::IS_PURCHASE
        ),
        _ => String::new(),
    };
    clause::sessions(Sessions::Any, query.with_bots, &buyers)
}

/// The table expression with its conditions.
fn from_clause(sql: &mut Sql, query: &Query, part: &Part, shape: Shape<'_>) -> String {
    let with_dimensions = has_dimensions(query, shape);
    let mut conditions = Vec::new();
    let table = match part.source {
        Source::Events => {
            let filters: Vec<&Filter> = query.filters.iter().collect();
            events_table(sql, query, &filters, &part.metrics, with_dimensions)
        }
        Source::Sessions => {
            for filter in &query.filters {
                conditions.push(clause::session_condition(sql, filter));
            }
            clause::sessions(Sessions::Started, query.with_bots, "")
        }
        Source::EventsInSessions => {
            let (of_sessions, of_events) =
                filters_of_events(&query.filters, &[Level::Event, Level::Item, Level::Both]);
            let events = events_table(sql, query, &of_events, &part.metrics, with_dimensions);
            for filter in of_sessions {
                conditions.push(clause::session_condition(sql, filter));
            }
            let sessions = sessions_of_events(query, &part.metrics);
            format!("{events} AS event INNER JOIN {sessions} AS session_row USING (visitor, visit)")
        }
        Source::PurchasesOfPages => {
            let (of_pages, others): (Vec<&Filter>, Vec<&Filter>) =
                query.filters.iter().partition(|filter| filter.is_of_page());
            let (of_sessions, of_events): (Vec<&Filter>, Vec<&Filter>) =
                others.into_iter().partition(|filter| filter.level() == Level::Session);
            let purchases = events_table(sql, query, &of_events, &part.metrics, with_dimensions);
            let pages = visits_with_pages(sql, query, &of_pages, with_dimensions);
            let joined = format!("{purchases} AS event INNER JOIN {pages} AS seen USING (visitor, visit)");
            if asks_for_sessions(query) {
                for filter in of_sessions {
                    conditions.push(clause::session_condition(sql, filter));
                }
                let sessions = sessions_of_events(query, &part.metrics);
                format!(
                    "(SELECT * FROM {joined}) AS event INNER JOIN {sessions} AS session_row USING (visitor, visit)"
                )
            } else {
                joined
            }
        }
        Source::SessionsOfEvents => {
            let (of_sessions, of_events) = filters_of_events(&query.filters, &[Level::Event, Level::Item]);
            let events = visits_with_events(sql, query, &of_events, with_dimensions);
            for filter in of_sessions {
                conditions.push(clause::session_condition(sql, filter));
            }
            let sessions = clause::sessions(Sessions::Started, query.with_bots, "");
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

/// The visits that hold certain events, once for each value of the dimensions of events and items (`e0`, `e1`). Distinct,
/// so duplicates do not matter.
fn visits_with_events(sql: &mut Sql, query: &Query, filters: &[&Filter], with_dimensions: bool) -> String {
    let mut columns = vec!["DISTINCT visitor, visit".to_owned()];
    for (index, dimension) in query.group_by.iter().enumerate().filter(|_| with_dimensions) {
        match dimension.level() {
            Level::Event => columns.push(format!("{} AS e{index}", clause::of_event(*dimension))),
            Level::Item => columns.push(format!("{} AS e{index}", value_of_item(query, index))),
            Level::Session | Level::Both => {}
        }
    }
    // A page's visits are those that saw it; what else happened may have no page.
    let only = (!counts_any_event(&query.group_by, &query.filters)).then(|| clause::IS_VIEW.to_string());
    let events = events_that(sql, query, filters, &[Metric::Visitors], with_dimensions, only.as_deref());
    format!("(SELECT {} FROM {events})", columns.join(", "))
}

/// The condition that a session has an order; where rows are items or items are asked for, an order of them.
fn bought(sql: &mut Sql, query: &Query, source: Source, with_dimensions: bool) -> String {
    let of_items: Vec<&Filter> =
        query.filters.iter().filter(|filter| filter.level() == Level::Item).collect();
    let dimensions = if with_dimensions { item_dimensions(query) } else { Vec::new() };
    let human = if query.with_bots { String::new() } else { format!(" AND {}", clause::IS_HUMAN) };
    // A session that began in the period may go on after it.
    let orders = format!(
        "(SELECT *, {} AS visit FROM events WHERE site = {{site:String}} \
         AND toDate(ts) BETWEEN {{from_day:Date}} - 1 AND {{to_day:Date}} + 1{human} AND kind = 'order')",
        clause::VISIT_OF_EVENT
    );
    if source == Source::Sessions || of_items.is_empty() && dimensions.is_empty() {
        return format!("(visitor, visit) IN (SELECT visitor, visit FROM {orders})");
    }
    let orders = items::expanded(sql, &orders, &dimensions, &of_items);
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
fn visits_with_pages(sql: &mut Sql, query: &Query, filters: &[&Filter], with_dimensions: bool) -> String {
    let mut columns = vec![format!("DISTINCT visitor, {} AS visit", clause::VISIT_OF_EVENT)];
    for (index, dimension) in query.group_by.iter().enumerate() {
        if with_dimensions && dimension.is_of_page() {
            columns.push(format!("{} AS e{index}", clause::of_event(*dimension)));
        }
    }
    let mut conditions = vec![clause::events_window(query.with_bots), clause::IS_VIEW.to_string()];
    conditions.extend(clause::event_conditions(sql, filters.iter().copied()));
    format!("(SELECT {} FROM events WHERE {})", columns.join(", "), conditions.join(" AND "))
}

fn asks_for_sessions(query: &Query) -> bool {
    query.group_by.iter().any(|dimension| dimension.level() == Level::Session)
        || query.filters.iter().any(|filter| filter.level() == Level::Session)
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
    let window = clause::events_window(query.with_bots);
    format!("{own} IN (SELECT {key} FROM events WHERE {window} AND {})", clause::IS_VIEW)
}

/// The filters that the table of sessions answers, and those that events do.
fn filters_of_events<'a>(filters: &'a [Filter], of_events: &[Level]) -> (Vec<&'a Filter>, Vec<&'a Filter>) {
    filters.iter().partition(|filter| !of_events.contains(&filter.level()))
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

/// A metric over rows of events. `viewers` is who counts as a visitor when other events than views are asked for.
fn of_events(metric: Metric, viewers: Option<&str>) -> String {
    let is_view = &clause::IS_VIEW.to_string();
    match metric {
        Metric::Visitors => format!("uniqExactIf({}, {})", clause::VISITOR, viewers.unwrap_or(is_view)),
        Metric::PageViews => format!("countIf({is_view})"),
        Metric::Events => "count()".into(),
        Metric::Orders => "countIf(kind = 'order')".into(),
        Metric::Revenue => clause::REVENUE.into(),
        // Divided with ten places and rounded to four: exact, as sums are.
        Metric::AverageOrderValue => {
            let is_counted = "kind = 'order' AND currency = {currency:String}";
            format!(
                "if(countIf({is_counted}) = 0, NULL, toDecimal128(round(toDecimal256(sumIf(revenue, {is_counted}), 10) \
                 / countIf({is_counted}), 4), 4))"
            )
        }
        Metric::ProductRevenue => format!("sumIf({}, currency = {{currency:String}})", items::amount()),
        Metric::Quantity => format!("toFloat64(sum({}))", items::quantity()),
        Metric::Sessions
        | Metric::BounceRate
        | Metric::SessionDuration
        | Metric::ViewsPerSession
        | Metric::ConversionRate => unreachable!("a metric of sessions"),
    }
}

/// Money of items in other currencies, each for itself.
fn other_product_revenue() -> String {
    let amount = items::amount();
    format!("sumMapIf(map(toString(currency), {amount}), {amount} != 0 AND currency != {{currency:String}})")
}

/// A metric over rows of sessions. `bought` is the condition of a conversion.
fn of_sessions(metric: Metric, bought: Option<&str>) -> String {
    let is_session = clause::IS_SESSION;
    let with_views = "countIf(view_count > 0)";
    match metric {
        Metric::Sessions => format!("countIf({is_session})"),
        Metric::BounceRate => format!(
            "if({with_views} = 0, NULL, countIf(view_count = 1 AND action_count = 0 \
             AND dateDiff('millisecond', started, ended) < 10000) / {with_views})"
        ),
        Metric::SessionDuration => format!(
            "if(countIf({is_session}) = 0, NULL, \
             round(avgIf(dateDiff('millisecond', started, ended), {is_session})))"
        ),
        Metric::ViewsPerSession => {
            format!("if({with_views} = 0, NULL, sum(view_count) / {with_views})")
        }
        Metric::ConversionRate => {
            let bought = bought.expect("the condition of a conversion");
            format!(
                "if(countIf({is_session}) = 0, NULL, countIf({is_session} AND {bought}) / countIf({is_session}))"
            )
        }
        Metric::Visitors
        | Metric::PageViews
        | Metric::Events
        | Metric::Orders
        | Metric::Revenue
        | Metric::AverageOrderValue
        | Metric::ProductRevenue
        | Metric::Quantity => unreachable!("a metric of events"),
    }
}

/// Whether a row has something to show for a metric.
fn present(metric: Metric) -> String {
    let column = column(metric);
    match metric.shape() {
        MetricShape::Count | MetricShape::Amount | MetricShape::Money => format!("{column} != 0"),
        MetricShape::Mean | MetricShape::Rate | MetricShape::MeanMoney => format!("isNotNull({column})"),
    }
}

#[cfg(test)]
mod tests;
