SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, sum(money[{currency:String}]) AS value_of_visits
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p1:Array(String)}, {p2:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor != ''
  GROUP BY person_hash
  HAVING max((visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE toString(first_country) IN {p7:Array(String)})
  AND (visitor_hash, session_hash, is_bot, visit, own_hash) IN (SELECT visitor_hash, session_hash, is_bot, visit, person_hash
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
  AND ts >= fromUnixTimestamp64Milli({p5:Int64})
  AND ts < fromUnixTimestamp64Milli({p6:Int64})
  AND ((path != ''
  AND arrayExists(value -> startsWith(path, value), {p8:Array(String)})) OR (path = ''
  AND arrayExists(value -> startsWith(screen, value), {p8:Array(String)})))
  AND toString(kind) IN {p9:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({p5:Int64})
  AND ts < fromUnixTimestamp64Milli({p6:Int64})
  AND toString(kind) IN {p9:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))))
  AND sum(order_count) > 0)
  WHERE (value_of_visits < toDecimal128({p11:String}, 4) OR (value_of_visits = toDecimal128({p11:String}, 4)
  AND person > {p12:String}))
  ORDER BY value_of_visits DESC, person LIMIT {p13:UInt64};
-- site = "demo"
-- p1 = ["anna"]
-- p2 = ["anna@example.it"]
-- from_day = "1970-01-03"
-- to_day = "2106-02-07"
-- p5 = 172800000
-- p6 = 4294967295000
-- p7 = ["IT"]
-- p8 = ["/scarpe"]
-- p9 = ["page_view"]
-- currency = "EUR"
-- p11 = "12.5"
-- p12 = "mario"
-- p13 = 51
