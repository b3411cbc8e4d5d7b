//! The columns of rollups, what makes the same of visits, and the metrics over them.

use super::super::metric::SessionCounts;
use super::super::{Part, Source};
use crate::plan::Metric;

/// A column of rollups, and beside it what makes the same of visits.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Read from rollups.
    pub of_rollups: String,
    /// Counted over visits or views.
    pub counted: String,
}

impl Column {
    fn new(name: &'static str, counted: impl Into<String>) -> Self {
        Self { name, of_rollups: name.into(), counted: counted.into() }
    }

    /// Of who has no number yet, which nobody whose days are rolled up is.
    fn of_new(name: &'static str, counted: impl Into<String>) -> Self {
        let of_rollups = format!("arrayReduce('uniqExactState', emptyArrayUInt64()) AS {name}");
        Self { name, of_rollups, counted: counted.into() }
    }
}

/// Who is among some rows.
pub fn viewers() -> [Column; 3] {
    let numbers =
        |number: &str, whose: &str| format!("groupBitmapStateIf({number}, {number} != 0 AND {whose})");
    let is_identified = "person_hash != visitor_hash";
    [
        Column::new("unidentified", numbers("visitor_number", &format!("NOT ({is_identified})"))),
        Column::new("identified", numbers("visitor_number", is_identified)),
        Column::new("owners", numbers("person_number", is_identified)),
    ]
}

/// Who saw a page, and how many.
pub fn views() -> Vec<Column> {
    viewers().into_iter().chain([Column::new("page_views", "sum(view_count)")]).collect()
}

/// In the rest of a period some may have no number yet: they are counted by their hashes.
fn new_views() -> [Column; 2] {
    [
        Column::of_new("new_visitors", "uniqExactStateIf(visitor_hash, visitor_number = 0)"),
        Column::of_new("new_people", "uniqExactStateIf(person_hash, person_number = 0)"),
    ]
}

/// Who did something, whoever they are and whatever pages they saw.
pub fn doers() -> Vec<Column> {
    vec![Column::new("unidentified", "groupBitmapStateIf(visitor_number, visitor_number != 0)")]
}

/// Of those who did something in the rest of a period and have no number yet, those who are in a table of views.
fn new_doers(viewers: &str) -> Column {
    let is_new = format!("visitor_number = 0 AND visitor_hash IN (SELECT visitor_hash FROM {viewers})");
    Column::of_new("new_visitors", format!("uniqExactStateIf(visitor_hash, {is_new})"))
}

/// The columns that the metrics of a part are made of. Where the period has a rest, `viewers` are its views.
pub fn columns(part: &Part, viewers: Option<&str>, with_dimensions: bool) -> Vec<Column> {
    let has = |metric: Metric| part.metrics.contains(&metric);
    let is_asked = |column: &Column| match column.name {
        "unidentified" => has(Metric::Visitors) || has(Metric::People),
        "identified" | "new_visitors" => has(Metric::Visitors),
        "owners" | "new_people" => has(Metric::People),
        _ => has(Metric::PageViews),
    };
    match part.source {
        Source::Views => {
            let new = viewers.map(|_| new_views()).into_iter().flatten();
            views().into_iter().chain(new).filter(is_asked).collect()
        }
        Source::Events => doers().into_iter().chain(viewers.map(new_doers)).collect(),
        source => sessions(source, with_dimensions),
    }
}

/// A metric over rows of rollups, and of the rest of the period where there is one.
pub fn of_views(metric: Metric, has_rest: bool) -> String {
    let distinct = |known: &str, new: &str| {
        let new = if has_rest { format!(" + uniqExactMerge({new})") } else { String::new() };
        format!(
            "bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState({known})){new}"
        )
    };
    match metric {
        Metric::Visitors => distinct("identified", "new_visitors"),
        Metric::People => distinct("owners", "new_people"),
        Metric::PageViews => "sum(page_views)".into(),
        other => unreachable!("{} is no metric of views", other.name()),
    }
}

/// Those of who did something who also saw a page, `viewers` being rows of all who did.
pub fn of_viewers(viewers: &str, has_rest: bool) -> String {
    let new = if has_rest { " + uniqExactMerge(new_visitors)" } else { "" };
    let all = "bitmapOr(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified))";
    format!("bitmapAndCardinality(groupBitmapMergeState(unidentified), (SELECT {all} FROM {viewers})){new}")
}

/// Sessions, and what they did.
pub fn sessions(source: Source, with_dimensions: bool) -> Vec<Column> {
    // Where rows are items, an order of them.
    let of_items = source == Source::SessionsOfEvents && with_dimensions;
    let counts = SessionCounts::of_rows(if of_items { "has_bought" } else { "order_count > 0" });
    let each = SessionCounts::COLUMNS.into_iter().zip(counts.expressions());
    each.map(|(name, counted)| Column::new(name, counted.to_owned())).collect()
}
