//! The statements of alerts: what looks found, and who has taken notice. Uses nobody.

use orma_store::Param;

use super::Sql;

/// A look, as it is read.
const LOOK: &str = "alert, revision, toUnixTimestamp64Milli(alert_looks.starts) AS from_ms, \
    toUnixTimestamp64Milli(alert_looks.ends) AS to_ms, rule_version, \
    toUnixTimestamp64Milli(alert_looks.looked_at) AS looked_at_ms, value, usual, low, high, weeks, toString(state) AS now_state, \
    toString(state_before) AS before_state, toString(reason) AS why, message, \
    if(isNull(alert_looks.fired_at), NULL, toUnixTimestamp64Milli(assumeNotNull(alert_looks.fired_at))) AS fired_at_ms";

/// A look, as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLook {
    /// The site.
    pub site: String,
    /// The alert.
    pub alert: String,
    /// From when to when events count.
    pub span_ms: (i64, i64),
    /// The rule's version.
    pub rule_version: u32,
    /// Its revision.
    pub revision: u64,
    /// When it was.
    pub looked_at_ms: i64,
    /// The number.
    pub value: Option<f64>,
    /// Median, lower and upper end of what is usual.
    pub usual: Option<(f64, f64, f64)>,
    /// In how many weeks it was found.
    pub weeks: u8,
    /// The state after it, and before it.
    pub states: (&'static str, &'static str),
    /// Why.
    pub reason: &'static str,
    /// What was wrong.
    pub message: String,
    /// When it last began to fire.
    pub fired_at_ms: Option<i64>,
}

fn number(sql: &mut Sql, value: Option<f64>) -> String {
    let text = value.map_or(String::new(), |value| value.to_string());
    format!("toFloat64OrNull({})", sql.bind("String", text.as_str()))
}

fn moment(sql: &mut Sql, ms: i64) -> String {
    format!("fromUnixTimestamp64Milli({})", sql.bind("Int64", Param::Int(ms)))
}

/// Writes a look. `fence` is a condition without which nothing is written.
pub fn write(look: &NewLook, fence: Option<&str>) -> Sql {
    let mut sql = Sql::new("", [("site", look.site.as_str().into()), ("alert", look.alert.as_str().into())]);
    let usual = |pick: fn((f64, f64, f64)) -> f64| look.usual.map(pick);
    let fired_at = match look.fired_at_ms {
        Some(ms) => moment(&mut sql, ms),
        None => "NULL".to_owned(),
    };
    let columns = [
        moment(&mut sql, look.span_ms.0),
        moment(&mut sql, look.span_ms.1),
        sql.bind("UInt32", Param::Int(look.rule_version.into())),
        sql.bind("UInt64", Param::Int(look.revision.cast_signed())),
        moment(&mut sql, look.looked_at_ms),
        number(&mut sql, look.value),
        number(&mut sql, usual(|(median, _, _)| median)),
        number(&mut sql, usual(|(_, low, _)| low)),
        number(&mut sql, usual(|(_, _, high)| high)),
        sql.bind("UInt8", Param::Int(look.weeks.into())),
        sql.bind("String", look.states.0),
        sql.bind("String", look.states.1),
        sql.bind("String", look.reason),
        sql.bind("String", look.message.as_str()),
        fired_at,
    ];
    sql.text = format!(
        "INSERT INTO alert_looks (site, alert, starts, ends, rule_version, revision, looked_at, value, usual, low, high, weeks, \
         state, state_before, reason, message, fired_at) SELECT {{site:String}}, {{alert:String}}, {} WHERE {}",
        columns.join(", "),
        fence.unwrap_or("1")
    );
    sql
}

/// The last look of each alert, of those that look at something after a moment: of one site, or of all. Also `site`.
pub fn latest(site: Option<&str>, after_ms: i64) -> Sql {
    let mut sql = Sql::default();
    let after = moment(&mut sql, after_ms);
    let of_site = site.map_or("1".to_owned(), |site| format!("site = {}", sql.bind("String", site)));
    sql.text = format!(
        "SELECT toString(site) AS site, {LOOK} FROM alert_looks FINAL WHERE {of_site} AND ends > {after} \
         ORDER BY alert_looks.revision DESC LIMIT 1 BY site, alert"
    );
    sql
}

/// The looks of an alert, the latest first, and one more than asked for.
pub fn looks(site: &str, alert: &str, offset: usize, limit: usize) -> Sql {
    let text = format!(
        "SELECT {LOOK} FROM alert_looks FINAL WHERE site = {{site:String}} AND alert = {{alert:String}} \
         ORDER BY alert_looks.revision DESC LIMIT {} OFFSET {offset}",
        limit + 1
    );
    Sql::new(text, [("site", site.into()), ("alert", alert.into())])
}

/// The looks that changed the state of an alert after a revision, in their order, and one more than asked for.
pub fn changes(site: &str, since: u64, limit: usize) -> Sql {
    let text = format!(
        "SELECT {LOOK} FROM alert_looks FINAL WHERE site = {{site:String}} AND revision > {{since:UInt64}} \
         AND state != state_before ORDER BY alert_looks.revision LIMIT {}",
        limit + 1
    );
    Sql::new(text, [("site", site.into()), ("since", Param::Int(since.cast_signed()))])
}

/// Who has taken notice that alerts fire: `alert`, `fired_at_ms`, `by`, `at_ms`.
pub fn acknowledgements(site: &str) -> Sql {
    Sql::new(
        "SELECT alert, toUnixTimestamp64Milli(alert_acknowledgements.fired_at) AS fired_at_ms, acknowledged_by AS by, \
         toUnixTimestamp64Milli(acknowledged_at) AS at_ms FROM alert_acknowledgements FINAL WHERE site = {site:String} \
         ORDER BY alert_acknowledgements.fired_at DESC LIMIT 1 BY alert",
        [("site", site.into())],
    )
}

/// Keeps that somebody has taken notice that an alert fires since a moment.
pub fn acknowledge(site: &str, alert: &str, fired_at_ms: i64, (by, at_ms): (&str, i64)) -> Sql {
    let mut sql = Sql::new("", [("site", site.into()), ("alert", alert.into()), ("by", by.into())]);
    let (fired_at, at) = (moment(&mut sql, fired_at_ms), moment(&mut sql, at_ms));
    sql.text = format!(
        "INSERT INTO alert_acknowledgements (site, alert, fired_at, acknowledged_by, acknowledged_at) \
         SELECT {{site:String}}, {{alert:String}}, {fired_at}, {{by:String}}, {at}"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_alerts() {
        let look = NewLook {
            site: "demo".into(),
            alert: "a1".into(),
            span_ms: (1, 2),
            rule_version: 3,
            revision: 4,
            looked_at_ms: 5,
            value: Some(0.5),
            usual: Some((1.0, 0.0, 2.0)),
            weeks: 8,
            states: ("firing", "ok"),
            reason: "unusually_low",
            message: String::new(),
            fired_at_ms: Some(5),
        };
        let silent = NewLook { value: None, usual: None, fired_at_ms: None, ..look.clone() };
        check(
            "alert",
            &[
                write(&look, Some("1 = 1")),
                write(&silent, None),
                latest(Some("demo"), 7),
                latest(None, 7),
                looks("demo", "a1", 50, 50),
                changes("demo", 4, 100),
                acknowledgements("demo"),
                acknowledge("demo", "a1", 5, ("anna", 6)),
            ],
        );
    }
}
