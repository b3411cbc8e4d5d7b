//! One sort of requests for some seconds, so that a profiler can be put beside the program.

use std::time::Duration;

use orma_benches::traffic::{Requests, SITES, What};

use super::client::Client;
use super::{BATCH_CONNECTIONS, BATCH_EVENTS, rounds};
use crate::running::Running;

/// Rounds, each a part of the time: a profiler's figures are of all of them.
const ROUNDS: u32 = 5;

/// Seconds when the command line names none.
pub const SECONDS_DEFAULT: u64 = 20;

/// What `drive` can send, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Single beacons.
    Beacons,
    /// Pixels.
    Pixels,
    /// Batches of 100 events.
    Batches,
}

/// Starts `orma up`, says its process, and sends it one sort of requests as fast as it answers.
///
/// # Errors
/// It does not start, refuses a request, or does not ship what it took.
pub async fn run(drive: Drive, seconds: u64, up: &[String]) -> anyhow::Result<()> {
    let (what, connections) = match drive {
        Drive::Beacons => (What::Beacon, rounds::CONNECTIONS),
        Drive::Pixels => (What::Pixel, rounds::CONNECTIONS),
        Drive::Batches => (What::Batch(BATCH_EVENTS), BATCH_CONNECTIONS),
    };
    let running = Running::up(up).await?;
    running.add_sites(&SITES, &[]).await?;
    println!("orma is process {}, its engine {}", running.pid, running.engine_pid);
    let mut requests = Requests::new(what);
    let mut client = Client::open(running.listen, connections)?;
    for _ in 0..ROUNDS {
        let duration = Duration::from_secs(seconds) / ROUNDS;
        let round = rounds::orma(&running, &mut client, &mut requests, duration).await?;
        println!(
            "{} requests, {:.0} a second: {:.2} µs until the answer, {:.2} µs with shipping",
            round.requests, round.requests_per_second, round.answer_cpu_us, round.whole_cpu_us
        );
    }
    running.stop().await
}
