SELECT toUnixTimestamp(toStartOfMinute(ts)) AS minute, countIf(kind IN ('page_view', 'screen_view')) AS page_views, count() AS events
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  GROUP BY minute;
-- site = "demo"
-- from = 1795255200000
-- from_day = "2026-11-21"
SELECT place.1 AS list, place.2 AS name, count() AS visitors
  FROM (SELECT visitor_hash, argMax(if(path = '', toString(screen), toString(path)), (ts, toUInt128(event_id))) AS page, argMaxIf((toString(country), toString(region), toString(city)), (ts, toUInt128(event_id)), country != '') AS located, located.1 AS country_name, concat(located.1, '	', located.2, '	', located.3) AS place_name
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  GROUP BY visitor_hash) AS present
  LEFT JOIN (SELECT visitor_hash, argMax(toString(source), (ended, started, session_hash)) AS source_name
  FROM visits FINAL
  WHERE site = {site:String}
  AND day >= {yesterday:Date}
  AND part = 0
  AND NOT is_bot
  AND visitor_hash IN (SELECT visitor_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view'))
  GROUP BY visitor_hash) AS sent USING (visitor_hash) ARRAY JOIN [('all', ''), ('page', page), ('country', country_name), ('place', place_name), ('source', source_name)] AS place
  GROUP BY list, name
  ORDER BY visitors DESC, name LIMIT 250 BY list;
-- site = "demo"
-- from = 1795255200000
-- from_day = "2026-11-21"
-- yesterday = "2026-11-20"
SELECT before AS `from`, page AS `to`, uniqExact(visitor_hash) AS visitors, max(at) AS latest
  FROM (SELECT visitor_hash, at, page, lagInFrame(page, 1, '') OVER (PARTITION BY visitor_hash
  ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING
  AND CURRENT ROW) AS before
  FROM (SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, toUInt128(event_id) AS id, if(path = '', toString(screen), toString(path)) AS page
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind IN ('page_view', 'screen_view')
  AND (path != '' OR screen != '')))
  WHERE at >= {present:Int64}
  AND before != page
  GROUP BY `from`, `to`
  ORDER BY visitors DESC, latest DESC, `from`, `to` LIMIT 12;
-- site = "demo"
-- from = 1795168800000
-- from_day = "2026-11-20"
-- present = 1795255200000
SELECT toString(event_id) AS event_id, toUnixTimestamp64Milli(ts) AS at, toUnixTimestamp64Milli(received_at) AS received, visitor, user, session, session_hash, kind, name, touchpoint, title, host, path, screen, target, link, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, country, city, device_class, browser, os, channel, source, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, mapFilter((name, value) -> has({props_told:Array(String)}, name), props) AS props
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND received_at >= fromUnixTimestamp64Milli({received:Int64}, 'UTC')
  AND bot = ''
  AND verdict != 'machine'
  AND kind NOT IN ('newsletter_sent', 'newsletter_delivered', 'newsletter_bounce')
  ORDER BY received_at DESC LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1795168800000
-- from_day = "2026-11-20"
-- props_told = ["channel","comment","file","form","href","item","item_name","items","message","name","order_id","outcome","place","product","product_name","q","query","question","referred_by","score","search_term","sku","subject","survey","term","text","ticket","title","url","value"]
-- received = 1795255200000
-- limit = 5000
SELECT toString(event_id) AS event_id, toUnixTimestamp64Milli(ts) AS at, toUnixTimestamp64Milli(received_at) AS received, visitor, user, session, session_hash, kind, name, touchpoint, title, host, path, screen, target, link, if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, country, city, device_class, browser, os, channel, source, engaged_ms, scroll_pct, value, rating, revenue AS amount, currency, mapFilter((name, value) -> has({props_told:Array(String)}, name), props) AS props
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind NOT IN ('newsletter_sent', 'newsletter_delivered', 'newsletter_bounce')
  AND visitor IN (SELECT visitor
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) >= {from_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind NOT IN ('newsletter_sent', 'newsletter_delivered', 'newsletter_bounce')
  GROUP BY visitor
  ORDER BY max(ts) DESC, visitor LIMIT {visitors:UInt64})
  ORDER BY ts DESC, events.event_id LIMIT {events:UInt64} BY visitor;
-- site = "demo"
-- from = 1795168800000
-- from_day = "2026-11-20"
-- props_told = ["channel","comment","file","form","href","item","item_name","items","message","name","order_id","outcome","place","product","product_name","q","query","question","referred_by","score","search_term","sku","subject","survey","term","text","ticket","title","url","value"]
-- visitors = 50
-- events = 60
