//! What a collector alone needs: CPU of a beacon without the query service beside it, memory at rest, under load and
//! with many connections that do nothing.

use std::time::Duration;

use orma_benches::traffic::{Requests, What};
use serde::Serialize;

use super::client::{Client, Pace};
use super::rounds::{self, CONNECTIONS, Round};
use crate::process;
use crate::running::Running;

/// The budget is for so many.
pub const IDLE_CONNECTIONS: usize = 10_000;
/// How long memory is given to settle.
const REST: Duration = Duration::from_secs(2);

/// A collector in a process of its own.
#[derive(Debug, Serialize)]
pub struct Alone {
    /// One event a request, all connections busy.
    pub beacons: Round,
    /// Memory along the way.
    pub memory: Memory,
}

/// Resident bytes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Memory {
    /// Before the first request.
    pub at_rest: u64,
    /// The most so far, after the load.
    pub peak: u64,
    /// A moment after the load.
    pub after: u64,
    /// With `idle_connections` open.
    pub with_idle_connections: u64,
    /// As the collector counts them, a moment after they were opened.
    pub idle_connections: u64,
}

/// Sends beacons to an `orma collect` for `duration`, then opens connections to it that do nothing more after one
/// request.
///
/// # Errors
/// The collector refuses a request or takes no more connections.
pub async fn alone(up: &Running, duration: Duration) -> anyhow::Result<Alone> {
    let collector = Running::collect(up, &[]).await?;
    tokio::time::sleep(REST).await;
    let at_rest = process::memory(collector.pid)?.resident;
    let mut client = Client::open(collector.listen, CONNECTIONS)?;
    let mut requests = Requests::new(What::Beacon);
    let beacons = rounds::orma(&collector, &mut client, &mut requests, duration).await?;
    drop(client);
    tokio::time::sleep(REST).await;
    let peak = process::peak_resident(collector.pid)?;
    let after = process::memory(collector.pid)?.resident;
    let [with_idle_connections, idle_connections] = idle_connections(&collector).await?;
    collector.stop().await?;
    Ok(Alone { beacons, memory: Memory { at_rest, peak, after, with_idle_connections, idle_connections } })
}

/// Resident bytes with [`IDLE_CONNECTIONS`] open, and how many the collector counts.
///
/// # Errors
/// The collector takes no more connections.
pub async fn idle_connections(running: &Running) -> anyhow::Result<[u64; 2]> {
    let mut requests = Requests::new(What::Beacon);
    let mut client = Client::open(running.listen, IDLE_CONNECTIONS)?;
    tokio::task::block_in_place(|| {
        client.drive(Pace::Closed, Duration::ZERO, |out| requests.write(out))?.all_taken()
    })?;
    tokio::time::sleep(REST).await;
    let resident = process::memory(running.pid)?.resident;
    Ok([resident, running.metric("orma_connections").await? as u64])
}
