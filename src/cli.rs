//! The commands and their options. Each option is also a variable `ORMA_…` and a key of `orma.toml`.

mod accounts;
mod registry;
mod spool;
mod visits;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use orma_query::{QuestionLimits, SqlLimits};
use orma_store::reader::QUERIES_MAX;

use crate::network::{IntakeOptions, NetworkOptions, listen_address};
pub use accounts::AccountsAction;
pub use registry::{SiteAction, SiteSettings, TokenAction};
pub use spool::{QuarantineAction, SpoolAction, SpoolShow};
pub use visits::VisitsAction;

/// Self-hosted tracker of customer behaviour.
#[derive(Debug, Parser)]
#[command(name = "orma", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything: collector, query service, dashboard and, without --clickhouse-url, ClickHouse itself
    Up(UpOptions),
    /// Run the edge collector alone
    Collect(CollectOptions),
    /// Run the query service and the dashboard alone
    Query(QueryOptions),
    /// Create or upgrade the schema
    Migrate(StoreOptions),
    /// Add, list or change sites
    Site {
        #[command(subcommand)]
        action: SiteAction,
    },
    /// Add, list or revoke API tokens
    Token {
        #[command(subcommand)]
        action: TokenAction,
    },
    /// Look into the collector's spool, and put back what was set aside
    Spool {
        #[command(subcommand)]
        action: SpoolAction,
    },
    /// Show what does not add up in the accounts, and write off what is lost for good
    Accounts {
        #[command(subcommand)]
        action: AccountsAction,
    },
    /// Make the visits that questions read anew of all events
    Visits {
        #[command(subcommand)]
        action: VisitsAction,
    },
    /// Check configuration, engine, disk, clock, geo data and schema, and say what to do
    Doctor(DoctorOptions),
    /// Ask the running orma whether it is well: exits with 0 or 1, for container runtimes and scripts
    Health(HealthOptions),
    /// Send simulated visitors through the collector
    Demo(DemoOptions),
    /// The embedded engine's own process
    #[command(hide = true)]
    Engine(EngineProcess),
}

/// Where the data is and how much is logged.
#[derive(Clone, Debug, Args)]
pub struct CommonOptions {
    /// Directory of everything that orma keeps
    #[arg(long, env = "ORMA_DATA_DIR", default_value = "data", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// error, warn, info or debug
    #[arg(long, env = "ORMA_LOG_LEVEL", default_value = "warn", value_name = "LEVEL")]
    pub log_level: String,
}

/// Which ClickHouse.
#[derive(Clone, Debug, Args)]
pub struct StoreOptions {
    #[command(flatten)]
    pub common: CommonOptions,
    /// A ClickHouse server instead of the embedded engine: `http://user:password@host:8123/database`
    #[arg(long, env = "ORMA_CLICKHOUSE_URL", hide_env_values = true, value_name = "URL")]
    pub clickhouse_url: Option<String>,
    /// The cluster on which tables are created, with --clickhouse-url
    #[arg(long, env = "ORMA_CLICKHOUSE_CLUSTER", value_name = "NAME")]
    pub clickhouse_cluster: Option<String>,
    /// libchdb.so of the embedded engine; found by itself in `node_modules` and beside the program
    #[arg(long, env = "ORMA_ENGINE_LIBRARY", value_name = "FILE")]
    pub engine_library: Option<PathBuf>,
    /// Memory that the embedded engine may use, in bytes
    #[arg(long, env = "ORMA_ENGINE_MEMORY_BYTES_MAX", value_name = "BYTES",
        default_value_t = orma_store::engine::config::ENGINE_MEMORY_BYTES_MAX)]
    pub engine_memory_bytes_max: u64,
}

impl StoreOptions {
    /// The cluster, which only a server can have. clap's `requires` would not see an address that stands in a file.
    pub fn cluster(&self) -> anyhow::Result<Option<&str>> {
        let cluster = self.clickhouse_cluster.as_deref();
        anyhow::ensure!(
            cluster.is_none() || self.clickhouse_url.is_some(),
            "--clickhouse-cluster needs --clickhouse-url: the embedded engine is in no cluster"
        );
        Ok(cluster)
    }
}

/// Where it is reached.
#[derive(Clone, Debug, Args)]
pub struct ListenOptions {
    /// Address of the collector, the API and the dashboard
    #[arg(long, env = "ORMA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT",
        value_parser = listen_address)]
    pub listen: SocketAddr,
    /// Address of /metrics, /healthz and /readyz for the operator
    #[arg(long, env = "ORMA_ADMIN_LISTEN", default_value = "127.0.0.1:8081", value_name = "ADDRESS:PORT",
        value_parser = listen_address)]
    pub admin_listen: SocketAddr,
}

/// How the collector works.
#[derive(Clone, Debug, Args)]
pub struct CollectorOptions {
    /// This collector's name in the ledger; each collector of a store needs its own
    #[arg(long, env = "ORMA_COLLECTOR", default_value = "main", value_name = "NAME")]
    pub collector: String,
    /// Country or city database in MaxMind's format, or two with a comma between, one for each family of addresses;
    /// the country database of `node_modules` is found by itself
    #[arg(long, env = "ORMA_GEO_DATABASE", value_name = "FILE[,FILE]", value_delimiter = ',')]
    pub geo_database: Vec<PathBuf>,
    /// Where SDKs reach the collector, behind a proxy: `https://collect.example.com`; the request's host otherwise
    #[arg(long, env = "ORMA_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Worker threads, each with a listener; 0: one for each core
    #[arg(long, env = "ORMA_WORKERS", default_value_t = 0, value_name = "N")]
    pub workers: usize,
    /// What the spool may hold while ClickHouse is away, in bytes
    #[arg(long, env = "ORMA_SPOOL_BYTES_MAX", default_value_t = 10 << 30, value_name = "BYTES")]
    pub spool_bytes_max: u64,
    /// How long a stop may take, in milliseconds
    #[arg(long, env = "ORMA_DRAIN_MS_MAX", default_value_t = 10_000, value_name = "MS")]
    pub drain_ms_max: u64,
    #[command(flatten)]
    pub network: NetworkOptions,
    #[command(flatten)]
    pub intake: IntakeOptions,
}

/// How the accounts are watched.
#[derive(Clone, Debug, Args)]
pub struct AccountingOptions {
    /// How often it is checked that every accepted event is stored, in seconds
    #[arg(long, env = "ORMA_ACCOUNTING_SECONDS", default_value_t = 15, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub accounting_seconds: u64,
}

/// What questions of the API may take of the store.
#[derive(Clone, Debug, Args)]
#[allow(clippy::struct_field_names, reason = "limits are named by their unit and end")]
pub struct QuestionOptions {
    /// How long the store may work for one request, in seconds
    #[arg(long, env = "ORMA_QUESTION_SECONDS_MAX", default_value_t = 30, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub question_seconds_max: u64,
    /// Memory that one question may use in the store, in bytes; a quarter of the embedded engine's otherwise, 512 MiB with
    /// --clickhouse-url
    #[arg(long, env = "ORMA_QUESTION_MEMORY_BYTES_MAX", value_name = "BYTES",
        value_parser = clap::value_parser!(u64).range(1 << 20..))]
    pub question_memory_bytes_max: Option<u64>,
    /// Requests that ask the store at once; one token has at most three quarters of them, and half for one site; 0: two for
    /// each core, at least 4
    #[arg(long, env = "ORMA_QUESTIONS_RUNNING_MAX", default_value_t = 0, value_name = "N")]
    pub questions_running_max: usize,
    /// Requests that wait for their turn; shared out alike
    #[arg(long, env = "ORMA_QUESTIONS_WAITING_MAX", default_value_t = 512, value_name = "N")]
    pub questions_waiting_max: usize,
    /// How long a request waits for its turn, in milliseconds
    #[arg(long, env = "ORMA_QUESTION_WAIT_MS_MAX", default_value_t = 10_000, value_name = "MS")]
    pub question_wait_ms_max: u64,
    /// How long an answer waits for the visits of events that came just now, in milliseconds; what is not made by then is in
    /// the next answers
    #[arg(long, env = "ORMA_VISITS_WAIT_MS_MAX", default_value_t = 2_000, value_name = "MS",
        value_parser = clap::value_parser!(u64).range(..=600_000))]
    pub visits_wait_ms_max: u64,
    /// Sites with so many visits have their days rolled up when these are over, which answers are read from; with fewer, visits
    /// are read as fast
    #[arg(long, env = "ORMA_ROLLUP_VISITS_MIN", default_value_t = 20_000, value_name = "N",
        value_parser = clap::value_parser!(u64).range(..=1_000_000_000_000))]
    pub rollup_visits_min: u64,
    /// Memory of this process for answers about finished periods, which are kept while nothing changes them, in bytes; 0
    /// keeps none
    #[arg(long, env = "ORMA_QUESTION_CACHE_BYTES_MAX", default_value_t = 32 << 20, value_name = "BYTES")]
    pub question_cache_bytes_max: usize,
    #[command(flatten)]
    pub sql: SqlOptions,
}

/// What SQL of analysts may take, within the limits of questions.
#[derive(Clone, Debug, Args)]
#[allow(clippy::struct_field_names, reason = "limits are named by their unit and end")]
pub struct SqlOptions {
    /// Statements of analysts that are carried out at once; one token has at most three quarters of them, and half for one
    /// site
    #[arg(long, env = "ORMA_SQL_RUNNING_MAX", default_value_t = 2, value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=QUERIES_MAX))]
    pub sql_running_max: usize,
    /// How long the store may work for one of them, in seconds
    #[arg(long, env = "ORMA_SQL_SECONDS_MAX", default_value_t = 30, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub sql_seconds_max: u64,
    /// Memory that one of them may use in the store, in bytes; an eighth of the embedded engine's otherwise, 256 MiB with
    /// --clickhouse-url. All together have a quarter of the engine's, 2 GiB of a server's
    #[arg(long, env = "ORMA_SQL_MEMORY_BYTES_MAX", value_name = "BYTES",
        value_parser = clap::value_parser!(u64).range(1 << 20..=1 << 50))]
    pub sql_memory_bytes_max: Option<u64>,
    /// Rows of an answer to one of them
    #[arg(long, env = "ORMA_SQL_ROWS_MAX", default_value_t = 1_000_000, value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub sql_rows_max: u64,
    /// Bytes of an answer to one of them, as the store has them and as they are sent
    #[arg(long, env = "ORMA_SQL_BYTES_MAX", default_value_t = 256 << 20, value_name = "BYTES",
        value_parser = clap::value_parser!(u64).range(1 << 10..=1 << 50))]
    pub sql_bytes_max: u64,
}

impl SqlOptions {
    fn limits(&self, engine_bytes_max: Option<u64>) -> SqlLimits {
        let memory = self.sql_memory_bytes_max.or(engine_bytes_max.map(|bytes| bytes / 8));
        SqlLimits {
            running_max: self.sql_running_max,
            seconds_max: self.sql_seconds_max,
            memory_bytes_max: memory.unwrap_or(SqlLimits::default().memory_bytes_max),
            rows_max: self.sql_rows_max,
            bytes_max: self.sql_bytes_max,
        }
    }
}

impl QuestionOptions {
    /// The limits; `engine_bytes_max` is the memory of the embedded engine, if there is one.
    pub fn limits(&self, engine_bytes_max: Option<u64>) -> QuestionLimits {
        let usual = QuestionLimits::default();
        let memory = self.question_memory_bytes_max.or(engine_bytes_max.map(|bytes| bytes / 4));
        QuestionLimits {
            seconds_max: self.question_seconds_max,
            memory_bytes_max: memory.unwrap_or(usual.memory_bytes_max),
            running_max: match self.questions_running_max {
                0 => usual.running_max,
                running => running,
            },
            waiting_max: self.questions_waiting_max,
            wait_ms_max: self.question_wait_ms_max,
            visits_wait_ms_max: self.visits_wait_ms_max,
            rollup_visits_min: self.rollup_visits_min,
            cache_bytes_max: self.question_cache_bytes_max,
            sql: self.sql.limits(engine_bytes_max),
        }
    }
}

/// An address with a host, without query and without a slash at the end.
fn public_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || host.is_empty() || rest.contains(['?', '#', '@', ' ']) {
        return Err("expected http://host or https://host, with or without a path".into());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// `orma up`.
#[derive(Clone, Debug, Args)]
pub struct UpOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub collector: CollectorOptions,
    #[command(flatten)]
    pub accounting: AccountingOptions,
    /// No demo shop at /demo/, and no site `demo` at the first start
    #[arg(long, env = "ORMA_WITHOUT_DEMO")]
    pub without_demo: bool,
    #[command(flatten)]
    pub questions: QuestionOptions,
    /// Fixes the first admin token instead of making one
    #[arg(long, env = "ORMA_ADMIN_TOKEN", hide_env_values = true, value_name = "SECRET")]
    pub admin_token: Option<String>,
}

/// `orma collect`.
#[derive(Clone, Debug, Args)]
pub struct CollectOptions {
    #[command(flatten)]
    pub common: CommonOptions,
    /// The ClickHouse server: `http://user:password@host:8123/database`
    #[arg(long, env = "ORMA_CLICKHOUSE_URL", hide_env_values = true, value_name = "URL")]
    pub clickhouse_url: String,
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub collector: CollectorOptions,
}

/// `orma query`.
#[derive(Clone, Debug, Args)]
pub struct QueryOptions {
    #[command(flatten)]
    pub common: CommonOptions,
    /// The ClickHouse server: `http://user:password@host:8123/database`
    #[arg(long, env = "ORMA_CLICKHOUSE_URL", hide_env_values = true, value_name = "URL")]
    pub clickhouse_url: String,
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub network: NetworkOptions,
    #[command(flatten)]
    pub accounting: AccountingOptions,
    #[command(flatten)]
    pub questions: QuestionOptions,
}

/// `orma demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    /// The collector; that of the orma that runs in the data directory otherwise
    #[arg(long, env = "ORMA_COLLECTOR_URL", value_name = "URL")]
    pub collector_url: Option<String>,
    /// An ingest token of the site `demo`, for a collector whose store this command does not reach
    #[arg(
        long,
        env = "ORMA_INGEST_TOKEN",
        hide_env_values = true,
        value_name = "SECRET",
        requires = "collector_url"
    )]
    pub ingest_token: Option<String>,
    /// The write key of the site `demo` there
    #[arg(long, default_value = "demo", value_name = "KEY", requires = "ingest_token")]
    pub write_key: String,
    /// Days of the story; the last is today up to the last full hour in Rome
    #[arg(long, default_value_t = 30)]
    pub days: u32,
    /// Visits per day, on average
    #[arg(long, default_value_t = 400)]
    pub visits_per_day: u32,
    /// The same seed tells the same story
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// `orma doctor`: the options of `orma up`, to be checked.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  orma doctor                                beside a running orma, or before the first start
  orma doctor --clickhouse-url http://u:p@db:8123/orma
  orma doctor --json | jq '.checks[] | select(.verdict != \"ok\")'

Exits with 0 when there is no problem (warnings are none) and with 1 when there is one.")]
pub struct DoctorOptions {
    #[command(flatten)]
    pub up: UpOptions,
    /// One JSON document
    #[arg(long)]
    pub json: bool,
}

/// `orma health`.
#[derive(Clone, Debug, Args)]
pub struct HealthOptions {
    #[command(flatten)]
    pub common: CommonOptions,
    /// Whether it takes events, and not only whether it is alive
    #[arg(long)]
    pub ready: bool,
}

/// `orma engine`.
#[derive(Clone, Debug, Args)]
pub struct EngineProcess {
    #[arg(long)]
    pub library: PathBuf,
    #[arg(long)]
    pub config_file: PathBuf,
    #[arg(long)]
    pub store_dir: PathBuf,
    #[arg(long)]
    pub port: u16,
}

impl Cli {
    /// How much is logged.
    pub fn log_level(&self) -> &str {
        let common = match &self.command {
            Command::Up(options) => &options.store.common,
            Command::Collect(options) => &options.common,
            Command::Query(options) => &options.common,
            Command::Migrate(options) => &options.common,
            Command::Demo(options) => &options.store.common,
            Command::Site { action } => match action {
                SiteAction::Add { store, .. }
                | SiteAction::List { store }
                | SiteAction::Set { store, .. }
                | SiteAction::RotateKey { store, .. }
                | SiteAction::NewsletterSecret { store, .. } => &store.common,
            },
            Command::Token { action } => match action {
                TokenAction::Add { store, .. }
                | TokenAction::List { store }
                | TokenAction::Revoke { store, .. } => &store.common,
            },
            Command::Spool { action } => action.common(),
            Command::Accounts { action } => &action.store().common,
            Command::Visits { action } => &action.store().common,
            Command::Doctor(options) => &options.up.store.common,
            Command::Health(options) => &options.common,
            Command::Engine(_) => return "warn",
        };
        &common.log_level
    }
}

/// Logs go to standard error; a level that is not understood is taken as `warn`.
pub fn start_log(level: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(level)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}

/// Says what went wrong, in one line with its causes.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("orma: {error:#}");
    ExitCode::FAILURE
}
