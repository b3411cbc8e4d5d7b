//! A collector's life: recover, serve, drain.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use orma_store::{Registry, Store};
use tokio::sync::watch;

use crate::config::CollectorConfig;
use crate::cookieless::CookielessIds;
use crate::duplicates::{DUPLICATE_WINDOW_EVENTS, DuplicateWindow};
use crate::enrich::UserAgents;
use crate::enrich::geo::{Geo, GeoProblem, GeoStatus, Reload};
use crate::http::assets::Assets;
use crate::http::rate::Rates;
use crate::http::terms::Terms;
use crate::http::tls::{Tls, TlsError};
use crate::http::{Fallback, Handshakes, Server, Service};
use crate::ingest::Ingest;
use crate::ingest::pending::Outcomes;
use crate::ingest::rejections::Taken;
use crate::ledger::Ledger;
use crate::memory::{self, MemoryHooks};
use crate::metrics::Metrics;
use crate::protocol;
use crate::receiver::Receiver;
use crate::record::{count, open_spool};
use crate::ship::Shipper;
use crate::spool::{FileSystem, SpoolConfig};

/// How often sites and keys are read anew, in milliseconds: a token that was withdrawn works no longer than that.
const REGISTRY_REFRESH_MS: u64 = 1_000;
/// How often refused requests are written to the ledger, in milliseconds.
const REFUSED_FLUSH_MS: u64 = 1_000;
/// How often the country database is looked at, in milliseconds.
const GEO_RELOAD_MS: u64 = 60_000;

/// Why a collector does not start.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// The spool cannot be recovered: going on could lose what was answered.
    #[error("the spool in {dir}: {source}")]
    Spool {
        /// Its directory.
        dir: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Another file or a thread cannot be had.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A running collector.
pub struct Collector {
    ingest: Arc<Ingest>,
    abandon: watch::Sender<bool>,
    server: Server,
    writer: JoinHandle<()>,
    shipper: tokio::task::JoinHandle<()>,
    housekeeping: tokio::task::JoinHandle<()>,
    registry: tokio::task::JoinHandle<()>,
    drain_ms_max: u64,
}

impl Collector {
    /// Recovers the spool and serves the listeners, a worker thread for each. Must be called within a tokio runtime,
    /// which carries the shipping.
    ///
    /// # Errors
    /// See [`CollectorError`].
    pub fn start(
        config: CollectorConfig,
        listeners: Vec<TcpListener>,
        store: Store,
        registry: Registry,
        scripts: Assets,
        fallback: Option<Fallback>,
    ) -> Result<Self, CollectorError> {
        let tls = config.network.tls.map(Tls::open).transpose()?;
        let now_ms = jiff::Timestamp::now().as_millisecond();
        let duplicates = Arc::new(DuplicateWindow::new(DUPLICATE_WINDOW_EVENTS, now_ms));
        let ledger = Arc::new(Ledger::open(&config.data_dir)?);
        let spool_config = SpoolConfig {
            spool_bytes_max: config.spool_bytes_max,
            note: duplicates.remembered_from(),
            ..SpoolConfig::new(config.data_dir.join("spool"))
        };
        let dir = spool_config.dir.display().to_string();
        let following = registry.clone().follow(Duration::from_millis(REGISTRY_REFRESH_MS));
        let (spool, sealed, writer) = open_spool(spool_config, Arc::new(FileSystem))
            .map_err(|source| CollectorError::Spool { dir, source })?;
        let (geo, problem) = Geo::open(&config.geo_databases);
        if let Some(problem) = problem {
            tracing::warn!(%problem, "countries stay empty");
        }
        let metrics = Arc::new(Metrics::default());
        let rates = Arc::new(Rates::new(config.rates));
        let files = spool.files();
        let ingest = Arc::new(Ingest {
            group: spool.group(),
            registry,
            user_agents: UserAgents::new(),
            acquisitions: Arc::default(),
            geo: Arc::new(geo),
            mail: Arc::default(),
            flood: Arc::default(),
            cookieless: Arc::new(CookielessIds::open(&config.data_dir, now_ms)?),
            duplicates: duplicates.clone(),
            spool,
            outcomes: Outcomes {
                metrics: metrics.clone(),
                rejections: Arc::default(),
                ledger: ledger.clone(),
            },
            rates: rates.clone(),
        });
        let (abandon, abandoned) = watch::channel(false);
        let (name, memory) = (config.collector, config.memory);
        let shipper = Shipper::new(files, store, metrics, name, ledger, duplicates, memory);
        let shipper = tokio::spawn(shipper.run(sealed, abandoned));
        let proxies = Arc::new(config.network.trusted_proxies);
        let receiver = Receiver {
            ingest: ingest.as_ref().clone(),
            assets: Arc::new(scripts),
            protocols: protocol::all(config.public_url).into(),
        };
        let housekeeping = tokio::spawn(housekeeping(ingest.clone(), config.memory));
        let counted = ingest.outcomes.metrics.connections.clone();
        let terms = Arc::new(Terms::new(config.limits, rates, proxies, counted));
        let service = Service { handler: receiver, fallback, terms };
        let drain = Duration::from_millis(config.drain_ms_max / 2);
        let handshakes =
            Handshakes { tls, proxy_protocol: config.network.proxy_protocol, memory: config.memory };
        let server = Server::start("collector", listeners, service, handshakes, drain)?;
        let drain_ms_max = config.drain_ms_max;
        let registry = tokio::spawn(following);
        Ok(Self { ingest, abandon, server, writer, shipper, housekeeping, registry, drain_ms_max })
    }

    /// The text that Prometheus reads.
    ///
    /// Holds the collector's parts only weakly, so that what is served elsewhere does not keep the spool open.
    pub fn metrics(&self) -> impl Fn() -> String + Send + Sync + Clone + 'static {
        let ingest = Arc::downgrade(&self.ingest);
        move || {
            ingest
                .upgrade()
                .map(|ingest| ingest.outcomes.metrics.render(ingest.spool.status()))
                .unwrap_or_default()
        }
    }

    /// The geographic databases in use, and why one is not.
    pub fn geo(&self) -> impl Fn() -> (Vec<GeoStatus>, Option<GeoProblem>) + Send + Sync + 'static {
        let ingest = Arc::downgrade(&self.ingest);
        move || {
            let ingest = ingest.upgrade();
            ingest.map(|ingest| (ingest.geo.status(), ingest.geo.problem())).unwrap_or_default()
        }
    }

    /// Whether an event could be taken now, or why not.
    pub fn readiness(&self) -> impl Fn() -> Result<(), String> + Send + Sync + Clone + 'static {
        let ingest = Arc::downgrade(&self.ingest);
        move || {
            let ingest = ingest.upgrade().ok_or("stopping")?;
            ingest.ready().map_err(|reason| reason.to_string())
        }
    }

    /// Stops accepting, answers what is in flight, seals the spool, ships what it can within `drain_ms_max`; the rest
    /// waits on the disk for the next start.
    pub async fn stop(self) {
        let deadline = Instant::now() + Duration::from_millis(self.drain_ms_max);
        self.server.stop().await;
        self.registry.abort();
        self.housekeeping.abort();
        if let Err(error) = self.housekeeping.await
            && error.is_panic()
        {
            tracing::error!("housekeeping panicked");
        }
        let now = jiff::Timestamp::now().as_millisecond();
        flush_refused(&self.ingest, self.ingest.outcomes.rejections.take_all(now)).await;
        leave_refused(&self.ingest);
        drop(self.ingest);
        let shipped = tokio::time::timeout_at(deadline.into(), self.shipper);
        let writer = tokio::task::spawn_blocking(move || self.writer.join());
        if shipped.await.is_err() {
            tracing::info!("not all is shipped: the rest waits in the spool for the next start");
            self.abandon.send_replace(true);
        }
        if !matches!(writer.await, Ok(Ok(()))) {
            tracing::error!("the spool's writer panicked");
        }
    }
}

/// What a collector does besides answering.
async fn housekeeping(ingest: Arc<Ingest>, hooks: Option<MemoryHooks>) {
    let ingest = &*ingest;
    let mut refused = tokio::time::interval(Duration::from_millis(REFUSED_FLUSH_MS));
    let mut geo = tokio::time::interval(Duration::from_millis(GEO_RELOAD_MS));
    let mut looks = tokio::time::interval(Duration::from_millis(memory::LOOK_MS));
    let mut load = memory::Load::default();
    loop {
        tokio::select! {
            _ = refused.tick() => {
                let now = jiff::Timestamp::now().as_millisecond();
                flush_refused(ingest, ingest.outcomes.rejections.take(now)).await;
            }
            _ = geo.tick() => reload_geo(ingest).await,
            _ = looks.tick() => {
                let requests = ingest.spool.status().appends.load(Ordering::Relaxed);
                load.look(ingest.outcomes.metrics.events_accepted.get(), requests, hooks);
            }
        }
    }
}

async fn reload_geo(ingest: &Ingest) {
    let here = ingest.geo.clone();
    match tokio::task::spawn_blocking(move || here.reload_if_changed()).await {
        Ok(Reload::Failed(problem)) => tracing::warn!(%problem, "the old country database stays in use"),
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the country database could not be looked at"),
    }
}

async fn flush_refused(ingest: &Ingest, taken: Taken) {
    if taken.counts.is_empty() {
        return;
    }
    let mut tally = Vec::new();
    count::write_records(&taken.counts, &mut tally);
    match ingest.group.append(taken.records(), &tally, 0).await {
        Ok(()) => ingest.outcomes.ledger.counted(&taken.counts),
        Err(error) => {
            tracing::debug!(%error, "refused requests are counted later");
            ingest.outcomes.rejections.put_back(taken);
        }
    }
}

/// What a poisoned spool does not take is left for the next start.
fn leave_refused(ingest: &Ingest) {
    let counts = ingest.outcomes.rejections.take_all(jiff::Timestamp::now().as_millisecond()).counts;
    if counts.is_empty() {
        return;
    }
    let mut records = Vec::new();
    count::write_records(&counts, &mut records);
    if let Err(error) = ingest.spool.files().leave(&records) {
        let requests: u64 = counts.values().sum();
        tracing::error!(%error, requests, "refused requests are not counted in the ledger");
    }
}
