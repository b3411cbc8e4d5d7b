-- Which events collectors have inserted lately, while others ship to the same store: of an event that two take at once the
-- first row counts (`collector/src/ship/arrivals.rs`). Which that was is told by the number of the insert, which rows keep
-- through merges.
CREATE TABLE arrivals {on_cluster}
(
    segment UUID,
    -- Of what is one row in `events`: site, day, visitor and id.
    event_key UInt64,
    arrived_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {merge_tree}
ORDER BY arrived_at
TTL toDateTime(arrived_at) + INTERVAL 1 HOUR
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0, enable_block_number_column = 1,
    merge_with_ttl_timeout = 600;
