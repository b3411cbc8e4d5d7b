SELECT any(person_id) AS person, toUnixTimestamp64Milli(min(since)) AS first_seen, toUnixTimestamp64Milli(max(ended)) AS last_seen, uniqExactIf((visitor_hash, session_hash, is_bot, visit), is_session) AS sessions, sum(view_count) AS page_views, sum(event_count) AS events, uniqExact(visitor_hash) AS visitors, argMaxIf(first_country, (ended, (visitor_hash, session_hash, is_bot, visit)), first_country != '') AS country, argMaxIf((first_device_class, first_browser, first_os), (ended, (visitor_hash, session_hash, is_bot, visit)), (first_device_class, first_browser, first_os) != ('', '', '')) AS device, device.1 AS device_class, device.2 AS browser, device.3 AS os, argMin((first_channel, first_source), (since, (visitor_hash, session_hash, is_bot, visit))) AS origin, origin.1 AS channel, origin.2 AS source, argMaxIf(last_page, (ended, (visitor_hash, session_hash, is_bot, visit)), view_count > 0) AS last_page, sum(order_count) AS orders, sum(money[{currency:String}]) AS revenue_sum, toUInt8(max(mapContains(money, {currency:String}))) AS has_revenue, sumMap(mapFilter((name, amount) -> name != {currency:String}, money)) AS other_revenue
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money, toString(exit_page) AS last_page, toString(channel) AS first_channel, toString(source) AS first_source, toString(country) AS first_country, toString(device_class) AS first_device_class, toString(browser) AS first_browser, toString(os) AS first_os
  FROM visits FINAL PREWHERE visitor_hash IN (SELECT visitor_hash
  FROM visits
  WHERE site = {site:String}
  AND owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))
  UNION ALL SELECT sipHash64(arrayJoin({ids:Array(String)})))
  WHERE site = {site:String}
  AND NOT is_mixed
  AND (owner_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)}))) OR (owner_hash = 0
  AND visitor_hash IN (SELECT sipHash64(arrayJoin({ids:Array(String)})))))
  AND NOT is_bot
  AND NOT is_continued) AS one
  LEFT JOIN (SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person
  FROM (SELECT arrayJoin(arrayZip({p3:Array(String)}, {p4:Array(String)})) AS alias)) AS aliases ON one.person_hash = alias_hash)
  GROUP BY person_hash;
-- site = "demo"
-- currency = "EUR"
-- ids = ["mario","m"]
-- p3 = ["anna"]
-- p4 = ["anna@example.it"]
