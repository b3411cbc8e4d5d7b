-- What is asked for by itself and is few of all events: what is about items, what brought money, and what pages felt like. It lies
-- in every granule of `events`, all of which had to be read for it. Columns are those of `events` without what no question about
-- these asks for; whoever adds one there adds it here.
CREATE TABLE selected_events {on_cluster} AS events
ENGINE = {replacing_merge_tree}
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (site, toDate(ts), visitor)
ORDER BY (site, toDate(ts), visitor, event_id)
SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, non_replicated_deduplication_window = 0,
    min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1;

-- The items that the event is about, read once: product, id, category, quantity and amount of each. What is no longer in `events`
-- is deleted here by a row that comes later.
ALTER TABLE selected_events {on_cluster}
    ADD COLUMN IF NOT EXISTS lines Array(Tuple(String, String, String, Decimal(38, 4), Decimal(38, 4))) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS is_deleted UInt8;

CREATE MATERIALIZED VIEW selected_from_events {on_cluster} TO selected_events AS
SELECT site, event_id, ts, visitor, user, kind, name, path, query, referrer, page_parts, client_parts,
    campaign_parts, message, device_parts, place_parts, mark_parts, duration_ms, engaged_ms, scroll_pct, value, revenue, target, props,
    visitor_hash, session_hash,
    arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = '' AND kind IN ('view_item', 'add_to_cart') AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS lines
FROM events
WHERE kind IN ('vital', 'view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund') OR revenue != 0;

-- What comes while this runs is added by both, and becomes one row.
INSERT INTO selected_events (site, event_id, ts, visitor, user, kind, name, path, query, referrer, page_parts, client_parts, campaign_parts, message, device_parts, place_parts, mark_parts, duration_ms, engaged_ms, scroll_pct, value, revenue, target, props, visitor_hash, session_hash, lines)
SELECT site, event_id, ts, visitor, user, kind, name, path, query, referrer, page_parts, client_parts,
    campaign_parts, message, device_parts, place_parts, mark_parts, duration_ms, engaged_ms, scroll_pct, value, revenue, target, props,
    visitor_hash, session_hash,
    arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, toDecimal128(round(line.4 * line.5, 4), 4)), arrayMap(fields -> (substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['name'], fields['item_name'], fields['product_name'], fields['title']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['id'], fields['item_id'], fields['product_id'], fields['sku']])), 1, 200), substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['category'], fields['item_category']])), 1, 200), arrayMap(number -> if(abs(number) > 100000000000000, toDecimal128(0, 8), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['price'], fields['item_price'], fields['unit_price']])), 1, 200), 8), toDecimal128(0, 8))])[1], arrayMap(number -> if(abs(number) > 1000000000, toDecimal128(0, 4), number), [ifNull(toDecimal128OrNull(substringUTF8(arrayFirst(text -> text != '', arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '"'), JSONExtractString(raw), match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [fields['quantity'], fields['qty']])), 1, 200), 4), toDecimal128(1, 4))])[1]), arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), if(props['items'] = '' AND kind IN ('view_item', 'add_to_cart') AND (props['product_id'] != '' OR props['sku'] != ''), [toJSONString(props)], JSONExtractArrayRaw(props['items']))))) AS lines
FROM events
WHERE kind IN ('vital', 'view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund') OR revenue != 0
-- Of any number of months, and again when it was cut off.
SETTINGS max_partitions_per_insert_block = 0, insert_deduplicate = 0;
