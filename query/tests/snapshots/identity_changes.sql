SELECT toUnixTimestamp64Milli(max(at)) AS at
  FROM identity_changes
  WHERE site = {site:String};
-- site = "demo"
SELECT change, action, person, ids, edges, toUnixTimestamp64Milli(at) AS made_at, made_by, undone.1 AS undone_at, undone.2 AS undone_by, undone.3 AS undone_change
  FROM identity_changes AS one
  LEFT JOIN (SELECT undoes AS undone_id, min((toUnixTimestamp64Milli(at), made_by, change)) AS undone
  FROM identity_changes
  WHERE site = {site:String}
  AND undoes != ''
  GROUP BY undoes) AS undoing ON one.change = undone_id
  WHERE site = {site:String}
  AND change = {change:String} LIMIT 1;
-- site = "demo"
-- change = "c1"
SELECT change, action, person, ids, edges, toUnixTimestamp64Milli(at) AS made_at, made_by, undone.1 AS undone_at, undone.2 AS undone_by, undone.3 AS undone_change
  FROM identity_changes AS one
  LEFT JOIN (SELECT undoes AS undone_id, min((toUnixTimestamp64Milli(at), made_by, change)) AS undone
  FROM identity_changes
  WHERE site = {site:String}
  AND undoes != ''
  GROUP BY undoes) AS undoing ON one.change = undone_id
  WHERE site = {site:String}
  AND at > fromUnixTimestamp64Milli({p1:Int64})
  AND action != 'undo'
  AND undone_at = 0
  AND arrayExists(edge -> edge.1 IN {visitors:Array(String)}, edges)
  ORDER BY at LIMIT 1;
-- site = "demo"
-- p1 = 1795255200000
-- visitors = ["v1","@m"]
SELECT change, action, person, ids, edges, toUnixTimestamp64Milli(at) AS made_at, made_by, undone.1 AS undone_at, undone.2 AS undone_by, undone.3 AS undone_change
  FROM identity_changes AS one
  LEFT JOIN (SELECT undoes AS undone_id, min((toUnixTimestamp64Milli(at), made_by, change)) AS undone
  FROM identity_changes
  WHERE site = {site:String}
  AND undoes != ''
  GROUP BY undoes) AS undoing ON one.change = undone_id
  WHERE site = {site:String}
  AND action != 'undo'
  AND (person IN {ids:Array(String)} OR arrayExists(id -> id IN {ids:Array(String)}, ids) OR arrayExists(edge -> edge.2 IN {ids:Array(String)}, edges))
  ORDER BY at DESC, change LIMIT 200;
-- site = "demo"
-- ids = ["mario","m"]
INSERT INTO identity_changes (site, change, action, person, ids, edges, at, made_by, undoes) SELECT {site:String}, {change:String}, {action:String}, {person:String}, {ids:Array(String)}, arrayZip({visitors:Array(String)}, {users:Array(String)}, {sources:Array(String)}), fromUnixTimestamp64Milli({at:Int64}), {made_by:String}, {undoes:String};
-- site = "demo"
-- ids = ["v1"]
-- visitors = ["v1"]
-- users = ["mario"]
-- sources = ["manual"]
-- change = "c1"
-- action = "unlink"
-- person = "mario"
-- made_by = "first admin"
-- undoes = ""
-- at = 1795255200000
INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) SELECT {site:String}, one.2, one.1, one.3, '', fromUnixTimestamp64Milli(toInt64(one.4)), toInt8(one.5), fromUnixTimestamp64Milli(toInt64(one.6)), {made_by:String}
  FROM (SELECT arrayJoin(arrayZip({visitors:Array(String)}, {users:Array(String)}, {sources:Array(String)}, {exact:Array(String)}, {signs:Array(String)}, {said:Array(String)})) AS one);
-- site = "demo"
-- made_by = "first admin"
-- visitors = ["v1"]
-- users = ["mario"]
-- sources = ["manual"]
-- exact = ["1795255200000"]
-- signs = ["-1"]
-- said = ["1795255200000"]
