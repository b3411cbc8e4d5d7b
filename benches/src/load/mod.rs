//! The collector under load beside nginx: what a request costs, how many it takes, how soon it answers and how soon an
//! event is in an answer, memory, and what the engine needs to take the events.

mod answer;
pub mod client;
pub mod drive;
mod engine;
pub mod latency;
mod memory;
mod nginx;
pub mod paths;
mod report;
mod rounds;

use std::time::Duration;

use anyhow::ensure;
use orma_benches::traffic::{PROBE_SITE, Requests, SITES, What};
use orma_store::Store;

use crate::process;
use crate::running::Running;
use client::Client;
use engine::EngineClock;
use nginx::Nginx;
use report::{Batches, Disk, Report, Singles};
pub use rounds::wait_until_shipped;

/// Connections of the batches, each with one request at a time: a relay has few.
const BATCH_CONNECTIONS: usize = 32;
/// Events of a batch.
const BATCH_EVENTS: u64 = 100;
/// How long the engine is watched at rest.
const REST: Duration = Duration::from_secs(4);

/// How long and how it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A short run.
    pub quick: bool,
    /// JSON instead of tables.
    pub json: bool,
    /// Further options of `orma up`.
    pub up: Vec<String>,
}

/// How long each part takes.
struct Plan {
    rounds: usize,
    round: Duration,
    latency: Duration,
}

impl Plan {
    fn of(options: &Options) -> Self {
        let seconds = Duration::from_secs;
        if options.quick {
            Self { rounds: 3, round: Duration::from_millis(600), latency: seconds(3) }
        } else {
            Self { rounds: 5, round: seconds(3), latency: seconds(15) }
        }
    }
}

/// Starts `orma up` and nginx, sends both the same requests in turn, then loads orma in other ways.
///
/// # Errors
/// One of them does not start, refuses a request, or loses an event.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    raise_open_files_limit()?;
    let plan = Plan::of(options);
    let workers = std::thread::available_parallelism()?.get();
    let running = Running::up(&options.up).await?;
    running.add_sites(&SITES, &[]).await?;
    running.add_sites(&[PROBE_SITE], &[]).await?;
    let store = running.store()?;
    let reference = Nginx::start(workers)?;
    let engine_at_rest = engine::share_of_core(running.engine_pid, REST).await?;
    let resident_at_rest = process::memory(running.pid)?.resident;

    let clock = EngineClock::start(&running)?;
    let series = rounds::in_turn(&running, &reference, plan.rounds, plan.round).await?;
    let settled = clock.settled(&store, engine_at_rest).await?;
    let singles = Singles::new(series, engine::events(&store).await?, settled);

    let batches = batches(&running, &store, &plan, engine_at_rest).await?;
    let rate = singles.beacons_per_second() / 2.0;
    let latency = latency::at_constant_rate(&running, &store, rate, plan.latency).await?;
    let peak = process::peak_resident(running.pid)?;
    let after = process::memory(running.pid)?.resident;
    let [with_idle_connections, idle_connections] = memory::idle_connections(&running).await?;
    let memory =
        memory::Memory { at_rest: resident_at_rest, peak, after, with_idle_connections, idle_connections };
    let alone = memory::alone(&running, plan.round).await?;
    wait_until_shipped(&running).await?;
    let disk = Disk { events: engine::events(&store).await?, tables: engine::weights(&store).await? };
    let engine_resident = process::memory(running.engine_pid)?.resident;
    running.stop().await?;

    let report = Report { singles, batches, latency, memory, alone, disk, engine_at_rest, engine_resident };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

async fn batches(
    running: &Running,
    store: &Store,
    plan: &Plan,
    engine_at_rest: f64,
) -> anyhow::Result<Batches> {
    let before = engine::events(store).await?;
    let clock = EngineClock::start(running)?;
    let mut requests = Requests::new(What::Batch(BATCH_EVENTS));
    let mut client = Client::open(running.listen, BATCH_CONNECTIONS)?;
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        rounds.push(rounds::orma(running, &mut client, &mut requests, plan.round).await?);
    }
    let settled = clock.settled(store, engine_at_rest).await?;
    let events = rounds.iter().map(|round| round.requests).sum::<u64>() * BATCH_EVENTS;
    let stored = engine::events(store).await? - before;
    ensure!(stored == events, "{events} events were accepted in batches, and {stored} are stored");
    let series = rounds::Series { name: "orma: batches of 100", rounds };
    Ok(Batches { events, events_a_batch: BATCH_EVENTS, series, settled })
}

/// Allows as many open files as the system grants: sockets of the load on both sides. Children inherit it.
///
/// # Errors
/// The system refuses.
pub fn raise_open_files_limit() -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}
