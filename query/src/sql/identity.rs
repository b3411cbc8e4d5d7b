//! Identity in SQL: who is whom.
//!
//! Rows of people have the number of their person (`person_hash`) and the person's id (`person_id`): of visits the store
//! knows both, and [`owned`] adds them to events that know their visits.

use orma_store::Param;
use orma_visits::MARKS_MAX;
use orma_visits::edges::edges;

use super::Sql;
use crate::identity::{ALIAS_BYTES_MAX, ALIAS_DEPTH_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX};
use crate::timestamp::Timestamp;

/// The edges of the site.
const OF_SITE: &str = "site = {site:String}";

/// The user whose an event of a visit is: `of_owner`, or where the visit changed hands whoever had it then.
const OWNER: &str = "if(empty(turn_ms), of_owner, turn_owner[arrayCount((ms, event) -> \
    ms < since_visit OR (ms = since_visit AND event <= toUInt128(event_id)), turn_ms, turn_event)])";

/// Events that know their visits with whose they are: also `owner` (empty when nobody), `person_hash`, `person_id`.
pub fn owned(events: &str) -> String {
    format!(
        "(SELECT *, toUInt64(greatest(0, toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(visit))) AS since_visit, \
         {OWNER} AS owner, if(owner = '', visitor_hash, sipHash64(owner)) AS person_hash, \
         if(owner = '', visitor, owner) AS person_id FROM {events})"
    )
}

/// The people of aliases.
#[derive(Clone, Debug)]
pub struct People {
    aliases: Option<String>,
}

impl People {
    /// Binds the aliases of a site.
    pub fn new(sql: &mut Sql, aliases: &Aliases) -> Self {
        let (ids, people) = aliases.columns();
        if ids.is_empty() {
            return Self { aliases: None };
        }
        let ids = sql.bind_texts(&sql.next_name(), &ids);
        let people = sql.bind_texts(&sql.next_name(), &people);
        Self {
            aliases: Some(format!(
                "(SELECT sipHash64(alias.1) AS alias_hash, sipHash64(alias.2) AS alias_person_hash, alias.2 AS alias_person \
                 FROM (SELECT arrayJoin(arrayZip({}, {})) AS alias))",
                ids.array, people.array
            )),
        }
    }

    /// Those of a table that has what [`closure_of_aliases`] says.
    pub fn of_table(table: &str) -> Self {
        Self { aliases: Some(table.to_owned()) }
    }

    /// A table of rows that have `person_hash` and `person_id`, aliases followed.
    pub fn rows(&self, table: &str) -> String {
        let id = ", if(alias_person = '', one.person_id, alias_person) AS person_id";
        self.followed(table, "person_hash, person_id", id)
    }

    /// A table of rows that have `person_hash`, aliases followed.
    pub fn numbers(&self, table: &str) -> String {
        self.followed(table, "person_hash", "")
    }

    /// The numbers of ids that are another's, and of whose they are: `alias_hash`, `alias_person_hash`; nothing where there
    /// are none.
    pub fn pairs(&self) -> Option<String> {
        let aliases = self.aliases.as_ref()?;
        Some(format!("SELECT alias_hash, alias_person_hash FROM {aliases}"))
    }

    fn followed(&self, table: &str, replaced: &str, id: &str) -> String {
        match &self.aliases {
            None => table.to_owned(),
            Some(aliases) => format!(
                "(SELECT one.* EXCEPT ({replaced}), \
                 if(alias_person = '', one.person_hash, alias_person_hash) AS person_hash{id} \
                 FROM {table} AS one LEFT JOIN {aliases} AS aliases ON one.person_hash = alias_hash)"
            ),
        }
    }
}

/// What some ids have of visits, of which `ids` has a row for each: a `PREWHERE` and the `WHERE` that goes on with `rest`.
///
/// Whose a row is may change, so only the latest may be asked for it; but the visitors whose any row of theirs is are found
/// before the rows are merged, and of all others no other column is read.
pub fn of_ids(ids: &str, rest: &str) -> String {
    let numbers = format!("(SELECT sipHash64({ids}))");
    format!(
        "PREWHERE visitor_hash IN (SELECT visitor_hash FROM visits WHERE site = {{site:String}} AND owner_hash IN {numbers} \
         UNION ALL SELECT sipHash64({ids})) WHERE site = {{site:String}} AND NOT is_mixed \
         AND (owner_hash IN {numbers} OR (owner_hash = 0 AND visitor_hash IN {numbers})){rest}"
    )
}

/// Aliases that hold, oldest first: `previous`, `user`.
pub fn aliases(site: &str) -> Sql {
    Sql::new(
        format!("SELECT previous, user FROM {} ORDER BY marked_at, previous, user", alias_steps()),
        [("site", site.into())],
    )
}

/// Aliases that hold, with when that was said (`marked_at`), and the condition that leaves out those that are too many.
fn alias_steps() -> String {
    // What is longer than an id may be is nobody's.
    let edges = edges(OF_SITE, &format!("source = 'alias' AND length(visitor) <= {}", ID_BYTES_MAX + 1));
    format!(
        "(SELECT substring(visitor, 2) AS previous, user, marked_at, \
         sum(length(previous) + length(user)) OVER (ORDER BY marked_at, previous, user \
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes FROM ({edges}) \
         WHERE active ORDER BY marked_at, previous, user LIMIT {ALIASES_MAX}) \
         WHERE bytes <= {ALIAS_BYTES_MAX}"
    )
}

/// What [`Aliases`] makes of the aliases of a site, by a statement alone: `alias_hash`, `alias_person_hash`,
/// `alias_person`. A chain is a path of ids; one that comes back to an id of its own is a circle, of which the smallest
/// id counts.
pub fn closure_of_aliases() -> String {
    format!(
        "WITH RECURSIVE steps AS (SELECT previous, argMax(user, (marked_at, user)) AS next FROM {} \
         AND previous != user GROUP BY previous), \
         chain AS (SELECT previous AS id, [previous, next] AS path FROM steps UNION ALL \
         SELECT chain.id AS id, arrayPushBack(chain.path, steps.next) AS path FROM chain \
         INNER JOIN steps ON chain.path[-1] = steps.previous \
         WHERE length(chain.path) <= {ALIAS_DEPTH_MAX} + 1 AND countEqual(chain.path, chain.path[-1]) = 1) \
         SELECT sipHash64(id) AS alias_hash, if(countEqual(whole, whole[-1]) > 1, \
         arrayMin(arraySlice(whole, indexOf(whole, whole[-1]))), whole[least(length(whole), {ALIAS_DEPTH_MAX} + 1)]) AS alias_person, \
         sipHash64(alias_person) AS alias_person_hash \
         FROM (SELECT id, argMax(path, length(path)) AS whole FROM chain GROUP BY id)",
        alias_steps()
    )
}

/// The marks of some visitors: `visitor`, `user`, `at` (milliseconds), `active`, `session_hash`; the latest [`MARKS_MAX`].
pub fn marks(site: &str, visitors: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let visitors = sql.bind_texts("visitors", visitors);
    let edges = edges(OF_SITE, &format!("source != 'alias' AND visitor IN {}", visitors.set));
    sql.text = format!(
        "SELECT visitor, user, toUnixTimestamp64Milli(marked_at) AS at, active, \
         if(session = '', 0, sipHash64(session)) AS session_hash FROM ({edges}) \
         ORDER BY at DESC LIMIT {MARKS_MAX}"
    );
    sql
}

/// The edges that hold of some users, latest first: `visitor`, `user`, `source`, `linked_at` (milliseconds),
/// `recorded_by`.
pub fn links(site: &str, users: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let users = sql.bind_texts("users", users);
    let edges = edges(OF_SITE, &format!("source != 'reset' AND user IN {}", users.set));
    sql.text = format!(
        "SELECT visitor, user, argMin(source, marked_at) AS source, \
         toUnixTimestamp64Milli(min(marked_at)) AS linked_at, argMin(recorded_by, marked_at) AS recorded_by \
         FROM ({edges}) WHERE active GROUP BY visitor, user ORDER BY linked_at DESC, visitor, user LIMIT 1000"
    );
    sql
}

/// Whether a visitor has been seen, who is no bot: `seen`.
pub fn visitor_is_known(site: &str, visitor: &str) -> Sql {
    Sql::new(
        "SELECT count() > 0 AS seen FROM (SELECT 1 FROM visits FINAL WHERE site = {site:String} \
         AND visitor_hash = sipHash64({visitor:String}) AND NOT is_bot LIMIT 1)",
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
                links("demo", &ids),
                visitor_is_known("demo", "v1"),
                record_edge("demo", "v1", "mario", -1, NOW, "first admin"),
            ],
        );
    }
}
