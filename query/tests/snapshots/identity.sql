SELECT previous, user
  FROM (SELECT substring(visitor, 2) AS previous, user, marked_at, sum(length(previous) + length(user)) OVER (ORDER BY marked_at, previous, user ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS bytes
  FROM (SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS is_of_a_day, marked_at > removed_at
  AND NOT is_undone
  AND NOT is_of_a_day AS active
  FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone
  FROM identity_edges
  WHERE site = {site:String}
  AND sign >= 0
  AND source = 'alias'
  AND length(visitor) <= 257
  GROUP BY site, visitor, user, source, session, at
  HAVING max(sign) = 1) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(said_at) AS removed_at, argMax(said_by, said_at) AS removed_by
  FROM (SELECT site, visitor, user, maxIf(ts, sign = -1) AS said_at, anyIf(recorded_by, sign = -1) AS said_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign <= 0
  GROUP BY site, visitor, user, at
  HAVING min(sign) = -1
  AND max(sign) = -1)
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  WHERE active
  ORDER BY marked_at, previous, user LIMIT 100000)
  WHERE bytes <= 16777216
  ORDER BY marked_at, previous, user;
-- site = "demo"
SELECT visitor, user, toUnixTimestamp64Milli(marked_at) AS at, active, if(session = '', 0, sipHash64(session)) AS session_hash
  FROM (SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS is_of_a_day, marked_at > removed_at
  AND NOT is_undone
  AND NOT is_of_a_day AS active
  FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone
  FROM identity_edges
  WHERE site = {site:String}
  AND sign >= 0
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY site, visitor, user, source, session, at
  HAVING max(sign) = 1) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(said_at) AS removed_at, argMax(said_by, said_at) AS removed_by
  FROM (SELECT site, visitor, user, maxIf(ts, sign = -1) AS said_at, anyIf(recorded_by, sign = -1) AS said_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign <= 0
  GROUP BY site, visitor, user, at
  HAVING min(sign) = -1
  AND max(sign) = -1)
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  ORDER BY at DESC LIMIT 200000;
-- site = "demo"
-- visitors = ["v1","v2"]
SELECT count() > 0 AS seen
  FROM (SELECT 1
  FROM visits FINAL
  WHERE site = {site:String}
  AND visitor_hash = sipHash64({visitor:String})
  AND NOT is_bot LIMIT 1);
-- site = "demo"
-- visitor = "v1"
