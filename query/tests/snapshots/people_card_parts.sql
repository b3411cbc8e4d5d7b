SELECT name AS trait, latest AS value
  FROM (SELECT toString(trait) AS name, argMax(value, (ts, id)) AS latest, max(ts) AS told_at
  FROM traits FINAL
  WHERE site = {site:String}
  AND id IN {ids:Array(String)}
  GROUP BY name
  ORDER BY told_at DESC, name LIMIT 1000)
  ORDER BY told_at, name;
-- site = "demo"
-- ids = ["mario","m"]
SELECT id, value AS name, toUnixTimestamp64Milli(ts) AS told_at
  FROM traits FINAL
  WHERE site = {site:String}
  AND id IN {ids:Array(String)}
  AND trait = 'name';
-- site = "demo"
-- ids = ["mario","m"]
