//! What listeners hear.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::Money;

/// One minute of the last half hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveMinute {
    /// Its beginning.
    pub minute: Timestamp,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Events.
    pub events: i64,
}

/// A page and the visitors on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LivePage {
    /// Its path.
    pub page: String,
    /// Visitors of the last 5 minutes.
    pub visitors: i64,
}

/// A source and the visitors it sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveSource {
    /// The source of the visitor's session; empty for a direct visit.
    pub source: String,
    /// Visitors of the last 5 minutes.
    pub visitors: i64,
}

/// A country and the visitors in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveCountry {
    /// ISO 3166-1 alpha-2; empty when not known.
    pub country: String,
    /// Visitors of the last 5 minutes.
    pub visitors: i64,
}

/// A region or city and the visitors in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LivePlace {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Region; empty when not known.
    pub region: String,
    /// City; empty when not known.
    pub city: String,
    /// Visitors of the last 5 minutes.
    pub visitors: i64,
}

/// A step from one page to the next, by those who took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveMove {
    /// The page or screen before, seen in the last 35 minutes; empty for who has just arrived.
    pub from: String,
    /// The page or screen that was opened.
    pub to: String,
    /// Visitors who did so in the last 5 minutes.
    pub visitors: i64,
    /// When the latest of them did.
    pub latest: Timestamp,
}

/// `event: snapshot`, every 2 seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveSnapshot {
    /// When it was taken.
    pub now: Timestamp,
    /// Visitors of the last 5 minutes: those with a view, as `/stats` counts them.
    pub visitors: i64,
    /// The last 30 minutes, oldest first.
    pub minutes: Vec<LiveMinute>,
    /// Most visitors first, at most 10.
    pub pages: Vec<LivePage>,
    /// Most visitors first, at most 10.
    pub sources: Vec<LiveSource>,
    /// Most visitors first, at most 250.
    pub countries: Vec<LiveCountry>,
    /// Regions and cities, where the geographic database knows them. Most visitors first, at most 50.
    pub places: Vec<LivePlace>,
    /// Steps from page to page of the last 5 minutes. Most visitors first, of these the latest; at most 12.
    pub moves: Vec<LiveMove>,
}

/// A thing of an order or a basket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveItem {
    /// What it is called, or its id.
    pub name: String,
    /// How many.
    pub quantity: f64,
}

/// `event: activity`, for each new event of a person. Not for what a mail tool did (`newsletter_sent`, `…_delivered`,
/// `…_bounce`), nor for what happened more than 24 hours ago. Text that is not known is empty; text that a client chose
/// ends after 200 characters.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveActivity {
    /// The client's id.
    pub event_id: String,
    /// When it happened.
    pub ts: Timestamp,
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// The visitor id. Who is identified later is no longer the visitor but a person.
    pub visitor: String,
    /// The client's session id.
    pub session: String,
    /// `page_view`, `order`, …
    pub kind: String,
    /// The custom event's name, or the vital's.
    pub name: String,
    /// `site`, `app`, `newsletter`, …
    pub touchpoint: String,
    /// Title of the page.
    pub title: String,
    /// Host of the page.
    pub host: String,
    /// Path of the page.
    pub path: String,
    /// The app's screen.
    pub screen: String,
    /// What was clicked.
    pub target: String,
    /// The newsletter's link.
    pub link: String,
    /// The newsletter's campaign, or the campaign of the address.
    pub campaign: String,
    /// The newsletter's message.
    pub message: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// City.
    pub city: String,
    /// `desktop`, `smartphone`, …
    pub device_class: String,
    /// Browser.
    pub browser: String,
    /// Operating system.
    pub os: String,
    /// Channel of the event.
    pub channel: String,
    /// Source of the event.
    pub source: String,
    /// Attention, in milliseconds.
    pub engaged_ms: Option<i64>,
    /// How far down the page was seen, 0 to 100.
    pub scroll_pct: Option<i64>,
    /// Value of a vital or score of an answer.
    pub value: Option<f64>,
    /// How good the value is, as the client or the collector said; empty for what is not rated.
    pub rating: String,
    /// Money that the event carries, in its own currency.
    pub revenue: Option<Money>,
    /// What was bought or looked at, the first five.
    pub items: Vec<LiveItem>,
    /// How many more.
    pub items_more: i64,
    /// Of the properties those that say what it was about.
    pub props: BTreeMap<String, String>,
}

/// `event: recent`, at once and whenever a client or the feed could not keep up: what the 50 visitors who were last here
/// within 24 hours did, of each the latest 60 events. Every `activity` that follows is new; what was told before is in
/// here, or no longer among the latest.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveRecent {
    /// Oldest first.
    pub items: Vec<LiveActivity>,
}

/// `event: resync`: some activity was left out because this client or the feed could not keep up; the `recent` that
/// follows is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveResync {
    /// How many messages were left out, at least.
    pub skipped: i64,
}
