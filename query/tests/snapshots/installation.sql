SELECT toString(host) AS host_name, toInt64(uniqExact(event_id)) AS events, toInt64(uniqExact(visitor)) AS visitors, toInt64(uniqExactIf(event_id, bot != '' OR verdict = 'machine')) AS bots, toUnixTimestamp64Milli(max(received_at)) AS last_at
  FROM events
  WHERE site = {site:String}
  AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  GROUP BY host_name
  ORDER BY events DESC, host_name;
-- site = "demo"
-- from = 1795255200000
SELECT toString(event_id) AS id, toUnixTimestamp64Milli(received_at) AS received, toString(kind) AS kind_name, toString(name) AS event_name, toString(host) AS host_name, if(path = '', toString(screen), toString(path)) AS page, toString(sdk) AS sdk_name, toString(bot) AS bot_name
  FROM events
  WHERE site = {site:String}
  AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  ORDER BY received_at DESC, ts DESC, event_id LIMIT 1 BY event_id LIMIT 10;
-- site = "demo"
-- from = 1795255200000
SELECT reason_name, argMax(message, received_at) AS message_text, origin, write_key, toUInt8(requests) AS whole, toUInt8(site_name != '') AS named, toInt64(sum(greatest(requests_of_row, 1))) AS amount, toUnixTimestamp64Milli(max(received_at)) AS last_at, if(whole, '', argMax(payload, received_at)) AS example
  FROM (SELECT toString(site) AS site_name, toString(reason) AS reason_name, message, received_at, payload, if(startsWith(payload, 'request {'), substring(payload, length('request ') + 1), '') AS request, request != '' AS requests, JSONExtractUInt(request, 'requests') AS requests_of_row, JSONExtractString(request, 'origin') AS origin, JSONExtractString(request, 'key') AS write_key
  FROM rejected_events
  WHERE site IN ({site:String}, '')
  AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  WHERE named OR origin IN {origins:Array(String)}
  GROUP BY reason_name, origin, write_key, requests, site_name
  ORDER BY last_at DESC, reason_name, origin, write_key LIMIT 50;
-- site = "demo"
-- from = 1795255200000
-- origins = ["https://shop.example"]
SELECT reason_name, argMax(message, received_at) AS message_text, origin, write_key, toUInt8(requests) AS whole, toUInt8(site_name != '') AS named, toInt64(sum(greatest(requests_of_row, 1))) AS amount, toUnixTimestamp64Milli(max(received_at)) AS last_at, if(whole, '', argMax(payload, received_at)) AS example
  FROM (SELECT toString(site) AS site_name, toString(reason) AS reason_name, message, received_at, payload, if(startsWith(payload, 'request {'), substring(payload, length('request ') + 1), '') AS request, request != '' AS requests, JSONExtractUInt(request, 'requests') AS requests_of_row, JSONExtractString(request, 'origin') AS origin, JSONExtractString(request, 'key') AS write_key
  FROM rejected_events
  WHERE site IN ({site:String}, '')
  AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
  WHERE named OR 1
  GROUP BY reason_name, origin, write_key, requests, site_name
  ORDER BY last_at DESC, reason_name, origin, write_key LIMIT 50;
-- site = "demo"
-- from = 1795255200000
SELECT toInt64(toUnixTimestamp(max(hour))) AS hour_start
  FROM outcomes
  WHERE site = {site:String}
  AND accepted > 0;
-- site = "demo"
