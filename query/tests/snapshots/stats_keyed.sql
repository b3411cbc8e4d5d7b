SELECT toString(country) AS d0, toString(os) AS d1, uniqExactIf(visitor_hash, kind IN ('page_view', 'screen_view')) AS m_visitors, sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String}) AS m_revenue
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine')
  WHERE concat(d0, char(31), d1) IN {p5:Array(String)}
  GROUP BY d0, d1;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT\u001fiOS","FR\u001f"]
-- currency = "EUR"
SELECT toString(first_country) AS d0, toString(first_os) AS d1, if(countIf(view_count > 0) = 0, NULL, countIf(view_count = 1
  AND action_count = 0
  AND lasted_ms < 10000) / countIf(view_count > 0)) AS m_bounce_rate
  FROM (SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, view_count, event_count, action_count, order_count, lasted_ms, first_view_ms, last_view_ms, pages, view_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND part = 0
  AND NOT is_continued
  AND started >= fromUnixTimestamp64Milli({from:Int64})
  AND started < fromUnixTimestamp64Milli({to:Int64})
  AND NOT is_bot)
  WHERE concat(d0, char(31), d1) IN {p5:Array(String)}
  GROUP BY d0, d1;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT\u001fiOS","FR\u001f"]
SELECT toString(country) AS d0, toString(os) AS d1, sumIf(arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines), currency = {currency:String}) AS m_product_revenue
  FROM (SELECT *, arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = ''
  AND kind IN ('view_item', 'add_to_cart')
  AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS item_lines
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('order', 'refund')
  AND (kind IN ('order', 'refund') OR revenue != 0) LIMIT 1 BY event_id))
  WHERE concat(d0, char(31), d1) IN {p5:Array(String)}
  GROUP BY d0, d1;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["IT\u001fiOS","FR\u001f"]
-- currency = "EUR"
