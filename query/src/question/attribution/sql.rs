//! The statement of attribution: by which visits people came.

use orma_store::Param;

use super::request::Request;
use crate::plan::Dimension;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::sql::clause::of_visit;
use crate::sql::events::of_scope;
use crate::sql::identity::People;
use crate::steps::{Unit, chosen_units};

/// The sessions that people had of visits which began from the window before the period to its end: `unit`, `at`
/// (milliseconds), `label`, `is_direct`.
pub fn touches(scope: &Scope, request: &Request) -> Sql {
    let mut sql = of_scope(scope);
    let began = scope.period.from.0.saturating_sub(request.window_ms).max(0);
    sql.params.push(("began".to_owned(), Param::Int(began)));
    let people = People::new(&mut sql, &scope.aliases);
    let label = of_visit(request.group_by);
    let together = Together::of(request.group_by);
    // What each person has of a visit, or the visit as a whole.
    let whose = if request.unit == Unit::People { "NOT is_mixed" } else { "part = 0" };
    let rows = format!(
        "(SELECT visitor_hash, session_hash, started, person_hash, since, {label} AS label, \
         toUInt8(channel IN ('', 'direct')) AS is_direct{}, part \
         FROM visits FINAL WHERE site = {{site:String}} AND {whose} AND NOT is_bot AND NOT is_continued AND is_session \
         AND day BETWEEN toDate(fromUnixTimestamp64Milli({{began:Int64}}), 'UTC') AND {{to_day:Date}} \
         AND since >= fromUnixTimestamp64Milli({{began:Int64}}) AND since < fromUnixTimestamp64Milli({{to:Int64}}))",
        together.needs
    );
    let (number, rows) = match request.unit {
        Unit::People => ("person_hash", once(&people, &rows, together.label)),
        Unit::Visitors | Unit::Sessions => ("visitor_hash", rows),
    };
    let chosen = chosen_units(&mut sql, scope, request.unit)
        .map_or(String::new(), |chosen| format!(" WHERE {number} IN ({chosen})"));
    sql.text = format!(
        "SELECT {number} AS unit, toUnixTimestamp64Milli(since) AS at, label, is_direct FROM {rows}{chosen}"
    );
    sql
}

/// How the label of a visit of which two ids of one person have a part each comes from those of the parts.
struct Together {
    /// What it needs of visits, besides the label.
    needs: &'static str,
    /// The label, of several `row`s.
    label: &'static str,
}

impl Together {
    fn of(dimension: Dimension) -> Self {
        match dimension.column() {
            // The path of the first event; where it has none, the first page that was seen, whichever id saw it.
            "entry_page" => Self {
                needs: ", view_count > 0 AS is_seen_page, toString(pages[1]) AS first_page, view_ms[1] AS first_view_ms, \
                        label != '' AND NOT (is_seen_page AND first_page = label AND first_view_ms > since_ms) AS is_of_event",
                label: "if(argMin(row.is_of_event, (row.since, row.part)), argMin(row.label, (row.since, row.part)), \
                        argMinIf(row.first_page, (row.first_view_ms, row.part), row.is_seen_page))",
            },
            "exit_page" => Self {
                needs: ", view_count > 0 AS is_seen_page, last_view_ms",
                label: "argMaxIf(row.label, (row.last_view_ms, row.part), row.is_seen_page)",
            },
            _ => Self { needs: "", label: "argMin(row.label, (row.since, row.part))" },
        }
    }
}

/// What a person has of a visit, once: two ids of one person may each have a part of it. Parts are in the order of their first
/// events.
fn once(people: &People, rows: &str, label: &str) -> String {
    let rows_of_people = people.numbers(rows);
    if rows_of_people == rows {
        return rows_of_people;
    }
    format!(
        "(SELECT person_hash, min(row.since) AS since, {label} AS label, \
         argMin(row.is_direct, (row.since, row.part)) AS is_direct FROM {rows_of_people} AS row \
         GROUP BY person_hash, visitor_hash, session_hash, started)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Aliases;
    use crate::plan::tests::{NOW, rome};
    use crate::question::attribution::request::AttributionRequest;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_attribution() {
        let request = |group_by: &str, unit: &str| {
            let body = AttributionRequest {
                group_by: Some(group_by.into()),
                unit: Some(unit.into()),
                ..AttributionRequest::default()
            };
            Request::parse(&rome(), &body, NOW).unwrap()
        };
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let chosen = Scope { aliases, ..november(&["country:is:IT"]) };
        check(
            "attribution",
            &[
                touches(&november(&[]), &request("channel", "visitors")),
                touches(&chosen, &request("campaign", "people")),
                touches(&chosen, &request("entry_page", "people")),
                touches(&chosen, &request("exit_page", "people")),
            ],
        );
    }
}
