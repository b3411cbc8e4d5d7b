//! The statements of a journey: what the person has of visits, then the events of some of these.

use orma_store::Param;

use super::visit::VisitRow;
use crate::sql::Sql;
use crate::sql::clause::IS_HUMAN;
use crate::sql::event_table::{self, Duplicates};
use crate::sql::identity::of_ids;
use crate::sql::person::Ids;

/// What a person has of visits, the last to end first: the columns of [`VisitRow`].
pub fn visits(site: &str, Ids(ids): Ids<'_>, with_bots: bool, rows_max: usize) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let human = if with_bots { "" } else { " AND NOT is_bot" };
    let theirs = of_ids(&sql.bind_texts("ids", ids).each, &format!(" AND NOT is_continued{human}"));
    let limit = sql.bind("UInt64", rows_max as i64 + 1);
    // Two of the ids may have parts of the same visit.
    sql.text = format!(
        "SELECT visitor, session_hash, is_bot, toUnixTimestamp64Milli(started) AS started_at, \
         toUnixTimestamp64Milli(min(since)) AS since_at, toUnixTimestamp64Milli(max(ended)) AS ended_at, \
         sum(event_count) AS events, sum(order_count) AS orders, \
         toUnixTimestamp64Milli(minIf(addMilliseconds(started, first_order_ms), order_count > 0)) AS first_order_at, \
         any(owner) AS owner, \
         any(arrayZip(turn_ms, turn_event, turn_owner)) AS turns \
         FROM visits FINAL {theirs} \
         GROUP BY visitor, session_hash, is_bot, started_at \
         ORDER BY ended_at DESC, since_at DESC, visitor, session_hash, is_bot LIMIT {limit}"
    );
    sql
}

/// The latest events up to a moment in the sessions of some visits and since these began, whoever's they are: the columns of
/// [`super::piece::Event`]. One that came twice may be here twice: merging so few rows in the store takes longer than reading
/// them.
pub fn events(site: &str, visits: &[VisitRow], until: i64, with_bots: bool, rows_max: i64) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let texts = |of: fn(&VisitRow) -> String| -> Vec<String> {
        visits.iter().map(of).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    let visitors = sql.bind_texts("visitors", &texts(|visit| visit.visitor.clone())).set;
    let sessions = sql.bind_texts("sessions", &texts(|visit| visit.session_hash.to_string())).each;
    let days: std::collections::BTreeSet<String> = visits.iter().flat_map(VisitRow::days).collect();
    let days = sql.bind("Array(Date)", Param::Texts(days.into_iter().collect()));
    let from = sql.bind("Int64", visits.iter().map(|visit| visit.since_at).min().unwrap_or_default());
    let to = sql.bind("Int64", until);
    let human = if with_bots { String::new() } else { format!(" AND {IS_HUMAN}") };
    let window = format!(
        "site = {{site:String}} AND toDate(ts) IN {days} AND visitor IN {visitors} \
         AND ts BETWEEN fromUnixTimestamp64Milli({from}) AND fromUnixTimestamp64Milli({to}) \
         AND session_hash IN (SELECT toUInt64({sessions})){human}"
    );
    let events = event_table::table(&window, &[], Duplicates::Kept, None);
    sql.text = format!(
        "SELECT toString(event_id) AS id, toUnixTimestamp64Milli(ts) AS at, visitor, session, session_hash, \
         toBool(is_bot) AS is_bot, user, kind, name, \
         touchpoint, stage, title, host, path, referrer, screen, target, duration_ms, engaged_ms, scroll_pct, value, \
         rating, revenue AS amount, currency, \
         if(newsletter_campaign = '', utm_campaign, newsletter_campaign) AS campaign, message, link, app_version, \
         bot, verdict, verdict_reason, props, source, channel, device_class, browser, os, country \
         FROM {events} ORDER BY at DESC, id DESC LIMIT {rows_max}"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_a_journey() {
        let ids = ["mario", "m"].map(ToOwned::to_owned);
        let visit = |visitor: &str, session_hash, since_at, ended_at| VisitRow {
            visitor: visitor.into(),
            session_hash,
            started_at: since_at,
            since_at,
            ended_at,
            events: 3,
            ..VisitRow::default()
        };
        let read = [
            visit("v1", 7, 1_795_219_200_000, 1_795_305_600_000),
            visit("@mario", 0, 1_795_219_200_000, 1_795_219_200_000),
        ];
        check(
            "journey",
            &[
                visits("demo", Ids(&ids), false, 200),
                visits("demo", Ids(&ids), true, 200),
                events("demo", &read, 1_795_305_600_000, false, 2_000),
                events("demo", &read, 1_795_305_600_000, true, 2_000),
            ],
        );
    }
}
