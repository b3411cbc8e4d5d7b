//! What is told of people: the list and one person's card.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::question::identity::response::IdentityLink;
use crate::timestamp::Timestamp;
use crate::value::Money;

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
    pub first_seen: Timestamp,
    /// The last event.
    pub last_seen: Timestamp,
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

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonList {
    /// In the order that was asked for.
    pub items: Vec<PersonSummary>,
    /// For the next page.
    pub next_cursor: Option<String>,
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
    pub last_seen: Timestamp,
}

/// Where a person met the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonTouchpoint {
    /// `site`, `app`, `newsletter`, …
    pub touchpoint: String,
    /// Events there.
    pub events: i64,
    /// When last.
    pub last_seen: Timestamp,
}

/// One person's card.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "so the field is called in the response")]
pub struct Person {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// What is known: the latest value of each trait.
    pub traits: BTreeMap<String, String>,
    /// The first event.
    pub first_seen: Timestamp,
    /// The last event.
    pub last_seen: Timestamp,
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
