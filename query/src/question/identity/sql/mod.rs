//! The statements about whose ids are one person.

mod changes;
mod preview;
mod suspicious;

pub use changes::{Recorded, change, changes, insert, last_change, newer, record};
pub use preview::{GROUPS_MAX, PREVIEW_IDS_MAX, groups, totals};
pub use suspicious::{emails, suspicious};

use orma_visits::edges::{IS_OF_A_DAY, edges};

use crate::identity::USER_MARK;
use crate::sql::Sql;
use crate::sql::clause::{IS_SESSION, VISIT};
use crate::sql::identity::of_ids;
use crate::sql::visits::{ALL, Columns, shares_of};

/// The edges of the site.
const OF_SITE: &str = "site = {site:String}";
/// Visitors of one person that are told.
const VISITORS_MAX: usize = 1_000;
/// Edges of one person that are told.
pub const EDGES_MAX: usize = 1_000;
/// Rows of edges that a preview reads.
pub const ROWS_MAX: usize = 200_000;

/// Edges that join something to some users, by their ends, the latest first: `visitor`, `user`, `source`, `linked_at`
/// (milliseconds), `recorded_by`, `in_force`, `latest_at`, `taken_back_at` (milliseconds), `taken_back_by`. Those that hold are found by
/// the table's key; otherwise those are told, too, that joined one of these users to another.
pub fn pairs(site: &str, users: &[String], only_in_force: bool, limit: usize) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let mut ends = format!("user IN {}", sql.bind_texts("users", users).set);
    if !only_in_force {
        let marked: Vec<String> = users.iter().map(|user| format!("{USER_MARK}{user}")).collect();
        ends = format!("({ends} OR visitor IN {})", sql.bind_texts("marked", &marked).set);
    }
    let edges = edges(OF_SITE, &format!("source != 'reset' AND {ends}"));
    let which = if only_in_force { "active" } else { "NOT is_of_a_day" };
    let limit = sql.bind("UInt64", limit as i64);
    // What holds is told of an edge that does; of others, what was.
    sql.text = format!(
        "SELECT visitor, user, argMin(source, (NOT active, marked_at)) AS source, \
         toUnixTimestamp64Milli(argMin(marked_at, (NOT active, marked_at))) AS linked_at, \
         argMin(recorded_by, (NOT active, marked_at)) AS recorded_by, toBool(max(active)) AS in_force, \
         toUnixTimestamp64Milli(max(marked_at)) AS latest_at, toUnixTimestamp64Milli(max(removed_at)) AS taken_back_at, \
         argMax(removed_by, removed_at) AS taken_back_by FROM ({edges}) WHERE {which} \
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
    use super::super::request::Thresholds;
    use super::*;
    use crate::identity::{Aliases, EdgeRow};
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
