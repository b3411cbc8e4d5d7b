INSERT INTO rollups (site, dimension, day, made, value, unidentified, identified, owners, page_views) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, unidentified, identified, owners, page_views
  FROM (SELECT toString(first_entry_page) AS v0, toString(exit_page) AS v1, toString(first_source) AS v2, if(first_channel = '', 'direct', toString(first_channel)) AS v3, toString(first_utm_campaign) AS v4, toString(first_country) AS v5, toString(first_city) AS v6, toString(first_device_class) AS v7, toString(first_browser) AS v8, toString(first_os) AS v9, multiIf(grouping(v0) = 0, 'entry_page', grouping(v1) = 0, 'exit_page', grouping(v2) = 0, 'source', grouping(v3) = 0, 'channel', grouping(v4) = 0, 'campaign', grouping(v5) = 0, 'country', grouping(v6) = 0, 'city', grouping(v7) = 0, 'device_class', grouping(v8) = 0, 'browser', grouping(v9) = 0, 'os', '') AS dimension, multiIf(grouping(v0) = 0, v0, grouping(v1) = 0, v1, grouping(v2) = 0, v2, grouping(v3) = 0, v3, grouping(v4) = 0, v4, grouping(v5) = 0, v5, grouping(v6) = 0, v6, grouping(v7) = 0, v7, grouping(v8) = 0, v8, grouping(v9) = 0, v9, '') AS value, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, groupBitmapStateIf(person_number, person_number != 0
  AND person_hash != visitor_hash) AS owners, sum(view_count) AS page_views
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
  FROM (SELECT visitor_hash, person_hash, started AS ts, view_count AS view_count, exit_page, entry_page AS first_entry_page, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, country AS first_country, city AS first_city, device_class AS first_device_class, browser AS first_browser, os AS first_os
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
  UNION ALL SELECT visitor_hash, person_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_entry_page, first_source, first_channel, first_utm_campaign, first_country, first_city, first_device_class, first_browser, first_os
  FROM (SELECT visitor_hash, person_hash, started, view_ms, pages, exit_page, entry_page AS first_entry_page, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, country AS first_country, city AS first_city, device_class AS first_device_class, browser AS first_browser, os AS first_os
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
  GROUP BY GROUPING SETS ((v0), (v1), (v2), (v3), (v4), (v5), (v6), (v7), (v8), (v9), ())) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM (SELECT toString(first_entry_page) AS v0, toString(exit_page) AS v1, toString(first_source) AS v2, if(first_channel = '', 'direct', toString(first_channel)) AS v3, toString(first_utm_campaign) AS v4, toString(first_country) AS v5, toString(first_city) AS v6, toString(first_device_class) AS v7, toString(first_browser) AS v8, toString(first_os) AS v9, multiIf(grouping(v0) = 0, 'entry_page', grouping(v1) = 0, 'exit_page', grouping(v2) = 0, 'source', grouping(v3) = 0, 'channel', grouping(v4) = 0, 'campaign', grouping(v5) = 0, 'country', grouping(v6) = 0, 'city', grouping(v7) = 0, 'device_class', grouping(v8) = 0, 'browser', grouping(v9) = 0, 'os', '') AS dimension, multiIf(grouping(v0) = 0, v0, grouping(v1) = 0, v1, grouping(v2) = 0, v2, grouping(v3) = 0, v3, grouping(v4) = 0, v4, grouping(v5) = 0, v5, grouping(v6) = 0, v6, grouping(v7) = 0, v7, grouping(v8) = 0, v8, grouping(v9) = 0, v9, '') AS value, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
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
  GROUP BY GROUPING SETS ((v0), (v1), (v2), (v3), (v4), (v5), (v6), (v7), (v8), (v9), ())) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, unidentified, identified, owners, page_views) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, unidentified, identified, owners, page_views
  FROM (SELECT toString(page) AS v0, multiIf(grouping(v0) = 0, 'page', '') AS dimension, multiIf(grouping(v0) = 0, v0, '') AS value, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, groupBitmapStateIf(person_number, person_number != 0
  AND person_hash != visitor_hash) AS owners, sum(view_count) AS page_views
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
  GROUP BY GROUPING SETS ((v0))) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM (SELECT toString(page) AS v0, multiIf(grouping(v0) = 0, 'page', 'pages') AS dimension, multiIf(grouping(v0) = 0, v0, '') AS value, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
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
  GROUP BY GROUPING SETS ((v0))) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM (SELECT 'pages' AS dimension, '' AS value, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
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
  GROUP BY GROUPING SETS (())) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, unidentified) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, unidentified
  FROM (SELECT tupleElement(item_key, 1) AS v0, multiIf(grouping(v0) = 0, 'product', '') AS dimension, multiIf(grouping(v0) = 0, v0, '') AS value, groupBitmapStateIf(visitor_number, visitor_number != 0) AS unidentified
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
  GROUP BY GROUPING SETS ((v0))) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions) SELECT {site:String}, dimension, toDate({day:UInt16}), {made:UInt64}, value, sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions
  FROM (SELECT e0 AS v0, multiIf(grouping(v0) = 0, 'product', '') AS dimension, multiIf(grouping(v0) = 0, v0, '') AS value, countIf(is_session) AS sessions, countIf(view_count > 0) AS viewing_sessions, countIf(view_count = 1
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
  GROUP BY GROUPING SETS ((v0))) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
INSERT INTO rollups (site, dimension, day, made, value, unidentified, identified, owners) SELECT {site:String}, 'present', toDate({day:UInt16}), {made:UInt64}, '', groupBitmapStateIf(visitor_number, visitor_number != 0
  AND NOT (person_hash != visitor_hash)) AS unidentified, groupBitmapStateIf(visitor_number, visitor_number != 0
  AND person_hash != visitor_hash) AS identified, groupBitmapStateIf(person_number, person_number != 0
  AND person_hash != visitor_hash) AS owners
  FROM (SELECT seen.*, of_visitor.number AS visitor_number, if(person_hash = visitor_hash, of_visitor.number, of_owner.number) AS person_number
  FROM (SELECT *
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND (NOT is_continued OR day = {from_day:Date}))
  WHERE visitor_hash != sipHash64('')
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND since < fromUnixTimestamp64Milli({to:Int64})) AS seen LEFT ANY JOIN (SELECT id_hash, number
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
  AND NOT is_bot)) AS of_owner ON seen.person_hash = of_owner.id_hash) SETTINGS max_threads = 1, os_thread_priority = 10, do_not_merge_across_partitions_select_final = 1, max_memory_usage = 536870912, max_bytes_before_external_group_by = 268435456;
-- site = "demo"
-- from = 1793574000000
-- to = 1793660400000
-- from_day = "2026-11-01"
-- to_day = "2026-11-02"
-- day = 20759
-- made = 7
