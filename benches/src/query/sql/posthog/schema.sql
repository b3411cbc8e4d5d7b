-- Equal in meaning to PostHog's sharded_events, person_distinct_id_overrides, person, person_distinct_id2 and raw_sessions (one node,
-- no Kafka/Distributed). The mat_* columns stand for the hot properties PostHog materialises on its cloud
-- (a fresh self-hosted install has none, and reads the JSON text instead).
CREATE DATABASE IF NOT EXISTS posthog;
DROP TABLE IF EXISTS posthog.events;
CREATE TABLE posthog.events
(
    uuid UUID, event String, properties String CODEC(ZSTD(3)), timestamp DateTime64(6, 'UTC'), team_id Int64, distinct_id String,
    elements_chain String, created_at DateTime64(6, 'UTC'), person_id UUID, person_created_at DateTime64(3),
    person_properties String CODEC(ZSTD(3)),
    group0_properties String CODEC(ZSTD(3)), group1_properties String CODEC(ZSTD(3)), group2_properties String CODEC(ZSTD(3)),
    group3_properties String CODEC(ZSTD(3)), group4_properties String CODEC(ZSTD(3)),
    group0_created_at DateTime64(3), group1_created_at DateTime64(3), group2_created_at DateTime64(3), group3_created_at DateTime64(3), group4_created_at DateTime64(3),
    person_mode Enum8('full' = 0, 'propertyless' = 1, 'force_upgrade' = 2),
    `$group_0` String MATERIALIZED JSONExtractString(properties, '$group_0'),
    `$group_1` String MATERIALIZED JSONExtractString(properties, '$group_1'),
    `$group_2` String MATERIALIZED JSONExtractString(properties, '$group_2'),
    `$group_3` String MATERIALIZED JSONExtractString(properties, '$group_3'),
    `$group_4` String MATERIALIZED JSONExtractString(properties, '$group_4'),
    `$window_id` String MATERIALIZED JSONExtractString(properties, '$window_id'),
    `$session_id` String MATERIALIZED JSONExtractString(properties, '$session_id'),
    elements_chain_href String MATERIALIZED extract(elements_chain, '(?::|\")href="(.*?)"'),
    elements_chain_texts Array(String) MATERIALIZED arrayDistinct(extractAll(elements_chain, '(?::|\")text="(.*?)"')),
    elements_chain_ids Array(String) MATERIALIZED arrayDistinct(extractAll(elements_chain, '(?::|\")attr_id="(.*?)"')),
    properties_group_custom Map(String, String) MATERIALIZED
        mapSort(mapFilter((k, _) -> k NOT LIKE '$%' AND k NOT IN ('token', 'distinct_id', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'gclid', 'fbclid', 'msclkid'),
                CAST(JSONExtractKeysAndValues(properties, 'String'), 'Map(String, String)'))) CODEC(ZSTD(1)),
    properties_group_feature_flags Map(String, String) MATERIALIZED
        mapSort(mapFilter((k, _) -> k LIKE '$feature/%', CAST(JSONExtractKeysAndValues(properties, 'String'), 'Map(String, String)'))) CODEC(ZSTD(1)),
    person_properties_map_custom Map(String, String) MATERIALIZED
        mapSort(mapFilter((k, _) -> k NOT LIKE '$%', CAST(JSONExtractKeysAndValues(person_properties, 'String'), 'Map(String, String)'))) CODEC(ZSTD(1)),
    `mat_$pathname` String MATERIALIZED JSONExtractString(properties, '$pathname'),
    `mat_$current_url` String MATERIALIZED JSONExtractString(properties, '$current_url'),
    `mat_$geoip_country_code` String MATERIALIZED JSONExtractString(properties, '$geoip_country_code'),
    `mat_$device_type` String MATERIALIZED JSONExtractString(properties, '$device_type'),
    _timestamp DateTime('UTC'), _offset UInt64, inserted_at Nullable(DateTime64(6, 'UTC')),
    INDEX `minmax_$session_id` `$session_id` TYPE minmax GRANULARITY 1,
    INDEX `minmax_$window_id` `$window_id` TYPE minmax GRANULARITY 1,
    INDEX `minmax_$group_0` `$group_0` TYPE minmax GRANULARITY 1,
    INDEX properties_group_custom_keys_bf mapKeys(properties_group_custom) TYPE bloom_filter,
    INDEX properties_group_custom_values_bf mapValues(properties_group_custom) TYPE bloom_filter,
    INDEX person_properties_map_custom_keys_bf mapKeys(person_properties_map_custom) TYPE bloom_filter,
    INDEX person_properties_map_custom_values_bf mapValues(person_properties_map_custom) TYPE bloom_filter,
    INDEX kafka_timestamp_minmax _timestamp TYPE minmax GRANULARITY 3
)
ENGINE = ReplacingMergeTree(_timestamp)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (team_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid))
SAMPLE BY cityHash64(distinct_id);
DROP TABLE IF EXISTS posthog.person_distinct_id_overrides;
CREATE TABLE posthog.person_distinct_id_overrides
( team_id Int64, distinct_id String, person_id UUID, is_deleted Int8, version Int64, _timestamp DateTime('UTC'), _offset UInt64, _partition UInt64 )
ENGINE = ReplacingMergeTree(version) ORDER BY (team_id, distinct_id) SETTINGS index_granularity = 512;
DROP TABLE IF EXISTS posthog.person_distinct_id2;
CREATE TABLE posthog.person_distinct_id2
( team_id Int64, distinct_id String, person_id UUID, is_deleted Int8, version Int64, _timestamp DateTime('UTC'), _offset UInt64, _partition UInt64 )
ENGINE = ReplacingMergeTree(version) ORDER BY (team_id, distinct_id) SETTINGS index_granularity = 512;
DROP TABLE IF EXISTS posthog.person;
CREATE TABLE posthog.person
( id UUID, created_at DateTime64(3), team_id Int64, properties String, is_identified Int8, is_deleted Int8, version UInt64, _timestamp DateTime('UTC'), _offset UInt64 )
ENGINE = ReplacingMergeTree(version) ORDER BY (team_id, id);
-- visits: an aggregating table, which a materialized view feeds from events (here filled in one go: same final state)
DROP TABLE IF EXISTS posthog.raw_sessions;
CREATE TABLE posthog.raw_sessions
(
    team_id Int64, session_id_v7 UInt128,
    distinct_id AggregateFunction(argMax, String, DateTime64(6, 'UTC')),
    min_timestamp SimpleAggregateFunction(min, DateTime64(6, 'UTC')), max_timestamp SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
    urls SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    entry_url AggregateFunction(argMin, String, DateTime64(6, 'UTC')), end_url AggregateFunction(argMax, String, DateTime64(6, 'UTC')),
    initial_browser AggregateFunction(argMin, String, DateTime64(6, 'UTC')), initial_os AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_device_type AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_geoip_country_code AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_geoip_subdivision_1_code AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_referring_domain AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_utm_source AggregateFunction(argMin, String, DateTime64(6, 'UTC')), initial_utm_campaign AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_utm_medium AggregateFunction(argMin, String, DateTime64(6, 'UTC')), initial_utm_term AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_utm_content AggregateFunction(argMin, String, DateTime64(6, 'UTC')), initial_gclid AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    initial_fbclid AggregateFunction(argMin, String, DateTime64(6, 'UTC')), initial_msclkid AggregateFunction(argMin, String, DateTime64(6, 'UTC')),
    pageview_count SimpleAggregateFunction(sum, Int64), pageview_uniq AggregateFunction(uniq, Nullable(UUID)),
    autocapture_count SimpleAggregateFunction(sum, Int64), screen_count SimpleAggregateFunction(sum, Int64),
    page_screen_autocapture_uniq_up_to AggregateFunction(uniqUpTo(1), Nullable(UUID)),
    vitals_lcp AggregateFunction(argMin, Nullable(Float64), DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(toDateTime(intDiv(toUInt64(bitShiftRight(session_id_v7, 80)), 1000), 'UTC'))
ORDER BY (team_id, toStartOfHour(toDateTime(intDiv(toUInt64(bitShiftRight(session_id_v7, 80)), 1000), 'UTC')), cityHash64(session_id_v7), session_id_v7)
SAMPLE BY cityHash64(session_id_v7);
