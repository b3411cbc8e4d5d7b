//! Newsletter signing secrets: what the addresses in a site's mails are signed with (`newsletter.rs`).

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Registry;
use super::definition::{Definition, Revocable};
use super::error::RegistryError;
use crate::client::Param;
use crate::secret;

/// What begins a signing secret.
const SECRET_PREFIX: &str = "ns_";

/// A site's newsletter signing secret. A site may have several: all sign, the newest is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsletterKey {
    /// Public id, part of every token.
    pub key_id: String,
    /// The site.
    pub site: String,
    /// The secret's text, whose bytes are the HMAC key.
    pub secret: String,
    /// When it was made: milliseconds since the epoch.
    pub created_at: i64,
}

impl std::fmt::Debug for NewsletterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "NewsletterKey({} of {})", self.key_id, self.site)
    }
}

impl NewsletterKey {
    /// A new random secret: an id of 32 bits, so that tokens stay short, and 256 bits of key.
    pub fn random(site: &str, created_at: i64) -> Self {
        let key_id = secret::random_hex::<4>();
        let secret = format!("{SECRET_PREFIX}{key_id}_{}", secret::random_hex::<32>());
        Self { key_id, site: site.to_owned(), secret, created_at }
    }

    /// HMAC-SHA256 under this key, with `text` in it.
    pub fn mac(&self, text: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("any length is a key");
        mac.update(text);
        mac
    }
}

impl Definition for NewsletterKey {
    const TABLE: &'static str = "newsletter_keys";
    const SELECT: &'static str = "SELECT key_id, site, secret, toUnixTimestamp64Milli(created_at) AS created_at \
         FROM newsletter_keys FINAL WHERE NOT revoked";
    const MAY_BE_MISSING: bool = true;

    fn id(&self) -> &str {
        &self.key_id
    }
}

impl Revocable for NewsletterKey {
    const INSERT: &'static str = "INSERT INTO newsletter_keys SELECT {key_id:String}, {site:String}, {secret:String}, \
        {revoked:UInt8} != 0, fromUnixTimestamp64Milli({created_at:Int64}), now64(3)";

    fn params(&self) -> Vec<(&'static str, Param)> {
        vec![
            ("key_id", self.key_id.as_str().into()),
            ("site", self.site.as_str().into()),
            ("secret", self.secret.as_str().into()),
            ("created_at", Param::Int(self.created_at)),
        ]
    }
}

impl Registry {
    /// The newest newsletter signing secret of a site; the first is made when it is asked for.
    ///
    /// # Errors
    /// There is no such site, or ClickHouse cannot be asked.
    pub async fn newsletter_key(&self, site: &str) -> Result<NewsletterKey, RegistryError> {
        if let Some(key) = self.snapshot().newsletter_key(site) {
            return Ok(key.clone());
        }
        // Another process may have made it.
        self.refresh().await?;
        match self.snapshot().newsletter_key(site) {
            Some(key) => Ok(key.clone()),
            None => self.add_newsletter_key(site).await,
        }
    }

    /// Gives a site a new newsletter signing secret. The old ones stay valid until they are withdrawn.
    ///
    /// # Errors
    /// There is no such site, or ClickHouse cannot be asked.
    pub async fn add_newsletter_key(&self, site: &str) -> Result<NewsletterKey, RegistryError> {
        let snapshot = self.snapshot();
        if !snapshot.sites.contains_key(site) {
            return Err(RegistryError::Invalid { field: "site", message: format!("no site `{site}`") });
        }
        let now = jiff::Timestamp::now().as_millisecond();
        let key = std::iter::repeat_with(|| NewsletterKey::random(site, now))
            .find(|key| !snapshot.newsletter_keys.contains_key(&key.key_id))
            .expect("few of the ids are taken");
        self.insert(&key).await?;
        Ok(key)
    }

    /// Withdraws a newsletter signing secret: the links that it signed lead nowhere from then on. False when the site
    /// has none of this id.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn revoke_newsletter_key(&self, site: &str, key_id: &str) -> Result<bool, RegistryError> {
        self.refresh().await?;
        let snapshot = self.snapshot();
        let Some(key) = snapshot.newsletter_keys.get(key_id).filter(|key| key.site == site) else {
            return Ok(false);
        };
        // What was revoked is forgotten.
        self.revoke(&NewsletterKey { secret: String::new(), ..key.clone() }).await?;
        Ok(true)
    }
}
