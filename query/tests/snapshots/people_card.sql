SELECT count() AS events, toUnixTimestamp64Milli(min(ts)) AS first_seen, toUnixTimestamp64Milli(max(ts)) AS last_seen, uniqExactIf((visitor, visit), session != '' OR kind IN ('page_view', 'screen_view')) AS sessions, countIf(kind IN ('page_view', 'screen_view')) AS page_views, countIf(kind = 'order') AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, countIf(revenue != 0
  AND currency = {currency:String}) > 0 AS has_revenue, argMaxIf(toString(country), ts, country != '') AS latest_country, argMaxIf(toString(region), ts, region != '') AS latest_region, argMaxIf(toString(city), ts, city != '') AS latest_city, argMaxIf(toString(language), ts, language != '') AS latest_language, argMin((toString(channel), toString(source)), (ts, event_id)) AS origin, origin.1 AS first_channel, origin.2 AS first_source
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR (arrayLast(mark -> mark.3
  AND mark.1 < ts
  AND (mark.4 = session OR mark.2 = ''), timeline) AS earlier_mark).2 = '' OR (arrayFirst(mark -> mark.3
  AND mark.1 >= ts, timeline) AS next_mark).1 = ts OR (next_mark.2 != ''
  AND next_mark.4 = session), next_mark.2, earlier_mark.2)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)})
  AND bot = ''
  AND verdict != 'machine') AS event
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
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
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE transform(if(owner_user = '', visitor, owner_user), {p3:Array(String)}, {p4:Array(String)}, if(owner_user = '', visitor, owner_user)) = {p5:String};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- currency = "EUR"
-- p3 = ["anna"]
-- p4 = ["anna@example.it"]
-- p5 = "mario"
