//! The statement of paths of pages: visits have their pages in order.

use super::request::{Nodes, Request};
use super::rule::{END, START};
use crate::condition::Condition;
use crate::plan::Dimension;
use crate::plan::filter::{Field, Filter, Operator};
use crate::scope::Scope;
use crate::sql::Sql;
use crate::sql::clause;
use crate::sql::events::{SEEN, of_scope};
use crate::steps::{Unit, VISIT_NUMBER, chosen_units};

/// Behind each part of a node: no page and no screen holds it, as visits are written with it between their pages.
pub const PART_END: char = '\u{1f}';

/// Whether visits know all that is asked: the pages of sessions, from and to pages.
pub fn is_of_visits(request: &Request) -> bool {
    let is_of_pages =
        |condition: &Option<Condition>| condition.as_ref().is_none_or(|it| filters_of_page(it).is_some());
    request.unit == Unit::Sessions
        && request.nodes == Nodes::Pages
        && is_of_pages(&request.start)
        && is_of_pages(&request.end)
}

/// The filters of a page that all must hold, where a condition says no more than that of something that was seen. Which kind of
/// view it was a visit does not know: what is asked of a kind must be a path by its form.
fn filters_of_page(condition: &Condition) -> Option<Vec<&Filter>> {
    let (mut filters, mut is_of_a_kind) = (Vec::new(), false);
    for member in condition.members() {
        let filter = member.filter()?;
        match &filter.field {
            Field::Dimension(Dimension::PAGE) => filters.push(filter),
            Field::Dimension(Dimension::KIND) if member.kinds()? == ["page_view"] => is_of_a_kind = true,
            _ => return None,
        }
    }
    let is_path = |filter: &&Filter| {
        matches!(filter.operator, Operator::Is | Operator::Starts)
            && filter.values.iter().all(|value| value.starts_with('/'))
    };
    // One that is a path leaves no screen to the others.
    let are_told_apart = !is_of_a_kind || filters.iter().any(is_path);
    (!filters.is_empty() && are_told_apart).then_some(filters)
}

/// How journeys are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Alike ones together: how many `times`.
    Alike,
    /// Each by itself: the number of its session (`unit`), and when that began (`at`, in milliseconds).
    Each,
}

/// The journeys of pages: `nodes` (the pages, each with a number behind it, [`START`] and [`END`], and [`PART_END`] behind both),
/// and what is told of [them](Rows).
pub fn journeys(scope: &Scope, request: &Request, rows: Rows) -> Sql {
    let mut sql = of_scope(scope);
    let mut fits = |condition: &Option<Condition>, bit: u32| {
        let filters = condition.as_ref().and_then(filters_of_page).unwrap_or_default();
        if filters.is_empty() {
            return "0".to_owned();
        }
        let terms: Vec<String> =
            filters.into_iter().map(|filter| clause::compared(&mut sql, "page", filter)).collect();
        format!("if({}, {bit}, 0)", terms.join(" AND "))
    };
    let (start, end) = (fits(&request.start, START), fits(&request.end, END));
    let chosen = chosen_units(&mut sql, scope, Unit::Sessions)
        .map_or(String::new(), |chosen| format!(" AND {VISIT_NUMBER} IN ({chosen})"));
    let since = |ms: &str| format!("{{{ms}:Int64}} - toUnixTimestamp64Milli(started)");
    let in_period = format!(
        "arrayFilter((page, ms) -> toInt64(ms) >= {} AND toInt64(ms) < {}, pages, view_ms)",
        since("from"),
        since("to")
    );
    // Most visits lie within the period, and their views with them.
    let seen = format!(
        "if(started >= fromUnixTimestamp64Milli({{from:Int64}}) AND ended < fromUnixTimestamp64Milli({{to:Int64}}), pages, {in_period})"
    );
    let nodes = format!("arrayMap(page -> (toString(page), {start} + {end}), {seen})");
    // Of a path without an end only so many nodes are told; folded, those that follow themselves are one.
    let folded = if request.rule.fold { format!("arrayCompact({nodes})") } else { nodes };
    let count = request.rule.steps + 1;
    let kept = match (request.rule.has_start, request.rule.has_end) {
        (false, false) => format!("arraySlice(journey, 1, {count})"),
        (true, false) => format!(
            "arraySlice(journey, greatest(1, arrayFirstIndex(node -> bitAnd(node.2, {START}) != 0, journey) AS first), \
             if(first = 0, 0, {count}))"
        ),
        _ => "journey".to_owned(),
    };
    let (told, of_each, together) = match rows {
        Rows::Alike => ("count() AS times", String::new(), " GROUP BY nodes"),
        Rows::Each => {
            ("unit, at", format!(", {VISIT_NUMBER} AS unit, toUnixTimestamp64Milli(started) AS at"), "")
        }
    };
    // A visit of several days has a row for each.
    sql.text = format!(
        "SELECT arrayStringConcat(arrayMap(node -> concat(node.1, '\\x1F', toString(node.2), '\\x1F'), kept)) AS nodes, \
         {told} FROM (SELECT {folded} AS journey, {kept} AS kept{of_each} FROM visits FINAL WHERE {} AND is_session \
         AND (NOT is_continued OR day = {{from_day:Date}}) AND view_count > 0 AND {}{chosen}) \
         WHERE notEmpty(kept){together}",
        clause::visits_window(scope.with_bots),
        SEEN.replace("since", "started")
    );
    sql
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::tests::{NOW, rome};
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    fn request(body: serde_json::Value) -> Request {
        Request::parse(&rome(), &serde_json::from_value(body).unwrap(), NOW).unwrap()
    }

    #[test]
    fn snapshots_of_paths() {
        let from = request(json!({"nodes": "pages", "start": {"kind": "page_view", "path": "/"}}));
        let to = request(json!({"nodes": "pages", "end": {"path": "/grazie"}, "fold": false}));
        let chosen = november(&["country:is:IT"]);
        check(
            "paths",
            &[
                journeys(&november(&[]), &from, Rows::Alike),
                journeys(&chosen, &to, Rows::Alike),
                journeys(&november(&[]), &request(json!({"nodes": "pages"})), Rows::Alike),
                journeys(&november(&[]), &from, Rows::Each),
            ],
        );
    }

    #[test]
    fn visits_know_pages_and_nothing_else() {
        for (body, expected) in [
            (json!({"nodes": "pages"}), true),
            (json!({}), false),
            (json!({"nodes": "pages", "scope": "person"}), false),
            (json!({"nodes": "pages", "start": {"path": "/"}}), true),
            (json!({"nodes": "pages", "start": {"kind": "page_view", "path": "/"}}), true),
            (json!({"nodes": "pages", "start": {"kind": "page_view"}}), false),
            // A screen may be called so, too.
            (json!({"nodes": "pages", "start": {"kind": "page_view", "path": "Home"}}), false),
            (json!({"nodes": "pages", "start": {"screen": "Home"}}), true),
            (json!({"nodes": "pages", "start": {"kind": "order"}}), false),
            (
                json!({"nodes": "pages", "end": {"where": {"not": {"is": {"dimension": "page", "values": ["/"]}}}}}),
                false,
            ),
            (
                json!({"nodes": "pages", "end": {"path": "/", "where": {"is": {"dimension": "country", "values": ["IT"]}}}}),
                false,
            ),
        ] {
            assert_eq!(is_of_visits(&request(body.clone())), expected, "{body}");
        }
    }
}
