SELECT first.source AS d0, first.country AS d1, uniqExactIf(visitor, view_count > 0) AS m_visitors, if(countIf((view_count > 0 OR NOT startsWith(visit, '@'))) = 0, NULL, round(avgIf(dateDiff('millisecond', started, ended), (view_count > 0 OR NOT startsWith(visit, '@'))))) AS m_session_duration_ms
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, uniqMerge(views) AS view_count, uniqMerge(events) AS event_count, uniqMerge(actions) AS action_count, argMinMerge(entry) AS first, argMaxIfMerge(exit_path) AS exit_page
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
SELECT first.source AS d0, toString(country) AS d1, countIf(kind = 'order') AS m_orders
  FROM (SELECT * EXCEPT (site), if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS e
  INNER JOIN (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, uniqMerge(views) AS view_count, uniqMerge(events) AS event_count, uniqMerge(actions) AS action_count, argMinMerge(entry) AS first, argMaxIfMerge(exit_path) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit) AS s USING (visitor, visit)
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
