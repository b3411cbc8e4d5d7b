//! One person's card, counted event by event.

use std::collections::BTreeMap;

use orma_store::Site;
use serde::Deserialize;

use super::response::{Person, PersonDevice, PersonTouchpoint};
use super::{money, other_money, shown_channel, sql};
use crate::error::ApiError;
use crate::lookup::{Candidate, Candidates, unknown_person};
use crate::question::identity::links_of;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;
use crate::value::Amount;

#[derive(Deserialize)]
struct CardRow {
    /// Whether the row is of one device, and not of all events.
    of_device: bool,
    /// Whether it is of one touchpoint.
    of_touchpoint: bool,
    events: i64,
    /// Has a user id.
    identified: bool,
    first_seen: Timestamp,
    last_seen: Timestamp,
    sessions: i64,
    page_views: i64,
    orders: i64,
    revenue_sum: Amount,
    has_revenue: u8,
    other_revenue: BTreeMap<String, Amount>,
    latest_country: String,
    latest_region: String,
    latest_city: String,
    latest_language: String,
    first_channel: String,
    first_source: String,
    class: String,
    brand: String,
    model: String,
    browser_name: String,
    os_name: String,
    version: String,
    place: String,
}

#[derive(Deserialize)]
struct TraitRow {
    #[serde(rename = "trait")]
    name: String,
    value: String,
}

/// The card of a user id or a visitor id.
///
/// # Errors
/// Nobody has the id, or the store did not answer.
pub async fn card(runner: &Runner, site: &Site, id: &str) -> Result<Person, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let mut candidates = Candidates::new(runner, &site.site, id);
    while let Some(found) = candidates.next().await? {
        if let Some(person) = read(runner, site, found).await? {
            return Ok(person);
        }
    }
    Err(unknown_person(id))
}

/// The card of somebody; `None` for who has no events.
async fn read(runner: &Runner, site: &Site, found: Candidate) -> Result<Option<Person>, ApiError> {
    let name = &site.site;
    let numbers = sql::card(name, found.ids(), &found.person, &site.currency);
    let traits = sql::traits(name, &found.ids);
    let (numbers, traits, links) = futures_util::try_join!(
        runner.rows::<CardRow>(&numbers),
        runner.rows::<TraitRow>(&traits),
        links_of(runner, name, &found.ids),
    )?;
    let (parts, whole): (Vec<CardRow>, Vec<CardRow>) =
        numbers.into_iter().partition(|row| row.of_device || row.of_touchpoint);
    let (devices, touchpoints): (Vec<CardRow>, Vec<CardRow>) =
        parts.into_iter().partition(|row| row.of_device);
    let Some(row) = whole.into_iter().find(|row| row.events > 0) else { return Ok(None) };
    let traits: BTreeMap<String, String> = traits.into_iter().map(|row| (row.name, row.value)).collect();
    let device = |row: CardRow| PersonDevice {
        class: row.class,
        brand: row.brand,
        model: row.model,
        browser: row.browser_name,
        os: row.os_name,
        os_version: row.version,
        sessions: row.sessions,
        last_seen: row.last_seen,
    };
    let touchpoint = |row: CardRow| PersonTouchpoint {
        touchpoint: row.place,
        events: row.events,
        last_seen: row.last_seen,
    };
    Ok(Some(Person {
        person: found.person,
        identified: row.identified,
        traits,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
        sessions: row.sessions,
        page_views: row.page_views,
        events: row.events,
        orders: row.orders,
        revenue: money(row.has_revenue, row.revenue_sum, &site.currency),
        other_revenue: other_money(row.other_revenue),
        country: row.latest_country,
        region: row.latest_region,
        city: row.latest_city,
        language: row.latest_language,
        first_channel: shown_channel(row.first_channel),
        first_source: row.first_source,
        links,
        devices: devices.into_iter().map(device).collect(),
        touchpoints: touchpoints.into_iter().map(touchpoint).collect(),
    }))
}
