//! Sites, write keys, API tokens and newsletter signing secrets: kept in ClickHouse, held in memory, mirrored to a file
//! so that a collector can start while ClickHouse is away.

mod change;
mod check;
mod mirror;
mod registry;
mod unknown;

use std::collections::HashMap;
use std::path::PathBuf;

use foldhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

pub use registry::Registry;

use crate::client::StoreError;
pub use crate::newsletter::NewsletterKey;
use crate::{secret, spelling};

/// A site: what one write key belongs to, and how its days and money are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name in addresses: 1 to 64 letters, digits, `-`, `_` or `.`.
    pub site: String,
    /// Its name for people.
    pub name: String,
    /// IANA time zone: the site's days are days here.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    /// Origins (`https://shop.example`) that browsers may send from; empty means any.
    #[serde(deserialize_with = "spelled_origins")]
    pub origins: Vec<String>,
}

/// Origins as browsers send them: older registries hold some in other spellings. What is none stays as it is.
fn spelled_origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    Ok(written.into_iter().map(|origin| spelling::origin(&origin).unwrap_or(origin)).collect())
}

impl Site {
    /// Whether a page of this origin may send. A page at `https://shop.example.` is the same shop.
    pub fn allows_origin(&self, origin: &str) -> bool {
        let is_named = |origin: &str| self.origins.iter().any(|allowed| allowed == origin);
        self.origins.is_empty()
            || is_named(origin)
            || spelling::origin(origin).is_some_and(|spelled| is_named(&spelled))
    }

    /// The origins that no browser sends, each with what is wrong with it. Older versions took them.
    pub fn unusable_origins(&self) -> Vec<(&str, String)> {
        let problem = |origin: &str| match check::origin(origin) {
            Err(RegistryError::Invalid { message, .. }) => Some(message),
            _ => None,
        };
        self.origins.iter().filter_map(|origin| Some((origin.as_str(), problem(origin)?))).collect()
    }
}

/// What changes of a site; what is absent stays as it is, whoever else changes it at the same moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteChange {
    /// Its name for people.
    pub name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// All origins that browsers may send from; an empty list means any.
    pub origins: Option<Vec<String>>,
}

impl From<&Site> for SiteChange {
    fn from(site: &Site) -> Self {
        let Site { site: _, name, timezone, currency, origins } = site.clone();
        Self { name: Some(name), timezone: Some(timezone), currency: Some(currency), origins: Some(origins) }
    }
}

/// A write key. Public: it stands in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteKey {
    /// The key.
    pub key: String,
    /// Its site.
    pub site: String,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Read.
    Analyst,
    /// Pull segments.
    Segments,
    /// Send server-side events.
    Ingest,
}

impl Role {
    /// The role's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Analyst => "analyst",
            Self::Segments => "segments",
            Self::Ingest => "ingest",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Admin, Self::Analyst, Self::Segments, Self::Ingest]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Public id.
    pub token_id: String,
    /// SHA-256 of the secret, hexadecimal.
    pub hash: String,
    /// What it may do.
    pub role: Role,
    /// The only site it is for; empty: all.
    pub site: String,
    /// Who or what it was made for.
    pub name: String,
}

/// Looked up twice for each request, with a hash that nobody outside can foresee.
type ByText<T> = HashMap<String, T, RandomState>;

/// Everything the registry knows, as one immutable value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// By site.
    pub sites: ByText<Site>,
    /// Site by write key.
    pub keys: ByText<String>,
    /// By the hash of the secret.
    pub tokens: ByText<Token>,
    /// Newsletter signing secrets by key id. Mirrors of older versions have none.
    #[serde(default)]
    pub newsletter_keys: ByText<NewsletterKey>,
}

impl Snapshot {
    /// The newest newsletter signing secret of a site.
    pub fn newsletter_key(&self, site: &str) -> Option<&NewsletterKey> {
        let of_site = self.newsletter_keys.values().filter(|key| key.site == site);
        of_site.max_by_key(|key| (key.created_at, &key.key_id))
    }

    /// The site of a write key.
    pub fn site_of_key(&self, key: &str) -> Option<&Site> {
        self.sites.get(self.keys.get(key)?)
    }

    /// The token whose secret this is.
    pub fn token_of_secret(&self, secret: &str) -> Option<&Token> {
        // Looked up by hash: the time it takes says nothing of the secret.
        self.tokens.get(&hash(secret))
    }
}

/// Why a site or token was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A value that cannot be.
    #[error("{field}: {message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// ClickHouse could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mirror could not be written or read.
    #[error("the registry's mirror {path}: {source}")]
    Mirror {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
}

/// A token's hash.
pub fn hash(secret: &str) -> String {
    secret::hex(&Sha256::digest(secret.as_bytes()))
}
