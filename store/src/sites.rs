//! Sites, write keys, API tokens and newsletter signing secrets: kept in ClickHouse, held in memory, mirrored to a file
//! so that a collector can start while ClickHouse is away.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::client::{Param, Store, StoreError, Work};
use crate::newsletter::NewsletterKey;
use crate::private::{self, Found};
use crate::secret;
use crate::unknown::Unknown;

/// How the mirror begins.
const MIRROR_HEAD: &str = "{\"sha256\":\"";
/// A larger mirror is none of ours: some hundred thousand keys. Bytes.
const MIRROR_BYTES_MAX: u64 = 64 << 20;

/// A site: what one write key belongs to, and how its days and money are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name in addresses: lower-case letters, digits, `-` and `_`.
    pub site: String,
    /// Its name for people.
    pub name: String,
    /// IANA time zone: the site's days are days here.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    /// Origins (`https://shop.example`) that browsers may send from; empty means any.
    pub origins: Vec<String>,
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

/// The registry. Cheap to clone; reads never wait.
#[derive(Clone, Debug)]
pub struct Registry {
    store: Store,
    mirror: Option<PathBuf>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    unknown: Arc<Unknown>,
    /// One reads at a time, so that what was read earlier never replaces what was read later. Holds what the tables were
    /// made of when they were last read.
    refreshing: Arc<tokio::sync::Mutex<Option<u64>>>,
    /// Tells whoever waits that everything was read anew.
    read: Arc<tokio::sync::Notify>,
}

/// A token's hash.
pub fn hash(secret: &str) -> String {
    secret::hex(&Sha256::digest(secret.as_bytes()))
}

impl Registry {
    /// The registry of `store`, with what the mirror in `data_dir` remembers. A damaged mirror is set aside: it is
    /// written anew as soon as ClickHouse has been asked.
    ///
    /// # Errors
    /// The mirror is damaged and cannot be set aside.
    pub fn open(store: Store, data_dir: &Path) -> Result<Self, RegistryError> {
        let mirror = data_dir.join("sites.json");
        let snapshot =
            read_mirror(&mirror).map_err(|source| RegistryError::Mirror { path: mirror.clone(), source })?;
        Ok(Self {
            store: store.for_work(Work::Registry),
            mirror: Some(mirror),
            snapshot: Arc::new(ArcSwap::from_pointee(snapshot)),
            unknown: Arc::default(),
            refreshing: Arc::default(),
            read: Arc::default(),
        })
    }

    /// The registry of `store` for one command: nothing is remembered on disk.
    pub fn without_mirror(store: Store) -> Self {
        Self {
            store: store.for_work(Work::Registry),
            mirror: None,
            snapshot: Arc::default(),
            unknown: Arc::default(),
            refreshing: Arc::default(),
            read: Arc::default(),
        }
    }

    /// What is known now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Whether ClickHouse has been asked since the start. Before that a key that is not known may well be new: what the
    /// mirror remembers is from before.
    pub fn is_confirmed(&self) -> bool {
        self.unknown.has_looked()
    }

    /// Whether a key or secret that is not known can be refused for good: ClickHouse has been asked since it first came.
    /// Before that it may have been made a moment ago, by another process.
    pub fn is_refutable(&self, key_or_secret: &str) -> bool {
        self.unknown.is_refutable(key_or_secret, Instant::now())
    }

    /// Ready when everything was read anew after this call.
    pub fn next_read(&self) -> impl Future<Output = ()> + '_ {
        self.read.notified()
    }

    /// Reads everything anew, over and over, for as long as the future is polled.
    pub async fn follow(self, every: Duration) {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.refresh().await {
                tracing::debug!(%error, "sites and keys stay as they were");
            }
        }
    }

    /// Looks whether something changed in ClickHouse, and if so reads everything anew and rewrites the mirror.
    ///
    /// # Errors
    /// ClickHouse cannot be asked (what was known stays), or the mirror cannot be written.
    pub async fn refresh(&self) -> Result<(), RegistryError> {
        let mut read = self.refreshing.lock().await;
        let began = Instant::now();
        // Asked first: what is written while the tables are read is found by the next look.
        let parts = self.read_parts().await?;
        if *read != Some(parts) {
            self.read_all().await?;
            *read = Some(parts);
        }
        self.unknown.looked(began);
        self.read.notify_waiters();
        Ok(())
    }

    /// Changes whenever a row of the registry's tables is written: each insert makes a part. Asked every second, so it is
    /// one question instead of four.
    async fn read_parts(&self) -> Result<u64, StoreError> {
        #[derive(Deserialize)]
        struct Parts {
            parts: u64,
        }
        let sql = "SELECT groupBitXor(cityHash64(table, name, hash_of_all_files)) AS parts FROM system.parts \
                   WHERE active AND database = currentDatabase() \
                   AND table IN ('sites', 'write_keys', 'tokens', 'newsletter_keys')";
        let rows: Vec<Parts> = self.store.select(sql, &[]).await?;
        Ok(rows.first().map_or(0, |row| row.parts))
    }

    async fn read_all(&self) -> Result<(), RegistryError> {
        let (sites, keys, tokens, newsletter_keys) = tokio::try_join!(
            self.store.select::<Site>("SELECT site, name, timezone, currency, origins FROM sites FINAL", &[]),
            self.store.select::<WriteKey>("SELECT key, site FROM write_keys FINAL WHERE NOT revoked", &[]),
            self.store.select::<Token>(
                "SELECT token_id, hash, role, site, name FROM tokens FINAL WHERE NOT revoked",
                &[],
            ),
            self.read_newsletter_keys(),
        )?;
        let fresh = Snapshot {
            sites: sites.into_iter().map(|site| (site.site.clone(), site)).collect(),
            keys: keys.into_iter().map(|key| (key.key, key.site)).collect(),
            tokens: tokens.into_iter().map(|token| (token.hash.clone(), token)).collect(),
            newsletter_keys: newsletter_keys.into_iter().map(|key| (key.key_id.clone(), key)).collect(),
        };
        if *self.snapshot.load_full() != fresh {
            if let Some(mirror) = &self.mirror {
                private::write(mirror, &mirror_text(&fresh))
                    .map_err(|source| RegistryError::Mirror { path: mirror.clone(), source })?;
            }
            self.snapshot.store(Arc::new(fresh));
        }
        Ok(())
    }

    async fn read_newsletter_keys(&self) -> Result<Vec<NewsletterKey>, StoreError> {
        /// `UNKNOWN_TABLE`: this collector is newer than the schema.
        const NO_TABLE: u32 = 60;
        let read = self
            .store
            .select(
                "SELECT key_id, site, secret, toUnixTimestamp64Milli(created_at) AS created_at \
                 FROM newsletter_keys FINAL WHERE NOT revoked",
                &[],
            )
            .await;
        match read {
            Err(StoreError::Refused { code: NO_TABLE, .. }) => Ok(Vec::new()),
            read => read,
        }
    }

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
        check_site(site)?;
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

    /// Makes or changes a site.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn put_site(&self, site: &Site) -> Result<(), RegistryError> {
        check_site(site)?;
        let created = "SELECT min(created_at) FROM sites WHERE site = {site:String}";
        self.store
            .execute(
                &format!(
                    "INSERT INTO sites SELECT {{site:String}}, {{name:String}}, {{timezone:String}}, \
                     {{currency:String}}, {{origins:Array(String)}}, \
                     if(({created}) > toDateTime64(0, 3, 'UTC'), assumeNotNull(({created})), now64(3)), now64(3)"
                ),
                &[
                    ("site", site.site.as_str().into()),
                    ("name", site.name.as_str().into()),
                    ("timezone", site.timezone.as_str().into()),
                    ("currency", site.currency.as_str().into()),
                    ("origins", Param::Texts(site.origins.clone())),
                ],
            )
            .await?;
        self.refresh().await
    }

    /// Gives a site a write key: the one named, or a random one. Returns it.
    ///
    /// # Errors
    /// The key has a form that cannot stand in a page, or ClickHouse cannot be asked.
    pub async fn add_key(&self, site: &str, key: Option<&str>) -> Result<String, RegistryError> {
        let key = key.map_or_else(|| format!("wk_{}", secret::random_hex::<12>()), ToOwned::to_owned);
        check_name("key", &key)?;
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
        let token_hash = hash(&secret);
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

fn read_mirror(path: &Path) -> std::io::Result<Snapshot> {
    let why = match private::read(path, MIRROR_BYTES_MAX)? {
        Found::Nothing => return Ok(Snapshot::default()),
        Found::Damaged(why) => why,
        Found::Text(text) => match parse_mirror(&text) {
            Ok(snapshot) => return Ok(snapshot),
            Err(why) => why,
        },
    };
    private::set_aside(path, &why, "sites and keys are read anew from ClickHouse")?;
    Ok(Snapshot::default())
}

/// Before the snapshot's own fields stands the hash of what follows: a site or key with a flipped bit would be another
/// site or key, and still be JSON.
fn mirror_text(snapshot: &Snapshot) -> String {
    let text = serde_json::to_string(snapshot).expect("text keys");
    let fields = &text[1..];
    format!("{MIRROR_HEAD}{}\",{fields}", hash(fields))
}

/// Mirrors of 0.1.0 have no hash.
fn parse_mirror(text: &str) -> Result<Snapshot, String> {
    if let Some(rest) = text.strip_prefix(MIRROR_HEAD)
        && rest.split_once("\",").is_none_or(|(hashed, fields)| hashed != hash(fields))
    {
        return Err("its hash is not that of its content".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn check_name(field: &'static str, name: &str) -> Result<(), RegistryError> {
    const NAME_BYTES_MAX: usize = 64;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(allowed) {
        return Err(RegistryError::Invalid {
            field,
            message: format!("must be 1 to {NAME_BYTES_MAX} letters, digits, `-`, `_` or `.`, not `{name}`"),
        });
    }
    Ok(())
}

fn check_site(site: &Site) -> Result<(), RegistryError> {
    check_name("site", &site.site)?;
    let invalid = |field, message| Err(RegistryError::Invalid { field, message });
    if jiff::tz::TimeZone::get(&site.timezone).is_err() {
        return invalid("timezone", format!("`{}` is not an IANA time zone", site.timezone));
    }
    if site.currency.len() != 3 || !site.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return invalid("currency", format!("`{}` is not an ISO 4217 code", site.currency));
    }
    for origin in &site.origins {
        let parsed = url::Url::parse(origin);
        if parsed.map_or(true, |url| url.origin().ascii_serialization() != *origin) {
            return invalid("origins", format!("`{origin}` is not an origin such as https://shop.example"));
        }
    }
    Ok(())
}
