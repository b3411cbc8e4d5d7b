//! The events of one person.
//!
//! Uses `clause` and `identity`; the card and the journey use it.

use super::Sql;
use super::clause::IS_HUMAN;
use super::identity::{self, Duplicates, edges_on, events_on};
use crate::identity::{Aliases, Visitors};

/// The events of one person. What is asked of them comes before, how it is grouped after.
pub fn of_person(
    (mut sql, visitors): (Sql, String),
    person: &str,
    aliases: &Aliases,
    columns: &str,
    rest: &str,
) -> Sql {
    let owner = identity::person(&mut sql, aliases);
    let bound = sql.bind("String", person);
    let events = identity::owned_events(
        &format!("{} AND {IS_HUMAN}", events_on(&visitors)),
        Duplicates::Merged,
        &edges_on(&visitors),
    );
    let (events, is_theirs) = (owner.rows(&events), owner.expression);
    sql.text = format!("SELECT {columns} FROM {events} WHERE {is_theirs} = {bound}{rest}");
    sql
}

/// When a person first ordered: `at` (milliseconds), 0 when never.
pub fn first_order(site: &str, visitors: &Visitors, person: &str, aliases: &Aliases) -> Sql {
    let of_visitors = identity::on_visitors(site, visitors);
    let columns = "toUnixTimestamp64Milli(minIf(ts, kind = 'order')) AS at";
    of_person(of_visitors, person, aliases, columns, "")
}
