SELECT visitor, session, toString(sessions.day) AS day, toUnixTimestamp64Milli(min(started_at)) AS started, length(groupUniqArrayArray(event_ids)) AS events
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, session, day
  ORDER BY day DESC, visitor, session LIMIT {p2:UInt64};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = 201
SELECT visitor, session, toString(toDate(ts)) AS day, toUnixTimestamp64Milli(min(ts)) AS started, count() AS events
  FROM events
  WHERE site = {site:String}
  AND visitor IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  GROUP BY visitor, session, day
  ORDER BY day DESC, visitor, session LIMIT {p2:UInt64};
-- site = "demo"
-- users = ["mario","m"]
-- p2 = 201
SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, user, session, kind, name, touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, language, bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) IN {p2:Array(Date)}
  AND visitor IN {visitors:Array(String)}
  AND bot = ''
  AND verdict != 'machine'
  ORDER BY at DESC, id DESC LIMIT 2000;
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = ["2026-11-21","2026-11-20"]
SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, user, session, kind, name, touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, language, bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) IN {p2:Array(Date)}
  AND visitor IN {visitors:Array(String)}
  ORDER BY at DESC, id DESC LIMIT 2000;
-- site = "demo"
-- visitors = ["v1","@mario"]
-- p2 = ["2026-11-21","2026-11-20"]
