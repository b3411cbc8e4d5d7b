//! The views that analysts read, and those that they are made of.
//!
//! Each takes its rows where the other answers take theirs: events from [`event_table`], whose they are from [`identity`], people
//! from the table of the list. The site is that of the [reader's query](SITE) in place of a bound value, so one view serves all
//! sites.

use orma_store::reader::SITE;

use crate::sql::clause::{self, VISIT};
use crate::sql::event_table::{self, Duplicates, Joined};
use crate::sql::identity::{People, closure_of_aliases, owned};
use crate::sql::visits::{ALL, Columns, shares_of};

/// Who is whom; not for analysts.
const ALIASES: &str = "aliases";

/// A column: its name, and where it is not that of the rows, what it is.
type Column = (&'static str, &'static str);

/// What `events` has of each event.
const OF_EVENTS: [Column; 66] = [
    ("ts", ""),
    ("day", "toDate(ts, {zone})"),
    ("kind", ""),
    ("name", ""),
    ("person", "person_id"),
    ("visit", "{visit}"),
    ("page", "if(path = '', toString(screen), toString(path))"),
    ("title", ""),
    ("revenue", "if(kind = 'refund', -abs(revenue), revenue)"),
    ("currency", ""),
    ("is_bot", ""),
    ("touchpoint", ""),
    ("stage", ""),
    ("visitor", ""),
    ("user", ""),
    ("session", ""),
    ("event_id", "toString(event_id)"),
    ("received_at", ""),
    ("host", ""),
    ("path", ""),
    ("query", ""),
    ("referrer", ""),
    ("screen", ""),
    ("target", ""),
    ("message", ""),
    ("source", ""),
    ("channel", ""),
    ("utm_source", ""),
    ("utm_medium", ""),
    ("utm_campaign", ""),
    ("utm_term", ""),
    ("utm_content", ""),
    ("click_id_kind", ""),
    ("newsletter_campaign", ""),
    ("link", ""),
    ("country", ""),
    ("region", ""),
    ("city", ""),
    ("device_class", ""),
    ("device_brand", ""),
    ("device_model", ""),
    ("browser", ""),
    ("browser_version", ""),
    ("os", ""),
    ("os_version", ""),
    ("language", ""),
    ("timezone", ""),
    ("screen_width", "nullIf(screen_width, 0)"),
    ("screen_height", "nullIf(screen_height, 0)"),
    ("app_name", ""),
    ("app_version", ""),
    ("app_build", ""),
    ("network", ""),
    ("sdk", ""),
    ("duration_ms", "nullIf(duration_ms, 0)"),
    ("engaged_ms", "nullIf(engaged_ms, 0)"),
    ("scroll_pct", "nullIf(scroll_pct, 0)"),
    ("value", ""),
    ("rating", ""),
    ("consent", ""),
    ("bot", ""),
    ("bot_reason", ""),
    ("verdict", ""),
    ("verdict_reason", ""),
    ("clock", ""),
    ("props", ""),
];

/// What `visits` has of each visit.
const OF_VISITS: [Column; 38] = [
    ("visit", "{visit}"),
    ("person", "person_id"),
    ("visitor", ""),
    ("user", "owner"),
    ("day", "toDate(started, {zone})"),
    ("started", ""),
    ("ended", ""),
    ("duration_ms", "lasted_ms"),
    ("is_session", ""),
    ("is_bot", ""),
    ("page_views", "view_count"),
    ("actions", "action_count"),
    ("events", "event_count"),
    ("orders", "order_count"),
    ("revenue", "money[{currency}]"),
    ("money", ""),
    ("entry_page", ""),
    ("exit_page", ""),
    ("pages", ""),
    ("channel", ""),
    ("source", ""),
    ("utm_source", ""),
    ("utm_medium", ""),
    ("utm_campaign", ""),
    ("utm_term", ""),
    ("utm_content", ""),
    ("host", ""),
    ("language", ""),
    ("app_version", ""),
    ("country", ""),
    ("region", ""),
    ("city", ""),
    ("device_class", ""),
    ("device_brand", ""),
    ("device_model", ""),
    ("browser", ""),
    ("os", ""),
    ("os_version", ""),
];

/// What `people` has of each person.
const OF_PEOPLE: [Column; 20] = [
    ("person", "person_id"),
    ("is_identified", "toBool(is_identified)"),
    ("first_seen", ""),
    ("last_seen", ""),
    ("first_day", "toDate(first_seen, {zone})"),
    ("last_day", "toDate(last_seen, {zone})"),
    ("sessions", "session_count"),
    ("page_views", "view_count"),
    ("events", "event_count"),
    ("orders", "order_count"),
    ("revenue", "money[{currency}]"),
    ("money", ""),
    ("visitors", "visitor_count"),
    ("channel", ""),
    ("source", ""),
    ("country", ""),
    ("device_class", ""),
    ("browser", ""),
    ("os", ""),
    ("last_page", ""),
];

/// The names of the columns of a view.
#[cfg(test)]
fn names(columns: &[Column]) -> Vec<&'static str> {
    columns.iter().map(|(name, _)| *name).collect()
}

/// A view: its name, and the statement that makes its rows, in which tables without a database are orma's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// A `SELECT`.
    pub select: String,
}

/// All views, in the order in which they can be made. `database` is theirs.
pub fn all(database: &str) -> Vec<View> {
    let people = People::of_table(&format!("{database}.{ALIASES}"));
    let view = |name, select: String| View { name, select: select.replace("{site:String}", SITE) };
    vec![
        view(ALIASES, closure_of_aliases()),
        view("events", events(&people)),
        view("visits", visits(&people)),
        view("people", known_people(&people, database)),
    ]
}

fn events(people: &People) -> String {
    let visits = Joined { with_bots: true, days: " AND NOT is_continued", with_owners: true };
    let events = event_table::table("site = {site:String}", &[], Duplicates::Merged, Some(visits));
    format!("SELECT {} FROM {} AS one", columns(&OF_EVENTS), people.rows(&owned(&events)))
}

/// The visits as answers count them: each as a whole, and of several owners that of its first event.
fn visits(people: &People) -> String {
    let columns_of_rows = "*, started AS visit";
    let rows = format!(
        "(SELECT {columns_of_rows} FROM visits FINAL WHERE site = {{site:String}} AND part = 0{ALL})"
    );
    format!("SELECT {} FROM {} AS one", columns(&OF_VISITS), people.rows(&rows))
}

/// The rows of the table of people, and of those whom aliases join what is known of all of their visits.
fn known_people(people: &People, database: &str) -> String {
    let joined = format!("(SELECT arrayJoin([alias_hash, alias_person_hash]) FROM {database}.{ALIASES})");
    let theirs = format!(
        "WHERE site = {{site:String}} AND NOT is_mixed AND NOT is_bot{ALL} \
         AND (owner_hash IN {joined} OR (owner_hash = 0 AND visitor_hash IN {joined})) AND visitor != ''"
    );
    let (latest, earliest) = (format!("(ended, {VISIT})"), format!("(since, {VISIT})"));
    let device = "(first_device_class, first_browser, first_os)";
    let shown = "person_id, is_identified, first_seen, last_seen, session_count, view_count, event_count, order_count, money, \
                 visitor_count, country, device_class, browser, os, last_page, channel, source, person_hash";
    let rows = format!(
        "(SELECT {shown} FROM people FINAL WHERE site = {{site:String}} AND NOT is_deleted AND person_hash NOT IN {joined} \
         UNION ALL SELECT {shown} FROM (SELECT any(person_id) AS person_id, max(person_hash != visitor_hash) AS is_identified, \
         min(since) AS first_seen, max(ended) AS last_seen, uniqExactIf({VISIT}, is_session) AS session_count, \
         sum(view_count) AS view_count, sum(event_count) AS event_count, sum(order_count) AS order_count, \
         sumMap(money) AS money, uniqExact(visitor_hash) AS visitor_count, \
         argMaxIf(first_country, {latest}, first_country != '') AS country, \
         argMaxIf({device}, {latest}, {device} != ('', '', '')) AS device, \
         device.1 AS device_class, device.2 AS browser, device.3 AS os, \
         argMaxIf(last_page, {latest}, rows_of_one.view_count > 0) AS last_page, \
         argMin((first_channel, first_source), {earliest}) AS origin, origin.1 AS channel, origin.2 AS source, person_hash \
         FROM {} AS rows_of_one GROUP BY person_hash))",
        people.rows(&shares_of(Columns::All, &theirs))
    );
    format!("SELECT {} FROM {rows}", columns(&OF_PEOPLE))
}

fn columns(columns: &[Column]) -> String {
    let setting = |field: &str| {
        format!(
            "(SELECT anyIf(value, field = '{field}') FROM site_settings FINAL WHERE site = {{site:String}})"
        )
    };
    let zone = format!("ifNull(nullIf({}, ''), 'UTC')", setting("timezone"));
    // What an event without a visit is joined to begins with the epoch.
    let visit = format!(
        "if(toUnixTimestamp64Milli(visit) = 0, '', lower(hex(sipHash64({}))))",
        clause::VISIT_COLUMNS
    );
    let texts: Vec<String> = columns
        .iter()
        .map(|(name, what)| {
            let what = if what.is_empty() { *name } else { what };
            let what = what.replace("{zone}", &zone).replace("{currency}", &setting("currency"));
            format!("{} AS {name}", what.replace("{visit}", &visit))
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Sql;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_the_views() {
        let views =
            all("orma_sql").into_iter().map(|View { select, .. }| Sql { text: select, params: Vec::new() });
        check("own_sql_views", &views.collect::<Vec<_>>());
    }

    #[test]
    fn the_document_names_each_column() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sql.md");
        let document = std::fs::read_to_string(path).unwrap();
        for (view, columns) in
            [("events", names(&OF_EVENTS)), ("visits", names(&OF_VISITS)), ("people", names(&OF_PEOPLE))]
        {
            let of_view = document.split(&format!("### `{view}`")).nth(1).expect(view);
            let of_view = of_view.split("\n##").next().unwrap();
            for name in columns {
                assert!(of_view.contains(&format!("`{name}`")), "{view}: {name}");
            }
        }
    }
}
