//! Identity in SQL: the same rule as `crate::identity`, for questions about many people.

use orma_store::Param;

use super::Sql;
use super::clause;
use crate::identity::{ALIAS_BYTES_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX, MARKS_MAX, Visitors};
use crate::moment::Moment;

/// A table of `visitor` and `timeline`: its marks `(at, user, active, session)`, oldest first; the user of a reset is
/// empty.
/// `condition` narrows the edges down.
pub fn timelines(condition: &str) -> String {
    format!(
        "(SELECT visitor, arraySort(groupArray((marked_at, user, active, session))) AS timeline FROM ({}) GROUP BY visitor)",
        marks_where(&format!("source != 'alias'{condition}"))
    )
}

/// Edges with whether they hold: an edge is taken back by a later row with sign -1 of the same visitor and user.
fn marks_where(condition: &str) -> String {
    format!(
        "SELECT visitor, user, source, session, recorded_by, marked_at, marked_at > removed_at AS active \
         FROM (SELECT visitor, user, source, session, min(ts) AS marked_at, any(recorded_by) AS recorded_by \
         FROM identity_edges WHERE site = {{site:String}} AND sign = 1 AND {condition} \
         GROUP BY visitor, user, source, session, at) AS edge \
         LEFT JOIN (SELECT visitor, user, max(ts) AS removed_at FROM identity_edges \
         WHERE site = {{site:String}} AND sign = -1 GROUP BY visitor, user) AS removal USING (visitor, user)"
    )
}

/// The user whom the timeline gives to a session that began at `moment`; empty when nobody. (No mark of a session is
/// before its beginning.)
pub fn user_at(moment: &str) -> String {
    format!(
        "if(startsWith(visitor, '@'), substring(visitor, 2), \
         arrayFirst(mark -> mark.3 AND mark.1 >= {moment}, timeline).2)"
    )
}

/// The user whom the timeline gives to an event; empty when nobody.
fn user_of_event() -> String {
    let next = "(arrayFirst(mark -> mark.3 AND mark.1 >= ts, timeline) AS next_mark)";
    let earlier = "(arrayLast(mark -> mark.3 AND mark.1 < ts AND (mark.4 = session OR mark.2 = ''), timeline) \
                   AS earlier_mark)";
    format!(
        "multiIf(startsWith(visitor, '@'), substring(visitor, 2), session = '' OR {earlier}.2 = '' \
         OR {next}.1 = ts OR (next_mark.2 != '' AND next_mark.4 = session), next_mark.2, earlier_mark.2)"
    )
}

/// The person of a user (empty when nobody) and a visitor, aliases followed.
pub fn person(sql: &mut Sql, aliases: &Aliases) -> String {
    person_of(sql, "if(owner_user = '', visitor, owner_user)", aliases)
}

/// The person of an id, aliases followed.
pub fn person_of(sql: &mut Sql, id: &str, aliases: &Aliases) -> String {
    let (ids, persons) = aliases.columns();
    if ids.is_empty() {
        return id.to_owned();
    }
    let ids = sql.bind_texts(&sql.next_name(), &ids);
    let persons = sql.bind_texts(&sql.next_name(), &persons);
    format!("transform({id}, {}, {}, {id})", ids.array, persons.array)
}

/// How events that came twice are made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// By the table's key: for events that the key finds.
    Merged,
    /// By id, after the condition: for few events of many.
    ById,
}

/// Events with their `owner_user`, `visit` and `timeline`, under `condition`; `edges` narrows the edges down.
pub fn owned_events(condition: &str, duplicates: Duplicates, edges: &str) -> String {
    let (merged, limit) = match duplicates {
        Duplicates::Merged => ("FINAL ", ""),
        Duplicates::ById => ("", " LIMIT 1 BY event_id"),
    };
    format!(
        "(SELECT event.*, {visit} AS visit, if(user != '', user, {by_edge}) AS owner_user \
         FROM (SELECT * FROM events {merged}WHERE site = {{site:String}} AND {condition}{limit}) AS event \
         LEFT JOIN {timelines} AS timelines USING (visitor))",
        visit = clause::VISIT_OF_EVENT,
        by_edge = user_of_event(),
        timelines = timelines(edges),
    )
}

/// The condition that finds the events of a set of visitors by the table's key: the days come from the sessions.
pub fn events_on(visitors: &str) -> String {
    format!(
        "visitor IN {visitors} AND toDate(ts) IN (SELECT day FROM sessions \
         WHERE site = {{site:String}} AND visitor IN {visitors})"
    )
}

/// The condition that finds the edges of a set of visitors.
pub fn edges_on(visitors: &str) -> String {
    format!(" AND visitor IN {visitors}")
}

/// A statement that knows its site, and the set of its visitors.
pub fn on_visitors(site: &str, visitors: &Visitors) -> (Sql, String) {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let set = match visitors {
        Visitors::These(visitors) => sql.bind_texts("visitors", visitors).set,
        Visitors::OfUsers(users) => {
            let users = sql.bind_texts("users", users);
            format!(
                "({} UNION ALL SELECT arrayJoin([own_id, concat('@', own_id)]) FROM (SELECT {} AS own_id))",
                edges_of(&users.set),
                users.each
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
             sum(length(previous) + length(user)) OVER (ORDER BY marked_at DESC, previous, user \
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes FROM ({edges}) \
             WHERE active ORDER BY marked_at DESC, previous, user LIMIT {ALIASES_MAX}) \
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

/// The people with events on some visitors, last seen first: `person`, `identified`.
pub fn owners(site: &str, visitors: &Visitors, aliases: &Aliases) -> Sql {
    let (mut sql, visitors) = on_visitors(site, visitors);
    let person = person(&mut sql, aliases);
    let events = owned_events(
        &format!("{} AND {}", events_on(&visitors), clause::IS_HUMAN),
        Duplicates::Merged,
        &edges_on(&visitors),
    );
    sql.text = format!(
        "SELECT {person} AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified \
         FROM {events} GROUP BY person ORDER BY max(ts) DESC, person LIMIT 1000"
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
pub fn record_edge(site: &str, visitor: &str, user: &str, sign: i64, now: Moment, recorded_by: &str) -> Sql {
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
