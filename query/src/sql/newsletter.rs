//! The statements of `/newsletters`. Each answers with a row for each campaign (and link), and one over everything, which
//! has `whole` set.

use super::Sql;
use super::clause;
use crate::newsletter_report::Query;

/// The events of the period that newsletters are about. Machines are told apart by the questions, so they are in; bots
/// are not.
fn window(sql: &mut Sql, query: &Query, condition: &str) -> String {
    sql.bind_site(&query.site);
    sql.bind_period(&query.period);
    let campaign = match &query.campaign {
        None => "",
        Some(campaign) => {
            sql.params.push(("campaign_asked".into(), campaign.as_str().into()));
            " AND newsletter_campaign = {campaign_asked:String}"
        }
    };
    format!("{} AND bot = '' AND {condition}{campaign}", clause::events_window(true))
}

/// What rows are divided by. A row over everything is made along.
fn grouping(query: &Query) -> &'static str {
    if query.by_link {
        "GROUP BY GROUPING SETS ((campaign, link_name), ())"
    } else {
        "GROUP BY GROUPING SETS ((campaign), ())"
    }
}

const LINK: &str = "toString(link) AS link_name";

/// The link's column, where rows are divided by it.
fn link(query: &Query) -> &'static str {
    if query.by_link { "link_name" } else { "'' AS link_name" }
}

/// What became of the copies: `campaign`, `link_name`, `whole`, `sent`, `delivered`, `bounced`, `opened`,
/// `opened_by_machines`, `clicked`, `clicked_by_machines`.
///
/// A copy is a message to a recipient; one who is not named is told from others by the visitor id. A sweep makes a copy a
/// machine's for a minute before and after (docs/newsletter.md): what came before it was not recognised when it came.
pub fn mail(query: &Query) -> Sql {
    let mut sql = Sql::default();
    let window = window(&mut sql, query, "startsWith(kind, 'newsletter_')");
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_sent')) AS sent, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_delivered')) AS delivered, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_bounce')) AS bounced, \
         toInt64(uniqExactIf(copy, is_open AND by_person)) AS opened, \
         toInt64(uniqExactIf(copy, is_open)) - opened AS opened_by_machines, \
         toInt64(uniqExactIf(copy, is_click AND by_person)) AS clicked, \
         toInt64(uniqExactIf(copy, is_click)) - clicked AS clicked_by_machines \
         FROM (SELECT kind, campaign, link_name, (campaign, message, recipient) AS copy, \
         kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, \
         is_read AND NOT (is_click AND is_swept) AS by_person \
         FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, {LINK}, message, \
         if(user = '', visitor, user) AS recipient, \
         verdict NOT IN ('machine', 'unknown') AS is_read, \
         max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient \
         ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING AND 60000 FOLLOWING) AS is_swept \
         FROM events FINAL WHERE {window})) {grouping}",
        link = link(query),
        grouping = grouping(query),
    );
    sql
}

/// The landings of the period: `campaign`, `link_name`, `visitor`, `visit`, `landed_at`.
fn landings(sql: &mut Sql, query: &Query) -> String {
    let window = window(sql, query, "kind = 'page_view' AND verdict_reason = 'landed'");
    format!(
        "SELECT toString(newsletter_campaign) AS campaign, {LINK}, visitor, {visit} AS visit, ts AS landed_at \
         FROM events FINAL WHERE {window}",
        visit = clause::VISIT_OF_EVENT,
    )
}

/// The visits with a landing: `campaign`, `link_name`, `whole`, `visits`.
pub fn visits(query: &Query) -> Sql {
    let mut sql = Sql::default();
    let landings = landings(&mut sql, query);
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(uniqExact((visitor, visit))) AS visits FROM ({landings}) {grouping}",
        link = link(query),
        grouping = grouping(query),
    );
    sql
}

/// What was bought after a landing, in its visit; of several landings it is the last one's before it: `campaign`,
/// `link_name`, `whole`, `orders`, `revenue_sum`. Landings of other campaigns count there too, so that a question about
/// one campaign says the same of it as one about all.
pub fn orders(query: &Query) -> Sql {
    let mut sql = Sql::default();
    let everything = Query { campaign: None, ..query.clone() };
    let landings = landings(&mut sql, &everything);
    sql.params.push(("currency".into(), query.currency.as_str().into()));
    let only = match &query.campaign {
        None => "",
        Some(campaign) => {
            sql.params.push(("campaign_asked".into(), campaign.as_str().into()));
            " WHERE campaign = {campaign_asked:String}"
        }
    };
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(countIf(kind = 'order')) AS orders, toString({revenue}) AS revenue_sum \
         FROM (SELECT visitor, {visit} AS visit, ts AS bought_at, toString(kind) AS kind, revenue, currency \
         FROM events FINAL WHERE {events} AND {purchase}) AS bought \
         ASOF INNER JOIN (SELECT visitor, visit, landed_at, landing.1 AS campaign, landing.2 AS link_name FROM \
         (SELECT visitor, visit, landed_at, max((campaign, link_name)) AS landing FROM ({landings}) \
         GROUP BY visitor, visit, landed_at)) AS landed \
         ON bought.visitor = landed.visitor AND bought.visit = landed.visit \
         AND bought.bought_at >= landed.landed_at{only} {grouping}",
        link = link(query),
        revenue = clause::REVENUE,
        visit = clause::VISIT_OF_EVENT,
        events = clause::events_window(false),
        purchase = clause::IS_PURCHASE,
        grouping = grouping(query),
    );
    sql
}
