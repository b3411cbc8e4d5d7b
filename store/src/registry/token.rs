//! Tokens: who may ask the API, or send server-side events. Only the hash of their secret is kept.

use serde::{Deserialize, Serialize};

use super::Registry;
use super::check;
use super::definition::{Definition, Revocable};
use super::error::RegistryError;
use crate::client::Param;
use crate::secret;

/// Tokens of all sites.
const TOKENS_MAX: usize = 1_000;

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

/// A token's hash.
pub fn hash(secret: &str) -> String {
    secret::sha256_hex(secret)
}

impl Definition for Token {
    const TABLE: &'static str = "tokens";
    const SELECT: &'static str =
        "SELECT token_id, hash, role, site, name FROM tokens FINAL WHERE NOT revoked";

    /// Tokens are looked up by the secret that a request brings.
    fn id(&self) -> &str {
        &self.hash
    }
}

impl Revocable for Token {
    const INSERT: &'static str = "INSERT INTO tokens SELECT {token_id:String}, {hash:String}, {role:String}, \
        {site:String}, {name:String}, {revoked:UInt8} != 0, now64(3), now64(3)";

    fn params(&self) -> Vec<(&'static str, Param)> {
        vec![
            ("token_id", self.token_id.as_str().into()),
            ("hash", self.hash.as_str().into()),
            ("role", self.role.as_str().into()),
            ("site", self.site.as_str().into()),
            ("name", self.name.as_str().into()),
        ]
    }
}

impl Registry {
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
        self.insert(&token).await?;
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
        self.revoke(token).await?;
        Ok(true)
    }
}
