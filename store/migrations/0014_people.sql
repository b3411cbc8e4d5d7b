-- People: what each has of visits over all time, as the list of people shows and sorts it. A plain row for each, made anew
-- by the program (`visits/src/people.rs`) for those whose visits changed; the row with the highest version counts.
-- Aliases are followed when somebody asks.
CREATE TABLE people {on_cluster}
(
    site LowCardinality(String),
    person_hash UInt64,
    person_id String,
    -- Has a user id.
    is_identified Bool,
    first_seen DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    last_seen DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    session_count UInt64 CODEC(T64, ZSTD(1)),
    view_count UInt64 CODEC(T64, ZSTD(1)),
    event_count UInt64 CODEC(T64, ZSTD(1)),
    order_count UInt64 CODEC(T64, ZSTD(1)),
    -- By currency, refunds taken off.
    money Map(LowCardinality(String), Decimal(38, 4)),
    -- In which there was money, also where nothing is left of it.
    currencies Array(LowCardinality(String)),
    visitor_count UInt64 CODEC(T64, ZSTD(1)),
    -- The last that is known.
    country LowCardinality(String),
    device_class LowCardinality(String),
    browser LowCardinality(String),
    os LowCardinality(String),
    last_page LowCardinality(String),
    -- Of the first visit.
    channel LowCardinality(String),
    source LowCardinality(String),
    -- The highest of the visits that were there.
    version UInt64 CODEC(Delta, ZSTD(1)),
    is_deleted UInt8
)
ENGINE = {replacing_merge_tree:version, is_deleted}
ORDER BY (site, person_hash)
-- A page of people is found row by row.
SETTINGS index_granularity = 256, default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;

-- Who no longer has a visit, or a part of one, that somebody else has now: the visits do not say. Written before the visits
-- of the same version.
CREATE TABLE people_left {on_cluster}
(
    site LowCardinality(String),
    person_hash UInt64,
    version UInt64,
    left_at DateTime
)
ENGINE = {merge_tree}
ORDER BY version
TTL left_at + INTERVAL 90 DAY
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;

-- Up to which version of visits the people are made and on the disk.
CREATE TABLE people_mark {on_cluster}
(
    made_to UInt64
)
ENGINE = {replacing_merge_tree:made_to}
ORDER BY tuple()
SETTINGS non_replicated_deduplication_window = 0;

-- What was written lately is found without reading the rest.
ALTER TABLE visits {on_cluster} ADD INDEX IF NOT EXISTS version_range version TYPE minmax GRANULARITY 1;
