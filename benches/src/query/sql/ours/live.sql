-- The last half hour, for the live page: what the stream did in half an hour of 10 February, by visitors of
-- their own, so that no number of the stream changes.
INSERT INTO {DB}.events
(site, event_id, ts, received_at, client_ts, visitor, session, kind, name, path, page_parts, device_parts, place_parts, mark_parts)
SELECT '{SITE}', generateUUIDv7(), now64(3, 'UTC') - toIntervalSecond(age), now64(3, 'UTC') - toIntervalSecond(age), toDateTime64(0, 3, 'UTC'),
    concat('live-', toString(sid)), concat('live-', toString(sid)), if(name = 'pageview', 'page_view', 'custom'), if(name = 'pageview', '', name),
    page, concat('Title of ', page, '\x1F', '\x1F'),
    concat(multiIf(device = 'Mobile', 'smartphone', device = 'Tablet', 'tablet', 'desktop'), '\x1F\x1F\x1F', browser, '\x1F', os, '\x1F', osver, '\x1F', bver, '\x1F'),
    concat(country, '\x1F', region, '\x1F', city, '\x1F'),
    '\x1F\x1F\x1F\x1F\x1Fgranted\x1Fsite\x1Fpre_purchase\x1F\x1F\x1F'
FROM (SELECT *, dateDiff('second', ts, toDateTime('2026-02-10 12:00:00', 'UTC')) AS age FROM src.stream WHERE name != 'web_vitals')
WHERE age > 0 AND age < 1800;
