-- What happened. Sorted by day, so that a question about some days reads those days; within a day by visitor, so
-- that a person's day lies together; by event_id last, so that the same event sent twice becomes one row.
--
-- To take an event costs by the number of columns. What comes in few combinations therefore shares one: a column
-- `…_parts` is the dictionary's entry of some texts with char(31) after each.
CREATE TABLE events {on_cluster}
(
    site LowCardinality(String),
    event_id UUID,
    ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    client_ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    visitor String,
    user String,
    session String,
    kind LowCardinality(String),
    name LowCardinality(String),
    path LowCardinality(String),
    query String,
    referrer String,
    page_parts LowCardinality(String) DEFAULT repeat('\x1F', 2),
    client_parts LowCardinality(String) DEFAULT repeat('\x1F', 10),
    campaign_parts LowCardinality(String) DEFAULT repeat('\x1F', 10),
    message String,
    device_parts LowCardinality(String) DEFAULT repeat('\x1F', 7),
    place_parts LowCardinality(String) DEFAULT repeat('\x1F', 3),
    mark_parts LowCardinality(String) DEFAULT repeat('\x1F', 10),
    duration_ms UInt32,
    engaged_ms UInt32,
    scroll_pct UInt8,
    value Nullable(Float32),
    revenue Decimal(18, 4),
    target String,
    props Map(String, String),
    -- The parts, for whoever asks. ClickHouse takes them out of the entries of the dictionary, not out of each row.
    title LowCardinality(String) ALIAS substringIndex(page_parts, '\x1F', 1),
    screen LowCardinality(String) ALIAS substringIndex(substringIndex(page_parts, '\x1F', 2), '\x1F', -1),
    host LowCardinality(String) ALIAS substringIndex(client_parts, '\x1F', 1),
    language LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 2), '\x1F', -1),
    app_version LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 3), '\x1F', -1),
    timezone LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 4), '\x1F', -1),
    screen_width UInt16 ALIAS toUInt16OrZero(substringIndex(substringIndex(client_parts, '\x1F', 5), '\x1F', -1)),
    screen_height UInt16 ALIAS toUInt16OrZero(substringIndex(substringIndex(client_parts, '\x1F', 6), '\x1F', -1)),
    app_name LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 7), '\x1F', -1),
    app_build LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 8), '\x1F', -1),
    network LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 9), '\x1F', -1),
    sdk LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 10), '\x1F', -1),
    source LowCardinality(String) ALIAS substringIndex(campaign_parts, '\x1F', 1),
    channel LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 2), '\x1F', -1),
    utm_campaign LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 3), '\x1F', -1),
    utm_source LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 4), '\x1F', -1),
    utm_medium LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 5), '\x1F', -1),
    utm_term LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 6), '\x1F', -1),
    utm_content LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 7), '\x1F', -1),
    click_id_kind LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 8), '\x1F', -1),
    newsletter_campaign LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 9), '\x1F', -1),
    link LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 10), '\x1F', -1),
    device_class LowCardinality(String) ALIAS substringIndex(device_parts, '\x1F', 1),
    device_brand LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 2), '\x1F', -1),
    device_model LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 3), '\x1F', -1),
    browser LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 4), '\x1F', -1),
    os LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 5), '\x1F', -1),
    os_version LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 6), '\x1F', -1),
    browser_version LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 7), '\x1F', -1),
    country LowCardinality(String) ALIAS substringIndex(place_parts, '\x1F', 1),
    region LowCardinality(String) ALIAS substringIndex(substringIndex(place_parts, '\x1F', 2), '\x1F', -1),
    city LowCardinality(String) ALIAS substringIndex(substringIndex(place_parts, '\x1F', 3), '\x1F', -1),
    bot LowCardinality(String) ALIAS substringIndex(mark_parts, '\x1F', 1),
    bot_reason LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 2), '\x1F', -1),
    verdict LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 3), '\x1F', -1),
    verdict_reason LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 4), '\x1F', -1),
    clock LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 5), '\x1F', -1),
    consent LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 6), '\x1F', -1),
    touchpoint LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 7), '\x1F', -1),
    stage LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 8), '\x1F', -1),
    rating LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 9), '\x1F', -1),
    currency LowCardinality(String) ALIAS substringIndex(substringIndex(mark_parts, '\x1F', 10), '\x1F', -1),
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
    -- Of the first event: its moment (milliseconds, 8 bytes, the highest first), then with char(31) between: path,
    -- host, language, app_version, source, channel, utm_campaign, utm_source, utm_medium, country, region, city,
    -- device_class, device_brand, device_model, browser, os, os_version. The smallest text is that of the first event,
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

-- Bots and machines neither start nor extend a visit. Each event gives a row of its own, and merges make one of those
-- of a visit: they come in the order of the table, which costs less than to group them and to sort the groups.
CREATE MATERIALIZED VIEW sessions_from_events {on_cluster} TO sessions AS
WITH
    reinterpretAsFixedString(byteSwap(toUnixTimestamp64Milli(ts))) AS moment,
    kind IN ('page_view', 'screen_view') AS is_view
SELECT
    site,
    visitor,
    toDate(ts) AS day,
    session,
    ts AS started_at,
    ts AS ended_at,
    [bitOr(bitAnd(toUInt32(cityHash64(event_id)), 4294967292), multiIf(is_view, 0,
        kind IN ('page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background',
            'frames', 'app_start', 'screen_load', 'network'), 2, 1))] AS event_ids,
    -- The first parts of each.
    concat(moment, path, '\x1F', substringIndex(client_parts, '\x1F', 3), '\x1F',
        substringIndex(campaign_parts, '\x1F', 5), '\x1F', substringIndex(place_parts, '\x1F', 3), '\x1F',
        substringIndex(device_parts, '\x1F', 6)) AS entry,
    if(is_view, concat(moment, path), '') AS exit_path
FROM events
WHERE bot = '' AND verdict != 'machine';

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
