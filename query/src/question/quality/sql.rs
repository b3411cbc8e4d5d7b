//! The statements of `/quality/web` and `/quality/app`.

use orma_model::vitals::{APP_STARTS, VITALS};
use orma_store::Param;

use super::request::QualityQuery;
use crate::sql::clause::{self, VISIT};
use crate::sql::event_table::Duplicates;
use crate::sql::identity::{People, owned};
use crate::sql::{Sql, events};

const IN_APP: &str = "touchpoint = 'app'";

impl QualityQuery {
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
    let mut columns = Vec::new();
    for (index, vital) in VITALS.iter().enumerate() {
        let (name, good, poor) = (vital.name, vital.good_max, vital.poor_above);
        columns.push(format!(
            "countIf(name = '{name}') AS samples{index}, quantileExactInclusiveIf(0.75)(value, name = '{name}') AS p75_{index}, \
             countIf(name = '{name}' AND value <= toFloat32({good})) AS good{index}, \
             countIf(name = '{name}' AND value > toFloat32({poor})) AS poor{index}"
        ));
    }
    let (dimension, grouped) = query.grouping(&mut sql, totals, "samples");
    let names: Vec<String> = VITALS.iter().map(|vital| format!("'{}'", vital.name)).collect();
    let is_sample = format!("name IN ({}) AND isNotNull(value)", names.join(", "));
    let samples =
        events::of(&mut sql, &query.scope, &[clause::IS_VITAL.to_owned(), is_sample], Duplicates::Merged);
    sql.text =
        format!("SELECT {dimension}count() AS samples, {} FROM {samples}{grouped}", columns.join(", "));
    sql
}

/// The app starts in total, or by the dimension: `dimension`, and for each start, named by its index in [`APP_STARTS`],
/// `samples0`, `p75_0`, `good0`, `poor0`; `sessions`, `crashed_sessions`, `people`, `crashed_people`.
pub fn app(query: &QualityQuery, totals: bool) -> Sql {
    let mut sql = events::of_scope(&query.scope);
    let in_app = [IN_APP.to_owned()];
    let events = events::in_visits(&mut sql, &query.scope, &in_app, Duplicates::ById);
    let people = People::new(&mut sql, &query.scope.aliases);
    let is_crash = "kind = 'crash' AND props['fatal'] != 'false'";
    let mut columns = Vec::new();
    for (index, start) in APP_STARTS.iter().enumerate() {
        let is_start = format!("kind = 'app_start' AND name = '{}' AND duration_ms > 0", start.name);
        let (good, poor) = (start.good_below_ms, start.poor_above_ms);
        columns.push(format!(
            "countIf({is_start}) AS samples{index}, quantileExactInclusiveIf(0.75)(duration_ms, {is_start}) AS p75_{index}, \
             countIf({is_start} AND duration_ms < {good}) AS good{index}, \
             countIf({is_start} AND duration_ms > {poor}) AS poor{index}"
        ));
    }
    let (dimension, grouped) = query.grouping(&mut sql, totals, "sessions");
    sql.text = format!(
        "SELECT {dimension}{}, uniqExact({VISIT}) AS sessions, \
         uniqExactIf({VISIT}, {is_crash}) AS crashed_sessions, \
         uniqExact(person_hash) AS people, uniqExactIf(person_hash, {is_crash}) AS crashed_people \
         FROM {}{grouped}",
        columns.join(", "),
        people.rows(&owned(&events)),
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Aliases;
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
        let mut renamed = query(Dimension::APP_VERSION, &["entry_page:contains:a"]);
        renamed.scope.aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        check("quality_app", &[app(&versions, true), app(&renamed, false)]);
    }
}
