//! What the engine does with the events: CPU until all merges are done, parts, bytes on disk.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use orma_store::Store;
use serde::{Deserialize, Serialize};

use crate::process;
use crate::running::Running;

/// How long the engine may take to come to rest.
const SETTLE_MAX: Duration = Duration::from_mins(2);
/// So many looks in a row must show the same parts and no merge.
const LOOKS_ALIKE: u32 = 4;
const LOOK_PAUSE: Duration = Duration::from_millis(500);

/// CPU of the engine since a moment, less what it uses at rest.
pub struct EngineClock {
    pid: u32,
    cpu_before: f64,
    since: Instant,
}

/// What it takes to wait at the engine's side.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settled {
    /// CPU seconds, inserts, views, merges and visits, less what the engine uses at rest in that time.
    pub cpu_seconds: f64,
    /// Active parts of all tables of orma.
    pub parts: u64,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Look {
    merges: u64,
    parts: u64,
    /// Sessions whose visits are still to be made.
    touched: u64,
}

impl EngineClock {
    /// Starts it.
    ///
    /// # Errors
    /// The engine is gone.
    pub fn start(running: &Running) -> anyhow::Result<Self> {
        let pid = running.engine_pid;
        Ok(Self { pid, cpu_before: process::cpu_seconds(pid)?, since: Instant::now() })
    }

    /// Waits until all visits are made and no merge runs or begins, then reads the clock. `at_rest` is the share of a core that the engine
    /// uses when nothing is asked of it.
    ///
    /// # Errors
    /// The engine does not come to rest.
    pub async fn settled(self, store: &Store, at_rest: f64) -> anyhow::Result<Settled> {
        let parts = settle(store).await?;
        let used = process::cpu_seconds(self.pid)? - self.cpu_before;
        Ok(Settled { cpu_seconds: used - at_rest * self.since.elapsed().as_secs_f64(), parts })
    }
}

/// The share of a core that a process uses, over `duration`.
///
/// # Errors
/// The process is gone.
pub async fn share_of_core(pid: u32, duration: Duration) -> anyhow::Result<f64> {
    let before = process::cpu_seconds(pid)?;
    tokio::time::sleep(duration).await;
    Ok((process::cpu_seconds(pid)? - before) / duration.as_secs_f64())
}

/// Waits until all visits are made and no merge runs or begins; returns the number of active parts.
async fn settle(store: &Store) -> anyhow::Result<u64> {
    let sql = "SELECT (SELECT count() FROM system.merges) AS merges, count() AS parts, \
               (SELECT count() FROM touched) AS touched \
               FROM system.parts WHERE database = currentDatabase() AND active";
    let started = Instant::now();
    let mut last = Look { merges: 1, parts: 0, touched: 0 };
    let mut alike = 0;
    while alike < LOOKS_ALIKE {
        ensure!(started.elapsed() < SETTLE_MAX, "the engine is not done: {last:?}");
        tokio::time::sleep(LOOK_PAUSE).await;
        let look = store.select::<Look>(sql, &[]).await?.into_iter().next().context("a count has a row")?;
        alike = if look.merges == 0 && look.touched == 0 && look == last { alike + 1 } else { 0 };
        last = look;
    }
    Ok(last.parts)
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Weight {
    /// The table.
    pub name: String,
    /// Of its active parts.
    pub bytes: u64,
}

/// What each table weighs, heaviest first.
///
/// # Errors
/// The engine does not answer.
pub async fn weights(store: &Store) -> anyhow::Result<Vec<Weight>> {
    let sql = "SELECT table AS name, sum(bytes_on_disk) AS bytes FROM system.parts \
               WHERE database = currentDatabase() AND active GROUP BY table ORDER BY bytes DESC, name";
    Ok(store.select(sql, &[]).await?)
}

/// Events in the store, each id once.
///
/// # Errors
/// The engine does not answer.
pub async fn events(store: &Store) -> anyhow::Result<u64> {
    #[derive(Deserialize)]
    struct Count {
        events: u64,
    }
    let sql = "SELECT count() AS events FROM events FINAL WHERE site LIKE 'load-%'";
    Ok(store.select::<Count>(sql, &[]).await?.first().context("a count has a row")?.events)
}
