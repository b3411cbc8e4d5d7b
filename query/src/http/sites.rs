//! `GET /sites`: the sites that the caller may read.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::export::respond;
use crate::error::ErrorBody;
use crate::state::AppState;
use crate::table::Table;

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
    /// Accepted events that are neither stored, nor duplicates, nor pending; 0 while the accounts balance.
    pub gap_events: u64,
}

/// The columns of an export of sites.
const COLUMNS: [&str; 6] = ["site", "name", "timezone", "currency", "write_key", "gap_events"];

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
        .map(|site| Site {
            site: site.site.clone(),
            name: site.name.clone(),
            timezone: site.timezone.clone(),
            currency: site.currency.clone(),
            write_key: key_of(&site.site),
            gap_events: state.accounts.gap_events(&site.site),
        })
        .collect();
    items.sort_by(|one, other| one.site.cmp(&other.site));
    respond(&headers, SiteList { items, next_cursor: None }, |list| Table::of_items(&COLUMNS, &list.items))
}
