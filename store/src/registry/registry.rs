//! What is known of sites, keys and tokens: read from ClickHouse when it has changed, held in memory, mirrored to a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use serde::Deserialize;

use super::unknown::Unknown;
use super::{RegistryError, Site, Snapshot, Token, WriteKey, mirror};
use crate::client::{Store, StoreError, Work};
use crate::newsletter::NewsletterKey;

/// The registry. Cheap to clone; reads never wait.
#[derive(Clone, Debug)]
pub struct Registry {
    pub(super) store: Store,
    mirror: Option<PathBuf>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    unknown: Arc<Unknown>,
    /// One reads at a time, so that what was read earlier never replaces what was read later. Holds what the tables were
    /// made of when they were last read.
    refreshing: Arc<tokio::sync::Mutex<Option<u64>>>,
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
                   AND table IN ('site_settings', 'write_keys', 'tokens', 'newsletter_keys')";
        let rows: Vec<Parts> = self.store.select(sql, &[]).await?;
        Ok(rows.first().map_or(0, |row| row.parts))
    }

    async fn read_all(&self) -> Result<(), RegistryError> {
        let (sites, keys, tokens, newsletter_keys) = tokio::try_join!(
            self.store.select::<Site>("SELECT site, name, timezone, currency, origins FROM sites", &[]),
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
                mirror::write(mirror, &fresh)
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
}
