//! One person, or a few: their events, and whether there are any.
//!
//! Uses `clause`, `event_table`, `identity` and `visits`; `lookup`, the list of people, the card and the journey use it.

use super::Sql;
use super::clause::{IS_HUMAN, ON_VISIT, VISIT_OF_EVENT};
use super::event_table;
use super::identity::{of_ids, owned};
use super::visits::{ALL, Columns, shares, shares_of};

/// What is known of people: all of their ids.
#[derive(Clone, Copy, Debug)]
pub struct Ids<'a>(pub &'a [String]);

/// The events of some ids with their visits and [whose they are](owned), bots left out. (Of a visit that several share, only
/// those of these ids.) What is asked of them comes before, how it is grouped after.
pub fn events(site: &str, Ids(ids): Ids<'_>, columns: &str, rest: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let bound = sql.bind_texts("person_ids", ids);
    let theirs = format!("FROM visits FINAL {}", of_ids(&bound.each, " AND NOT is_bot"));
    let keys = format!("(toDate(ts), visitor) IN (SELECT day, visitor {theirs})");
    let events = event_table::keyed(&keys, &format!("site = {{site:String}} AND {IS_HUMAN}"));
    // Two of the ids may have parts of the same visit.
    let visits = format!(
        "(SELECT {VISIT_OF_EVENT}, max(ended) AS until, any(owner) AS of_owner, any(turn_ms) AS turn_ms, \
         any(turn_event) AS turn_event, any(turn_owner) AS turn_owner {theirs} \
         GROUP BY of_visitor, of_session, of_bot, visit)"
    );
    let joined = format!(
        "(SELECT * FROM {events} AS event ASOF JOIN {visits} AS visited {ON_VISIT} WHERE ts <= until)"
    );
    sql.text = format!(
        "SELECT {columns} FROM (SELECT * FROM {} WHERE person_id IN {}){rest}",
        owned(&joined),
        bound.set
    );
    sql
}

/// When somebody first ordered: `at` (milliseconds), 0 when never.
pub fn first_order(site: &str, Ids(ids): Ids<'_>) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let theirs = of_ids(&sql.bind_texts("person_ids", ids).each, " AND NOT is_bot AND order_count > 0");
    sql.text = format!(
        "SELECT toUnixTimestamp64Milli(min(addMilliseconds(started, first_order_ms))) AS at FROM visits FINAL {theirs}"
    );
    sql
}

/// Whether somebody who has events has a user id: `identified`; no row for who has none.
pub fn is_identified(site: &str, Ids(ids): Ids<'_>, person: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let theirs = of_ids(&sql.bind_texts("person_ids", ids).each, " AND NOT is_bot");
    let person = sql.bind("String", person);
    sql.text = format!(
        "SELECT toBool(max(person_hash != visitor_hash OR visitor != {person})) AS identified FROM {} \
         HAVING count() > 0",
        shares_of(Columns::Few, &theirs)
    );
    sql
}

/// Who was last seen on a visitor, before aliases: `owner`.
pub fn last_owner(site: &str, visitor: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let visitor = sql.bind("String", visitor);
    sql.text = format!(
        "SELECT person_id AS owner FROM {} ORDER BY ended DESC, owner LIMIT 1",
        shares(Columns::Few, &format!("{ALL} AND visitor_hash = sipHash64({visitor})"))
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_who_somebody_is() {
        let ids = ["mario", "m"].map(ToOwned::to_owned);
        let ids = Ids(&ids);
        check(
            "person",
            &[is_identified("demo", ids, "mario"), last_owner("demo", "v1"), first_order("demo", ids)],
        );
    }

    #[test]
    fn snapshots_of_somebody_with_more_ids_than_one_value_holds() {
        let many: Vec<String> = (0..500).map(|number| format!("{number:0>100}")).collect();
        let text_of = |sql: Sql| Sql { params: Vec::new(), ..sql };
        check(
            "person_of_many_ids",
            &[is_identified("demo", Ids(&many), "mario"), first_order("demo", Ids(&many))].map(text_of),
        );
    }
}
