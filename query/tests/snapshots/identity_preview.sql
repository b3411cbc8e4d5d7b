SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toInt64(sum(event_count)) AS events, toInt64(uniqExactIf((visitor_hash, session_hash, is_bot, visit), is_session)) AS sessions, toInt64(sum(view_count)) AS page_views, toInt64(sum(order_count)) AS orders, sum(money[{currency:String}]) AS revenue_sum, toUInt8(max(mapContains(money, {currency:String}))) AS has_revenue, sumMap(mapFilter((name, amount) -> name != {currency:String}, money)) AS other_revenue, arraySort(groupUniqArrayIf(100)(visitor, NOT startsWith(visitor, '@'))) AS visitors, toInt64(uniqExactIf(visitor_hash, NOT startsWith(visitor, '@'))) AS visitors_total
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
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
  AND NOT is_continued
  AND visitor NOT IN {without:Array(String)}) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p4:Array(String)}, {p5:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash;
-- site = "demo"
-- currency = "EUR"
-- without = ["v1","@m"]
-- person_ids = ["mario","m"]
-- p4 = ["m"]
-- p5 = ["mario"]
SELECT visitor, session_hash, toUnixTimestamp64Milli(visit) AS visit, user, toUnixTimestamp64Milli(max(ts)) AS at, toInt64(count()) AS events, toInt64(countIf(kind IN ('page_view', 'screen_view'))) AS page_views, toInt64(countIf(kind = 'order')) AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, toUInt8(countIf(revenue != 0
  AND currency = {currency:String}) > 0) AS has_revenue, sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), revenue != 0
  AND currency != {currency:String}) AS other_revenue
  FROM (SELECT *, arrayPushBack(marks, {now:Int64}) AS moments, arrayCount(mark -> mark < toUnixTimestamp64Milli(ts), moments) AS before, has(moments, toUnixTimestamp64Milli(ts)) AS is_exact
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL PREWHERE (toDate(ts), visitor) IN (SELECT day, visitor
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT sipHash64(arrayJoin({visitors:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND NOT is_bot)
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine') AS event ASOF JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, max(ended) AS until
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT sipHash64(arrayJoin({visitors:Array(String)})))
  WHERE site = {site:String}
  AND part = 0
  AND NOT is_bot
  GROUP BY of_visitor, of_session, of_bot, visit) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE ts <= until) AS one
  LEFT JOIN (SELECT visitor AS marked, groupUniqArray(toUnixTimestamp64Milli(ts)) AS marks
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN {visitors:Array(String)}
  GROUP BY visitor) AS marked ON one.visitor = marked)
  GROUP BY visitor, session_hash, visit, user, before, is_exact LIMIT 100001;
-- site = "demo"
-- currency = "EUR"
-- now = 1795255200000
-- visitors = ["v1","@m"]
