//! `POST /sites` and what is below `/sites/{site}/settings`: sites, their write keys and newsletter secrets.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use orma_store::Site;
use orma_store::registry::Snapshot;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Access, AdminCaller, EditAccess};
use super::params::{Body, PathOf, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// The zone of a site that names none.
const TIMEZONE_DEFAULT: &str = "Europe/Rome";
/// The currency of a site that names none.
const CURRENCY_DEFAULT: &str = "EUR";

/// A new site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteRequest {
    /// Its name in addresses: 1 to 64 letters, digits, `-`, `_` or `.`. It stays for ever.
    #[schema(example = "shop", pattern = "^[A-Za-z0-9._-]{1,64}$")]
    pub site: String,
    /// Its name for people, in at most 200 bytes; `site` when absent.
    #[schema(example = "La Bottega", max_length = 200)]
    pub name: Option<String>,
    /// IANA time zone, in which its days are days. Default `Europe/Rome`.
    #[schema(example = "Europe/Rome")]
    pub timezone: Option<String>,
    /// ISO 4217: the currency that revenue is summed in. Default `EUR`.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// Origins that browsers may send from, at most 100; none means any.
    #[serde(default)]
    #[schema(example = json!(["https://shop.example"]), max_items = 100)]
    pub origins: Vec<String>,
}

/// What changes of a site; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteChange {
    /// Its name for people, in at most 200 bytes.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// IANA time zone. Days of the past are counted anew in it.
    pub timezone: Option<String>,
    /// ISO 4217. Amounts of other currencies are not converted: they stand beside revenue, each for itself.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// All origins that browsers may send from, at most 100; an empty list means any.
    #[schema(max_items = 100)]
    pub origins: Option<Vec<String>>,
}

/// A site, as it is set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteSettings {
    /// Its name in addresses.
    #[schema(example = "shop")]
    pub site: String,
    /// Its name for people.
    #[schema(example = "La Bottega")]
    pub name: String,
    /// IANA time zone.
    #[schema(example = "Europe/Rome")]
    pub timezone: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Origins that browsers may send from; none means any.
    pub origins: Vec<String>,
    /// Those of the origins that no browser sends, so that they allow nothing: older versions took wildcards.
    pub unusable_origins: Vec<String>,
    /// The write keys that work, by name. They stand in pages and are no secret.
    pub write_keys: Vec<String>,
    /// The secrets that sign the addresses in newsletters, newest first, without the secrets.
    pub newsletter_keys: Vec<NewsletterKeyInfo>,
}

/// A newsletter secret, without the secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterKeyInfo {
    /// Its id, which stands in every address that it signed.
    #[schema(example = "1a2b3c4d")]
    pub key_id: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A newsletter secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterSecret {
    /// Its id.
    #[schema(example = "1a2b3c4d")]
    pub key_id: String,
    /// The secret that a mail tool signs with.
    pub secret: String,
}

/// A new write key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// The key; a random one when absent.
    #[schema(pattern = "^[A-Za-z0-9._-]{1,64}$")]
    pub key: Option<String>,
}

/// A write key.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriteKeyInfo {
    /// The key.
    #[schema(example = "wk_0011223344556677889900aa")]
    pub key: String,
}

/// Of `/sites/{site}/settings/…/{key}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct KeyPath {
    /// The site's name.
    #[param(example = "shop")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// The write key, or the id of the newsletter secret.
    pub key: String,
}

fn settings(snapshot: &Snapshot, site: &Site) -> SiteSettings {
    let keys = snapshot.keys.iter().filter(|(_, owner)| **owner == site.site);
    let mut write_keys: Vec<String> = keys.map(|(key, _)| key.clone()).collect();
    write_keys.sort();
    let mut newsletter_keys: Vec<_> =
        snapshot.newsletter_keys.values().filter(|key| key.site == site.site).collect();
    newsletter_keys.sort_by_key(|key| (std::cmp::Reverse(key.created_at), &key.key_id));
    let info = |key: &&orma_store::NewsletterKey| NewsletterKeyInfo {
        key_id: key.key_id.clone(),
        created_at: Timestamp(key.created_at),
    };
    SiteSettings {
        site: site.site.clone(),
        name: site.name.clone(),
        timezone: site.timezone.clone(),
        currency: site.currency.clone(),
        origins: site.origins.clone(),
        unusable_origins: site.unusable_origins().into_iter().map(|(origin, _)| origin.to_owned()).collect(),
        write_keys,
        newsletter_keys: newsletter_keys.iter().map(info).collect(),
    }
}

/// The site as it is in the store now: another process may have changed it.
async fn current(state: &AppState, name: &str) -> Result<SiteSettings, ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let site = snapshot.sites.get(name);
    site.map(|site| settings(&snapshot, site)).ok_or_else(|| ApiError::NotFound {
        code: "unknown_site",
        message: format!("There is no site `{name}`."),
    })
}

/// Makes a site with a random write key.
#[utoipa::path(post, path = "/v1/sites", tag = "settings", request_body = SiteRequest,
    responses(
        (status = 201, description = "Made", body = SiteSettings),
        (status = 400, description = "A field cannot be, or there is such a site", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not an admin's over all sites", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    caller: AdminCaller,
    Body(request): Body<SiteRequest>,
) -> Result<(StatusCode, Json<SiteSettings>), ApiError> {
    caller.of_all_sites()?;
    state.registry.refresh().await?;
    if state.registry.snapshot().sites.contains_key(&request.site) {
        let message = format!("There is a site `{}` already.", request.site);
        return Err(ApiError::invalid("site_exists", "site", message));
    }
    let site = Site {
        name: request.name.unwrap_or_else(|| request.site.clone()),
        timezone: request.timezone.unwrap_or_else(|| TIMEZONE_DEFAULT.to_owned()),
        currency: request.currency.unwrap_or_else(|| CURRENCY_DEFAULT.to_owned()),
        origins: request.origins,
        site: request.site,
    };
    state.registry.add_site(&site, None).await?;
    Ok((StatusCode::CREATED, Json(current(&state, &site.site).await?)))
}

/// How a site is set up.
#[utoipa::path(get, path = "/settings", tag = "settings", params(SitePath),
    responses(
        (status = 200, description = "Its settings and keys", body = SiteSettings),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(State(state): State<AppState>, access: Access) -> Result<Json<SiteSettings>, ApiError> {
    Ok(Json(current(&state, &access.site.site).await?))
}

/// Changes a site: the fields that are named, and no others, whoever else changes them meanwhile. Collectors know within
/// seconds.
#[utoipa::path(patch, path = "/settings", tag = "settings", params(SitePath),
    request_body = SiteChange,
    responses(
        (status = 200, description = "The site as it is now", body = SiteSettings),
        (status = 400, description = "A field cannot be", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: EditAccess,
    Body(change): Body<SiteChange>,
) -> Result<Json<SiteSettings>, ApiError> {
    let SiteChange { name, timezone, currency, origins } = change;
    let change = orma_store::SiteChange { name, timezone, currency, origins };
    let site = &access.site.site;
    state.registry.change_site(site, &change).await?;
    Ok(Json(current(&state, site).await?))
}

/// Gives a site another write key; those that it has go on working.
#[utoipa::path(post, path = "/settings/keys", tag = "settings", params(SitePath),
    request_body = KeyRequest,
    responses(
        (status = 201, description = "The key", body = WriteKeyInfo),
        (status = 400, description = "The key cannot be, is another site's, or there are too many", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn add_key(
    State(state): State<AppState>,
    access: EditAccess,
    Body(request): Body<KeyRequest>,
) -> Result<(StatusCode, Json<WriteKeyInfo>), ApiError> {
    let key = state.registry.add_key(&access.site.site, request.key.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(WriteKeyInfo { key })))
}

/// Withdraws a write key: what is sent with it is refused from then on.
#[utoipa::path(delete, path = "/settings/keys/{key}", tag = "settings", params(KeyPath),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site, or it has no such key", body = ErrorBody)))]
pub async fn revoke_key(
    State(state): State<AppState>,
    access: EditAccess,
    PathOf(KeyPath { key, .. }): PathOf<KeyPath>,
) -> Result<StatusCode, ApiError> {
    let settings = current(&state, &access.site.site).await?;
    if !settings.write_keys.contains(&key) {
        return Err(no_such_key(&settings.site, "write key", &key));
    }
    state.registry.revoke_key(&key, &settings.site).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a site a new newsletter secret; what the older ones signed goes on working.
#[utoipa::path(post, path = "/settings/newsletter-keys", tag = "settings", params(SitePath),
    responses(
        (status = 201, description = "The secret", body = NewsletterSecret),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn add_newsletter_key(
    State(state): State<AppState>,
    access: EditAccess,
) -> Result<(StatusCode, Json<NewsletterSecret>), ApiError> {
    let key = state.registry.add_newsletter_key(&access.site.site).await?;
    Ok((StatusCode::CREATED, Json(NewsletterSecret { key_id: key.key_id, secret: key.secret })))
}

/// Withdraws a newsletter secret: the links that it signed lead nowhere from then on.
#[utoipa::path(delete, path = "/settings/newsletter-keys/{key}", tag = "settings",
    params(KeyPath),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this site, or may only read", body = ErrorBody),
        (status = 404, description = "No such site, or it has no such secret", body = ErrorBody)))]
pub async fn revoke_newsletter_key(
    State(state): State<AppState>,
    access: EditAccess,
    PathOf(KeyPath { key, .. }): PathOf<KeyPath>,
) -> Result<StatusCode, ApiError> {
    if !state.registry.revoke_newsletter_key(&access.site.site, &key).await? {
        return Err(no_such_key(&access.site.site, "newsletter secret", &key));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn no_such_key(site: &str, what: &str, key: &str) -> ApiError {
    ApiError::NotFound { code: "unknown_key", message: format!("The site `{site}` has no {what} `{key}`.") }
}
