SELECT if(path = '', toString(screen), path) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, if(path = '', toString(screen), path) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_path AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_path AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT exit_page AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT exit_page AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(host) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_host AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_source AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_source AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT if(first_channel = '', 'direct', first_channel) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT if(first_channel = '', 'direct', first_channel) AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_campaign AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_campaign AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_source AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_source AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_medium AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_medium AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_content AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_content AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_term AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_utm_term AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(country) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_country AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(region) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_region AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(city) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_city AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(device_class) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_device_class AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(device_brand) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_device_brand AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(device_model) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_device_model AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(browser) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_browser AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(os) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_os AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(language) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_language AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(kind) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, toString(kind) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(name) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, toString(name) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(touchpoint) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, toString(touchpoint) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(stage) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, toString(stage) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT toString(app_version) AS d0, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_app_version AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT tupleElement(item_key, 1) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, tupleElement(item_key, 1) AS e0
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.1) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.1), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT tupleElement(item_key, 1) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.2) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.2), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, tupleElement(item_key, 1) AS e0
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.2) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.2), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT tupleElement(item_key, 1) AS d0, uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.3) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.3), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))
  GROUP BY d0
  HAVING m_visitors != 0
  ORDER BY m_visitors DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT e0 AS d0, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit, tupleElement(item_key, 1) AS e0
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(line.3) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(line.3), fitting_lines))) AS item_key
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund')))))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY d0
  HAVING m_sessions != 0
  ORDER BY m_sessions DESC, d0 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
