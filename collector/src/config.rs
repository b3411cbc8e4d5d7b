//! The collector's limits, each with its default.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What one collector needs to know.
#[derive(Clone, Debug)]
pub struct CollectorConfig {
    /// Its name in the ledger.
    pub collector: String,
    /// The data directory: spool, salt.
    pub data_dir: PathBuf,
    /// The country or city databases, in the order in which they are asked; without them the fields stay empty.
    pub geo_databases: Vec<PathBuf>,
    /// Limits of requests and connections.
    pub limits: HttpLimits,
    /// Rate limits.
    pub rates: RateLimits,
    /// See [`crate::spool::SpoolConfig::spool_bytes_max`].
    pub spool_bytes_max: u64,
    /// How long a stop may take, in milliseconds.
    pub drain_ms_max: u64,
}

/// Limits that a client can meet.
#[derive(Clone, Debug)]
pub struct HttpLimits {
    /// Body on the wire, in bytes.
    pub body_bytes_max: usize,
    /// Body after decompression, in bytes.
    pub inflated_bytes_max: usize,
    /// Request line and headers, in bytes.
    pub header_bytes_max: usize,
    /// From the first byte of a request to the end of its headers, in milliseconds.
    pub header_ms_max: u64,
    /// From the end of the headers to the end of the body, in milliseconds.
    pub body_ms_max: u64,
    /// Open connections of each worker.
    pub connections_max: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            inflated_bytes_max: 8 << 20,
            header_bytes_max: 32 << 10,
            header_ms_max: 10_000,
            body_ms_max: 10_000,
            connections_max: 20_000,
        }
    }
}

impl HttpLimits {
    /// [`HttpLimits::body_ms_max`].
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_ms_max)
    }
}

/// Requests per second. The defaults leave room for a large office behind one address.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// Per client address, sustained.
    pub requests_per_second_per_address: u32,
    /// Per client address, at once.
    pub requests_burst_per_address: u32,
    /// Per write key, sustained.
    pub requests_per_second_per_key: u32,
    /// Per write key, at once.
    pub requests_burst_per_key: u32,
    /// Whether loopback addresses are limited too.
    pub limit_loopback: bool,
    /// Addresses remembered at once; an attacker must not be able to grow the table.
    pub addresses_max: usize,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests_per_second_per_address: 200,
            requests_burst_per_address: 2_000,
            requests_per_second_per_key: 20_000,
            requests_burst_per_key: 40_000,
            limit_loopback: false,
            addresses_max: 100_000,
        }
    }
}

impl RateLimits {
    /// Whether an address is exempt.
    pub fn exempts(&self, address: IpAddr) -> bool {
        !self.limit_loopback && address.to_canonical().is_loopback()
    }
}
