//! How a metric is made, registered and shown.

use prometheus::{Encoder, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// A counter.
pub(super) fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    register(registry, IntCounter::new(name, help))
}

/// A gauge of whole numbers.
pub(super) fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    register(registry, IntGauge::new(name, help))
}

/// A counter for each value of a label. The values that are known in advance begin with zero, so that a dashboard's
/// query finds them before the first one happens.
pub(super) fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    label: &str,
    known: &[&str],
) -> IntCounterVec {
    let counters = register(registry, IntCounterVec::new(Opts::new(name, help), &[label]));
    for value in known {
        drop(counters.with_label_values(&[value]));
    }
    counters
}

/// Names are constants of this file, so a clash is a mistake that the first test shows.
pub(super) fn register<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let metric = made.expect("a valid metric name");
    registry.register(Box::new(metric.clone())).expect("a metric name used once");
    metric
}

/// The text that Prometheus reads.
pub fn render(registry: &Registry) -> String {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("# metrics cannot be shown: {error}\n"),
    }
}
