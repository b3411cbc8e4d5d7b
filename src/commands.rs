//! What each command does.

mod accounts;
mod doctor;
mod health;
mod spool;
mod visits;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use orma_demo::{Story, Told};
use orma_store::data_dir::DataDirError;
use orma_store::engine::child::{self, ChildOptions};
use orma_store::engine::config::read_connection;
use orma_store::{
    Audience, DataDir, Endpoint, NewsletterKey, Registry, Role, Site, SiteChange, Store, migrations,
};

use crate::cli::{Command, DemoOptions, EngineProcess, SiteAction, SiteSettings, StoreOptions, TokenAction};
use crate::running::Running;
use crate::up::{self, OpenStore};

pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Up(options) => Box::pin(up::up(options)).await,
        Command::Collect(options) => up::collect(options).await,
        Command::Query(options) => up::query(options).await,
        Command::Migrate(options) => migrate(options).await,
        Command::Site { action } => site(action).await,
        Command::Token { action } => token(action).await,
        Command::Spool { action } => spool::run(action),
        Command::Accounts { action } => accounts::run(action).await,
        Command::Visits { action } => visits::run(action).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Health(options) => health::run(&options).await,
        Command::Demo(options) => tell_demo(options).await,
        Command::Engine(process) => engine(process),
    }
}

fn engine(process: EngineProcess) -> anyhow::Result<()> {
    let EngineProcess { library, config_file, store_dir, port } = process;
    tokio::task::block_in_place(|| child::run(ChildOptions { library, config_file, store_dir, port }))
        .map(|never| match never {})
        .map_err(anyhow::Error::msg)
}

/// A store for one command: a server that was named, the engine of a running `orma up`, or an engine for the moment.
struct Session {
    store: Store,
    registry: Registry,
    own: Option<(OpenStore, DataDir)>,
}

impl Session {
    async fn open(options: &StoreOptions) -> anyhow::Result<Self> {
        let (store, own) = match &options.clickhouse_url {
            Some(url) => (Store::connect(Endpoint::parse(url)?), None),
            None => Self::embedded(options)?,
        };
        if own.is_some() {
            migrations::migrate(&store, None).await?;
        }
        let registry = Registry::without_mirror(store.clone());
        registry.refresh().await?;
        Ok(Self { store, registry, own })
    }

    fn embedded(options: &StoreOptions) -> anyhow::Result<(Store, Option<(OpenStore, DataDir)>)> {
        let dir = &options.common.data_dir;
        match DataDir::open(dir) {
            Ok(data_dir) => {
                let opened = tokio::task::block_in_place(|| up::open_store(options, &data_dir))?;
                Ok((opened.store.clone(), Some((opened, data_dir))))
            }
            Err(DataDirError::InUse { .. }) => Ok((Self::store_of_running(dir)?, None)),
            Err(error) => Err(error.into()),
        }
    }

    /// The store of the orma that holds a data directory.
    fn store_of_running(dir: &Path) -> anyhow::Result<Store> {
        let endpoint = read_connection(dir).with_context(|| {
            format!(
                "the orma that holds {} is still starting, or has no embedded engine: then name its --clickhouse-url",
                dir.display()
            )
        })?;
        Ok(Store::connect(endpoint))
    }

    /// A store that is there already: no engine is started, and no data directory made.
    async fn of_running(options: &StoreOptions) -> anyhow::Result<Self> {
        let dir = &options.common.data_dir;
        let store = match &options.clickhouse_url {
            Some(url) => Store::connect(Endpoint::parse(url)?),
            None if Running::read(dir).is_some()
                && matches!(DataDir::open(dir), Err(DataDirError::InUse { .. })) =>
            {
                Self::store_of_running(dir)?
            }
            None => bail!(
                "no orma runs in {}: start it with `orma up`, or name the directory of one that runs with --data-dir; a \
                 collector elsewhere takes --collector-url and --ingest-token (`orma token add --role ingest --site demo` \
                 makes one there)",
                dir.display()
            ),
        };
        let registry = Registry::without_mirror(store.clone());
        registry.refresh().await?;
        Ok(Self { store, registry, own: None })
    }

    fn site(&self, name: &str) -> anyhow::Result<Site> {
        let site = self.registry.snapshot().sites.get(name).cloned();
        site.with_context(|| format!("there is no site `{name}`; `orma site list` shows them"))
    }

    async fn close(self) {
        if let Some((opened, _data_dir)) = self.own {
            opened.close().await;
        }
    }
}

async fn migrate(options: StoreOptions) -> anyhow::Result<()> {
    let cluster = options.cluster()?;
    let (store, own) = match &options.clickhouse_url {
        Some(url) => (Store::connect(Endpoint::parse(url)?), None),
        None => Session::embedded(&options)?,
    };
    let applied = migrations::migrate(&store, cluster).await;
    if let Some((opened, _data_dir)) = own {
        opened.close().await;
    }
    match applied?.as_slice() {
        [] => println!("the schema is up to date (version {})", migrations::newest_version()),
        applied => println!(
            "applied {} migrations; the schema is at version {}",
            applied.len(),
            migrations::newest_version()
        ),
    }
    Ok(())
}

async fn site(action: SiteAction) -> anyhow::Result<()> {
    let options = match &action {
        SiteAction::Add { store, .. }
        | SiteAction::List { store }
        | SiteAction::Set { store, .. }
        | SiteAction::RotateKey { store, .. }
        | SiteAction::NewsletterSecret { store, .. } => store.clone(),
    };
    let session = Session::open(&options).await?;
    let done = change_site(&session, &options.common.data_dir, action).await;
    session.close().await;
    done
}

async fn change_site(session: &Session, data_dir: &Path, action: SiteAction) -> anyhow::Result<()> {
    let registry = &session.registry;
    match action {
        SiteAction::Add { site, settings, key, .. } => {
            if registry.snapshot().sites.contains_key(&site) {
                bail!("there is a site `{site}` already; `orma site set` changes it");
            }
            let fresh = Site {
                name: site.clone(),
                site: site.clone(),
                timezone: "Europe/Rome".into(),
                currency: "EUR".into(),
                origins: Vec::new(),
            };
            let key = registry.add_site(&with_settings(fresh, settings), key.as_deref()).await?;
            // The key alone goes to standard output, so that a script can take it.
            println!("{key}");
            print_tag(data_dir, &key);
        }
        SiteAction::Set { site, settings, .. } => {
            session.site(&site)?;
            let SiteSettings { name, timezone, currency, origins } = settings;
            registry.change_site(&site, &SiteChange { name, timezone, currency, origins }).await?;
            println!("{site} is changed; collectors know within seconds");
            warn_of_origins(&session.site(&site)?);
        }
        SiteAction::RotateKey { site, .. } => {
            session.site(&site)?;
            let fresh = registry.add_key(&site, None).await?;
            let snapshot = registry.snapshot();
            for (key, _) in snapshot.keys.iter().filter(|(key, of)| **of == site && **key != fresh) {
                registry.revoke_key(key, &site).await?;
            }
            println!("{fresh}");
        }
        SiteAction::NewsletterSecret { site, rotate, revoke, .. } => {
            session.site(&site)?;
            newsletter_secret(registry, &site, rotate, revoke.as_deref()).await?;
        }
        SiteAction::List { .. } => {
            let snapshot = registry.snapshot();
            let mut sites: Vec<&Site> = snapshot.sites.values().collect();
            sites.sort_by_key(|site| &site.site);
            for site in sites {
                let keys =
                    snapshot.keys.iter().filter(|(_, of)| **of == site.site).map(|(key, _)| key.as_str());
                let mut keys: Vec<&str> = keys.collect();
                keys.sort_unstable();
                let origins =
                    if site.origins.is_empty() { "any origin".into() } else { site.origins.join(",") };
                let Site { site, name, timezone, currency, .. } = site;
                println!("{site}\t{name}\t{timezone}\t{currency}\t{origins}\t{}", keys.join(","));
            }
            snapshot.sites.values().for_each(warn_of_origins);
        }
    }
    Ok(())
}

/// The secret alone goes to standard output, so that a script can take it; the rest is for the operator's eyes.
async fn newsletter_secret(
    registry: &Registry,
    site: &str,
    rotate: bool,
    revoke: Option<&str>,
) -> anyhow::Result<()> {
    if let Some(key_id) = revoke {
        if !registry.revoke_newsletter_key(site, key_id).await? {
            bail!("`{site}` has no newsletter secret with the key id `{key_id}`");
        }
        println!("{key_id} is withdrawn; collectors know within seconds");
        return Ok(());
    }
    let current =
        if rotate { registry.add_newsletter_key(site).await? } else { registry.newsletter_key(site).await? };
    println!("{}", current.secret);
    let snapshot = registry.snapshot();
    let older = snapshot.newsletter_keys.values().filter(|key| key.site == site && **key != current);
    for key in older {
        eprintln!("links of the older secret {0} work too; --revoke {0} ends that", key.key_id);
    }
    Ok(())
}

/// Origins that older versions took and no browser sends.
fn warn_of_origins(site: &Site) {
    for (_, problem) in site.unusable_origins() {
        eprintln!("origins of {}: {problem}", site.site);
    }
}

fn with_settings(mut site: Site, settings: SiteSettings) -> Site {
    let SiteSettings { name, timezone, currency, origins } = settings;
    site.name = name.unwrap_or(site.name);
    site.timezone = timezone.unwrap_or(site.timezone);
    site.currency = currency.unwrap_or(site.currency);
    site.origins = origins.unwrap_or(site.origins);
    site
}

async fn token(action: TokenAction) -> anyhow::Result<()> {
    let options = match &action {
        TokenAction::Add { store, .. } | TokenAction::List { store } | TokenAction::Revoke { store, .. } => {
            store.clone()
        }
    };
    let session = Session::open(&options).await?;
    let done = change_token(&session.registry, action).await;
    session.close().await;
    done
}

async fn change_token(registry: &Registry, action: TokenAction) -> anyhow::Result<()> {
    match action {
        TokenAction::Add { role, site, name, .. } => {
            println!("{}", registry.add_token(role.into(), &site, &name, None).await?);
        }
        TokenAction::List { .. } => {
            let snapshot = registry.snapshot();
            let mut tokens: Vec<_> = snapshot.tokens.values().collect();
            tokens.sort_by_key(|token| &token.token_id);
            for token in tokens {
                let site = if token.site.is_empty() { "all sites" } else { &token.site };
                println!("{}\t{}\t{site}\t{}", token.token_id, token.role.as_str(), token.name);
            }
        }
        TokenAction::Revoke { token_id, .. } => {
            if !registry.revoke_token(&token_id).await? {
                bail!("there is no token `{token_id}`; `orma token list` shows them");
            }
            println!("{token_id} is revoked");
        }
    }
    Ok(())
}

/// What pages of a site carry, as the orma that runs in the data directory is reached.
fn print_tag(data_dir: &Path, key: &str) {
    let running = Running::read(data_dir);
    let url = running.map(|running| running.public_url.unwrap_or(running.url)).filter(|url| !url.is_empty());
    let url = url.as_deref().unwrap_or("https://WHERE-ORMA-IS-REACHED");
    eprintln!(
        "for the head of every page: <script defer src=\"{url}/orma.js\" data-site=\"{key}\"></script>"
    );
}

async fn tell_demo(options: DemoOptions) -> anyhow::Result<()> {
    let told = match (&options.ingest_token, &options.collector_url) {
        (Some(token), Some(url)) => {
            orma_demo::tell(story(&options, url.clone(), options.write_key.clone(), token.clone(), None))
                .await?
        }
        _ => tell_with_own_token(&options).await?,
    };
    println!("sent {} events of {} people in {} visits", told.events, told.people, told.sessions);
    Ok(())
}

fn story(
    options: &DemoOptions,
    collector_url: String,
    write_key: String,
    ingest_token: String,
    newsletter_key: Option<NewsletterKey>,
) -> Story {
    let DemoOptions { days, visits_per_day, seed, .. } = *options;
    let until = jiff::Timestamp::now();
    Story { collector_url, write_key, ingest_token, newsletter_key, days, visits_per_day, seed, until }
}

/// The story is sent with a token of its own, which is withdrawn afterwards.
async fn tell_with_own_token(options: &DemoOptions) -> anyhow::Result<Told> {
    const SITE: &str = "demo";
    let session = Session::of_running(&options.store).await?;
    let running = || Running::read(&options.store.common.data_dir).map(|running| running.url);
    let url = options.collector_url.clone().or_else(running).filter(|url| !url.is_empty());
    let url = url.context("where the collector is is not known: name it with --collector-url")?;
    let registry = &session.registry;
    let snapshot = registry.snapshot();
    let key = snapshot.keys.iter().find(|(_, site)| *site == SITE).map(|(key, _)| key.clone());
    let write_key =
        key.context("there is no site `demo` with a write key; `orma up` makes one at its first start")?;
    let ingest_token = registry.add_token(Role::Ingest, SITE, "orma demo", None).await?;
    let newsletter_key = registry.newsletter_key(SITE).await?;
    // The collector reads its registry every two seconds.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let told =
        orma_demo::tell(story(options, url, write_key, ingest_token.clone(), Some(newsletter_key))).await;
    let token_id = registry.snapshot().token_of_secret(&ingest_token).map(|token| token.token_id.clone());
    if let Some(token_id) = token_id {
        registry.revoke_token(&token_id).await?;
    }
    if told.is_ok() {
        make_segments(registry, SITE).await?;
    }
    session.close().await;
    told
}

/// The story's segments, those whose names are not taken: telling it again makes none anew.
async fn make_segments(registry: &Registry, site: &str) -> anyhow::Result<()> {
    let taken: Vec<String> = registry
        .snapshot()
        .audiences_of(site)
        .into_iter()
        .map(|audience| audience.name.to_lowercase())
        .collect();
    let free = orma_demo::segments().into_iter().filter(|(name, _)| !taken.contains(&name.to_lowercase()));
    for (name, condition) in free {
        let audience = Audience {
            audience: Audience::new_id(),
            site: site.to_owned(),
            name: name.to_owned(),
            condition: condition.to_string(),
            days: 30,
            created_by: "orma demo".to_owned(),
            created_at: jiff::Timestamp::now().as_millisecond(),
        };
        registry.put_audience(&audience).await?;
    }
    Ok(())
}
