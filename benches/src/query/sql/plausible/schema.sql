-- Equal in meaning to Plausible's events_v2 + sessions_v2 (single node, all migrations applied up to late 2025).
-- Written anew, not copied.
CREATE DATABASE IF NOT EXISTS plausible;
DROP TABLE IF EXISTS plausible.events_v2;
CREATE TABLE plausible.events_v2
(
    timestamp DateTime('UTC') CODEC(Delta(4), LZ4),
    name LowCardinality(String),
    site_id UInt64, user_id UInt64, session_id UInt64,
    hostname String CODEC(ZSTD(3)), pathname String CODEC(ZSTD(3)),
    `meta.key` Array(String) CODEC(ZSTD(3)), `meta.value` Array(String) CODEC(ZSTD(3)),
    -- session attributes copied on each event
    referrer String CODEC(ZSTD(3)), referrer_source String CODEC(ZSTD(3)),
    utm_medium String CODEC(ZSTD(3)), utm_source String CODEC(ZSTD(3)), utm_campaign String CODEC(ZSTD(3)),
    utm_content String CODEC(ZSTD(3)), utm_term String CODEC(ZSTD(3)),
    country_code LowCardinality(FixedString(2)), subdivision1_code LowCardinality(String), subdivision2_code LowCardinality(String),
    city_geoname_id UInt32,
    screen_size LowCardinality(String),
    operating_system LowCardinality(String), operating_system_version LowCardinality(String),
    browser LowCardinality(String), browser_version LowCardinality(String),
    revenue_reporting_amount Nullable(Decimal64(4)), revenue_reporting_currency FixedString(3),
    revenue_source_amount Nullable(Decimal64(4)), revenue_source_currency FixedString(3),
    scroll_depth UInt8, engagement_time UInt32, click_id_param LowCardinality(String),
    batch UInt64,
    acquisition_channel LowCardinality(String) MATERIALIZED
        multiIf(utm_medium = 'cpc', 'Paid Search', utm_medium = 'email', 'Email', utm_medium = 'social', 'Organic Social',
                referrer_source IN ('google.com', 'bing.com', 'duckduckgo.com'), 'Organic Search', referrer_source != '', 'Referral', 'Direct'),
    INDEX minmax_batch batch TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(timestamp)
PRIMARY KEY (site_id, toDate(timestamp), name, user_id)
ORDER BY (site_id, toDate(timestamp), name, user_id, timestamp)
SAMPLE BY user_id
SETTINGS index_granularity = 8192;
DROP TABLE IF EXISTS plausible.sessions_v2;
CREATE TABLE plausible.sessions_v2
(
    session_id UInt64, sign Int8, site_id UInt64, user_id UInt64,
    hostname String CODEC(ZSTD(3)), exit_page_hostname String CODEC(ZSTD(3)),
    timestamp DateTime('UTC') CODEC(Delta(4), LZ4), start DateTime('UTC') CODEC(Delta(4), LZ4),
    is_bounce UInt8, entry_page String CODEC(ZSTD(3)), exit_page String CODEC(ZSTD(3)),
    pageviews Int32, events Int32, duration UInt32,
    referrer String CODEC(ZSTD(3)), referrer_source String CODEC(ZSTD(3)),
    utm_medium String CODEC(ZSTD(3)), utm_source String CODEC(ZSTD(3)), utm_campaign String CODEC(ZSTD(3)),
    utm_content String CODEC(ZSTD(3)), utm_term String CODEC(ZSTD(3)),
    country_code LowCardinality(FixedString(2)), subdivision1_code LowCardinality(String), subdivision2_code LowCardinality(String),
    city_geoname_id UInt32, screen_size LowCardinality(String),
    operating_system LowCardinality(String), operating_system_version LowCardinality(String),
    browser LowCardinality(String), browser_version LowCardinality(String),
    `entry_meta.key` Array(String) CODEC(ZSTD(3)), `entry_meta.value` Array(String) CODEC(ZSTD(3)),
    click_id_param LowCardinality(String), batch UInt64,
    acquisition_channel LowCardinality(String) MATERIALIZED
        multiIf(utm_medium = 'cpc', 'Paid Search', utm_medium = 'email', 'Email', utm_medium = 'social', 'Organic Social',
                referrer_source IN ('google.com', 'bing.com', 'duckduckgo.com'), 'Organic Search', referrer_source != '', 'Referral', 'Direct'),
    INDEX minmax_timestamp timestamp TYPE minmax GRANULARITY 1,
    INDEX minmax_batch batch TYPE minmax GRANULARITY 1
)
ENGINE = VersionedCollapsingMergeTree(sign, events)
PARTITION BY toYYYYMM(start)
PRIMARY KEY (site_id, toDate(start), user_id, session_id)
ORDER BY (site_id, toDate(start), user_id, session_id)
SAMPLE BY user_id
SETTINGS index_granularity = 8192;
