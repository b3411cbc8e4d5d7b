SELECT uniqExactIf(visitor_hash, kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))
  AND ((path != ''
  AND path NOT IN {p6:Array(String)}) OR (path = ''
  AND screen NOT IN {p6:Array(String)}))
  AND ((path != ''
  AND arrayExists(value -> positionCaseInsensitiveUTF8(path, value) > 0, {p7:Array(String)})) OR (path = ''
  AND arrayExists(value -> positionCaseInsensitiveUTF8(screen, value) > 0, {p7:Array(String)})))
  AND ((path != ''
  AND arrayExists(value -> startsWith(path, value), {p8:Array(String)})) OR (path = ''
  AND arrayExists(value -> startsWith(screen, value), {p8:Array(String)}))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))
  AND ((path != ''
  AND path NOT IN {p6:Array(String)}) OR (path = ''
  AND screen NOT IN {p6:Array(String)}))
  AND ((path != ''
  AND arrayExists(value -> positionCaseInsensitiveUTF8(path, value) > 0, {p7:Array(String)})) OR (path = ''
  AND arrayExists(value -> positionCaseInsensitiveUTF8(screen, value) > 0, {p7:Array(String)})))
  AND ((path != ''
  AND arrayExists(value -> startsWith(path, value), {p8:Array(String)})) OR (path = ''
  AND arrayExists(value -> startsWith(screen, value), {p8:Array(String)})))) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND ((path != ''
  AND path IN {p5:Array(String)}) OR (path = ''
  AND screen IN {p5:Array(String)}))
  AND ((path != ''
  AND path NOT IN {p6:Array(String)}) OR (path = ''
  AND screen NOT IN {p6:Array(String)})))
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) IN {p5:Array(String)}
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) IN {p5:Array(String)}
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value), {p8:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) IN {p5:Array(String)}
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) NOT IN {p6:Array(String)})
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, entry_page AS first_entry_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_entry_page) IN {p5:Array(String)}
  AND toString(first_entry_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_entry_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_entry_page), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_entry_page
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, entry_page AS first_entry_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_entry_page) IN {p5:Array(String)}
  AND toString(first_entry_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_entry_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_entry_page), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_entry_page) IN {p5:Array(String)}
  AND toString(first_entry_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_entry_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_entry_page), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(exit_page) IN {p5:Array(String)}
  AND toString(exit_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(exit_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(exit_page), value), {p8:Array(String)})
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
  AND toString(exit_page) IN {p5:Array(String)}
  AND toString(exit_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(exit_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(exit_page), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(exit_page) IN {p5:Array(String)}
  AND toString(exit_page) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(exit_page), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(exit_page), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, host AS first_host
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_host) IN {p5:Array(String)}
  AND toString(first_host) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_host), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_host), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_host
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, host AS first_host
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_host) IN {p5:Array(String)}
  AND toString(first_host) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_host), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_host), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_host) IN {p5:Array(String)}
  AND toString(first_host) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_host), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_host), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, source AS first_source
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_source) IN {p5:Array(String)}
  AND toString(first_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_source), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_source
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, source AS first_source
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_source) IN {p5:Array(String)}
  AND toString(first_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_source), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_source) IN {p5:Array(String)}
  AND toString(first_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_source), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, channel AS first_channel
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p5:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(first_channel = '', 'direct', toString(first_channel)), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(first_channel = '', 'direct', toString(first_channel)), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_channel
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, channel AS first_channel
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p5:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(first_channel = '', 'direct', toString(first_channel)), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(first_channel = '', 'direct', toString(first_channel)), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE if(first_channel = '', 'direct', toString(first_channel)) IN {p5:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(first_channel = '', 'direct', toString(first_channel)), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(first_channel = '', 'direct', toString(first_channel)), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, utm_campaign AS first_utm_campaign
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_campaign) IN {p5:Array(String)}
  AND toString(first_utm_campaign) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_campaign), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_campaign), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_utm_campaign
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, utm_campaign AS first_utm_campaign
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_campaign) IN {p5:Array(String)}
  AND toString(first_utm_campaign) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_campaign), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_campaign), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_utm_campaign) IN {p5:Array(String)}
  AND toString(first_utm_campaign) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_campaign), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_campaign), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, utm_source AS first_utm_source
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_source) IN {p5:Array(String)}
  AND toString(first_utm_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_source), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_utm_source
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, utm_source AS first_utm_source
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_source) IN {p5:Array(String)}
  AND toString(first_utm_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_source), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_utm_source) IN {p5:Array(String)}
  AND toString(first_utm_source) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_source), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_source), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, utm_medium AS first_utm_medium
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_medium) IN {p5:Array(String)}
  AND toString(first_utm_medium) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_medium), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_medium), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_utm_medium
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, utm_medium AS first_utm_medium
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_medium) IN {p5:Array(String)}
  AND toString(first_utm_medium) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_medium), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_medium), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_utm_medium) IN {p5:Array(String)}
  AND toString(first_utm_medium) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_medium), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_medium), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_content) IN {p5:Array(String)}
  AND toString(first_utm_content) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_content), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_content), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_utm_content
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_content) IN {p5:Array(String)}
  AND toString(first_utm_content) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_content), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_content), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_utm_content) IN {p5:Array(String)}
  AND toString(first_utm_content) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_content), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_content), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, utm_term AS first_utm_term
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_term) IN {p5:Array(String)}
  AND toString(first_utm_term) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_term), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_term), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_utm_term
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, utm_term AS first_utm_term
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_utm_term) IN {p5:Array(String)}
  AND toString(first_utm_term) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_term), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_term), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_utm_term) IN {p5:Array(String)}
  AND toString(first_utm_term) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_utm_term), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_utm_term), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, country AS first_country
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_country) IN {p5:Array(String)}
  AND toString(first_country) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_country), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_country), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_country
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, country AS first_country
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_country) IN {p5:Array(String)}
  AND toString(first_country) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_country), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_country), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_country) IN {p5:Array(String)}
  AND toString(first_country) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_country), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_country), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, region AS first_region
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_region) IN {p5:Array(String)}
  AND toString(first_region) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_region), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_region), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_region
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, region AS first_region
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_region) IN {p5:Array(String)}
  AND toString(first_region) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_region), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_region), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_region) IN {p5:Array(String)}
  AND toString(first_region) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_region), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_region), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, city AS first_city
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_city) IN {p5:Array(String)}
  AND toString(first_city) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_city), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_city), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_city
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, city AS first_city
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_city) IN {p5:Array(String)}
  AND toString(first_city) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_city), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_city), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_city) IN {p5:Array(String)}
  AND toString(first_city) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_city), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_city), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, device_class AS first_device_class
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_class) IN {p5:Array(String)}
  AND toString(first_device_class) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_class), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_class), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_device_class
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, device_class AS first_device_class
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_class) IN {p5:Array(String)}
  AND toString(first_device_class) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_class), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_class), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_device_class) IN {p5:Array(String)}
  AND toString(first_device_class) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_class), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_class), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, device_brand AS first_device_brand
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_brand) IN {p5:Array(String)}
  AND toString(first_device_brand) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_brand), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_brand), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_device_brand
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, device_brand AS first_device_brand
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_brand) IN {p5:Array(String)}
  AND toString(first_device_brand) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_brand), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_brand), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_device_brand) IN {p5:Array(String)}
  AND toString(first_device_brand) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_brand), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_brand), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, device_model AS first_device_model
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_model) IN {p5:Array(String)}
  AND toString(first_device_model) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_model), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_model), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_device_model
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, device_model AS first_device_model
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_device_model) IN {p5:Array(String)}
  AND toString(first_device_model) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_model), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_model), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_device_model) IN {p5:Array(String)}
  AND toString(first_device_model) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_device_model), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_device_model), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, browser AS first_browser
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_browser) IN {p5:Array(String)}
  AND toString(first_browser) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_browser), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_browser), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_browser
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, browser AS first_browser
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_browser) IN {p5:Array(String)}
  AND toString(first_browser) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_browser), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_browser), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_browser) IN {p5:Array(String)}
  AND toString(first_browser) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_browser), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_browser), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, os AS first_os
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_os) IN {p5:Array(String)}
  AND toString(first_os) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_os), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_os), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_os
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, os AS first_os
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_os) IN {p5:Array(String)}
  AND toString(first_os) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_os), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_os), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_os) IN {p5:Array(String)}
  AND toString(first_os) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_os), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_os), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, language AS first_language
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_language) IN {p5:Array(String)}
  AND toString(first_language) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_language), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_language), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_language
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, language AS first_language
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_language) IN {p5:Array(String)}
  AND toString(first_language) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_language), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_language), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_language) IN {p5:Array(String)}
  AND toString(first_language) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_language), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_language), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}
  AND toString(kind) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(kind), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(kind), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}
  AND toString(kind) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(kind), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(kind), value), {p8:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}
  AND toString(kind) NOT IN {p6:Array(String)})
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(name) IN {p5:Array(String)}
  AND toString(name) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(name), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(name), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(name) IN {p5:Array(String)}
  AND toString(name) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(name), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(name), value), {p8:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(name) IN {p5:Array(String)}
  AND toString(name) NOT IN {p6:Array(String)})
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(touchpoint) IN {p5:Array(String)}
  AND toString(touchpoint) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(touchpoint), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(touchpoint), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(touchpoint) IN {p5:Array(String)}
  AND toString(touchpoint) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(touchpoint), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(touchpoint), value), {p8:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(touchpoint) IN {p5:Array(String)}
  AND toString(touchpoint) NOT IN {p6:Array(String)})
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(stage) IN {p5:Array(String)}
  AND toString(stage) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(stage), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(stage), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(stage) IN {p5:Array(String)}
  AND toString(stage) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(stage), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(stage), value), {p8:Array(String)})) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(stage) IN {p5:Array(String)}
  AND toString(stage) NOT IN {p6:Array(String)})
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page, app_version AS first_app_version
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_app_version) IN {p5:Array(String)}
  AND toString(first_app_version) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_app_version), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_app_version), value), {p8:Array(String)})
  AND day > {from_day:Date}
  AND NOT is_continued
  AND day + days_after < {to_day:Date}
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page, first_app_version
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page, app_version AS first_app_version
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND is_seen
  AND NOT is_bot
  AND view_count > 0
  AND toString(first_app_version) IN {p5:Array(String)}
  AND toString(first_app_version) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_app_version), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_app_version), value), {p8:Array(String)})
  AND day IN ({from_day:Date}, {to_day:Date})
  AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
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
  WHERE toString(first_app_version) IN {p5:Array(String)}
  AND toString(first_app_version) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(first_app_version), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(first_app_version), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.1, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.1, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.1 NOT IN {p6:Array(String)}, arrayFilter(line -> line.1 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.1, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.1, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.1 NOT IN {p6:Array(String)}, arrayFilter(line -> line.1 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.2, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.2, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.2 NOT IN {p6:Array(String)}, arrayFilter(line -> line.2 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.2, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.2, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.2 NOT IN {p6:Array(String)}, arrayFilter(line -> line.2 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(visitor_hash, visitor_hash IN (SELECT visitor_hash
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
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64}))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.3, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.3, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.3 NOT IN {p6:Array(String)}, arrayFilter(line -> line.3 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf(is_session) AS m_sessions
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, visit AS started, is_session, view_count, action_count, order_count, lasted_ms, max(kind = 'order') AS has_bought
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.3, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.3, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.3 NOT IN {p6:Array(String)}, arrayFilter(line -> line.3 IN {p5:Array(String)}, lines)))) AS fitting_lines
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
  GROUP BY visitor_hash, session_hash, is_bot, visit, is_session, view_count, action_count, order_count, lasted_ms);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
