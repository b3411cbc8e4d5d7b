//! The streams of a scope: its events, its visits, its people. Every statement about a scope takes its rows from here.
//!
//! Uses `clause`, `condition` and `identity`.

use super::Sql;
use super::clause::{self, Sessions, VISIT_OF_EVENT};
use super::condition::{Row, Terms};
use super::identity::{self, Duplicates};
use super::visits::{Columns, pieces};
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
    Terms { with_bots: scope.with_bots, aliases: &scope.aliases }
}

/// What all must hold on `events` for an event to be one of a scope's.
pub fn conditions(sql: &mut Sql, scope: &Scope) -> Vec<String> {
    let mut conditions = vec![clause::events_window(scope.with_bots)];
    conditions.extend(terms(scope).all(sql, Row::Event, &scope.condition));
    conditions
}

/// Events under conditions, with their `visit`.
pub fn table(conditions: &[String], duplicates: Duplicates) -> String {
    let (merged, limit) = match duplicates {
        Duplicates::Kept => ("", ""),
        Duplicates::Merged => ("FINAL ", ""),
        Duplicates::ById => ("", " LIMIT 1 BY event_id"),
    };
    let conditions = conditions.join(" AND ");
    format!("(SELECT *, {VISIT_OF_EVENT} AS visit FROM events {merged}WHERE {conditions}{limit})")
}

/// The events of a scope: `visitor`, `event_id`.
pub fn events(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let events = table(&conditions(&mut sql, scope), Duplicates::Kept);
    sql.text = format!("SELECT DISTINCT visitor, toString(event_id) AS event_id FROM {events}");
    sql
}

/// The visits of a scope that began in its period: `visitor`, `visit`.
pub fn visits(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let terms = terms(scope).all(&mut sql, Row::Visit, &scope.condition);
    let visits = clause::sessions(Sessions::Started, scope.with_bots, "");
    sql.text = format!("SELECT visitor, visit FROM {visits}{}", where_of(&terms));
    sql
}

/// The people of a scope: `person`. Bots are nobody.
pub fn people(scope: &Scope) -> Sql {
    let mut sql = of_scope(scope);
    let person = identity::person(&mut sql, &scope.aliases);
    let terms = Terms { with_bots: false, ..terms(scope) };
    let terms = terms.on_people(&mut sql, &person, SEEN, &scope.condition);
    sql.text = format!(
        "SELECT person FROM (SELECT {} AS person FROM {} WHERE visitor != '' AND {SEEN} GROUP BY person){}",
        person.expression,
        person.rows(&pieces(Columns::Few, "", "", None)),
        where_of(&terms)
    );
    sql
}

/// A visit that the period touches.
pub const SEEN: &str =
    "ended >= fromUnixTimestamp64Milli({from:Int64}) AND started < fromUnixTimestamp64Milli({to:Int64})";

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
        let is = |dimension: &str, value: &str| json!({"dimension": dimension, "operator": "is", "values": [value]});
        let sneaker = json!({"all": [
            is("product_category", "sneaker"),
            {"any": [is("product", "Livorno"), is("channel", "email")]},
            {"not": is("page", "/resi")}
        ]});
        let bought = |times, within_days| {
            json!({"did": {"event": {"kind": "order", "where": is("country", "IT")}, "times": times,
                "within_days": within_days}})
        };
        let buyers = json!({"any": [bought(json!({"exactly": 2}), 30), {"not": is("os", "iOS")}]});
        let lurkers = json!({"did": {"event": {"kind": "order"}, "times": {"at_most": 0}}});
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
