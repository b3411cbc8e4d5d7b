//! The list of people: first who is on the page, then what is shown of them.

use std::collections::{BTreeMap, HashMap};

use orma_store::Site;
use serde::{Deserialize, Serialize};

use super::{money, other_money, shown_channel};
use crate::error::ApiError;
use crate::http::people::{PeopleParams, PersonList, PersonSummary};
use crate::identity::Aliases;
use crate::lookup::{self, visitors_of};
use crate::plan::cursor;
use crate::plan::parameter::parse_limit;
use crate::runner::Runner;
use crate::scope::{Scope, ScopeText};
use crate::sql::people as sql;
use crate::sql::people_list::{self, Listed, Order};
use crate::timestamp::Moment;
use crate::value::Amount;

const PEOPLE_DEFAULT: usize = 50;
const PEOPLE_MAX: usize = 1000;
/// Who was here within this many days is looked at first.
const RECENT_DAYS: i64 = 2;
const DAY_MS: i64 = 86_400_000;
/// Longer searches match nothing.
const SEARCH_BYTES_MAX: usize = 256;

/// A request for a page of people.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The site's money.
    currency: String,
    listed: Listed,
}

/// Money of a cursor, in ten-thousandths, is below: the store holds 38 digits.
const CURSOR_AMOUNT_MAX: i128 = 10_i128.pow(37);

/// Where a page ends: the last person, and by what and how the people are sorted.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    order_by: String,
    ascending: bool,
    /// The person's value of it, as text.
    value: String,
    person: String,
}

impl cursor::Bounded for Place {
    fn is_possible(&self) -> bool {
        match Order::ALL.into_iter().find(|order| order.name() == self.order_by) {
            None => false,
            Some(Order::Revenue) => {
                self.value.parse().is_ok_and(|Amount(amount)| amount.abs() < CURSOR_AMOUNT_MAX)
            }
            Some(Order::LastSeen | Order::FirstSeen) => {
                self.value.parse().is_ok_and(cursor::is_possible_moment)
            }
            Some(_) => self.value.parse::<i64>().is_ok(),
        }
    }
}

impl ListRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn parse(site: &Site, params: &PeopleParams) -> Result<Self, ApiError> {
        let search = params.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if search.is_some_and(|text| text.len() > SEARCH_BYTES_MAX) {
            let message = format!("`search` may have at most {SEARCH_BYTES_MAX} bytes.");
            return Err(ApiError::invalid("invalid_search", "search", message));
        }
        let text = ScopeText {
            from: params.from.as_deref(),
            to: params.to.as_deref(),
            filter: &params.filter,
            include: None,
        };
        let scope = Scope::parse_open(site, &text)?;
        let order = parse_order(params.order_by.as_deref())?;
        let ascending = match params.direction.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(other) => {
                let message = format!("`direction` must be desc or asc, not `{other}`.");
                return Err(ApiError::invalid("invalid_direction", "direction", message));
            }
        };
        let after: Option<Place> = params.cursor.as_deref().map(cursor::decode).transpose()?;
        if after
            .as_ref()
            .is_some_and(|place| (place.order_by.as_str(), place.ascending) != (order.name(), ascending))
        {
            let message = "The cursor is of a list in another order; ask for its first page.";
            return Err(ApiError::invalid("invalid_cursor", "cursor", message));
        }
        let listed = Listed {
            scope,
            search: search.map(ToOwned::to_owned),
            identified: parse_choice("invalid_identified", "identified", params.identified.as_deref())?,
            customers: parse_choice("invalid_customers", "customers", params.customers.as_deref())?,
            order,
            ascending,
            after: after.map(|place| (place.value, place.person)),
            limit: parse_limit(params.limit.as_deref(), PEOPLE_DEFAULT, PEOPLE_MAX)?,
            since: None,
        };
        Ok(Self { currency: site.currency.clone(), listed })
    }
}

fn parse_order(name: Option<&str>) -> Result<Order, ApiError> {
    let Some(name) = name else { return Ok(Order::default()) };
    Order::ALL.into_iter().find(|order| order.name() == name).ok_or_else(|| {
        let known = Order::ALL.map(Order::name).join(", ");
        let message = format!("People cannot be sorted by `{name}`, only by: {known}.");
        ApiError::invalid("invalid_order", "order_by", message)
    })
}

/// A parameter that is true, false or left out.
fn parse_choice(code: &'static str, field: &str, text: Option<&str>) -> Result<Option<bool>, ApiError> {
    match text {
        None | Some("") => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            let message = format!("`{field}` must be true or false, not `{other}`.");
            Err(ApiError::invalid(code, field, message))
        }
    }
}

#[derive(Deserialize)]
struct PageRow {
    person: String,
    identified: bool,
    value: String,
}

#[derive(Deserialize)]
struct DetailRow {
    person: String,
    first_seen: Moment,
    last_seen: Moment,
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
        let anchor = seen.map_or_else(Moment::now, Moment);
        let today = anchor.0.saturating_sub(anchor.0.rem_euclid(DAY_MS));
        let since = Some(Moment(today.saturating_sub(RECENT_DAYS * DAY_MS).max(DAY_MS)));
        let recent = Listed { since, ..listed.clone() };
        let rows: Vec<PageRow> = runner.rows(&people_list::page(currency, &recent, aliases)).await?;
        if rows.len() > listed.limit {
            return Ok(rows);
        }
    }
    Ok(runner.rows(&people_list::page(currency, listed, aliases)).await?)
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
        cursor::encode(&Place {
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
