SELECT toString(toMonday(day)) AS t, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) AS m_visitors, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(owners)) AS m_people, sum(page_views) AS m_page_views
  FROM (SELECT value, day, unidentified, identified, owners, page_views
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY toMonday(day) WITH TOTALS;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = ""
-- zone = "Europe/Rome"
SELECT toString(toMonday(day)) AS t, sum(sessions) AS m_sessions, if(sum(sessions) = 0, NULL, round(sum(sessions_lasted_ms) / sum(sessions))) AS m_session_duration_ms
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY toMonday(day) WITH TOTALS;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = ""
-- zone = "Europe/Rome"
SELECT toString(toMonday(day)) AS t, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) + uniqExactMerge(new_visitors) AS m_visitors, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(owners)) + uniqExactMerge(new_people) AS m_people, sum(page_views) AS m_page_views
  FROM (SELECT value, day, unidentified, identified, owners, page_views, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_people
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT '' AS value, bucket AS day, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, groupBitmapStateIf(person_number, person_number != 0
  AND person_hash != visitor_hash) AS owners, sum(view_count) AS page_views, uniqExactStateIf(visitor_hash, visitor_number = 0) AS new_visitors, uniqExactStateIf(person_hash, person_number = 0) AS new_people
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
  FROM (SELECT visitor_hash, person_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, person_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toDate(started, {zone:String}) = toDate(addMilliseconds(started, last_view_ms), {zone:String}), [(toDate(started, {zone:String}), view_count)], arrayMap(ms -> (toDate(addMilliseconds(started, ms), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT owner_hash
  FROM visits
  WHERE owner_hash != 0
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash)
  GROUP BY value, day)
  GROUP BY toMonday(day) WITH TOTALS;
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = ""
-- zone = "Europe/Rome"
SELECT toString(toMonday(day)) AS t, sum(sessions) AS m_sessions, if(sum(sessions) = 0, NULL, round(sum(sessions_lasted_ms) / sum(sessions))) AS m_session_duration_ms
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT '' AS value, toDate(started, {zone:String}) AS day, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) AS bounces, sumIf(lasted_ms, is_session) AS sessions_lasted_ms, sum(view_count) AS session_views, countIf(is_session
  AND order_count > 0) AS buying_sessions
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
  GROUP BY value, day)
  GROUP BY toMonday(day) WITH TOTALS;
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = ""
-- zone = "Europe/Rome"
SELECT value AS d0, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) AS m_visitors
  FROM (SELECT value, day, unidentified, identified
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "page"
-- limit = 51
-- offset = 0
SELECT value AS d0, if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY d0
  HAVING isNotNull(m_conversion_rate)
  ORDER BY m_conversion_rate DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "page"
-- limit = 51
-- offset = 0
SELECT value AS d0, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) + uniqExactMerge(new_visitors) AS m_visitors
  FROM (SELECT value, day, unidentified, identified, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT toString(page) AS value, toDate(0) AS day, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, uniqExactStateIf(visitor_hash, visitor_number = 0) AS new_visitors
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
  FROM (SELECT visitor_hash, person_hash, started AS ts, toUInt32(1) AS view_count, page, exit_page
  FROM visits FINAL ARRAY JOIN pages AS page
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, person_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, page, exit_page
  FROM (SELECT visitor_hash, person_hash, started, view_ms, pages, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms, pages AS page
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT owner_hash
  FROM visits
  WHERE owner_hash != 0
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash)
  GROUP BY value, day)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "page"
-- limit = 51
-- offset = 0
SELECT value AS d0, if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT toString(page) AS value, toDate(0) AS day, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) AS bounces, sumIf(lasted_ms, is_session) AS sessions_lasted_ms, sum(view_count) AS session_views, countIf(is_session
  AND order_count > 0) AS buying_sessions
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
  AND started < fromUnixTimestamp64Milli({to:Int64})) ARRAY JOIN arrayDistinct(pages) AS page
  GROUP BY value, day)
  GROUP BY d0
  HAVING isNotNull(m_conversion_rate)
  ORDER BY m_conversion_rate DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "page"
-- limit = 51
-- offset = 0
SELECT bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) AS m_visitors
  FROM (SELECT value, day, unidentified, identified
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = ""
SELECT if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "pages"
SELECT bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) + uniqExactMerge(new_visitors) AS m_visitors
  FROM (SELECT value, day, unidentified, identified, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT '' AS value, toDate(0) AS day, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, uniqExactStateIf(visitor_hash, visitor_number = 0) AS new_visitors
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT owner_hash
  FROM visits
  WHERE owner_hash != 0
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash)
  GROUP BY value, day);
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = ""
SELECT if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT '' AS value, toDate(0) AS day, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) AS bounces, sumIf(lasted_ms, is_session) AS sessions_lasted_ms, sum(view_count) AS session_views, countIf(is_session
  AND order_count > 0) AS buying_sessions
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
  WHERE notEmpty(pages)
  GROUP BY value, day);
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "pages"
SELECT value AS d0, bitmapAndCardinality(groupBitmapMergeState(unidentified), (SELECT bitmapOr(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified))
  FROM (SELECT value, day, unidentified, identified
  FROM rollups
  WHERE site = {site:String}
  AND dimension = ''
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))))) AS m_visitors
  FROM (SELECT value, day, unidentified
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "product"
-- limit = 51
-- offset = 0
SELECT value AS d0, if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)'))))
  GROUP BY d0
  HAVING isNotNull(m_conversion_rate)
  ORDER BY m_conversion_rate DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "product"
-- limit = 51
-- offset = 0
SELECT value AS d0, bitmapAndCardinality(groupBitmapMergeState(unidentified), (SELECT bitmapOr(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified))
  FROM (SELECT value, day, unidentified, identified, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors
  FROM rollups
  WHERE site = {site:String}
  AND dimension = ''
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT '' AS value, toDate(0) AS day, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, uniqExactStateIf(visitor_hash, visitor_number = 0) AS new_visitors
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT owner_hash
  FROM visits
  WHERE owner_hash != 0
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash)
  GROUP BY value, day))) + uniqExactMerge(new_visitors) AS m_visitors
  FROM (SELECT value, day, unidentified, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT tupleElement(item_key, 1) AS value, toDate(0) AS day, groupBitmapStateIf(visitor_number, visitor_number != 0) AS unidentified, uniqExactStateIf(visitor_hash, visitor_number = 0
  AND visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS new_visitors
  FROM (SELECT seen.*, of_visitor.number AS visitor_number
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, lines AS fitting_lines
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
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund'))))) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash)
  GROUP BY value, day)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "product"
-- limit = 51
-- offset = 0
SELECT value AS d0, if(sum(sessions) = 0, NULL, sum(buying_sessions) / sum(sessions)) AS m_conversion_rate
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  UNION ALL SELECT e0 AS value, toDate(0) AS day, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) AS bounces, sumIf(lasted_ms, is_session) AS sessions_lasted_ms, sum(view_count) AS session_views, countIf(is_session
  AND has_bought) AS buying_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, tupleElement(item_key, 1) AS e0, max(kind = 'order') AS has_bought
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, lines AS fitting_lines
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
  GROUP BY value, day)
  GROUP BY d0
  HAVING isNotNull(m_conversion_rate)
  ORDER BY m_conversion_rate DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "product"
-- limit = 51
-- offset = 0
SELECT value AS d0, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) AS m_visitors
  FROM (SELECT value, day, unidentified, identified
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  AND rollups.value IN {p9:Array(String)})
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "country"
-- p9 = ["IT","FR"]
-- limit = 51
-- offset = 0
SELECT value AS d0, sum(sessions) AS m_sessions
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  AND rollups.value IN {p9:Array(String)})
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAACpRAAAAAAAA"
-- first_rolled = 20758
-- last_rolled = 20778
-- dimension = "country"
-- p9 = ["IT","FR"]
-- limit = 51
-- offset = 0
SELECT value AS d0, bitmapOrCardinality(groupBitmapMergeState(unidentified), groupBitmapMergeState(identified)) + uniqExactMerge(new_visitors) AS m_visitors
  FROM (SELECT value, day, unidentified, identified, arrayReduce('uniqExactState', emptyArrayUInt64()) AS new_visitors
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  AND rollups.value IN {p9:Array(String)}
  UNION ALL SELECT toString(first_country) AS value, toDate(0) AS day, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, uniqExactStateIf(visitor_hash, visitor_number = 0) AS new_visitors
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
  FROM (SELECT visitor_hash, person_hash, started AS ts, view_count AS view_count, exit_page, country AS first_country
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_country) IN {p10:Array(String)}
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, person_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_country
  FROM (SELECT visitor_hash, person_hash, started, view_ms, pages, exit_page, country AS first_country
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_country) IN {p10:Array(String)}
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}) AS seen LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT visitor_hash
  FROM visits
  WHERE true
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_visitor ON seen.visitor_hash = of_visitor.id_hash LEFT ANY JOIN (SELECT id_hash, number
  FROM visitor_numbers
  WHERE site = {site:String}
  AND id_hash IN (SELECT owner_hash
  FROM visits
  WHERE owner_hash != 0
  AND site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash)
  GROUP BY value, day)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "country"
-- p9 = ["IT","FR"]
-- p10 = ["IT","FR"]
-- limit = 51
-- offset = 0
SELECT value AS d0, sum(sessions) AS m_sessions
  FROM (SELECT value, day, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM rollups
  WHERE site = {site:String}
  AND dimension = {dimension:String}
  AND day BETWEEN toDate({first_rolled:UInt16})
  AND toDate({last_rolled:UInt16})
  AND made IN (SELECT arrayJoin(reinterpret(base64Decode(materialize(concat({made_0:String}, ''))), 'Array(UInt64)')))
  AND rollups.value IN {p9:Array(String)}
  UNION ALL SELECT toString(first_country) AS value, toDate(0) AS day, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) AS bounces, sumIf(lasted_ms, is_session) AS sessions_lasted_ms, sum(view_count) AS session_views, countIf(is_session
  AND order_count > 0) AS buying_sessions
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
  WHERE toString(first_country) IN {p10:Array(String)}
  GROUP BY value, day)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1795215600000
-- to = 1795302000000
-- from_day = "2026-11-20"
-- to_day = "2026-11-21"
-- made_0 = "FlEAAAAAAAAXUQAAAAAAABhRAAAAAAAAGVEAAAAAAAAaUQAAAAAAABtRAAAAAAAAHFEAAAAAAAAdUQAAAAAAAB5RAAAAAAAAH1EAAAAAAAAgUQAAAAAAACFRAAAAAAAAIlEAAAAAAAAjUQAAAAAAACRRAAAAAAAAJVEAAAAAAAAmUQAAAAAAACdRAAAAAAAAKFEAAAAAAAApUQAAAAAAAA=="
-- first_rolled = 20758
-- last_rolled = 20777
-- dimension = "country"
-- p9 = ["IT","FR"]
-- p10 = ["IT","FR"]
-- limit = 51
-- offset = 0
