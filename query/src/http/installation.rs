//! `GET /sites/{site}/installation`: what arrived of a site in the last minutes, and what was refused, with why.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Access;
use super::params::SitePath;
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::installation;
use crate::timestamp::Moment;

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
    pub last_at: Moment,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArrivedEvent {
    /// Its id.
    pub event_id: String,
    /// When it was received.
    pub received_at: Moment,
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
    pub last_at: Moment,
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
    pub from: Moment,
    /// Events that arrived since then.
    pub events: i64,
    /// Beginning of the last hour in which an event of the site was taken, however long ago; null when none ever was.
    pub last_hour: Option<Moment>,
    /// By host, most events first; at most 20.
    pub hosts: Vec<ArrivedHost>,
    /// The latest ten.
    pub latest: Vec<ArrivedEvent>,
    /// What was refused since then, the latest first; at most 50. Requests that name no site are shown to whoever may read
    /// all sites, and to others when they came from one of the site's origins.
    pub refused: Vec<Refused>,
}

/// What arrived of a site in the last half hour, and what was refused, with why.
#[utoipa::path(get, path = "/api/v1/sites/{site}/installation", tag = "installation", params(SitePath),
    responses(
        (status = 200, description = "What arrived and what was refused", body = Installation),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(State(state): State<AppState>, access: Access) -> Result<Json<Installation>, ApiError> {
    let snapshot = state.registry.snapshot();
    let keys = snapshot.keys.iter().filter(|(_, site)| **site == access.site.site);
    let write_key = keys.map(|(key, _)| key).min().cloned();
    let runner = access.caller.runner(&state);
    let of_all_sites = access.caller.is_of_all_sites();
    Ok(Json(installation::answer(&runner, &access.site, write_key, of_all_sites, Moment::now()).await?))
}
