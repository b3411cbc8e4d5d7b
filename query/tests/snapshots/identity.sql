SELECT previous, user
  FROM (SELECT substring(visitor, 2) AS previous, user, marked_at, sum(length(previous) + length(user)) OVER (ORDER BY marked_at, previous, user ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS bytes
  FROM (SELECT site, visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT site, visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'alias'
  AND length(visitor) <= 257
  GROUP BY site, visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  WHERE active
  ORDER BY marked_at, previous, user LIMIT 100000)
  WHERE bytes <= 16777216
  ORDER BY marked_at, previous, user;
-- site = "demo"
SELECT visitor, user, toUnixTimestamp64Milli(marked_at) AS at, active, if(session = '', 0, sipHash64(session)) AS session_hash
  FROM (SELECT site, visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT site, visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY site, visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  ORDER BY at DESC LIMIT 200000;
-- site = "demo"
-- visitors = ["v1","v2"]
SELECT visitor, user, argMin(source, marked_at) AS source, toUnixTimestamp64Milli(min(marked_at)) AS linked_at, argMin(recorded_by, marked_at) AS recorded_by
  FROM (SELECT site, visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT site, visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'reset'
  AND user IN {users:Array(String)}
  GROUP BY site, visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  WHERE active
  GROUP BY visitor, user
  ORDER BY linked_at DESC, visitor, user LIMIT 1000;
-- site = "demo"
-- users = ["mario","m"]
SELECT count() > 0 AS seen
  FROM (SELECT 1
  FROM visits FINAL
  WHERE site = {site:String}
  AND visitor_hash = sipHash64({visitor:String})
  AND NOT is_bot LIMIT 1);
-- site = "demo"
-- visitor = "v1"
INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) SELECT {site:String}, {user:String}, {visitor:String}, 'manual', '', fromUnixTimestamp64Milli({at:Int64}), {sign:Int8}, fromUnixTimestamp64Milli({at:Int64}), {recorded_by:String};
-- site = "demo"
-- user = "mario"
-- visitor = "v1"
-- at = 1795255200000
-- sign = -1
-- recorded_by = "first admin"
