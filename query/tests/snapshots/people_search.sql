SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toUnixTimestamp64Milli(max(ended)) AS value_of_visits
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({p6:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({p6:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({p6:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({p6:Array(String)})))))
  AND NOT is_bot
  AND NOT is_continued) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p1:Array(String)}, {p2:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  WHERE visitor != ''
  GROUP BY person_hash
  HAVING max(positionCaseInsensitiveUTF8(visitor, {p3:String}) > 0 OR positionCaseInsensitiveUTF8(own_id, {p3:String}) > 0 OR positionCaseInsensitiveUTF8(person_id, {p3:String}) > 0 OR own_id IN (SELECT id
  FROM traits FINAL
  WHERE site = {site:String}
  AND positionCaseInsensitiveUTF8(value, {p3:String}) > 0))
  AND identified
  AND max(ended >= fromUnixTimestamp64Milli({p4:Int64})
  AND since < fromUnixTimestamp64Milli({p5:Int64})))
  WHERE (value_of_visits < toInt64({p7:String}) OR (value_of_visits = toInt64({p7:String})
  AND person > {p8:String}))
  ORDER BY value_of_visits DESC, person LIMIT {p9:UInt64};
-- site = "demo"
-- p1 = ["anna"]
-- p2 = ["anna@example.it"]
-- p3 = "rossi"
-- p4 = 1793487600000
-- p5 = 4294967295000
-- p6 = ["mario","m"]
-- p7 = "1795302000000"
-- p8 = "mario"
-- p9 = 51
SELECT DISTINCT id
  FROM (SELECT person_id AS id
  FROM people
  WHERE site = {site:String}
  AND positionCaseInsensitiveUTF8(concat('@', person_id), {p1:String}) > 0
  UNION ALL SELECT user AS id
  FROM identity_edges
  WHERE site = {site:String}
  AND positionCaseInsensitiveUTF8(visitor, {p1:String}) > 0
  UNION ALL SELECT id
  FROM traits FINAL
  WHERE site = {site:String}
  AND positionCaseInsensitiveUTF8(value, {p1:String}) > 0
  UNION ALL SELECT id
  FROM (SELECT arrayJoin({p2:Array(String)}) AS id)
  WHERE positionCaseInsensitiveUTF8(id, {p1:String}) > 0)
  WHERE id != '' LIMIT 2001;
-- site = "demo"
-- p1 = "rossi"
-- p2 = ["anna@example.it"]
