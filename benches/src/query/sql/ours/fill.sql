-- The stream as orma's collector would store it. Visitor, session and event_id are UUID-shaped, as the browser SDK makes them.
INSERT INTO {DB}.events
(site, event_id, ts, received_at, client_ts, visitor, user, session, kind, name, path, query, referrer, page_parts, client_parts, campaign_parts,
 message, device_parts, place_parts, mark_parts, duration_ms, engaged_ms, scroll_pct, value, revenue, target, props)
SELECT '{SITE}', toUUID(pb_uuid7s(toUInt64(toUnixTimestamp(ts)) * 1000 + frac % 1000, sipHash64({SEED}, v, j, i, 'id1'), sipHash64({SEED}, v, j, i, 'id2'))),
    toDateTime64(ts, 3, 'UTC') + toIntervalMillisecond(frac % 1000), toDateTime64(ts, 3, 'UTC') + toIntervalMillisecond(frac % 1000 + 200), toDateTime64(0, 3, 'UTC'),
    toString(pb_uuid(sipHash64({SEED}, v, 'uid'), sipHash64({SEED}, v, 'uid2'))), if(logged, concat('user-', toString(v)), ''),
    pb_uuid7s(toUInt64(toUnixTimestamp(start)) * 1000, sid, sipHash64(sid)),
    multiIf(name = 'pageview', 'page_view', name = 'web_vitals', 'vital', name = 'purchase', 'order', name IN ('add_to_cart', 'begin_checkout', 'search', 'signup'), name, 'custom'),
    multiIf(name = 'web_vitals', 'LCP', name IN ('pageview', 'purchase', 'add_to_cart', 'begin_checkout', 'search', 'signup'), '', name),
    page, '', referrer, concat('Title of ', page, '\x1F', '\x1F'),
    concat('example.com\x1F', lang, '\x1F\x1FEurope/Rome\x1F', toString(sw), '\x1F', toString(sh), '\x1F\x1F\x1F\x1Forma-js/1.0.0\x1F'),
    concat(source, '\x1F', multiIf(utm_medium = 'cpc', 'paid_search', utm_medium = 'email', 'email', utm_medium = 'social', 'social', source = '', 'direct', source IN ('google.com','bing.com','duckduckgo.com'), 'organic_search', 'referral'), '\x1F',
        utm_campaign, '\x1F', utm_source, '\x1F', utm_medium, '\x1F\x1F\x1F\x1F\x1F\x1F'),
    '', concat(multiIf(device = 'Mobile', 'smartphone', device = 'Tablet', 'tablet', 'desktop'), '\x1F\x1F\x1F', browser, '\x1F', os, '\x1F', osver, '\x1F', bver, '\x1F'),
    concat(country, '\x1F', region, '\x1F', city, '\x1F'),
    concat('\x1F\x1F\x1F\x1F\x1Fgranted\x1Fsite\x1F', if(name = 'purchase', 'purchase', 'pre_purchase'), '\x1F',
        if(name = 'web_vitals', multiIf(lcp <= 2500, 'good', lcp <= 4000, 'needs-improvement', 'poor'), ''), '\x1F', if(name = 'purchase', 'EUR', ''), '\x1F'),
    0, 0, 0, if(name = 'web_vitals', lcp, NULL), revenue, '',
    if(name = 'web_vitals', map('cls', toString(cls), 'inp', toString(inp), 'fcp', toString(fcp), 'ttfb', toString(ttfb)), mapFromArrays(pk, pv))
FROM src.stream WHERE v >= {LO} AND v < {LO} + {CNT}
SETTINGS optimize_on_insert = 0, max_partitions_per_insert_block = 0;
-- Who logs in says who they are, a millisecond after the first event that carries the user.
INSERT INTO {DB}.events
(site, event_id, ts, received_at, client_ts, visitor, user, session, kind, path, client_parts, device_parts, place_parts, mark_parts, props)
SELECT '{SITE}', toUUID(pb_uuid7s(toUInt64(toUnixTimestamp(start)) * 1000 + frac % 1000 + 1, sipHash64({SEED}, v, 'identify1'), sipHash64({SEED}, v, 'identify2'))),
    toDateTime64(ts, 3, 'UTC') + toIntervalMillisecond(frac % 1000 + 1), toDateTime64(ts, 3, 'UTC') + toIntervalMillisecond(frac % 1000 + 201), toDateTime64(0, 3, 'UTC'),
    toString(pb_uuid(sipHash64({SEED}, v, 'uid'), sipHash64({SEED}, v, 'uid2'))), concat('user-', toString(v)),
    pb_uuid7s(toUInt64(toUnixTimestamp(start)) * 1000, sid, sipHash64(sid)), 'identify', page,
    concat('example.com\x1F', lang, '\x1F\x1FEurope/Rome\x1F', toString(sw), '\x1F', toString(sh), '\x1F\x1F\x1F\x1Forma-js/1.0.0\x1F'),
    concat(multiIf(device = 'Mobile', 'smartphone', device = 'Tablet', 'tablet', 'desktop'), '\x1F\x1F\x1F', browser, '\x1F', os, '\x1F', osver, '\x1F', bver, '\x1F'),
    concat(country, '\x1F', region, '\x1F', city, '\x1F'),
    '\x1F\x1F\x1F\x1F\x1Fgranted\x1Fsite\x1Fpre_purchase\x1F\x1F\x1F',
    map('email', concat('user', toString(v), '@example.org'), 'plan', ['free','pro','team'][1 + v % 3])
FROM src.stream WHERE v >= {LO} AND v < {LO} + {CNT} AND logged AND j = 1 AND i = 1
SETTINGS optimize_on_insert = 0, max_partitions_per_insert_block = 0;
