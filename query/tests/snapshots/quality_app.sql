SELECT countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS samples0, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS p75_0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms < 3000) AS good0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms > 5000) AS poor0, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS samples1, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS p75_1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms < 1000) AS good1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms > 2000) AS poor1, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS samples2, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS p75_2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms < 400) AS good2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms > 1500) AS poor2, uniqExact((visitor, visit)) AS sessions, uniqExactIf((visitor, visit), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_sessions, uniqExact(if(owner_user = '', visitor, owner_user)) AS people, uniqExactIf(if(owner_user = '', visitor, owner_user), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_people
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events
  WHERE site = {site:String}
  AND site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app' LIMIT 1 BY event_id) AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["a"]
SELECT toString(app_version) AS dimension, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS samples0, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0) AS p75_0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms < 3000) AS good0, countIf(kind = 'app_start'
  AND name = 'cold'
  AND duration_ms > 0
  AND duration_ms > 5000) AS poor0, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS samples1, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0) AS p75_1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms < 1000) AS good1, countIf(kind = 'app_start'
  AND name = 'warm'
  AND duration_ms > 0
  AND duration_ms > 2000) AS poor1, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS samples2, quantileExactInclusiveIf(0.75)(duration_ms, kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0) AS p75_2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms < 400) AS good2, countIf(kind = 'app_start'
  AND name = 'hot'
  AND duration_ms > 0
  AND duration_ms > 1500) AS poor2, uniqExact((visitor, visit)) AS sessions, uniqExactIf((visitor, visit), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_sessions, uniqExact(transform(if(owner_user = '', visitor, owner_user), {p6:Array(String)}, {p7:Array(String)}, if(owner_user = '', visitor, owner_user))) AS people, uniqExactIf(transform(if(owner_user = '', visitor, owner_user), {p6:Array(String)}, {p7:Array(String)}, if(owner_user = '', visitor, owner_user)), kind = 'crash'
  AND props['fatal'] != 'false') AS crashed_people
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events
  WHERE site = {site:String}
  AND site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app' LIMIT 1 BY event_id) AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE arrayExists(value -> positionCaseInsensitiveUTF8(first_path, value) > 0, {p5:Array(String)}))
  AND touchpoint = 'app')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY dimension
  HAVING sessions > 0
  ORDER BY sessions DESC, dimension LIMIT {p8:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["a"]
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = 50
