//! The statements about whose ids are one person.

use orma_store::Param;
use orma_visits::edges::{IS_OF_A_DAY, edges};

use super::request::Thresholds;
use crate::identity::{Aliases, EdgeRow};
use crate::sql::Sql;
use crate::sql::clause::{
    HAS_REVENUE_OF_VISITS, IS_HUMAN, IS_SESSION, IS_VIEW, ON_VISIT, OTHER_REVENUE, OTHER_REVENUE_OF_VISITS,
    REVENUE, REVENUE_OF_VISITS, VISIT, VISIT_OF_EVENT,
};
use crate::sql::event_table;
use crate::sql::identity::{People, of_ids};
use crate::sql::visits::{ALL, Columns, shares_of};
use crate::timestamp::Timestamp;

/// The edges of the site.
const OF_SITE: &str = "site = {site:String}";
/// Edges of one person that are told.
pub const EDGES_MAX: usize = 1_000;
/// Visitors of one person that are told.
pub const VISITORS_MAX: usize = 1_000;
/// Changes of one person that are told.
pub const CHANGES_MAX: usize = 200;
/// Rows of edges that a preview reads.
pub const ROWS_MAX: usize = 200_000;
/// Rows of events, put together by visit, that a preview reads.
pub const GROUPS_MAX: usize = 100_000;
/// Visitors of one person that a preview tells.
pub const PREVIEW_IDS_MAX: usize = 100;
/// Suspicious people that are found.
pub const SUSPICIOUS_MAX: usize = 1_000;

/// The visitors of some users that no device has: of an alias, and of what only a server knows.
pub fn marked(users: &[String]) -> Vec<String> {
    users.iter().map(|user| format!("@{user}")).collect()
}

/// Edges of some users and of their aliases, by their ends, the latest first: `visitor`, `user`, `source`, `linked_at`
/// (milliseconds), `recorded_by`, `in_force`, `latest_at`, `removed_at` (milliseconds), `removed_by`.
pub fn pairs(site: &str, users: &[String], only_in_force: bool, limit: usize) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let marked = sql.bind_texts("marked", &marked(users));
    let users = sql.bind_texts("users", users);
    let edges = edges(
        OF_SITE,
        &format!("source != 'reset' AND (user IN {} OR visitor IN {})", users.set, marked.set),
    );
    let which = if only_in_force { "active" } else { "NOT is_of_a_day" };
    let limit = sql.bind("UInt64", limit as i64);
    // What holds is told of an edge that does; of others, what was.
    sql.text = format!(
        "SELECT visitor, user, argMin(source, (NOT active, marked_at)) AS source, \
         toUnixTimestamp64Milli(argMin(marked_at, (NOT active, marked_at))) AS linked_at, \
         argMin(recorded_by, (NOT active, marked_at)) AS recorded_by, toBool(max(active)) AS in_force, \
         toUnixTimestamp64Milli(max(marked_at)) AS latest_at, toUnixTimestamp64Milli(max(removed_at)) AS removed_at, \
         argMax(removed_by, removed_at) AS removed_by FROM ({edges}) WHERE {which} \
         GROUP BY visitor, user ORDER BY linked_at DESC, visitor, user LIMIT {limit}"
    );
    sql
}

/// The rows of the edges of some visitors (users among them, marked), one more than are read at most: as [`EdgeRow`].
pub fn rows(site: &str, visitors: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let visitors = sql.bind_texts("visitors", visitors);
    sql.text = format!(
        "SELECT visitor, user, toString(source) AS source, if(session = '', 0, sipHash64(session)) AS session_hash, \
         toUnixTimestamp64Milli(at) AS exact, sign, toUnixTimestamp64Milli(said) AS said_at, \
         toUInt8({IS_OF_A_DAY}) AS is_of_a_day \
         FROM (SELECT visitor, user, source, session, at, sign, min(ts) AS said FROM identity_edges \
         WHERE {OF_SITE} AND visitor IN {} GROUP BY visitor, user, source, session, at, sign) \
         ORDER BY said DESC LIMIT {}",
        visitors.set,
        ROWS_MAX + 1
    );
    sql
}

/// Aliases that hold, oldest first, without those of the rows of a change: `previous`, `user`, `at` (milliseconds).
pub fn steps(site: &str, limit: usize) -> Sql {
    let edges = edges(OF_SITE, "source = 'alias'");
    Sql::new(
        format!(
            "SELECT substring(visitor, 2) AS previous, user, toUnixTimestamp64Milli(marked_at) AS at FROM ({edges}) \
             WHERE active ORDER BY at, previous, user LIMIT {limit}"
        ),
        [("site", site.into())],
    )
}

/// The ids of a person: of each user and of each visitor, what is the person's: `is_user`, `id`, `first_seen`,
/// `last_seen`, `sessions`, `events`, `total` (of its kind).
pub fn ids(site: &str, ids: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let theirs = of_ids(&sql.bind_texts("person_ids", ids).each, &format!(" AND NOT is_bot{ALL}"));
    sql.text = format!(
        "SELECT is_user, id, first_seen, last_seen, sessions, events, count() OVER (PARTITION BY is_user) AS total FROM \
         (SELECT toBool(grouping(owner_id) = 0) AS is_user, if(is_user, owner_id, seen_on) AS id, \
         toUnixTimestamp64Milli(min(since)) AS first_seen, toUnixTimestamp64Milli(max(ended)) AS last_seen, \
         toInt64(uniqExactIf({VISIT}, {IS_SESSION})) AS sessions, toInt64(sum(event_count)) AS events \
         FROM (SELECT *, if(own_hash = visitor_hash, '', own_id) AS owner_id, \
         if(startsWith(visitor, '@'), '', visitor) AS seen_on FROM {}) \
         GROUP BY GROUPING SETS ((owner_id), (seen_on))) WHERE id != '' \
         ORDER BY is_user DESC, last_seen DESC, id LIMIT {VISITORS_MAX} BY is_user",
        shares_of(Columns::Counted, &theirs)
    );
    sql
}

/// What people have of all visits but those of some visitors: `person`, `identified`, `events`, `sessions`, `page_views`,
/// `orders`, `revenue_sum`, `has_revenue`, `other_revenue`, `visitors`, `visitors_total`.
pub fn totals(site: &str, ids: &[String], without: &[String], aliases: &Aliases, currency: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("currency".into(), currency.into()));
    let mut rest = format!(" AND NOT is_bot{ALL}");
    if !without.is_empty() {
        let without = sql.bind_texts("without", without);
        rest = format!("{rest} AND visitor NOT IN {}", without.set);
    }
    let theirs = of_ids(&sql.bind_texts("person_ids", ids).each, &rest);
    let people = People::new(&mut sql, aliases);
    sql.text = format!(
        "SELECT any(person_id) AS person, toBool(max(own_hash != visitor_hash)) AS identified, \
         toInt64(sum(event_count)) AS events, toInt64(uniqExactIf({VISIT}, {IS_SESSION})) AS sessions, \
         toInt64(sum(view_count)) AS page_views, toInt64(sum(order_count)) AS orders, \
         {REVENUE_OF_VISITS} AS revenue_sum, {HAS_REVENUE_OF_VISITS} AS has_revenue, \
         {OTHER_REVENUE_OF_VISITS} AS other_revenue, \
         arraySort(groupUniqArrayIf({PREVIEW_IDS_MAX})(visitor, NOT startsWith(visitor, '@'))) AS visitors, \
         toInt64(uniqExactIf(visitor_hash, NOT startsWith(visitor, '@'))) AS visitors_total FROM {} GROUP BY person_hash",
        people.rows(&shares_of(Columns::Counted, &theirs))
    );
    sql
}

/// The events of some visitors, put together where one answer about whose they are is that of all: by visit, user, and
/// between which marks (or at which) they happened: `visitor`, `session_hash`, `visit` (milliseconds), `user`, `at`
/// (milliseconds, of one of them), `events`, `page_views`, `orders`, `revenue_sum`, `has_revenue`, `other_revenue`.
/// `now` is the moment of a mark that is not there yet.
pub fn groups(site: &str, visitors: &[String], now: Timestamp, currency: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("currency".into(), currency.into()));
    sql.params.push(("now".into(), Param::Int(now.0)));
    let visitors = sql.bind_texts("visitors", visitors);
    let theirs = format!(
        "FROM visits FINAL PREWHERE visitor_hash IN (SELECT sipHash64({})) WHERE {OF_SITE} AND part = 0 AND NOT is_bot",
        visitors.each
    );
    let keys = format!("(toDate(ts), visitor) IN (SELECT day, visitor {theirs})");
    let events = event_table::keyed(&keys, &format!("{OF_SITE} AND {IS_HUMAN}"));
    let marks = format!(
        "SELECT visitor AS marked, groupUniqArray(toUnixTimestamp64Milli(ts)) AS marks FROM identity_edges \
         WHERE {OF_SITE} AND sign = 1 AND source != 'alias' AND visitor IN {} GROUP BY visitor",
        visitors.set
    );
    sql.text = format!(
        "SELECT visitor, session_hash, toUnixTimestamp64Milli(visit) AS visit, user, \
         toUnixTimestamp64Milli(max(ts)) AS at, toInt64(count()) AS events, toInt64(countIf({IS_VIEW})) AS page_views, \
         toInt64(countIf(kind = 'order')) AS orders, {REVENUE} AS revenue_sum, \
         toUInt8(countIf(revenue != 0 AND currency = {{currency:String}}) > 0) AS has_revenue, \
         {OTHER_REVENUE} AS other_revenue FROM (SELECT *, arrayPushBack(marks, {{now:Int64}}) AS moments, \
         arrayCount(mark -> mark < toUnixTimestamp64Milli(ts), moments) AS before, \
         has(moments, toUnixTimestamp64Milli(ts)) AS is_exact FROM \
         (SELECT * FROM {events} AS event ASOF JOIN (SELECT {VISIT_OF_EVENT}, max(ended) AS until {theirs} \
         GROUP BY of_visitor, of_session, of_bot, visit) AS visited {ON_VISIT} WHERE ts <= until) AS one \
         LEFT JOIN ({marks}) AS marked ON one.visitor = marked) \
         GROUP BY visitor, session_hash, visit, user, before, is_exact LIMIT {}",
        GROUPS_MAX + 1
    );
    sql
}

/// The moment of the last change of a site (milliseconds): `at`, 0 when there is none.
pub fn last_change(site: &str) -> Sql {
    Sql::new(
        "SELECT toUnixTimestamp64Milli(max(at)) AS at FROM identity_changes WHERE site = {site:String}",
        [("site", site.into())],
    )
}

/// What a change is told by, and what undid it first.
const CHANGE: &str = "SELECT change, action, person, ids, edges, toUnixTimestamp64Milli(at) AS made_at, made_by, \
    undone.1 AS undone_at, undone.2 AS undone_by, undone.3 AS undone_change FROM identity_changes AS one \
    LEFT JOIN (SELECT undoes AS undone_id, min((toUnixTimestamp64Milli(at), made_by, change)) AS undone \
    FROM identity_changes WHERE site = {site:String} AND undoes != '' GROUP BY undoes) AS undoing \
    ON one.change = undone_id WHERE site = {site:String}";

/// One change, or none.
pub fn change(site: &str, change: &str) -> Sql {
    Sql::new(
        format!("{CHANGE} AND change = {{change:String}} LIMIT 1"),
        [("site", site.into()), ("change", change.into())],
    )
}

/// A later change that counts and joins or parts one of some ids: `change`, `made_by`, `made_at`.
pub fn newer(site: &str, since: i64, visitors: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let since = sql.bind("Int64", Param::Int(since));
    let visitors = sql.bind_texts("visitors", visitors);
    sql.text = format!(
        "{CHANGE} AND at > fromUnixTimestamp64Milli({since}) AND action != 'undo' AND undone_at = 0 \
         AND arrayExists(edge -> edge.1 IN {}, edges) ORDER BY at LIMIT 1",
        visitors.set
    );
    sql
}

/// The changes that were about some ids, the latest first.
pub fn changes(site: &str, ids: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let ids = sql.bind_texts("ids", ids);
    sql.text = format!(
        "{CHANGE} AND action != 'undo' AND (person IN {set} OR arrayExists(id -> id IN {set}, ids) \
         OR arrayExists(edge -> edge.2 IN {set}, edges)) ORDER BY at DESC, change LIMIT {CHANGES_MAX}",
        set = ids.set
    );
    sql
}

/// A change as it is recorded.
#[derive(Debug)]
pub struct Recorded<'a> {
    /// Its id.
    pub change: &'a str,
    /// `link`, `unlink`, `split` or `undo`.
    pub action: &'a str,
    /// Whom it is about.
    pub person: &'a str,
    /// The ids that are joined or taken away.
    pub ids: &'a [String],
    /// The rows of edges.
    pub rows: &'a [EdgeRow],
    /// When.
    pub at: Timestamp,
    /// Who makes it.
    pub made_by: &'a str,
    /// The change that it undoes; else empty.
    pub undoes: &'a str,
}

fn column(sql: &mut Sql, name: &str, texts: impl Iterator<Item = String>) -> String {
    sql.bind_texts(name, &texts.collect::<Vec<_>>()).array
}

/// Writes a change down.
pub fn record(site: &str, recorded: &Recorded<'_>) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let Recorded { change, action, person, ids, rows, at, made_by, undoes } = recorded;
    let ids = sql.bind_texts("ids", ids).array;
    let visitors = column(&mut sql, "visitors", rows.iter().map(|row| row.visitor.clone()));
    let users = column(&mut sql, "users", rows.iter().map(|row| row.user.clone()));
    let sources = column(&mut sql, "sources", rows.iter().map(|row| row.source.clone()));
    for (name, value) in
        [("change", change), ("action", action), ("person", person), ("made_by", made_by), ("undoes", undoes)]
    {
        sql.params.push((name.into(), (*value).into()));
    }
    sql.params.push(("at".into(), Param::Int(at.0)));
    sql.text = format!(
        "INSERT INTO identity_changes (site, change, action, person, ids, edges, at, made_by, undoes) \
         SELECT {{site:String}}, {{change:String}}, {{action:String}}, {{person:String}}, {ids}, \
         arrayZip({visitors}, {users}, {sources}), fromUnixTimestamp64Milli({{at:Int64}}), {{made_by:String}}, \
         {{undoes:String}}"
    );
    sql
}

/// Writes rows of edges, all at once.
pub fn insert(site: &str, rows: &[EdgeRow], made_by: &str) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    sql.params.push(("made_by".into(), made_by.into()));
    let visitors = column(&mut sql, "visitors", rows.iter().map(|row| row.visitor.clone()));
    let users = column(&mut sql, "users", rows.iter().map(|row| row.user.clone()));
    let sources = column(&mut sql, "sources", rows.iter().map(|row| row.source.clone()));
    let exact = column(&mut sql, "exact", rows.iter().map(|row| row.exact.to_string()));
    let signs = column(&mut sql, "signs", rows.iter().map(|row| row.sign.to_string()));
    let said = column(&mut sql, "said", rows.iter().map(|row| row.said_at.to_string()));
    sql.text = format!(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT {{site:String}}, one.2, one.1, one.3, '', fromUnixTimestamp64Milli(toInt64(one.4)), toInt8(one.5), \
         fromUnixTimestamp64Milli(toInt64(one.6)), {{made_by:String}} \
         FROM (SELECT arrayJoin(arrayZip({visitors}, {users}, {sources}, {exact}, {signs}, {said})) AS one)"
    );
    sql
}

/// The addresses that some users were told of: `id`, `email`.
pub fn emails(site: &str, users: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = sql.bind_texts("users", users).set;
    sql.text = format!(
        "SELECT id, lower(value) AS email FROM traits FINAL WHERE {OF_SITE} AND id IN {set} AND trait = 'email' \
         AND value != ''"
    );
    sql
}

/// Who has too many visitor ids, devices or countries, or is one of `others`: `person`, `identified`, `visitors`,
/// `devices`, `countries`, `sessions`, `events`, `last_seen` (milliseconds). With `is_known` the table of people says who
/// may have, besides whom aliases join.
pub fn suspicious(
    site: &str,
    thresholds: &Thresholds,
    aliases: &Aliases,
    others: &[String],
    is_known: bool,
) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    for (name, value) in [
        ("min_visitors", thresholds.visitors),
        ("min_devices", thresholds.devices),
        ("min_countries", thresholds.countries),
    ] {
        sql.params.push((name.into(), Param::Int(value)));
    }
    let people = People::new(&mut sql, aliases);
    let others = sql.bind_texts("others", others);
    let mut which = format!("WHERE {OF_SITE} AND NOT is_mixed AND NOT is_bot{ALL}");
    if is_known {
        let joined = sql.bind_texts("joined", &aliases.all_ids());
        // Devices and countries are those of sessions, of which one is needed for each.
        let candidates = format!(
            "(SELECT person_hash FROM people FINAL WHERE {OF_SITE} AND (visitor_count >= {{min_visitors:Int64}} \
             OR session_count >= least({{min_devices:Int64}}, {{min_countries:Int64}})) \
             UNION ALL SELECT sipHash64({}))",
            joined.each
        );
        which = format!("{which} AND person_hash IN {candidates}");
    }
    let device = "(device_class, device_brand, device_model, os)";
    let rows = format!(
        "(SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, \
         person_hash AS own_hash, ended, is_session, event_count, country, {device} AS device FROM visits FINAL {which})"
    );
    sql.text = format!(
        "SELECT any(person_id) AS person, toBool(max(own_hash != visitor_hash)) AS identified, \
         toInt64(uniqExactIf(visitor_hash, NOT startsWith(visitor, '@'))) AS visitors, \
         toInt64(uniqExactIf(device, is_session AND (device.1 != '' OR device.4 != ''))) AS devices, \
         toInt64(uniqExactIf(country, is_session AND country != '')) AS countries, \
         toInt64(uniqExactIf({VISIT}, {IS_SESSION})) AS sessions, toInt64(sum(event_count)) AS events, \
         toUnixTimestamp64Milli(max(ended)) AS last_seen FROM {} GROUP BY person_hash \
         HAVING visitors >= {{min_visitors:Int64}} OR devices >= {{min_devices:Int64}} \
         OR countries >= {{min_countries:Int64}} OR person_hash IN (SELECT sipHash64({})) \
         ORDER BY greatest(visitors / {{min_visitors:Int64}}, devices / {{min_devices:Int64}}, \
         countries / {{min_countries:Int64}}) DESC, person LIMIT {SUSPICIOUS_MAX}",
        people.rows(&rows),
        others.each
    );
    sql
}

/// Which of some ids are visitors of a person's visits: `id`.
pub fn visitors_among(site: &str, ids: &[String], among: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let among = sql.bind_texts("among", among);
    let theirs = of_ids(&sql.bind_texts("person_ids", ids).each, &format!(" AND visitor IN {}", among.set));
    sql.text = format!("SELECT DISTINCT visitor AS id FROM visits FINAL {theirs}");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::NOW;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_identity() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let aliases = Aliases::new([("m".to_owned(), "mario".to_owned())]);
        let (users, visitors) = (texts(&["mario", "m"]), texts(&["v1", "@m"]));
        let row = EdgeRow {
            visitor: "v1".into(),
            user: "mario".into(),
            source: "manual".into(),
            session_hash: 0,
            exact: NOW.0,
            sign: -1,
            said_at: NOW.0,
            is_of_a_day: 0,
        };
        let rows_of_change = [row];
        let recorded = Recorded {
            change: "c1",
            action: "unlink",
            person: "mario",
            ids: &texts(&["v1"]),
            rows: &rows_of_change,
            at: NOW,
            made_by: "first admin",
            undoes: "",
        };
        check(
            "identity_edges",
            &[
                pairs("demo", &users, true, 10),
                rows("demo", &visitors),
                steps("demo", 10),
                ids("demo", &users),
                visitors_among("demo", &users, &visitors),
            ],
        );
        check(
            "identity_changes",
            &[
                last_change("demo"),
                change("demo", "c1"),
                newer("demo", NOW.0, &visitors),
                changes("demo", &users),
                record("demo", &recorded),
                insert("demo", recorded.rows, "first admin"),
            ],
        );
        check(
            "identity_preview",
            &[totals("demo", &users, &visitors, &aliases, "EUR"), groups("demo", &visitors, NOW, "EUR")],
        );
        let thresholds = Thresholds { visitors: 25, users: 4, emails: 3, devices: 12, countries: 6 };
        check(
            "identity_suspicious",
            &[emails("demo", &users), suspicious("demo", &thresholds, &aliases, &users, true)],
        );
    }
}
