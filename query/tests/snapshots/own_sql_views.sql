WITH RECURSIVE steps AS (SELECT previous, argMax(user, (marked_at, user)) AS next
  FROM (SELECT substring(visitor, 2) AS previous, user, marked_at, sum(length(previous) + length(user)) OVER (ORDER BY marked_at, previous, user ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS bytes
  FROM (SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS is_of_a_day, marked_at > removed_at
  AND NOT is_undone
  AND NOT is_of_a_day AS active
  FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone
  FROM identity_edges
  WHERE site = substring(initialQueryID(), 47)
  AND sign >= 0
  AND source = 'alias'
  AND length(visitor) <= 257
  GROUP BY site, visitor, user, source, session, at
  HAVING max(sign) = 1) AS edge
  LEFT JOIN (SELECT site, visitor, user, max(said_at) AS removed_at, argMax(said_by, said_at) AS removed_by
  FROM (SELECT site, visitor, user, maxIf(ts, sign = -1) AS said_at, anyIf(recorded_by, sign = -1) AS said_by
  FROM identity_edges
  WHERE site = substring(initialQueryID(), 47)
  AND sign <= 0
  GROUP BY site, visitor, user, at
  HAVING min(sign) = -1
  AND max(sign) = -1)
  GROUP BY site, visitor, user) AS removal USING (site, visitor, user))
  WHERE active
  ORDER BY marked_at, previous, user LIMIT 100000)
  WHERE bytes <= 16777216
  AND previous != user
  GROUP BY previous), chain AS (SELECT previous AS id, [previous, next] AS path
  FROM steps
  UNION ALL SELECT chain.id AS id, arrayPushBack(chain.path, steps.next) AS path
  FROM chain
  INNER JOIN steps ON chain.path[-1] = steps.previous
  WHERE length(chain.path) <= 16 + 1
  AND countEqual(chain.path, chain.path[-1]) = 1) SELECT sipHash64(id) AS alias_hash, if(countEqual(whole, whole[-1]) > 1, arrayMin(arraySlice(whole, indexOf(whole, whole[-1]))), whole[least(length(whole), 16 + 1)]) AS alias_person, sipHash64(alias_person) AS alias_person_hash
  FROM (SELECT id, argMax(path, length(path)) AS whole
  FROM chain
  GROUP BY id);
SELECT ts AS ts, toDate(ts, ifNull(nullIf((SELECT anyIf(value, field = 'timezone')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47)), ''), 'UTC')) AS day, kind AS kind, name AS name, person_id AS person, if(toUnixTimestamp64Milli(visit) = 0, '', lower(hex(sipHash64(visitor_hash, session_hash, is_bot, visit)))) AS visit, if(path = '', toString(screen), toString(path)) AS page, title AS title, if(kind = 'refund', -abs(revenue), revenue) AS revenue, currency AS currency, is_bot AS is_bot, touchpoint AS touchpoint, stage AS stage, visitor AS visitor, user AS user, session AS session, toString(event_id) AS event_id, received_at AS received_at, host AS host, path AS path, query AS query, referrer AS referrer, screen AS screen, target AS target, message AS message, source AS source, channel AS channel, utm_source AS utm_source, utm_medium AS utm_medium, utm_campaign AS utm_campaign, utm_term AS utm_term, utm_content AS utm_content, click_id_kind AS click_id_kind, newsletter_campaign AS newsletter_campaign, link AS link, country AS country, region AS region, city AS city, device_class AS device_class, device_brand AS device_brand, device_model AS device_model, browser AS browser, browser_version AS browser_version, os AS os, os_version AS os_version, language AS language, timezone AS timezone, nullIf(screen_width, 0) AS screen_width, nullIf(screen_height, 0) AS screen_height, app_name AS app_name, app_version AS app_version, app_build AS app_build, network AS network, sdk AS sdk, nullIf(duration_ms, 0) AS duration_ms, nullIf(engaged_ms, 0) AS engaged_ms, nullIf(scroll_pct, 0) AS scroll_pct, value AS value, rating AS rating, consent AS consent, bot AS bot, bot_reason AS bot_reason, verdict AS verdict, verdict_reason AS verdict_reason, clock AS clock, props AS props
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> ms < since_visit OR (ms = since_visit
  AND event <= toUInt128(event_id)), turn_ms, turn_event)]) AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, if(owner = '', visitor, owner) AS person_id
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = substring(initialQueryID(), 47)) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, owner AS of_owner, turn_ms, turn_event, turn_owner, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = substring(initialQueryID(), 47)
  AND part = 0
  AND NOT is_continued) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS one
  LEFT JOIN orma_sql.aliases AS aliases ON one.person_hash = alias_hash) AS one;
SELECT if(toUnixTimestamp64Milli(visit) = 0, '', lower(hex(sipHash64(visitor_hash, session_hash, is_bot, visit)))) AS visit, person_id AS person, visitor AS visitor, owner AS user, toDate(started, ifNull(nullIf((SELECT anyIf(value, field = 'timezone')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47)), ''), 'UTC')) AS day, started AS started, ended AS ended, lasted_ms AS duration_ms, is_session AS is_session, is_bot AS is_bot, view_count AS page_views, action_count AS actions, event_count AS events, order_count AS orders, money[(SELECT anyIf(value, field = 'currency')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47))] AS revenue, money AS money, entry_page AS entry_page, exit_page AS exit_page, pages AS pages, channel AS channel, source AS source, utm_source AS utm_source, utm_medium AS utm_medium, utm_campaign AS utm_campaign, utm_term AS utm_term, utm_content AS utm_content, host AS host, language AS language, app_version AS app_version, country AS country, region AS region, city AS city, device_class AS device_class, device_brand AS device_brand, device_model AS device_model, browser AS browser, os AS os, os_version AS os_version
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT *, started AS visit
  FROM visits FINAL
  WHERE site = substring(initialQueryID(), 47)
  AND part = 0
  AND NOT is_continued) AS one
  LEFT JOIN orma_sql.aliases AS aliases ON one.person_hash = alias_hash) AS one;
SELECT person_id AS person, toBool(is_identified) AS is_identified, first_seen AS first_seen, last_seen AS last_seen, toDate(first_seen, ifNull(nullIf((SELECT anyIf(value, field = 'timezone')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47)), ''), 'UTC')) AS first_day, toDate(last_seen, ifNull(nullIf((SELECT anyIf(value, field = 'timezone')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47)), ''), 'UTC')) AS last_day, session_count AS sessions, view_count AS page_views, event_count AS events, order_count AS orders, money[(SELECT anyIf(value, field = 'currency')
  FROM site_settings FINAL
  WHERE site = substring(initialQueryID(), 47))] AS revenue, money AS money, visitor_count AS visitors, channel AS channel, source AS source, country AS country, device_class AS device_class, browser AS browser, os AS os, last_page AS last_page
  FROM (SELECT person_id, is_identified, first_seen, last_seen, session_count, view_count, event_count, order_count, money, visitor_count, country, device_class, browser, os, last_page, channel, source, person_hash
  FROM people FINAL
  WHERE site = substring(initialQueryID(), 47)
  AND NOT is_deleted
  AND person_hash NOT IN (SELECT arrayJoin([alias_hash, alias_person_hash])
  FROM orma_sql.aliases)
  UNION ALL SELECT person_id, is_identified, first_seen, last_seen, session_count, view_count, event_count, order_count, money, visitor_count, country, device_class, browser, os, last_page, channel, source, person_hash
  FROM (SELECT any(person_id) AS person_id, max(person_hash != visitor_hash) AS is_identified, min(since) AS first_seen, max(ended) AS last_seen, uniqExactIf((visitor_hash, session_hash, is_bot, visit), is_session) AS session_count, sum(view_count) AS view_count, sum(event_count) AS event_count, sum(order_count) AS order_count, sumMap(money) AS money, uniqExact(visitor_hash) AS visitor_count, argMaxIf(first_country, (ended, (visitor_hash, session_hash, is_bot, visit)), first_country != '') AS country, argMaxIf((first_device_class, first_browser, first_os), (ended, (visitor_hash, session_hash, is_bot, visit)), (first_device_class, first_browser, first_os) != ('', '', '')) AS device, device.1 AS device_class, device.2 AS browser, device.3 AS os, argMaxIf(last_page, (ended, (visitor_hash, session_hash, is_bot, visit)), rows_of_one.view_count > 0) AS last_page, argMin((first_channel, first_source), (since, (visitor_hash, session_hash, is_bot, visit))) AS origin, origin.1 AS channel, origin.2 AS source, person_hash
  FROM (SELECT one.* EXCEPT (person_hash, person_id), if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash, if(alias_person = '', one.person_id, alias_person) AS person_id
  FROM (SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, person_hash AS own_hash, person_id AS own_id, since, ended, is_session, view_count, event_count, order_count, money, toString(exit_page) AS last_page, toString(channel) AS first_channel, toString(source) AS first_source, toString(country) AS first_country, toString(device_class) AS first_device_class, toString(browser) AS first_browser, toString(os) AS first_os
  FROM visits FINAL
  WHERE site = substring(initialQueryID(), 47)
  AND NOT is_mixed
  AND NOT is_bot
  AND NOT is_continued
  AND (owner_hash IN (SELECT arrayJoin([alias_hash, alias_person_hash])
  FROM orma_sql.aliases) OR (owner_hash = 0
  AND visitor_hash IN (SELECT arrayJoin([alias_hash, alias_person_hash])
  FROM orma_sql.aliases)))
  AND visitor != '') AS one
  LEFT JOIN orma_sql.aliases AS aliases ON one.person_hash = alias_hash) AS rows_of_one
  GROUP BY person_hash));
