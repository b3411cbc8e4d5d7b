//! The statements of `/accounting`.

use orma_store::Param;

use crate::plan::Period;
use crate::sql::Sql;

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
