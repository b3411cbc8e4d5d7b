SELECT toString(toDate(ts, {zone:String})) AS t, uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND toString(country) IN {p5:Array(String)})
  GROUP BY t;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT","FR"]
-- zone = "Europe/Rome"
SELECT toString(toDate(started, {zone:String})) AS t, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND dateDiff('millisecond', started, ended) < 10000) / countIf(view_count > 0)) AS m_bounce_rate
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, uniqMerge(views) AS view_count, uniqMerge(events) AS event_count, uniqMerge(actions) AS action_count, argMin(finalizeAggregation(entry).host, started_at) AS first_host, argMin(finalizeAggregation(entry).path, started_at) AS first_path, argMin(finalizeAggregation(entry).source, started_at) AS first_source, argMin(finalizeAggregation(entry).channel, started_at) AS first_channel, argMin(finalizeAggregation(entry).campaign, started_at) AS first_campaign, argMin(finalizeAggregation(entry).country, started_at) AS first_country, argMin(finalizeAggregation(entry).device_class, started_at) AS first_device_class, argMin(finalizeAggregation(entry).device_model, started_at) AS first_device_model, argMin(finalizeAggregation(entry).browser, started_at) AS first_browser, argMin(finalizeAggregation(entry).os, started_at) AS first_os, argMin(finalizeAggregation(entry).language, started_at) AS first_language, argMin(finalizeAggregation(entry).app_version, started_at) AS first_app_version, argMaxIfMerge(exit_path) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  WHERE first_country IN {p5:Array(String)}
  GROUP BY t;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT","FR"]
-- zone = "Europe/Rome"
