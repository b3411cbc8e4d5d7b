//! The statements of audiences: who is a member, and who has entered or left. (Segments, in the API.)
//!
//! Who is a member is kept as changes; the latest of a person counts. Uses `events`.

use orma_store::Param;

use super::Sql;
use super::clause::{HAS_VISITOR, bucket_start};
use super::condition::Terms;
use super::events::{self, SEEN, of_scope};
use super::identity::People;
use super::visits::{Columns, OF_PERIOD, shares};
use crate::identity::Aliases;
use crate::plan::period::{Interval, Period};
use crate::scope::Scope;

/// The changes of an audience. Needs the parameters `site` and `audience`.
const OF_AUDIENCE: &str = "site = {site:String} AND audience = {audience:String}";

/// People of a sample.
pub const SAMPLE_PEOPLE: usize = 10;

/// The members of an audience, of which the placeholder is given, at this moment: `person`. Needs the parameter `site`.
pub fn members_now(audience: &str) -> String {
    format!(
        "SELECT person FROM audience_changes WHERE site = {{site:String}} AND audience = {audience} \
         GROUP BY person HAVING argMax(is_member, revision)"
    )
}

fn of_audience(site: &str, audience: &str) -> Sql {
    Sql::new("", [("site", site.into()), ("audience", audience.into())])
}

fn bind_number(sql: &mut Sql, number: u64) -> String {
    sql.bind("UInt64", Param::Int(number.cast_signed()))
}

/// Writes who has entered and who has left: the people of a scope are the members from now on. `fence` is a condition
/// without which nothing is written.
pub fn evaluate(
    scope: &Scope,
    audience: &str,
    revision: u64,
    fence: Option<&str>,
    memory_bytes_max: u64,
) -> Sql {
    let mut sql = events::people(scope);
    sql.params.push(("audience".to_owned(), audience.into()));
    let revision = bind_number(&mut sql, revision);
    let fence = fence.map_or(String::new(), |fence| format!(" AND {fence}"));
    sql.text = format!(
        "INSERT INTO audience_changes (site, audience, person, revision, is_member) \
         SELECT {{site:String}}, {{audience:String}}, person, {revision}, is_in \
         FROM (SELECT person, toBool(max(now)) AS is_in, toBool(max(before)) AS was_in FROM \
         (SELECT person, 1 AS now, 0 AS before FROM ({}) UNION ALL SELECT person, 0, 1 FROM ({})) GROUP BY person) \
         WHERE is_in != was_in{fence} SETTINGS max_memory_usage = {memory_bytes_max}, os_thread_priority = 10",
        sql.text,
        members_now("{audience:String}")
    );
    sql
}

/// Writes that these people, of all, are members from now on, or no longer.
pub fn put(site: &str, audience: &str, people: &[String], is_member: bool, revision: u64) -> Sql {
    let mut sql = of_audience(site, audience);
    let people = sql.bind_texts("people", people).each;
    let revision = bind_number(&mut sql, revision);
    let (not, flag) = if is_member { ("NOT ", "true") } else { ("", "false") };
    sql.text = format!(
        "INSERT INTO audience_changes (site, audience, person, revision, is_member) \
         SELECT {{site:String}}, {{audience:String}}, person, {revision}, {flag} \
         FROM (SELECT DISTINCT {people} AS person) WHERE person {not}IN ({})",
        members_now("{audience:String}")
    );
    sql
}

/// Which of some audiences have changes of a revision: `audience`.
pub fn changed(site: &str, audiences: &[String], revision: u64) -> Sql {
    let mut sql = Sql::new("", [("site", site.into())]);
    let audiences = sql.bind_texts("audiences", audiences).set;
    let revision = bind_number(&mut sql, revision);
    sql.text = format!(
        "SELECT DISTINCT toString(audience) AS audience FROM audience_changes \
         WHERE site = {{site:String}} AND audience IN {audiences} AND revision = {revision}"
    );
    sql
}

/// Keeps that all changes of some audiences up to a revision are there.
pub fn mark(site: &str, audiences: &[String], revision: u64) -> Sql {
    let mut sql = Sql::new("", [("site", site.into())]);
    let audiences = sql.bind_texts("audiences", audiences).each;
    let revision = bind_number(&mut sql, revision);
    sql.text = format!(
        "INSERT INTO audience_marks (site, audience, revision, evaluated_at) \
         SELECT {{site:String}}, {audiences}, {revision}, now64(3)"
    );
    sql
}

/// Up to which revision all changes are there: `audience`, `revision`, `evaluated_at` (milliseconds).
pub fn marks(site: &str) -> Sql {
    Sql::new(
        "SELECT audience, max(revision) AS revision, toUnixTimestamp64Milli(max(audience_marks.evaluated_at)) AS evaluated_at \
         FROM audience_marks WHERE site = {site:String} GROUP BY audience",
        [("site", site.into())],
    )
}

/// How many members each audience of a site has: `audience`, `people`.
pub fn counts(site: &str) -> Sql {
    Sql::new(
        "SELECT toString(audience) AS audience, countIf(is_in) AS people FROM (SELECT audience, argMax(is_member, revision) AS is_in \
         FROM audience_changes WHERE site = {site:String} GROUP BY audience, person) GROUP BY audience",
        [("site", site.into())],
    )
}

/// The members as of a revision, in the order of their ids and after one of them: `person`, `at` (milliseconds: when they
/// entered). One more than asked for, where there are more.
pub fn members(site: &str, audience: &str, revision: u64, after: Option<&str>, limit: usize) -> Sql {
    let mut sql = of_audience(site, audience);
    let revision = bind_number(&mut sql, revision);
    let after = after_person(&mut sql, after);
    sql.text = format!(
        "SELECT person, toInt64(max(revision)) AS at FROM audience_changes \
         WHERE {OF_AUDIENCE} AND revision <= {revision}{after} GROUP BY person \
         HAVING argMax(is_member, revision) ORDER BY person LIMIT {}",
        limit + 1
    );
    sql
}

/// How many members there are as of a revision: `people`.
pub fn count(site: &str, audience: &str, revision: u64) -> Sql {
    let mut sql = of_audience(site, audience);
    let revision = bind_number(&mut sql, revision);
    sql.text = format!(
        "SELECT countIf(is_in) AS people FROM (SELECT argMax(is_member, revision) AS is_in FROM audience_changes \
         WHERE {OF_AUDIENCE} AND revision <= {revision} GROUP BY person)"
    );
    sql
}

/// Who entered or left between two revisions and is not what he was: `person`, `at` (milliseconds, of the last change),
/// `is_member`.
pub fn changes_between(
    site: &str,
    audience: &str,
    (from, to): (u64, u64),
    after: Option<&str>,
    limit: usize,
) -> Sql {
    let mut sql = of_audience(site, audience);
    let (from, to) = (bind_number(&mut sql, from), bind_number(&mut sql, to));
    let after = after_person(&mut sql, after);
    // Each change is to the opposite of what was before: who has made two is what he was.
    sql.text = format!(
        "SELECT person, toInt64(max(revision)) AS at, argMax(audience_changes.is_member, revision) AS is_member \
         FROM audience_changes WHERE {OF_AUDIENCE} AND revision > {from} AND revision <= {to}{after} GROUP BY person \
         HAVING argMin(audience_changes.is_member, revision) = argMax(audience_changes.is_member, revision) \
         ORDER BY person LIMIT {}",
        limit + 1
    );
    sql
}

fn after_person(sql: &mut Sql, after: Option<&str>) -> String {
    after.map_or(String::new(), |after| format!(" AND person > {}", sql.bind("String", after)))
}

/// All changes, the latest first: `person`, `at` (milliseconds), `entered`.
pub fn log(site: &str, audience: &str, offset: usize, limit: usize) -> Sql {
    let mut sql = of_audience(site, audience);
    sql.text = format!(
        "SELECT person, toInt64(revision) AS at, is_member AS entered FROM ({}) \
         ORDER BY revision DESC, person LIMIT {} OFFSET {offset}",
        real_changes(),
        limit + 1
    );
    sql
}

/// Changes to what somebody was already are none: two processes may have found out the same.
fn real_changes() -> String {
    format!(
        "SELECT person, revision, is_member FROM (SELECT person, revision, is_member, \
         lagInFrame(toInt8(is_member), 1, toInt8(0)) OVER (PARTITION BY person ORDER BY revision \
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before FROM audience_changes WHERE {OF_AUDIENCE}) \
         WHERE is_member != before"
    )
}

/// How many entered and left in each bucket of a period, and before it (`bucket` empty): `bucket`, `entered`, `left`.
pub fn history(site: &str, audience: &str, period: &Period, interval: Interval) -> Sql {
    let mut sql = of_audience(site, audience);
    sql.bind_period(period);
    sql.params.push(("zone".to_owned(), period.zone_name.as_str().into()));
    let at = "fromUnixTimestamp64Milli(toInt64(revision))";
    sql.text = format!(
        "SELECT if(toInt64(revision) < {{from:Int64}}, '', toString({})) AS bucket, countIf(is_member) AS entered, \
         countIf(NOT is_member) AS left FROM ({}) WHERE toInt64(revision) < {{to:Int64}} GROUP BY bucket",
        bucket_start(interval, at),
        real_changes()
    );
    sql
}

/// For how many people of a period a condition holds, of how many, and the last of them who were seen: `people`, `of`,
/// `sample` (of `last_seen` in milliseconds, `person`, `identified`).
pub fn preview(scope: &Scope, whose: Whose) -> Sql {
    let mut sql = of_scope(scope);
    let people = People::new(&mut sql, &scope.aliases);
    let terms = Terms::new(false, &scope.aliases).on_people(&mut sql, &people, SEEN, &scope.condition);
    let holds = if terms.is_empty() { "1".to_owned() } else { terms.join(" AND ") };
    sql.text = format!(
        "SELECT countIf(holds) AS people, count() AS of, arrayMap(row -> (-row.1, row.2, row.3), \
         groupArraySortedIf({SAMPLE_PEOPLE})((-last, id, identified), holds)) AS sample \
         FROM (SELECT id, last, identified, toBool({holds}) AS holds FROM {})",
        present(&people, whose)
    );
    sql
}

/// What says who was there in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The table of people, which has all of them; the period goes on up to now.
    People,
    /// Visits, as long as it has not.
    Visits,
}

/// Who was there in a period: `person_hash`, `id`, `last` (when last: milliseconds), `identified`.
fn present(people: &People, whose: Whose) -> String {
    let (rows, last, identified, seen) = match whose {
        // Whoever was there since the beginning, and not only after the end, was there.
        Whose::People => (
            "(SELECT person_hash, person_id, person_hash AS own_hash, first_seen, last_seen, is_identified FROM people FINAL \
             WHERE site = {site:String})"
                .to_owned(),
            "last_seen",
            "is_identified OR person_hash != own_hash",
            SEEN.replace("ended", "last_seen").replace("since", "first_seen"),
        ),
        Whose::Visits => (
            shares(Columns::Few, OF_PERIOD),
            "ended",
            "person_hash != visitor_hash",
            format!("{HAS_VISITOR} AND {SEEN}"),
        ),
    };
    format!(
        "(SELECT person_hash, any(person_id) AS id, toUnixTimestamp64Milli(max({last})) AS last, \
         toBool(max({identified})) AS identified FROM {} WHERE {seen} GROUP BY person_hash)",
        people.rows(&rows)
    )
}

/// Some traits of some people, of each the latest value: `person`, `trait`, `value`.
pub fn traits(site: &str, people: &[String], names: &[String], aliases: &Aliases) -> Sql {
    let mut sql = Sql::new("", [("site", site.into())]);
    let everybody = People::new(&mut sql, aliases);
    let people = sql.bind_texts("people", people).each;
    let names = sql.bind_texts("names", names).set;
    let told = format!(
        "(SELECT sipHash64(id) AS person_hash, id, trait, value, ts FROM traits FINAL \
         WHERE site = {{site:String}} AND trait IN {names})"
    );
    sql.text = format!(
        "SELECT asked.person AS person, toString(trait) AS trait, argMax(value, (ts, id)) AS value FROM {} AS told \
         INNER JOIN (SELECT DISTINCT {people} AS person, sipHash64(person) AS number) AS asked \
         ON told.person_hash = asked.number GROUP BY person, trait HAVING value != ''",
        everybody.numbers(&told)
    );
    sql
}

/// The highest version of the visits of a site, of those above one: `latest`, 0 where there are none.
pub fn latest_visit(site: &str, above: u64) -> Sql {
    let mut sql = Sql::new("", [("site", site.into())]);
    let above = bind_number(&mut sql, above);
    sql.text = format!(
        "SELECT max(version) AS latest FROM visits WHERE site = {{site:String}} AND version > {above}"
    );
    sql
}

/// Deletes changes of before a revision that a later one has overtaken or that took somebody out, and all of audiences that
/// there are no longer.
pub fn forget(before: u64) -> Sql {
    let mut sql = Sql::default();
    let before = bind_number(&mut sql, before);
    sql.text = format!(
        "ALTER TABLE audience_changes DELETE WHERE (site, audience) NOT IN \
         (SELECT site, audience FROM audiences FINAL WHERE NOT revoked) \
         OR (revision < {before} AND (site, audience, person, revision) IN (SELECT site, audience, person, revision FROM \
         (SELECT site, audience, person, revision, is_member, max(revision) OVER (PARTITION BY site, audience, person) AS latest \
         FROM audience_changes) WHERE revision < latest OR NOT is_member))"
    );
    sql
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::condition::Condition;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_audiences() {
        let condition = json!({"all": [
            {"sequence": {"events": [{"kind": "order"}, {"path": "/resi"}], "within_days": 7}},
            {"visited": {"at_most": 1, "where": {"is": {"dimension": "country", "values": ["IT"]}}}},
            {"not": {"segment": "0a1b2c"}}
        ]});
        let scope = Scope {
            condition: Condition::from_json(&condition, "condition").unwrap(),
            aliases: Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]),
            ..november(&[])
        };
        let ids = ["a1".to_owned(), "b2".to_owned()];
        check(
            "audience",
            &[
                evaluate(&scope, "a1", 7, Some("1"), 1 << 20),
                preview(&scope, Whose::Visits),
                preview(&scope, Whose::People),
                put("demo", "a1", &ids, true, 7),
                put("demo", "a1", &ids, false, 8),
                changed("demo", &ids, 7),
                mark("demo", &ids, 7),
                marks("demo"),
                counts("demo"),
                latest_visit("demo", 7),
                forget(7),
            ],
        );
        check(
            "audience_members",
            &[
                members("demo", "a1", 7, Some("anna"), 100),
                count("demo", "a1", 7),
                changes_between("demo", "a1", (3, 7), None, 100),
                log("demo", "a1", 50, 50),
                history("demo", "a1", &scope.period, Interval::Day),
                traits("demo", &ids, &ids, &scope.aliases),
            ],
        );
    }
}
