SELECT toString(toUnixTimestamp(toStartOfHour(ts, {zone:String}))) AS t, if(path = '', toString(screen), path) AS d0, countIf(kind IN ('page_view', 'screen_view')) AS m_page_views
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p5:String}], value) > 0, {p6:Array(String)})) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, min(ts) AS started, max(ts) AS ended, countIf(kind IN ('page_view', 'screen_view')) AS view_count, count() AS event_count, countIf(kind NOT IN ('page_view', 'screen_view', 'page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background', 'frames', 'app_start', 'screen_load', 'network')) AS action_count, splitByChar(char(31), min((ts, concat(path, char(31), host, char(31), language, char(31), app_version, char(31), source, char(31), channel, char(31), utm_campaign, char(31), utm_source, char(31), utm_medium, char(31), country, char(31), region, char(31), city, char(31), device_class, char(31), device_brand, char(31), device_model, char(31), browser, char(31), os, char(31), os_version, char(31), utm_term, char(31), utm_content))).2) AS first, maxIf((ts, path), kind IN ('page_view', 'screen_view')).2 AS exit_page
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit)) AS session_row USING (visitor, visit)
  WHERE if(first_channel = '', 'direct', first_channel) NOT IN {p7:Array(String)}
  AND concat(d0) IN {p8:Array(String)}
  GROUP BY t, d0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = "colore"
-- p6 = ["ro"]
-- p7 = ["direct"]
-- p8 = ["/a"]
-- zone = "Europe/Rome"
SELECT toString(toUnixTimestamp(toStartOfHour(started, {zone:String}))) AS t, e0 AS d0, if(countIf(view_count > 0) = 0, NULL, sum(view_count) / countIf(view_count > 0)) AS m_views_per_session
  FROM (SELECT DISTINCT visitor, visit, if(path = '', toString(screen), path) AS e0
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p5:String}], value) > 0, {p6:Array(String)}))) AS event
  INNER JOIN (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, min(ts) AS started, max(ts) AS ended, countIf(kind IN ('page_view', 'screen_view')) AS view_count, count() AS event_count, countIf(kind NOT IN ('page_view', 'screen_view', 'page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background', 'frames', 'app_start', 'screen_load', 'network')) AS action_count, splitByChar(char(31), min((ts, concat(path, char(31), host, char(31), language, char(31), app_version, char(31), source, char(31), channel, char(31), utm_campaign, char(31), utm_source, char(31), utm_medium, char(31), country, char(31), region, char(31), city, char(31), device_class, char(31), device_brand, char(31), device_model, char(31), browser, char(31), os, char(31), os_version, char(31), utm_term, char(31), utm_content))).2) AS first, maxIf((ts, path), kind IN ('page_view', 'screen_view')).2 AS exit_page
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))) AS session_row USING (visitor, visit)
  WHERE if(first_channel = '', 'direct', first_channel) NOT IN {p7:Array(String)}
  AND concat(d0) IN {p8:Array(String)}
  GROUP BY t, d0;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = "colore"
-- p6 = ["ro"]
-- p7 = ["direct"]
-- p8 = ["/a"]
-- zone = "Europe/Rome"
