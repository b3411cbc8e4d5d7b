//! Who has more of something than one person has.

use orma_store::Param;

use super::super::request::Thresholds;
use super::OF_SITE;
use crate::identity::Aliases;
use crate::sql::Sql;
use crate::sql::clause::{IS_SESSION, VISIT};
use crate::sql::identity::People;
use crate::sql::visits::ALL;

/// Suspicious people that are found.
const SUSPICIOUS_MAX: usize = 1_000;

/// The addresses that some users were told of: `id`, `email`.
pub fn emails(site: &str, users: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = sql.bind_texts("users", users).set;
    sql.text = format!(
        "SELECT id, lower(value) AS email FROM traits FINAL WHERE {OF_SITE} AND id IN {set} AND trait = 'email' \
         AND value != ''"
    );
    sql
}

/// Who has too many visitor ids, devices or countries, or is one of `others`: `person`, `identified`, `visitors`,
/// `devices`, `countries`, `sessions`, `events`, `last_seen` (milliseconds). With `is_known` the table of people says who
/// may have, besides whom aliases join.
pub fn suspicious(
    site: &str,
    thresholds: &Thresholds,
    aliases: &Aliases,
    others: &[String],
    is_known: bool,
) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    for (name, value) in [
        ("min_visitors", thresholds.visitors),
        ("min_devices", thresholds.devices),
        ("min_countries", thresholds.countries),
    ] {
        sql.params.push((name.into(), Param::Int(value)));
    }
    let people = People::new(&mut sql, aliases);
    let others = sql.bind_texts("others", others);
    let mut which = format!("WHERE {OF_SITE} AND NOT is_mixed AND NOT is_bot{ALL}");
    if is_known {
        let joined = sql.bind_texts("joined", &aliases.all_ids());
        // Devices and countries are those of sessions, of which one is needed for each.
        let candidates = format!(
            "(SELECT person_hash FROM people FINAL WHERE {OF_SITE} AND (visitor_count >= {{min_visitors:Int64}} \
             OR session_count >= least({{min_devices:Int64}}, {{min_countries:Int64}})) \
             UNION ALL SELECT sipHash64({}))",
            joined.each
        );
        which = format!("{which} AND person_hash IN {candidates}");
    }
    let device = "(device_class, device_brand, device_model, os)";
    let rows = format!(
        "(SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, \
         ended, is_session, event_count, country, {device} AS device FROM visits FINAL {which})"
    );
    sql.text = format!(
        "SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, \
         toInt64(uniqExactIf(visitor_hash, NOT startsWith(visitor, '@'))) AS visitors, \
         toInt64(uniqExactIf(device, is_session AND (device.1 != '' OR device.4 != ''))) AS devices, \
         toInt64(uniqExactIf(country, is_session AND country != '')) AS countries, \
         toInt64(uniqExactIf({VISIT}, {IS_SESSION})) AS sessions, toInt64(sum(event_count)) AS events, \
         toUnixTimestamp64Milli(max(ended)) AS last_seen FROM {} GROUP BY person_hash \
         HAVING visitors >= {{min_visitors:Int64}} OR devices >= {{min_devices:Int64}} \
         OR countries >= {{min_countries:Int64}} OR person_hash IN (SELECT sipHash64({})) \
         ORDER BY greatest(visitors / {{min_visitors:Int64}}, devices / {{min_devices:Int64}}, \
         countries / {{min_countries:Int64}}) DESC, person LIMIT {SUSPICIOUS_MAX}",
        people.rows(&rows),
        others.each
    );
    sql
}
