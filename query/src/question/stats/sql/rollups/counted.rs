//! Rows as rollups have them, counted over visits or events.

use super::super::{Part, Query, Shape, Source, bucket_start, dimensions, from_clause, views_table};
use super::columns::Column;
use crate::plan::Metric;
use crate::sql::Sql;

/// Rows as rollups have them, of visits: `value`, `day`, and these columns. The question's interval is days, or none.
pub fn counted(
    sql: &mut Sql,
    query: &Query,
    source: Source,
    with_dimensions: bool,
    columns: &[Column],
) -> String {
    let value = if with_dimensions { dimensions(query, source).remove(0) } else { "''".into() };
    let day = query.interval.map_or("toDate(0)".into(), |interval| bucket_start(query, source, interval));
    let shape = match (with_dimensions, query.interval) {
        (true, None) => Shape::Page,
        (true, Some(_)) => Shape::Series(&[]),
        (false, None) => Shape::Totals,
        (false, Some(_)) => Shape::SeriesAndTotals,
    };
    let table = numbered(sql, query, source, shape);
    format!(
        "SELECT {value} AS value, {day} AS day, {} FROM {table} GROUP BY value, day",
        expressions(columns)
    )
}

pub fn expressions(columns: &[Column]) -> String {
    let each = columns.iter().map(|Column { name, counted, .. }| format!("{counted} AS {name}"));
    each.collect::<Vec<_>>().join(", ")
}

/// What a question counts, where these are people with the numbers of visitors and people, 0 without one.
pub fn numbered(sql: &mut Sql, query: &Query, source: Source, shape: Shape<'_>) -> String {
    let metric = if source == Source::Events { Metric::Visitors } else { Metric::People };
    let table = from_clause(sql, query, &Part { source, metrics: vec![metric] }, shape);
    with_numbers(&table, source)
}

/// The numbers of those who have visits in a period, by their hashes: `id_hash`, `number`. `hashes` says of which visits.
pub fn numbers(hashes: &str) -> String {
    format!(
        "(SELECT id_hash, number FROM visitor_numbers WHERE site = {{site:String}} AND id_hash IN (SELECT {hashes} \
         AND site = {{site:String}} AND day BETWEEN {{from_day:Date}} AND {{to_day:Date}} AND NOT is_bot))"
    )
}

/// Rows with `visitor_number` and `person_number`, as far as what they are of is counted by people.
pub fn with_numbers(table: &str, source: Source) -> String {
    let visitors = numbers("visitor_hash FROM visits WHERE true");
    let with_visitors = format!(
        "FROM {table} AS seen LEFT ANY JOIN {visitors} AS of_visitor ON seen.visitor_hash = of_visitor.id_hash"
    );
    match source {
        Source::Views => {
            // Few are identified.
            let owners = numbers("owner_hash FROM visits WHERE owner_hash != 0");
            format!(
                "(SELECT seen.*, of_visitor.number AS visitor_number, \
                 if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number {with_visitors} \
                 LEFT ANY JOIN {owners} AS of_owner ON seen.person_hash = of_owner.id_hash)"
            )
        }
        Source::Events => format!("(SELECT seen.*, of_visitor.number AS visitor_number {with_visitors})"),
        _ => table.to_owned(),
    }
}

/// The views of a period: who has any is a viewer.
pub fn viewers(sql: &mut Sql, query: &Query) -> String {
    views_table(sql, query, Shape::Totals, &[], &[], false)
}
