//! What was changed by hand: read and written.

use orma_store::Param;

use crate::identity::EdgeRow;
use crate::sql::Sql;
use crate::timestamp::Timestamp;

/// Changes of one person that are told.
const CHANGES_MAX: usize = 200;

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
