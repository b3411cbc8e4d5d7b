//! The definitions that are made while orma runs: sites, write keys, API tokens, newsletter signing secrets, audiences, and
//! reports, boards and alerts.
//! They are kept in ClickHouse, held in memory, and mirrored to a file so that a collector can start while ClickHouse is away.
//!
//! Each is a file with its rows, its rules and what changes it; `definition` reads, writes and revokes all of them. A new
//! one is a file, a migration, a field of [`Snapshot`], and a line where all are read. The registry asks as
//! [`Work::Registry`], which waits behind nothing. Uses `client` and `private`; collector, query and the commands use it.

mod audience;
mod check;
mod definition;
mod error;
mod mirror;
mod newsletter_key;
mod saved;
mod site;
mod token;
mod unknown;
mod write_key;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

pub use audience::{AUDIENCE_DAYS_MAX, Audience};
pub use error::RegistryError;
pub use newsletter_key::NewsletterKey;
pub use saved::{Saved, SavedKind};
pub use site::{Site, SiteChange};
pub use token::{Role, Token, hash};
pub use write_key::WriteKey;

use crate::client::{Store, StoreError, Work};
use definition::{ByText, Definition, Revocable};
use unknown::Unknown;

/// Where the rows of all definitions are.
const TABLES: [&str; 6] =
    [Site::TABLE, WriteKey::TABLE, Token::TABLE, NewsletterKey::TABLE, Audience::TABLE, Saved::TABLE];

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
    /// Audiences by their ids. Mirrors of older versions have none.
    #[serde(default)]
    pub audiences: ByText<Audience>,
    /// Reports, boards and alerts by their ids. No collector needs them, so no mirror has them.
    #[serde(skip)]
    pub saved: ByText<Saved>,
}

impl Snapshot {
    /// The newest newsletter signing secret of a site.
    pub fn newsletter_key(&self, site: &str) -> Option<&NewsletterKey> {
        let of_site = self.newsletter_keys.values().filter(|key| key.site == site);
        of_site.max_by_key(|key| (key.created_at, &key.key_id))
    }

    /// The audiences of a site, by name.
    pub fn audiences_of(&self, site: &str) -> Vec<&Audience> {
        let mut of_site: Vec<&Audience> =
            self.audiences.values().filter(|audience| audience.site == site).collect();
        of_site.sort_by_key(|audience| (audience.name.to_lowercase(), &audience.audience));
        of_site
    }

    /// The reports, boards or alerts of a site, by name.
    pub fn saved_of(&self, site: &str, kind: SavedKind) -> Vec<&Saved> {
        let mut of_site: Vec<&Saved> =
            self.saved.values().filter(|saved| saved.site == site && saved.kind == kind).collect();
        of_site.sort_by_key(|saved| (saved.name.to_lowercase(), &saved.id));
        of_site
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
    /// One changes what is saved at a time, so that nobody overwrites what he has not seen.
    saving: Arc<tokio::sync::Mutex<()>>,
    /// Tells whoever waits that everything was read anew.
    read: Arc<tokio::sync::Notify>,
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
            mirror::read(&mirror).map_err(|source| RegistryError::Mirror { path: mirror.clone(), source })?;
        Ok(Self {
            store: store.for_work(Work::Registry),
            mirror: Some(mirror),
            snapshot: Arc::new(ArcSwap::from_pointee(snapshot)),
            unknown: Arc::default(),
            refreshing: Arc::default(),
            saving: Arc::default(),
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
            saving: Arc::default(),
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
    /// one question instead of one for each table.
    async fn read_parts(&self) -> Result<u64, StoreError> {
        #[derive(Deserialize)]
        struct Parts {
            parts: u64,
        }
        let tables = TABLES.map(|table| format!("'{table}'")).join(", ");
        let sql = format!(
            "SELECT groupBitXor(cityHash64(table, name, hash_of_all_files)) AS parts FROM system.parts \
             WHERE active AND database = currentDatabase() AND table IN ({tables})"
        );
        let rows: Vec<Parts> = self.store.select(&sql, &[]).await?;
        Ok(rows.first().map_or(0, |row| row.parts))
    }

    async fn read_all(&self) -> Result<(), RegistryError> {
        let (sites, keys, tokens, newsletter_keys, audiences, saved) = tokio::try_join!(
            definition::read::<Site>(&self.store),
            definition::read::<WriteKey>(&self.store),
            definition::read::<Token>(&self.store),
            definition::read::<NewsletterKey>(&self.store),
            definition::read::<Audience>(&self.store),
            definition::read::<Saved>(&self.store),
        )?;
        let keys = keys.into_iter().map(|(key, definition)| (key, definition.site)).collect();
        let fresh = Snapshot { sites, keys, tokens, newsletter_keys, audiences, saved };
        if *self.snapshot.load_full() != fresh {
            if let Some(mirror) = &self.mirror {
                mirror::write(mirror, &fresh)
                    .map_err(|source| RegistryError::Mirror { path: mirror.clone(), source })?;
            }
            self.snapshot.store(Arc::new(fresh));
        }
        Ok(())
    }

    /// Puts a definition in force, and reads everything anew.
    async fn insert<D: Revocable>(&self, definition: &D) -> Result<(), RegistryError> {
        definition::write(&self.store, definition, false).await?;
        self.refresh().await
    }

    /// Revokes a definition, and reads everything anew.
    async fn revoke<D: Revocable>(&self, definition: &D) -> Result<(), RegistryError> {
        definition::write(&self.store, definition, true).await?;
        self.refresh().await
    }
}
