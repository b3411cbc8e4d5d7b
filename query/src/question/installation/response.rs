//! What is told: what arrived, from where, and what was refused.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// One host, and what came from its pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArrivedHost {
    /// The pages' host; empty for apps and servers.
    #[schema(example = "shop.example")]
    pub host: String,
    /// Events.
    pub events: i64,
    /// Distinct visitors.
    pub visitors: i64,
    /// How many of the events are bots' or machines'.
    pub bots: i64,
    /// When last.
    pub last_at: Timestamp,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArrivedEvent {
    /// Its id.
    pub event_id: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its kind.
    #[schema(example = "page_view")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Host of the page.
    pub host: String,
    /// Path of the page, or the app's screen.
    pub path: String,
    /// What sent it, as it says itself.
    #[schema(example = "orma-js/1.1.0")]
    pub sdk: String,
    /// Why it counts as a bot's; empty for people.
    pub bot: String,
}

/// Requests or events that were refused for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    /// Stable name of the reason.
    #[schema(example = "origin_not_allowed")]
    pub reason: String,
    /// Why, in the collector's words.
    pub message: String,
    /// The origin of the pages that sent them; empty when it is not known.
    #[schema(example = "https://www.shop.example")]
    pub origin: String,
    /// The write key in them; empty when it is not known.
    pub key: String,
    /// Whether requests were refused as a whole; otherwise single events.
    pub whole_request: bool,
    /// Whether they named this site; a request with an unknown key or an unreadable body names none.
    pub of_this_site: bool,
    /// How many requests, or events.
    pub count: i64,
    /// When last.
    pub last_at: Timestamp,
    /// A bounded piece of the latest event; empty for whole requests.
    pub example: String,
}

/// The answer of `GET /installation`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Installation {
    /// The site.
    pub site: String,
    /// The write key for the snippet; null when all were withdrawn.
    pub write_key: Option<String>,
    /// Origins that browsers may send from; none means any.
    pub origins: Vec<String>,
    /// Since when this looks: the last half hour.
    pub from: Timestamp,
    /// Events that arrived since then.
    pub events: i64,
    /// Beginning of the last hour in which an event of the site was taken, however long ago; null when none ever was.
    pub last_hour: Option<Timestamp>,
    /// By host, most events first; at most 20.
    pub hosts: Vec<ArrivedHost>,
    /// The latest ten.
    pub latest: Vec<ArrivedEvent>,
    /// What was refused since then, the latest first; at most 50. Requests that name no site are shown to whoever may read
    /// all sites, and to others when they came from one of the site's origins.
    pub refused: Vec<Refused>,
}
