-- Who is who: an edge says that a visitor was identified as a user at a moment. Never rewritten, so it can be
-- undone: a row with sign -1 takes back the edges of its pair up to its moment.
--   identify  the client said so (identify, login, signup)
--   event     the first event of a session that carried the user
--   alias     two users are one: visitor holds the earlier user with a leading @
--   reset     the visitor's device changed hands; user is empty
--   manual    an analyst said so
CREATE TABLE identity_edges {on_cluster}
(
    site LowCardinality(String),
    user String,
    visitor String,
    source LowCardinality(String),
    session String,
    -- The exact moment, or 1970 for the source `event`, whose moment is the earliest seen in the session.
    at DateTime64(3, 'UTC'),
    sign Int8,
    ts SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    recorded_by SimpleAggregateFunction(any, String),
    INDEX visitor_bloom visitor TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {aggregating_merge_tree}
ORDER BY (site, user, visitor, source, session, at, sign)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 512, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW identity_edges_from_events {on_cluster} TO identity_edges AS
SELECT site, edge_user AS user, edge_visitor AS visitor, edge_source AS source, session,
    if(edge_source = 'event', toDateTime64(0, 3, 'UTC'), event_ts) AS at,
    toInt8(1) AS sign, min(event_ts) AS ts, 'event' AS recorded_by
FROM
(
    SELECT site, session, ts AS event_ts,
        if(kind = 'reset', '', user) AS edge_user,
        -- An alias joins two users, and its visitor was seen with the later one.
        arrayJoin(multiIf(kind = 'reset', ['reset'],
            kind = 'alias' AND (visitor = '' OR startsWith(visitor, '@')), ['alias'],
            kind = 'alias', ['alias', 'event'],
            kind IN ('identify', 'login', 'signup'), ['identify'], ['event'])) AS edge_source,
        if(edge_source = 'alias', concat('@', props['previous']), visitor) AS edge_visitor
    FROM events
    WHERE bot = '' AND (
        (kind = 'reset' AND visitor != '')
        OR (kind = 'alias' AND user != '' AND props['previous'] != '')
        OR (kind NOT IN ('reset', 'alias') AND user != '' AND NOT startsWith(visitor, '@')))
)
GROUP BY site, user, visitor, source, session, at, sign;

-- What is known of a user or visitor: the latest value of each trait.
CREATE TABLE traits {on_cluster}
(
    site LowCardinality(String),
    id String,
    trait LowCardinality(String),
    value String,
    ts DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:ts}
ORDER BY (site, id, trait)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 512, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW traits_from_events {on_cluster} TO traits AS
SELECT site, if(user != '', user, visitor) AS id, entry.1 AS trait, entry.2 AS value, ts
FROM events
ARRAY JOIN CAST(props, 'Array(Tuple(String, String))') AS entry
WHERE kind = 'identify' AND bot = '';
