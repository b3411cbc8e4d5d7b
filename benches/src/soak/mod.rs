//! The same moderate load for a long time: nothing may grow, and at the end every event is accounted for.

mod watch;

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use orma_benches::traffic::{BROWSERS, Requests, SITES, What};
use orma_store::Store;
use serde::Deserialize;
use tokio::task::JoinHandle;

use crate::load::client::{Client, Driven, Pace};
use crate::load::{raise_open_files_limit, wait_until_shipped};
use crate::markdown::{self, number};
use crate::running::Running;
use crate::{PATIENCE, process};
use watch::Watch;

/// Minutes when the command line names none.
pub const MINUTES_DEFAULT: u64 = 10;
/// In fewer the collector's window of the last ids, which is filled after 74 s of this load, still grows when growth
/// begins to be measured.
pub const MINUTES_MIN: u64 = 4;
/// Between two looks.
const SAMPLE_PAUSE: Duration = Duration::from_secs(5);

/// Memory of orma may grow by so many KiB a minute: 360 MiB a day, and well above what chance makes of ten minutes, in
/// which its allocator moves by a MiB or so. Counted is what it has made itself: of the 17 MiB of program and libraries
/// that it has mapped as well, the system takes some away when they are not used and brings them back when they are, 3
/// MiB within minutes on a busy machine.
const ORMA_GROWTH_KIB_MAX: f64 = 256.0;
/// Memory of the engine, in KiB a minute: its caches fill for hours, up to the limit that it is given.
const ENGINE_GROWTH_KIB_MAX: f64 = 32_768.0;
/// Bytes of the spool, in KiB a minute: what is not shipped piles up far faster.
const SPOOL_GROWTH_KIB_MAX: f64 = 256.0;
/// Connections and open files of orma, a minute.
const FILES_GROWTH_MAX: f64 = 2.0;
/// Open files of the engine, a minute: they follow the number of its parts, which merges bring down in steps.
const ENGINE_FILES_GROWTH_MAX: f64 = 100.0;

/// Requests of one sort at a constant rate.
struct Flow {
    what: What,
    per_second: f64,
    connections: usize,
    status: u16,
}

const FLOWS: [Flow; 6] = [
    Flow { what: What::Beacon, per_second: 500.0, connections: 32, status: 200 },
    Flow { what: What::Pixel, per_second: 250.0, connections: 16, status: 200 },
    Flow { what: What::Batch(100), per_second: 10.0, connections: 4, status: 200 },
    Flow { what: What::Repeated, per_second: 25.0, connections: 4, status: 200 },
    Flow { what: What::UnknownKind, per_second: 25.0, connections: 4, status: 200 },
    Flow { what: What::Unreadable, per_second: 25.0, connections: 4, status: 400 },
];

/// What the flows sent, and what must therefore be found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    accepted: u64,
    duplicate: u64,
    rejected: u64,
    unreadable: u64,
}

/// Sends the flows to `orma up` for `minutes`.
///
/// # Errors
/// Something grows, an answer is not the expected one, or an event is not accounted for.
pub async fn run(minutes: u64, up: &[String]) -> anyhow::Result<()> {
    println!("\n## Soak\n\n`cargo run --release -p orma-benches -- soak --minutes {minutes}`");
    raise_open_files_limit()?;
    let running = Running::up(up).await?;
    running.add_sites(&SITES, &[]).await?;
    let duration = Duration::from_secs(minutes * 60);
    let flows =
        FLOWS.map(|flow| start(&running, &flow, duration)).into_iter().collect::<Result<Vec<_>, _>>()?;
    let watches = watch_until(&running, Instant::now() + duration).await?;
    let mut sent = Counts::default();
    for (flow, handle) in FLOWS.iter().zip(flows) {
        sent.add(flow, &handle.await??)?;
    }
    print(&watches, minutes, &sent);
    wait_until_shipped(&running).await?;
    wait_until_accounted(&running, &sent).await?;
    let connections = running.metric("orma_connections").await?;
    ensure!(connections <= 0.0, "{connections} connections are still counted, and none is open");
    running.stop().await?;
    let grown: Vec<&str> = watches.iter().filter(|watch| !watch.is_flat()).map(|watch| watch.name).collect();
    if !grown.is_empty() {
        bail!("grows faster than it may: {}", grown.join(", "));
    }
    Ok(())
}

fn start(
    running: &Running,
    flow: &Flow,
    duration: Duration,
) -> anyhow::Result<JoinHandle<anyhow::Result<Driven>>> {
    let mut client = Client::open(running.listen, flow.connections)?;
    let (what, pace) = (flow.what, Pace::Open(flow.per_second));
    Ok(tokio::task::spawn_blocking(move || {
        let mut requests = Requests::new(what);
        client.drive(pace, duration, |out| requests.write(out))
    }))
}

/// Looks at everything that must not grow, until `end`.
async fn watch_until(running: &Running, end: Instant) -> anyhow::Result<[Watch; 6]> {
    let mut watches = [
        Watch::new("orma: own memory, KiB", ORMA_GROWTH_KIB_MAX),
        Watch::new("engine: own memory, KiB", ENGINE_GROWTH_KIB_MAX),
        Watch::new("orma: open files", FILES_GROWTH_MAX),
        Watch::new("engine: open files", ENGINE_FILES_GROWTH_MAX),
        Watch::new("orma: connections", FILES_GROWTH_MAX),
        Watch::new("orma: spool, KiB", SPOOL_GROWTH_KIB_MAX),
    ];
    let started = Instant::now();
    while Instant::now() + SAMPLE_PAUSE < end {
        tokio::time::sleep(SAMPLE_PAUSE).await;
        let kibibytes = |pid| anyhow::Ok(process::memory(pid)?.own as f64 / 1024.0);
        let values = [
            kibibytes(running.pid)?,
            kibibytes(running.engine_pid)?,
            process::open_files(running.pid)? as f64,
            process::open_files(running.engine_pid)? as f64,
            running.metric("orma_connections").await?,
            running.metric("orma_spool_bytes").await? / 1024.0,
        ];
        for (watch, value) in watches.iter_mut().zip(values) {
            watch.add(started.elapsed().as_secs_f64() / 60.0, value);
        }
    }
    Ok(watches)
}

impl Counts {
    /// Adds what a flow sent; fails when an answer was not the expected one.
    fn add(&mut self, flow: &Flow, driven: &Driven) -> anyhow::Result<()> {
        let requests = driven.requests();
        ensure!(
            driven.statuses.keys().all(|status| *status == flow.status),
            "{:?} was answered {:?}: {:?}",
            flow.what,
            driven.statuses,
            driven.first_refusal
        );
        match flow.what {
            What::Beacon | What::GeneralBeacon | What::Pixel | What::EmptyGif => self.accepted += requests,
            What::Batch(events) => self.accepted += requests * events,
            What::Repeated => {
                self.accepted += requests;
                self.duplicate += requests - requests.min(BROWSERS);
            }
            What::UnknownKind => self.rejected += requests,
            What::Unreadable => self.unreadable += requests,
        }
        Ok(())
    }
}

/// Waits until orma's accounts say what was sent: refused requests are counted once a second.
async fn wait_until_accounted(running: &Running, sent: &Counts) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let found = accounts(running).await?;
        if found == *sent {
            return Ok(());
        }
        ensure!(started.elapsed() < PATIENCE, "sent {sent:?}, and orma has counted {found:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What orma has counted. A site that is not balanced has lost or invented something.
async fn accounts(running: &Running) -> anyhow::Result<Counts> {
    let mut found = Counts::default();
    for site in SITES {
        let accounts = running.ask(&format!("/api/v1/sites/{site}/accounting")).await?;
        let total = |name: &str| {
            accounts["totals"][name].as_u64().with_context(|| format!("no {name} of {site}: {accounts}"))
        };
        ensure!(total("gap")? == 0, "{site} is not balanced: {accounts}");
        found.accepted += total("accepted")?;
        found.duplicate += total("duplicate")?;
        found.rejected += total("rejected")?;
    }
    found.unreadable = unreadable(&running.store()?).await?;
    Ok(found)
}

/// Requests that could not be read belong to no site.
async fn unreadable(store: &Store) -> anyhow::Result<u64> {
    #[derive(Deserialize)]
    struct Sum {
        requests: u64,
    }
    let sql = "SELECT sum(events) AS requests FROM ledger WHERE site = '' AND outcome = 'rejected'";
    Ok(store.select::<Sum>(sql, &[]).await?.first().context("a sum has a row")?.requests)
}

fn print(watches: &[Watch], minutes: u64, sent: &Counts) {
    let rows: Vec<Vec<String>> = watches
        .iter()
        .map(|watch| {
            let verdict = if watch.is_flat() { "flat" } else { "**grows**" };
            let mut row = vec![watch.name.to_owned()];
            row.extend(watch.extent().map(number));
            row.extend([number(watch.growth()), number(watch.growth_max), verdict.to_owned()]);
            row
        })
        .collect();
    let Counts { accepted, duplicate, rejected, unreadable } = sent;
    markdown::print(
        &format!("{minutes} minutes of the same load"),
        &format!(
            "Single beacons, pixels, batches of 100, repeated and refused events and bodies that are no JSON, each at \
             a constant rate: {accepted} events accepted, {duplicate} of them duplicates, {rejected} refused, \
             {unreadable} bodies unreadable. Growth is the slope of the least-squares line through the last two \
             thirds of the samples, of which there is one every {} s.",
            SAMPLE_PAUSE.as_secs()
        ),
        &["what", "first", "after a third", "highest", "last", "growth a minute", "at most", "verdict"],
        &rows,
    );
}
