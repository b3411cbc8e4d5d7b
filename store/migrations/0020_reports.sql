-- What people keep for each other under a name: reports (questions), boards (reports side by side), alerts (a number of a
-- report that is watched).
CREATE TABLE saved {on_cluster}
(
    id String,
    site String,
    -- `report`, `board` or `alert`.
    kind LowCardinality(String),
    name String,
    -- As JSON, of its kind.
    content String,
    -- 1 when it is made, one more with each change.
    version UInt32,
    created_by String,
    created_at DateTime64(3, 'UTC'),
    changed_by String,
    changed_at DateTime64(3, 'UTC'),
    revoked Bool,
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY id;

-- What each look of an alert found, and what that made of its state: one row for what it looked at, so that a state and its
-- change are written together or not at all. Revisions are moments in milliseconds since the epoch and rise; changes are read
-- by them.
CREATE TABLE alert_looks {on_cluster}
(
    site LowCardinality(String),
    alert String,
    -- From when to when the events count.
    starts DateTime64(3, 'UTC'),
    ends DateTime64(3, 'UTC'),
    -- Of what is watched, and by which rule; older looks say nothing of newer rules.
    rule_version UInt32,
    revision UInt64,
    looked_at DateTime64(3, 'UTC'),
    value Nullable(Float64),
    -- What was usual, from where to where that is, and in how many weeks it was found.
    usual Nullable(Float64),
    low Nullable(Float64),
    high Nullable(Float64),
    weeks UInt8,
    state LowCardinality(String),
    state_before LowCardinality(String),
    reason LowCardinality(String),
    message String,
    -- When it last began to fire.
    fired_at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = {replacing_merge_tree:revision}
ORDER BY (site, alert, ends, rule_version)
TTL toDateTime(looked_at) + INTERVAL 13 MONTH
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;

-- Who has taken notice that an alert fires: since when it does.
CREATE TABLE alert_acknowledgements {on_cluster}
(
    site LowCardinality(String),
    alert String,
    fired_at DateTime64(3, 'UTC'),
    acknowledged_by String,
    acknowledged_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:acknowledged_at}
ORDER BY (site, alert, fired_at)
TTL toDateTime(acknowledged_at) + INTERVAL 13 MONTH
SETTINGS non_replicated_deduplication_window = 0;
