//! The statements of `/quality/web` and `/quality/app`.

use orma_store::Param;

use super::app::STARTS;
use super::request::QualityQuery;
use super::web::VITALS;
use crate::identity::Aliases;
use crate::sql::identity::{self, Duplicates};
use crate::sql::{Sql, clause, events};

const IN_APP: &str = "touchpoint = 'app'";

impl QualityQuery {
    /// The scope as a condition on events.
    fn condition(&self, sql: &mut Sql) -> String {
        events::conditions(sql, &self.scope).join(" AND ")
    }

    /// The totals have no dimension.
    fn grouping(&self, sql: &mut Sql, totals: bool, order: &str) -> (String, String) {
        if totals {
            return (String::new(), String::new());
        }
        let limit = sql.bind("UInt64", Param::Int(self.limit as i64));
        (
            format!("{} AS dimension, ", clause::of_event(self.group_by)),
            format!(" GROUP BY dimension HAVING {order} > 0 ORDER BY {order} DESC, dimension LIMIT {limit}"),
        )
    }
}

/// The vitals in total, or by the dimension: `dimension`, `samples`, and for each vital, named by its index in
/// [`VITALS`], `samples0`, `p75_0`, `good0`, `poor0` (numbers of samples).
pub fn web(query: &QualityQuery, totals: bool) -> Sql {
    let mut sql = events::of_scope(&query.scope);
    let condition = query.condition(&mut sql);
    let mut columns = Vec::new();
    for (index, vital) in VITALS.iter().enumerate() {
        let (name, good, poor) = (vital.name, vital.good, vital.poor);
        columns.push(format!(
            "countIf(name = '{name}') AS samples{index}, quantileExactInclusiveIf(0.75)(value, name = '{name}') AS p75_{index}, \
             countIf(name = '{name}' AND value <= toFloat32({good})) AS good{index}, \
             countIf(name = '{name}' AND value > toFloat32({poor})) AS poor{index}"
        ));
    }
    let (dimension, grouped) = query.grouping(&mut sql, totals, "samples");
    let names: Vec<String> = VITALS.iter().map(|vital| format!("'{}'", vital.name)).collect();
    sql.text = format!(
        "SELECT {dimension}count() AS samples, {} FROM (SELECT * FROM events WHERE {condition} AND kind = 'vital' \
         AND name IN ({}) AND isNotNull(value) LIMIT 1 BY event_id){grouped}",
        columns.join(", "),
        names.join(", ")
    );
    sql
}

/// The app starts in total, or by the dimension: `dimension`, and for each start, named by its index in [`STARTS`],
/// `samples0`, `p75_0`, `good0`, `poor0`; `sessions`, `crashed_sessions`, `people`, `crashed_people`.
pub fn app(query: &QualityQuery, totals: bool, aliases: &Aliases) -> Sql {
    let mut sql = events::of_scope(&query.scope);
    let condition = query.condition(&mut sql);
    let person = identity::person(&mut sql, aliases);
    let edges = format!(" AND visitor IN (SELECT visitor FROM events WHERE {condition} AND {IN_APP})");
    let is_crash = "kind = 'crash' AND props['fatal'] != 'false'";
    let mut columns = Vec::new();
    for (index, start) in STARTS.iter().enumerate() {
        let is_start = format!("kind = 'app_start' AND name = '{}' AND duration_ms > 0", start.name);
        let (good, poor) = (start.good_ms, start.poor_ms);
        columns.push(format!(
            "countIf({is_start}) AS samples{index}, quantileExactInclusiveIf(0.75)(duration_ms, {is_start}) AS p75_{index}, \
             countIf({is_start} AND duration_ms < {good}) AS good{index}, \
             countIf({is_start} AND duration_ms > {poor}) AS poor{index}"
        ));
    }
    let (dimension, grouped) = query.grouping(&mut sql, totals, "sessions");
    sql.text = format!(
        "SELECT {dimension}{}, uniqExact((visitor, visit)) AS sessions, \
         uniqExactIf((visitor, visit), {is_crash}) AS crashed_sessions, \
         uniqExact({of}) AS people, uniqExactIf({of}, {is_crash}) AS crashed_people \
         FROM {}{grouped}",
        columns.join(", "),
        person.rows(&identity::owned_events(&format!("{condition} AND {IN_APP}"), Duplicates::ById, &edges)),
        of = person.expression,
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Dimension;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_quality() {
        let query =
            |group_by, filters: &[&str]| QualityQuery { scope: november(filters), group_by, limit: 50 };
        let pages = query(Dimension::PAGE, &[]);
        let countries =
            query(Dimension::COUNTRY, &["channel:is:email", "page:starts:/scarpe", "os:is_not:iOS"]);
        check("quality_web", &[web(&pages, true), web(&pages, false), web(&countries, false)]);
        let versions = query(Dimension::APP_VERSION, &["entry_page:contains:a"]);
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        check("quality_app", &[app(&versions, true, &Aliases::default()), app(&versions, false, &aliases)]);
    }
}
