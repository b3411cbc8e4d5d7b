SELECT uniqExact(visitor_hash) AS m_visitors, uniqExact(person_hash) AS m_people, sum(view_count) AS m_page_views
  FROM (SELECT visitor_hash, person_hash, started AS ts, view_count AS view_count, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, person_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page
  FROM (SELECT visitor_hash, person_hash, started, view_ms, pages, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT countIf(is_session) AS m_sessions, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) / countIf(view_count > 0)) AS m_bounce_rate, if(countIf(is_session) = 0, NULL, round(sumIf(lasted_ms, is_session) / countIf(is_session))) AS m_session_duration_ms, if(countIf(view_count > 0) = 0, NULL, sum(view_count) / countIf(view_count > 0)) AS m_views_per_session, if(countIf(is_session) = 0, NULL, countIf(is_session
  AND order_count > 0) / countIf(is_session)) AS m_conversion_rate
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
  AND started < fromUnixTimestamp64Milli({to:Int64}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT count() AS m_events, countIf(kind = 'order') AS m_orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS m_revenue, if(countIf(kind = 'order'
  AND currency = {currency:String}) = 0, NULL, toDecimal128(round(toDecimal256(sumIf(revenue, kind = 'order'
  AND currency = {currency:String}), 10) / countIf(kind = 'order'
  AND currency = {currency:String}), 4), 4)) AS m_average_order_value
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine');
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
SELECT sumIf(arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines), currency = {currency:String}) AS m_product_revenue, toFloat64(sum(arraySum(line -> if(kind = 'refund', -abs(line.4), line.4), item_lines))) AS m_quantity
  FROM (SELECT *, lines AS item_lines
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM selected_events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind IN ('order', 'refund')
  AND (kind IN ('order', 'refund') OR revenue != 0) LIMIT 1 BY event_id));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
