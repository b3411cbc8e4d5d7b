-- A session's first event keeps utm_term and utm_content too, at the end of `entry`. Sessions are made anew from `events`,
-- so that those of the past have them; each step may come twice.
DROP VIEW IF EXISTS sessions_from_events {on_cluster} SYNC;

TRUNCATE TABLE sessions {on_cluster};

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
    -- The first parts of each, then utm_term and utm_content.
    concat(moment, path, '\x1F', substringIndex(client_parts, '\x1F', 3), '\x1F',
        substringIndex(campaign_parts, '\x1F', 5), '\x1F', substringIndex(place_parts, '\x1F', 3), '\x1F',
        substringIndex(device_parts, '\x1F', 6), '\x1F', utm_term, '\x1F', utm_content) AS entry,
    if(is_view, concat(moment, path), '') AS exit_path
FROM events
WHERE bot = '' AND verdict != 'machine';

-- What comes while this runs is added by both, which changes nothing: all columns are sets, first or last moments.
INSERT INTO sessions
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
    concat(moment, path, '\x1F', substringIndex(client_parts, '\x1F', 3), '\x1F',
        substringIndex(campaign_parts, '\x1F', 5), '\x1F', substringIndex(place_parts, '\x1F', 3), '\x1F',
        substringIndex(device_parts, '\x1F', 6), '\x1F', utm_term, '\x1F', utm_content) AS entry,
    if(is_view, concat(moment, path), '') AS exit_path
FROM events
WHERE bot = '' AND verdict != 'machine'
-- Of any number of months, and again when it was cut off.
SETTINGS max_partitions_per_insert_block = 0, insert_deduplicate = 0;
