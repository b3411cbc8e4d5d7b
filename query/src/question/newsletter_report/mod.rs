//! `/newsletters`: what the mail tool and the readers did, joined with what the visits brought.

pub mod request;
pub mod response;
mod sql;

use std::collections::BTreeMap;

use orma_store::Site;
use serde::Deserialize;

use crate::error::ApiError;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};
use request::{NewsletterParams, NewsletterPeopleParams, Number, Query};
use response::{NewsletterNumbers, NewsletterPeople, NewsletterPerson, NewsletterReport, NewsletterRow};

/// The people behind a number.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn people(
    runner: &Runner,
    site: &Site,
    params: NewsletterPeopleParams,
    now: Timestamp,
) -> Result<NewsletterPeople, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        person: String,
        amount: i64,
        last_at: Timestamp,
    }
    let NewsletterPeopleParams { number, campaign, link, from, to, limit } = params;
    let number = Number::parse(&number)?;
    let query = Query::parse(site, &NewsletterParams { by: None, campaign, from, to, limit }, now)?;
    runner.bring_visits_up_to_date(Needs::Visits).await;
    let rows: Vec<Row> = runner.rows(&sql::people(&query, number, link.as_deref())).await?;
    let more = rows.len() > query.limit;
    let items = rows.into_iter().take(query.limit);
    let items =
        items.map(|row| NewsletterPerson { person: row.person, count: row.amount, last_at: row.last_at });
    Ok(NewsletterPeople { items: items.collect(), more })
}

/// A row of the store; the row over everything has `whole` set.
#[derive(Deserialize)]
struct MailRow {
    campaign: String,
    link_name: String,
    whole: u8,
    sent: i64,
    delivered: i64,
    bounced: i64,
    opened: i64,
    opened_by_machines: i64,
    clicked: i64,
    clicked_by_machines: i64,
}

#[derive(Deserialize)]
struct VisitRow {
    campaign: String,
    link_name: String,
    whole: u8,
    visits: i64,
}

#[derive(Deserialize)]
struct OrderRow {
    campaign: String,
    link_name: String,
    whole: u8,
    orders: i64,
    revenue_sum: Amount,
}

/// Campaign and link; `None` for everything.
type Key = Option<(String, String)>;

fn key(whole: u8, campaign: String, link: String) -> Key {
    (whole == 0).then_some((campaign, link))
}

/// Answers.
///
/// # Errors
/// The store did not answer.
pub async fn respond(runner: &Runner, query: &Query) -> Result<NewsletterReport, ApiError> {
    runner.bring_visits_up_to_date(Needs::Visits).await;
    let statements = (sql::mail(query), sql::visits(query), sql::orders(query));
    let (mail, visits, orders) = futures_util::try_join!(
        runner.rows::<MailRow>(&statements.0),
        runner.rows::<VisitRow>(&statements.1),
        runner.rows::<OrderRow>(&statements.2),
    )?;
    let mut found: BTreeMap<Key, NewsletterNumbers> = BTreeMap::new();
    let nothing = || empty(query);
    for row in mail {
        let numbers = found.entry(key(row.whole, row.campaign, row.link_name)).or_insert_with(nothing);
        // A link is not sent or opened; the row over everything is of mails all the same.
        if row.whole != 0 || !query.by_link {
            numbers.sent = Some(row.sent);
            numbers.delivered = Some(row.delivered);
            numbers.bounced = Some(row.bounced);
            numbers.opened = Some(row.opened);
            numbers.opened_by_machines = Some(row.opened_by_machines);
        }
        (numbers.clicked, numbers.clicked_by_machines) = (row.clicked, row.clicked_by_machines);
    }
    for row in visits {
        found.entry(key(row.whole, row.campaign, row.link_name)).or_insert_with(nothing).visits = row.visits;
    }
    for row in orders {
        let numbers = found.entry(key(row.whole, row.campaign, row.link_name)).or_insert_with(nothing);
        numbers.orders = row.orders;
        numbers.revenue = Money::new(row.revenue_sum, &query.currency);
    }
    let totals = found.remove(&None).unwrap_or_else(nothing);
    let mut rows: Vec<NewsletterRow> =
        found.into_iter().filter_map(|(key, numbers)| row(query, key, numbers)).collect();
    // By name already: the order of equals stays.
    rows.sort_by_key(|row| {
        std::cmp::Reverse((row.numbers.sent.unwrap_or(0), row.numbers.clicked, row.numbers.visits))
    });
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    Ok(NewsletterReport {
        site: query.scope.site.clone(),
        timezone: query.scope.period.zone_name.clone(),
        from: query.scope.period.from,
        to: query.scope.period.to,
        totals,
        rows,
        more,
    })
}

fn empty(query: &Query) -> NewsletterNumbers {
    let of_mail = (!query.by_link).then_some(0);
    NewsletterNumbers {
        sent: of_mail,
        delivered: of_mail,
        bounced: of_mail,
        opened: of_mail,
        opened_by_machines: of_mail,
        clicked: 0,
        clicked_by_machines: 0,
        visits: 0,
        orders: 0,
        revenue: Money::new(Amount::default(), &query.currency),
    }
}

/// By link, what is not of a link (sending, opening) has no row.
fn row(query: &Query, key: Key, numbers: NewsletterNumbers) -> Option<NewsletterRow> {
    let (campaign, link) = key?;
    if query.by_link && numbers == empty(query) {
        return None;
    }
    Some(NewsletterRow { campaign, link: query.by_link.then_some(link), numbers })
}
