//! The terms on which a listener's connections are served, the same for all its workers.

use std::sync::Arc;

use super::limits::HttpLimits;
use super::load_shedding::InflightBytes;
use super::proxy::TrustedProxies;
use super::rate::Rates;
use crate::metrics::ConnectionMetrics;

/// What connections are held to, whom they believe and where they are counted.
pub struct Terms {
    /// Limits of requests and connections.
    pub limits: HttpLimits,
    /// How many requests a client may send.
    pub rates: Arc<Rates>,
    /// Whose word on the client's address is taken.
    pub proxies: Arc<TrustedProxies>,
    /// What is counted of connections.
    pub metrics: Arc<ConnectionMetrics>,
    /// Responses that clients have not taken, of all workers.
    pub responses: InflightBytes,
}

impl Terms {
    /// Terms under which nothing has been served yet.
    pub fn new(
        limits: HttpLimits,
        rates: Arc<Rates>,
        proxies: Arc<TrustedProxies>,
        metrics: Arc<ConnectionMetrics>,
    ) -> Self {
        let responses = InflightBytes::new(limits.answer_bytes_max);
        Self { limits, rates, proxies, metrics, responses }
    }
}
