SELECT person, toInt64(max(revision)) AS at
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  AND revision <= {p2:UInt64}
  AND person > {p3:String}
  GROUP BY person
  HAVING argMax(is_member, revision)
  ORDER BY person LIMIT 101;
-- site = "demo"
-- audience = "a1"
-- p2 = 7
-- p3 = "anna"
SELECT countIf(is_in) AS people
  FROM (SELECT argMax(is_member, revision) AS is_in
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  AND revision <= {p2:UInt64}
  GROUP BY person);
-- site = "demo"
-- audience = "a1"
-- p2 = 7
SELECT person, toInt64(max(revision)) AS at, argMax(audience_changes.is_member, revision) AS is_member
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String}
  AND revision > {p2:UInt64}
  AND revision <= {p3:UInt64}
  GROUP BY person
  HAVING argMin(audience_changes.is_member, revision) = argMax(audience_changes.is_member, revision)
  ORDER BY person LIMIT 101;
-- site = "demo"
-- audience = "a1"
-- p2 = 3
-- p3 = 7
SELECT person, toInt64(revision) AS at, is_member AS entered
  FROM (SELECT person, revision, is_member
  FROM (SELECT person, revision, is_member, lagInFrame(toInt8(is_member), 1, toInt8(0)) OVER (PARTITION BY person
  ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS before
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String})
  WHERE is_member != before)
  ORDER BY revision DESC, person LIMIT 51 OFFSET 50;
-- site = "demo"
-- audience = "a1"
SELECT if(toInt64(revision) < {from:Int64}, '', toString(toDate(fromUnixTimestamp64Milli(toInt64(revision)), {zone:String}))) AS bucket, countIf(is_member) AS entered, countIf(NOT is_member) AS left
  FROM (SELECT person, revision, is_member
  FROM (SELECT person, revision, is_member, lagInFrame(toInt8(is_member), 1, toInt8(0)) OVER (PARTITION BY person
  ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS before
  FROM audience_changes
  WHERE site = {site:String}
  AND audience = {audience:String})
  WHERE is_member != before)
  WHERE toInt64(revision) < {to:Int64}
  GROUP BY bucket;
-- site = "demo"
-- audience = "a1"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- zone = "Europe/Rome"
SELECT asked.person AS person, toString(trait) AS trait, argMax(value, (ts, id)) AS value
  FROM (SELECT one.* EXCEPT (person_hash), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash
  FROM (SELECT sipHash64(id) AS person_hash, id, trait, value, ts
  FROM traits FINAL
  WHERE site = {site:String}
  AND trait IN {names:Array(String)}) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p1:Array(String)}, {p2:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash) AS told
  INNER JOIN (SELECT DISTINCT arrayJoin({people:Array(String)}) AS person, sipHash64(person) AS number) AS asked ON told.person_hash = asked.number
  GROUP BY person, trait
  HAVING value != '';
-- site = "demo"
-- p1 = ["anna"]
-- p2 = ["anna@example.it"]
-- people = ["a1","b2"]
-- names = ["a1","b2"]
