SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(ts) AS at, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))), 0) + bitShiftLeft(toUInt32((toString(kind) IN {p7:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})), 1)) AS fits
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND visitor_hash != sipHash64('')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND visitor_hash != sipHash64(''))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND (0 OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))) OR (toString(kind) IN {p7:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["page_view"]
-- p6 = ["/scarpe"]
-- p7 = ["order"]
-- p8 = ["email"]
SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))), 0)) AS fits
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (0 OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))))
  AND visitor_hash != sipHash64(''));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["page_view"]
-- p6 = ["/scarpe"]
SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, event_id, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))), 0)) AS fits
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (0 OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))))
  AND visitor_hash != sipHash64(''));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["page_view"]
-- p6 = ["/scarpe"]
SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(ts) AS at, event_id, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))), 0) + bitShiftLeft(toUInt32((toString(kind) IN {p7:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})), 1)) AS fits
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (toDate(ts), visitor) IN (SELECT day, visitor
  FROM visits
  WHERE site = {site:String}
  AND (day, visitor_hash) IN (SELECT toDate(found.1), found.2
  FROM (SELECT arrayJoin(arrayZip(reinterpret(base64Decode(materialize(concat({days_0:String}, ''))), 'Array(UInt64)'), reinterpret(base64Decode(materialize(concat({visitors_0:String}, ''))), 'Array(UInt64)'))) AS found)))
  AND visitor_hash != sipHash64('')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND visitor_hash != sipHash64(''))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1
  AND (0 OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))) OR (toString(kind) IN {p7:Array(String)}
  AND if(first_channel = '', 'direct', toString(first_channel)) IN {p8:Array(String)})));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["page_view"]
-- p6 = ["/scarpe"]
-- p7 = ["order"]
-- p8 = ["email"]
-- days_0 = "AQAAAAAAAAA="
-- visitors_0 = "BwAAAAAAAAA="
SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)})))), 0)) AS fits, toString(if(first_channel = '', 'direct', toString(first_channel))) AS label, reinterpretAsInt64(if(currency = {p7:String}, if(kind = 'refund', -abs(revenue), revenue), toDecimal64(0, 4))) AS amount
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind IN ('page_view', 'screen_view', 'click', 'custom', 'view_item', 'search', 'rage_click', 'dead_click', 'outbound', 'download', 'form', 'app_installed', 'app_updated', 'anr', 'crash', 'error', 'add_to_cart', 'begin_checkout', 'order', 'refund', 'signup', 'login', 'logout', 'subscribe', 'unsubscribe', 'referral', 'newsletter_sent', 'newsletter_delivered', 'newsletter_open', 'newsletter_click', 'newsletter_bounce', 'newsletter_complaint', 'survey_shown', 'survey_answer', 'survey_dismissed', 'ticket_opened', 'ticket_updated', 'ticket_closed', 'chat_started', 'chat_message', 'chat_ended', 'call', 'store_visit', 'return') OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))))
  AND visitor_hash != sipHash64('')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind IN ('page_view', 'screen_view', 'click', 'custom', 'view_item', 'search', 'rage_click', 'dead_click', 'outbound', 'download', 'form', 'app_installed', 'app_updated', 'anr', 'crash', 'error', 'add_to_cart', 'begin_checkout', 'order', 'refund', 'signup', 'login', 'logout', 'subscribe', 'unsubscribe', 'referral', 'newsletter_sent', 'newsletter_delivered', 'newsletter_open', 'newsletter_click', 'newsletter_bounce', 'newsletter_complaint', 'survey_shown', 'survey_answer', 'survey_dismissed', 'ticket_opened', 'ticket_updated', 'ticket_closed', 'chat_started', 'chat_message', 'chat_ended', 'call', 'store_visit', 'return') OR (toString(kind) IN {p5:Array(String)}
  AND ((path != ''
  AND path IN {p6:Array(String)}) OR (path = ''
  AND screen IN {p6:Array(String)}))))
  AND visitor_hash != sipHash64(''))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["page_view"]
-- p6 = ["/scarpe"]
-- p7 = "EUR"
SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(ts) AS at, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)})), 0)) AS fits
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
  AND (0 OR (toString(kind) IN {p5:Array(String)}))
  AND visitor_hash != sipHash64('')
  AND kind IN ('view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund'));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["order"]
SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(ts) AS at, toUInt32(0) AS fits, toString(if(kind IN ('page_view', 'screen_view'), if(path = '', toString(screen), path), if(kind = 'custom'
  AND name != '', toString(name), toString(kind)))) AS label
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (kind IN ('page_view', 'screen_view', 'click', 'custom', 'view_item', 'search', 'rage_click', 'dead_click', 'outbound', 'download', 'form', 'app_installed', 'app_updated', 'anr', 'crash', 'error', 'add_to_cart', 'begin_checkout', 'order', 'refund', 'signup', 'login', 'logout', 'subscribe', 'unsubscribe', 'referral', 'newsletter_sent', 'newsletter_delivered', 'newsletter_open', 'newsletter_click', 'newsletter_bounce', 'newsletter_complaint', 'survey_shown', 'survey_answer', 'survey_dismissed', 'ticket_opened', 'ticket_updated', 'ticket_closed', 'chat_started', 'chat_message', 'chat_ended', 'call', 'store_visit', 'return')));
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
SELECT visitor_hash, toUnixTimestamp64Milli(ts) AS at, toUInt32(bitShiftLeft(toUInt32((toString(kind) IN {p5:Array(String)})), 0) + bitShiftLeft(toUInt32((toString(kind) IN {p6:Array(String)})), 1)) AS fits, toString(concat(toString(length(toString(toString(stage)))), ':', toString(toString(stage)), toString(length(toString(if(first_channel = '', 'direct', toString(first_channel))))), ':', toString(if(first_channel = '', 'direct', toString(first_channel))))) AS label, reinterpretAsInt64(if(currency = {p7:String}, if(kind = 'refund', -abs(revenue), revenue), toDecimal64(0, 4))) AS amount
  FROM (SELECT *
  FROM (SELECT *, (bot != '' OR verdict = 'machine') AS is_bot
  FROM events FINAL
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (0 OR (toString(kind) IN {p5:Array(String)}) OR (toString(kind) IN {p6:Array(String)}))
  AND visitor_hash != sipHash64('')) AS event ASOF
  LEFT JOIN (SELECT visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit, is_session, view_count, action_count, order_count, lasted_ms, exit_page, entry_page AS first_entry_page, host AS first_host, language AS first_language, app_version AS first_app_version, source AS first_source, channel AS first_channel, utm_campaign AS first_utm_campaign, utm_source AS first_utm_source, utm_medium AS first_utm_medium, country AS first_country, region AS first_region, city AS first_city, device_class AS first_device_class, device_brand AS first_device_brand, device_model AS first_device_model, browser AS first_browser, os AS first_os, os_version AS first_os_version, utm_term AS first_utm_term, utm_content AS first_utm_content
  FROM visits FINAL PREWHERE (visitor_hash, session_hash) IN (SELECT visitor_hash, session_hash
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND bot = ''
  AND verdict != 'machine'
  AND (0 OR (toString(kind) IN {p5:Array(String)}) OR (toString(kind) IN {p6:Array(String)}))
  AND visitor_hash != sipHash64(''))
  WHERE site = {site:String}
  AND part = 0
  AND day BETWEEN {from_day:Date}
  AND {to_day:Date}
  AND NOT is_bot) AS visited ON visitor_hash = of_visitor
  AND session_hash = of_session
  AND is_bot = of_bot
  AND ts >= visit
  WHERE 1);
-- site = "demo"
-- from = 1793487600000
-- to = 1795302000000
-- from_day = "2026-10-31"
-- to_day = "2026-11-21"
-- p5 = ["order"]
-- p6 = ["page_view","screen_view","click","custom","view_item","search","rage_click","dead_click","outbound","download","form","app_installed","app_updated","anr","crash","error","add_to_cart","begin_checkout","order","refund","signup","login","logout","subscribe","unsubscribe","referral","newsletter_open","newsletter_click","newsletter_complaint","survey_shown","survey_answer","survey_dismissed","ticket_opened","ticket_updated","ticket_closed","chat_started","chat_message","chat_ended","call","store_visit","return"]
-- p7 = "EUR"
