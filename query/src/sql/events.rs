//! The streams of a scope: its events, its visits, its people. Every statement about a scope takes its rows from here.
//!
//! Uses `clause`, `condition` and `identity`.

use super::Sql;
use super::clause::{self, HAS_VISITOR, Visits};
use super::condition::{Row, Terms};
use super::event_table::{self, Duplicates};
use super::identity::People;
use super::visits::{Columns, OF_PERIOD, shares};
use crate::scope::Scope;

/// A statement that knows the site and the period of a scope.
pub fn of_scope(scope: &Scope) -> Sql {
    let mut sql = Sql::default();
    bind(&mut sql, scope);
    sql
}

/// Binds the site and the period of a scope.
pub fn bind(sql: &mut Sql, scope: &Scope) {
    sql.bind_site(&scope.site);
    sql.bind_period(&scope.period);
}

/// What makes text of the conditions of a scope.
pub fn terms(scope: &Scope) -> Terms<'_> {
    Terms::new(scope.with_bots, &scope.aliases)
}

/// The events of a scope, under one more condition where there is one.
pub fn of(sql: &mut Sql, scope: &Scope, only: &[String], duplicates: Duplicates) -> String {
    terms(scope).events(sql, Row::Event, &scope.condition, only, duplicates)
}

/// The same with the visits of the events, for [`owned`](super::identity::owned).
pub fn in_visits(sql: &mut Sql, scope: &Scope, only: &[String], duplicates: Duplicates) -> String {
    let terms = terms(scope);
    let mut conditions = only.to_vec();
    conditions.extend(terms.all(sql, Row::Event, &scope.condition));
    event_table::table(
        &clause::events_window(scope.with_bots),
        &conditions,
        duplicates,
        Some(terms.with_owners()),
    )
}

/// The events of a scope: `visitor`, `event_id`.
pub fn events(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let events = of(&mut sql, scope, &[], Duplicates::Kept);
    sql.text = format!("SELECT DISTINCT visitor, toString(event_id) AS event_id FROM {events}");
    sql
}

/// The visits of a scope that began in its period: `visitor`, `visit`.
pub fn visits(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let terms = terms(scope).all(&mut sql, Row::Visit, &scope.condition);
    let visits = clause::visits(Visits::Started, scope.with_bots);
    sql.text = format!("SELECT visitor, toString(visit) AS visit FROM {visits}{}", where_of(&terms));
    sql
}

/// The people of a scope: `person`. Bots are nobody.
pub fn people(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let people = People::new(&mut sql, &scope.aliases);
    let terms = Terms::new(false, &scope.aliases);
    let terms = terms.on_people(&mut sql, &people, SEEN, &scope.condition);
    sql.text = format!(
        "SELECT id AS person FROM (SELECT person_hash, any(person_id) AS id FROM {} \
         WHERE {HAS_VISITOR} AND {SEEN} GROUP BY person_hash){}",
        people.rows(&shares(Columns::Few, OF_PERIOD)),
        where_of(&terms)
    );
    sql
}

/// What somebody has of a visit that the period touches.
pub const SEEN: &str =
    "ended >= fromUnixTimestamp64Milli({from:Int64}) AND since < fromUnixTimestamp64Milli({to:Int64})";

fn where_of(terms: &[String]) -> String {
    if terms.is_empty() { String::new() } else { format!(" WHERE {}", terms.join(" AND ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::condition::Condition;
    use crate::identity::Aliases;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_conditions() {
        let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
        let sneaker = json!({"all": [
            is("product_category", "sneaker"),
            {"any": [is("product", "Livorno"), is("channel", "email")]},
            {"not": is("page", "/resi")}
        ]});
        let bought = json!({"did": {"event": {"kind": "order", "where": is("country", "IT")}, "exactly": 2,
            "within_days": 30}});
        let buyers = json!({"any": [bought, {"not": is("os", "iOS")}]});
        let lurkers = json!({"did": {"event": {"kind": "order"}, "at_most": 0}});
        for (name, condition) in
            [("condition_items", sneaker), ("condition_any_did", buyers), ("condition_did_not", lurkers)]
        {
            let scope = Scope {
                condition: Condition::from_json(&condition, "condition").unwrap(),
                aliases: Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]),
                ..november(&[])
            };
            check(name, &[events(&scope), visits(&scope), people(&scope)]);
        }
    }
}
