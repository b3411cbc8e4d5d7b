-- The collectors' count of what they took: written with each segment, under the segment's token.
CREATE TABLE ledger {on_cluster}
(
    site LowCardinality(String),
    hour DateTime('UTC'),
    collector LowCardinality(String),
    -- accepted, duplicate, rejected
    outcome LowCardinality(String),
    reason LowCardinality(String),
    events UInt64
)
ENGINE = {summing_merge_tree:events}
PARTITION BY toYYYYMM(hour)
ORDER BY (site, hour, collector, outcome, reason)
SETTINGS non_replicated_deduplication_window = 10000;

-- The store's own count of the rows it was given, to hold against the ledger.
CREATE TABLE stored_hours {on_cluster}
(
    site LowCardinality(String),
    hour DateTime('UTC'),
    events UInt64
)
ENGINE = {summing_merge_tree:events}
PARTITION BY toYYYYMM(hour)
ORDER BY (site, hour)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW stored_hours_from_events {on_cluster} TO stored_hours AS
SELECT site, toStartOfHour(toDateTime(received_at, 'UTC')) AS hour, count() AS events
FROM events
GROUP BY site, hour;

-- What each collector still holds.
CREATE TABLE collector_status {on_cluster}
(
    collector String,
    reported_at DateTime64(3, 'UTC'),
    pending Map(String, UInt64),
    spool_bytes UInt64,
    oldest_pending_at DateTime64(3, 'UTC'),
    quarantined_segments UInt64
)
ENGINE = {replacing_merge_tree:reported_at}
ORDER BY collector;
