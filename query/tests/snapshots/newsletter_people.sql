SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_sent') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_sent') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_sent') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_sent') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_delivered') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_delivered') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_delivered') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_delivered') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_bounce') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_bounce') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, kind = 'newsletter_bounce') AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(kind = 'newsletter_bounce') > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_open
  AND by_person) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(is_open
  AND by_person) > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_open
  AND by_person) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(is_open
  AND by_person) > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_open) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(is_open) > 0
  AND countIf(is_open
  AND by_person) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_open) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(is_open) > 0
  AND countIf(is_open
  AND by_person) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_click
  AND by_person) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(is_click
  AND by_person) > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_click
  AND by_person) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(is_click
  AND by_person) > 0
  AND countIf(0) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_click) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND 1)))
  GROUP BY copy
  HAVING countIf(is_click) > 0
  AND countIf(is_click
  AND by_person) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT any(recipient) AS person, copy AS thing, maxIf(at, is_click) AS at
  FROM (SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, is_read
  AND NOT (is_click
  AND is_swept) AS by_person
  FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, toString(link) AS link_name, message, if(user = '', visitor, user) AS recipient, ts AS at, verdict NOT IN ('machine', 'unknown') AS is_read, max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient
  ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING
  AND 60000 FOLLOWING) AS is_swept
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND startsWith(kind, 'newsletter_')
  AND newsletter_campaign = {campaign_asked:String})))
  WHERE link_name = {link_asked:String}
  GROUP BY copy
  HAVING countIf(is_click) > 0
  AND countIf(is_click
  AND by_person) = 0)
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT person, thing, at
  FROM (SELECT person, link_name, (visitor_hash, session_hash, is_bot, visit) AS thing, landed_at AS at
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor_hash, session_hash, is_bot, visit, ts AS landed_at
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1)
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))))
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT person, thing, at
  FROM (SELECT person, link_name, (visitor_hash, session_hash, is_bot, visit) AS thing, landed_at AS at
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor_hash, session_hash, is_bot, visit, ts AS landed_at
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND newsletter_campaign = {campaign_asked:String}) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND newsletter_campaign = {campaign_asked:String})
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)))
  WHERE link_name = {link_asked:String})
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT person, thing, at
  FROM (SELECT person, link_name, (bought.visitor_hash, bought_at, order_id) AS thing, bought_at AS at
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, ts AS bought_at, event_id AS order_id, toString(kind) AS kind, revenue, currency
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
  AND (kind IN ('order', 'refund') OR revenue != 0)) AS event ASOF
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
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS bought ASOF
  INNER JOIN (SELECT (visitor_hash, session_hash, is_bot, visit) AS landed_in, landed_at, landing.1 AS campaign, landing.2 AS link_name, landing.3 AS person
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, landed_at, max((campaign, link_name, person)) AS landing
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor_hash, session_hash, is_bot, visit, ts AS landed_at
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1)
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))
  GROUP BY visitor_hash, session_hash, is_bot, visit, landed_at)) AS landed ON (visitor_hash, session_hash, is_bot, visit) = landed_in
  AND bought_at >= landed_at
  WHERE kind = 'order'))
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- limit = 101
SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at
  FROM (SELECT person, thing, at
  FROM (SELECT person, link_name, (bought.visitor_hash, bought_at, order_id) AS thing, bought_at AS at
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, ts AS bought_at, event_id AS order_id, toString(kind) AS kind, revenue, currency
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
  AND (kind IN ('order', 'refund') OR revenue != 0)) AS event ASOF
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
  AND (kind IN ('order', 'refund') OR revenue != 0))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1)) AS bought ASOF
  INNER JOIN (SELECT (visitor_hash, session_hash, is_bot, visit) AS landed_in, landed_at, landing.1 AS campaign, landing.2 AS link_name, landing.3 AS person
  FROM (SELECT visitor_hash, session_hash, is_bot, visit, landed_at, max((campaign, link_name, person)) AS landing
  FROM (SELECT toString(newsletter_campaign) AS campaign, toString(link) AS link_name, if(user = '', visitor, user) AS person, visitor_hash, session_hash, is_bot, visit, ts AS landed_at
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1
  AND bot = ''
  AND kind = 'page_view'
  AND verdict_reason = 'landed'
  AND 1)
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1
  AND {to_day:Date} + 1) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1))
  GROUP BY visitor_hash, session_hash, is_bot, visit, landed_at)) AS landed ON (visitor_hash, session_hash, is_bot, visit) = landed_in
  AND bought_at >= landed_at
  WHERE campaign = {campaign_asked:String}
  AND kind = 'order')
  WHERE link_name = {link_asked:String})
  GROUP BY person
  ORDER BY last_at DESC, person LIMIT {limit:UInt64};
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- campaign_asked = "saldi-2026"
-- link_asked = "hero"
-- limit = 101
