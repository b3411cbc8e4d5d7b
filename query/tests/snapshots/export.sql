SELECT events.event_id AS event_id, events.ts AS ts, events.received_at AS received_at, events.kind AS kind, events.name AS name, events.touchpoint AS touchpoint, events.stage AS stage, events.visitor AS visitor, events.user AS user, events.session AS session, events.consent AS consent, events.host AS host, events.path AS path, events.query AS query, events.title AS title, events.referrer AS referrer, events.screen AS screen, events.target AS target, events.source AS source, events.channel AS channel, events.utm_source AS utm_source, events.utm_medium AS utm_medium, events.utm_campaign AS utm_campaign, events.utm_term AS utm_term, events.utm_content AS utm_content, events.click_id_kind AS click_id_kind, events.newsletter_campaign AS newsletter_campaign, events.message AS message, events.link AS link, events.device_class AS device_class, events.device_brand AS device_brand, events.device_model AS device_model, events.browser AS browser, events.browser_version AS browser_version, events.os AS os, events.os_version AS os_version, events.language AS language, events.timezone AS timezone, nullIf(events.screen_width, 0) AS screen_width, nullIf(events.screen_height, 0) AS screen_height, events.app_name AS app_name, events.app_version AS app_version, events.app_build AS app_build, events.network AS network, events.sdk AS sdk, events.country AS country, events.region AS region, events.city AS city, nullIf(events.duration_ms, 0) AS duration_ms, nullIf(events.engaged_ms, 0) AS engaged_ms, nullIf(events.scroll_pct, 0) AS scroll_pct, events.value AS value, events.rating AS rating, if(events.currency = '', NULL, toString(events.revenue)) AS revenue, events.currency AS currency, events.bot AS bot, events.bot_reason AS bot_reason, events.verdict AS verdict, events.verdict_reason AS verdict_reason, events.clock AS clock, events.client_ts AS client_ts, events.site AS site, events.props AS props
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine') AS events
  ORDER BY toDate(events.ts), events.visitor, events.ts, events.event_id;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT events.event_id AS event_id, events.ts AS ts, events.received_at AS received_at, events.kind AS kind, events.name AS name, events.touchpoint AS touchpoint, events.stage AS stage, events.visitor AS visitor, events.user AS user, events.session AS session, events.consent AS consent, events.host AS host, events.path AS path, events.query AS query, events.title AS title, events.referrer AS referrer, events.screen AS screen, events.target AS target, events.source AS source, events.channel AS channel, events.utm_source AS utm_source, events.utm_medium AS utm_medium, events.utm_campaign AS utm_campaign, events.utm_term AS utm_term, events.utm_content AS utm_content, events.click_id_kind AS click_id_kind, events.newsletter_campaign AS newsletter_campaign, events.message AS message, events.link AS link, events.device_class AS device_class, events.device_brand AS device_brand, events.device_model AS device_model, events.browser AS browser, events.browser_version AS browser_version, events.os AS os, events.os_version AS os_version, events.language AS language, events.timezone AS timezone, nullIf(events.screen_width, 0) AS screen_width, nullIf(events.screen_height, 0) AS screen_height, events.app_name AS app_name, events.app_version AS app_version, events.app_build AS app_build, events.network AS network, events.sdk AS sdk, events.country AS country, events.region AS region, events.city AS city, nullIf(events.duration_ms, 0) AS duration_ms, nullIf(events.engaged_ms, 0) AS engaged_ms, nullIf(events.scroll_pct, 0) AS scroll_pct, events.value AS value, events.rating AS rating, if(events.currency = '', NULL, toString(events.revenue)) AS revenue, events.currency AS currency, events.bot AS bot, events.bot_reason AS bot_reason, events.verdict AS verdict, events.verdict_reason AS verdict_reason, events.clock AS clock, events.client_ts AS client_ts, events.site AS site, events.props AS props
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})) AS events
  ORDER BY toDate(events.ts), events.visitor, events.ts, events.event_id;
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
