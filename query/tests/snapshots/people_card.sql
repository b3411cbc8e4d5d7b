SELECT toString(device_class) AS class, toString(device_brand) AS brand, toString(device_model) AS model, toString(browser) AS browser_name, toString(os) AS os_name, toString(os_version) AS version, toString(touchpoint) AS place, toBool(grouping(class) = 0) AS of_device, toBool(grouping(place) = 0) AS of_touchpoint, count() AS events, toBool(max(person_hash != visitor_hash OR visitor != {person:String})) AS identified, toUnixTimestamp64Milli(min(ts)) AS first_seen, toUnixTimestamp64Milli(max(ts)) AS last_seen, uniqExactIf((visitor_hash, session_hash, is_bot, visit), session_hash != 0 OR kind IN ('page_view', 'screen_view')) AS sessions, countIf(kind IN ('page_view', 'screen_view')) AS page_views, countIf(kind = 'order') AS orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS revenue_sum, countIf(revenue != 0
  AND currency = {currency:String}) > 0 AS has_revenue, sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), revenue != 0
  AND currency != {currency:String}) AS other_revenue, argMaxIf(toString(country), (ts, toUInt128(event_id)), country != '') AS latest_country, argMaxIf(toString(region), (ts, toUInt128(event_id)), region != '') AS latest_region, argMaxIf(toString(city), (ts, toUInt128(event_id)), city != '') AS latest_city, argMaxIf(toString(language), (ts, toUInt128(event_id)), language != '') AS latest_language, argMin((toString(channel), toString(source)), (ts, (visitor_hash, session_hash, is_bot, visit), toUInt128(event_id))) AS origin, origin.1 AS first_channel, origin.2 AS first_source
  FROM (SELECT *
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL PREWHERE (toDate(ts), visitor) IN (SELECT day, visitor
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
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine') AS event ASOF JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, max(ended) AS until, any(owner) AS of_owner, any(turn_ms) AS turn_ms, any(turn_event) AS turn_event, any(turn_owner) AS turn_owner
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
  GROUP BY of_visitor, of_session, of_bot, visit) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE ts <= until))
  WHERE person_id IN {person_ids:Array(String)})
  GROUP BY GROUPING SETS ((), (class, brand, model, browser_name, os_name, version), (place))
  HAVING NOT of_device OR class != '' OR browser_name != '' OR os_name != ''
  ORDER BY of_device, of_touchpoint, if(of_device, last_seen, toInt64(events)) DESC, class, model, place LIMIT 100 BY of_device, of_touchpoint;
-- site = "demo"
-- person_ids = ["mario","m"]
-- currency = "EUR"
-- person = "mario"
