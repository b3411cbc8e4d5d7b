//! The numbers of a listener, whatever it serves.

use std::sync::Arc;

use hyper::Method;
use prometheus::{IntCounter, IntCounterVec, IntGauge, Registry};

use super::registry::{counter, counters, gauge};

/// What there is to know of a listener's connections.
#[derive(Debug)]
pub struct ConnectionMetrics {
    /// Open connections.
    pub open: IntGauge,
    /// Connections closed before their first request, by reason.
    pub refused: IntCounterVec,
    /// Connections closed because they took too long, by what they were doing.
    pub timed_out: IntCounterVec,
    /// Answers of HTTP/2 that were ended because the client did not take them.
    pub streams_timed_out: IntCounter,
    /// TLS handshakes that failed.
    pub tls_handshakes_failed: IntCounter,
    /// 1 when the certificate's files hold a pair that cannot be used.
    pub tls_certificate_stale: IntGauge,
    unknown_addresses: IntCounterVec,
}

impl ConnectionMetrics {
    /// Those of a listener without a collector, and what renders them.
    pub fn alone() -> (Arc<Self>, Registry) {
        let registry = Registry::new();
        (Arc::new(Self::register(&registry)), registry)
    }

    /// Those that `registry` renders.
    pub fn register(registry: &Registry) -> Self {
        let r = registry;
        Self {
            open: gauge(r, "orma_connections", "Open client connections"),
            refused: counters(
                r,
                "orma_connections_refused_total",
                "Connections closed before their first request, by reason",
                "reason",
                &["connections_max", "connections_max_per_address", "handshake_ms_max", "proxy_protocol"],
            ),
            timed_out: counters(
                r,
                "orma_connections_timed_out_total",
                "Connections closed because they took too long, by reason",
                "reason",
                &["idle", "answer_not_taken"],
            ),
            streams_timed_out: counter(
                r,
                "orma_streams_timed_out_total",
                "Answers of HTTP/2 that were ended because the client did not take them",
            ),
            tls_handshakes_failed: counter(
                r,
                "orma_tls_handshakes_failed_total",
                "TLS handshakes that failed",
            ),
            tls_certificate_stale: gauge(
                r,
                "orma_tls_certificate_stale",
                "1 when the files of certificate and key cannot be used and older ones stay in use",
            ),
            unknown_addresses: counters(
                r,
                "orma_unknown_addresses_total",
                "Requests for what is served nowhere, by method",
                "method",
                &["GET", "POST", "other"],
            ),
        }
    }

    /// Counts a request for what is served nowhere.
    pub fn count_unknown_address(&self, method: &Method) {
        let method = if matches!(*method, Method::GET | Method::POST) { method.as_str() } else { "other" };
        self.unknown_addresses.with_label_values(&[method]).inc();
    }
}
