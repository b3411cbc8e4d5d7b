//! Write keys: what pages send under. They are public.

use serde::{Deserialize, Serialize};

use super::Registry;
use super::check;
use super::definition::{Definition, Revocable};
use super::error::RegistryError;
use crate::client::Param;
use crate::secret;

/// Write keys of one site.
const KEYS_MAX: usize = 100;

/// A write key. Public: it stands in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteKey {
    /// The key.
    pub key: String,
    /// Its site.
    pub site: String,
}

impl Definition for WriteKey {
    const TABLE: &'static str = "write_keys";
    const SELECT: &'static str = "SELECT key, site FROM write_keys FINAL WHERE NOT revoked";

    fn id(&self) -> &str {
        &self.key
    }
}

impl Revocable for WriteKey {
    const INSERT: &'static str =
        "INSERT INTO write_keys SELECT {key:String}, {site:String}, {revoked:UInt8} != 0, now64(3)";

    fn params(&self) -> Vec<(&'static str, Param)> {
        vec![("key", self.key.as_str().into()), ("site", self.site.as_str().into())]
    }
}

impl Registry {
    /// Whether a site has a write key or had one that was withdrawn.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn has_had_key(&self, site: &str) -> Result<bool, RegistryError> {
        let sql = "SELECT key, site FROM write_keys WHERE site = {site:String} LIMIT 1";
        let keys: Vec<WriteKey> = self.store.select(sql, &[("site", site.into())]).await?;
        Ok(!keys.is_empty())
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
        self.insert(&WriteKey { key: key.clone(), site: site.into() }).await?;
        Ok(key)
    }

    /// Withdraws a write key.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn revoke_key(&self, key: &str, site: &str) -> Result<(), RegistryError> {
        self.revoke(&WriteKey { key: key.into(), site: site.into() }).await
    }
}
