//! Days that are over, read from what they were rolled up to; and how they are rolled up, by the same statements.
//!
//! A question without conditions about whole days of the site reads a row for each day and value where it would read visits. The
//! days of its period up to the first that is not rolled up are read there, the rest of it from visits as ever.

mod columns;
mod counted;
mod making;
pub mod presence;
mod split;

use orma_store::Param;

use super::metric::{SessionCounts, column, of_sessions};
use super::{Part, Query, Shape, Source, bind_buckets, finish, has_dimensions, interval_of, is_keyed};
use crate::plan::period::Interval;
use crate::plan::{Dimension, Filter, Metric, Shift};
use crate::question::stats::choose::counts_any_event;
use crate::sql::{Sql, clause};
use columns::{columns, of_viewers, of_views};
use counted::{counted, viewers};
pub use making::{SITES, delete_gone, gone, makings};
use split::{Split, split};

/// The dimensions that days are rolled up by: what pages list. Each takes a bit for each visitor of a day, or two bytes.
const OF_VISITS: [Dimension; 10] = [
    Dimension::ENTRY_PAGE,
    Dimension::EXIT_PAGE,
    Dimension::SOURCE,
    Dimension::CHANNEL,
    Dimension::CAMPAIGN,
    Dimension::COUNTRY,
    Dimension::CITY,
    Dimension::DEVICE_CLASS,
    Dimension::BROWSER,
    Dimension::OS,
];
const OF_ITEMS: [Dimension; 1] = [Dimension::PRODUCT];

/// What the rows of all visits are called, and those of all that saw a page.
const ALL: &str = "";
const ALL_WITH_PAGES: &str = "pages";

/// Whether rollups may know anything that is asked.
pub fn may_know(query: &Query) -> bool {
    !query.scope.with_bots && (query.scope.condition.members().is_empty() || filter(query).is_some())
}

/// The rows that know what is asked of a part, by the name of their dimension; `None` where no rows do. A filter of their own
/// dimension leaves some of them in: a visit and a view have one value.
fn rows_of(query: &Query, part: &Part, shape: Shape<'_>) -> Option<&'static str> {
    if !may_know(query) || matches!(shape, Shape::OtherMoney) {
        return None;
    }
    let interval = interval_of(query, shape);
    if let (Some(Interval::Minute | Interval::Hour), _) | (Some(_), Some(Shift::Milliseconds(_))) =
        (interval, query.shift)
    {
        return None;
    }
    // Another person by an alias has another number.
    if part.metrics.contains(&Metric::People) && !query.scope.aliases.is_empty() {
        return None;
    }
    let by = if has_dimensions(query, shape) { &query.group_by[..] } else { &[] };
    if let Some(filter) = filter(query) {
        let filtered = filter.dimension()?;
        let is_of_it = OF_VISITS.contains(&filtered) && (by.is_empty() || by == [filtered]);
        return (is_of_it && matches!(part.source, Source::Views | Source::Sessions))
            .then(|| filtered.name());
    }
    match (part.source, by) {
        (Source::Views | Source::Sessions, []) => Some(ALL),
        (Source::Views | Source::Sessions, [one]) if OF_VISITS.contains(one) => Some(one.name()),
        (Source::Views | Source::SessionsOfPages, [Dimension::PAGE]) => Some(Dimension::PAGE.name()),
        (Source::SessionsOfPages, []) => Some(ALL_WITH_PAGES),
        (Source::SessionsOfEvents, []) => {
            Some(if counts_any_event(&query.group_by, &[]) { ALL } else { ALL_WITH_PAGES })
        }
        (Source::SessionsOfEvents, [one]) if OF_ITEMS.contains(one) => Some(one.name()),
        (Source::Events, [one])
            if OF_ITEMS.contains(one) && part.metrics == [Metric::Visitors] && interval.is_none() =>
        {
            Some(one.name())
        }
        _ => None,
    }
}

/// The filter of a question that has no other condition.
fn filter(query: &Query) -> Option<&Filter> {
    let [member] = query.scope.condition.members() else { return None };
    member.filter()
}

/// The statement that answers a part of a question from rollups, as far as its days are rolled up; `None` where none is.
pub fn statement(query: &Query, part: &Part, shape: Shape<'_>) -> Option<Sql> {
    let dimension = rows_of(query, part, shape)?;
    let Split { made, first_day, last_day, rest } = split(&query.scope.period, &query.rollups)?;
    let mut sql = Sql::default();
    sql.bind_site(&query.scope.site);
    // The visits that are read are those of the rest.
    sql.bind_period(rest.as_ref().unwrap_or(&query.scope.period));
    let made = sql.bind_numbers("made", made);
    for (name, value) in [
        ("first_rolled", Param::Int(first_day)),
        ("last_rolled", Param::Int(last_day)),
        ("dimension", dimension.into()),
    ] {
        sql.params.push((name.into(), value));
    }
    let interval = interval_of(query, shape);
    let rest = rest.map(|rest| {
        // Rows of its days, in its own time.
        let mut query = query.clone();
        query.scope.period = rest;
        query.interval = interval.map(|_| Interval::Day);
        query.shift = None;
        query
    });
    // Rows of the days, and of the rest of the period.
    let mut rows = |dimension: &str, part: &Part, with_dimensions: bool| {
        let views = rest.as_ref().map(|rest| viewers(&mut sql, rest));
        let columns = columns(part, views.as_deref(), with_dimensions);
        let read: Vec<&str> = columns.iter().map(|column| column.of_rollups.as_str()).collect();
        let filtered = filter(query).map(|filter| clause::compared(&mut sql, "rollups.value", filter));
        let of_days = format!(
            "SELECT value, day, {} FROM rollups WHERE site = {{site:String}} AND dimension = {dimension} \
             AND day BETWEEN toDate({{first_rolled:UInt16}}) AND toDate({{last_rolled:UInt16}}) \
             AND made IN (SELECT arrayJoin({})){}",
            read.join(", "),
            made,
            filtered.map_or(String::new(), |filtered| format!(" AND {filtered}"))
        );
        match &rest {
            None => format!("({of_days})"),
            Some(rest) => {
                let rest = counted(&mut sql, rest, part.source, with_dimensions, &columns);
                format!("({of_days} UNION ALL {rest})")
            }
        }
    };
    let table = rows("{dimension:String}", part, has_dimensions(query, shape));
    // Who did something and saw a page is among those who saw a page.
    let all_viewers = (part.source == Source::Events)
        .then(|| rows("''", &Part { source: Source::Views, metrics: vec![Metric::Visitors] }, false));
    let mut selected = Vec::new();
    let mut keys = Vec::new();
    if let Some(interval) = interval {
        bind_buckets(&mut sql, query);
        let day = if query.shift.is_some() { "addDays(day, {shift:Int64})" } else { "day" };
        let start = clause::bucket_of_day(interval, day);
        selected.push(format!("{} AS t", clause::bucket_key(interval, &start)));
        keys.push(start);
    }
    if has_dimensions(query, shape) {
        selected.push("value AS d0".into());
        keys.push("d0".into());
    }
    for metric in &part.metrics {
        let expression = match (part.source, &all_viewers) {
            (Source::Views, _) => of_views(*metric, rest.is_some()),
            (_, Some(viewers)) => of_viewers(viewers, rest.is_some()),
            _ => of_sessions(*metric, &SessionCounts::of_rollups()),
        };
        selected.push(format!("{expression} AS {}", column(*metric)));
    }
    let asked = match shape {
        Shape::Keyed(of) | Shape::Series(of) if !of.is_empty() => {
            format!(" WHERE {}", is_keyed(&mut sql, query, of))
        }
        _ => String::new(),
    };
    sql.text = format!("SELECT {} FROM {table}{asked}", selected.join(", "));
    finish(&mut sql, query, part, shape, &keys);
    Some(sql)
}

#[cfg(test)]
mod tests;
