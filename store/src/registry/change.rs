//! What changes sites, keys and tokens: each change is a row in ClickHouse, and everything is read anew after it.

use super::{Registry, RegistryError, Role, Site, SiteChange, Token, WriteKey, check, hash};
use crate::client::Param;
use crate::newsletter::NewsletterKey;
use crate::secret;

/// Write keys of one site.
const KEYS_MAX: usize = 100;
/// Tokens of all sites.
const TOKENS_MAX: usize = 1_000;

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
        self.write_newsletter_key(&key, false).await?;
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
        self.write_newsletter_key(key, true).await?;
        Ok(true)
    }

    async fn write_newsletter_key(&self, key: &NewsletterKey, revoked: bool) -> Result<(), RegistryError> {
        // What was withdrawn is forgotten.
        let secret = if revoked { "" } else { key.secret.as_str() };
        self.store
            .execute(
                "INSERT INTO newsletter_keys SELECT {key_id:String}, {site:String}, {secret:String}, \
                 {revoked:UInt8} != 0, fromUnixTimestamp64Milli({created_at:Int64}), now64(3)",
                &[
                    ("key_id", key.key_id.as_str().into()),
                    ("site", key.site.as_str().into()),
                    ("secret", secret.into()),
                    ("revoked", Param::Int(i64::from(revoked))),
                    ("created_at", Param::Int(key.created_at)),
                ],
            )
            .await?;
        self.refresh().await
    }

    /// Makes a site with a write key: the one named, or a random one. Returns the key. The key is written first, so that
    /// there is no site without one, whenever this is cut off; the next call makes it whole.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn add_site(&self, site: &Site, key: Option<&str>) -> Result<String, RegistryError> {
        check::change(&site.site, &SiteChange::from(site))?;
        let key = self.add_key(&site.site, key).await?;
        self.put_site(site).await?;
        Ok(key)
    }

    /// Whether a site has a write key or had one that was withdrawn.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn has_had_key(&self, site: &str) -> Result<bool, RegistryError> {
        let sql = "SELECT key, site FROM write_keys WHERE site = {site:String} LIMIT 1";
        let keys: Vec<WriteKey> = self.store.select(sql, &[("site", site.into())]).await?;
        Ok(!keys.is_empty())
    }

    /// Makes a site, or changes all of it.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn put_site(&self, site: &Site) -> Result<(), RegistryError> {
        self.change_site(&site.site, &SiteChange::from(site)).await
    }

    /// Changes some fields of a site and leaves the others to whoever changes them at the same moment; of two who change
    /// the same field the later wins. Origins are kept as browsers send them.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn change_site(&self, site: &str, change: &SiteChange) -> Result<(), RegistryError> {
        check::change(site, change)?;
        let SiteChange { name, timezone, currency, origins } = change.clone();
        let origins =
            origins.map(|origins| check::origins(&origins)).transpose()?.map(|origins| origins.join("\n"));
        let settings = [("name", name), ("timezone", timezone), ("currency", currency), ("origins", origins)];
        let (fields, values): (Vec<String>, Vec<String>) =
            settings.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).unzip();
        if !fields.is_empty() {
            self.store
                .execute(
                    "INSERT INTO site_settings SELECT {site:String}, setting.1, setting.2, now64(6) FROM \
                     (SELECT arrayJoin(arrayZip({fields:Array(String)}, {values:Array(String)})) AS setting)",
                    &[
                        ("site", site.into()),
                        ("fields", Param::Texts(fields)),
                        ("values", Param::Texts(values)),
                    ],
                )
                .await?;
        }
        self.refresh().await
    }

    /// Gives a site a write key: the one named, or a random one. Returns it.
    ///
    /// # Errors
    /// The key has a form that cannot stand in a page or is another site's, the site has too many, or ClickHouse cannot
    /// be asked.
    pub async fn add_key(&self, site: &str, key: Option<&str>) -> Result<String, RegistryError> {
        let key = key.map_or_else(|| format!("wk_{}", secret::random_hex::<12>()), ToOwned::to_owned);
        check::name("key", &key)?;
        // Another process may have given it away; a key of another site would take that site's events along.
        self.refresh().await?;
        let snapshot = self.snapshot();
        if snapshot.keys.get(&key).is_some_and(|owner| owner != site) {
            return Err(RegistryError::Invalid {
                field: "key",
                message: format!("`{key}` is the key of another site"),
            });
        }
        if snapshot.keys.values().filter(|owner| *owner == site).count() >= KEYS_MAX {
            return Err(RegistryError::Invalid {
                field: "key",
                message: format!("a site has at most {KEYS_MAX} keys; revoke one first"),
            });
        }
        self.write_key(&key, site, false).await?;
        Ok(key)
    }

    /// Withdraws a write key.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn revoke_key(&self, key: &str, site: &str) -> Result<(), RegistryError> {
        self.write_key(key, site, true).await
    }

    async fn write_key(&self, key: &str, site: &str, revoked: bool) -> Result<(), RegistryError> {
        self.store
            .execute(
                "INSERT INTO write_keys SELECT {key:String}, {site:String}, {revoked:UInt8} != 0, now64(3)",
                &[("key", key.into()), ("site", site.into()), ("revoked", Param::Int(i64::from(revoked)))],
            )
            .await?;
        self.refresh().await
    }

    /// Makes a token and returns its secret, which is shown once and never kept. `secret` fixes it.
    ///
    /// # Errors
    /// The secret is too short, the site is unknown, or ClickHouse cannot be asked.
    pub async fn add_token(
        &self,
        role: Role,
        site: &str,
        name: &str,
        secret: Option<&str>,
    ) -> Result<String, RegistryError> {
        /// Shorter secrets could be guessed.
        const SECRET_BYTES_MIN: usize = 16;
        let secret = secret.map_or_else(|| format!("orma_{}", secret::random_hex::<24>()), ToOwned::to_owned);
        if secret.len() < SECRET_BYTES_MIN {
            return Err(RegistryError::Invalid {
                field: "token",
                message: format!("must have at least {SECRET_BYTES_MIN} characters"),
            });
        }
        if !site.is_empty() && !self.snapshot().sites.contains_key(site) {
            return Err(RegistryError::Invalid { field: "site", message: format!("no site `{site}`") });
        }
        check::label("name", name)?;
        let token_hash = hash(&secret);
        let snapshot = self.snapshot();
        if snapshot.tokens.len() >= TOKENS_MAX && !snapshot.tokens.contains_key(&token_hash) {
            return Err(RegistryError::Invalid {
                field: "token",
                message: format!("there are {TOKENS_MAX} tokens already; revoke one first"),
            });
        }
        // A fixed secret gets the same id at every start, so that it stays one token.
        let token_id = format!("tok_{}", &token_hash[..12]);
        let token = Token { token_id, hash: token_hash, role, site: site.into(), name: name.into() };
        self.write_token(&token, false).await?;
        Ok(secret)
    }

    /// Withdraws a token; false when there is none of this id.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn revoke_token(&self, token_id: &str) -> Result<bool, RegistryError> {
        self.refresh().await?;
        let snapshot = self.snapshot();
        let Some(token) = snapshot.tokens.values().find(|token| token.token_id == token_id) else {
            return Ok(false);
        };
        self.write_token(token, true).await?;
        Ok(true)
    }

    async fn write_token(&self, token: &Token, revoked: bool) -> Result<(), RegistryError> {
        self.store
            .execute(
                "INSERT INTO tokens SELECT {token_id:String}, {hash:String}, {role:String}, {site:String}, \
                 {name:String}, {revoked:UInt8} != 0, now64(3), now64(3)",
                &[
                    ("token_id", token.token_id.as_str().into()),
                    ("hash", token.hash.as_str().into()),
                    ("role", token.role.as_str().into()),
                    ("site", token.site.as_str().into()),
                    ("name", token.name.as_str().into()),
                    ("revoked", Param::Int(i64::from(revoked))),
                ],
            )
            .await?;
        self.refresh().await
    }
}
