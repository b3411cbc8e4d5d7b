//! Identity in SQL: the same rule as `crate::identity`, for questions about many people.

use orma_store::Param;

use super::clause;
use super::{Sql, is_long};
use crate::identity::{ALIAS_BYTES_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX, MARKS_MAX, Visitors};
use crate::timestamp::Timestamp;

/// Edges that say only that a user has events on the visitor: its id is one of a day, made of an address and a user agent
/// that others may share, so what else happened on it is nobody's. (The collector's `cookieless` makes these ids.) Who
/// joins one by hand knows more.
const IS_OF_A_DAY: &str = "(source != 'manual' AND match(visitor, '^c[0-9a-f]{20}$'))";

/// Edges with whether they hold: an edge is taken back by a later row with sign -1 of the same visitor and user, and says
/// nothing of other events when it [is of a day](IS_OF_A_DAY).
fn marks_where(condition: &str) -> String {
    format!(
        "SELECT visitor, user, source, session, recorded_by, marked_at, \
         marked_at > removed_at AND NOT {IS_OF_A_DAY} AS active \
         FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by \
         FROM identity_edges WHERE site = {{site:String}} AND sign = 1 AND {condition} \
         GROUP BY visitor, user, source, session, at) AS edge \
         LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at FROM identity_edges \
         WHERE site = {{site:String}} AND sign = -1 GROUP BY visitor, user) AS removal USING (visitor, user)"
    )
}

/// Marks are joined to what they decide by the closest moment, one to a row. (A list of a visitor's marks beside each of
/// the visitor's events would be as large as both multiplied.) `edges` narrows the edges down, as in all that follows.
///
/// For each moment the first active mark: `next_visitor`, `next_at`, `next_mark` (user and session).
fn next_marks(edges: &str) -> String {
    format!(
        "(SELECT visitor AS next_visitor, marked_at AS next_at, min((user, session)) AS next_mark FROM ({}) \
         WHERE active GROUP BY visitor, marked_at)",
        marks_where(&format!("source != 'alias'{edges}"))
    )
}

/// The active marks of each session that name somebody: `own_visitor`, `own_session`, `own_at`, `own_user`.
fn marks_of_sessions(edges: &str) -> String {
    format!(
        "(SELECT visitor AS own_visitor, session AS own_session, marked_at AS own_at, max(user) AS own_user FROM ({}) \
         WHERE active GROUP BY visitor, session, marked_at)",
        marks_where(&format!("source NOT IN ('alias', 'reset') AND session != ''{edges}"))
    )
}

/// The active resets: `reset_visitor`, `reset_at`.
fn resets(edges: &str) -> String {
    format!(
        "(SELECT DISTINCT visitor AS reset_visitor, marked_at AS reset_at FROM ({}) WHERE active)",
        marks_where(&format!("source = 'reset'{edges}"))
    )
}

/// The user whom the marks give to an event; empty when nobody.
const USER_OF_EVENT: &str = "multiIf(startsWith(visitor, '@'), substring(visitor, 2), \
    session = '' OR own_user = '' OR own_at < reset_at OR (next_mark.1 != '' AND (next_at = ts OR next_mark.2 = session)), \
    next_mark.1, own_user)";

/// `visits` (a table of `visitor`, `started`, `ended` and more) with what the marks say of each: `owner_user`, the user of
/// its beginning, empty when nobody (no mark of a session is before its beginning), and `is_mixed`, whether its
/// events may be several people's: one of its marks is of another user or session than the others, was taken back, or is a
/// reset; a reset at the very end changes nothing. Of a visitor with a single user it is enough to look at the first mark
/// within the visit: when that is of the visit itself, what is before it and after it is that user's. To place the marks
/// of all visitors took most of the memory of a list.
pub fn owned_visits(visits: &str, columns: &str, edges: &str) -> String {
    let of_several = format!(
        " AND visitor IN (SELECT visitor FROM identity_edges WHERE site = {{site:String}} AND source != 'alias'{edges} \
         GROUP BY visitor HAVING uniqExact(user) > 1 OR min(sign) < 0 OR max({IS_OF_A_DAY}))"
    );
    // The place of each mark, and how many before it and with it are of another user or session than the one before,
    // resets, or taken back.
    let placed = format!(
        "SELECT visitor, marked_at, user, place, session, \
         sum(differs OR user = '') OVER marks AS differing, sum(moves) OVER marks AS moving, sum(NOT active) OVER marks AS removed, NOT active AS is_removed FROM (SELECT visitor, marked_at, user, active, \
         session, row_number() OVER marks AS place, place > 1 AND user != lagInFrame(user) OVER marks AS differs, \
         place > 1 AND session != lagInFrame(session) OVER marks AS moves FROM ({}) \
         WINDOW marks AS (PARTITION BY visitor ORDER BY marked_at, user, active, session \
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) \
         WINDOW marks AS (PARTITION BY visitor ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
        marks_where(&format!("source != 'alias'{of_several}"))
    );
    let firsts = format!(
        "(SELECT visitor AS first_visitor, marked_at AS first_at, min(place) AS first_place, \
         min(differing - (user = '')) AS first_differing, min(moving) AS first_moving, argMin(session, place) AS first_session, \
         min(removed - is_removed) AS first_removed FROM ({placed}) \
         GROUP BY visitor, marked_at)"
    );
    // A reset is within what ends after it, a millisecond later.
    let lasts = format!(
        "(SELECT visitor AS last_visitor, marked_at + toIntervalMillisecond(user = '') AS last_at, \
         max(at_place) AS last_place, max(at_differing) AS last_differing, max(at_moving) AS last_moving, max(at_removed) AS last_removed \
         FROM (SELECT visitor, marked_at, user, max(place) OVER moment AS at_place, \
         max(differing) OVER moment AS at_differing, max(moving) OVER moment AS at_moving, max(removed) OVER moment AS at_removed FROM ({placed}) \
         WINDOW moment AS (PARTITION BY visitor, marked_at)) GROUP BY visitor, last_at)"
    );
    format!(
        "(SELECT {columns}, if(startsWith(visitor, '@'), substring(visitor, 2), next_mark.1) AS owner_user, \
         (next_at >= started AND next_at <= ended AND next_mark.2 != visit) OR (first_place > 0 AND last_place >= first_place \
         AND (first_session != visit OR last_moving != first_moving OR last_differing != first_differing OR last_removed != first_removed)) AS is_mixed \
         FROM {visits} AS visits \
         ASOF LEFT JOIN {} AS next ON visitor = next_visitor AND started <= next_at \
         ASOF LEFT JOIN {firsts} AS first ON visitor = first_visitor AND started <= first_at \
         ASOF LEFT JOIN {lasts} AS last ON visitor = last_visitor AND ended >= last_at)",
        next_marks(edges)
    )
}

/// Whose the rows of a table are, aliases followed.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person, over the rows of [`Person::rows`].
    pub expression: String,
    /// What is an alias, and what many aliases are joined as.
    join: Option<(&'static str, String)>,
}

impl Person {
    /// A table widened by what the expression needs.
    pub fn rows(&self, table: &str) -> String {
        match &self.join {
            None => table.to_owned(),
            Some((id, aliases)) => format!(
                "(SELECT owned.*, if(alias_id = '', owned_id, alias_person) AS person_id \
                 FROM (SELECT *, {id} AS owned_id FROM {table}) AS owned \
                 LEFT JOIN {aliases} AS aliases ON owned_id = alias_id)"
            ),
        }
    }
}

/// The person of a user (empty when nobody) and a visitor.
pub fn person(sql: &mut Sql, aliases: &Aliases) -> Person {
    person_of(sql, "if(owner_user = '', visitor, owner_user)", aliases)
}

/// The person of an id.
pub fn person_of(sql: &mut Sql, id: &'static str, aliases: &Aliases) -> Person {
    let (ids, persons) = aliases.columns();
    if ids.is_empty() {
        return Person { expression: id.to_owned(), join: None };
    }
    let ids = sql.bind_texts(&sql.next_name(), &ids);
    let persons = sql.bind_texts(&sql.next_name(), &persons);
    if ids.is_short && persons.is_short {
        let expression = format!("transform({id}, {}, {}, {id})", ids.array, persons.array);
        return Person { expression, join: None };
    }
    let joined = format!(
        "(SELECT alias.1 AS alias_id, alias.2 AS alias_person FROM (SELECT arrayJoin(arrayZip({}, {})) AS alias))",
        ids.array, persons.array
    );
    Person { expression: "person_id".to_owned(), join: Some((id, joined)) }
}

/// The visitors of some edges whose visits may have more than one owner, or another than their beginning's.
pub fn may_be_mixed(edges: &str) -> String {
    format!(
        " AND visitor IN (SELECT visitor FROM identity_edges WHERE site = {{site:String}} AND source != 'alias'{edges})"
    )
}

/// How events that came twice are made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Not at all: where only distinct things are asked for.
    Kept,
    /// By the table's key: for events that the key finds.
    Merged,
    /// By id, after the condition: for few events of many.
    ById,
}

/// Events with their `owner_user` and `visit`, under `condition`.
pub fn owned_events(condition: &str, duplicates: Duplicates, edges: &str) -> String {
    let (merged, limit) = match duplicates {
        Duplicates::Merged => ("FINAL ", ""),
        Duplicates::ById => ("", " LIMIT 1 BY event_id"),
        Duplicates::Kept => ("", ""),
    };
    format!(
        "(SELECT event.*, {visit} AS visit, if(user != '', user, {USER_OF_EVENT}) AS owner_user \
         FROM (SELECT * FROM events {merged}WHERE site = {{site:String}} AND {condition}{limit}) AS event \
         ASOF LEFT JOIN {next} AS next ON visitor = next_visitor AND ts <= next_at \
         ASOF LEFT JOIN {own} AS own ON visitor = own_visitor AND session = own_session AND ts > own_at \
         ASOF LEFT JOIN {resets} AS resets ON visitor = reset_visitor AND ts > reset_at)",
        visit = clause::VISIT_OF_EVENT,
        next = next_marks(edges),
        own = marks_of_sessions(edges),
        resets = resets(edges),
    )
}

/// The condition that finds the events of a set of visitors by the table's key: the days come from the sessions.
pub fn events_on(visitors: &str) -> String {
    format!(
        "visitor IN {visitors} AND toDate(ts) IN (SELECT day FROM sessions \
         WHERE site = {{site:String}} AND visitor IN {visitors})"
    )
}

/// The condition that finds the edges of a set of visitors. A set that the store finds itself is large, and to ask the
/// index of visitors for each of its members in each granule takes longer than to read them: the expression hides the
/// column from it.
pub fn edges_on(visitors: &str) -> String {
    let is_named = visitors.starts_with('{');
    let visitor = if is_named { "visitor" } else { "concat(visitor, '')" };
    format!(" AND {visitor} IN {visitors}")
}

/// A statement that knows its site, and the set of its visitors.
pub fn on_visitors(site: &str, visitors: &Visitors) -> (Sql, String) {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = match visitors {
        Visitors::These(visitors) => sql.bind_texts("visitors", visitors).set,
        Visitors::OfUsers { people, ids } => {
            let rows = if is_long(ids) {
                // The visitors of all aliases hold those of the people's, and who asks looks at the people anyway.
                format!(
                    "SELECT {} AS own_id UNION DISTINCT SELECT substring(visitor, 2) FROM identity_edges \
                     WHERE site = {{site:String}} AND source = 'alias'",
                    sql.bind_texts("users", people).each
                )
            } else {
                format!("SELECT {} AS own_id", sql.bind_texts("users", ids).each)
            };
            format!(
                "({} UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)]) FROM ({rows}))",
                edges_of(&format!("({rows})"))
            )
        }
    };
    (sql, set)
}

/// The visitors on which a set of users has ever been identified.
fn edges_of(users: &str) -> String {
    format!(
        "SELECT DISTINCT visitor FROM identity_edges WHERE site = {{site:String}} AND user IN {users} \
         AND user != '' AND source != 'alias'"
    )
}

/// Aliases that hold, oldest first: `previous`, `user`.
pub fn aliases(site: &str) -> Sql {
    // What is longer than an id may be is nobody's.
    let edges = marks_where(&format!("source = 'alias' AND length(visitor) <= {}", ID_BYTES_MAX + 1));
    Sql::new(
        format!(
            "SELECT previous, user FROM (SELECT substring(visitor, 2) AS previous, user, marked_at, \
             sum(length(previous) + length(user)) OVER (ORDER BY marked_at, previous, user \
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes FROM ({edges}) \
             WHERE active ORDER BY marked_at, previous, user LIMIT {ALIASES_MAX}) \
             WHERE bytes <= {ALIAS_BYTES_MAX} ORDER BY marked_at, previous, user"
        ),
        [("site", site.into())],
    )
}

/// The marks of some visitors: `visitor`, `user`, `at` (milliseconds), `active`; the latest [`MARKS_MAX`].
pub fn marks(site: &str, visitors: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let visitors = sql.bind_texts("visitors", visitors);
    let edges = marks_where(&format!("source != 'alias'{}", edges_on(&visitors.set)));
    sql.text = format!(
        "SELECT visitor, user, toUnixTimestamp64Milli(marked_at) AS at, active, session FROM ({edges}) \
         ORDER BY at DESC LIMIT {MARKS_MAX}"
    );
    sql
}

/// The visitors on which some users have ever been identified, one more than `visitors_max` of them.
pub fn visitors_of_users(site: &str, users: &[String], visitors_max: usize) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let users = sql.bind_texts("users", users);
    sql.text = format!("{} LIMIT {}", edges_of(&users.set), visitors_max + 1);
    sql
}

/// Who was last seen on some visitors, or `only` this person if it was: `person`, `identified`.
pub fn owner(site: &str, visitors: &Visitors, aliases: &Aliases, only: Option<&str>) -> Sql {
    let (mut sql, visitors) = on_visitors(site, visitors);
    let person = person(&mut sql, aliases);
    let only = only.map_or_else(String::new, |only| format!(" HAVING person = {}", sql.bind("String", only)));
    let events = owned_events(
        &format!("{} AND {}", events_on(&visitors), clause::IS_HUMAN),
        Duplicates::Merged,
        &edges_on(&visitors),
    );
    sql.text = format!(
        "SELECT {} AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified \
         FROM {} GROUP BY person{only} ORDER BY max(ts) DESC, person LIMIT 1",
        person.expression,
        person.rows(&events)
    );
    sql
}

/// The edges that hold of some users, latest first: `visitor`, `user`, `source`, `linked_at` (milliseconds),
/// `recorded_by`.
pub fn links(site: &str, users: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let users = sql.bind_texts("users", users);
    let edges = marks_where(&format!("source != 'reset' AND user IN {}", users.set));
    sql.text = format!(
        "SELECT visitor, user, argMin(source, marked_at) AS source, \
         toUnixTimestamp64Milli(min(marked_at)) AS linked_at, argMin(recorded_by, marked_at) AS recorded_by \
         FROM ({edges}) WHERE active GROUP BY visitor, user ORDER BY linked_at DESC, visitor, user LIMIT 1000"
    );
    sql
}

/// Whether a visitor has been seen: `seen`.
pub fn visitor_is_known(site: &str, visitor: &str) -> Sql {
    Sql::new(
        "SELECT count() > 0 AS seen FROM (SELECT 1 FROM sessions WHERE site = {site:String} \
         AND visitor = {visitor:String} LIMIT 1)",
        [("site", site.into()), ("visitor", visitor.into())],
    )
}

/// An edge by hand: sign 1 says that the visitor is the user, -1 takes it back.
pub fn record_edge(
    site: &str,
    visitor: &str,
    user: &str,
    sign: i64,
    now: Timestamp,
    recorded_by: &str,
) -> Sql {
    Sql::new(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT {site:String}, {user:String}, {visitor:String}, 'manual', '', fromUnixTimestamp64Milli({at:Int64}), \
         {sign:Int8}, fromUnixTimestamp64Milli({at:Int64}), {recorded_by:String}",
        [
            ("site", site.into()),
            ("user", user.into()),
            ("visitor", visitor.into()),
            ("at", Param::Int(now.0)),
            ("sign", Param::Int(sign)),
            ("recorded_by", recorded_by.into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::NOW;
    use crate::sql::snapshot::check;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn snapshots_of_identity() {
        let ids = texts(&["mario", "m"]);
        check(
            "identity",
            &[
                aliases("demo"),
                marks("demo", &texts(&["v1", "v2"])),
                visitors_of_users("demo", &ids, 1_000),
                links("demo", &ids),
                visitor_is_known("demo", "v1"),
                record_edge("demo", "v1", "mario", -1, NOW, "first admin"),
            ],
        );
        let joined = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let of_users = Visitors::OfUsers { people: texts(&["mario"]), ids };
        check(
            "identity_owner",
            &[
                owner("demo", &Visitors::These(texts(&["v1"])), &joined, None),
                owner("demo", &of_users, &Aliases::default(), Some("mario")),
            ],
        );
    }

    #[test]
    fn snapshots_of_identity_with_more_ids_than_one_value_holds() {
        let many: Vec<String> = (0..500).map(|number| format!("{number:0>100}")).collect();
        let joined = Aliases::new(many.iter().map(|id| (id.clone(), "mario".to_owned())));
        let of_users = Visitors::OfUsers { people: texts(&["mario"]), ids: many.clone() };
        let text_of = |sql: Sql| Sql { params: Vec::new(), ..sql };
        check(
            "identity_of_many",
            &[
                owner("demo", &of_users, &joined, None),
                owner("demo", &Visitors::These(many), &Aliases::default(), None),
            ]
            .map(text_of),
        );
    }
}
