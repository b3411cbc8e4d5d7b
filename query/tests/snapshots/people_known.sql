SELECT person, identified, toString(value_of_visits) AS value, toBool(is_sure) AS is_sure, number, toString(people.version) AS version
  FROM (SELECT person_id AS person, is_identified AS identified, toUnixTimestamp64Milli(last_seen) AS value_of_visits, order_count > 0 AS has_ordered, 1 AS is_sure, toString(person_hash) AS number, version
  FROM people
  WHERE site = {site:String}
  AND NOT is_deleted
  AND 1) AS people
  ORDER BY value_of_visits DESC, person, people.version DESC LIMIT {p1:UInt64};
-- site = "demo"
-- p1 = 51
SELECT person, identified, toString(value_of_visits) AS value, toBool(is_sure) AS is_sure, number, toString(people.version) AS version
  FROM (SELECT person_id AS person, is_identified AS identified, money[{currency:String}] AS value_of_visits, order_count > 0 AS has_ordered, first_seen >= fromUnixTimestamp64Milli({p2:Int64}) OR last_seen < fromUnixTimestamp64Milli({p3:Int64}) AS is_sure, toString(person_hash) AS number, version
  FROM people
  WHERE site = {site:String}
  AND NOT is_deleted
  AND last_seen >= fromUnixTimestamp64Milli({p2:Int64})
  AND first_seen < fromUnixTimestamp64Milli({p3:Int64})
  AND person_hash NOT IN (SELECT sipHash64(arrayJoin({p9:Array(String)})))
  UNION ALL SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, sum(money[{currency:String}]) AS value_of_visits, sum(order_count) > 0 AS has_ordered, 1 AS is_sure, '' AS number, toUInt64(0) AS version
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({p8:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({p8:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({p8:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({p8:Array(String)})))))
  AND NOT is_bot
  AND NOT is_continued) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p6:Array(String)}, {p7:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor != ''
  GROUP BY person_hash
  HAVING max(ended >= fromUnixTimestamp64Milli({p2:Int64})
  AND since < fromUnixTimestamp64Milli({p3:Int64}))) AS people
  WHERE (value_of_visits < toDecimal128({p4:String}, 4) OR (value_of_visits = toDecimal128({p4:String}, 4)
  AND person > {p5:String}))
  AND identified
  AND NOT has_ordered
  ORDER BY value_of_visits DESC, person, people.version DESC LIMIT {p10:UInt64};
-- site = "demo"
-- currency = "EUR"
-- p2 = 1793487600000
-- p3 = 1795302000000
-- p4 = "12.5"
-- p5 = "mario"
-- p6 = ["anna"]
-- p7 = ["anna@example.it"]
-- p8 = ["mario","m"]
-- p9 = ["mario","m"]
-- p10 = 51
SELECT toString(person_hash) AS number, toString(version) AS version, toString(money[{currency:String}]) AS value, person_id AS person, toUnixTimestamp64Milli(first_seen) AS first_seen_ms, toUnixTimestamp64Milli(last_seen) AS last_seen_ms, session_count AS sessions, view_count AS page_views, event_count AS events, visitor_count AS visitors, country, device_class, browser, os, channel, source, last_page, order_count AS orders, money[{currency:String}] AS revenue_sum, toUInt8(has(currencies, {currency:String})) AS has_revenue, mapFilter((name, amount) -> name != {currency:String}, money) AS other_revenue
  FROM people FINAL
  WHERE site = {site:String}
  AND person_hash IN (SELECT toUInt64(arrayJoin({numbers:Array(String)})));
-- site = "demo"
-- currency = "EUR"
-- numbers = ["mario","m"]
SELECT DISTINCT person_id AS person
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({p1:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({p1:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({p1:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({p1:Array(String)})))))
  AND NOT is_bot
  AND NOT is_continued)
  WHERE visitor != ''
  AND ended >= fromUnixTimestamp64Milli({p2:Int64})
  AND since < fromUnixTimestamp64Milli({p3:Int64});
-- site = "demo"
-- p1 = ["mario","m"]
-- p2 = 1793487600000
-- p3 = 1795302000000
