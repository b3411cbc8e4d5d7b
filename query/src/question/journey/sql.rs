//! The statements of a journey: on which days a person's visitors were here, then the events of some of these days.

use orma_store::Param;

use crate::identity::Visitors;
use crate::sql::Sql;
use crate::sql::clause::{EVENTS_OF_SESSION, IS_HUMAN};
use crate::sql::identity::on_visitors;

/// The days of some visitors: `visitor`, `session`, `day`, `started` (milliseconds), `events`. Read from the sessions,
/// which leave bots out; with them, from the events.
pub fn days(site: &str, visitors: &Visitors, with_bots: bool, rows_max: usize) -> Sql {
    let (mut sql, visitors) = on_visitors(site, visitors);
    let (columns, table) = if with_bots {
        let columns =
            "toString(toDate(ts)) AS day, toUnixTimestamp64Milli(min(ts)) AS started, count() AS events";
        (columns.to_owned(), "events")
    } else {
        let columns = format!(
            "toString(sessions.day) AS day, toUnixTimestamp64Milli(min(started_at)) AS started, \
             {EVENTS_OF_SESSION} AS events"
        );
        (columns, "sessions")
    };
    let limit = sql.bind("UInt64", rows_max as i64 + 1);
    sql.text = format!(
        "SELECT visitor, session, {columns} FROM {table} WHERE site = {{site:String}} AND visitor IN {visitors} \
         GROUP BY visitor, session, day ORDER BY day DESC, visitor, session LIMIT {limit}"
    );
    sql
}

/// The latest events of some visitors on some days. One that came twice may be here twice: merging so few rows in the
/// store takes longer than reading them.
pub fn events(site: &str, visitors: &[String], days: &[String], with_bots: bool, rows_max: i64) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let visitors = sql.bind_texts("visitors", visitors).set;
    let days = sql.bind("Array(Date)", Param::Texts(days.to_vec()));
    let human = if with_bots { String::new() } else { format!(" AND {IS_HUMAN}") };
    sql.text = format!(
        "SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, user, session, kind, name, \
         touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, \
         rating, revenue AS amount, currency, \
         if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, language, \
         bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country \
         FROM events WHERE site = {{site:String}} AND toDate(ts) IN {days} \
         AND visitor IN {visitors}{human} ORDER BY at DESC, id DESC LIMIT {rows_max}"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_a_journey() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let named = Visitors::These(texts(&["v1", "@mario"]));
        let of_users = Visitors::OfUsers { people: texts(&["mario"]), ids: texts(&["mario", "m"]) };
        let (visitors, days_read) = (texts(&["v1", "@mario"]), texts(&["2026-11-21", "2026-11-20"]));
        check(
            "journey",
            &[
                days("demo", &named, false, 200),
                days("demo", &of_users, true, 200),
                events("demo", &visitors, &days_read, false, 2_000),
                events("demo", &visitors, &days_read, true, 2_000),
            ],
        );
    }
}
