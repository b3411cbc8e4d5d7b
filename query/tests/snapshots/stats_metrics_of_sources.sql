SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page
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
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors, countIf(kind IN ('page_view', 'screen_view')) AS m_page_views, count() AS m_events
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["search"]
SELECT uniqExactIf(person_hash, person_hash IN (SELECT person_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_people
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["search"]
SELECT countIf(is_session) AS m_sessions, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) / countIf(view_count > 0)) AS m_bounce_rate, if(countIf(is_session) = 0, NULL, round(sumIf(lasted_ms, is_session) / countIf(is_session))) AS m_session_duration_ms, if(countIf(view_count > 0) = 0, NULL, sum(view_count) / countIf(view_count > 0)) AS m_views_per_session, if(countIf(is_session) = 0, NULL, countIf(is_session
  AND order_count > 0) / countIf(is_session)) AS m_conversion_rate
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["search"]
SELECT countIf(kind = 'order') AS m_orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS m_revenue, if(countIf(kind = 'order'
  AND currency = {currency:String}) = 0, NULL, toDecimal128(round(toDecimal256(sumIf(revenue, kind = 'order'
  AND currency = {currency:String}), 10) / countIf(kind = 'order'
  AND currency = {currency:String}), 4), 4)) AS m_average_order_value
  FROM (SELECT *
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
  AND toString(kind) IN {p5:Array(String)}
  AND (kind IN ('order', 'refund') OR revenue != 0)) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM selected_events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND toString(kind) IN {p5:Array(String)}
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1 LIMIT 1 BY event_id) AS event
  INNER JOIN (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS seen USING (visitor_hash, session_hash, is_bot, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["search"]
-- currency = "EUR"
SELECT sumIf(arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines), currency = {currency:String}) AS m_product_revenue, toFloat64(sum(arraySum(line -> if(kind = 'refund', -abs(line.4), line.4), item_lines))) AS m_quantity
  FROM (SELECT *, lines AS item_lines
  FROM (SELECT *
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
  AND toString(kind) IN {p5:Array(String)}
  AND kind IN ('order', 'refund')
  AND (kind IN ('order', 'refund') OR revenue != 0)) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM selected_events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND toString(kind) IN {p5:Array(String)}
  AND kind IN ('order', 'refund')
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1 LIMIT 1 BY event_id)) AS event
  INNER JOIN (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS seen USING (visitor_hash, session_hash, is_bot, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["search"]
-- currency = "EUR"
