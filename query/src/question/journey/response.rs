//! What is told: sessions with their events.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::Money;

/// One event of a journey. Text that is not known is empty.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyEvent {
    /// The client's id.
    pub event_id: String,
    /// When it happened.
    pub ts: Timestamp,
    /// `page_view`, `order`, …
    pub kind: String,
    /// The custom event's name, the vital's name, the kind of app start.
    pub name: String,
    /// `site`, `app`, `newsletter`, …
    pub touchpoint: String,
    /// `pre_purchase`, `purchase` or `post_purchase`: the person's. After the first order, what would be before a purchase
    /// is after one.
    pub stage: String,
    /// The event carried no user id and is the person's through an identity edge.
    pub anonymous: bool,
    /// Title of the page.
    pub title: String,
    /// Host of the page.
    pub host: String,
    /// Path of the page.
    pub path: String,
    /// Where the person came from.
    pub referrer: String,
    /// The app's screen.
    pub screen: String,
    /// What was clicked.
    pub target: String,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// Attention, in milliseconds.
    pub engaged_ms: Option<i64>,
    /// How far down the page was seen, 0 to 100.
    pub scroll_pct: Option<i64>,
    /// Value of a vital or score of an answer.
    pub value: Option<f64>,
    /// How good the value is, as the client or the collector said; empty for what is not rated.
    pub rating: String,
    /// Money that the event carries.
    pub revenue: Option<Money>,
    /// The newsletter's campaign, or the campaign of the address.
    pub campaign: String,
    /// The newsletter's message.
    pub message: String,
    /// The newsletter's link.
    pub link: String,
    /// The app's version.
    pub app_version: String,
    /// Empty for people; otherwise the kind of bot.
    pub bot: String,
    /// Of an open or click of a newsletter, and of the page after it: `human`, `proxy`, `machine`, `unknown` or empty.
    pub verdict: String,
    /// Why the verdict.
    pub verdict_reason: String,
    /// Everything else.
    pub props: BTreeMap<String, String>,
}

/// One session of a journey.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneySession {
    /// The client's session id; null when it sent none. One id may have several sessions: a pause of more than 30 minutes
    /// ends one.
    pub session: Option<String>,
    /// The first event.
    pub started_at: Timestamp,
    /// The last event.
    pub ended_at: Timestamp,
    /// From the first to the last event, without what came by itself after a pause of 30 minutes, in milliseconds.
    pub duration_ms: i64,
    /// From the end of the person's session before to the start of this one, in milliseconds; null for the first.
    pub gap_before_ms: Option<i64>,
    /// The visitor id of the first event.
    pub visitor: String,
    /// Of the first event.
    pub channel: String,
    /// Of the first event.
    pub source: String,
    /// Of the first event.
    pub campaign: String,
    /// Of the first event that has one.
    pub device_class: String,
    /// Of the first event that has one.
    pub browser: String,
    /// Of the first event that has one.
    pub os: String,
    /// Of the first event that has one.
    pub country: String,
    /// In order of appearance.
    pub touchpoints: Vec<String>,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Sum of the money in the site's currency; null when there is none.
    pub revenue: Option<Money>,
    /// Sum of the money in other currencies, each for itself; left out when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// Newest first.
    pub events: Vec<JourneyEvent>,
}

/// A page of a journey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Journey {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// The site's IANA time zone.
    pub timezone: String,
    /// Newest first.
    pub items: Vec<JourneySession>,
    /// For the next page.
    pub next_cursor: Option<String>,
    /// Older events are left out here: the sessions of the page hold more than the 20,000 that an answer may, or the
    /// person's visitors have more than 200,000 sessions. No person has; a program does.
    pub truncated: bool,
}
