//! The statements of `/live`.

use orma_model::kinds::KindCondition;
use orma_store::Param;

use crate::plan::period::utc_day;
use crate::sql::Sql;
use crate::sql::clause::{IS_HUMAN, IS_VIEW};
use crate::timestamp::Timestamp;

/// How many of a list are read: all countries.
const TOP: u32 = 250;
/// Steps that are told.
const MOVES: u32 = 12;
/// Stands between country, region and city: no name has it.
pub const PLACE_SEPARATOR: char = '\t';
const DAY_MS: i64 = 86_400_000;

fn since(site: &str, from: Timestamp) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("from".into(), Param::Int(from.0)));
    sql.params.push(("from_day".into(), utc_day(from).into()));
    sql
}

const SINCE: &str = "site = {site:String} AND toDate(ts) >= {from_day:Date} \
    AND ts >= fromUnixTimestamp64Milli({from:Int64})";

/// The minutes since `from`: `minute` (seconds since the epoch), `page_views`, `events`.
pub fn minutes(site: &str, from: Timestamp) -> Sql {
    let mut sql = since(site, from);
    sql.text = format!(
        "SELECT toUnixTimestamp(toStartOfMinute(ts)) AS minute, countIf({IS_VIEW}) AS page_views, \
         count() AS events FROM events FINAL WHERE {SINCE} AND {IS_HUMAN} GROUP BY minute"
    );
    sql
}

/// The visitors since `from`, as `/stats` counts them, each at the last page seen, by `list` (`all`, `page`, `country`,
/// `place`, `source`) and `name`: `visitors`. Places have country, region and city. A visitor's source is that of the latest session.
pub fn visitors(site: &str, from: Timestamp) -> Sql {
    let mut sql = since(site, from);
    sql.params.push(("yesterday".into(), utc_day(Timestamp(from.0 - DAY_MS)).into()));
    let present = format!("{SINCE} AND {IS_HUMAN} AND {IS_VIEW}");
    sql.text = format!(
        "SELECT place.1 AS list, place.2 AS name, count() AS visitors FROM \
         (SELECT visitor_hash, argMax(if(path = '', toString(screen), toString(path)), (ts, toUInt128(event_id))) AS page, \
         argMaxIf((toString(country), toString(region), toString(city)), (ts, toUInt128(event_id)), country != '') AS located, \
         located.1 AS country_name, concat(located.1, '{PLACE_SEPARATOR}', located.2, '{PLACE_SEPARATOR}', located.3) AS place_name \
         FROM events WHERE {present} \
         GROUP BY visitor_hash) AS present \
         LEFT JOIN (SELECT visitor_hash, argMax(toString(source), (ended, started, session_hash)) AS source_name \
         FROM visits FINAL WHERE site = {{site:String}} AND day >= {{yesterday:Date}} AND part = 0 AND NOT is_bot \
         AND visitor_hash IN (SELECT visitor_hash FROM events WHERE {present}) \
         GROUP BY visitor_hash) AS sent USING (visitor_hash) \
         ARRAY JOIN [('all', ''), ('page', page), ('country', country_name), ('place', place_name), ('source', source_name)] AS place \
         GROUP BY list, name ORDER BY visitors DESC, name LIMIT {TOP} BY list"
    );
    sql
}

/// The steps from one page or screen to another since `present`, by visitors: `from` (what was seen before, since `known`;
/// empty where nothing was), `to`, `visitors`, `latest` (milliseconds since the epoch). A page that is loaded again is no step.
pub fn moves(site: &str, known: Timestamp, present: Timestamp) -> Sql {
    let mut sql = since(site, known);
    sql.params.push(("present".into(), Param::Int(present.0)));
    sql.text = format!(
        "SELECT before AS `from`, page AS `to`, uniqExact(visitor_hash) AS visitors, max(at) AS latest FROM \
         (SELECT visitor_hash, at, page, lagInFrame(page, 1, '') OVER (PARTITION BY visitor_hash ORDER BY at, id \
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before FROM \
         (SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, toUInt128(event_id) AS id, \
         if(path = '', toString(screen), toString(path)) AS page \
         FROM events FINAL WHERE {SINCE} AND {IS_HUMAN} AND {IS_VIEW} AND (path != '' OR screen != ''))) \
         WHERE at >= {{present:Int64}} AND before != page GROUP BY `from`, `to` \
         ORDER BY visitors DESC, latest DESC, `from`, `to` LIMIT {MOVES}"
    );
    sql
}

/// What is told as it happens: not what a mail tool did, a hundred thousand times within a minute, to people who did
/// nothing.
const IS_TOLD: KindCondition = KindCondition::none_of(|kind| kind.by_mail_tool);

/// The properties that say what an event was about. Others are in the journey.
const PROPS_TOLD: [&str; 30] = [
    "channel",
    "comment",
    "file",
    "form",
    "href",
    "item",
    "item_name",
    "items",
    "message",
    "name",
    "order_id",
    "outcome",
    "place",
    "product",
    "product_name",
    "q",
    "query",
    "question",
    "referred_by",
    "score",
    "search_term",
    "sku",
    "subject",
    "survey",
    "term",
    "text",
    "ticket",
    "title",
    "url",
    "value",
];

/// The columns of [`super::row::Row`]. Needs the parameter `props_told`.
const ROW: &str = "toString(event_id) AS event_id, toUnixTimestamp64Milli(ts) AS at, \
    toUnixTimestamp64Milli(received_at) AS received, visitor, user, session, session_hash, kind, name, touchpoint, title, host, path, \
    screen, target, link, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, \
    country, city, device_class, browser, os, channel, source, engaged_ms, scroll_pct, value, rating, \
    revenue AS amount, currency, mapFilter((name, value) -> has({props_told:Array(String)}, name), props) AS props";

fn told(site: &str, happened_since: Timestamp) -> Sql {
    let mut sql = since(site, happened_since);
    let names = PROPS_TOLD.iter().map(|name| (*name).to_owned()).collect();
    sql.params.push(("props_told".into(), Param::Texts(names)));
    sql
}

/// The events that were received since `received_since` and happened since `happened_since`, the latest first, at most
/// `limit`: columns [`ROW`].
pub fn activity(site: &str, received_since: Timestamp, happened_since: Timestamp, limit: usize) -> Sql {
    let mut sql = told(site, happened_since);
    sql.params.push(("received".into(), Param::Int(received_since.0)));
    sql.params.push(("limit".into(), Param::Int(limit as i64)));
    sql.text = format!(
        "SELECT {ROW} FROM events WHERE {SINCE} \
         AND received_at >= fromUnixTimestamp64Milli({{received:Int64}}, 'UTC') \
         AND {IS_HUMAN} AND {IS_TOLD} ORDER BY received_at DESC LIMIT {{limit:UInt64}}"
    );
    sql
}

/// What the `visitors` visitors who were last here since `from` did, of each the latest `events` events, the latest first:
/// columns [`ROW`].
pub fn recent(site: &str, from: Timestamp, visitors: usize, events: usize) -> Sql {
    let mut sql = told(site, from);
    sql.params.push(("visitors".into(), Param::Int(visitors as i64)));
    sql.params.push(("events".into(), Param::Int(events as i64)));
    let told = format!("{SINCE} AND {IS_HUMAN} AND {IS_TOLD}");
    sql.text = format!(
        "SELECT {ROW} FROM events FINAL WHERE {told} AND visitor IN \
         (SELECT visitor FROM events WHERE {told} GROUP BY visitor ORDER BY max(ts) DESC, visitor \
         LIMIT {{visitors:UInt64}}) ORDER BY ts DESC, events.event_id LIMIT {{events:UInt64}} BY visitor"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::NOW;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_the_live_feed() {
        let yesterday = Timestamp(NOW.0 - DAY_MS);
        check(
            "live",
            &[
                minutes("demo", NOW),
                visitors("demo", NOW),
                moves("demo", yesterday, NOW),
                activity("demo", NOW, yesterday, 5_000),
                recent("demo", yesterday, 50, 60),
            ],
        );
    }
}
