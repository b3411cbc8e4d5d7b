-- Ids as numbers, made once: questions count, join and sort by them. Parts of before have them when they are merged.
ALTER TABLE events {on_cluster} ADD COLUMN IF NOT EXISTS visitor_hash UInt64 DEFAULT sipHash64(visitor);

ALTER TABLE events {on_cluster} ADD COLUMN IF NOT EXISTS session_hash UInt64 DEFAULT if(session = '', 0, sipHash64(session));

-- Visits: a plain row for each, made anew by the program (the crate `visits` has the rule) whenever one of its events comes.
-- The row with the highest version counts. A visit that goes on on another day of UTC has a row for that day too
-- (`is_continued`), so that whoever asks for some days finds all that touch them. Bots and machines have visits of their
-- own: they neither start nor extend another.
--
-- Whose a visit is, the edges of its visitor say. Where its events are several people's (`is_mixed`), the whole (`part` 0)
-- has the owner of its first event, each of them has a part that is like a visit of the events that are theirs, and all of
-- these rows say from which event on whose the visit is (`turn_…`). So `part = 0` are the visits, and `NOT is_mixed` is what people have of them.
-- Where its views are several people's, or were seen with several clients, devices or places, each combination has a row as well
-- (`part` from 32768 on, `is_mixed`), with its pages and what the visit says besides. So `is_seen` are the views, each once.
CREATE TABLE visits {on_cluster}
(
    site LowCardinality(String),
    day Date,
    visitor_hash UInt64,
    -- 0 without a session id.
    session_hash UInt64,
    is_bot Bool,
    started DateTime64(3, 'UTC'),
    part UInt16,
    visitor String,
    -- The user whose it is; empty when nobody, and then it is the visitor's. The number is 0 then.
    owner String,
    owner_hash UInt64,
    is_mixed Bool,
    -- From the event of this moment (after the beginning) and number on the visit is this user's or, empty, the visitor's.
    turn_ms Array(UInt64),
    turn_event Array(UInt128),
    turn_owner Array(String),
    -- When the part begins, after the beginning of the visit.
    since_ms UInt64 CODEC(T64, ZSTD(1)),
    -- To the end, from the beginning of the visit.
    duration_ms UInt64 CODEC(T64, ZSTD(1)),
    -- The same without what came by itself after a pause.
    lasted_ms UInt64 CODEC(T64, ZSTD(1)),
    is_continued Bool,
    -- How many more days of UTC it touches.
    days_after UInt16,
    -- Counts as a session: it has an id or a view.
    is_session Bool,
    -- Stands for its views where views are asked for.
    is_seen Bool,
    view_count UInt32,
    -- Neither a view nor passive; orders among them.
    action_count UInt32,
    event_count UInt32,
    order_count UInt32,
    -- Of the first order, after the beginning of the visit; 0 without one.
    first_order_ms UInt64 CODEC(T64, ZSTD(1)),
    -- By currency, refunds taken off.
    money Map(LowCardinality(String), Decimal(38, 4)),
    -- Of the last view, after the beginning of the visit; 0 without one.
    last_view_ms UInt64 CODEC(T64, ZSTD(1)),
    -- Path of the first event; where that has none, the first page or screen that was seen.
    entry_page LowCardinality(String),
    -- The last page or screen that was seen.
    exit_page LowCardinality(String),
    -- The pages and screens that were seen, in their order, each as often as it was.
    pages Array(LowCardinality(String)),
    -- When each of them was seen, after the beginning.
    view_ms Array(UInt64),
    -- Of the first event.
    client_parts LowCardinality(String),
    campaign_parts LowCardinality(String),
    device_parts LowCardinality(String),
    place_parts LowCardinality(String),
    version UInt64,
    is_deleted UInt8,
    since DateTime64(3, 'UTC') ALIAS addMilliseconds(started, since_ms),
    ended DateTime64(3, 'UTC') ALIAS addMilliseconds(started, duration_ms),
    person_hash UInt64 ALIAS if(owner_hash = 0, visitor_hash, owner_hash),
    person_id String ALIAS if(owner_hash = 0, visitor, owner),
    host LowCardinality(String) ALIAS substringIndex(client_parts, '\x1F', 1),
    language LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 2), '\x1F', -1),
    app_version LowCardinality(String) ALIAS substringIndex(substringIndex(client_parts, '\x1F', 3), '\x1F', -1),
    source LowCardinality(String) ALIAS substringIndex(campaign_parts, '\x1F', 1),
    channel LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 2), '\x1F', -1),
    utm_campaign LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 3), '\x1F', -1),
    utm_source LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 4), '\x1F', -1),
    utm_medium LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 5), '\x1F', -1),
    utm_term LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 6), '\x1F', -1),
    utm_content LowCardinality(String) ALIAS substringIndex(substringIndex(campaign_parts, '\x1F', 7), '\x1F', -1),
    device_class LowCardinality(String) ALIAS substringIndex(device_parts, '\x1F', 1),
    device_brand LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 2), '\x1F', -1),
    device_model LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 3), '\x1F', -1),
    browser LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 4), '\x1F', -1),
    os LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 5), '\x1F', -1),
    os_version LowCardinality(String) ALIAS substringIndex(substringIndex(device_parts, '\x1F', 6), '\x1F', -1),
    country LowCardinality(String) ALIAS substringIndex(place_parts, '\x1F', 1),
    region LowCardinality(String) ALIAS substringIndex(substringIndex(place_parts, '\x1F', 2), '\x1F', -1),
    city LowCardinality(String) ALIAS substringIndex(substringIndex(place_parts, '\x1F', 3), '\x1F', -1),
    INDEX visitor_bloom visitor_hash TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX owner_bloom owner_hash TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replacing_merge_tree:version, is_deleted}
PARTITION BY toMonday(day)
PRIMARY KEY (site, day, visitor_hash)
ORDER BY (site, day, visitor_hash, session_hash, is_bot, started, part)
-- A week that is over lies in one part ten minutes after the last visit was made anew: where parts overlap, most of what a
-- question costs is to find the latest version of each row. Of a whole month they would overlap until it is over.
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0,
    min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1;

-- An alias of nobody is what any other event with a user is: the visitor is the user's.
ALTER TABLE identity_edges_from_events {on_cluster} MODIFY QUERY
SELECT site, edge_user AS user, edge_visitor AS visitor, edge_source AS source, session,
    if(edge_source = 'event', toDateTime64(0, 3, 'UTC'), event_ts) AS at,
    toInt8(1) AS sign, min(event_ts) AS ts, 'event' AS recorded_by
FROM
(
    SELECT site, session, ts AS event_ts,
        if(kind = 'reset', '', user) AS edge_user,
        arrayJoin(multiIf(kind = 'reset', ['reset'],
            kind = 'alias' AND props['previous'] != '' AND (visitor = '' OR startsWith(visitor, '@')), ['alias'],
            kind = 'alias' AND props['previous'] != '', ['alias', 'event'],
            kind IN ('identify', 'login', 'signup'), ['identify'], ['event'])) AS edge_source,
        if(edge_source = 'alias', concat('@', props['previous']), visitor) AS edge_visitor
    FROM events
    WHERE bot = '' AND (
        (kind = 'reset' AND visitor != '')
        OR (kind = 'alias' AND user != '' AND props['previous'] != '')
        OR (kind != 'reset' AND user != '' AND NOT startsWith(visitor, '@')))
)
GROUP BY site, user, visitor, source, session, at, sign;

INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by)
SELECT site, user, visitor, 'event', session, toDateTime64(0, 3, 'UTC'), 1, min(ts), 'event'
FROM events
WHERE bot = '' AND kind = 'alias' AND user != '' AND props['previous'] = '' AND NOT startsWith(visitor, '@')
GROUP BY site, user, visitor, session;

-- A visitor's edges are found by its number.
ALTER TABLE identity_edges {on_cluster} ADD COLUMN IF NOT EXISTS visitor_hash UInt64 DEFAULT sipHash64(visitor);

-- Which sessions events have come for, and on which days, since their visits were made: a journal, of which whoever makes
-- them drops the parts that are done. An edge of identity (`because` mark) may change whose the visits of its visitor are,
-- from the mark before it on; what takes edges back, all of them (`day` is then the first of all).
CREATE TABLE touched {on_cluster}
(
    because Enum8('event' = 1, 'mark' = 2, 'anew' = 3),
    site LowCardinality(String),
    day Date,
    visitor String,
    visitor_hash UInt64,
    session_hash UInt64,
    touched_at DateTime64(3, 'UTC')
)
ENGINE = {merge_tree}
PARTITION BY because
ORDER BY (site, day, visitor, session_hash)
-- Parts stay small: a part is forgotten as a whole, and one that grew by a merge has what was done already in it again.
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0,
    max_bytes_to_merge_at_max_space_in_pool = 524288;

CREATE MATERIALIZED VIEW touched_from_events {on_cluster} TO touched AS
SELECT 'event' AS because, site, toDate(ts) AS day, visitor, visitor_hash, session_hash, now64(3) AS touched_at
FROM events
LIMIT 1 BY site, day, visitor_hash, session_hash;

CREATE MATERIALIZED VIEW touched_from_edges {on_cluster} TO touched AS
SELECT 'mark' AS because, site, min(if(sign = 1, toDate(ts), toDate(0))) AS day, visitor, sipHash64(visitor) AS visitor_hash,
    0 AS session_hash, now64(3) AS touched_at
FROM identity_edges
WHERE source != 'alias'
GROUP BY site, visitor;

INSERT INTO touched
SELECT 'anew' AS because, site, toDate(ts) AS day, visitor, sipHash64(visitor) AS visitor_hash,
    if(session = '', 0, sipHash64(session)) AS session_hash, now64(3) AS touched_at
FROM events
GROUP BY site, day, visitor, session
-- In parts of which each is done soon.
SETTINGS optimize_aggregation_in_order = 1, min_insert_block_size_rows = 10000, min_insert_block_size_bytes = 0;

-- What questions read until now. At once, so that nothing of it lies where a start reads it.
DROP VIEW IF EXISTS sessions_from_events {on_cluster} SYNC;

DROP TABLE IF EXISTS sessions {on_cluster} SYNC;
