//! kill -9 under load, again and again on the same data: the collector beside a distant store, the engine alone, the
//! whole group. After each round no answered event is lost or doubled, and the ledger balances.
//!
//! `ORMA_TORTURE_ROUNDS` says how many rounds of each (2), `ORMA_TORTURE_SEED` when they kill (the clock).

mod leases;
mod people;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use fastrand::Rng;

use crate::load::{Load, Plan, event_id};
use crate::support::remote::Remote;
use crate::support::{self, Orma, Setup, wait_for, wait_for_same};
use crate::visits;

/// A load that leaves the machine some air.
const CONNECTIONS: u32 = 8;
/// The engine is killed at the latest when so much was sent.
const EVENTS_MAX: u32 = 20_000;
/// Answers before the killing may begin.
const ANSWERED_MIN: usize = 100;
/// The kill comes within this time after that.
const KILL_MS_MAX: u64 = 700;
/// All visits are looked at after so many rounds, and after the last.
const VISITS_CHECKED_EVERY: u16 = 10;

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

fn seed() -> u64 {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    from_environment("ORMA_TORTURE_SEED", clock | 1).max(1)
}

/// A line of the table.
struct Round {
    number: u16,
    killed: &'static str,
    after_ms: u64,
    answered: usize,
    stored: u64,
    torn_bytes: u64,
    recovery_ms: u128,
}

#[test]
fn no_answered_event_is_lost_or_doubled_whatever_is_killed() {
    let rounds = u16::try_from(from_environment("ORMA_TORTURE_ROUNDS", 2)).unwrap();
    let seed = seed();
    println!("ORMA_TORTURE_SEED={seed}");
    // Both installations at once, each with its rounds in turn.
    let (distant, whole) = std::thread::scope(|scope| {
        let distant = scope.spawn(|| distant_rounds(rounds, Rng::with_seed(seed)));
        let whole = scope.spawn(|| whole_rounds(rounds, Rng::with_seed(seed ^ 0x9e37_79b9_7f4a_7c15)));
        (distant.join(), whole.join())
    });
    let mut table = distant.expect("the rounds beside a distant store");
    table.extend(whole.expect("the rounds of the whole group"));
    table.sort_by_key(|round| round.number);
    println!("round  killed     after ms  answered  stored  torn bytes  recovery ms");
    for Round { number, killed, after_ms, answered, stored, torn_bytes, recovery_ms } in table {
        println!(
            "{number:>5}  {killed:<9} {after_ms:>9} {answered:>9} {stored:>7} {torn_bytes:>11} {recovery_ms:>12}"
        );
    }
}

fn distant_rounds(rounds: u16, mut random: Rng) -> Vec<Round> {
    let remote = Remote::start();
    prepare(&remote);
    let mut orma = Setup::collect(remote.url()).start();
    (0..rounds)
        .map(|round| killed_and_started_again("collector", &mut orma, 3 * round, &mut random))
        .collect()
}

fn whole_rounds(rounds: u16, mut random: Rng) -> Vec<Round> {
    let mut orma = Orma::start();
    let both = |round| {
        // So that visits are being made whenever something is killed.
        let asking = Asking::start(&orma);
        let engine = engine_killed(&orma, 3 * round + 1, &mut random);
        drop(asking);
        let asking = Asking::start(&orma);
        let group = killed_and_started_again("both", &mut orma, 3 * round + 2, &mut random);
        drop(asking);
        if round % VISITS_CHECKED_EVERY == VISITS_CHECKED_EVERY - 1 || round == rounds - 1 {
            visits::check(&orma, "after the kills");
        }
        [engine, group]
    };
    (0..rounds).flat_map(both).collect()
}

/// Somebody who asks for visits again and again, until dropped or nobody answers.
struct Asking {
    stopped: Arc<AtomicBool>,
    asking: Option<JoinHandle<()>>,
}

impl Asking {
    fn start(orma: &Orma) -> Self {
        let url = orma.url("/api/v1/sites/demo/stats?metrics=sessions,visitors");
        let stopped = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&stopped);
        let asking = std::thread::spawn(move || {
            let bearer = format!("Bearer {}", support::ADMIN_TOKEN);
            // Once the port is nobody's, who asks on might become its own other end.
            while !is_over.load(Ordering::SeqCst)
                && support::try_request("GET", &url, &[("authorization", &bearer)], &[]).is_ok()
            {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self { stopped, asking: Some(asking) }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        drop(self.asking.take().map(JoinHandle::join));
    }
}

/// The schema and a site in the distant store: a collector alone makes neither.
fn prepare(remote: &Remote) {
    for arguments in [&["migrate"][..], &["site", "add", "demo", "--key", "demo"]] {
        let output = std::process::Command::new(support::program())
            .args(arguments)
            .args(["--clickhouse-url", &remote.url()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn load_until_the_moment(orma: &Orma, round: u16, random: &mut Rng) -> (Load, u64) {
    let plan = Plan { connections: CONNECTIONS, events_max: EVENTS_MAX, round };
    let load = Load::start(orma.listen, plan);
    wait_for("some answers", || (load.answered() >= ANSWERED_MIN).then_some(()));
    let after_ms = random.u64(..KILL_MS_MAX);
    std::thread::sleep(Duration::from_millis(after_ms));
    (load, after_ms)
}

fn killed_and_started_again(killed: &'static str, orma: &mut Orma, number: u16, random: &mut Rng) -> Round {
    let (load, after_ms) = load_until_the_moment(orma, number, random);
    orma.kill_group();
    let answered = load.finish();
    let torn = tear_the_tail(&orma.dir.path().join("spool"), random);
    let begun = Instant::now();
    orma.start_again();
    let recovery_ms = begun.elapsed().as_millis();
    let torn_bytes = orma.metric("orma_spool_torn_bytes").unwrap() as u64;
    assert!(torn_bytes >= torn, "{torn} bytes were torn, {torn_bytes} counted");
    let stored = assert_stored_once(orma, number, &answered);
    Round { number, killed, after_ms, answered: answered.len(), stored, torn_bytes, recovery_ms }
}

/// What a power cut leaves and a killed process does not: a part of a record behind the last flush.
fn tear_the_tail(spool: &Path, random: &mut Rng) -> u64 {
    let files = std::fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path());
    // One that was made a moment ago has no header yet, so no record can follow.
    let is_open = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "open")
            && path.metadata().is_ok_and(|about| about.len() > 0)
    };
    let Some(open) = files.into_iter().find(is_open) else {
        return 0;
    };
    let mut record = Vec::from(300u32.to_le_bytes());
    record.resize_with(1 + random.u64(..200) as usize, || random.u64(..256) as u8);
    std::fs::OpenOptions::new().append(true).open(open).unwrap().write_all(&record).unwrap();
    record.len() as u64
}

fn engine_killed(orma: &Orma, number: u16, random: &mut Rng) -> Round {
    let (load, after_ms) = load_until_the_moment(orma, number, random);
    let killed = orma.kill_engine();
    let begun = Instant::now();
    wait_for("another engine", || {
        (orma.engine_pid() != killed && orma.try_sql("SELECT 1").is_ok()).then_some(())
    });
    let recovery_ms = begun.elapsed().as_millis();
    load.stop.store(true, Ordering::Relaxed);
    let refused = load.refused.clone();
    let answered = load.finish();
    assert_eq!(refused.load(Ordering::Relaxed), 0, "the collector answers all along");
    let stored = assert_stored_once(orma, number, &answered);
    Round { number, killed: "engine", after_ms, answered: answered.len(), stored, torn_bytes: 0, recovery_ms }
}

fn wait_until_shipped(orma: &Orma) {
    wait_for("the spool to be shipped", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
}

/// Waits until everything is shipped, then holds the round's answers and the whole ledger against the store. Returns
/// the round's events: answered ones, and those whose answer the kill cut off.
fn assert_stored_once(orma: &Orma, round: u16, answered: &[u32]) -> u64 {
    wait_until_shipped(orma);
    let rows = orma.sql(&format!(
        "SELECT toString(event_id) AS id FROM events FINAL WHERE site = 'demo' AND path = '/round-{round}'"
    ));
    let ids: HashSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rows.len(), "round {round}: an event is there twice");
    let missing = answered.iter().filter(|&&number| !ids.contains(event_id(round, number).as_str())).count();
    assert_eq!(missing, 0, "round {round}: answered events are missing, of {}", answered.len());

    let distinct = orma.number("SELECT count() FROM events FINAL");
    wait_for_same("the ledger to agree with the store: accepted, shipped, duplicate", || {
        let counted = |number: &str| orma.number(&format!("SELECT sum({number}) FROM outcomes FINAL"));
        (["accepted", "shipped", "duplicate"].map(counted), [distinct, distinct, 0])
    });
    rows.len() as u64
}
