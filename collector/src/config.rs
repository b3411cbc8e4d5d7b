//! What one collector is told at its start.

use std::path::PathBuf;

use crate::http::limits::HttpLimits;
use crate::http::proxy::TrustedProxies;
use crate::http::rate::RateLimits;
use crate::http::tls::TlsFiles;
use crate::memory::MemoryHooks;

/// What one collector needs to know.
#[derive(Clone, Debug)]
pub struct CollectorConfig {
    /// Its name in the ledger.
    pub collector: String,
    /// The data directory: spool, salt.
    pub data_dir: PathBuf,
    /// The country or city databases, in the order in which they are asked; without them the fields stay empty.
    pub geo_databases: Vec<PathBuf>,
    /// Where clients reach the collector, `https://host[/path]` without a slash at the end; where they say so
    /// themselves otherwise.
    pub public_url: Option<String>,
    /// Limits of requests and connections.
    pub limits: HttpLimits,
    /// Rate limits.
    pub rates: RateLimits,
    /// TLS and the proxies in front.
    pub network: NetworkConfig,
    /// See [`crate::spool::SpoolConfig::spool_bytes_max`].
    pub spool_bytes_max: u64,
    /// How long a stop may take, in milliseconds.
    pub drain_ms_max: u64,
    /// How the program's allocator is told what to do with freed memory.
    pub memory: Option<MemoryHooks>,
}

/// What stands between the clients and the collector.
#[derive(Clone, Debug, Default)]
pub struct NetworkConfig {
    /// Speak TLS, with this certificate.
    pub tls: Option<TlsFiles>,
    /// Whose word on the client's address is taken.
    pub trusted_proxies: TrustedProxies,
    /// Every connection begins with the header of the PROXY protocol, version 1 or 2.
    pub proxy_protocol: bool,
}
