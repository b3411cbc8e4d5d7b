SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND if(path = '', toString(screen), path) IN {p5:Array(String)}
  AND if(path = '', toString(screen), path) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(path = '', toString(screen), path), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(path = '', toString(screen), path), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND if(path = '', toString(screen), path) IN {p5:Array(String)}
  AND if(path = '', toString(screen), path) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(path = '', toString(screen), path), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(path = '', toString(screen), path), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) IN {p5:Array(String)}
  AND multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), concat('/', splitByChar('/', toString(path))[2])), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_path IN {p5:Array(String)}
  AND first_path NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_path, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_path IN {p5:Array(String)}
  AND first_path NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_path, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE exit_page IN {p5:Array(String)}
  AND exit_page NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(exit_page, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(exit_page, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE exit_page IN {p5:Array(String)}
  AND exit_page NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(exit_page, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(exit_page, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(host) IN {p5:Array(String)}
  AND toString(host) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(host), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(host), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_host IN {p5:Array(String)}
  AND first_host NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_host, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_host, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_source IN {p5:Array(String)}
  AND first_source NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_source, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_source, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_source IN {p5:Array(String)}
  AND first_source NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_source, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_source, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE if(first_channel = '', 'direct', first_channel) IN {p5:Array(String)}
  AND if(first_channel = '', 'direct', first_channel) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(first_channel = '', 'direct', first_channel), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(first_channel = '', 'direct', first_channel), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p5:Array(String)}
  AND if(first_channel = '', 'direct', first_channel) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(if(first_channel = '', 'direct', first_channel), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(if(first_channel = '', 'direct', first_channel), value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_utm_campaign IN {p5:Array(String)}
  AND first_utm_campaign NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_campaign, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_campaign, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_utm_campaign IN {p5:Array(String)}
  AND first_utm_campaign NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_campaign, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_campaign, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_utm_source IN {p5:Array(String)}
  AND first_utm_source NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_source, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_source, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_utm_source IN {p5:Array(String)}
  AND first_utm_source NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_source, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_source, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_utm_medium IN {p5:Array(String)}
  AND first_utm_medium NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_medium, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_medium, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_utm_medium IN {p5:Array(String)}
  AND first_utm_medium NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_medium, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_medium, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_utm_content IN {p5:Array(String)}
  AND first_utm_content NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_content, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_content, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_utm_content IN {p5:Array(String)}
  AND first_utm_content NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_content, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_content, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
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
  WHERE first_utm_term IN {p5:Array(String)}
  AND first_utm_term NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_term, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_term, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_utm_term IN {p5:Array(String)}
  AND first_utm_term NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_utm_term, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_utm_term, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(country) IN {p5:Array(String)}
  AND toString(country) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(country), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(country), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_country IN {p5:Array(String)}
  AND first_country NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_country, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_country, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(region) IN {p5:Array(String)}
  AND toString(region) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(region), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(region), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_region IN {p5:Array(String)}
  AND first_region NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_region, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_region, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(city) IN {p5:Array(String)}
  AND toString(city) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(city), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(city), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_city IN {p5:Array(String)}
  AND first_city NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_city, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_city, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(device_class) IN {p5:Array(String)}
  AND toString(device_class) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(device_class), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(device_class), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_device_class IN {p5:Array(String)}
  AND first_device_class NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_device_class, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_device_class, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(device_brand) IN {p5:Array(String)}
  AND toString(device_brand) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(device_brand), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(device_brand), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_device_brand IN {p5:Array(String)}
  AND first_device_brand NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_device_brand, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_device_brand, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(device_model) IN {p5:Array(String)}
  AND toString(device_model) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(device_model), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(device_model), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_device_model IN {p5:Array(String)}
  AND first_device_model NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_device_model, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_device_model, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(browser) IN {p5:Array(String)}
  AND toString(browser) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(browser), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(browser), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_browser IN {p5:Array(String)}
  AND first_browser NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_browser, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_browser, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(os) IN {p5:Array(String)}
  AND toString(os) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(os), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(os), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_os IN {p5:Array(String)}
  AND first_os NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_os, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_os, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(language) IN {p5:Array(String)}
  AND toString(language) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(language), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(language), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_language IN {p5:Array(String)}
  AND first_language NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_language, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_language, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
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
  AND arrayExists(value -> startsWith(toString(kind), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
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
  AND arrayExists(value -> startsWith(toString(name), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
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
  AND arrayExists(value -> startsWith(toString(touchpoint), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
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
  AND arrayExists(value -> startsWith(toString(stage), value), {p8:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(app_version) IN {p5:Array(String)}
  AND toString(app_version) NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(toString(app_version), value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(toString(app_version), value), {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE first_app_version IN {p5:Array(String)}
  AND first_app_version NOT IN {p6:Array(String)}
  AND arrayExists(value -> positionCaseInsensitiveUTF8(first_app_version, value) > 0, {p7:Array(String)})
  AND arrayExists(value -> startsWith(first_app_version, value), {p8:Array(String)});
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.1, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.1, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.1 NOT IN {p6:Array(String)}, arrayFilter(line -> line.1 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.1, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.1, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.1 NOT IN {p6:Array(String)}, arrayFilter(line -> line.1 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
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
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.2, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.2, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.2 NOT IN {p6:Array(String)}, arrayFilter(line -> line.2 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.2, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.2, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.2 NOT IN {p6:Array(String)}, arrayFilter(line -> line.2 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
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
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
SELECT uniqExactIf(sipHash64(visitor), visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))) AS m_visitors
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.3, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.3, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.3 NOT IN {p6:Array(String)}, arrayFilter(line -> line.3 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
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
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
  FROM (SELECT DISTINCT visitor, visit
  FROM (SELECT * EXCEPT (fitting_lines), arrayFilter(line -> tuple(0) = item_key, fitting_lines) AS item_lines
  FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> tuple(0), fitting_lines))) AS item_key
  FROM (SELECT *, arrayFilter(line -> arrayExists(value -> startsWith(line.3, value), {p8:Array(String)}), arrayFilter(line -> arrayExists(value -> positionCaseInsensitiveUTF8(line.3, value) > 0, {p7:Array(String)}), arrayFilter(line -> line.3 NOT IN {p6:Array(String)}, arrayFilter(line -> line.3 IN {p5:Array(String)}, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))))) AS fitting_lines
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
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["x","y"]
-- p6 = ["x","y"]
-- p7 = ["x","y"]
-- p8 = ["x","y"]
