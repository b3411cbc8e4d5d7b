//! Puts the parts together: data directory, store, registry, collector, query service, signals.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use orma_collector::config::CollectorConfig;
use orma_collector::enrich::geo::{GeoProblem, GeoStatus};
use orma_collector::http::{bind, raise_open_files_max};
use orma_collector::{Collector, CollectorError};
use orma_query::Timestamp;
use orma_query::{AppState, EndedSessions, QueryConfig, QuestionLimits};
use orma_query::{GeoReport, GeoReporter, geo_database};
use orma_store::engine::config::store_dir;
use orma_store::engine::supervisor::{EngineError, STOP_MS_MAX as ENGINE_STOP_MS_MAX};
use orma_store::engine::{find_library, metadata};
use orma_store::migrations::detached_parts;
use orma_store::{DataDir, Endpoint, Engine, EngineConfig, Registry, Role, Site, Store, migrations};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::{CollectOptions, CollectorOptions, ListenOptions, QueryOptions, StoreOptions, UpOptions};
use crate::running::Running;
use crate::{background, embedded, memory, serve};

/// The site and write key of a first start.
const FIRST_SITE: &str = "demo";
/// How often a query service alone reads sites and tokens anew: a token that was withdrawn works no longer than that.
const REGISTRY_REFRESH: Duration = Duration::from_secs(1);

/// A store with its engine, when the engine is ours.
pub struct OpenStore {
    pub store: Store,
    engine: Option<Engine>,
}

impl OpenStore {
    /// What Prometheus reads of the engine, if it is ours.
    fn metrics(&self) -> impl Fn() -> String + Send + Sync + Clone + 'static {
        let engine = self.engine.as_ref().map(Engine::metrics);
        move || engine.as_ref().map(|metrics| metrics()).unwrap_or_default()
    }

    /// Stops the engine, if it is ours.
    pub async fn close(self) {
        if let Some(engine) = self.engine {
            engine.stop().await;
        }
    }
}

/// Connects to the server that was named, or starts the embedded engine in `data_dir`.
pub fn open_store(options: &StoreOptions, data_dir: &DataDir) -> anyhow::Result<OpenStore> {
    if let Some(url) = &options.clickhouse_url {
        return Ok(OpenStore { store: Store::connect(Endpoint::parse(url)?), engine: None });
    }
    let library = options.engine_library.clone().or_else(find_library).context(
        "libchdb.so was not found: a release has it in lib/ beside the program, a clone gets it by `npm ci`; name it with \
         --engine-library, or use a server with --clickhouse-url",
    )?;
    let engine = start_engine(&EngineConfig {
        program: std::env::current_exe()?,
        library,
        data_dir: data_dir.path().to_owned(),
        memory_bytes_max: options.engine_memory_bytes_max,
    })?;
    Ok(OpenStore { store: engine.store(), engine: Some(engine) })
}

/// Starts the engine; once more with the tables' definitions of the last clean start when it refuses those it finds.
fn start_engine(config: &EngineConfig) -> anyhow::Result<Engine> {
    let store_dir = store_dir(&config.data_dir);
    let refused = match Engine::start(config.clone()) {
        Ok(engine) => return Ok(engine),
        Err(refused) => refused,
    };
    let advice = || {
        format!(
            "the engine's files in {}: restore what the message names from a backup, or the whole directory, or move it \
             away to begin with an empty store; events wait in the spool meanwhile",
            store_dir.display()
        )
    };
    if matches!(refused, EngineError::Start(_)) && metadata::restore_differing(&store_dir)? > 0 {
        tracing::warn!(%refused, "the engine is started again with the tables' definitions of the last clean start");
        return Engine::start(config.clone()).with_context(advice);
    }
    Err(refused).with_context(advice)
}

/// Says what ClickHouse could not read, and keeps the tables' definitions for a start that cannot.
async fn look_after_tables(store: &Store, data_dir: &Path, migrated: bool) {
    match detached_parts(store).await {
        Ok(parts) if parts.is_empty() => {}
        Ok(parts) => {
            let named: Vec<String> =
                parts.iter().map(|(table, parts)| format!("{parts} of {table}")).collect();
            tracing::error!(
                parts = %named.join(", "),
                "ClickHouse set damaged parts of tables aside; their rows are in no answer: see `orma doctor`"
            );
        }
        Err(error) => tracing::warn!(%error, "whether parts of tables are damaged is not known"),
    }
    if let Err(error) = metadata::keep(&store_dir(data_dir), migrated) {
        tracing::warn!(%error, "the tables' definitions are not kept");
    }
}

pub async fn up(options: UpOptions) -> anyhow::Result<()> {
    let cluster = options.store.cluster()?;
    let data_dir = DataDir::open(&options.store.common.data_dir)?;
    let mut config = collector_config(&options.collector, data_dir.path())?;
    // Before anything slow: a taken port is told at once.
    let (listeners, admin) = open_listeners(&options.listen, options.collector.workers)?;
    let opened = tokio::task::block_in_place(|| open_store(&options.store, &data_dir))?;
    let store = opened.store.clone();
    let applied = migrations::migrate(&store, cluster).await?;
    if opened.engine.is_some() {
        look_after_tables(&store, data_dir.path(), !applied.is_empty()).await;
    }
    let registry = Registry::open(store.clone(), data_dir.path())?;
    registry.refresh().await?;
    let made_token = first_start(&registry, &options).await?;

    let engine_bytes_max = opened.engine.is_some().then_some(options.store.engine_memory_bytes_max);
    let questions = options.questions.limits(engine_bytes_max);
    let state = query_state(store.clone(), registry.clone(), &data_dir, questions)?;
    let mut router = orma_query::router(state.clone());
    if !options.without_demo {
        router = router.merge(embedded::demo_shop());
    }
    if opened.engine.is_some() {
        config.drain_ms_max = drain_before_engine(config.drain_ms_max);
    }
    let scheme = if config.network.tls.is_some() { "https" } else { "http" };
    let address = listeners[0].local_addr()?;
    let stop = StopSignal::held()?;
    let collector = Collector::start(
        config,
        listeners,
        store.clone(),
        registry,
        embedded::sdk()?,
        Some(serve::fallback(router)),
    )
    .map_err(explain)?;
    state.report_geo(geo_reporter(collector.geo()));
    let admin_address = admin.local_addr()?;
    let jobs = background::start(&store, &state, &options.accounting);
    let (collects, answers, engine) = (collector.metrics(), state.clone(), opened.metrics());
    let does = jobs.metrics();
    let metrics = move || collects() + &answers.metrics() + &does() + &engine();
    let network = &options.collector.network;
    let admin = serve::admin(admin, network, metrics, collector.readiness())?;
    let here = Running::here(scheme, address, admin_address, options.collector.public_url.clone());
    here.write(data_dir.path())?;
    let base = here.url;
    greet(&base, admin_address, &state.new_sign_in_code(), made_token.as_deref());
    if !options.without_demo {
        println!("  demo shop   {base}/demo/");
    }

    stop.received().await;
    println!("orma is stopping …");
    state.close_live();
    tokio::join!(jobs.stop(), collector.stop());
    admin.stop().await;
    opened.close().await;
    Ok(())
}

/// What the collector may take of the time of a stop, so that the engine can stop within it too.
fn drain_before_engine(drain_ms_max: u64) -> u64 {
    drain_ms_max - ENGINE_STOP_MS_MAX.min(drain_ms_max / 2)
}

/// `orma collect`: needs neither the schema nor a reachable ClickHouse to start.
pub async fn collect(options: CollectOptions) -> anyhow::Result<()> {
    let data_dir = DataDir::open(&options.common.data_dir)?;
    let config = collector_config(&options.collector, data_dir.path())?;
    let (listeners, admin) = open_listeners(&options.listen, options.collector.workers)?;
    let store = Store::connect(Endpoint::parse(&options.clickhouse_url)?);
    let registry = Registry::open(store.clone(), data_dir.path())?;
    learn_sites(&registry).await;
    let scheme = if config.network.tls.is_some() { "https" } else { "http" };
    let address = listeners[0].local_addr()?;
    let stop = StopSignal::held()?;
    let collector =
        Collector::start(config, listeners, store, registry, embedded::sdk()?, None).map_err(explain)?;
    let admin_address = admin.local_addr()?;
    let network = &options.collector.network;
    let admin = serve::admin(admin, network, collector.metrics(), collector.readiness())?;
    Running::here(scheme, address, admin_address, options.collector.public_url.clone())
        .write(data_dir.path())?;
    println!("orma collects on {scheme}://{address}/v1/events\n  metrics     http://{admin_address}/metrics");
    stop.received().await;
    collector.stop().await;
    admin.stop().await;
    Ok(())
}

/// Asks for sites and keys once; a server that is away, or swallows packets, does not hold the start up.
async fn learn_sites(registry: &Registry) {
    const PATIENCE: Duration = Duration::from_secs(5);
    let error = match tokio::time::timeout(PATIENCE, registry.refresh()).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    match registry.snapshot().sites.len() {
        0 => tracing::warn!(
            %error,
            "ClickHouse is away, and no site is remembered on disk: events are refused with 503 until it has answered once"
        ),
        sites => {
            tracing::warn!(%error, sites, "ClickHouse is away: starting with the sites remembered on disk");
        }
    }
}

pub async fn query(options: QueryOptions) -> anyhow::Result<()> {
    let data_dir = DataDir::open(&options.common.data_dir)?;
    tracing::debug!(open_files_max = raise_open_files_max(), "each connection is an open file");
    let listener = bind_one("listen", options.listen.listen)?;
    let admin = bind_admin(&options.listen)?;
    let store = Store::connect(Endpoint::parse(&options.clickhouse_url)?);
    let registry = Registry::open(store.clone(), data_dir.path())?;
    registry.refresh().await?;
    let state = query_state(store.clone(), registry.clone(), &data_dir, options.questions.limits(None))?;
    let scheme = if options.network.network()?.tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr()?;
    let admin_address = admin.local_addr()?;
    let answers = state.clone();
    let router = orma_query::router(state.clone());
    let stop = StopSignal::held()?;
    let (server, connections) = serve::query(listener, router, &options.network)?;
    let jobs = background::start(&store, &state, &options.accounting);
    let does = jobs.metrics();
    let metrics = move || connections() + &answers.metrics() + &does();
    let admin = serve::admin(admin, &options.network, metrics, || Ok(()))?;
    let following = tokio::spawn(registry.follow(REGISTRY_REFRESH));
    Running::here(scheme, address, admin_address, None).write(data_dir.path())?;
    println!(
        "orma answers on {scheme}://{address}/\n  sign in     {scheme}://{address}/sign-in#code={}\n  metrics     http://{admin_address}/metrics",
        state.new_sign_in_code()
    );
    stop.received().await;
    state.close_live();
    following.abort();
    tokio::join!(jobs.stop(), server.stop());
    admin.stop().await;
    Ok(())
}

fn query_state(
    store: Store,
    registry: Registry,
    data_dir: &DataDir,
    questions: QuestionLimits,
) -> anyhow::Result<AppState> {
    let ended_sessions = EndedSessions::open(data_dir.path().join("ended-sessions"))?;
    let config = QueryConfig { ended_sessions, questions, ..QueryConfig::default() };
    Ok(AppState::new(store, registry, data_dir.secret()?, config))
}

fn open_listeners(
    listen: &ListenOptions,
    workers: usize,
) -> anyhow::Result<(Vec<std::net::TcpListener>, std::net::TcpListener)> {
    let workers = match workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    tracing::debug!(open_files_max = raise_open_files_max(), "each connection is an open file");
    let listeners = bind(listen.listen, workers).with_context(|| taken("listen", listen.listen))?;
    Ok((listeners, bind_admin(listen)?))
}

fn bind_admin(listen: &ListenOptions) -> anyhow::Result<std::net::TcpListener> {
    bind_one("admin-listen", listen.admin_listen)
}

fn bind_one(option: &str, address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    let listeners = bind(address, 1).with_context(|| taken(option, address))?;
    listeners.into_iter().next().context("one listener was asked for")
}

fn taken(option: &str, address: SocketAddr) -> String {
    let what = match option {
        "admin-listen" => " for /metrics, where another orma may listen",
        _ => "",
    };
    let any = SocketAddr::new(address.ip(), 0);
    format!(
        "cannot listen on {address}{what}; choose another address with --{option}, or {any} for any free port"
    )
}

fn explain(error: CollectorError) -> anyhow::Error {
    anyhow::Error::new(error).context("the collector does not start")
}

fn collector_config(options: &CollectorOptions, data_dir: &Path) -> anyhow::Result<CollectorConfig> {
    Ok(CollectorConfig {
        collector: options.collector.clone(),
        data_dir: data_dir.to_owned(),
        geo_databases: geo_databases(&options.geo_database),
        limits: options.intake.limits(&options.network),
        rates: options.intake.rates(&options.network),
        network: options.network.network()?,
        public_url: options.public_url.clone(),
        spool_bytes_max: options.spool_bytes_max,
        drain_ms_max: options.drain_ms_max,
        memory: Some(memory::HOOKS),
    })
}

/// What the collector says of its databases, as the query service shows it.
fn geo_reporter(
    status: impl Fn() -> (Vec<GeoStatus>, Option<GeoProblem>) + Send + Sync + 'static,
) -> GeoReporter {
    Box::new(move || {
        let (files, problem) = status();
        let database = |file: &GeoStatus| {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy();
            let built_at = Timestamp((file.build_epoch as i64).saturating_mul(1_000));
            geo_database(&name, &file.database_type, built_at)
        };
        GeoReport {
            databases: files.iter().map(database).collect(),
            problem: problem.map(|problem| problem.to_string()),
        }
    })
}

/// The databases that are named, or else the one that is found.
pub fn geo_databases(named: &[PathBuf]) -> Vec<PathBuf> {
    if named.is_empty() { find_geo_database().into_iter().collect() } else { named.to_vec() }
}

/// The country database of the npm package beside the working directory, or beside or above the program: a release has it
/// in `share/`.
fn find_geo_database() -> Option<PathBuf> {
    const FILE: &str = "geo-whois-asn-country.mmdb";
    let packaged = Path::new("node_modules/@ip-location-db/geo-whois-asn-country-mmdb").join(FILE);
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|path| path.ancestors().skip(1));
    let above = above.flat_map(|dir| [dir.join("share").join(FILE), dir.join(&packaged)]);
    let working = std::env::current_dir().ok().map(|dir| dir.join(&packaged));
    working.into_iter().chain(above).find(|path| path.is_file())
}

/// Makes what a first start needs: a site, and an admin token if there is none. Returns the token that was made.
async fn first_start(registry: &Registry, options: &UpOptions) -> anyhow::Result<Option<String>> {
    let sites = &registry.snapshot().sites;
    if sites.is_empty() && !options.without_demo {
        let site = Site {
            site: FIRST_SITE.into(),
            name: "Demo".into(),
            timezone: "Europe/Rome".into(),
            currency: "EUR".into(),
            origins: Vec::new(),
        };
        registry.add_site(&site, Some(FIRST_SITE)).await?;
    } else if sites.contains_key(FIRST_SITE) && !registry.has_had_key(FIRST_SITE).await? {
        // A start that was cut off between the two, by a version that made the site first.
        registry.add_key(FIRST_SITE, Some(FIRST_SITE)).await?;
    }
    let snapshot = registry.snapshot();
    if let Some(fixed) = options.admin_token.as_deref() {
        if snapshot.token_of_secret(fixed).is_none() {
            let added = registry.add_token(Role::Admin, "", "ORMA_ADMIN_TOKEN", Some(fixed)).await;
            added.context("ORMA_ADMIN_TOKEN or --admin-token")?;
        }
        return Ok(None);
    }
    if snapshot.tokens.values().any(|token| token.role == Role::Admin) {
        return Ok(None);
    }
    Ok(Some(registry.add_token(Role::Admin, "", "first admin", None).await?))
}

fn greet(base: &str, admin: SocketAddr, code: &str, made_token: Option<&str>) {
    println!("orma is running");
    println!("  dashboard   {base}/");
    println!("  sign in     {base}/sign-in#code={code}   (once, within an hour)");
    println!("  metrics     http://{admin}/metrics");
    if let Some(token) = made_token {
        println!("  admin token {token}   (shown only now: keep it)");
    }
}

/// The signals that ask for a stop. They are held from its making on: whoever has been answered once is stopped in order.
struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    fn held() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
