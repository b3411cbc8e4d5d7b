SELECT toString(bucket) AS t, uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page, first_country
  FROM (SELECT visitor_hash, exit_page, country AS first_country, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toDate(started, {zone:String}) = toDate(addMilliseconds(started, last_view_ms), {zone:String}), [(toDate(started, {zone:String}), view_count)], arrayMap(ms -> (toDate(addMilliseconds(started, ms), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_country) IN {p5:Array(String)}
  AND (NOT is_continued OR day = {from_day:Date})))
  GROUP BY bucket WITH TOTALS;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT","FR"]
-- zone = "Europe/Rome"
SELECT toString(toDate(started, {zone:String})) AS t, countIf(is_session) AS m_sessions, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) / countIf(view_count > 0)) AS m_bounce_rate
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND NOT is_continued
  AND day > {from_day:Date}
  AND day < {to_day:Date}
  UNION ALL SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND NOT is_continued
  AND day IN ({from_day:Date}, {to_day:Date})
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  WHERE toString(first_country) IN {p5:Array(String)}
  GROUP BY toDate(started, {zone:String}) WITH TOTALS;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT","FR"]
-- zone = "Europe/Rome"
