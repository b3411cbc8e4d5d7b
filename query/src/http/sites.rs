//! `GET /sites`: the sites that the caller may read.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::export::respond;
use crate::accounts::Gap;
use crate::error::ErrorBody;
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Visits of a site that are made anew of its events: after an upgrade from a version that had none, or when an operator asked
/// for it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct VisitsProgress {
    /// Sessions of a day whose visits are still to be made.
    pub sessions_left: u64,
    /// About how much is done, from 0 to 1.
    #[schema(example = 0.63)]
    pub share: f64,
    /// What happened before may not be in the answers yet; from then on they are complete, for the newest days are made
    /// first.
    pub incomplete_until: Timestamp,
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "so the field is called in the response")]
pub struct Site {
    /// Its name in addresses.
    #[schema(example = "demo")]
    pub site: String,
    /// Its name for people.
    #[schema(example = "Demo")]
    pub name: String,
    /// IANA time zone.
    #[schema(example = "Europe/Rome")]
    pub timezone: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The write key that stands in the site's pages; null when all were withdrawn.
    #[schema(example = "demo")]
    pub write_key: Option<String>,
    /// Events that do not add up, whichever way, in any period; 0 while the accounts balance.
    pub gap_events: u64,
    /// Of these, rows in the store that no collector has counted. The others were accepted, and are neither stored, nor
    /// duplicates, nor pending.
    pub surplus_events: u64,
    /// When the first hour of receipt begins that does not add up; null while all do.
    pub gap_since: Option<Timestamp>,
    /// How far its visits are that are made anew; null when none are.
    pub making_visits: Option<VisitsProgress>,
}

/// The columns of an export of sites.
const COLUMNS: [&str; 11] = [
    "site",
    "name",
    "timezone",
    "currency",
    "write_key",
    "gap_events",
    "surplus_events",
    "gap_since",
    "making_visits_sessions_left",
    "making_visits_share",
    "making_visits_incomplete_until",
];

/// A page of sites.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteList {
    /// By name in addresses.
    pub items: Vec<Site>,
    /// Always null: the list is whole.
    pub next_cursor: Option<String>,
}

/// The sites that the caller may read.
#[utoipa::path(get, path = "/v1/sites", tag = "sites",
    responses(
        (status = 200, description = "The sites; also as text/csv and application/x-ndjson", body = SiteList),
        (status = 401, description = "No token or session", body = ErrorBody)))]
pub async fn list(State(state): State<AppState>, caller: Caller, headers: HeaderMap) -> Response {
    let snapshot = state.registry.snapshot();
    let key_of = |name: &str| {
        let keys = snapshot.keys.iter().filter(|(_, site)| *site == name).map(|(key, _)| key);
        keys.min().cloned()
    };
    let mut items: Vec<Site> = snapshot
        .sites
        .values()
        .filter(|site| caller.may_read(&site.site))
        .map(|site| {
            let gap = state.accounts.gap(&site.site);
            Site {
                site: site.site.clone(),
                name: site.name.clone(),
                timezone: site.timezone.clone(),
                currency: site.currency.clone(),
                write_key: key_of(&site.site),
                gap_events: gap.map_or(0, Gap::events),
                surplus_events: gap.map_or(0, |gap| gap.surplus_events),
                gap_since: gap.map(|gap| Timestamp(gap.since * 1000)),
                making_visits: state.visits_progress.of(&site.site).map(|progress| VisitsProgress {
                    sessions_left: progress.sessions_left,
                    share: progress.share,
                    incomplete_until: Timestamp(progress.incomplete_until),
                }),
            }
        })
        .collect();
    items.sort_by(|one, other| one.site.cmp(&other.site));
    respond(&headers, &SiteList { items, next_cursor: None }, |list| Table::of_items(&COLUMNS, &list.items))
}
