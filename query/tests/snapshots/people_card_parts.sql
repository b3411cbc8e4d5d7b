SELECT count() AS events, toUnixTimestamp64Milli(min(ts)) AS first_seen, toUnixTimestamp64Milli(max(ts)) AS last_seen, uniqExactIf((visitor, visit), session != '' OR kind IN ('page_view', 'screen_view')) AS sessions, countIf(kind IN ('page_view', 'screen_view')) AS page_views, countIf(kind = 'order') AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, countIf(revenue != 0
  AND currency = {currency:String}) > 0 AS has_revenue, sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), revenue != 0
  AND currency != {currency:String}) AS other_revenue, argMaxIf(toString(country), ts, country != '') AS latest_country, argMaxIf(toString(region), ts, region != '') AS latest_region, argMaxIf(toString(city), ts, city != '') AS latest_city, argMaxIf(toString(language), ts, language != '') AS latest_language, argMin((toString(channel), toString(source)), (ts, event_id)) AS origin, origin.1 AS first_channel, origin.2 AS first_source
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id)))
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  WHERE if(owner_user = '', visitor, owner_user) = {p3:String};
-- site = "demo"
-- users = ["mario","m"]
-- currency = "EUR"
-- p3 = "mario"
SELECT toString(device_class) AS class, toString(device_brand) AS brand, toString(device_model) AS model, toString(browser) AS browser_name, toString(os) AS os_name, toString(os_version) AS version, uniqExactIf((visitor, visit), session != '' OR kind IN ('page_view', 'screen_view')) AS sessions, toUnixTimestamp64Milli(max(ts)) AS last_seen
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)})
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  WHERE transform(if(owner_user = '', visitor, owner_user), {p2:Array(String)}, {p3:Array(String)}, if(owner_user = '', visitor, owner_user)) = {p4:String}
  AND (device_class != '' OR browser != '' OR os != '')
  GROUP BY class, brand, model, browser_name, os_name, version
  ORDER BY last_seen DESC, class, model LIMIT 100;
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = ["anna"]
-- p3 = ["anna@example.it"]
-- p4 = "mario"
SELECT toString(touchpoint) AS place, count() AS events, toUnixTimestamp64Milli(max(ts)) AS last_seen
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)})
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  WHERE transform(if(owner_user = '', visitor, owner_user), {p2:Array(String)}, {p3:Array(String)}, if(owner_user = '', visitor, owner_user)) = {p4:String}
  GROUP BY place
  ORDER BY events DESC, place LIMIT 100;
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = ["anna"]
-- p3 = ["anna@example.it"]
-- p4 = "mario"
SELECT toUnixTimestamp64Milli(minIf(ts, kind = 'order')) AS at
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)})
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  WHERE transform(if(owner_user = '', visitor, owner_user), {p2:Array(String)}, {p3:Array(String)}, if(owner_user = '', visitor, owner_user)) = {p4:String};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = ["anna"]
-- p3 = ["anna@example.it"]
-- p4 = "mario"
SELECT name AS trait, latest AS value
  FROM (SELECT toString(trait) AS name, argMax(value, (ts, id)) AS latest, max(ts) AS told_at
  FROM traits FINAL
  WHERE site = {site:String}
  AND id IN {ids:Array(String)}
  GROUP BY name
  ORDER BY told_at DESC, name LIMIT 1000)
  ORDER BY told_at, name;
-- site = "demo"
-- ids = ["mario"]
SELECT transform(id, {p2:Array(String)}, {p3:Array(String)}, id) AS person, argMax(value, (ts, id)) AS name
  FROM (SELECT id, value, ts
  FROM traits FINAL
  WHERE site = {site:String}
  AND id IN {ids:Array(String)}
  AND trait = 'name')
  GROUP BY person;
-- site = "demo"
-- ids = ["mario"]
-- p2 = ["anna"]
-- p3 = ["anna@example.it"]
