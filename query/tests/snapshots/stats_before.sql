SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) AS t, uniqExactIf(sipHash64(visitor), (visitor, toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))) IN (SELECT visitor, toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))
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
SELECT toString(toUnixTimestamp(toStartOfMinute(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}))) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
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
  AND toString(kind) IN {p5:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(toStartOfHour(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) AS t, uniqExactIf(sipHash64(visitor), (visitor, toString(toUnixTimestamp(toStartOfHour(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))) IN (SELECT visitor, toString(toUnixTimestamp(toStartOfHour(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})))
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
SELECT toString(toUnixTimestamp(toStartOfHour(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String}))) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
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
  AND toString(kind) IN {p5:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(sipHash64(visitor), (visitor, toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) IN (SELECT visitor, toString(toDate(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))
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
SELECT toString(toDate(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
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
  AND toString(kind) IN {p5:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, uniqExactIf(sipHash64(visitor), (visitor, toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String}))) IN (SELECT visitor, toString(toStartOfWeek(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), 1, {zone:String}))
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
SELECT toString(toStartOfWeek(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), 1, {zone:String})) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
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
  AND toString(kind) IN {p5:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String})) AS t, uniqExactIf(sipHash64(visitor), (visitor, toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))) IN (SELECT visitor, toString(toStartOfMonth(addDays(toTimeZone(ts, {zone:String}), {shift:Int64}), {zone:String}))
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
SELECT toString(toStartOfMonth(addDays(toTimeZone(started, {zone:String}), {shift:Int64}), {zone:String})) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions
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
  AND toString(kind) IN {p5:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  GROUP BY t;
-- site = "demo"
-- from = 1794956400000
-- to = 1795082400000
-- from_day = "2026-11-17"
-- to_day = "2026-11-19"
-- p5 = ["search"]
-- zone = "Europe/Rome"
-- shift = 2
SELECT toString(toUnixTimestamp(toStartOfMinute(addMilliseconds(ts, {shift:Int64}), {zone:String}))) AS t, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  GROUP BY t;
-- site = "demo"
-- from = 1795240800000
-- to = 1795248000000
-- from_day = "2026-11-21"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
-- shift = 7200000
