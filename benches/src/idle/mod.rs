//! The whole program at rest and under beacons: start, memory, CPU, disk, and how soon an event can be asked for.

mod beacon;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use orma_store::Store;
use serde::Deserialize;

use crate::connection::Connection;
use crate::markdown::{self, mebibytes, median, number};
use crate::running::Running;
use crate::{PATIENCE, process};

/// Events when the command line names none.
pub const EVENTS_DEFAULT: u64 = 200_000;
/// Events of one request.
const BATCH_EVENTS: u64 = 500;
/// Requests at the same time, each on a connection that is kept open.
const CONNECTIONS: u64 = 2;
/// How long the program is left alone.
const REST: Duration = Duration::from_secs(10);
/// Single events whose way into an answer is timed.
const PROBES: u64 = 21;
/// Bytes an event below which a table has no line of its own.
const BYTES_SHOWN_MIN: f64 = 0.5;

/// Starts `orma up`, leaves it alone, then sends it `events` events.
///
/// # Errors
/// The program does not start, refuses an event, or loses one.
pub async fn run(events: u64) -> anyhow::Result<()> {
    println!("\n## The whole program\n\n`cargo run --release -p orma-benches -- idle --events {events}`");
    let running = Running::up(&[]).await?;
    let mut rows =
        vec![row("start to first answer of the API", format!("{:.0} ms", running.first_answer_ms))];
    at_rest(&running, &mut rows).await?;
    let store = running.store()?;
    rows.push(row(
        "acknowledged to visible, median of single events",
        visible_after(&running, &store).await?,
    ));
    under_beacons(&running, &store, events, &mut rows).await?;
    markdown::print(
        "At rest and under beacons",
        &format!(
            "`orma up` in an empty directory. Memory and CPU after {} s without a request; then events in batches of \
             {BATCH_EVENTS} over {CONNECTIONS} connections. CPU of orma is parsing, enriching, spooling and shipping; \
             CPU of the engine is inserts, views and the merges meanwhile.",
            REST.as_secs()
        ),
        &["what", "measured"],
        &rows,
    );
    running.stop().await
}

fn row(what: &str, measured: String) -> Vec<String> {
    vec![what.to_owned(), measured]
}

/// CPU seconds of orma and of its engine.
fn cpu_of_both(running: &Running) -> anyhow::Result<[f64; 2]> {
    Ok([process::cpu_seconds(running.pid)?, process::cpu_seconds(running.engine_pid)?])
}

async fn at_rest(running: &Running, rows: &mut Vec<Vec<String>>) -> anyhow::Result<()> {
    tokio::time::sleep(REST).await;
    let before = cpu_of_both(running)?;
    tokio::time::sleep(REST).await;
    let after = cpu_of_both(running)?;
    let mut sum = 0;
    for (index, (name, pid)) in
        [("orma", running.pid), ("engine", running.engine_pid)].into_iter().enumerate()
    {
        let memory = process::memory(pid)?;
        sum += memory.proportional;
        rows.push(row(
            &format!("{name}: resident, proportional"),
            format!("{}, {}", mebibytes(memory.resident), mebibytes(memory.proportional)),
        ));
        let share = (after[index] - before[index]) / REST.as_secs_f64() * 100.0;
        rows.push(row(&format!("{name}: CPU at rest"), format!("{} % of a core", number(share))));
    }
    rows.push(row("both: proportional", mebibytes(sum)));
    Ok(())
}

/// The time from the answer to a beacon until ClickHouse counts its event.
async fn visible_after(running: &Running, store: &Store) -> anyhow::Result<String> {
    let mut connection = Connection::open(running.listen).await?;
    let mut elapsed = Vec::new();
    for probe in 0..PROBES {
        let (id, body) = beacon::single(probe);
        send(&mut connection, &body, 1).await?;
        let answered = Instant::now();
        let sql = format!("SELECT count() AS rows FROM events WHERE event_id = '{id}'");
        wait_for_rows(store, &sql, 1, answered).await?;
        elapsed.push(answered.elapsed().as_secs_f64() * 1e3);
    }
    Ok(format!("{:.0} ms", median(elapsed)))
}

async fn under_beacons(
    running: &Running,
    store: &Store,
    events: u64,
    rows: &mut Vec<Vec<String>>,
) -> anyhow::Result<()> {
    let batches = events.div_ceil(BATCH_EVENTS);
    let sent = batches * BATCH_EVENTS;
    // Made before, so that making them does not slow the sending down.
    let bodies: Vec<String> = (0..batches).map(|batch| beacon::batch(batch, BATCH_EVENTS)).collect();
    let before = cpu_of_both(running)?;
    let started = Instant::now();
    let bodies = std::sync::Arc::new(bodies);
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..CONNECTIONS {
        let (bodies, listen) = (bodies.clone(), running.listen);
        senders.spawn(async move {
            let mut connection = Connection::open(listen).await?;
            for body in bodies.iter().skip(sender as usize).step_by(CONNECTIONS as usize) {
                send(&mut connection, body, BATCH_EVENTS).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    let answered_s = started.elapsed().as_secs_f64();
    let count =
        format!("SELECT uniqExact(event_id) AS rows FROM events WHERE visitor != '{}'", beacon::PROBE);
    wait_for_rows(store, &count, sent, Instant::now()).await?;
    let stored_s = started.elapsed().as_secs_f64();
    let after = cpu_of_both(running)?;
    let per_million = |seconds: f64| number(seconds * 1e6 / sent as f64);
    rows.push(row("events a second, answered", format!("{:.0}", sent as f64 / answered_s)));
    rows.push(row("events a second, stored", format!("{:.0}", sent as f64 / stored_s)));
    rows.push(row("orma: CPU a million events", format!("{} s", per_million(after[0] - before[0]))));
    rows.push(row("engine: CPU a million events", format!("{} s", per_million(after[1] - before[1]))));
    let merged = merge_everything(store).await?;
    let last = cpu_of_both(running)?;
    rows.push(row(
        "engine: to merge what is left, a million",
        format!("{} s", per_million(last[1] - after[1])),
    ));
    let memory = process::memory(running.pid)?;
    rows.push(row("orma: resident after it", mebibytes(memory.resident)));
    let bytes = |table: &Weight| table.bytes as f64 / (sent + PROBES) as f64;
    for table in merged.iter().filter(|table| bytes(table) >= BYTES_SHOWN_MIN) {
        rows.push(row(&format!("disk: {}, bytes an event", table.name), number(bytes(table))));
    }
    rows.push(row("disk: all tables, bytes an event", number(merged.iter().map(bytes).sum())));
    Ok(())
}

async fn send(connection: &mut Connection, body: &str, events: u64) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Taken {
        accepted: u64,
    }
    let answer = connection.post("/v1/events", body).await?;
    ensure!(answer.status == 200, "the collector answered {}: {}", answer.status, answer.body);
    let taken: Taken = serde_json::from_str(&answer.body)?;
    ensure!(taken.accepted == events, "not all events were accepted: {}", answer.body);
    Ok(())
}

async fn wait_for_rows(store: &Store, sql: &str, expected: u64, since: Instant) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Count {
        rows: u64,
    }
    loop {
        let counts: Vec<Count> = store.select(sql, &[]).await?;
        let found = counts.first().map_or(0, |count| count.rows);
        if found >= expected {
            return Ok(());
        }
        ensure!(since.elapsed() < PATIENCE, "{found} of {expected} events are there: {sql}");
        tokio::time::sleep(Duration::from_millis(if expected == 1 { 2 } else { 100 })).await;
    }
}

#[derive(Debug, Deserialize)]
struct Weight {
    name: String,
    bytes: u64,
}

/// Merges every table into as few parts as it can have; returns what they weigh, heaviest first.
async fn merge_everything(store: &Store) -> anyhow::Result<Vec<Weight>> {
    let sql = "SELECT table AS name, sum(bytes_on_disk) AS bytes FROM system.parts \
               WHERE database = currentDatabase() AND active GROUP BY table ORDER BY bytes DESC, name";
    for table in store.select::<Weight>(sql, &[]).await? {
        let statement = format!("OPTIMIZE TABLE {} FINAL SETTINGS optimize_throw_if_noop = 0", table.name);
        store.execute(&statement, &[]).await.context(statement)?;
    }
    Ok(store.select(sql, &[]).await?)
}
