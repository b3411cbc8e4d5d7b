SELECT toUnixTimestamp64Milli(minOrNull(ts)) AS at
  FROM events
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  AND toDate(ts) = (SELECT toDate(ts)
  FROM events
  WHERE site = {site:String}
  AND bot = ''
  AND verdict != 'machine'
  ORDER BY site, toDate(ts) LIMIT 1);
-- site = "demo"
SELECT toUnixTimestamp64Milli(minOrNull(ts)) AS at
  FROM events
  WHERE site = {site:String}
  AND toDate(ts) = (SELECT toDate(ts)
  FROM events
  WHERE site = {site:String}
  ORDER BY site, toDate(ts) LIMIT 1);
-- site = "demo"
