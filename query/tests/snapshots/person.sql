SELECT toBool(max(person_hash != visitor_hash OR visitor != {p2:String})) AS identified
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({person_ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({person_ids:Array(String)})))))
  AND NOT is_bot)
  HAVING count() > 0;
-- site = "demo"
-- person_ids = ["mario","m"]
-- p2 = "mario"
SELECT person_id AS owner
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND visitor_hash = sipHash64({p1:String}))
  ORDER BY ended DESC, owner LIMIT 1;
-- site = "demo"
-- p1 = "v1"
SELECT toUnixTimestamp64Milli(min(addMilliseconds(started, first_order_ms))) AS at
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
  AND order_count > 0;
-- site = "demo"
-- person_ids = ["mario","m"]
