//! The statements of `/live`.

use orma_store::Param;

use super::Sql;
use super::clause::{self, ENTRY_OF_SESSION, IS_HUMAN, IS_VIEW, VISIT_OF_SESSION};
use crate::moment::Moment;
use crate::plan::period::utc_day;

/// How many of a list are shown.
const TOP: u32 = 10;
const DAY_MS: i64 = 86_400_000;

fn since(site: &str, from: Moment) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("from".into(), Param::Int(from.0)));
    sql.params.push(("from_day".into(), utc_day(from).into()));
    sql
}

const SINCE: &str = "site = {site:String} AND toDate(ts) >= {from_day:Date} \
    AND ts >= fromUnixTimestamp64Milli({from:Int64})";

/// The minutes since `from`: `minute` (seconds since the epoch), `page_views`, `events`.
pub fn minutes(site: &str, from: Moment) -> Sql {
    let mut sql = since(site, from);
    sql.text = format!(
        "SELECT toUnixTimestamp(toStartOfMinute(ts)) AS minute, countIf({IS_VIEW}) AS page_views, \
         count() AS events FROM events FINAL WHERE {SINCE} AND {IS_HUMAN} GROUP BY minute"
    );
    sql
}

/// The visitors since `from`, each at the last page seen, by `list` (`all`, `page`, `country`, `source`) and `name`:
/// `visitors`. A visitor's source is that of the latest session.
pub fn visitors(site: &str, from: Moment) -> Sql {
    let mut sql = since(site, from);
    sql.params.push(("yesterday".into(), utc_day(Moment(from.0 - DAY_MS)).into()));
    let present = format!("{SINCE} AND {IS_HUMAN} AND NOT startsWith(visitor, '@')");
    sql.text = format!(
        "SELECT place.1 AS list, place.2 AS name, count() AS visitors FROM \
         (SELECT visitor, argMaxIf(if(path = '', toString(screen), path), ts, {IS_VIEW}) AS page, \
         argMaxIf(toString(country), ts, country != '') AS country_name FROM events WHERE {present} \
         GROUP BY visitor) AS present \
         LEFT JOIN (SELECT visitor, argMax({source}, ended) AS source_name FROM \
         (SELECT visitor, {VISIT_OF_SESSION} AS visit, {ENTRY_OF_SESSION} AS first, max(ended_at) AS ended \
         FROM sessions WHERE site = {{site:String}} AND day >= {{yesterday:Date}} \
         AND visitor IN (SELECT visitor FROM events WHERE {present}) GROUP BY visitor, visit) \
         GROUP BY visitor) AS sent USING (visitor) \
         ARRAY JOIN [('all', ''), ('page', page), ('country', country_name), ('source', source_name)] AS place \
         GROUP BY list, name ORDER BY visitors DESC, name LIMIT {TOP} BY list",
        source = clause::entry_field("first", "source"),
    );
    sql
}

/// The events that were received since `from`, the latest first, at most `limit`.
pub fn activity(site: &str, from: Moment, limit: usize) -> Sql {
    Sql::new(
        format!(
            "SELECT toString(event_id) AS event_id, toUnixTimestamp64Milli(ts) AS at, \
             toUnixTimestamp64Milli(received_at) AS received, visitor, user, session, kind, name, touchpoint, path, title, \
             country, device_class, browser, channel, source FROM events \
             WHERE site = {{site:String}} AND received_at >= fromUnixTimestamp64Milli({{from:Int64}}, 'UTC') \
             AND {IS_HUMAN} ORDER BY received_at DESC LIMIT {{limit:UInt64}}"
        ),
        [("site", site.into()), ("from", Param::Int(from.0)), ("limit", Param::Int(limit as i64))],
    )
}
