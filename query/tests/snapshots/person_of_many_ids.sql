SELECT toBool(max(person_hash != visitor_hash OR visitor != {p3:String})) AS identified
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))
  UNION ALL SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, '')))))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))))
  AND NOT is_bot)
  HAVING count() > 0;
SELECT toUnixTimestamp64Milli(min(addMilliseconds(started, first_order_ms))) AS at
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))
  UNION ALL SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, '')))))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin(splitByChar(char(0), materialize(concat({person_ids_0:String}, {person_ids_1:String}, ''))))))))
  AND NOT is_bot
  AND order_count > 0;
