INSERT INTO audience_changes (site, audience, person, revision, is_member) SELECT {site:String}, {audience:String}, person, {p14:UInt64}, is_in
  FROM (SELECT person, toBool(max(now)) AS is_in, toBool(max(before)) AS was_in
  FROM (SELECT person, 1 AS now, 0 AS before
  FROM (SELECT id AS person
  FROM (SELECT person_hash, any(person_id) AS id
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date})) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash)
  WHERE person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray((toUnixTimestamp64Milli(ts), event_id, fits))) AS events
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *, toUInt16(bitShiftLeft(toUInt16(toString(kind) IN {p7:Array(String)}), 0) + bitShiftLeft(toUInt16(((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))), 1)) AS fits
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))) AS event ASOF
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
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
  WHERE 1 LIMIT 1 BY event_id))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash)
  WHERE arrayFold((so_far, event) -> (arrayMap(place -> multiIf(NOT bitTest(event.3, place), so_far.1[place + 1], place = 0, event.1, so_far.1[place]), range(2)), toUInt8(so_far.2 OR (bitTest(event.3, 1)
  AND so_far.1[1] > toInt64(-4611686018427387904)
  AND event.1 - so_far.1[1] < {p9:Int64}))), events, (arrayWithConstant(2, toInt64(-4611686018427387904)), toUInt8(0))).2)
  AND person_hash NOT IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money, part, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE is_session
  AND if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_mixed)
  WHERE toString(first_country) IN {p10:Array(String)}))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash
  HAVING uniqExact((visitor_hash, session_hash, is_bot, visit)) >= {p11:UInt32})
  AND NOT (person_hash IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT sipHash64(person) AS person_hash
  FROM (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {p12:String}
  GROUP BY person
  HAVING argMax(is_member, revision))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash))))
  UNION ALL SELECT person, 0, 1
  FROM (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  GROUP BY person
  HAVING argMax(is_member, revision)))
  GROUP BY person)
  WHERE is_in != was_in
  AND 1 SETTINGS max_memory_usage = 1048576, os_thread_priority = 10;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- p7 = ["order"]
-- p8 = ["/resi"]
-- p9 = 604800000
-- p10 = ["IT"]
-- p11 = 2
-- p12 = "0a1b2c"
-- audience = "a1"
-- p14 = 7
SELECT countIf(holds) AS people, count() AS of, arrayMap(row -> (-row.1, row.2, row.3), groupArraySortedIf(10)((-last, id, identified), holds)) AS sample
  FROM (SELECT id, last, identified, toBool(person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray((toUnixTimestamp64Milli(ts), event_id, fits))) AS events
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *, toUInt16(bitShiftLeft(toUInt16(toString(kind) IN {p7:Array(String)}), 0) + bitShiftLeft(toUInt16(((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))), 1)) AS fits
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))) AS event ASOF
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
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
  WHERE 1 LIMIT 1 BY event_id))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash)
  WHERE arrayFold((so_far, event) -> (arrayMap(place -> multiIf(NOT bitTest(event.3, place), so_far.1[place + 1], place = 0, event.1, so_far.1[place]), range(2)), toUInt8(so_far.2 OR (bitTest(event.3, 1)
  AND so_far.1[1] > toInt64(-4611686018427387904)
  AND event.1 - so_far.1[1] < {p9:Int64}))), events, (arrayWithConstant(2, toInt64(-4611686018427387904)), toUInt8(0))).2)
  AND person_hash NOT IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money, part, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE is_session
  AND if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_mixed)
  WHERE toString(first_country) IN {p10:Array(String)}))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash
  HAVING uniqExact((visitor_hash, session_hash, is_bot, visit)) >= {p11:UInt32})
  AND NOT (person_hash IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT sipHash64(person) AS person_hash
  FROM (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {p12:String}
  GROUP BY person
  HAVING argMax(is_member, revision))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)))) AS holds
  FROM (SELECT person_hash, any(person_id) AS id, toUnixTimestamp64Milli(max(ended)) AS last, toBool(max(person_hash != visitor_hash)) AS identified
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date})) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- p7 = ["order"]
-- p8 = ["/resi"]
-- p9 = 604800000
-- p10 = ["IT"]
-- p11 = 2
-- p12 = "0a1b2c"
SELECT countIf(holds) AS people, count() AS of, arrayMap(row -> (-row.1, row.2, row.3), groupArraySortedIf(10)((-last, id, identified), holds)) AS sample
  FROM (SELECT id, last, identified, toBool(person_hash IN (SELECT person_hash
  FROM (SELECT person_hash, arraySort(groupArray((toUnixTimestamp64Milli(ts), event_id, fits))) AS events
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *, toUInt16(bitShiftLeft(toUInt16(toString(kind) IN {p7:Array(String)}), 0) + bitShiftLeft(toUInt16(((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)}))), 1)) AS fits
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
  AND path IN {p8:Array(String)}) OR (path = ''
  AND screen IN {p8:Array(String)})))) AS event ASOF
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
  AND (toString(kind) IN {p7:Array(String)} OR ((path != ''
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
  WHERE 1 LIMIT 1 BY event_id))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash)
  WHERE arrayFold((so_far, event) -> (arrayMap(place -> multiIf(NOT bitTest(event.3, place), so_far.1[place + 1], place = 0, event.1, so_far.1[place]), range(2)), toUInt8(so_far.2 OR (bitTest(event.3, 1)
  AND so_far.1[1] > toInt64(-4611686018427387904)
  AND event.1 - so_far.1[1] < {p9:Int64}))), events, (arrayWithConstant(2, toInt64(-4611686018427387904)), toUInt8(0))).2)
  AND person_hash NOT IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money, part, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE is_session
  AND if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_mixed)
  WHERE toString(first_country) IN {p10:Array(String)}))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash
  HAVING uniqExact((visitor_hash, session_hash, is_bot, visit)) >= {p11:UInt32})
  AND NOT (person_hash IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT sipHash64(person) AS person_hash
  FROM (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {p12:String}
  GROUP BY person
  HAVING argMax(is_member, revision))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)))) AS holds
  FROM (SELECT person_hash, any(person_id) AS id, toUnixTimestamp64Milli(max(last_seen)) AS last, toBool(max(is_identified OR person_hash != own_hash)) AS identified
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT person_hash, person_id, person_hash AS own_hash, first_seen, last_seen, is_identified
  FROM people FINAL
  WHERE site = {site:String}) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE last_seen >= fromUnixTimestamp64Milli({from:Int64})
  AND first_seen < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person_hash));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- p7 = ["order"]
-- p8 = ["/resi"]
-- p9 = 604800000
-- p10 = ["IT"]
-- p11 = 2
-- p12 = "0a1b2c"
INSERT INTO audience_changes (site, audience, person, revision, is_member) SELECT {site:String}, {audience:String}, person, {p3:UInt64}, true
  FROM (SELECT DISTINCT arrayJoin({people:Array(String)}) AS person)
  WHERE person NOT IN (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  GROUP BY person
  HAVING argMax(is_member, revision));
-- site = "demo"
-- audience = "a1"
-- people = ["a1","b2"]
-- p3 = 7
INSERT INTO audience_changes (site, audience, person, revision, is_member) SELECT {site:String}, {audience:String}, person, {p3:UInt64}, false
  FROM (SELECT DISTINCT arrayJoin({people:Array(String)}) AS person)
  WHERE person IN (SELECT person
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  GROUP BY person
  HAVING argMax(is_member, revision));
-- site = "demo"
-- audience = "a1"
-- people = ["a1","b2"]
-- p3 = 8
SELECT DISTINCT toString(audience) AS audience
  FROM audience_changes
  WHERE site = {site:String}
  AND audience IN {audiences:Array(String)}
  AND revision = {p2:UInt64};
-- site = "demo"
-- audiences = ["a1","b2"]
-- p2 = 7
INSERT INTO audience_marks (site, audience, revision, evaluated_at) SELECT {site:String}, arrayJoin({audiences:Array(String)}), {p2:UInt64}, now64(3);
-- site = "demo"
-- audiences = ["a1","b2"]
-- p2 = 7
SELECT audience, max(revision) AS revision, toUnixTimestamp64Milli(max(audience_marks.evaluated_at)) AS evaluated_at
  FROM audience_marks
  WHERE site = {site:String}
  GROUP BY audience;
-- site = "demo"
SELECT toString(audience) AS audience, countIf(is_in) AS people
  FROM (SELECT audience, argMax(is_member, revision) AS is_in
  FROM audience_changes
  WHERE site = {site:String}
  GROUP BY audience, person)
  GROUP BY audience;
-- site = "demo"
SELECT max(version) AS latest
  FROM visits
  WHERE site = {site:String}
  AND version > {p1:UInt64};
-- site = "demo"
-- p1 = 7
ALTER TABLE audience_changes DELETE
  WHERE (site, audience) NOT IN (SELECT site, audience
  FROM audiences FINAL
  WHERE NOT revoked) OR (revision < {p0:UInt64}
  AND (site, audience, person, revision) IN (SELECT site, audience, person, revision
  FROM (SELECT site, audience, person, revision, is_member, max(revision) OVER (PARTITION BY site, audience, person) AS latest
  FROM audience_changes)
  WHERE revision < latest OR NOT is_member));
-- p0 = 7
