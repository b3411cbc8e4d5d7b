//! The statements that roll days up.

use orma_store::Param;

use super::super::{Query, Shape, Source, dimensions};
use super::columns::{Column, doers, sessions, viewers, views};
use super::counted::{expressions, numbered, with_numbers};
use super::presence::{PRESENT, present};
use super::{ALL, ALL_WITH_PAGES, OF_ITEMS, OF_VISITS};
use crate::plan::Dimension;
use crate::sql::{Sql, events};

/// The statements that roll a day up, each within so much of the store's memory. `query` is about the day; what it counts and divides
/// does not matter.
pub fn makings(query: &Query, day: i64, made: u64, memory_bytes_max: u64) -> Vec<Sql> {
    let settings = format!(
        "SETTINGS {BEHIND}, do_not_merge_across_partitions_select_final = 1, max_memory_usage = {memory_bytes_max}, \
         max_bytes_before_external_group_by = {}",
        memory_bytes_max / 2
    );
    let making = |source, by: &[Dimension], with_all: bool| {
        let mut query = query.clone();
        query.interval = None;
        query.group_by = by.to_vec();
        let columns = match source {
            Source::Views => views(),
            Source::Events => doers(),
            source => sessions(source, !by.is_empty()),
        };
        let shape = if by.is_empty() { Shape::Totals } else { Shape::Page };
        let mut sql = events::of_scope(&query.scope);
        let table = numbered(&mut sql, &query, source, shape);
        let values = if by.is_empty() { Vec::new() } else { dimensions(&query, source) };
        let all = if source == Source::SessionsOfPages { ALL_WITH_PAGES } else { ALL };
        // One reading for all of them.
        let of_set = |what: &dyn Fn(usize) -> String, otherwise: &str| {
            let each = (0..by.len()).map(|index| format!("grouping(v{index}) = 0, {}, ", what(index)));
            let each: String = each.collect();
            if each.is_empty() { format!("'{otherwise}'") } else { format!("multiIf({each}'{otherwise}')") }
        };
        let selected = values.iter().enumerate().map(|(index, value)| format!("{value} AS v{index}, "));
        let mut sets: Vec<String> = (0..by.len()).map(|index| format!("(v{index})")).collect();
        sets.extend(with_all.then(|| "()".to_owned()));
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let names = names.join(", ");
        sql.text = format!(
            "INSERT INTO rollups (site, dimension, day, made, value, {names}) \
             SELECT {{site:String}}, dimension, toDate({{day:UInt16}}), {{made:UInt64}}, value, {names} \
             FROM (SELECT {}{} AS dimension, {} AS value, {} FROM {table} GROUP BY GROUPING SETS ({})) {settings}",
            selected.collect::<String>(),
            of_set(&|index| format!("'{}'", by[index].name()), all),
            of_set(&|index| format!("v{index}"), ""),
            expressions(&columns),
            sets.join(", "),
        );
        sql.params.push(("day".to_owned(), Param::Int(day)));
        sql.params.push(("made".to_owned(), Param::Int(made.cast_signed())));
        sql
    };
    let mut makings = vec![
        making(Source::Views, &OF_VISITS, true),
        making(Source::Sessions, &OF_VISITS, true),
        making(Source::Views, &[Dimension::PAGE], false),
        making(Source::SessionsOfPages, &[Dimension::PAGE], false),
        making(Source::SessionsOfPages, &[], true),
    ];
    // An event is of several products: rows of two dimensions would have it several times for one of them.
    for dimension in OF_ITEMS {
        makings.push(making(Source::Events, &[dimension], false));
        makings.push(making(Source::SessionsOfEvents, &[dimension], false));
    }
    makings.push(making_of_presence(query, day, made, &settings));
    makings
}

/// Who was there.
fn making_of_presence(query: &Query, day: i64, made: u64, settings: &str) -> Sql {
    let mut sql = events::of_scope(&query.scope);
    let columns: Vec<Column> = viewers().into();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let names = names.join(", ");
    sql.text = format!(
        "INSERT INTO rollups (site, dimension, day, made, value, {names}) \
         SELECT {{site:String}}, '{PRESENT}', toDate({{day:UInt16}}), {{made:UInt64}}, '', {} FROM {} {settings}",
        expressions(&columns),
        with_numbers(&present(), Source::Views)
    );
    sql.params.push(("day".to_owned(), Param::Int(day)));
    sql.params.push(("made".to_owned(), Param::Int(made.cast_signed())));
    sql
}

/// The sites of which days are rolled up, those with the most visits first: `site`, and `days`, the days of UTC that have any.
pub const SITES: &str = "SELECT toString(site) AS site, arraySort(groupUniqArray(toUInt16(day))) AS days FROM visits \
    GROUP BY site HAVING count() >= {visits_min:UInt64} ORDER BY count() DESC, site \
    SETTINGS max_threads = 1, os_thread_priority = 10";

/// Rows of makings that do not count any more, and that nobody who asked before reads: a condition.
const ARE_GONE: &str = "made < toUnixTimestamp64Micro(now64(6)) - 3600000000 AND (site, day, made) NOT IN \
    (SELECT site, day, made FROM rollup_days FINAL WHERE zone != '')";

/// How many there are: `rows`.
pub fn gone() -> String {
    format!("SELECT count() AS rows FROM rollups WHERE {ARE_GONE} SETTINGS {BEHIND}")
}

/// Deletes them.
pub fn delete_gone() -> String {
    format!("DELETE FROM rollups WHERE {ARE_GONE}")
}

/// Nobody waits for it. No lower than questions: a thread that hardly gets a processor may hold what the others need, and then the
/// engine answers nobody.
const BEHIND: &str = "max_threads = 1, os_thread_priority = 10";
