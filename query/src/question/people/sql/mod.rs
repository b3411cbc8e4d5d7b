//! The statements of `/people`: what is shown of the people of a page, and one person's card.

pub mod list;

use crate::identity::{Aliases, Visitors};
use crate::sql::Sql;
use crate::sql::clause::{self, ACTIONS_OF_SESSION, IS_HUMAN, IS_SESSION, IS_VIEW, entry_field};
use crate::sql::identity::{self, Duplicates, edges_on};
use crate::sql::person::of_person;
use crate::sql::visits::{Columns, pieces};

/// Traits on one card; older ones are left out.
const TRAITS_MAX: usize = 1_000;

/// A statement, the set of its visitors and that of its people.
fn of_people(site: &str, visitors: &Visitors, people: &[String]) -> (Sql, String, String) {
    let (mut sql, visitors) = identity::on_visitors(site, visitors);
    let people = sql.bind_texts("people", people).set;
    (sql, visitors, people)
}

/// What is shown of the people of a page.
pub fn details(site: &str, visitors: &Visitors, people: &[String], aliases: &Aliases) -> Sql {
    let (mut sql, visitors, people) = of_people(site, visitors, people);
    let person = identity::person(&mut sql, aliases);
    let sessions = format!(" AND visitor IN {visitors}");
    let pieces = person.rows(&pieces(Columns::All, &sessions, &edges_on(&visitors), None));
    sql.text = format!(
        "SELECT {} AS person, toUnixTimestamp64Milli(min(started)) AS first_seen, \
         toUnixTimestamp64Milli(max(ended)) AS last_seen, countIf({IS_SESSION}) AS sessions, \
         sum(view_count) AS page_views, sum(event_count) AS events, uniqExact(visitor) AS visitors, \
         argMaxIf(first, (ended, first), {} != '') AS latest_place, \
         argMaxIf(first, (ended, first), concat({}, {}, {}) != '') AS latest_device, argMin(first, started) AS origin, \
         {} AS country, {} AS device_class, {} AS browser, {} AS os, {} AS channel, {} AS source, \
         argMaxIf(exit_page, ended, view_count > 0) AS last_page \
         FROM {pieces} GROUP BY person HAVING person IN {people}",
        person.expression,
        entry_field("first", "country"),
        entry_field("first", "device_class"),
        entry_field("first", "browser"),
        entry_field("first", "os"),
        entry_field("latest_place", "country"),
        entry_field("latest_device", "device_class"),
        entry_field("latest_device", "browser"),
        entry_field("latest_device", "os"),
        entry_field("origin", "channel"),
        entry_field("origin", "source"),
    );
    sql
}

/// Orders and money of the people of a page: `person`, `orders`, `revenue_sum`, `has_revenue`, `other_revenue`. Read on
/// the days on which something was done.
pub fn purchases(
    site: &str,
    visitors: &Visitors,
    people: &[String],
    currency: &str,
    aliases: &Aliases,
) -> Sql {
    let (mut sql, visitors, people) = of_people(site, visitors, people);
    let person = identity::person(&mut sql, aliases);
    sql.params.push(("currency".into(), currency.into()));
    let condition = format!(
        "{IS_HUMAN} AND (kind = 'order' OR revenue != 0) AND visitor IN {visitors} \
         AND toDate(ts) IN (SELECT day FROM sessions WHERE site = {{site:String}} \
         AND visitor IN {visitors} GROUP BY visitor, day, session HAVING {ACTIONS_OF_SESSION} > 0)"
    );
    sql.text = format!(
        "SELECT {} AS person, countIf(kind = 'order') AS orders, {} AS revenue_sum, \
         countIf(revenue != 0 AND currency = {{currency:String}}) > 0 AS has_revenue, {} AS other_revenue \
         FROM {} GROUP BY person HAVING person IN {people}",
        person.expression,
        clause::REVENUE,
        clause::OTHER_REVENUE,
        person.rows(&identity::owned_events(&condition, Duplicates::Merged, &edges_on(&visitors)))
    );
    sql
}

/// The traits of some ids, oldest first, of each trait the latest value: `trait`, `value`. The latest [`TRAITS_MAX`].
pub fn traits(site: &str, ids: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let ids = sql.bind_texts("ids", ids);
    sql.text = format!(
        "SELECT name AS trait, latest AS value FROM (SELECT toString(trait) AS name, \
         argMax(value, (ts, id)) AS latest, max(ts) AS told_at FROM traits FINAL WHERE site = {{site:String}} \
         AND id IN {} GROUP BY name ORDER BY told_at DESC, name LIMIT {TRAITS_MAX}) ORDER BY told_at, name",
        ids.set
    );
    sql
}

/// The latest names of some people: `person`, `name`. `ids` are all of theirs.
pub fn names(site: &str, ids: &[String], aliases: &Aliases) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = sql.bind_texts("ids", ids).set;
    let person = identity::person_of(&mut sql, "id", aliases);
    let named = format!(
        "(SELECT id, value, ts FROM traits FINAL WHERE site = {{site:String}} AND id IN {set} AND trait = 'name')"
    );
    sql.text = format!(
        "SELECT {} AS person, argMax(value, (ts, id)) AS name FROM {} GROUP BY person",
        person.expression,
        person.rows(&named)
    );
    sql
}

/// The numbers of a card.
pub fn card(site: &str, visitors: &Visitors, person: &str, currency: &str, aliases: &Aliases) -> Sql {
    let mut of_visitors = identity::on_visitors(site, visitors);
    of_visitors.0.params.push(("currency".into(), currency.into()));
    let latest =
        |column: &str| format!("argMaxIf(toString({column}), ts, {column} != '') AS latest_{column}");
    let columns = format!(
        "count() AS events, toUnixTimestamp64Milli(min(ts)) AS first_seen, \
         toUnixTimestamp64Milli(max(ts)) AS last_seen, \
         uniqExactIf((visitor, visit), session != '' OR {IS_VIEW}) AS sessions, countIf({IS_VIEW}) AS page_views, \
         countIf(kind = 'order') AS orders, {revenue} AS revenue_sum, \
         countIf(revenue != 0 AND currency = {{currency:String}}) > 0 AS has_revenue, {other} AS other_revenue, {}, {}, {}, {}, \
         argMin((toString(channel), toString(source)), (ts, event_id)) AS origin, \
         origin.1 AS first_channel, origin.2 AS first_source",
        latest("country"),
        latest("region"),
        latest("city"),
        latest("language"),
        revenue = clause::REVENUE,
        other = clause::OTHER_REVENUE,
    );
    of_person(of_visitors, person, aliases, &columns, "")
}

/// The devices of a card, last used first.
pub fn devices(site: &str, visitors: &Visitors, person: &str, aliases: &Aliases) -> Sql {
    let columns = format!(
        "toString(device_class) AS class, toString(device_brand) AS brand, toString(device_model) AS model, \
         toString(browser) AS browser_name, toString(os) AS os_name, toString(os_version) AS version, \
         uniqExactIf((visitor, visit), session != '' OR {IS_VIEW}) AS sessions, \
         toUnixTimestamp64Milli(max(ts)) AS last_seen"
    );
    let rest = " AND (device_class != '' OR browser != '' OR os != '') \
        GROUP BY class, brand, model, browser_name, os_name, version ORDER BY last_seen DESC, class, model LIMIT 100";
    of_person(identity::on_visitors(site, visitors), person, aliases, &columns, rest)
}

/// The touchpoints of a card, most events first.
pub fn touchpoints(site: &str, visitors: &Visitors, person: &str, aliases: &Aliases) -> Sql {
    let columns =
        "toString(touchpoint) AS place, count() AS events, toUnixTimestamp64Milli(max(ts)) AS last_seen";
    let rest = " GROUP BY place ORDER BY events DESC, place LIMIT 100";
    of_person(identity::on_visitors(site, visitors), person, aliases, columns, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::person::first_order;

    #[test]
    fn snapshots_of_what_is_shown_of_people() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let (visitors, people) = (Visitors::These(texts(&["v1", "@mario"])), texts(&["mario"]));
        let check = crate::sql::snapshot::check;
        check(
            "people_details",
            &[
                details("demo", &visitors, &people, &aliases),
                purchases("demo", &visitors, &people, "EUR", &aliases),
            ],
        );
        check("people_card", &[card("demo", &visitors, "mario", "EUR", &aliases)]);
        let of_users = Visitors::OfUsers { people: people.clone(), ids: texts(&["mario", "m"]) };
        check(
            "people_card_parts",
            &[
                card("demo", &of_users, "mario", "EUR", &Aliases::default()),
                devices("demo", &visitors, "mario", &aliases),
                touchpoints("demo", &visitors, "mario", &aliases),
                first_order("demo", &visitors, "mario", &aliases),
                traits("demo", &people),
                names("demo", &people, &aliases),
            ],
        );
    }
}
