//! What was answered with 200 is in the store exactly once, whatever dies.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::load::{Load, Plan, event_id};
use crate::support::remote::Remote;
use crate::support::{self, Orma, Setup, is_alive, wait_for, with_failing_disk};

const EVENTS: u32 = 20_000;
const PLAN: Plan = Plan { connections: 32, events_max: EVENTS, round: 0 };

/// Every answered event is there once, and the ledger agrees with the store.
fn assert_stored_once(orma: &Orma, answered: &[u32]) {
    let stored = wait_for("all answered events", || {
        let rows =
            orma.try_sql("SELECT toString(event_id) AS id, count() AS n FROM events FINAL GROUP BY id");
        let rows = rows.ok()?;
        (rows.len() >= answered.len() && orma.metric("orma_spool_bytes") == Some(0.0)).then_some(rows)
    });
    assert!(stored.iter().all(|row| row["n"] == 1), "an event is there twice");
    let ids: std::collections::HashSet<&str> = stored.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let missing: Vec<u32> =
        answered.iter().copied().filter(|&number| !ids.contains(event_id(0, number).as_str())).collect();
    assert!(missing.is_empty(), "{} answered events are missing: {:?} …", missing.len(), missing.first());

    let accounting = wait_for("a balanced account", || {
        let account = orma.ask("/api/v1/sites/demo/accounting");
        (account["status"] == "balanced").then_some(account)
    });
    let totals = &accounting["totals"];
    let number = |name: &str| totals[name].as_u64().unwrap();
    assert_eq!(number("accepted"), number("stored") + number("duplicate") + number("pending"), "{totals}");
    assert_eq!(number("received"), number("accepted") + number("rejected"), "{totals}");
    assert_eq!(number("stored"), stored.len() as u64, "{totals}");
}

fn survives_the_death_of_the_whole_group(setup: Setup) {
    let mut orma = setup.start();
    // More than it can take until it is killed.
    let load = Load::start(orma.listen, Plan { events_max: 50 * EVENTS, ..PLAN });
    wait_for("some answers", || (load.answered() > EVENTS as usize / 4).then_some(()));
    let embedded = orma.dir.path().join("engine").exists();
    let engine = embedded.then(|| orma.engine_pid());
    orma.kill_group();
    let answered = load.finish();
    assert!(answered.len() < 50 * EVENTS as usize, "killed in the middle");
    if let Some(engine) = engine {
        wait_for("the engine to follow its parent", || (!is_alive(engine)).then_some(()));
    }
    orma.start_again();
    assert_stored_once(&orma, &answered);
}

#[test]
fn nothing_answered_is_lost_when_everything_is_killed() {
    survives_the_death_of_the_whole_group(Setup::default());
}

#[test]
fn nothing_answered_is_lost_when_everything_is_killed_beside_a_remote_store() {
    let remote = Remote::start();
    survives_the_death_of_the_whole_group(Setup::default().argument("--clickhouse-url", remote.url()));
}

#[test]
fn the_collector_answers_all_along_while_the_engine_is_killed() {
    let orma = Orma::start();
    let load = Load::start(orma.listen, PLAN);
    wait_for("some answers", || (load.answered() > EVENTS as usize / 4).then_some(()));
    let killed = orma.kill_engine();
    let refused = load.refused.clone();
    let answered = load.finish();
    assert_eq!(answered.len(), EVENTS as usize, "every request was answered with 200");
    assert_eq!(refused.load(Ordering::Relaxed), 0);
    wait_for("another engine", || (orma.engine_pid() != killed).then_some(()));
    assert_stored_once(&orma, &answered);
}

#[test]
fn the_collector_answers_all_along_while_a_remote_store_is_away() {
    let mut remote = Remote::start();
    let orma = Setup::default().argument("--clickhouse-url", remote.url()).start();
    let load = Load::start(orma.listen, PLAN);
    wait_for("some answers", || (load.answered() > EVENTS as usize / 4).then_some(()));
    remote.kill();
    let answered = load.finish();
    assert_eq!(answered.len(), EVENTS as usize);
    remote.start_again();
    assert_stored_once(&orma, &answered);
}

fn view(number: u32) -> String {
    let event = json!({"id": event_id(0, number), "kind": "page_view", "url": "https://b.example/a"});
    json!({"site": "demo", "visitor": "v", "events": [event]}).to_string()
}

#[test]
fn a_refused_flush_ends_all_answers_with_200_until_a_restart() {
    is_poisoned_by_a_refused_flush(Setup::default());
}

#[test]
fn a_refused_flush_ends_all_answers_with_200_beside_a_remote_store() {
    let remote = Remote::start();
    is_poisoned_by_a_refused_flush(Setup::default().argument("--clickhouse-url", remote.url()));
}

fn is_poisoned_by_a_refused_flush(setup: Setup) {
    let (mut orma, trigger, _dir) = with_failing_disk(setup);
    assert_eq!(orma.post(view(1), &[]).status, 200);
    std::fs::write(&trigger, "fsync").unwrap();
    let refused = orma.post(view(2), &[]);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &json!("spool_poisoned")));
    assert!(refused.header("retry-after").is_some());
    std::fs::remove_file(&trigger).unwrap();
    for number in 3..6 {
        assert_eq!(
            orma.post(view(number), &[]).status,
            503,
            "the disk works again, but what it holds is unknown"
        );
    }
    let ready = support::request("GET", &orma.url("/readyz"), &[], &[]);
    assert_eq!(ready.status, 503);
    assert_eq!(orma.metric("orma_spool_poisoned"), Some(1.0));
    assert_eq!(orma.stop().code(), Some(0));
    orma.start_again();
    wait_for("the refused requests in the ledger", || {
        let counted = "SELECT sum(events) FROM ledger WHERE reason = 'spool_poisoned'";
        (orma.number(counted) == 4).then_some(())
    });
    assert_eq!(orma.post(view(7), &[]).status, 200);
    wait_for("the answered events", || {
        let ids = orma.sql("SELECT toString(event_id) AS id FROM events FINAL ORDER BY id");
        let has = |number| ids.iter().any(|row| row["id"] == event_id(0, number));
        (has(1) && has(7)).then_some(())
    });
}

#[test]
fn a_full_disk_is_answered_with_503_and_passes() {
    let (orma, trigger, _dir) = with_failing_disk(Setup::default());
    assert_eq!(orma.post(view(1), &[]).status, 200);
    std::fs::write(&trigger, "full").unwrap();
    for number in 2..5 {
        let refused = orma.post(view(number), &[]);
        assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &json!("spool_full")));
        assert!(refused.header("retry-after").is_some());
    }
    std::fs::remove_file(&trigger).unwrap();
    assert_eq!(orma.post(view(2), &[]).status, 200, "the retry of a refused event is taken");
    assert_stored_once(&orma, &[1, 2]);
}

#[test]
fn short_writes_and_a_disk_without_room_for_a_new_segment_lose_nothing() {
    let (orma, trigger, _dir) = with_failing_disk(Setup::default());
    std::fs::write(&trigger, "short").unwrap();
    assert_eq!(orma.post(view(1), &[]).status, 200, "a write in pieces is a write");
    wait_for("the segment to be shipped", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
    std::fs::write(&trigger, "create").unwrap();
    let refused = orma.post(view(2), &[]);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &json!("spool_full")));
    std::fs::remove_file(&trigger).unwrap();
    assert_eq!(orma.post(view(2), &[]).status, 200);
    assert_stored_once(&orma, &[1, 2]);
}

#[test]
fn a_segment_that_cannot_be_sealed_poisons_the_spool_and_is_there_after_a_restart() {
    let (mut orma, trigger, _dir) = with_failing_disk(Setup::default());
    std::fs::write(&trigger, "rename").unwrap();
    assert_eq!(orma.post(view(1), &[]).status, 200);
    wait_for("the poison", || (orma.metric("orma_spool_poisoned") == Some(1.0)).then_some(()));
    assert_eq!(orma.post(view(2), &[]).status, 503);
    std::fs::remove_file(&trigger).unwrap();
    assert_eq!(orma.stop().code(), Some(0));
    orma.start_again();
    wait_for("the answered event", || (orma.number("SELECT count() FROM events") == 1).then_some(()));
    assert_stored_once(&orma, &[1]);
}

#[test]
fn a_spool_at_its_bound_is_answered_with_503() {
    let mut remote = Remote::start();
    let orma = Setup::default()
        .argument("--clickhouse-url", remote.url())
        .argument("--spool-bytes-max", "20000")
        .start();
    remote.kill();
    let mut answered = Vec::new();
    let mut last = 200;
    for number in 0..200 {
        last = orma.post(view(number), &[]).status;
        if last != 200 {
            break;
        }
        answered.push(number);
    }
    assert_eq!(last, 503);
    assert!(!answered.is_empty());
    remote.start_again();
    assert_stored_once(&orma, &answered);
    assert_eq!(orma.post(view(500), &[]).status, 200);
}

#[test]
fn what_clickhouse_refuses_is_within_the_bound_of_the_spool_until_an_operator_has_seen_to_it() {
    let orma = Setup::default().argument("--spool-bytes-max", "4000").start();
    assert_eq!(orma.post(view(0), &[]).status, 200);
    assert_stored_once(&orma, &[0]);
    orma.sql("RENAME TABLE events TO events_away");
    let mut answered = vec![0];
    let full = (1..1_000).find(|&number| {
        let status = orma.post(view(number), &[]).status;
        if status == 200 {
            answered.push(number);
            wait_for("the quarantine", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
        }
        status == 503
    });
    assert!(answered.len() > 2 && full.is_some(), "{answered:?}");
    assert!(orma.metric("orma_spool_quarantined_segments") > Some(0.0));
    let ready = support::request("GET", &orma.url("/readyz"), &[], &[]);
    assert_eq!((ready.status, &ready.json()["error"]["code"]), (503, &json!("spool_full")));
    orma.sql("RENAME TABLE events_away TO events");
    let mut replay = std::process::Command::new(support::program());
    replay.args(["spool", "replay", "--all", "--data-dir"]).arg(orma.dir.path());
    assert!(replay.status().unwrap().success());
    assert_stored_once(&orma, &answered);
    assert_eq!(orma.post(view(500), &[]).status, 200, "there is room again");
}

#[test]
fn a_stop_drains_seals_and_ends_with_zero() {
    let mut orma = Orma::start();
    let load = Load::start(orma.listen, PLAN);
    wait_for("some answers", || (load.answered() > 2000).then_some(()));
    let engine = orma.engine_pid();
    load.stop.store(true, Ordering::Relaxed);
    let status = orma.stop();
    let answered = load.finish();
    assert_eq!(status.code(), Some(0));
    assert!(!is_alive(engine), "the engine is stopped too");
    let left: Vec<_> = std::fs::read_dir(orma.dir.path().join("spool")).unwrap().collect();
    assert_eq!(left.len(), 1, "only quarantine/ is left: all was shipped: {left:?}");
    orma.start_again();
    assert_stored_once(&orma, &answered);
}

#[test]
fn a_second_program_and_a_newer_directory_are_told_apart() {
    let mut orma = Orma::start();
    let second = |orma: &Orma| {
        let output = Setup::default().command("up", orma.dir.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let message = second(&orma);
    assert!(message.contains("in use by another orma") && message.lines().count() == 1, "{message}");
    assert_eq!(orma.stop().code(), Some(0));
    std::fs::write(orma.dir.path().join("format"), "7\n").unwrap();
    let message = second(&orma);
    assert!(message.contains("newer version of orma") && message.lines().count() == 1, "{message}");
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let orma = Orma::start();
    let dir = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(support::program())
        .args(["up", "--listen", &orma.listen.to_string(), "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains(&orma.listen.to_string()) && message.contains("--listen"), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
}
