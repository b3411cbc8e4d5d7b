SELECT id, lower(value) AS email
  FROM traits FINAL
  WHERE site = {site:String}
  AND id IN {users:Array(String)}
  AND trait = 'email'
  AND value != '';
-- site = "demo"
-- users = ["mario","m"]
SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toInt64(uniqExactIf(visitor_hash, NOT startsWith(visitor, '@'))) AS visitors, toInt64(uniqExactIf(device, is_session
  AND (device.1 != '' OR device.4 != ''))) AS devices, toInt64(uniqExactIf(country, is_session
  AND country != '')) AS countries, toInt64(uniqExactIf((visitor_hash, session_hash, is_bot, visit), is_session)) AS sessions, toInt64(sum(event_count)) AS events, toUnixTimestamp64Milli(max(ended)) AS last_seen
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, ended, is_session, event_count, country, (device_class, device_brand, device_model, os) AS device
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND person_hash IN (SELECT person_hash
  FROM people FINAL
  WHERE site = {site:String}
  AND (visitor_count >= {min_visitors:Int64} OR session_count >= least({min_devices:Int64}, {min_countries:Int64}))
  UNION ALL SELECT sipHash64(arrayJoin({joined:Array(String)})))) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p4:Array(String)}, {p5:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash
  HAVING visitors >= {min_visitors:Int64} OR devices >= {min_devices:Int64} OR countries >= {min_countries:Int64} OR person_hash IN (SELECT sipHash64(arrayJoin({others:Array(String)})))
  ORDER BY greatest(visitors / {min_visitors:Int64}, devices / {min_devices:Int64}, countries / {min_countries:Int64}) DESC, person LIMIT 1000;
-- site = "demo"
-- min_visitors = 25
-- min_devices = 12
-- min_countries = 6
-- p4 = ["m"]
-- p5 = ["mario"]
-- others = ["mario","m"]
-- joined = ["m","mario"]
