SELECT visitor, session_hash, is_bot, toUnixTimestamp64Milli(started) AS started_at, toUnixTimestamp64Milli(min(since)) AS since_at, toUnixTimestamp64Milli(max(ended)) AS ended_at, sum(event_count) AS events, sum(order_count) AS orders, toUnixTimestamp64Milli(minIf(addMilliseconds(started, first_order_ms), order_count > 0)) AS first_order_at, any(owner) AS owner, any(arrayZip(turn_ms, turn_event, turn_owner)) AS turns
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))))
  AND NOT is_continued
  AND NOT is_bot
  GROUP BY visitor, session_hash, is_bot, started_at
  ORDER BY ended_at DESC, since_at DESC, visitor, session_hash, is_bot LIMIT {p2:UInt64};
-- site = "demo"
-- ids = ["mario","m"]
-- p2 = 201
SELECT visitor, session_hash, is_bot, toUnixTimestamp64Milli(started) AS started_at, toUnixTimestamp64Milli(min(since)) AS since_at, toUnixTimestamp64Milli(max(ended)) AS ended_at, sum(event_count) AS events, sum(order_count) AS orders, toUnixTimestamp64Milli(minIf(addMilliseconds(started, first_order_ms), order_count > 0)) AS first_order_at, any(owner) AS owner, any(arrayZip(turn_ms, turn_event, turn_owner)) AS turns
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))))
  AND NOT is_continued
  GROUP BY visitor, session_hash, is_bot, started_at
  ORDER BY ended_at DESC, since_at DESC, visitor, session_hash, is_bot LIMIT {p2:UInt64};
-- site = "demo"
-- ids = ["mario","m"]
-- p2 = 201
SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, session, session_hash, toBool(is_bot) AS is_bot, user, kind, name, touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) IN {p3:Array(Date)}
  AND visitor IN {visitors:Array(String)}
  AND ts BETWEEN fromUnixTimestamp64Milli({p4:Int64})
  AND fromUnixTimestamp64Milli({p5:Int64})
  AND session_hash IN (SELECT toUInt64(arrayJoin({sessions:Array(String)})))
  AND bot = ''
  AND verdict != 'machine')
  ORDER BY at DESC, id DESC LIMIT 2000;
-- site = "demo"
-- visitors = ["@mario","v1"]
-- sessions = ["0","7"]
-- p3 = ["2026-11-21","2026-11-22"]
-- p4 = 1795219200000
-- p5 = 1795305600000
SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, session, session_hash, toBool(is_bot) AS is_bot, user, kind, name, touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) IN {p3:Array(Date)}
  AND visitor IN {visitors:Array(String)}
  AND ts BETWEEN fromUnixTimestamp64Milli({p4:Int64})
  AND fromUnixTimestamp64Milli({p5:Int64})
  AND session_hash IN (SELECT toUInt64(arrayJoin({sessions:Array(String)}))))
  ORDER BY at DESC, id DESC LIMIT 2000;
-- site = "demo"
-- visitors = ["@mario","v1"]
-- sessions = ["0","7"]
-- p3 = ["2026-11-21","2026-11-22"]
-- p4 = 1795219200000
-- p5 = 1795305600000
