//! The statements of `/quality/web` and `/quality/app`.

use orma_store::Param;

use super::Sql;
use super::clause::{self, Sessions};
use super::identity::{self, Duplicates};
use crate::identity::Aliases;
use crate::plan::dimension::Level;
use crate::plan::{Dimension, Filter, Period};
use crate::quality::app::STARTS;
use crate::quality::web::VITALS;

const IN_APP: &str = "touchpoint = 'app'";

/// A question about quality.
#[derive(Clone, Debug, PartialEq)]
pub struct QualityQuery {
    /// The site.
    pub site: String,
    /// Which time.
    pub period: Period,
    /// What the rows are.
    pub group_by: Dimension,
    /// What is left in.
    pub filters: Vec<Filter>,
    /// How many rows.
    pub limit: usize,
}

impl QualityQuery {
    fn statement(&self) -> Sql {
        let mut sql = Sql::default();
        sql.bind_site(&self.site);
        sql.bind_period(&self.period);
        sql
    }

    /// The window and the filters as a condition on events.
    fn condition(&self, sql: &mut Sql) -> String {
        let mut conditions = vec![clause::events_window(false)];
        let (of_sessions, of_events): (Vec<&Filter>, Vec<&Filter>) =
            self.filters.iter().partition(|filter| filter.level() == Level::Session);
        conditions.extend(clause::event_conditions(sql, of_events));
        if !of_sessions.is_empty() {
            let held: Vec<String> =
                of_sessions.iter().map(|filter| clause::session_condition(sql, filter)).collect();
            conditions.push(format!(
                "(visitor, {}) IN (SELECT visitor, visit FROM {} WHERE {})",
                clause::VISIT_OF_EVENT,
                clause::sessions(Sessions::Any, false, ""),
                held.join(" AND ")
            ));
        }
        conditions.join(" AND ")
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

/// The vitals in total, or by the dimension: `dimension`, `samples`, and for each vital, named by its place in
/// [`VITALS`], `samples0`, `p75_0`, `good0`, `poor0` (numbers of samples).
pub fn web(query: &QualityQuery, totals: bool) -> Sql {
    let mut sql = query.statement();
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

/// The app starts in total, or by the dimension: `dimension`, and for each start, named by its place in [`STARTS`],
/// `samples0`, `p75_0`, `good0`, `poor0`; `sessions`, `crashed_sessions`, `people`, `crashed_people`.
pub fn app(query: &QualityQuery, totals: bool, aliases: &Aliases) -> Sql {
    let mut sql = query.statement();
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
    use crate::plan::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_quality() {
        let query = |group_by, filters: &[&str]| QualityQuery {
            site: "demo".into(),
            period: november(),
            group_by,
            filters: Filter::parse_list(
                &filters.iter().map(|filter| (*filter).to_owned()).collect::<Vec<_>>(),
            )
            .unwrap(),
            limit: 50,
        };
        let pages = query(Dimension::PAGE, &[]);
        let countries =
            query(Dimension::COUNTRY, &["channel:is:email", "page:starts:/scarpe", "os:is_not:iOS"]);
        check("quality_web", &[web(&pages, true), web(&pages, false), web(&countries, false)]);
        let versions = query(Dimension::APP_VERSION, &["entry_page:contains:a"]);
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        check("quality_app", &[app(&versions, true, &Aliases::default()), app(&versions, false, &aliases)]);
    }
}
