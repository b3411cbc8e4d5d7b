//! The list of people: first who is on the page, then what is shown of them.

use std::collections::{BTreeMap, HashMap};

use orma_store::Site;
use serde::{Deserialize, Serialize};

use super::{money, other_money, shown_channel};
use crate::api::error::ApiError;
use crate::api::params::parse_limit;
use crate::api::people::{PeopleParams, PersonList, PersonSummary};
use crate::identity::{Aliases, visitors_of};
use crate::moment::{Amount, Moment};
use crate::plan::{Period, cursor};
use crate::runner::Runner;
use crate::sql::people::{self as sql, Listed};

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
    site: Site,
    listed: Listed,
}

/// Where a page ends.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    last_seen: i64,
    person: String,
}

impl cursor::Bounded for Place {
    fn is_possible(&self) -> bool {
        cursor::is_possible_moment(self.last_seen)
    }
}

impl ListRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn parse(site: &Site, params: &PeopleParams) -> Result<Self, ApiError> {
        let identified = match params.identified.as_deref() {
            None | Some("") => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(other) => {
                let message = format!("`identified` must be true or false, not `{other}`.");
                return Err(ApiError::invalid("invalid_identified", "identified", message));
            }
        };
        let search = params.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if search.is_some_and(|text| text.len() > SEARCH_BYTES_MAX) {
            let message = format!("`search` may have at most {SEARCH_BYTES_MAX} bytes.");
            return Err(ApiError::invalid("invalid_search", "search", message));
        }
        let (from, to) = Period::parse_open(site, params.from.as_deref(), params.to.as_deref())?;
        let after: Option<Place> = params.cursor.as_deref().map(cursor::decode).transpose()?;
        let listed = Listed {
            search: search.map(ToOwned::to_owned),
            identified,
            from,
            to,
            after: after.map(|place| (Moment(place.last_seen), place.person)),
            limit: parse_limit(params.limit.as_deref(), PEOPLE_DEFAULT, PEOPLE_MAX)?,
            since: None,
        };
        Ok(Self { site: site.clone(), listed })
    }
}

#[derive(Deserialize)]
struct PageRow {
    person: String,
    identified: bool,
    last_seen: i64,
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
    let (site, listed) = (&request.site.site, &request.listed);
    // A search may be for a visitor id that the person had long ago.
    if listed.search.is_none() && listed.from.is_none() && listed.to.is_none() {
        let anchor = listed.after.as_ref().map_or_else(Moment::now, |(seen, _)| *seen);
        let today = anchor.0.saturating_sub(anchor.0.rem_euclid(DAY_MS));
        let since = Some(Moment(today.saturating_sub(RECENT_DAYS * DAY_MS).max(DAY_MS)));
        let recent = Listed { since, ..listed.clone() };
        let rows: Vec<PageRow> = runner.rows(&sql::page(site, &recent, aliases)).await?;
        if rows.len() > listed.limit {
            return Ok(rows);
        }
    }
    Ok(runner.rows(&sql::page(site, listed, aliases)).await?)
}

/// A page of people, last seen first.
///
/// # Errors
/// The store did not answer.
pub async fn list(runner: &Runner, request: &ListRequest) -> Result<PersonList, ApiError> {
    let site = &request.site;
    let aliases = Aliases::load(runner, &site.site).await?;
    let mut page = page(runner, request, &aliases).await?;
    let more = page.len() > request.listed.limit;
    page.truncate(request.listed.limit);
    let next_cursor = page
        .last()
        .filter(|_| more)
        .map(|last| cursor::encode(&Place { last_seen: last.last_seen, person: last.person.clone() }));
    if page.is_empty() {
        return Ok(PersonList { items: Vec::new(), next_cursor });
    }
    let people: Vec<String> = page.iter().map(|row| row.person.clone()).collect();
    let ids = aliases.ids_of(&people);
    let visitors = visitors_of(runner, &site.site, &people, &ids).await?;
    let details = sql::details(&site.site, &visitors, &people, &aliases);
    let purchases = sql::purchases(&site.site, &visitors, &people, &site.currency, &aliases);
    let names = sql::names(&site.site, &ids, &aliases);
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
            revenue: purchase.and_then(|row| money(row.has_revenue, row.revenue_sum, &site.currency)),
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
