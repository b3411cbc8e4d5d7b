SELECT countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS samples0, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS p75_0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms < 3000) AS good0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms > 5000) AS poor0, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS samples1, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS p75_1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms < 1000) AS good1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms > 2000) AS poor1, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS samples2, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS p75_2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms < 400) AS good2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms > 1500) AS poor2, uniqExact((visitor_hash, session_hash, is_bot, visit)) AS sessions, uniqExactIf((visitor_hash, session_hash, is_bot, visit), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_sessions, uniqExact(person_hash) AS people, uniqExactIf(person_hash, kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_people
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
  AND touchpoint = 'app') AS event ASOF
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
  AND touchpoint = 'app')
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_entry_page), value) > 0, {p5:Array(String)}) LIMIT 1 BY event_id));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["a"]
SELECT toString(app_version) AS dimension, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS samples0, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS p75_0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms < 3000) AS good0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms > 5000) AS poor0, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS samples1, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS p75_1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms < 1000) AS good1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms > 2000) AS poor1, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS samples2, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS p75_2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms < 400) AS good2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms > 1500) AS poor2, uniqExact((visitor_hash, session_hash, is_bot, visit)) AS sessions, uniqExactIf((visitor_hash, session_hash, is_bot, visit), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_sessions, uniqExact(person_hash) AS people, uniqExactIf(person_hash, kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_people
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
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
  AND touchpoint = 'app') AS event ASOF
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
  AND touchpoint = 'app')
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_entry_page), value) > 0, {p5:Array(String)}) LIMIT 1 BY event_id)) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p6:Array(String)}, {p7:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY dimension
  HAVING sessions > 0
  ORDER BY sessions DESC, dimension LIMIT {p8:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["a"]
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = 50
