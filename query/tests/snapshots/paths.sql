SELECT arrayStringConcat(arrayMap(node -> concat(node.1, '\x1F', toString(node.2), '\x1F'), kept)) AS nodes, count() AS times
  FROM (SELECT arrayCompact(arrayMap(page -> (toString(page), if(page IN {p5:Array(String)}, 1, 0) + 0), if(started >= fromUnixTimestamp64Milli({from:Int64})
  AND ended < fromUnixTimestamp64Milli({to:Int64}), pages, arrayFilter((page, ms) -> toInt64(ms) >= {from:Int64} - toUnixTimestamp64Milli(started)
  AND toInt64(ms) < {to:Int64} - toUnixTimestamp64Milli(started), pages, view_ms)))) AS journey, arraySlice(journey, greatest(1, arrayFirstIndex(node -> bitAnd(node.2, 1) != 0, journey) AS first), if(first = 0, 0, 4)) AS kept
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_session
  AND (NOT is_continued OR day = {from_day:Date})
  AND view_count > 0
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  WHERE notEmpty(kept)
  GROUP BY nodes;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/"]
SELECT arrayStringConcat(arrayMap(node -> concat(node.1, '\x1F', toString(node.2), '\x1F'), kept)) AS nodes, count() AS times
  FROM (SELECT arrayMap(page -> (toString(page), 0 + if(page IN {p5:Array(String)}, 2, 0)), if(started >= fromUnixTimestamp64Milli({from:Int64})
  AND ended < fromUnixTimestamp64Milli({to:Int64}), pages, arrayFilter((page, ms) -> toInt64(ms) >= {from:Int64} - toUnixTimestamp64Milli(started)
  AND toInt64(ms) < {to:Int64} - toUnixTimestamp64Milli(started), pages, view_ms))) AS journey, journey AS kept
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_session
  AND (NOT is_continued OR day = {from_day:Date})
  AND view_count > 0
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started)) IN (SELECT DISTINCT sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started)) AS unit
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, is_session, view_count, action_count, order_count, lasted_ms, event_count, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot)
  WHERE ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND (toString(first_country) IN {p6:Array(String)})))
  WHERE notEmpty(kept)
  GROUP BY nodes;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/grazie"]
-- p6 = ["IT"]
SELECT arrayStringConcat(arrayMap(node -> concat(node.1, '\x1F', toString(node.2), '\x1F'), kept)) AS nodes, count() AS times
  FROM (SELECT arrayCompact(arrayMap(page -> (toString(page), 0 + 0), if(started >= fromUnixTimestamp64Milli({from:Int64})
  AND ended < fromUnixTimestamp64Milli({to:Int64}), pages, arrayFilter((page, ms) -> toInt64(ms) >= {from:Int64} - toUnixTimestamp64Milli(started)
  AND toInt64(ms) < {to:Int64} - toUnixTimestamp64Milli(started), pages, view_ms)))) AS journey, arraySlice(journey, 1, 4) AS kept
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_session
  AND (NOT is_continued OR day = {from_day:Date})
  AND view_count > 0
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  WHERE notEmpty(kept)
  GROUP BY nodes;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT arrayStringConcat(arrayMap(node -> concat(node.1, '\x1F', toString(node.2), '\x1F'), kept)) AS nodes, unit, at
  FROM (SELECT arrayCompact(arrayMap(page -> (toString(page), if(page IN {p5:Array(String)}, 1, 0) + 0), if(started >= fromUnixTimestamp64Milli({from:Int64})
  AND ended < fromUnixTimestamp64Milli({to:Int64}), pages, arrayFilter((page, ms) -> toInt64(ms) >= {from:Int64} - toUnixTimestamp64Milli(started)
  AND toInt64(ms) < {to:Int64} - toUnixTimestamp64Milli(started), pages, view_ms)))) AS journey, arraySlice(journey, greatest(1, arrayFirstIndex(node -> bitAnd(node.2, 1) != 0, journey) AS first), if(first = 0, 0, 4)) AS kept, sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started)) AS unit, toUnixTimestamp64Milli(started) AS at
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND is_session
  AND (NOT is_continued OR day = {from_day:Date})
  AND view_count > 0
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  WHERE notEmpty(kept);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/"]
