//! The statements of `/newsletters`. Each answers with a row for each campaign (and link), and one over everything, which
//! has `whole` set.

use orma_store::Param;

use super::request::{Number, Query};
use crate::sql::clause::{self, DAYS_OF_VISITS, VISIT, VISIT_COLUMNS, Visits};
use crate::sql::event_table::{self, Duplicates, Joined};
use crate::sql::{Sql, events};

/// The conditions on the events of the period that newsletters are about. Machines are told apart by the questions, so they
/// are in; bots are not.
fn conditions(sql: &mut Sql, query: &Query, condition: &str) -> Vec<String> {
    events::bind(sql, &query.scope);
    let campaign = match &query.campaign {
        None => "1",
        Some(campaign) => {
            sql.params.push(("campaign_asked".into(), campaign.as_str().into()));
            "newsletter_campaign = {campaign_asked:String}"
        }
    };
    ["bot = ''", condition, campaign].map(ToOwned::to_owned).to_vec()
}

/// Machines are in.
const WITH_MACHINES: bool = true;

/// What rows are divided by. A row over everything is made along.
fn grouping(query: &Query) -> &'static str {
    if query.by_link {
        "GROUP BY GROUPING SETS ((campaign, link_name), ())"
    } else {
        "GROUP BY GROUPING SETS ((campaign), ())"
    }
}

/// What the mail tool and the readers of mails did.
const IS_MAIL: &str = "startsWith(kind, 'newsletter_')";

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
    let copies = copies(&mut sql, query);
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_sent')) AS sent, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_delivered')) AS delivered, \
         toInt64(uniqExactIf(copy, kind = 'newsletter_bounce')) AS bounced, \
         toInt64(uniqExactIf(copy, is_open AND by_person)) AS opened, \
         toInt64(uniqExactIf(copy, is_open)) - opened AS opened_by_machines, \
         toInt64(uniqExactIf(copy, is_click AND by_person)) AS clicked, \
         toInt64(uniqExactIf(copy, is_click)) - clicked AS clicked_by_machines \
         FROM ({copies}) {grouping}",
        link = link(query),
        grouping = grouping(query),
    );
    sql
}

/// What happened to each copy, event by event: `kind`, `campaign`, `link_name`, `recipient`, `at`, `copy`, `is_open`,
/// `is_click`, `by_person`.
fn copies(sql: &mut Sql, query: &Query) -> String {
    let conditions = conditions(sql, query, IS_MAIL);
    let window = clause::events_window(WITH_MACHINES);
    let events = event_table::table(&window, &conditions, Duplicates::Merged, None);
    format!(
        "SELECT kind, campaign, link_name, recipient, at, (campaign, message, recipient) AS copy, \
         kind = 'newsletter_open' AS is_open, kind = 'newsletter_click' AS is_click, \
         is_read AND NOT (is_click AND is_swept) AS by_person \
         FROM (SELECT toString(kind) AS kind, toString(newsletter_campaign) AS campaign, {LINK}, message, \
         if(user = '', visitor, user) AS recipient, ts AS at, \
         verdict NOT IN ('machine', 'unknown') AS is_read, \
         max(verdict_reason IN ('many_links', 'trap')) OVER (PARTITION BY campaign, message, recipient \
         ORDER BY toUnixTimestamp64Milli(ts) RANGE BETWEEN 60000 PRECEDING AND 60000 FOLLOWING) AS is_swept \
         FROM {events})"
    )
}

/// The landings of the period, or of visits that have to do with it: `campaign`, `link_name`, `person`, their visit,
/// `landed_at`.
fn landings(sql: &mut Sql, query: &Query, of_visits: bool) -> String {
    let conditions = conditions(sql, query, "kind = 'page_view' AND verdict_reason = 'landed'");
    let events = in_visits(WITH_MACHINES, of_visits, &conditions);
    format!(
        "SELECT toString(newsletter_campaign) AS campaign, {LINK}, if(user = '', visitor, user) AS person, \
         {VISIT_COLUMNS}, ts AS landed_at FROM {events}"
    )
}

/// Events of the period, or of visits that have to do with it, with these.
fn in_visits(with_bots: bool, of_visits: bool, conditions: &[String]) -> String {
    let (window, days) = if of_visits {
        (clause::events_of_visits_window(Visits::Any, with_bots), clause::days_beside(Visits::Any))
    } else {
        (clause::events_window(with_bots), DAYS_OF_VISITS)
    };
    let visits = Joined { with_bots: WITH_MACHINES, days, with_owners: false };
    event_table::table(&window, conditions, Duplicates::Merged, Some(visits))
}

/// The visits with a landing: `campaign`, `link_name`, `whole`, `visits`.
pub fn visits(query: &Query) -> Sql {
    let mut sql = Sql::default();
    let landings = landings(&mut sql, query, false);
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(uniqExact({VISIT})) AS visits FROM ({landings}) {grouping}",
        link = link(query),
        grouping = grouping(query),
    );
    sql
}

/// What was bought after a landing, in its visit; of several landings it is the last one's before it: `campaign`,
/// `link_name`, `whole`, `orders`, `revenue_sum`.
pub fn orders(query: &Query) -> Sql {
    let mut sql = Sql::default();
    let bought = bought(&mut sql, query);
    sql.params.push(("currency".into(), query.currency.as_str().into()));
    sql.text = format!(
        "SELECT campaign, {link}, toUInt8(grouping(campaign)) AS whole, \
         toInt64(countIf(kind = 'order')) AS orders, toString({revenue}) AS revenue_sum FROM {bought} {grouping}",
        link = link(query),
        revenue = clause::REVENUE,
        grouping = grouping(query),
    );
    sql
}

/// Purchases beside the landing that each is owed to. Landings of other campaigns count there too, so that a question
/// about one campaign says the same of it as one about all.
fn bought(sql: &mut Sql, query: &Query) -> String {
    let everything = Query { campaign: None, ..query.clone() };
    // Of a visit over midnight the landing may be of the day before.
    let landings = landings(sql, &everything, true);
    let only = match &query.campaign {
        None => "",
        Some(campaign) => {
            sql.params.push(("campaign_asked".into(), campaign.as_str().into()));
            " WHERE campaign = {campaign_asked:String}"
        }
    };
    format!(
        "(SELECT {VISIT_COLUMNS}, ts AS bought_at, event_id AS order_id, toString(kind) AS kind, revenue, currency \
         FROM {purchases}) AS bought \
         ASOF INNER JOIN (SELECT {VISIT} AS landed_in, landed_at, landing.1 AS campaign, landing.2 AS link_name, \
         landing.3 AS person FROM \
         (SELECT {VISIT_COLUMNS}, landed_at, max((campaign, link_name, person)) AS landing FROM ({landings}) \
         GROUP BY {VISIT_COLUMNS}, landed_at)) AS landed \
         ON {VISIT} = landed_in AND bought_at >= landed_at{only}",
        purchases = in_visits(false, false, &[clause::IS_PURCHASE.to_owned()]),
    )
}

/// The people behind a number, the latest first: `person`, `amount`, `last_at` (milliseconds). The amounts of copies and
/// orders add up to the number; a visit in which two people landed is of both.
pub fn people(query: &Query, number: Number, link: Option<&str>) -> Sql {
    let mut sql = Sql::default();
    let rows = match number {
        Number::Visits => {
            let landings = landings(&mut sql, query, false);
            format!("SELECT person, link_name, {VISIT} AS thing, landed_at AS at FROM ({landings})")
        }
        Number::Orders => {
            let bought = bought(&mut sql, query);
            let order = if query.campaign.is_some() { " AND" } else { " WHERE" };
            format!(
                "SELECT person, link_name, (bought.visitor_hash, bought_at, order_id) AS thing, bought_at AS at \
                 FROM {bought}{order} kind = 'order'"
            )
        }
        of_mail => {
            let copies = copies(&mut sql, query);
            let (is, not_by) = of_mail.condition();
            // Per copy: what a person did at any time is no machine's alone.
            let of_link = bind_link(&mut sql, link);
            return finish(
                sql,
                &format!(
                    "SELECT any(recipient) AS person, copy AS thing, maxIf(at, {is}) AS at FROM ({copies}){of_link} \
                     GROUP BY copy HAVING countIf({is}) > 0 AND countIf({not_by}) = 0"
                ),
                query,
            );
        }
    };
    let of_link = bind_link(&mut sql, link);
    let rows = format!("SELECT person, thing, at FROM ({rows}){of_link}");
    finish(sql, &rows, query)
}

fn bind_link(sql: &mut Sql, link: Option<&str>) -> &'static str {
    let Some(link) = link else { return "" };
    sql.params.push(("link_asked".into(), link.into()));
    " WHERE link_name = {link_asked:String}"
}

fn finish(mut sql: Sql, rows: &str, query: &Query) -> Sql {
    sql.params.push(("limit".into(), Param::Int(query.limit as i64 + 1)));
    sql.text = format!(
        "SELECT person, toInt64(uniqExact(thing)) AS amount, toUnixTimestamp64Milli(max(at)) AS last_at \
         FROM ({rows}) GROUP BY person ORDER BY last_at DESC, person LIMIT {{limit:UInt64}}"
    );
    sql
}

impl Number {
    /// What a copy counts for, and what it must not have besides.
    const fn condition(self) -> (&'static str, &'static str) {
        match self {
            Self::Sent => ("kind = 'newsletter_sent'", "0"),
            Self::Delivered => ("kind = 'newsletter_delivered'", "0"),
            Self::Bounced => ("kind = 'newsletter_bounce'", "0"),
            Self::Opened => ("is_open AND by_person", "0"),
            Self::OpenedByMachines => ("is_open", "is_open AND by_person"),
            Self::Clicked => ("is_click AND by_person", "0"),
            Self::ClickedByMachines => ("is_click", "is_click AND by_person"),
            Self::Visits | Self::Orders => ("0", "1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_the_report() {
        let all = Query {
            scope: Scope { with_bots: true, ..november(&[]) },
            currency: "EUR".into(),
            by_link: false,
            campaign: None,
            limit: 100,
        };
        let one = Query { by_link: true, campaign: Some("saldi-2026".into()), ..all.clone() };
        check("newsletter_report", &[mail(&all), visits(&all), orders(&all)]);
        check("newsletter_report_of_links", &[mail(&one), visits(&one), orders(&one)]);
        let behind = |(_, number)| [people(&all, number, None), people(&one, number, Some("hero"))];
        check("newsletter_people", &Number::ALL.into_iter().flat_map(behind).collect::<Vec<_>>());
    }
}
