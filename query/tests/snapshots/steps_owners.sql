SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(started) + toInt64(turn.1) AS at, toString(turn.2) AS turn_id, toUnixTimestamp64Milli(ended) AS until, if(turn.3 = '', 0, sipHash64(turn.3)) AS unit
  FROM (SELECT visitor_hash, session_hash, is_bot, started, ended, arrayJoin(if(empty(turn_ms), [(toUInt64(0), toUInt128(0), owner)], arrayZip(turn_ms, turn_event, turn_owner))) AS turn
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND (owner_hash != 0 OR notEmpty(turn_ms)));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT alias_hash, alias_person_hash
  FROM (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p0:Array(String)}, {p1:Array(String)})) AS alias));
-- p0 = ["anna"]
-- p1 = ["anna@example.it"]
SELECT person_hash AS unit
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
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
  GROUP BY person_hash
  HAVING (person_hash IN (SELECT person_hash
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, part, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE if(part = 0, toString(first_country) IN {p7:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_mixed)
  WHERE toString(first_country) IN {p7:Array(String)}))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p5:Array(String)}, {p6:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- p7 = ["IT"]
SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(started) AS at, '0' AS turn_id, toUnixTimestamp64Milli(ended) AS until, sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started)) AS unit
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_session;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT DISTINCT sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started)) AS unit
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND (toString(first_country) IN {p5:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT"]
SELECT DISTINCT visitor_hash AS unit
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND (toString(first_country) IN {p5:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT"]
SELECT person_hash AS number, argMax(person_id, (ended, person_id)) AS person, toBool(max(person_hash != visitor_hash)) AS identified
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
  WHERE person_hash IN (SELECT toUInt64(arrayJoin({numbers:Array(String)})))
  GROUP BY number;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- numbers = ["7"]
SELECT sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(visit)) AS number, argMax(person_id, (ended, person_id)) AS person, toBool(max(person_hash != visitor_hash)) AS identified
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
  WHERE sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(visit)) IN (SELECT toUInt64(arrayJoin({numbers:Array(String)})))
  GROUP BY number;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- numbers = ["7"]
