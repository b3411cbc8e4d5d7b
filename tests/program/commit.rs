//! The engine is killed at each system call of an insert's commit in turn, with answered events on their way: none is
//! missing afterwards in any table, none is there twice, and the accounts balance.
//!
//! strace kills it, so the moment is exact: before the N-th call of a kind in one of its threads. `ORMA_TORTURE=1` goes
//! through all kinds of calls and all places, as `make torture` does; otherwise the calls that make parts real are tried.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{self, Orma, wait_for};

/// The calls by which ClickHouse writes a part and makes it real.
const CALLS: [&str; 8] = ["rename", "mkdir", "openat", "write", "close", "lseek", "unlink", "fcntl"];
/// A kind of call is given up when the engine has survived so many places in a row: its inserts make no more of them.
const SURVIVALS_MAX: u32 = 2;
/// Long enough for the inserts of a burst, traced.
const BURST: Duration = Duration::from_millis(2_500);

fn torture() -> bool {
    std::env::var_os("ORMA_TORTURE").is_some()
}

/// A strace that kills the engine before the call of that number.
fn strace(pid: i32, call: &str, number: u32) -> Child {
    let mut child = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}")])
        .args(["-e", &format!("inject={call}:signal=KILL:when={number}"), "-p", &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace is needed: apt-get install strace");
    // It is attached when the engine's main thread is traced.
    let status = format!("/proc/{pid}/status");
    wait_for("strace to attach", || {
        if let Some(ended) = child.try_wait().unwrap() {
            let mut said = String::new();
            std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
            panic!("strace ended ({ended}): {said}");
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        text.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0")).then_some(())
    });
    child
}

fn event_id(round: u32, number: u32) -> String {
    format!("0193a1b2-c3d4-7e5f-8a9b-{round:04x}{number:08x}")
}

/// Ten views, an identification with a trait, a refused event.
const EVENTS: u32 = 11;

fn burst(orma: &Orma, round: u32) {
    let mut events: Vec<Value> = (0..10)
        .map(|number| json!({"id": event_id(round, number), "kind": "page_view", "url": format!("https://b.example/{round}")}))
        .collect();
    events.push(json!({"id": event_id(round, 10), "kind": "identify", "user": format!("u{round}"), "traits": {"round": round.to_string()}}));
    events.push(json!({"kind": "nonsense"}));
    let body = json!({"site": "demo", "visitor": format!("v{round}"), "session": format!("s{round}"), "events": events});
    let answer = orma.post(body.to_string(), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["accepted"], EVENTS);
}

/// One burst with a death at the place. Returns whether the engine died.
fn killed_at(orma: &Orma, round: u32, call: &str, number: u32) -> bool {
    let engine = orma.engine_pid();
    let mut tracer = strace(engine.as_raw_nonzero().get(), call, number);
    burst(orma, round);
    let begun = Instant::now();
    let mut died = false;
    while begun.elapsed() < BURST && !died {
        std::thread::sleep(Duration::from_millis(20));
        died = !support::is_alive(engine);
    }
    tracer.kill().ok();
    tracer.wait().unwrap();
    if died {
        wait_for("another engine", || {
            (orma.engine_pid() != engine && orma.try_sql("SELECT 1").is_ok()).then_some(())
        });
    }
    wait_for("the spool to be shipped", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
    died
}

/// What each table must hold after so many bursts.
fn assert_whole(orma: &Orma, rounds: u32, place: &str) {
    let events = u64::from(rounds * EVENTS);
    wait_for("the visits", || (orma.number("SELECT count() FROM touched") == 0).then_some(()));
    let numbers = [
        ("events", "SELECT count() FROM events FINAL", events),
        ("ids", "SELECT uniqExact(event_id) FROM events", events),
        ("visits", "SELECT sum(event_count) FROM visits FINAL WHERE part = 0 AND NOT is_continued", events),
        ("edges", "SELECT uniqExact(user) FROM identity_edges WHERE source = 'identify'", u64::from(rounds)),
        ("traits", "SELECT count() FROM traits FINAL WHERE trait = 'round'", u64::from(rounds)),
        ("refused", "SELECT count() FROM rejected_events", u64::from(rounds)),
    ];
    for (table, sql, expected) in numbers {
        assert_eq!(orma.number(sql), expected, "{table} after {place}");
    }
    let account = wait_for("a balanced account", || {
        let account = orma.ask("/api/v1/sites/demo/accounting");
        (account["status"] == "balanced" && account["totals"]["accepted"] == events).then_some(account)
    });
    assert_eq!(
        account["totals"],
        json!({"received": events + u64::from(rounds), "accepted": events, "rejected": rounds, "stored": events,
            "duplicate": 0, "pending": 0, "gap": 0}),
        "{place}"
    );
}

#[test]
fn an_engine_that_dies_within_a_commit_loses_and_doubles_nothing() {
    let orma = Orma::start();
    let (mut round, mut deaths) = (0, 0);
    let calls = if torture() { &CALLS[..] } else { &CALLS[..1] };
    for call in calls {
        let (mut number, mut survivals, mut of_call) = (1, 0, 0);
        // The first tenth of places lie densest in the commit; later ones are tried every third.
        while survivals < SURVIVALS_MAX && (torture() || number <= 3) {
            let died = killed_at(&orma, round, call, number);
            round += 1;
            assert_whole(&orma, round, &format!("{call} {number}"));
            survivals = if died { 0 } else { survivals + 1 };
            of_call += u32::from(died);
            number += if number < 12 { 1 } else { 3 };
        }
        println!("{call}: {of_call} deaths, at the calls 1 to {number} of a thread");
        deaths += of_call;
    }
    assert!(deaths >= 2, "strace killed the engine {deaths} times");
}
