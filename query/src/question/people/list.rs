//! The list of people: first who is on the page, then what is shown of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use super::request::{Cursor, ListRequest};
use super::response::{PersonList, PersonSummary};
use super::sql::list::Whose;
use super::{money, other_money, shown_channel, sql};
use crate::condition::Condition;
use crate::error::ApiError;
use crate::identity::Aliases;
use crate::lookup;
use crate::plan::cursor;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;
use crate::value::Amount;

/// Of whom is not sure that they were in the period the table of people is asked so many times for others; then the visits
/// are asked.
const ROUNDS_MAX: usize = 4;
/// In each round for so many times as many as in the one before.
const MORE_IN_A_ROUND: usize = 4;
/// At most so many at once.
const KNOWN_MAX: usize = 4_000;
/// Of more ids that aliases join the visits are asked.
const ALIASED_MAX: usize = 2_000;

#[derive(Deserialize)]
struct PageRow {
    person: String,
    identified: bool,
    value: String,
    /// Whether it is sure that the person was here in the period.
    #[serde(default = "yes")]
    is_sure: bool,
    /// The number of a row of the table of people; empty where the visits were asked.
    #[serde(default)]
    number: String,
    #[serde(default)]
    version: String,
}

/// A row of the table of people.
#[derive(Deserialize)]
struct KnownRow {
    number: String,
    version: String,
    value: String,
    #[serde(flatten)]
    detail: DetailRow,
}

/// Who is on a page, and what is shown of those whom the table of people knows.
#[derive(Default)]
struct Page {
    rows: Vec<PageRow>,
    details: HashMap<String, DetailRow>,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct DetailRow {
    person: String,
    #[serde(alias = "first_seen_ms")]
    first_seen: Timestamp,
    #[serde(alias = "last_seen_ms")]
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
    orders: i64,
    revenue_sum: Amount,
    has_revenue: u8,
    other_revenue: BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
struct NameRow {
    id: String,
    name: String,
    told_at: i64,
}

/// Who is on the page: from the table of people, as far as it says so.
async fn page(
    runner: &Runner,
    request: &ListRequest,
    aliases: &Aliases,
    is_known: bool,
) -> Result<Page, ApiError> {
    let (currency, listed) = (&request.currency, &request.listed);
    if is_known {
        let found = match &listed.search {
            None => known(runner, request, aliases).await?,
            Some(search) => found(runner, request, search, aliases).await?,
        };
        if let Some(page) = found {
            return Ok(page);
        }
    }
    let rows = runner.rows(&sql::list::page(currency, listed, aliases, Whose::All)).await?;
    Ok(Page { rows, ..Page::default() })
}

/// The page of those in whose ids or traits a text is found, unless these are very many.
async fn found(
    runner: &Runner,
    request: &ListRequest,
    search: &str,
    aliases: &Aliases,
) -> Result<Option<Page>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let (currency, listed) = (&request.currency, &request.listed);
    let rows: Vec<Row> = runner.rows(&sql::list::found(&listed.scope.site, search, aliases)).await?;
    if rows.is_empty() {
        return Ok(Some(Page::default()));
    }
    if rows.len() > sql::list::FOUND_MAX {
        return Ok(None);
    }
    let people: BTreeSet<String> = rows.iter().map(|row| aliases.person(&row.id).to_owned()).collect();
    let ids = aliases.ids_of(&people.into_iter().collect::<Vec<_>>());
    let rows = runner.rows(&sql::list::page(currency, listed, aliases, Whose::Of(&ids))).await?;
    Ok(Some(Page { rows, ..Page::default() }))
}

/// The page of all people, unless the table of people does not say who was here in the period.
async fn known(runner: &Runner, request: &ListRequest, aliases: &Aliases) -> Result<Option<Page>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        person: String,
    }
    let joined = aliases.all_ids();
    if joined.len() > ALIASED_MAX {
        return Ok(None);
    }
    let (currency, listed) = (&request.currency, &request.listed);
    let (mut page, mut asked) = (Page::default(), listed.clone());
    for _ in 0..ROUNDS_MAX {
        let mut rows: Vec<PageRow> =
            runner.rows(&sql::list::known(currency, &asked, aliases, &joined)).await?;
        // One more is asked for than fits.
        let is_all = rows.len() <= asked.limit;
        asked.after = rows.last().map(|last| (last.value.clone(), last.person.clone()));
        let numbers: Vec<String> =
            rows.iter().filter(|row| !row.number.is_empty()).map(|row| row.number.clone()).collect();
        if !numbers.is_empty() {
            let known: Vec<KnownRow> = runner.rows(&sql::list::rows_of(currency, listed, &numbers)).await?;
            let mut known: HashMap<String, KnownRow> =
                known.into_iter().map(|row| (row.number.clone(), row)).collect();
            // Each once, by the row that counts.
            rows.retain(|row| {
                let is_old = |known: &KnownRow| (&known.version, &known.value) != (&row.version, &row.value);
                if row.number.is_empty() {
                    return true;
                }
                if known.get(&row.number).is_none_or(is_old) {
                    return false;
                }
                let detail = known.remove(&row.number).map(|known| known.detail);
                page.details.extend(detail.map(|detail| (row.person.clone(), detail)));
                true
            });
        }
        let unsure: Vec<String> =
            rows.iter().filter(|row| !row.is_sure).map(|row| row.person.clone()).collect();
        if !unsure.is_empty() {
            let seen: Vec<Row> = runner.rows(&sql::list::seen(listed, &unsure)).await?;
            let seen: HashSet<String> = seen.into_iter().map(|row| row.person).collect();
            rows.retain(|row| row.is_sure || seen.contains(&row.person));
        }
        page.rows.append(&mut rows);
        if is_all || page.rows.len() > listed.limit {
            page.rows.truncate(listed.limit + 1);
            return Ok(Some(page));
        }
        asked.limit = (asked.limit * MORE_IN_A_ROUND).min(KNOWN_MAX);
    }
    Ok(None)
}

/// The latest name of each person, whichever of the ids was told it.
fn latest_names(mut rows: Vec<NameRow>, aliases: &Aliases) -> HashMap<String, String> {
    rows.sort_by(|one, other| (one.told_at, &one.id).cmp(&(other.told_at, &other.id)));
    rows.into_iter().map(|row| (aliases.person(&row.id).to_owned(), row.name)).collect()
}

/// A page of people in the order that was asked for.
///
/// # Errors
/// The store did not answer.
pub async fn list(runner: &Runner, request: &ListRequest) -> Result<PersonList, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    // Before anything is asked: what is kept of answers is known by what the store held then.
    let is_known =
        request.listed.scope.condition == Condition::EVERYTHING && runner.bring_people_up_to_date().await;
    let (site, currency) = (&request.listed.scope.site, &request.currency);
    let aliases = lookup::aliases(runner, site).await?;
    let Page { rows: mut page, mut details } = page(runner, request, &aliases, is_known).await?;
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
    let names = runner.rows::<NameRow>(&sql::names(site, &aliases.ids_of(&people))).await?;
    let others: Vec<String> = people.into_iter().filter(|person| !details.contains_key(person)).collect();
    if !others.is_empty() {
        let sql = sql::details(site, &aliases.ids_of(&others), currency, &aliases);
        let rows: Vec<DetailRow> = runner.rows(&sql).await?;
        details.extend(rows.into_iter().map(|row| (row.person.clone(), row)));
    }
    let names = latest_names(names, &aliases);
    let summary = |row: PageRow| {
        let detail = details.remove(&row.person)?;
        Some(PersonSummary {
            name: names.get(&row.person).cloned().unwrap_or_default(),
            person: row.person,
            identified: row.identified,
            first_seen: detail.first_seen,
            last_seen: detail.last_seen,
            sessions: detail.sessions,
            page_views: detail.page_views,
            events: detail.events,
            orders: detail.orders,
            revenue: money(detail.has_revenue, detail.revenue_sum, currency),
            other_revenue: other_money(detail.other_revenue),
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
