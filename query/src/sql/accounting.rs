//! The statements of `/accounting`.

use orma_store::Param;

use super::Sql;
use crate::plan::Period;

/// Why events were refused: `reason`, `amount` (0 when the ledger does not have it), `last_at` (milliseconds),
/// `example`.
pub fn reasons(site: &str, period: &Period) -> Sql {
    Sql::new(
        "SELECT reason_name AS reason, max(counted) AS amount, max(last) AS last_at, max(payload_text) AS example \
         FROM (SELECT toString(reason) AS reason_name, toInt64(sum(rejected)) AS counted, \
         toInt64(toUnixTimestamp(max(hour))) * 1000 AS last, '' AS payload_text FROM outcomes FINAL \
         WHERE site = {site:String} AND rejected > 0 \
         AND hour >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') \
         AND hour < fromUnixTimestamp64Milli({to:Int64}, 'UTC') GROUP BY reason_name \
         UNION ALL \
         SELECT toString(reason) AS reason_name, toInt64(count()) AS counted, \
         toUnixTimestamp64Milli(max(received_at)) AS last, argMax(payload, received_at) AS payload_text \
         FROM rejected_events WHERE site = {site:String} \
         AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') \
         AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') + INTERVAL 1 HOUR \
         AND toStartOfHour(toDateTime(received_at, 'UTC')) >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') \
         AND toStartOfHour(toDateTime(received_at, 'UTC')) < fromUnixTimestamp64Milli({to:Int64}, 'UTC') \
         GROUP BY reason_name) \
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

/// What the collectors counted, of all sites and hours: `site`, `hour_start` (seconds since the epoch), and the numbers.
/// A collector that has not reported for a minute is silent, and what it held is held by nobody.
pub const OUTCOMES: &str = "WITH (SELECT groupArray(collector) FROM collector_status FINAL \
    WHERE reported_at > now64(3) - INTERVAL 60 SECOND) AS reporting \
    SELECT toString(site_name) AS site, toUnixTimestamp(hour) AS hour_start, toInt64(sum(accepted_events)) AS accepted, \
    toInt64(sum(duplicate_events)) AS duplicate, toInt64(sum(rejected_events)) AS rejected, \
    toInt64(sum(shipped_events)) AS shipped, toInt64(sum(repeated_events)) AS repeated, \
    toInt64(sumIf(pending_events, has(reporting, name))) AS pending, \
    toInt64(uniqExactIf(name, name != '' AND NOT has(reporting, name))) AS silent \
    FROM (SELECT site AS site_name, hour, toString(collector) AS name, accepted AS accepted_events, \
    duplicate AS duplicate_events, rejected AS rejected_events, shipped AS shipped_events, \
    repeated AS repeated_events, pending AS pending_events FROM outcomes FINAL) \
    GROUP BY site_name, hour ORDER BY site, hour_start";

/// What was written off, of all sites and hours: `site`, `hour_start` (seconds since the epoch), and by where.
pub const GIVEN_UP: &str = "SELECT toString(site_name) AS site, toUnixTimestamp(hour) AS hour_start, \
    toInt64(sum(unshipped_events)) AS unshipped, toInt64(sum(unstored_events)) AS unstored, \
    toInt64(sum(surplus_events)) AS surplus \
    FROM (SELECT site AS site_name, hour, unshipped AS unshipped_events, unstored AS unstored_events, \
    surplus AS surplus_events FROM write_offs FINAL) GROUP BY site_name, hour";

/// Writes off: `site`, `note`, `written_at` (milliseconds), and an array for the hours and each number.
pub const WRITE_OFF: &str = "INSERT INTO write_offs (site, hour, written_at, unshipped, unstored, surplus, note) \
    SELECT {site:String}, toDateTime(toInt64(one.1), 'UTC'), fromUnixTimestamp64Milli({written_at:Int64}, 'UTC'), \
    toUInt64(one.2), toUInt64(one.3), toUInt64(one.4), {note:String} \
    FROM (SELECT arrayJoin(arrayZip({hours:Array(String)}, {unshipped:Array(String)}, {unstored:Array(String)}, \
    {surplus:Array(String)})) AS one)";

/// What was written off of a site's hours, each time in one row: `written_at` (milliseconds), `hours_counted`, `missing`,
/// `surplus`, `why`.
pub fn write_offs(site: &str, period: &Period) -> Sql {
    Sql::new(
        "SELECT toUnixTimestamp64Milli(written_at) AS written, toInt64(count()) AS hours_counted, \
         toInt64(sum(unshipped + unstored)) AS missing, toInt64(sum(surplus)) AS too_many, any(note) AS why \
         FROM write_offs FINAL WHERE site = {site:String} \
         AND hour >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') \
         AND hour < fromUnixTimestamp64Milli({to:Int64}, 'UTC') \
         GROUP BY written_at ORDER BY written_at DESC LIMIT 100",
        [("site", site.into()), ("from", Param::Int(period.from.0)), ("to", Param::Int(period.to.0))],
    )
}

/// The parts of `events` that are there: `name`.
pub const PARTS: &str =
    "SELECT name FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND active";

/// Rows by part, site and hour of receipt: `part`, `site`, `hour_start` (seconds since the epoch), `amount`.
pub const ROWS_OF_PARTS: &str = "SELECT toString(_part) AS part, toString(site_name) AS site, \
    toUnixTimestamp(hour) AS hour_start, count() AS amount \
    FROM (SELECT _part, site AS site_name, toStartOfHour(toDateTime(received_at, 'UTC')) AS hour FROM events \
    WHERE _part IN {parts:Array(String)}) GROUP BY part, site_name, hour";

/// Rows of a site and hour of receipt without those that are there twice: `amount`.
pub const DISTINCT_OF_HOUR: &str = "SELECT count() AS amount FROM (SELECT 1 FROM events WHERE site = {site:String} \
    AND received_at >= fromUnixTimestamp64Milli({hour:Int64} * 1000, 'UTC') \
    AND received_at < fromUnixTimestamp64Milli(({hour:Int64} + 3600) * 1000, 'UTC') \
    GROUP BY toDate(ts), visitor, event_id) SETTINGS max_bytes_before_external_group_by = 268435456";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_the_reconciliation() {
        let period = november();
        check("reconciliation", &[reasons("demo", &period), collectors("demo"), write_offs("demo", &period)]);
    }
}
