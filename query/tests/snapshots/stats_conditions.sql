SELECT uniqExactIf(visitor_hash, kind IN ('page_view', 'screen_view')) AS m_visitors
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
  AND NOT (((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))) AS event ASOF
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
  AND NOT (((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND (((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)})) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p6:Array(String)})
  AND toString(first_source) IN {p7:Array(String)}
  AND (visitor, event_id) IN (SELECT (visitor, event_id)
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
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))
  WHERE person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray(toUnixTimestamp64Milli(ts))) AS times
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p9:Array(String)}) AS event ASOF
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p9:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1 LIMIT 1 BY event_id))
  GROUP BY person_hash)
  WHERE arrayExists((last, first) -> last - first < {p11:Int64}, arraySlice(times, {p10:UInt32}), arraySlice(times, 1, greatest(0, toInt64(length(times)) - {p10:UInt32} + 1))))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/a"]
-- p6 = ["email"]
-- p7 = ["Google"]
-- p8 = ["/b"]
-- p9 = ["search"]
-- p10 = 2
-- p11 = 86400000
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_source) IN {p5:Array(String)}
  AND (if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)} OR (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND (((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p7:Array(String)}))))
  AND NOT ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p9:Array(String)}) OR (path = ''
  AND screen IN {p9:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p9:Array(String)}) OR (path = ''
  AND screen IN {p9:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)))
  AND (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray(toUnixTimestamp64Milli(ts))) AS times
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p10:Array(String)}) AS event ASOF
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p10:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1 LIMIT 1 BY event_id))
  GROUP BY person_hash)
  WHERE arrayExists((last, first) -> last - first < {p12:Int64}, arraySlice(times, {p11:UInt32}), arraySlice(times, 1, greatest(0, toInt64(length(times)) - {p11:UInt32} + 1)))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["Google"]
-- p6 = ["/a"]
-- p7 = ["email"]
-- p8 = ["email"]
-- p9 = ["/b"]
-- p10 = ["search"]
-- p11 = 2
-- p12 = 86400000
SELECT countIf(kind = 'order') AS m_orders
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
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p6:Array(String)})
  AND toString(first_source) IN {p7:Array(String)}
  AND NOT ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)))
  AND (visitor, event_id) IN (SELECT (visitor, event_id)
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
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))
  WHERE person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray(toUnixTimestamp64Milli(ts))) AS times
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p9:Array(String)}) AS event ASOF
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
  AND visitor_hash != sipHash64('')
  AND toString(kind) IN {p9:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1 LIMIT 1 BY event_id))
  GROUP BY person_hash)
  WHERE arrayExists((last, first) -> last - first < {p11:Int64}, arraySlice(times, {p10:UInt32}), arraySlice(times, 1, greatest(0, toInt64(length(times)) - {p10:UInt32} + 1))))) LIMIT 1 BY event_id);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/a"]
-- p6 = ["email"]
-- p7 = ["Google"]
-- p8 = ["/b"]
-- p9 = ["search"]
-- p10 = 2
-- p11 = 86400000
SELECT e0 AS d0, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, exit_page, first_entry_page, first_host, first_language, first_app_version, first_source, first_channel, first_utm_campaign, first_utm_source, first_utm_medium, first_country, first_region, first_city, first_device_class, first_device_brand, first_device_model, first_browser, first_os, first_os_version, first_utm_term, first_utm_content, if(path = '', toString(screen), path) AS e0, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND (((path != ''
  AND path IN {p7:Array(String)}) OR (path = ''
  AND screen IN {p7:Array(String)})) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)}))
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, first_entry_page, first_host, first_language, first_app_version, first_source, first_channel, first_utm_campaign, first_utm_source, first_utm_medium, first_country, first_region, first_city, first_device_class, first_device_brand, first_device_model, first_browser, first_os, first_os_version, first_utm_term, first_utm_content, e0)
  WHERE NOT ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/b"]
-- p6 = ["/c"]
-- p7 = ["/a"]
-- p8 = ["email"]
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf(kind = 'order') AS m_orders
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
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p6:Array(String)})
  AND NOT ((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p7:Array(String)}) OR (path = ''
  AND screen IN {p7:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p7:Array(String)}) OR (path = ''
  AND screen IN {p7:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))) LIMIT 1 BY event_id) AS event
  INNER JOIN (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit, if(path = '', toString(screen), path) AS e0
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS seen USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY d0
  HAVING m_orders != 0
  ORDER BY m_orders DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/a"]
-- p6 = ["email"]
-- p7 = ["/b"]
-- p8 = ["/c"]
-- limit = 51
-- offset = 0
SELECT tupleElement(item_key, 1) AS d0, toFloat64(sum(arraySum(line -> if(kind = 'refund', -abs(line.4), line.4), item_lines))) AS m_quantity
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> (line.1 IN {p5:Array(String)} OR line.3 IN {p6:Array(String)}), lines) AS fitting_lines
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
  AND (kind IN ('order', 'refund') OR revenue != 0) LIMIT 1 BY event_id))))
  GROUP BY d0
  HAVING m_quantity != 0
  ORDER BY m_quantity DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["Livorno"]
-- p6 = ["boot"]
-- limit = 51
-- offset = 0
SELECT e0 AS d0, if(countIf(is_session) = 0, NULL, countIf(is_session
  AND has_bought) / countIf(is_session)) AS m_conversion_rate
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, tupleElement(item_key, 1) AS e0, max(kind = 'order') AS has_bought
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> (line.1 IN {p5:Array(String)} OR line.3 IN {p6:Array(String)}), lines) AS fitting_lines
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM selected_events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM selected_events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund'))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))))
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms, e0)
  GROUP BY d0
  HAVING isNotNull(m_conversion_rate)
  ORDER BY m_conversion_rate DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["Livorno"]
-- p6 = ["boot"]
-- limit = 51
-- offset = 0
