SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toUnixTimestamp64Milli(max(ended)) AS value_of_visits
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued)
  WHERE visitor != ''
  GROUP BY person_hash
  HAVING max(ended >= fromUnixTimestamp64Milli({p9:Int64})
  AND since < fromUnixTimestamp64Milli({p10:Int64})
  AND (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE toString(first_country) IN {p5:Array(String)})
  AND ((visitor_hash, session_hash, is_bot, visit, own_hash) IN (SELECT visitor_hash, session_hash, is_bot, visit, person_hash
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({p3:Int64})
  AND ts < fromUnixTimestamp64Milli({p4:Int64})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({p3:Int64})
  AND ts < fromUnixTimestamp64Milli({p4:Int64}))
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
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})) OR if(first_channel = '', 'direct', toString(first_channel)) IN {p7:Array(String)})))) OR (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})))
  AND NOT (person_hash IN (SELECT person_hash
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, part, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE (visitor_hash, session_hash, is_bot, visit, own_hash) IN (SELECT visitor_hash, session_hash, is_bot, visit, person_hash
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND ((path != ''
  AND path IN {p13:Array(String)}) OR (path = ''
  AND screen IN {p13:Array(String)}))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND ((path != ''
  AND path IN {p13:Array(String)}) OR (path = ''
  AND screen IN {p13:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))))
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})))
  AND person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, count() AS times
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
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
  AND visitor_hash != sipHash64('')
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')
  AND toString(kind) IN {p14:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
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
  AND visitor_hash != sipHash64('')
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')
  AND toString(kind) IN {p14:Array(String)})
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
  WHERE times >= {p15:UInt32}))
  ORDER BY value_of_visits DESC, person LIMIT {p16:UInt64};
-- site = "demo"
-- from_day = "2026-10-31"
-- to_day = "2106-02-07"
-- p3 = 1793487600000
-- p4 = 4294967295000
-- p5 = ["IT"]
-- p6 = ["/a"]
-- p7 = ["email"]
-- p8 = ["email"]
-- p9 = 1793487600000
-- p10 = 4294967295000
-- from = 1793487600000
-- to = 4294967295000
-- p13 = ["/b"]
-- p14 = ["order"]
-- p15 = 2
-- p16 = 51
