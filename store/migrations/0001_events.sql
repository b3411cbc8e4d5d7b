-- What happened. Sorted by day, so that a question about some days reads those days; within a day by visitor, so
-- that a person's day lies together; by event_id last, so that the same event sent twice becomes one row.
CREATE TABLE events {on_cluster}
(
    site LowCardinality(String),
    event_id UUID,
    ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    client_ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    clock LowCardinality(String),
    visitor String,
    user String,
    session String,
    consent LowCardinality(String),
    kind LowCardinality(String),
    name LowCardinality(String),
    touchpoint LowCardinality(String),
    stage LowCardinality(String),
    host LowCardinality(String),
    path LowCardinality(String),
    query String,
    title LowCardinality(String),
    referrer String,
    screen LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    utm_term LowCardinality(String),
    utm_content LowCardinality(String),
    click_id_kind LowCardinality(String),
    source LowCardinality(String),
    channel LowCardinality(String),
    newsletter_campaign LowCardinality(String),
    message String,
    link LowCardinality(String),
    verdict LowCardinality(String),
    verdict_reason LowCardinality(String),
    device_class LowCardinality(String),
    device_brand LowCardinality(String),
    device_model LowCardinality(String),
    browser LowCardinality(String),
    browser_version LowCardinality(String),
    os LowCardinality(String),
    os_version LowCardinality(String),
    screen_width UInt16,
    screen_height UInt16,
    language LowCardinality(String),
    timezone LowCardinality(String),
    app_name LowCardinality(String),
    app_version LowCardinality(String),
    app_build LowCardinality(String),
    network LowCardinality(String),
    sdk LowCardinality(String),
    country LowCardinality(String),
    region LowCardinality(String),
    city LowCardinality(String),
    duration_ms UInt32,
    engaged_ms UInt32,
    scroll_pct UInt8,
    value Nullable(Float32),
    rating LowCardinality(String),
    revenue Decimal(18, 4),
    currency LowCardinality(String),
    target String,
    bot LowCardinality(String),
    bot_reason LowCardinality(String),
    props Map(LowCardinality(String), String),
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = {replacing_merge_tree}
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (site, toDate(ts), visitor)
ORDER BY (site, toDate(ts), visitor, event_id)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, non_replicated_deduplication_window = 10000;

-- Visits, kept as states that do not change when an event comes twice: sets, first and last moments. All states are
-- plain values, which cost half of what ClickHouse's own states of aggregate functions do, to write and to merge.
-- Sorted by visitor, so that it also says on which days a person was here. A visit that crosses midnight UTC has a
-- row for each day; answers group by session.
CREATE TABLE sessions {on_cluster}
(
    site LowCardinality(String),
    visitor String,
    day Date,
    session String,
    started_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    ended_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    -- Each event is a number: 30 bits of the hash of its id, then what it was: 0 a view, 1 it was done, 2 neither. Two
    -- of the n events of a session are taken for one in n² of 2,147,483,648 sessions: with 10 events one in 21 million.
    event_ids SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)),
    -- Of the first event: its moment (milliseconds, 8 bytes, the highest first), then with char(31) between: host,
    -- path, source, channel, utm_campaign, utm_source, utm_medium, country, region, city, device_class, device_brand,
    -- device_model, browser, os, os_version, language, app_version. The smallest text is that of the first event,
    -- whoever came first; one text is read three times as fast as a tuple.
    entry SimpleAggregateFunction(min, String),
    -- Of the last view: its moment as above, then its path. Empty without a view.
    exit_path SimpleAggregateFunction(max, String)
)
ENGINE = {aggregating_merge_tree}
PARTITION BY toYYYYMM(day)
PRIMARY KEY (site, visitor)
ORDER BY (site, visitor, day, session)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, non_replicated_deduplication_window = 10000;

-- Bots and machines neither start nor extend a visit.
CREATE MATERIALIZED VIEW sessions_from_events {on_cluster} TO sessions AS
WITH
    reinterpretAsFixedString(byteSwap(toUnixTimestamp64Milli(ts))) AS moment,
    kind IN ('page_view', 'screen_view') AS is_view
SELECT
    site,
    visitor,
    toDate(ts) AS day,
    session,
    min(ts) AS started_at,
    max(ts) AS ended_at,
    groupUniqArray(bitOr(bitAnd(toUInt32(cityHash64(event_id)), 4294967292), multiIf(is_view, 0,
        kind IN ('page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background',
            'frames', 'app_start', 'screen_load', 'network'), 2, 1))) AS event_ids,
    min(concat(moment, host, char(31), path, char(31), source, char(31), channel, char(31), utm_campaign, char(31),
        utm_source, char(31), utm_medium, char(31), country, char(31), region, char(31), city, char(31),
        device_class, char(31), device_brand, char(31), device_model, char(31), browser, char(31), os, char(31),
        os_version, char(31), language, char(31), app_version)) AS entry,
    max(if(is_view, concat(moment, path), '')) AS exit_path
FROM events
WHERE bot = '' AND verdict != 'machine'
GROUP BY site, visitor, day, session;

-- What was refused, with why and a bounded piece of what it was.
CREATE TABLE rejected_events {on_cluster}
(
    site LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    reason LowCardinality(String),
    message String,
    kind LowCardinality(String),
    payload String
)
ENGINE = {merge_tree}
PARTITION BY toYYYYMM(received_at)
ORDER BY (site, received_at)
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 10000;
