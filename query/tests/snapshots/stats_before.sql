SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) AS t, uniqExactIf(visitor_hash, (visitor_hash, toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) IN (SELECT visitor_hash, bucket
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) = toStartOfMinute(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}), {zone:String}), [(toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}), view_count)], arrayMap(ms -> (toStartOfMinute(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  GROUP BY toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}))) AS t, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms)
  GROUP BY toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString((toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})))) AS t, uniqExactIf(visitor_hash, (visitor_hash, (toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})))) IN (SELECT visitor_hash, bucket
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND (toUnixTimestamp(addDays(toTimeZone(started, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(started, {zone:String}), {shift:Int64}))) = (toUnixTimestamp(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}))), [((toUnixTimestamp(addDays(toTimeZone(started, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(started, {zone:String}), {shift:Int64}))), view_count)], arrayMap(ms -> ((toUnixTimestamp(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}))), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  GROUP BY (toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})));
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString((toUnixTimestamp(addDays(toTimeZone(started, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(started, {zone:String}), {shift:Int64})))) AS t, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms)
  GROUP BY (toUnixTimestamp(addDays(toTimeZone(started, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(started, {zone:String}), {shift:Int64})));
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) IN (SELECT visitor_hash, bucket
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) = toDate(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}), {zone:String}), [(toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}), view_count)], arrayMap(ms -> (toDate(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  GROUP BY toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms)
  GROUP BY toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String})) IN (SELECT visitor_hash, bucket
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String}) = toStartOfWeek(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}), 1, {zone:String}), [(toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String}), view_count)], arrayMap(ms -> (toStartOfWeek(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}), 1, {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  GROUP BY toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms)
  GROUP BY toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) IN (SELECT visitor_hash, bucket
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) = toStartOfMonth(addDays(toTimeZone(addMilliseconds(started, last_view_ms), {zone:String}), {shift:Int64}), {zone:String}), [(toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}), view_count)], arrayMap(ms -> (toStartOfMonth(addDays(toTimeZone(addMilliseconds(started, ms), {zone:String}), {shift:Int64}), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date}))))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  GROUP BY toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)
  WHERE visit >= fromUnixTimestamp64Milli({from:Int64})
  AND visit < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms)
  GROUP BY toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String});
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(bucket)) AS t, uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, piece.1 AS bucket, piece.2 AS view_count, exit_page
  FROM (SELECT visitor_hash, exit_page, arrayJoin(if(toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfMinute(addMilliseconds(started, {shift:Int64}), {zone:String}) = toStartOfMinute(addMilliseconds(addMilliseconds(started, last_view_ms), {shift:Int64}), {zone:String}), [(toStartOfMinute(addMilliseconds(started, {shift:Int64}), {zone:String}), view_count)], arrayMap(ms -> (toStartOfMinute(addMilliseconds(addMilliseconds(started, ms), {shift:Int64}), {zone:String}), toUInt32(1)), arrayFilter(ms -> toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}, view_ms)))) AS piece
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date})))
  GROUP BY bucket;
-- site = "demo"
-- from = 1795240800000
-- to = 1795248000000
-- from_day = "2026-11-21"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
-- shift = 7200000
