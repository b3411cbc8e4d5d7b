//! What people have before and after a change.

use orma_store::Param;

use super::OF_SITE;
use crate::identity::Aliases;
use crate::sql::Sql;
use crate::sql::clause::{
    HAS_REVENUE_OF_VISITS, IS_HUMAN, IS_SESSION, IS_VIEW, ON_VISIT, OTHER_REVENUE, OTHER_REVENUE_OF_VISITS,
    REVENUE, REVENUE_OF_VISITS, VISIT, VISIT_OF_EVENT,
};
use crate::sql::event_table;
use crate::sql::identity::{People, of_ids};
use crate::sql::visits::{ALL, Columns, shares_of};
use crate::timestamp::Timestamp;

/// Rows of events, put together by visit, that a preview reads.
pub const GROUPS_MAX: usize = 100_000;
/// Visitors of one person that a preview tells.
pub const PREVIEW_IDS_MAX: usize = 100;

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
        "SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, \
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
