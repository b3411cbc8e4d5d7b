SELECT count() AS samples, countIf(name = 'LCP') AS samples0, quantileExactInclusiveIf(0.75)(value, name = 'LCP') AS p75_0, countIf(name = 'LCP'
  AND value <= toFloat32(2500)) AS good0, countIf(name = 'LCP'
  AND value > toFloat32(4000)) AS poor0, countIf(name = 'INP') AS samples1, quantileExactInclusiveIf(0.75)(value, name = 'INP') AS p75_1, countIf(name = 'INP'
  AND value <= toFloat32(200)) AS good1, countIf(name = 'INP'
  AND value > toFloat32(500)) AS poor1, countIf(name = 'CLS') AS samples2, quantileExactInclusiveIf(0.75)(value, name = 'CLS') AS p75_2, countIf(name = 'CLS'
  AND value <= toFloat32(0.1)) AS good2, countIf(name = 'CLS'
  AND value > toFloat32(0.25)) AS poor2, countIf(name = 'FCP') AS samples3, quantileExactInclusiveIf(0.75)(value, name = 'FCP') AS p75_3, countIf(name = 'FCP'
  AND value <= toFloat32(1800)) AS good3, countIf(name = 'FCP'
  AND value > toFloat32(3000)) AS poor3, countIf(name = 'TTFB') AS samples4, quantileExactInclusiveIf(0.75)(value, name = 'TTFB') AS p75_4, countIf(name = 'TTFB'
  AND value <= toFloat32(800)) AS good4, countIf(name = 'TTFB'
  AND value > toFloat32(1800)) AS poor4
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM selected_events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT if(path = '', toString(screen), path) AS dimension, count() AS samples, countIf(name = 'LCP') AS samples0, quantileExactInclusiveIf(0.75)(value, name = 'LCP') AS p75_0, countIf(name = 'LCP'
  AND value <= toFloat32(2500)) AS good0, countIf(name = 'LCP'
  AND value > toFloat32(4000)) AS poor0, countIf(name = 'INP') AS samples1, quantileExactInclusiveIf(0.75)(value, name = 'INP') AS p75_1, countIf(name = 'INP'
  AND value <= toFloat32(200)) AS good1, countIf(name = 'INP'
  AND value > toFloat32(500)) AS poor1, countIf(name = 'CLS') AS samples2, quantileExactInclusiveIf(0.75)(value, name = 'CLS') AS p75_2, countIf(name = 'CLS'
  AND value <= toFloat32(0.1)) AS good2, countIf(name = 'CLS'
  AND value > toFloat32(0.25)) AS poor2, countIf(name = 'FCP') AS samples3, quantileExactInclusiveIf(0.75)(value, name = 'FCP') AS p75_3, countIf(name = 'FCP'
  AND value <= toFloat32(1800)) AS good3, countIf(name = 'FCP'
  AND value > toFloat32(3000)) AS poor3, countIf(name = 'TTFB') AS samples4, quantileExactInclusiveIf(0.75)(value, name = 'TTFB') AS p75_4, countIf(name = 'TTFB'
  AND value <= toFloat32(800)) AS good4, countIf(name = 'TTFB'
  AND value > toFloat32(1800)) AS poor4
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM selected_events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value))
  GROUP BY dimension
  HAVING samples > 0
  ORDER BY samples DESC, dimension LIMIT {p5:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = 50
SELECT toString(country) AS dimension, count() AS samples, countIf(name = 'LCP') AS samples0, quantileExactInclusiveIf(0.75)(value, name = 'LCP') AS p75_0, countIf(name = 'LCP'
  AND value <= toFloat32(2500)) AS good0, countIf(name = 'LCP'
  AND value > toFloat32(4000)) AS poor0, countIf(name = 'INP') AS samples1, quantileExactInclusiveIf(0.75)(value, name = 'INP') AS p75_1, countIf(name = 'INP'
  AND value <= toFloat32(200)) AS good1, countIf(name = 'INP'
  AND value > toFloat32(500)) AS poor1, countIf(name = 'CLS') AS samples2, quantileExactInclusiveIf(0.75)(value, name = 'CLS') AS p75_2, countIf(name = 'CLS'
  AND value <= toFloat32(0.1)) AS good2, countIf(name = 'CLS'
  AND value > toFloat32(0.25)) AS poor2, countIf(name = 'FCP') AS samples3, quantileExactInclusiveIf(0.75)(value, name = 'FCP') AS p75_3, countIf(name = 'FCP'
  AND value <= toFloat32(1800)) AS good3, countIf(name = 'FCP'
  AND value > toFloat32(3000)) AS poor3, countIf(name = 'TTFB') AS samples4, quantileExactInclusiveIf(0.75)(value, name = 'TTFB') AS p75_4, countIf(name = 'TTFB'
  AND value <= toFloat32(800)) AS good4, countIf(name = 'TTFB'
  AND value > toFloat32(1800)) AS poor4
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM selected_events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value)
  AND ((path != ''
  AND arrayExists(value -> startsWith(path, value), {p6:Array(String)})) OR (path = ''
  AND arrayExists(value -> startsWith(screen, value), {p6:Array(String)})))
  AND toString(os) NOT IN {p7:Array(String)}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM selected_events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND NOT is_deleted
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value)
  AND toString(os) NOT IN {p7:Array(String)})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})
  GROUP BY dimension
  HAVING samples > 0
  ORDER BY samples DESC, dimension LIMIT {p5:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = 50
-- p6 = ["/scarpe"]
-- p7 = ["iOS"]
-- p8 = ["email"]
