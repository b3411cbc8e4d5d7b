SELECT uniqExactIf(sipHash64(visitor), kind IN ('page_view', 'screen_view')) AS m_visitors, countIf(kind IN ('page_view', 'screen_view')) AS m_page_views, count() AS m_events, countIf(kind = 'order') AS m_orders, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS m_revenue, if(countIf(kind = 'order'
  AND currency = {currency:String}) = 0, NULL, toDecimal128(round(toDecimal256(sumIf(revenue, kind = 'order'
  AND currency = {currency:String}), 10) / countIf(kind = 'order'
  AND currency = {currency:String}), 4), 4)) AS m_average_order_value
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine');
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
SELECT countIf((view_count > 0 OR NOT startsWith(visit, '@'))) AS m_sessions, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND dateDiff('millisecond', started, ended) < 10000) / countIf(view_count > 0)) AS m_bounce_rate, if(countIf((view_count > 0 OR NOT startsWith(visit, '@'))) = 0, NULL, round(avgIf(dateDiff('millisecond', started, ended), (view_count > 0 OR NOT startsWith(visit, '@'))))) AS m_session_duration_ms, if(countIf(view_count > 0) = 0, NULL, sum(view_count) / countIf(view_count > 0)) AS m_views_per_session, if(countIf((view_count > 0 OR NOT startsWith(visit, '@'))) = 0, NULL, countIf((view_count > 0 OR NOT startsWith(visit, '@'))
  AND (visitor, visit) IN (SELECT visitor, visit
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND verdict != 'machine'
  AND kind = 'order'))) / countIf((view_count > 0 OR NOT startsWith(visit, '@')))) AS m_conversion_rate
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit
  HAVING started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT sumIf(arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines), currency = {currency:String}) AS m_product_revenue, toFloat64(sum(arraySum(line -> if(kind = 'refund', -abs(line.4), line.4), item_lines))) AS m_quantity
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS item_lines
  FROM (SELECT *, if(session = '', concat('@', toString(toDate(ts))), session) AS visit
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('order', 'refund')
  AND (kind = 'order' OR revenue != 0) LIMIT 1 BY event_id));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
