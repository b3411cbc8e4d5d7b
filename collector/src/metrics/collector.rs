//! The numbers of a collector.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::StatusCode;
use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use super::connections::ConnectionMetrics;
use super::registry::{counter, counters, gauge, register, render};
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
