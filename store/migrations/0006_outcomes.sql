-- What became of events, by collector and hour of receipt. Each row is what a collector has counted so far, not what it
-- counted since: the row with the highest version counts, so one may be written again and again. `since` tells the rows
-- of a collector that lost its numbers, or had forgotten an hour, from those before: they add up.
--   accepted   answered, duplicates included            duplicate  came before under the same id
--   shipped    confirmed by the store                   repeated   given to the store again after an unknown outcome
--   pending    in the collector's spool
-- The row of a reason holds what was rejected for it, and nothing else.
CREATE TABLE outcomes {on_cluster}
(
    site LowCardinality(String),
    hour DateTime('UTC'),
    collector LowCardinality(String),
    since DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    accepted UInt64,
    duplicate UInt64,
    rejected UInt64,
    shipped UInt64,
    repeated UInt64,
    pending UInt64,
    version UInt64
)
ENGINE = {replacing_merge_tree:version}
PARTITION BY toYYYYMM(hour)
ORDER BY (site, hour, collector, since, reason);

-- What version 0.1.0 counted. It took what the store had merged away for duplicates, and so does this, once.
INSERT INTO outcomes
SELECT site, hour, collector, toDateTime64(0, 3, 'UTC') AS since, reason,
    sumIf(events, outcome = 'accepted') AS accepted, sumIf(events, outcome = 'duplicate') AS duplicate,
    sumIf(events, outcome = 'rejected') AS rejected, 0 AS shipped, 0 AS repeated, 0 AS pending, 0 AS version
FROM ledger GROUP BY site, hour, collector, reason;

INSERT INTO outcomes
SELECT site, hour, '' AS collector, toDateTime64(0, 3, 'UTC') AS since, '' AS reason, 0 AS accepted,
    toUInt64(greatest(given - present, 0)) AS duplicate, 0 AS rejected, toUInt64(least(given, present)) AS shipped,
    0 AS repeated, 0 AS pending, 0 AS version
FROM
(
    SELECT site, hour, sum(amount) AS given, sum(found) AS present FROM
    (
        SELECT toString(site) AS site, hour, toInt64(events) AS amount, 0 AS found FROM stored_hours
        UNION ALL
        SELECT toString(site) AS site, toStartOfHour(toDateTime(received_at, 'UTC')) AS hour, 0 AS amount, 1 AS found
        FROM events FINAL
    )
    GROUP BY site, hour
)
WHERE given > 0;

-- Whose segment a refused event was in, so that a segment whose outcome is unknown is not stored twice.
ALTER TABLE rejected_events {on_cluster} ADD COLUMN IF NOT EXISTS segment UUID;

-- ClickHouse notes what it takes for a repeated block before it commits the part, and does not look whether the part has
-- come to be: a table that remembers blocks would lose one when the engine dies in between. Every table of events
-- collapses what comes twice by itself.
ALTER TABLE events {on_cluster} MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE sessions {on_cluster} MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE rejected_events {on_cluster} MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE identity_edges {on_cluster} MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE traits {on_cluster} MODIFY SETTING non_replicated_deduplication_window = 0;
