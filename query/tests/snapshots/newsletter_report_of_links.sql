SELECT campaign, link_name, toUInt8(grouping(campaign)) AS whole, toInt64(uniqExactIf(copy, kind = 'newsletter_sent')) AS sent, toInt64(uniqExactIf(copy, kind = 'newsletter_delivered')) AS delivered, toInt64(uniqExactIf(copy, kind = 'newsletter_bounce')) AS bounced, toInt64(uniqExactIf(copy, is_open
  AND by_person)) AS opened, toInt64(uniqExactIf(copy, is_open)) - opened AS opened_by_machines, toInt64(uniqExactIf(copy, is_click
  AND by_person)) AS clicked, toInt64(uniqExactIf(copy, is_click)) - clicked AS clicked_by_machines
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String}))
  GROUP BY GROUPING SETS ((campaign, link_name), ());
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
SELECT campaign, link_name, toUInt8(grouping(campaign)) AS whole, toInt64(uniqExact((visitor, visit))) AS visits
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, ts AS landed_at
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND newsletter_campaign = {campaign_asked:String})
  GROUP BY GROUPING SETS ((campaign, link_name), ());
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
SELECT campaign, link_name, toUInt8(grouping(campaign)) AS whole, toInt64(countIf(kind = 'order')) AS orders, toString(sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String})) AS revenue_sum
  FROM (SELECT visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, ts AS bought_at, event_id AS order_id, toString(kind) AS kind, revenue, currency
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind = 'order' OR revenue != 0)) AS bought ASOF
  INNER JOIN (SELECT visitor, visit, landed_at, landing.1 AS campaign, landing.2 AS link_name, landing.3 AS person
  FROM (SELECT visitor, visit, landed_at, max((campaign, link_name, person)) AS landing
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor, if(session = '', concat('@', toString(toDate(ts))), session) AS visit, ts AS landed_at
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed')
  GROUP BY visitor, visit, landed_at)) AS landed ON bought.visitor = landed.visitor
  AND bought.visit = landed.visit
  AND bought.bought_at >= landed.landed_at
  WHERE campaign = {campaign_asked:String}
  GROUP BY GROUPING SETS ((campaign, link_name), ());
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- currency = "EUR"
