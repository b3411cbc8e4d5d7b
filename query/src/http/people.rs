//! `GET /people` and `GET /people/{person}`: the list of people and one person's card.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::{Table, respond_page};
use super::params::{Params, PersonPath, PersonScope, SitePath};
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::people;
use crate::timestamp::Moment;
use crate::value::Money;

/// What `GET /people` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleParams {
    /// Part of a user id, a visitor id, or the traits `name` and `email`; case does not matter.
    pub search: Option<String>,
    /// `true`: only people with a user id; `false`: only visitors nobody identified.
    pub identified: Option<String>,
    /// `true`: only people who have ever ordered; `false`: only those who have not.
    pub customers: Option<String>,
    /// A date in the site's zone or an instant: people seen since then. Their numbers are over all time.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive: people seen before then.
    pub to: Option<String>,
    /// Repeatable, as in `/stats`: people with a visit in the period that all filters hold for. Filters of events
    /// (`page`, `kind`, `name`, `touchpoint`, `stage`, `props.<name>`) hold for a visit when they all hold for one of
    /// its events that is the person's, the others by how it began.
    #[serde(default)]
    #[param(example = json!(["country:is:IT,FR"]))]
    pub filter: Vec<String>,
    /// `last_seen` (default), `first_seen`, `sessions`, `page_views`, `events`, `orders` or `revenue` (in the site's
    /// currency; who has spent nothing counts as 0). People who are level stand by `person`.
    pub order_by: Option<String>,
    /// `desc` (default): the largest or latest first; `asc`: the smallest or earliest.
    pub direction: Option<String>,
    /// Default 50, at most 1000.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One person of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonSummary {
    /// The user id, or the visitor id when nobody identified.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// The trait `name`, empty when not known.
    pub name: String,
    /// The first event.
    pub first_seen: Moment,
    /// The last event.
    pub last_seen: Moment,
    /// Number of sessions.
    pub sessions: i64,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Number of events.
    pub events: i64,
    /// Number of orders.
    pub orders: i64,
    /// Spent, in the site's currency; null when nothing.
    pub revenue: Option<Money>,
    /// Spent in other currencies, each for itself; left out when nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// Of the last session of which it is known: ISO 3166-1 alpha-2.
    pub country: String,
    /// Of the last session of which the device, the browser or the operating system is known.
    pub device_class: String,
    /// Of the same session.
    pub browser: String,
    /// Of the same session.
    pub os: String,
    /// Of the first session: what brought the person here.
    pub channel: String,
    /// Of the first session.
    pub source: String,
    /// The last page that was seen.
    pub last_page: String,
    /// Number of visitor ids (browsers and devices).
    pub visitors: i64,
}

/// The columns of an export of people.
const COLUMNS: [&str; 20] = [
    "person",
    "identified",
    "name",
    "first_seen",
    "last_seen",
    "sessions",
    "page_views",
    "events",
    "orders",
    "revenue_amount",
    "revenue_currency",
    "other_revenue",
    "country",
    "device_class",
    "browser",
    "os",
    "channel",
    "source",
    "last_page",
    "visitors",
];

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonList {
    /// In the order that was asked for.
    pub items: Vec<PersonSummary>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// An edge between a visitor and a user.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IdentityLink {
    /// For `DELETE /people/{person}/links/{id}`.
    pub id: String,
    /// The visitor; of an alias, the earlier user id with a leading `@`.
    pub visitor: String,
    /// The user.
    pub user: String,
    /// How it came to be: `identify`, `event`, `alias` or `manual`.
    pub source: String,
    /// Since when.
    pub linked_at: Moment,
    /// Who recorded it: `event`, or the name of a token.
    pub recorded_by: String,
}

/// A device of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonDevice {
    /// `desktop`, `smartphone`, `tablet`, …
    pub class: String,
    /// Maker.
    pub brand: String,
    /// Model.
    pub model: String,
    /// Browser.
    pub browser: String,
    /// Operating system.
    pub os: String,
    /// Version of the operating system.
    pub os_version: String,
    /// Sessions on it.
    pub sessions: i64,
    /// When last.
    pub last_seen: Moment,
}

/// Where a person met the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonTouchpoint {
    /// `site`, `app`, `newsletter`, …
    pub touchpoint: String,
    /// Events there.
    pub events: i64,
    /// When last.
    pub last_seen: Moment,
}

/// One person's card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// What is known: the latest value of each trait.
    pub traits: BTreeMap<String, String>,
    /// The first event.
    pub first_seen: Moment,
    /// The last event.
    pub last_seen: Moment,
    /// Number of sessions.
    pub sessions: i64,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Number of events.
    pub events: i64,
    /// Number of orders.
    pub orders: i64,
    /// Spent, in the site's currency; null when nothing.
    pub revenue: Option<Money>,
    /// Spent in other currencies, each for itself; left out when nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// Of the last event that has one.
    pub country: String,
    /// Of the last event that has one.
    pub region: String,
    /// Of the last event that has one.
    pub city: String,
    /// Of the last event that has one.
    pub language: String,
    /// Channel of the first session.
    pub first_channel: String,
    /// Source of the first session.
    pub first_source: String,
    /// The identity edges that make this person.
    pub links: Vec<IdentityLink>,
    /// Last used first.
    pub devices: Vec<PersonDevice>,
    /// Most events first.
    pub touchpoints: Vec<PersonTouchpoint>,
}

/// The people of a site, last seen first or in another order.
#[utoipa::path(get, path = "/api/v1/sites/{site}/people", tag = "people", params(SitePath, PeopleParams),
    responses(
        (status = 200, description = "A page of people; also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = PersonList),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Params(params): Params<PeopleParams>,
) -> Result<Response, ApiError> {
    let request = people::ListRequest::parse(&access.site, &params)?;
    let answer = people::list(&access.caller.runner(&state), &request).await?;
    Ok(respond_page(&headers, query.as_deref(), answer, |answer| {
        (Table::of_items(&COLUMNS, &answer.items), answer.next_cursor.as_deref())
    }))
}

/// One person's card. Takes a user id or a visitor id; a visitor who has been identified is answered as the user.
#[utoipa::path(get, path = "/api/v1/sites/{site}/people/{person}", tag = "people", params(PersonPath),
    responses(
        (status = 200, description = "The card", body = Person),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or person", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PersonScope(person): PersonScope,
) -> Result<Json<Person>, ApiError> {
    Ok(Json(people::card(&access.caller.runner(&state), &access.site, &person).await?))
}
