//! Events at a constant rate, whatever the collector does: most of them in batches, as from relays and apps, the others one
//! by one, as from browsers.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use orma_benches::traffic::{Requests, What};
use tokio::task::JoinHandle;

use crate::load::client::{Client, Driven, Pace};
use crate::load::latency::percentile;

/// Of them each is a request.
const SINGLE_EVENTS_PER_SECOND: u64 = 500;
const BATCH_EVENTS: u64 = 100;
const BATCHES_PER_SECOND: u64 = 45;
/// All of them.
pub const EVENTS_PER_SECOND: u64 = SINGLE_EVENTS_PER_SECOND + BATCHES_PER_SECOND * BATCH_EVENTS;
/// Connections that are kept open, of each sort.
const CONNECTIONS: usize = 32;

/// Events on their way.
pub struct Intake {
    singles: JoinHandle<anyhow::Result<Driven>>,
    batches: JoinHandle<anyhow::Result<Driven>>,
}

/// What came of them.
#[derive(Debug)]
pub struct Taken {
    pub events_sent: u64,
    /// Requests that were answered with something else than success.
    pub requests_refused: u64,
    /// What the first of these said.
    pub first_refusal: Option<String>,
    /// From the moment at which a request was due until 99 % of them were answered, in milliseconds.
    pub answered_ms: f64,
}

impl Intake {
    /// Sends for so long.
    ///
    /// # Errors
    /// The collector takes no connections.
    pub fn start(listen: SocketAddr, duration: Duration) -> anyhow::Result<Self> {
        let drive = |what, per_second: u64| {
            let mut client = Client::open(listen, CONNECTIONS)?;
            anyhow::Ok(tokio::task::spawn_blocking(move || {
                let mut requests = Requests::new(what);
                client.drive(Pace::Open(per_second as f64), duration, |out| requests.write(out))
            }))
        };
        Ok(Self {
            singles: drive(What::Beacon, SINGLE_EVENTS_PER_SECOND)?,
            batches: drive(What::Batch(BATCH_EVENTS), BATCHES_PER_SECOND)?,
        })
    }

    /// Waits until all are answered.
    ///
    /// # Errors
    /// A connection ended.
    pub async fn ended(self) -> anyhow::Result<Taken> {
        let singles = self.singles.await.context("single events")??;
        let batches = self.batches.await.context("batches")??;
        let refused = |driven: &Driven| {
            let of_others = driven.statuses.iter().filter(|(status, _)| !(200..300).contains(*status));
            of_others.map(|(_, requests)| requests).sum::<u64>()
        };
        let mut latencies_us = [&*singles.latencies_us, &batches.latencies_us].concat();
        latencies_us.sort_unstable();
        Ok(Taken {
            events_sent: singles.requests() + batches.requests() * BATCH_EVENTS,
            requests_refused: refused(&singles) + refused(&batches),
            first_refusal: singles.first_refusal.or(batches.first_refusal),
            answered_ms: percentile(&latencies_us, 0.99).map_or(f64::NAN, |us| f64::from(us) / 1e3),
        })
    }
}
