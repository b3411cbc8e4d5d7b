SELECT count() AS events, toUnixTimestamp64Milli(min(ts)) AS first_seen, toUnixTimestamp64Milli(max(ts)) AS last_seen, uniqExactIf((visitor, visit), session != '' OR kind IN ('page_view', 'screen_view')) AS sessions, countIf(kind IN ('page_view', 'screen_view')) AS page_views, countIf(kind = 'order') AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, countIf(revenue != 0
  AND currency = {currency:String}) > 0 AS has_revenue, sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), revenue != 0
  AND currency != {currency:String}) AS other_revenue, argMaxIf(toString(country), ts, country != '') AS latest_country, argMaxIf(toString(region), ts, region != '') AS latest_region, argMaxIf(toString(city), ts, city != '') AS latest_city, argMaxIf(toString(language), ts, language != '') AS latest_language, argMin((toString(channel), toString(source)), (ts, event_id)) AS origin, origin.1 AS first_channel, origin.2 AS first_source
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
  WHERE transform(if(owner_user = '', visitor, owner_user), {p3:Array(String)}, {p4:Array(String)}, if(owner_user = '', visitor, owner_user)) = {p5:String};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- currency = "EUR"
-- p3 = ["anna"]
-- p4 = ["anna@example.it"]
-- p5 = "mario"
