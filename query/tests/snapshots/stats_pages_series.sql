SELECT toString((toUnixTimestamp(ts) - 60 * toMinute(ts, {zone:String}) - toSecond(ts))) AS t, if(path = '', toString(screen), path) AS d0, countIf(kind IN ('page_view', 'screen_view')) AS m_page_views
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p5:String}], value) > 0, {p6:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND if(first_channel = '', 'direct', toString(first_channel)) NOT IN {p7:Array(String)})
  WHERE concat(d0) IN {p8:Array(String)}
  GROUP BY (toUnixTimestamp(ts) - 60 * toMinute(ts, {zone:String}) - toSecond(ts)), d0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = "colore"
-- p6 = ["ro"]
-- p7 = ["direct"]
-- p8 = ["/a"]
-- zone = "Europe/Rome"
SELECT toString((toUnixTimestamp(started) - 60 * toMinute(started, {zone:String}) - toSecond(started))) AS t, e0 AS d0, if(countIf(view_count > 0) = 0, NULL, sum(view_count) / countIf(view_count > 0)) AS m_views_per_session
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, first_channel, if(path = '', toString(screen), path) AS e0, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p6:String}], value) > 0, {p7:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms, first_channel, e0)
  WHERE if(first_channel = '', 'direct', toString(first_channel)) NOT IN {p5:Array(String)}
  AND concat(d0) IN {p8:Array(String)}
  GROUP BY (toUnixTimestamp(started) - 60 * toMinute(started, {zone:String}) - toSecond(started)), d0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["direct"]
-- p6 = "colore"
-- p7 = ["ro"]
-- p8 = ["/a"]
-- zone = "Europe/Rome"
