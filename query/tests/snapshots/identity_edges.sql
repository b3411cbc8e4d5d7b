SELECT visitor, user, argMin(source, (NOT active, marked_at)) AS source, toUnixTimestamp64Milli(argMin(marked_at, (NOT active, marked_at))) AS linked_at, argMin(recorded_by, (NOT active, marked_at)) AS recorded_by, toBool(max(active)) AS in_force, toUnixTimestamp64Milli(max(marked_at)) AS latest_at, toUnixTimestamp64Milli(max(removed_at)) AS taken_back_at, argMax(removed_by, removed_at) AS taken_back_by
  FROM (SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS is_of_a_day, marked_at > removed_at
  AND NOT is_undone
  AND NOT is_of_a_day AS active
  FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone
  FROM identity_edges
  WHERE site = {site:String}
  AND sign >= 0
  AND source != 'reset'
  AND user IN {users:Array(String)}
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
  GROUP BY visitor, user
  ORDER BY linked_at DESC, visitor, user LIMIT {p2:UInt64};
-- site = "demo"
-- users = ["mario","m"]
-- p2 = 10
SELECT visitor, user, toString(source) AS source, if(session = '', 0, sipHash64(session)) AS session_hash, toUnixTimestamp64Milli(at) AS exact, sign, toUnixTimestamp64Milli(said) AS said_at, toUInt8((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))) AS is_of_a_day
  FROM (SELECT visitor, user, source, session, at, sign, min(ts) AS said
  FROM identity_edges
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at, sign)
  ORDER BY said DESC LIMIT 200001;
-- site = "demo"
-- visitors = ["v1","@m"]
SELECT substring(visitor, 2) AS previous, user, toUnixTimestamp64Milli(marked_at) AS at
  FROM (SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS is_of_a_day, marked_at > removed_at
  AND NOT is_undone
  AND NOT is_of_a_day AS active
  FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone
  FROM identity_edges
  WHERE site = {site:String}
  AND sign >= 0
  AND source = 'alias'
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
  ORDER BY at, previous, user LIMIT 10;
-- site = "demo"
SELECT is_user, id, first_seen, last_seen, sessions, events, count() OVER (PARTITION BY is_user) AS total
  FROM (SELECT toBool(grouping(owner_id) = 0) AS is_user, if(is_user, owner_id, seen_on) AS id, toUnixTimestamp64Milli(min(since)) AS first_seen, toUnixTimestamp64Milli(max(ended)) AS last_seen, toInt64(uniqExactIf((visitor_hash, session_hash, is_bot, visit), is_session)) AS sessions, toInt64(sum(event_count)) AS events
  FROM (SELECT *, if(own_hash = visitor_hash, '', own_id) AS owner_id, if(startsWith(visitor, '@'), '', visitor) AS seen_on
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))))
  AND NOT is_bot
  AND NOT is_continued))
  GROUP BY GROUPING SETS ((owner_id), (seen_on)))
  WHERE id != ''
  ORDER BY is_user DESC, last_seen DESC, id LIMIT 1000 BY is_user;
-- site = "demo"
-- person_ids = ["mario","m"]
SELECT DISTINCT visitor AS id
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))))
  AND visitor IN {among:Array(String)};
-- site = "demo"
-- among = ["v1","@m"]
-- person_ids = ["mario","m"]
