//! The collector's numbers, for Prometheus.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::{Method, StatusCode};
use prometheus::{
    Encoder, Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use crate::spool::SpoolStatus;

/// Every metric that the collector keeps. The help texts are the documentation.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    responses: IntCounterVec,
    responses_ok: IntCounter,
    /// Events accepted, duplicates included.
    pub events_accepted: IntCounter,
    /// Events accepted before under the same id.
    pub events_duplicate: IntCounter,
    /// Events refused, by reason.
    pub events_rejected: IntCounterVec,
    /// Events that ClickHouse confirmed.
    pub events_shipped: IntCounter,
    /// Segments that ClickHouse did not take at once.
    pub ship_retries: IntCounter,
    /// Events inserted without knowing whether the store has them already.
    pub ship_unasked: IntCounter,
    /// Seconds until the next attempt while ClickHouse takes no segment, 0 otherwise.
    pub ship_backoff_seconds: Gauge,
    /// Seconds from the seal of a segment to ClickHouse's confirmation.
    pub ship_seconds: Histogram,
    /// Opens and clicks of newsletters, by kind and verdict.
    pub newsletter_events: IntCounterVec,
    /// Addresses of newsletters that were not signed, by what is wrong.
    pub newsletter_tokens_refused: IntCounterVec,
    /// First pages after a newsletter's link, by what became of them.
    pub newsletter_landings: IntCounterVec,
    /// The connections of the listeners that clients use.
    pub connections: Arc<ConnectionMetrics>,
    spool_bytes: IntGauge,
    spool_flushes: IntGauge,
    spool_appends: IntGauge,
    spool_torn_bytes: IntGauge,
    spool_damaged: IntGauge,
    spool_damaged_bytes: IntGauge,
    spool_quarantined: IntGauge,
    spool_poisoned: IntGauge,
}

fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    register(registry, IntCounter::new(name, help))
}

fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    register(registry, IntGauge::new(name, help))
}

/// A counter for each value of a label. The values that are known in advance begin with zero, so that a dashboard's
/// query finds them before the first one happens.
fn counters(registry: &Registry, name: &str, help: &str, label: &str, known: &[&str]) -> IntCounterVec {
    let counters = register(registry, IntCounterVec::new(Opts::new(name, help), &[label]));
    for value in known {
        drop(counters.with_label_values(&[value]));
    }
    counters
}

/// Names are constants of this file, so a clash is a mistake that the first test shows.
fn register<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let metric = made.expect("a valid metric name");
    registry.register(Box::new(metric.clone())).expect("a metric name used once");
    metric
}

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

/// The text that Prometheus reads.
pub fn render(registry: &Registry) -> String {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("# metrics cannot be shown: {error}\n"),
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let r = &registry;
        let responses = counters(
            r,
            "orma_http_responses_total",
            "Answers of the collector by status code",
            "status",
            &["200"],
        );
        let ship_seconds = Histogram::with_opts(
            HistogramOpts::new(
                "orma_ship_seconds",
                "Seconds from sealing a segment to ClickHouse's confirmation",
            )
            .buckets(vec![0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0]),
        );
        let newsletter_events = register(
            r,
            IntCounterVec::new(
                Opts::new("orma_newsletter_events_total", "Opens and clicks of newsletters"),
                &["kind", "verdict"],
            ),
        );
        for kind in ["open", "click"] {
            drop(newsletter_events.with_label_values(&[kind, "human"]));
        }
        Self {
            responses_ok: responses.with_label_values(&["200"]),
            responses,
            events_accepted: counter(r, "orma_events_accepted_total", "Events accepted, duplicates included"),
            events_duplicate: counter(
                r,
                "orma_events_duplicate_total",
                "Events accepted before under the same id",
            ),
            events_rejected: counters(
                r,
                "orma_events_rejected_total",
                "Events refused, by reason",
                "reason",
                &["not_json"],
            ),
            events_shipped: counter(r, "orma_events_shipped_total", "Events that ClickHouse confirmed"),
            ship_retries: counter(r, "orma_ship_retries_total", "Inserts that had to be tried again"),
            ship_unasked: counter(
                r,
                "orma_ship_unasked_total",
                "Events inserted without knowing whether the store has them already",
            ),
            ship_backoff_seconds: register(
                r,
                Gauge::new(
                    "orma_ship_backoff_seconds",
                    "Seconds until the next attempt while ClickHouse takes no segment, 0 otherwise",
                ),
            ),
            ship_seconds: register(r, ship_seconds),
            newsletter_events,
            newsletter_tokens_refused: counters(
                r,
                "orma_newsletter_tokens_refused_total",
                "Addresses of newsletters that were forged, altered or withdrawn",
                "reason",
                &["signature"],
            ),
            newsletter_landings: counters(
                r,
                "orma_newsletter_landings_total",
                "Page views whose address carried orma_id, by what became of it",
                "result",
                &["identified", "attributed", "expired", "refused", "bot"],
            ),
            connections: Arc::new(ConnectionMetrics::register(r)),
            spool_bytes: gauge(r, "orma_spool_bytes", "Bytes in segments that ClickHouse has not confirmed"),
            spool_flushes: gauge(r, "orma_spool_flushes", "Disk flushes since the start"),
            spool_appends: gauge(
                r,
                "orma_spool_appends",
                "Requests made durable since the start; several share a flush",
            ),
            spool_torn_bytes: gauge(
                r,
                "orma_spool_torn_bytes",
                "Bytes of unfinished writes cut off at the start",
            ),
            spool_damaged: gauge(
                r,
                "orma_spool_damaged_segments",
                "Segments found damaged since the start, their whole records shipped where that was possible",
            ),
            spool_damaged_bytes: gauge(
                r,
                "orma_spool_damaged_bytes",
                "Bytes of damaged segments that could not be read, since the start",
            ),
            spool_quarantined: gauge(r, "orma_spool_quarantined_segments", "Segments that need an operator"),
            spool_poisoned: gauge(r, "orma_spool_poisoned", "1 when a flush failed and a restart is needed"),
            registry,
        }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn count_response(&self, status: StatusCode) {
        // Nearly all of them, so this one is not looked up.
        if status == StatusCode::OK {
            self.responses_ok.inc();
        } else {
            self.responses.with_label_values(&[status.as_str()]).inc();
        }
    }

    /// The text that Prometheus reads.
    pub fn render(&self, spool: &SpoolStatus) -> String {
        let read = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed).cast_signed();
        self.spool_bytes.set(read(&spool.bytes));
        self.spool_flushes.set(read(&spool.flushes));
        self.spool_appends.set(read(&spool.appends));
        self.spool_torn_bytes.set(read(&spool.torn_bytes));
        self.spool_damaged.set(read(&spool.damaged_segments));
        self.spool_damaged_bytes.set(read(&spool.damaged_bytes));
        self.spool_quarantined.set(read(&spool.quarantined));
        self.spool_poisoned.set(i64::from(spool.poisoned.load(Ordering::Relaxed)));
        render(&self.registry)
    }
}
