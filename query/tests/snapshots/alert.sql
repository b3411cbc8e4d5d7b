INSERT INTO alert_looks (site, alert, starts, ends, rule_version, revision, looked_at, value, usual, low, high, weeks, state, state_before, reason, message, fired_at) SELECT {site:String}, {alert:String}, fromUnixTimestamp64Milli({p3:Int64}), fromUnixTimestamp64Milli({p4:Int64}), {p5:UInt32}, {p6:UInt64}, fromUnixTimestamp64Milli({p7:Int64}), toFloat64OrNull({p8:String}), toFloat64OrNull({p9:String}), toFloat64OrNull({p10:String}), toFloat64OrNull({p11:String}), {p12:UInt8}, {p13:String}, {p14:String}, {p15:String}, {p16:String}, fromUnixTimestamp64Milli({p2:Int64})
  WHERE 1 = 1;
-- site = "demo"
-- alert = "a1"
-- p2 = 5
-- p3 = 1
-- p4 = 2
-- p5 = 3
-- p6 = 4
-- p7 = 5
-- p8 = "0.5"
-- p9 = "1"
-- p10 = "0"
-- p11 = "2"
-- p12 = 8
-- p13 = "firing"
-- p14 = "ok"
-- p15 = "unusually_low"
-- p16 = ""
INSERT INTO alert_looks (site, alert, starts, ends, rule_version, revision, looked_at, value, usual, low, high, weeks, state, state_before, reason, message, fired_at) SELECT {site:String}, {alert:String}, fromUnixTimestamp64Milli({p2:Int64}), fromUnixTimestamp64Milli({p3:Int64}), {p4:UInt32}, {p5:UInt64}, fromUnixTimestamp64Milli({p6:Int64}), toFloat64OrNull({p7:String}), toFloat64OrNull({p8:String}), toFloat64OrNull({p9:String}), toFloat64OrNull({p10:String}), {p11:UInt8}, {p12:String}, {p13:String}, {p14:String}, {p15:String}, NULL
  WHERE 1;
-- site = "demo"
-- alert = "a1"
-- p2 = 1
-- p3 = 2
-- p4 = 3
-- p5 = 4
-- p6 = 5
-- p7 = ""
-- p8 = ""
-- p9 = ""
-- p10 = ""
-- p11 = 8
-- p12 = "firing"
-- p13 = "ok"
-- p14 = "unusually_low"
-- p15 = ""
SELECT toString(site) AS site, alert, revision, toUnixTimestamp64Milli(alert_looks.starts) AS from_ms, toUnixTimestamp64Milli(alert_looks.ends) AS to_ms, rule_version, toUnixTimestamp64Milli(alert_looks.looked_at) AS looked_at_ms, value, usual, low, high, weeks, toString(state) AS now_state, toString(state_before) AS before_state, toString(reason) AS why, message, if(isNull(alert_looks.fired_at), NULL, toUnixTimestamp64Milli(assumeNotNull(alert_looks.fired_at))) AS fired_at_ms
  FROM alert_looks FINAL
  WHERE site = {p1:String}
  AND ends > fromUnixTimestamp64Milli({p0:Int64})
  ORDER BY alert_looks.revision DESC LIMIT 1 BY site, alert;
-- p0 = 7
-- p1 = "demo"
SELECT toString(site) AS site, alert, revision, toUnixTimestamp64Milli(alert_looks.starts) AS from_ms, toUnixTimestamp64Milli(alert_looks.ends) AS to_ms, rule_version, toUnixTimestamp64Milli(alert_looks.looked_at) AS looked_at_ms, value, usual, low, high, weeks, toString(state) AS now_state, toString(state_before) AS before_state, toString(reason) AS why, message, if(isNull(alert_looks.fired_at), NULL, toUnixTimestamp64Milli(assumeNotNull(alert_looks.fired_at))) AS fired_at_ms
  FROM alert_looks FINAL
  WHERE 1
  AND ends > fromUnixTimestamp64Milli({p0:Int64})
  ORDER BY alert_looks.revision DESC LIMIT 1 BY site, alert;
-- p0 = 7
SELECT alert, revision, toUnixTimestamp64Milli(alert_looks.starts) AS from_ms, toUnixTimestamp64Milli(alert_looks.ends) AS to_ms, rule_version, toUnixTimestamp64Milli(alert_looks.looked_at) AS looked_at_ms, value, usual, low, high, weeks, toString(state) AS now_state, toString(state_before) AS before_state, toString(reason) AS why, message, if(isNull(alert_looks.fired_at), NULL, toUnixTimestamp64Milli(assumeNotNull(alert_looks.fired_at))) AS fired_at_ms
  FROM alert_looks FINAL
  WHERE site = {site:String}
  AND alert = {alert:String}
  ORDER BY alert_looks.revision DESC LIMIT 51 OFFSET 50;
-- site = "demo"
-- alert = "a1"
SELECT alert, revision, toUnixTimestamp64Milli(alert_looks.starts) AS from_ms, toUnixTimestamp64Milli(alert_looks.ends) AS to_ms, rule_version, toUnixTimestamp64Milli(alert_looks.looked_at) AS looked_at_ms, value, usual, low, high, weeks, toString(state) AS now_state, toString(state_before) AS before_state, toString(reason) AS why, message, if(isNull(alert_looks.fired_at), NULL, toUnixTimestamp64Milli(assumeNotNull(alert_looks.fired_at))) AS fired_at_ms
  FROM alert_looks FINAL
  WHERE site = {site:String}
  AND revision > {since:UInt64}
  AND state != state_before
  ORDER BY alert_looks.revision LIMIT 101;
-- site = "demo"
-- since = 4
SELECT alert, toUnixTimestamp64Milli(alert_acknowledgements.fired_at) AS fired_at_ms, acknowledged_by AS by, toUnixTimestamp64Milli(acknowledged_at) AS at_ms
  FROM alert_acknowledgements FINAL
  WHERE site = {site:String}
  ORDER BY alert_acknowledgements.fired_at DESC LIMIT 1 BY alert;
-- site = "demo"
INSERT INTO alert_acknowledgements (site, alert, fired_at, acknowledged_by, acknowledged_at) SELECT {site:String}, {alert:String}, fromUnixTimestamp64Milli({p3:Int64}), {by:String}, fromUnixTimestamp64Milli({p4:Int64});
-- site = "demo"
-- alert = "a1"
-- by = "anna"
-- p3 = 5
-- p4 = 6
