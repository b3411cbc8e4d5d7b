//! The statements of `/people`: what is shown of the people of a page, and one person's card.

pub mod list;

use crate::identity::Aliases;
use crate::sql::Sql;
use crate::sql::clause::{
    self, HAS_REVENUE_OF_VISITS, IS_SESSION, IS_VIEW, OTHER_REVENUE_OF_VISITS, REVENUE_OF_VISITS, VISIT,
};
use crate::sql::identity::{People, of_ids};
use crate::sql::person::{self, Ids};
use crate::sql::visits::{ALL, Columns, shares_of};

/// Traits on one card; older ones are left out.
const TRAITS_MAX: usize = 1_000;

/// What is shown of the people of a page; `ids` are all of theirs.
pub fn details(site: &str, ids: &[String], currency: &str, aliases: &Aliases) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("currency".into(), currency.into()));
    let theirs = of_ids(&sql.bind_texts("ids", ids).each, &format!(" AND NOT is_bot{ALL}"));
    let people = People::new(&mut sql, aliases);
    // Two ids of a person may have parts of one visit. Of several that ended or began at once, always the same.
    let (latest, earliest) = (format!("(ended, {VISIT})"), format!("(since, {VISIT})"));
    let device = "(first_device_class, first_browser, first_os)";
    sql.text = format!(
        "SELECT any(person_id) AS person, toUnixTimestamp64Milli(min(since)) AS first_seen, \
         toUnixTimestamp64Milli(max(ended)) AS last_seen, uniqExactIf({VISIT}, {IS_SESSION}) AS sessions, \
         sum(view_count) AS page_views, sum(event_count) AS events, uniqExact(visitor_hash) AS visitors, \
         argMaxIf(first_country, {latest}, first_country != '') AS country, \
         argMaxIf({device}, {latest}, {device} != ('', '', '')) AS device, \
         device.1 AS device_class, device.2 AS browser, device.3 AS os, \
         argMin((first_channel, first_source), {earliest}) AS origin, origin.1 AS channel, origin.2 AS source, \
         argMaxIf(last_page, {latest}, view_count > 0) AS last_page, sum(order_count) AS orders, \
         {REVENUE_OF_VISITS} AS revenue_sum, {HAS_REVENUE_OF_VISITS} AS has_revenue, \
         {OTHER_REVENUE_OF_VISITS} AS other_revenue FROM {} GROUP BY person_hash",
        people.rows(&shares_of(Columns::All, &theirs))
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

/// The latest names of some ids, each with when it was told (milliseconds): `id`, `name`, `told_at`.
pub fn names(site: &str, ids: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = sql.bind_texts("ids", ids).set;
    sql.text = format!(
        "SELECT id, value AS name, toUnixTimestamp64Milli(ts) AS told_at FROM traits FINAL \
         WHERE site = {{site:String}} AND id IN {set} AND trait = 'name'"
    );
    sql
}

/// Sessions among a person's events with their visits: the same as in the list.
fn sessions() -> String {
    format!("uniqExactIf({VISIT}, session_hash != 0 OR {IS_VIEW})")
}

/// Devices of a card that are shown, and touchpoints.
const SHOWN_MAX: usize = 100;

/// The numbers of a card: a row of all events, then a row for each device (`of_device`), last used first, and for each
/// touchpoint (`of_touchpoint`), most events first. What they have in common is read once.
pub fn card(site: &str, ids: Ids<'_>, person: &str, currency: &str) -> Sql {
    let latest = |column: &str| {
        format!("argMaxIf(toString({column}), (ts, toUInt128(event_id)), {column} != '') AS latest_{column}")
    };
    let columns = format!(
        "toString(device_class) AS class, toString(device_brand) AS brand, toString(device_model) AS model, \
         toString(browser) AS browser_name, toString(os) AS os_name, toString(os_version) AS version, \
         toString(touchpoint) AS place, toBool(grouping(class) = 0) AS of_device, toBool(grouping(place) = 0) AS of_touchpoint, \
         count() AS events, toBool(max(person_hash != visitor_hash OR visitor != {{person:String}})) AS identified, \
         toUnixTimestamp64Milli(min(ts)) AS first_seen, \
         toUnixTimestamp64Milli(max(ts)) AS last_seen, {sessions} AS sessions, countIf({IS_VIEW}) AS page_views, \
         countIf(kind = 'order') AS orders, {revenue} AS revenue_sum, \
         countIf(revenue != 0 AND currency = {{currency:String}}) > 0 AS has_revenue, {other} AS other_revenue, {}, {}, {}, {}, \
         argMin((toString(channel), toString(source)), (ts, {VISIT}, toUInt128(event_id))) AS origin, \
         origin.1 AS first_channel, origin.2 AS first_source",
        latest("country"),
        latest("region"),
        latest("city"),
        latest("language"),
        sessions = sessions(),
        revenue = clause::REVENUE,
        other = clause::OTHER_REVENUE,
    );
    let rest = format!(
        " GROUP BY GROUPING SETS ((), (class, brand, model, browser_name, os_name, version), (place)) \
         HAVING NOT of_device OR class != '' OR browser_name != '' OR os_name != '' \
         ORDER BY of_device, of_touchpoint, if(of_device, last_seen, toInt64(events)) DESC, class, model, place \
         LIMIT {SHOWN_MAX} BY of_device, of_touchpoint"
    );
    let mut sql = person::events(site, ids, &columns, &rest);
    sql.params.push(("currency".into(), currency.into()));
    sql.params.push(("person".into(), person.into()));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_of_what_is_shown_of_people() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let check = crate::sql::snapshot::check;
        let ids = texts(&["mario", "m"]);
        check("people_details", &[details("demo", &ids, "EUR", &aliases)]);
        check("people_card", &[card("demo", Ids(&ids), "mario", "EUR")]);
        check("people_card_parts", &[traits("demo", &ids), names("demo", &ids)]);
    }
}
