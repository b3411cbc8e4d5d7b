SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toInt64(countIf(is_session)) AS value_of_visits
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued)
  WHERE visitor != ''
  GROUP BY person_hash)
  ORDER BY value_of_visits DESC, person LIMIT {p1:UInt64};
-- site = "demo"
-- p1 = 51
SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toInt64(sum(view_count)) AS value_of_visits
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued)
  WHERE visitor != ''
  GROUP BY person_hash)
  ORDER BY value_of_visits DESC, person LIMIT {p1:UInt64};
-- site = "demo"
-- p1 = 51
SELECT person, identified, toString(value_of_visits) AS value
  FROM (SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, toInt64(sum(order_count)) AS value_of_visits
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money
  FROM visits FINAL
  WHERE site = {site:String}
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued)
  WHERE visitor != ''
  GROUP BY person_hash)
  ORDER BY value_of_visits DESC, person LIMIT {p1:UInt64};
-- site = "demo"
-- p1 = 51
