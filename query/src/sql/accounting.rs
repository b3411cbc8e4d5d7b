//! The statements of `/accounting`.

use orma_store::Param;

use super::Sql;
use crate::plan::Period;

/// What the collectors counted and what the store holds, by hour of receipt, in one statement so that both are of the
/// same moment: `hour` (seconds since the epoch), `what`, `amount`. `what` is an outcome of the ledger, `rows` (all that
/// were stored) or `distinct`.
pub fn hours(site: &str, period: &Period) -> Sql {
    let hours = "site = {site:String} AND hour >= toStartOfHour(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) \
        AND hour < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("from".into(), Param::Int(period.from.0)));
    sql.params.push(("to".into(), Param::Int(period.to.0)));
    sql.text = format!(
        "SELECT toUnixTimestamp(hour) AS hour_start, toString(outcome) AS what, toInt64(sum(events)) AS amount \
         FROM ledger WHERE {hours} GROUP BY hour_start, what \
         UNION ALL \
         SELECT toUnixTimestamp(hour) AS hour_start, 'rows' AS what, toInt64(sum(events)) AS amount \
         FROM stored_hours WHERE {hours} GROUP BY hour_start \
         UNION ALL \
         SELECT toUnixTimestamp(toStartOfHour(received_at)) AS hour_start, 'distinct' AS what, \
         toInt64(count()) AS amount FROM events FINAL WHERE site = {{site:String}} \
         AND received_at >= toStartOfHour(fromUnixTimestamp64Milli({{from:Int64}}, 'UTC')) \
         AND received_at < fromUnixTimestamp64Milli({{to:Int64}}, 'UTC') GROUP BY hour_start"
    );
    sql
}

/// Why events were refused: `reason`, `amount` (0 when the ledger does not have it), `last_at` (milliseconds),
/// `example`.
pub fn reasons(site: &str, period: &Period) -> Sql {
    Sql::new(
        "SELECT reason_name AS reason, max(counted) AS amount, max(last) AS last_at, max(payload_text) AS example \
         FROM (SELECT toString(reason) AS reason_name, toInt64(sum(events)) AS counted, \
         toInt64(toUnixTimestamp(max(hour))) * 1000 AS last, '' AS payload_text FROM ledger \
         WHERE site = {site:String} AND outcome = 'rejected' \
         AND hour >= toStartOfHour(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) \
         AND hour < fromUnixTimestamp64Milli({to:Int64}, 'UTC') GROUP BY reason_name \
         UNION ALL \
         SELECT toString(reason) AS reason_name, toInt64(count()) AS counted, \
         toUnixTimestamp64Milli(max(received_at)) AS last, argMax(payload, received_at) AS payload_text \
         FROM rejected_events WHERE site = {site:String} \
         AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') \
         AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') GROUP BY reason_name) \
         GROUP BY reason ORDER BY amount DESC, reason LIMIT 100",
        [("site", site.into()), ("from", Param::Int(period.from.0)), ("to", Param::Int(period.to.0))],
    )
}

/// The latest report of each collector: `collector`, `reported_at`, `pending_events`, `spool_bytes`, `oldest`,
/// `quarantined_segments`.
pub fn collectors(site: &str) -> Sql {
    Sql::new(
        "SELECT collector, toUnixTimestamp64Milli(reported_at) AS reported, \
         toInt64(pending[{site:String}]) AS pending_events, toInt64(spool_bytes) AS spool, \
         toUnixTimestamp64Milli(oldest_pending_at) AS oldest, toInt64(quarantined_segments) AS quarantined \
         FROM collector_status FINAL ORDER BY collector LIMIT 1000",
        [("site", site.into())],
    )
}

/// Hours of the last week whose ledger and rows differ, of all sites: `site`, `hour_start` (seconds since the epoch),
/// `gap` (accepted events that are missing; negative: rows that nobody took).
pub const GAPS: &str = "SELECT site_name AS site, toUnixTimestamp(hour) AS hour_start, sum(amount) AS gap FROM ( \
    SELECT toString(site) AS site_name, hour, \
    if(outcome = 'accepted', toInt64(events), -toInt64(events)) AS amount \
    FROM ledger WHERE outcome IN ('accepted', 'duplicate') AND hour >= now() - INTERVAL 7 DAY \
    UNION ALL \
    SELECT toString(site) AS site_name, hour, -toInt64(events) AS amount \
    FROM stored_hours WHERE hour >= now() - INTERVAL 7 DAY) \
    GROUP BY site, hour_start HAVING gap != 0 ORDER BY site, hour_start LIMIT 10000";

/// Events that the sessions of yesterday and today (UTC) know: `site`, `day`, `amount`.
pub const KNOWN: &str = "SELECT toString(site_name) AS site, toString(session_day) AS day, toInt64(sum(known)) AS amount \
    FROM (SELECT site AS site_name, day AS session_day, \
    length(groupUniqArrayArray(event_ids)) AS known \
    FROM sessions WHERE day >= yesterday() AND day <= today() GROUP BY site, visitor, day, session) \
    GROUP BY site, day ORDER BY site, day";

/// The same events as they are stored: `site`, `day`, `amount`.
pub const PRESENT: &str = "SELECT toString(site) AS site, toString(toDate(ts)) AS day, toInt64(count()) AS amount \
    FROM events FINAL WHERE toDate(ts) >= yesterday() AND toDate(ts) <= today() AND bot = '' AND verdict != 'machine' \
    GROUP BY site, day ORDER BY site, day SETTINGS do_not_merge_across_partitions_select_final = 1";
