SELECT toString(toUnixTimestamp(toStartOfHour(ts, {zone:String}))) AS t, if(path = '', toString(screen), path) AS d0, countIf(kind IN ('page_view', 'screen_view')) AS m_page_views
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p5:String}], value) > 0, {p6:Array(String)})) AS event
  INNER JOIN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, min(ts) AS started, max(ts) AS ended, countIf(kind IN ('page_view', 'screen_view')) AS view_count, count() AS event_count, countIf(kind NOT IN ('page_view', 'screen_view', 'page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background', 'frames', 'app_start', 'screen_load', 'network')) AS action_count, argMin(toString(host), (ts, event_id)) AS first_host, argMin(path, (ts, event_id)) AS first_path, argMin(toString(source), (ts, event_id)) AS first_source, argMin(toString(channel), (ts, event_id)) AS first_channel, argMin(toString(utm_campaign), (ts, event_id)) AS first_campaign, argMin(toString(country), (ts, event_id)) AS first_country, argMin(toString(device_class), (ts, event_id)) AS first_device_class, argMin(toString(device_model), (ts, event_id)) AS first_device_model, argMin(toString(browser), (ts, event_id)) AS first_browser, argMin(toString(os), (ts, event_id)) AS first_os, argMin(toString(language), (ts, event_id)) AS first_language, argMin(toString(app_version), (ts, event_id)) AS first_app_version, argMaxIf(path, (ts, event_id), kind IN ('page_view', 'screen_view')) AS exit_page
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit) AS session_row USING (visitor, visit)
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
  FROM (SELECT DISTINCT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(path = '', toString(screen), path) AS e0
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(value -> positionCaseInsensitiveUTF8(props[{p5:String}], value) > 0, {p6:Array(String)})) AS event
  INNER JOIN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, min(ts) AS started, max(ts) AS ended, countIf(kind IN ('page_view', 'screen_view')) AS view_count, count() AS event_count, countIf(kind NOT IN ('page_view', 'screen_view', 'page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', 'app_foreground', 'app_background', 'frames', 'app_start', 'screen_load', 'network')) AS action_count, argMin(toString(host), (ts, event_id)) AS first_host, argMin(path, (ts, event_id)) AS first_path, argMin(toString(source), (ts, event_id)) AS first_source, argMin(toString(channel), (ts, event_id)) AS first_channel, argMin(toString(utm_campaign), (ts, event_id)) AS first_campaign, argMin(toString(country), (ts, event_id)) AS first_country, argMin(toString(device_class), (ts, event_id)) AS first_device_class, argMin(toString(device_model), (ts, event_id)) AS first_device_model, argMin(toString(browser), (ts, event_id)) AS first_browser, argMin(toString(os), (ts, event_id)) AS first_os, argMin(toString(language), (ts, event_id)) AS first_language, argMin(toString(app_version), (ts, event_id)) AS first_app_version, argMaxIf(path, (ts, event_id), kind IN ('page_view', 'screen_view')) AS exit_page
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})) AS session_row USING (visitor, visit)
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
