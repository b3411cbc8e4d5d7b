SELECT sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), revenue != 0
  AND currency != {currency:String}) AS others
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind IN ('order', 'refund') OR revenue != 0) LIMIT 1 BY event_id);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
SELECT sumMapIf(map(toString(currency), arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines)), arraySum(line -> if(kind = 'refund', -abs(line.5), line.5), item_lines) != 0
  AND currency != {currency:String}) AS others
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
  AND (kind IN ('order', 'refund') OR revenue != 0) LIMIT 1 BY event_id));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- currency = "EUR"
