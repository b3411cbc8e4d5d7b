SELECT visitor_hash AS unit, toUnixTimestamp64Milli(since) AS at, label, is_direct
  FROM (SELECT visitor_hash, session_hash, started, person_hash, since, if(channel = '', 'direct', toString(channel)) AS label, toUInt8(channel IN ('', 'direct')) AS is_direct, part
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND NOT is_bot
  AND NOT is_continued
  AND is_session
  AND day BETWEEN toDate(fromUnixTimestamp64Milli({began:Int64}), 'UTC')
  AND {to_day:Date}
  AND since >= fromUnixTimestamp64Milli({began:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- began = 1785711600000
SELECT person_hash AS unit, toUnixTimestamp64Milli(since) AS at, label, is_direct
  FROM (SELECT person_hash, min(row.since) AS since, argMin(row.label, (row.since, row.part)) AS label, argMin(row.is_direct, (row.since, row.part)) AS is_direct
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT visitor_hash, session_hash, started, person_hash, since, toString(utm_campaign) AS label, toUInt8(channel IN ('', 'direct')) AS is_direct, part
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND is_session
  AND day BETWEEN toDate(fromUnixTimestamp64Milli({began:Int64}), 'UTC')
  AND {to_day:Date}
  AND since >= fromUnixTimestamp64Milli({began:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p6:Array(String)}, {p7:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash) AS row
  GROUP BY person_hash, visitor_hash, session_hash, started)
  WHERE person_hash IN (SELECT person_hash AS unit
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
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
  WHERE if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64}))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- began = 1785711600000
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = ["anna"]
-- p9 = ["anna@example.it"]
-- p10 = ["IT"]
SELECT person_hash AS unit, toUnixTimestamp64Milli(since) AS at, label, is_direct
  FROM (SELECT person_hash, min(row.since) AS since, if(argMin(row.is_of_event, (row.since, row.part)), argMin(row.label, (row.since, row.part)), argMinIf(row.first_page, (row.first_view_ms, row.part), row.is_seen_page)) AS label, argMin(row.is_direct, (row.since, row.part)) AS is_direct
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT visitor_hash, session_hash, started, person_hash, since, toString(entry_page) AS label, toUInt8(channel IN ('', 'direct')) AS is_direct, view_count > 0 AS is_seen_page, toString(pages[1]) AS first_page, view_ms[1] AS first_view_ms, label != ''
  AND NOT (is_seen_page
  AND first_page = label
  AND first_view_ms > since_ms) AS is_of_event, part
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND is_session
  AND day BETWEEN toDate(fromUnixTimestamp64Milli({began:Int64}), 'UTC')
  AND {to_day:Date}
  AND since >= fromUnixTimestamp64Milli({began:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p6:Array(String)}, {p7:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash) AS row
  GROUP BY person_hash, visitor_hash, session_hash, started)
  WHERE person_hash IN (SELECT person_hash AS unit
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
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
  WHERE if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64}))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- began = 1785711600000
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = ["anna"]
-- p9 = ["anna@example.it"]
-- p10 = ["IT"]
SELECT person_hash AS unit, toUnixTimestamp64Milli(since) AS at, label, is_direct
  FROM (SELECT person_hash, min(row.since) AS since, argMaxIf(row.label, (row.last_view_ms, row.part), row.is_seen_page) AS label, argMin(row.is_direct, (row.since, row.part)) AS is_direct
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT visitor_hash, session_hash, started, person_hash, since, toString(exit_page) AS label, toUInt8(channel IN ('', 'direct')) AS is_direct, view_count > 0 AS is_seen_page, last_view_ms, part
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND is_session
  AND day BETWEEN toDate(fromUnixTimestamp64Milli({began:Int64}), 'UTC')
  AND {to_day:Date}
  AND since >= fromUnixTimestamp64Milli({began:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p6:Array(String)}, {p7:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash) AS row
  GROUP BY person_hash, visitor_hash, session_hash, started)
  WHERE person_hash IN (SELECT person_hash AS unit
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
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
  WHERE if(part = 0, toString(first_country) IN {p10:Array(String)}, (visitor_hash, session_hash, is_bot, visit) IN (SELECT (visitor_hash, session_hash, is_bot, visit)
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
  FROM (SELECT arrayJoin(arrayZip({p8:Array(String)}, {p9:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64}))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- began = 1785711600000
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = ["anna"]
-- p9 = ["anna@example.it"]
-- p10 = ["IT"]
