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
  FROM (SELECT *
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value) LIMIT 1 BY event_id);
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
  FROM (SELECT *
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value) LIMIT 1 BY event_id)
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
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND arrayExists(value -> startsWith(if(path = '', toString(screen), path), value), {p5:Array(String)})
  AND toString(os) NOT IN {p6:Array(String)}
  AND (visitor, if(session = '', concat('@', toString(toDate(ts))), session)) IN (SELECT visitor, visit
  FROM (SELECT visitor, visit, started, ended, view_count, event_count, action_count, first[1] AS first_path, first[2] AS first_host, first[3] AS first_language, first[4] AS first_app_version, first[5] AS first_source, first[6] AS first_channel, first[7] AS first_utm_campaign, first[8] AS first_utm_source, first[9] AS first_utm_medium, first[10] AS first_country, first[11] AS first_region, first[12] AS first_city, first[13] AS first_device_class, first[14] AS first_device_brand, first[15] AS first_device_model, first[16] AS first_browser, first[17] AS first_os, first[18] AS first_os_version, first[19] AS first_utm_term, first[20] AS first_utm_content, exit_page
  FROM (SELECT visitor, if(session = '', concat('@', toString(day)), session) AS visit, min(started_at) AS started, max(ended_at) AS ended, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, length(groupUniqArrayArray(event_ids)) AS event_count, arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, splitByChar(char(31), substring(min(entry), 9)) AS first, substring(max(exit_path), 9) AS exit_page
  FROM sessions
  WHERE site = {site:String}
  AND day BETWEEN {from_day:Date} - 1
  AND {to_day:Date} + 1
  GROUP BY visitor, visit))
  WHERE if(first_channel = '', 'direct', first_channel) IN {p7:Array(String)})
  AND kind = 'vital'
  AND name IN ('LCP', 'INP', 'CLS', 'FCP', 'TTFB')
  AND isNotNull(value) LIMIT 1 BY event_id)
  GROUP BY dimension
  HAVING samples > 0
  ORDER BY samples DESC, dimension LIMIT {p8:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["/scarpe"]
-- p6 = ["iOS"]
-- p7 = ["email"]
-- p8 = 50
