-- Small numbers of visitors and of users, in the order in which they were first seen: sets of them are bitmaps, which are united by
-- the word. A site has each number once; who is known by the same hash has the same number.
CREATE TABLE visitor_numbers {on_cluster}
(
    site LowCardinality(String),
    -- Of a visitor's or a user's id.
    id_hash UInt64,
    number UInt32
)
ENGINE = {merge_tree}
ORDER BY (site, id_hash)
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;

-- What a day of the site was, without conditions: a row for each value of a dimension, and one with the dimension '' for all of it. It
-- is made of `visits` by the statements that questions ask of them, once the day is over, and read in their place.
CREATE TABLE rollups {on_cluster}
(
    site LowCardinality(String),
    dimension LowCardinality(String),
    -- Of the site's zone.
    day Date,
    value String,
    -- The one making of this day that the row is of; `rollup_days` says which one counts.
    made UInt64,
    -- Who saw a page: visitors whom nobody has identified, those who are identified, and who these are.
    unidentified AggregateFunction(groupBitmap, UInt32),
    identified AggregateFunction(groupBitmap, UInt32),
    owners AggregateFunction(groupBitmap, UInt32),
    page_views UInt64,
    -- Of the visits that began on the day.
    sessions UInt64,
    viewing_sessions UInt64,
    bounces UInt64,
    sessions_lasted_ms UInt64,
    session_views UInt64,
    buying_sessions UInt64
)
ENGINE = {merge_tree}
PARTITION BY toYYYYMM(day)
ORDER BY (site, dimension, day, value)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 512, non_replicated_deduplication_window = 0;

-- Which days are rolled up, each in the zone of its site. A row without a zone says that the day's visits have changed: what was made
-- before it does not count.
CREATE TABLE rollup_days {on_cluster}
(
    site LowCardinality(String),
    day Date,
    zone LowCardinality(String),
    -- Of what the program makes of a day; what another made does not count.
    rule UInt16,
    -- Microseconds since the epoch, each once.
    made UInt64
)
ENGINE = {replacing_merge_tree:made}
ORDER BY (site, day, zone)
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;
