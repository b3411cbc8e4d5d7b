SELECT transform(if(owner_user = '', visitor, owner_user), {p2:Array(String)}, {p3:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)})
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY person
  ORDER BY max(ts) DESC, person LIMIT 1;
-- site = "demo"
-- visitors = ["v1"]
-- p2 = ["anna"]
-- p3 = ["anna@example.it"]
SELECT if(owner_user = '', visitor, owner_user) AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND visitor IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id)))
  AND bot = ''
  AND verdict != 'machine') AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
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
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
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
  AND concat(visitor, '') IN (SELECT DISTINCT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND user IN (SELECT arrayJoin({users:Array(String)}) AS own_id)
  AND user != ''
  AND source != 'alias'
  UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)])
  FROM (SELECT arrayJoin({users:Array(String)}) AS own_id))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY person
  HAVING person = {p2:String}
  ORDER BY max(ts) DESC, person LIMIT 1;
-- site = "demo"
-- users = ["mario","m"]
-- p2 = "mario"
