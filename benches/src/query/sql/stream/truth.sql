-- What the stream itself says, in orma's definitions (docs/definitions.md).
-- name: daily_visitors
SELECT toString(toDate(ts)) AS day, uniqExact(v) AS visitors
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'pageview' GROUP BY day;
-- name: top_pages
SELECT page, uniqExact(v) AS visitors
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'pageview' GROUP BY page ORDER BY visitors DESC, page LIMIT 10;
-- name: bounce_duration
SELECT round(countIf(views = 1 AND actions = 0 AND duration < 10) / countIf(views > 0) * 100, 2) AS bounce_rate,
    avg(duration) * 1000 AS visit_duration_ms, count() AS visits
FROM (SELECT sid, countIf(name = 'pageview') AS views, countIf(name NOT IN ('pageview', 'web_vitals')) AS actions, dateDiff('second', min(ts), max(ts)) AS duration
      FROM src.stream GROUP BY v, sid HAVING min(ts) >= '{FROM} 00:00:00' AND min(ts) < '{END} 00:00:00');
-- name: top_sources
SELECT source, uniqExact(v) AS visitors
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'pageview' GROUP BY source ORDER BY visitors DESC, source LIMIT 10;
-- name: timeline
SELECT count() AS steps FROM src.stream WHERE v = {V};
-- name: person_card
SELECT uniqExact(sid) AS sessions, countIf(name = 'pageview') AS page_views, countIf(name = 'purchase') AS orders FROM src.stream WHERE v = {V};
-- name: people_page_views
SELECT if(max(logged), concat('user-', toString(v)), toString(pb_uuid(sipHash64({SEED}, v, 'uid'), sipHash64({SEED}, v, 'uid2')))) AS person,
    countIf(name = 'pageview') AS page_views
FROM src.stream GROUP BY v HAVING countIf(ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00') > 0 ORDER BY page_views DESC, person LIMIT 50;
-- name: countries
SELECT country, uniqExact(v) AS visitors
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'pageview' GROUP BY country ORDER BY visitors DESC, country LIMIT 50;
-- name: filtered
SELECT uniqExact(v) AS visitors
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'pageview' AND source = 'google.com';
-- name: web_quality
SELECT page, quantileExactInclusive(0.75)(lcp) AS p75
FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' AND name = 'web_vitals' GROUP BY page ORDER BY count() DESC, page LIMIT 50;
-- name: funnel
SELECT countIf(step >= 1) AS s1, countIf(step >= 2) AS s2, countIf(step >= 3) AS s3, countIf(step >= 4) AS s4
FROM (SELECT v, windowFunnel(604800)(ts, name = 'pageview' AND page = '/products', name = 'add_to_cart', name = 'begin_checkout', name = 'purchase') AS step
      FROM src.stream WHERE ts >= '{FROM} 00:00:00' AND ts < '{END} 00:00:00' GROUP BY v);
-- name: retention
SELECT toString(arrayMin(weeks)) AS cohort, dateDiff('week', arrayMin(weeks), w) AS n, count() AS users
FROM (SELECT v, groupUniqArray(toMonday(ts)) AS weeks FROM src.stream WHERE ts >= '{WEEKS_FROM} 00:00:00' AND ts < '{END} 00:00:00' GROUP BY v)
ARRAY JOIN weeks AS w GROUP BY cohort, n;
-- name: segment
SELECT count() AS visitors
FROM (SELECT v FROM src.stream WHERE country = 'IT' AND device = 'Mobile' GROUP BY v HAVING uniqExact(sid) >= 2)
WHERE v IN (SELECT v FROM src.stream WHERE name = 'purchase');
