//! The list of people: first who is on the page, then what is shown of them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::request::{Cursor, ListRequest, Listed};
use super::response::{PersonList, PersonSummary};
use super::{money, other_money, shown_channel, sql};
use crate::error::ApiError;
use crate::identity::Aliases;
use crate::lookup::{self, visitors_of};
use crate::plan::cursor;
use crate::runner::Runner;
use crate::timestamp::Timestamp;
use crate::value::Amount;

/// Who was here within this many days is looked at first.
const RECENT_DAYS: i64 = 2;
const DAY_MS: i64 = 86_400_000;

#[derive(Deserialize)]
struct PageRow {
    person: String,
    identified: bool,
    value: String,
}

#[derive(Deserialize)]
struct DetailRow {
    person: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
    sessions: i64,
    page_views: i64,
    events: i64,
    visitors: i64,
    country: String,
    device_class: String,
    browser: String,
    os: String,
    channel: String,
    source: String,
    last_page: String,
}

#[derive(Deserialize)]
struct PurchaseRow {
    person: String,
    orders: i64,
    revenue_sum: Amount,
    has_revenue: u8,
    other_revenue: BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
struct NameRow {
    person: String,
    name: String,
}

/// Who is on the page. A page is mostly filled by who was here lately, so only they are looked at first.
async fn page(runner: &Runner, request: &ListRequest, aliases: &Aliases) -> Result<Vec<PageRow>, ApiError> {
    let (currency, listed) = (&request.currency, &request.listed);
    if listed.is_of_the_latest() {
        let seen = listed.after.as_ref().and_then(|(value, _)| value.parse().ok());
        let anchor = seen.map_or_else(Timestamp::now, Timestamp);
        let today = anchor.0.saturating_sub(anchor.0.rem_euclid(DAY_MS));
        let since = Some(Timestamp(today.saturating_sub(RECENT_DAYS * DAY_MS).max(DAY_MS)));
        let recent = Listed { since, ..listed.clone() };
        let rows: Vec<PageRow> = runner.rows(&sql::list::page(currency, &recent, aliases)).await?;
        if rows.len() > listed.limit {
            return Ok(rows);
        }
    }
    Ok(runner.rows(&sql::list::page(currency, listed, aliases)).await?)
}

/// A page of people in the order that was asked for.
///
/// # Errors
/// The store did not answer.
pub async fn list(runner: &Runner, request: &ListRequest) -> Result<PersonList, ApiError> {
    let (site, currency) = (&request.listed.scope.site, &request.currency);
    let aliases = lookup::aliases(runner, site).await?;
    let mut page = page(runner, request, &aliases).await?;
    let more = page.len() > request.listed.limit;
    page.truncate(request.listed.limit);
    let next_cursor = page.last().filter(|_| more).map(|last| {
        cursor::encode(&Cursor {
            order_by: request.listed.order.name().to_owned(),
            ascending: request.listed.ascending,
            value: last.value.clone(),
            person: last.person.clone(),
        })
    });
    if page.is_empty() {
        return Ok(PersonList { items: Vec::new(), next_cursor });
    }
    let people: Vec<String> = page.iter().map(|row| row.person.clone()).collect();
    let ids = aliases.ids_of(&people);
    let visitors = visitors_of(runner, site, &people, &ids).await?;
    let details = sql::details(site, &visitors, &people, &aliases);
    let purchases = sql::purchases(site, &visitors, &people, currency, &aliases);
    let names = sql::names(site, &ids, &aliases);
    let (details, purchases, names) = futures_util::try_join!(
        runner.rows::<DetailRow>(&details),
        runner.rows::<PurchaseRow>(&purchases),
        runner.rows::<NameRow>(&names),
    )?;
    let mut details: HashMap<String, DetailRow> =
        details.into_iter().map(|row| (row.person.clone(), row)).collect();
    let purchases: HashMap<String, PurchaseRow> =
        purchases.into_iter().map(|row| (row.person.clone(), row)).collect();
    let names: HashMap<String, String> = names.into_iter().map(|row| (row.person, row.name)).collect();
    let summary = |row: PageRow| {
        let detail = details.remove(&row.person)?;
        let purchase = purchases.get(&row.person);
        Some(PersonSummary {
            name: names.get(&row.person).cloned().unwrap_or_default(),
            person: row.person,
            identified: row.identified,
            first_seen: detail.first_seen,
            last_seen: detail.last_seen,
            sessions: detail.sessions,
            page_views: detail.page_views,
            events: detail.events,
            orders: purchase.map_or(0, |row| row.orders),
            revenue: purchase.and_then(|row| money(row.has_revenue, row.revenue_sum, currency)),
            other_revenue: purchase.map(|row| other_money(row.other_revenue.clone())).unwrap_or_default(),
            country: detail.country,
            device_class: detail.device_class,
            browser: detail.browser,
            os: detail.os,
            channel: shown_channel(detail.channel),
            source: detail.source,
            last_page: detail.last_page,
            visitors: detail.visitors,
        })
    };
    Ok(PersonList { items: page.into_iter().filter_map(summary).collect(), next_cursor })
}
