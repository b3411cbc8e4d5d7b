SELECT first_source AS d0, first_country AS d1, uniqExactIf(sipHash64(visitor), view_count > 0) AS m_visitors, if(countIf((view_count > 0 OR NOT startsWith(visit, '@'))) = 0, NULL, round(avgIf(dateDiff('millisecond', started, ended), (view_count > 0 OR NOT startsWith(visit, '@'))))) AS m_session_duration_ms
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, uniqMerge(views) AS view_count, uniqMerge(events) AS event_count, uniqMerge(actions) AS action_count, argMin(finalizeAggregation(entry).host, started_at) AS first_host, argMin(finalizeAggregation(entry).path, started_at) AS first_path, argMin(finalizeAggregation(entry).source, started_at) AS first_source, argMin(finalizeAggregation(entry).channel, started_at) AS first_channel, argMin(finalizeAggregation(entry).campaign, started_at) AS first_campaign, argMin(finalizeAggregation(entry).country, started_at) AS first_country, argMin(finalizeAggregation(entry).device_class, started_at) AS first_device_class, argMin(finalizeAggregation(entry).device_model, started_at) AS first_device_model, argMin(finalizeAggregation(entry).browser, started_at) AS first_browser, argMin(finalizeAggregation(entry).os, started_at) AS first_os, argMin(finalizeAggregation(entry).language, started_at) AS first_language, argMin(finalizeAggregation(entry).app_version, started_at) AS first_app_version, argMaxIfMerge(exit_path) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64}))
  GROUP BY d0, d1
  HAVING m_visitors != 0 OR isNotNull(m_session_duration_ms)
  ORDER BY m_visitors DESC, d0, d1 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
SELECT first_source AS d0, toString(country) AS d1, countIf(kind = 'order') AS m_orders
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind = 'order' OR revenue != 0) LIMIT 1 BY event_id) AS event
  INNER JOIN (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, uniqMerge(views) AS view_count, uniqMerge(events) AS event_count, uniqMerge(actions) AS action_count, argMin(finalizeAggregation(entry).host, started_at) AS first_host, argMin(finalizeAggregation(entry).path, started_at) AS first_path, argMin(finalizeAggregation(entry).source, started_at) AS first_source, argMin(finalizeAggregation(entry).channel, started_at) AS first_channel, argMin(finalizeAggregation(entry).campaign, started_at) AS first_campaign, argMin(finalizeAggregation(entry).country, started_at) AS first_country, argMin(finalizeAggregation(entry).device_class, started_at) AS first_device_class, argMin(finalizeAggregation(entry).device_model, started_at) AS first_device_model, argMin(finalizeAggregation(entry).browser, started_at) AS first_browser, argMin(finalizeAggregation(entry).os, started_at) AS first_os, argMin(finalizeAggregation(entry).language, started_at) AS first_language, argMin(finalizeAggregation(entry).app_version, started_at) AS first_app_version, argMaxIfMerge(exit_path) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind = 'order' OR revenue != 0))
  GROUP BY visitor, visit) AS session_row USING (visitor, visit)
  GROUP BY d0, d1
  HAVING m_orders != 0
  ORDER BY m_orders DESC, d0, d1 LIMIT {limit:UInt64} OFFSET {offset:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 51
-- offset = 0
