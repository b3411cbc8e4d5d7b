SELECT toString(first_source) AS d0, toString(country) AS d1, uniqExactIf(visitor_hash, kind IN ('page_view', 'screen_view')) AS m_visitors, countIf(kind = 'order') AS m_orders
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  GROUP BY d0, d1 WITH TOTALS
  HAVING m_visitors != 0 OR m_orders != 0
  ORDER BY m_visitors DESC, d0, d1 LIMIT {limit:UInt64} SETTINGS totals_mode = 'before_having';
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
SELECT toString(first_source) AS d0, toString(first_country) AS d1, if(countIf(is_session) = 0, NULL, round(sumIf(lasted_ms, is_session) / countIf(is_session))) AS m_session_duration_ms
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
  GROUP BY d0, d1 WITH TOTALS
  HAVING isNotNull(m_session_duration_ms)
  ORDER BY m_session_duration_ms DESC, d0, d1 LIMIT {limit:UInt64} SETTINGS totals_mode = 'before_having';
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
