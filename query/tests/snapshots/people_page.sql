SELECT if(owner_user = '', visitor, owner_user) AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified, toUnixTimestamp64Milli(max(ended)) AS last_seen
  FROM (SELECT visitor, visit, owner_user, started, ended
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), arrayFirst(mark -> mark.3
  AND mark.1 >= started, timeline).2) AS owner_user, arrayFilter(mark -> mark.1 >= started
  AND (mark.1 < ended OR (mark.1 = ended
  AND mark.2 != '')), timeline) AS within, length(arrayDistinct(arrayMap(mark -> mark.2, within))) > 1 OR arrayExists(mark -> NOT mark.3, within) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  GROUP BY visitor, visit) AS visits
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE NOT is_mixed
  UNION ALL SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR (arrayLast(mark -> mark.3
  AND mark.1 < ts
  AND (mark.4 = session OR mark.2 = ''), timeline) AS earlier_mark).2 = '' OR (arrayFirst(mark -> mark.3
  AND mark.1 >= ts, timeline) AS next_mark).1 = ts OR (next_mark.2 != ''
  AND next_mark.4 = session), next_mark.2, earlier_mark.2)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  AND kind != 'reset'
  AND (toDate(ts), visitor) IN (SELECT arrayJoin(arrayMap(n -> toDate(started) + n, range(dateDiff('day', started, ended) + 1))), visitor
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), arrayFirst(mark -> mark.3
  AND mark.1 >= started, timeline).2) AS owner_user, arrayFilter(mark -> mark.1 >= started
  AND (mark.1 < ended OR (mark.1 = ended
  AND mark.2 != '')), timeline) AS within, length(arrayDistinct(arrayMap(mark -> mark.2, within))) > 1 OR arrayExists(mark -> NOT mark.3, within) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0)
  GROUP BY visitor, visit) AS visits
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0)
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE is_mixed)) AS event
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0)
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE (visitor, visit) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), arrayFirst(mark -> mark.3
  AND mark.1 >= started, timeline).2) AS owner_user, arrayFilter(mark -> mark.1 >= started
  AND (mark.1 < ended OR (mark.1 = ended
  AND mark.2 != '')), timeline) AS within, length(arrayDistinct(arrayMap(mark -> mark.2, within))) > 1 OR arrayExists(mark -> NOT mark.3, within) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0)
  GROUP BY visitor, visit) AS visits
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0)
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE is_mixed)
  GROUP BY visitor, visit, owner_user)
  WHERE visitor != ''
  GROUP BY person
  ORDER BY last_seen DESC, person LIMIT {p1:UInt64};
-- site = "demo"
-- p1 = 51
