SELECT DISTINCT visitor, toString(event_id) AS event_id
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND arrayExists(line -> line.3 IN {p5:Array(String)}
  AND (line.1 IN {p6:Array(String)} OR (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p7:Array(String)})), arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))
  AND NOT (if(path = '', toString(screen), path) IN {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["sneaker"]
-- p6 = ["Livorno"]
-- p7 = ["email"]
-- p8 = ["/resi"]
SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})))
  WHERE (visitor, visit) IN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND arrayExists(line -> line.3 IN {p5:Array(String)}
  AND (line.1 IN {p6:Array(String)} OR (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p7:Array(String)})), arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items'])))))))
  AND NOT ((visitor, visit) IN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND if(path = '', toString(screen), path) IN {p8:Array(String)}));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["sneaker"]
-- p6 = ["Livorno"]
-- p7 = ["email"]
-- p8 = ["/resi"]
SELECT person
  FROM (SELECT transform(if(owner_user = '', visitor, owner_user), {p5:Array(String)}, {p6:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person
  FROM (SELECT visitor, visit, owner_user, started, ended
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE NOT is_mixed
  UNION ALL SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  AND (toDate(ts), visitor) IN (SELECT day, visitor
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'))
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE is_mixed)) AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY visitor, visit, owner_user)
  WHERE visitor != ''
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  GROUP BY person)
  WHERE person IN (SELECT transform(if(owner_user = '', visitor, owner_user), {p5:Array(String)}, {p6:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person
  FROM (SELECT visitor, visit, owner_user, started, ended, (visitor, visit) IN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(line -> line.3 IN {p7:Array(String)}
  AND (line.1 IN {p8:Array(String)} OR (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p9:Array(String)})), arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))) AS is_matched
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE NOT is_mixed
  UNION ALL SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended, countIf(ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND arrayExists(line -> line.3 IN {p7:Array(String)}
  AND (line.1 IN {p8:Array(String)} OR (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p9:Array(String)})), arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))))) > 0 AS is_matched
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  AND (toDate(ts), visitor) IN (SELECT day, visitor
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'))
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE is_mixed)) AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY visitor, visit, owner_user)
  WHERE visitor != ''
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND is_matched
  GROUP BY person)
  AND NOT (person IN (SELECT transform(if(owner_user = '', visitor, owner_user), {p5:Array(String)}, {p6:Array(String)}, if(owner_user = '', visitor, owner_user)) AS person
  FROM (SELECT visitor, visit, owner_user, started, ended, (visitor, visit) IN (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND bot = ''
  AND verdict != 'machine'
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND if(path = '', toString(screen), path) IN {p10:Array(String)}) AS is_matched
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE NOT is_mixed
  UNION ALL SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended, countIf(ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND if(path = '', toString(screen), path) IN {p10:Array(String)}) > 0 AS is_matched
  FROM (SELECT event.*, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, if(user != '', user, multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != ''
  AND (next_at = ts OR next_mark.2 = session)), next_mark.1, own_user)) AS owner_user
  FROM (SELECT *
  FROM events FINAL
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  AND (toDate(ts), visitor) IN (SELECT day, visitor
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'))
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, (next_at >= started
  AND next_at <= ended
  AND next_mark.2 != visit) OR (first_place > 0
  AND last_place >= first_place
  AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended
  FROM sessions
  WHERE site = {site:String}
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, visit) AS visits ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND started <= next_at ASOF
  LEFT JOIN (SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, min(removed - is_removed) AS first_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW))
  GROUP BY visitor, marked_at) AS first ON visitor = first_visitor
  AND started <= first_at ASOF
  LEFT JOIN (SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed
  FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed
  FROM (SELECT visitor, marked_at, user, place, session, sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed
  FROM (SELECT visitor, marked_at, user, active, session, row_number() OVER marks AS place, place > 1
  AND user != lagInFrame(user) OVER marks AS differs, place > 1
  AND session != lagInFrame(session) OVER marks AS moves
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias'
  GROUP BY visitor
  HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max((source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$'))))
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY marked_at, user, active, session ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW marks AS (PARTITION BY visitor
  ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW)) WINDOW moment AS (PARTITION BY visitor, marked_at))
  GROUP BY visitor, last_at) AS last ON visitor = last_visitor
  AND ended >= last_at)
  WHERE is_mixed)) AS event ASOF
  LEFT JOIN (SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source != 'alias'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, marked_at) AS next ON visitor = next_visitor
  AND ts <= next_at ASOF
  LEFT JOIN (SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source NOT IN ('alias', 'reset')
  AND session != ''
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active
  GROUP BY visitor, session, marked_at) AS own ON visitor = own_visitor
  AND session = own_session
  AND ts > own_at ASOF
  LEFT JOIN (SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at
  FROM (SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at
  AND NOT (source != 'manual'
  AND match(visitor, '^c[0-9a-f]{20}$')) AS active
  FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = 1
  AND source = 'reset'
  AND visitor IN (SELECT visitor
  FROM identity_edges
  WHERE site = {site:String}
  AND source != 'alias')
  GROUP BY visitor, user, source, session, at) AS edge
  LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at
  FROM identity_edges
  WHERE site = {site:String}
  AND sign = -1
  GROUP BY visitor, user) AS removal USING (visitor, user))
  WHERE active) AS resets ON visitor = reset_visitor
  AND ts > reset_at)
  GROUP BY visitor, visit, owner_user)
  WHERE visitor != ''
  AND ended >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND is_matched
  GROUP BY person));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["anna"]
-- p6 = ["anna@example.it"]
-- p7 = ["sneaker"]
-- p8 = ["Livorno"]
-- p9 = ["email"]
-- p10 = ["/resi"]
