SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) AS t, uniqExactIf(visitor_hash, (visitor_hash, toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))) IN (SELECT visitor_hash, toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
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
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}))) AS t, countIf((view_count > 0 OR session_hash != 0)) AS m_sessions
  FROM (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS event
  INNER JOIN (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot) AS visited USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString((toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})))) AS t, uniqExactIf(visitor_hash, (visitor_hash, toString((toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}))))) IN (SELECT visitor_hash, toString((toUnixTimestamp(addDays(toTimeZone(ts, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}))))
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
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
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString((toUnixTimestamp(addDays(toTimeZone(started, {zone:String}), {shift:Int64})) - 60 * toMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}) - toSecond(addDays(toTimeZone(started, {zone:String}), {shift:Int64})))) AS t, countIf((view_count > 0 OR session_hash != 0)) AS m_sessions
  FROM (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS event
  INNER JOIN (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot) AS visited USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) IN (SELECT visitor_hash, toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
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
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf((view_count > 0 OR session_hash != 0)) AS m_sessions
  FROM (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS event
  INNER JOIN (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot) AS visited USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String}))) IN (SELECT visitor_hash, toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String}))
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
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
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, countIf((view_count > 0 OR session_hash != 0)) AS m_sessions
  FROM (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS event
  INNER JOIN (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot) AS visited USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(visitor_hash, (visitor_hash, toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) IN (SELECT visitor_hash, toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
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
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf((view_count > 0 OR session_hash != 0)) AS m_sessions
  FROM (SELECT DISTINCT visitor_hash, session_hash, is_bot, visit
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND toString(kind) IN {p5:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date} + 1
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS event
  INNER JOIN (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot) AS visited USING (visitor_hash, session_hash, is_bot, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(toStartOfMinute(addMilliseconds(ts, {shift:Int64}), {zone:String}))) AS t, uniqExact(visitor_hash) AS m_visitors
  FROM (SELECT visitor_hash, started AS ts, view_count AS view_count, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND view_count > 0
  AND (NOT is_continued OR day = {from_day:Date})
  AND (toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfMinute(addMilliseconds(started, {shift:Int64}), {zone:String}) = toStartOfMinute(addMilliseconds(addMilliseconds(started, last_view_ms), {shift:Int64}), {zone:String}))
  UNION ALL SELECT visitor_hash, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count, exit_page
  FROM (SELECT visitor_hash, started, view_ms, pages, exit_page
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_bot
  AND view_count > 0
  AND ((NOT is_continued OR day = {from_day:Date})
  AND NOT (toUnixTimestamp64Milli(started) >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + last_view_ms < {to:Int64}
  AND toStartOfMinute(addMilliseconds(started, {shift:Int64}), {zone:String}) = toStartOfMinute(addMilliseconds(addMilliseconds(started, last_view_ms), {shift:Int64}), {zone:String})))) AS visited ARRAY JOIN view_ms AS ms
  WHERE toUnixTimestamp64Milli(started) + ms >= {from:Int64}
  AND toUnixTimestamp64Milli(started) + ms < {to:Int64})
  GROUP BY t;
-- site = "demo"
-- from = 1795240800000
-- to = 1795248000000
-- from_day = "2026-11-21"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
-- shift = 7200000
