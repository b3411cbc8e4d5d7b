//! The statements of the accounts' watch and of writing off.

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
