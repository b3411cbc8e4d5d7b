SELECT unit, toUInt64(stretches) AS low, toUInt64(bitShiftRight(stretches, 64)) AS high, was_before
  FROM (SELECT visitor_hash AS unit, groupBitOr(if(ended >= fromUnixTimestamp64Milli({from:Int64}), bitShiftLeft(toUInt128(2), toUInt8(toDate(greatest(least(ended, fromUnixTimestamp64Milli({to:Int64} - 1)), fromUnixTimestamp64Milli({from:Int64})), {zone:String}) - {first_bucket:Date})) - bitShiftLeft(toUInt128(1), toUInt8(toDate(greatest(since, fromUnixTimestamp64Milli({from:Int64})), {zone:String}) - {first_bucket:Date})), toUInt128(0))) AS stretches, toUInt8(min(since) < fromUnixTimestamp64Milli({from:Int64})) AS was_before
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND day <= {to_day:Date})
  WHERE visitor_hash != sipHash64('')
  AND since < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY unit)
  WHERE stretches != 0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
-- first_bucket = "2026-11-01"
SELECT unit, toUInt64(stretches) AS low, toUInt64(bitShiftRight(stretches, 64)) AS high, was_before
  FROM (SELECT person_hash AS unit, groupBitOr(if(ended >= fromUnixTimestamp64Milli({from:Int64}), bitShiftLeft(toUInt128(2), toUInt8(intDiv(toDate(greatest(least(ended, fromUnixTimestamp64Milli({to:Int64} - 1)), fromUnixTimestamp64Milli({from:Int64})), {zone:String}) - {first_bucket:Date}, 7))) - bitShiftLeft(toUInt128(1), toUInt8(intDiv(toDate(greatest(since, fromUnixTimestamp64Milli({from:Int64})), {zone:String}) - {first_bucket:Date}, 7))), toUInt128(0))) AS stretches, toUInt8(min(since) < fromUnixTimestamp64Milli({from:Int64})) AS was_before
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND day <= {to_day:Date}) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p7:Array(String)}, {p8:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND since < fromUnixTimestamp64Milli({to:Int64})
  AND person_hash IN (SELECT person_hash AS unit
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
  FROM (SELECT arrayJoin(arrayZip({p9:Array(String)}, {p10:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
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
  WHERE if(part = 0, toString(first_country) IN {p11:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_mixed)
  WHERE toString(first_country) IN {p11:Array(String)}))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p9:Array(String)}, {p10:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64}))))
  GROUP BY unit)
  WHERE stretches != 0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
-- first_bucket = "2026-10-26"
-- p7 = ["anna"]
-- p8 = ["anna@example.it"]
-- p9 = ["anna"]
-- p10 = ["anna@example.it"]
-- p11 = ["IT"]
