SELECT transform(if(owner_user = '', visitor, owner_user), {p3:Array(String)}, {p4:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person, toUnixTimestamp64Milli(min(started)) AS first_seen, toUnixTimestamp64Milli(max(ended)) AS last_seen, countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS sessions, sum(view_count) AS page_views, sum(event_count) AS events, uniqExact(visitor) AS visitors, argMax(first, ended) AS latest, argMin(first, started) AS origin, splitByChar(char(31), latest)[10] AS country, splitByChar(char(31), latest)[13] AS device_class, splitByChar(char(31), latest)[16] AS browser, splitByChar(char(31), latest)[17] AS os, splitByChar(char(31), origin)[6] AS channel, splitByChar(char(31), origin)[5] AS source, argMaxIf(exit_page, ended, view_count > 0) AS last_page
  FROM (SELECT visitor, visit, owner_user, started, ended, view_count, event_count, first, exit_page
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, first, exit_page, if(startsWith(visitor, '@'), substring(visitor, 2), arrayFirst(mark -> mark.3
  AND mark.1 >= started, timeline).2) AS owner_user, arrayFilter(mark -> mark.1 >= started
  AND (mark.1 < ended OR (mark.1 = ended
  AND mark.2 != '')), timeline) AS within, length(arrayDistinct(arrayMap(mark -> mark.2, within))) > 1 OR arrayExists(mark -> NOT mark.3, within) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, substring(min(entry), 9) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, visit) AS visits
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
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
  GROUP BY visitor) AS timelines USING (visitor))
  WHERE NOT is_mixed
  UNION ALL SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended, countIf(kind IN ('page_view', 'screen_view')) AS view_count, count() AS event_count, argMin(concat(path, char(31), host, char(31), language, char(31), app_version, char(31), source, char(31), channel, char(31), utm_campaign, char(31), utm_source, char(31), utm_medium, char(31), country, char(31), region, char(31), city, char(31), device_class, char(31), device_brand, char(31), device_model, char(31), browser, char(31), os, char(31), os_version), (ts, event_id)) AS first, argMaxIf(path, (ts, event_id), kind IN ('page_view', 'screen_view')) AS exit_page
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
  AND visitor IN {visitors:Array(String)}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  AND visitor IN {visitors:Array(String)}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
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
  GROUP BY person
  HAVING person IN {people:Array(String)};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- people = ["mario"]
-- p3 = ["anna"]
-- p4 = ["anna@example.it"]
SELECT transform(if(owner_user = '', visitor, owner_user), {p3:Array(String)}, {p4:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person, countIf(kind = 'order') AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, countIf(revenue != 0
  AND currency = {currency:String}) > 0 AS has_revenue
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
  AND (kind = 'order' OR revenue != 0)
  AND visitor IN {visitors:Array(String)}
  AND toDate(ts) IN (SELECT day
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor, day, session
  HAVING arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) > 0)) AS event
  LEFT JOIN (SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active
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
  GROUP BY visitor) AS timelines USING (visitor))
  GROUP BY person
  HAVING person IN {people:Array(String)};
-- site = "demo"
-- visitors = ["v1","@mario"]
-- people = ["mario"]
-- p3 = ["anna"]
-- p4 = ["anna@example.it"]
-- currency = "EUR"
