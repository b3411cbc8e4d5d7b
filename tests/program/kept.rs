//! An event id counts once whatever else differs, and what is lost behind orma's back is missed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::remote::Remote;
use crate::support::{ADMIN_TOKEN, Orma, Setup, program, wait_for, with_failing_disk};

const GAP: &str = "orma_accounting_gap_events{site=\"demo\"}";

fn watched() -> Setup {
    Setup::default().variable("ORMA_ACCOUNTING_SECONDS", "1")
}

fn views(count: u32) -> Value {
    (0..count).map(|n| json!({"kind": "page_view", "url": format!("https://b.example/p{n}")})).collect()
}

/// The accounts when nothing moves any more.
fn totals(orma: &Orma, is: impl Fn(&Value) -> bool) -> Value {
    wait_for("the accounts", || {
        let account = orma.ask("/api/v1/sites/demo/accounting");
        (is(&account) && account["totals"]["pending"] == 0 && account["totals"]["settling"].is_null())
            .then(|| account["totals"].clone())
    })
}

fn balanced(orma: &Orma, accepted: u64) -> Value {
    totals(orma, |account| account["status"] == "balanced" && account["totals"]["accepted"] == accepted)
}

fn send(orma: &Orma, body: &Value, headers: &[(&str, &str)]) {
    let answer = orma.post(body.to_string(), headers);
    assert_eq!((answer.status, answer.json()["accepted"].as_u64()), (200, Some(1)), "{}", answer.text);
}

fn order(id: u32) -> Value {
    json!({"id": format!("0193a1b2-c3d4-7e5f-8a9b-{id:012x}"), "kind": "order", "order_id": id.to_string(),
        "revenue": {"amount": "10", "currency": "EUR"}})
}

fn with(mut event: Value, field: &str, value: impl Into<Value>) -> Value {
    event[field] = value.into();
    event
}

fn ago(hours: f64) -> String {
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_secs_f64(hours * 3600.0);
    then.to_string()
}

#[test]
fn an_id_counts_once_whatever_else_differs_and_whatever_was_restarted_in_between() {
    let mut orma = watched().argument("--trusted-proxies", "127.0.0.1").start();
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let server = ("authorization", bearer.as_str());
    let from = |address| ("x-forwarded-for", address);
    let slow = json!({"site": "demo", "visitor": "v2", "sent_at": ago(17.8), "events": [with(order(2), "ts", ago(17.8))]});
    let by_user = json!({"site": "demo", "user": "mario", "events": [order(3)]});
    let mut with_address = by_user.clone();
    with_address["context"] = json!({"ip": "198.51.100.9"});
    let anonymous = json!({"site": "demo", "events": [order(1)]});
    let named = json!({"site": "demo", "visitor": "v4", "events": [order(4)]});
    let more = json!({"site": "demo", "visitor": "v4", "events": [with(order(4), "revenue", json!({"amount": "20", "currency": "EUR"}))]});
    let offline = json!({"site": "demo", "visitor": "v5", "events": [with(order(5), "ts", ago(30.0))]});
    let pairs = [
        // Without a visitor, from two addresses.
        (&anonymous, vec![from("203.0.113.7")], &anonymous, vec![from("198.51.100.9")]),
        // A clock that is corrected at the first sending and not at the second.
        (&slow, vec![], &slow, vec![("x-retry-count", "1")]),
        // A server says the address only later.
        (&by_user, vec![server], &with_address, vec![server]),
        // Another amount under the same id: the first counts.
        (&named, vec![], &more, vec![]),
        (&offline, vec![], &offline, vec![]),
    ];
    for (first, headers, _, _) in &pairs {
        send(&orma, first, headers);
    }
    balanced(&orma, 5);
    assert_eq!(orma.stop().code(), Some(0));
    orma.start_again();
    for (_, _, again, headers) in &pairs {
        send(&orma, again, headers);
    }
    let totals = balanced(&orma, 10);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(5), &json!(5)), "{totals}");
    let period = "from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    for metrics in ["orders,revenue", "visitors,orders,revenue"] {
        let stats = orma.ask(&format!("/api/v1/sites/demo/stats?metrics={metrics}&{period}"));
        let row = &stats["totals"];
        assert_eq!((&row["orders"], &row["revenue"]), (&json!(5), &json!("50.00")), "{metrics}: {stats}");
    }
}

#[test]
fn an_id_that_comes_twice_at_the_same_time_counts_once() {
    let orma = watched().start();
    let twice = json!({"site": "demo", "visitor": "v", "events": [order(1), order(1), with(order(1), "ts", ago(20.0))]});
    assert_eq!(orma.post(twice.to_string(), &[]).json()["accepted"], 3);
    // Another visitor's, in the same moment.
    let other = json!({"site": "demo", "visitor": "w", "events": [order(2)]}).to_string();
    std::thread::scope(|scope| {
        for visitor in 0..8 {
            let other = other.replace("\"w\"", &format!("\"w{visitor}\""));
            let orma = &orma;
            scope.spawn(move || assert_eq!(orma.post(other, &[]).status, 200));
        }
    });
    let totals = balanced(&orma, 11);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(2), &json!(9)), "{totals}");
    assert_eq!(orma.number("SELECT count() FROM events"), 2);
}

#[test]
fn an_event_that_reaches_two_collectors_counts_once() {
    const EVENTS: u32 = 20;
    let rounds = if std::env::var_os("ORMA_TORTURE").is_some() { 100 } else { 12 };
    let remote = Remote::start();
    let url = remote.url();
    let first = watched().argument("--clickhouse-url", &url).argument("--collector", "first").start();
    let second = Setup::collect(&url).argument("--collector", "second").start();
    let body = json!({"site": "demo", "visitor": "v", "events": [order(1)]});
    send(&first, &body, &[]);
    balanced(&first, 1);
    send(&second, &body, &[]);
    let totals = balanced(&first, 2);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(1), &json!(1)), "{totals}");
    // Both ship at the same time, and neither finds the other's rows before it inserts its own. Of the two rows ClickHouse
    // keeps one as soon as it merges them, which it is made to do all the while.
    let shipped = |collector: &Orma| {
        let count = |name: &str| collector.metric(&format!("orma_events_{name}_total")).unwrap();
        count("shipped") + count("duplicate")
    };
    let both = [&first, &second];
    let before: f64 = both.map(shipped).iter().sum();
    for round in 0..rounds {
        let orders: Vec<Value> = (0..EVENTS).map(|n| order(100 + EVENTS * round + n)).collect();
        let body = json!({"site": "demo", "visitor": "v", "events": orders}).to_string();
        for collector in if round % 2 == 0 { both } else { [&second, &first] } {
            assert_eq!(collector.post(body.clone(), &[]).status, 200);
        }
        // Each round in segments of its own.
        let ended = f64::from(2 * EVENTS * (round + 1));
        wait_for("the round", || {
            first.sql("OPTIMIZE TABLE events FINAL");
            (both.map(shipped).iter().sum::<f64>() - before >= ended).then_some(())
        });
    }
    let sent = u64::from(rounds * EVENTS);
    let totals = balanced(&first, 2 + 2 * sent);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(1 + sent), &json!(1 + sent)), "{totals}");
}

#[test]
fn what_is_inserted_again_after_a_refused_flush_counts_once_also_before_it_is_merged() {
    let (orma, trigger, _dir) = with_failing_disk(watched());
    wait_for("the tables", || orma.try_sql("SYSTEM STOP MERGES events").ok());
    std::fs::write(&trigger, "refuse").unwrap();
    orma.collect(&views(10));
    let twice = |at_least: u64| {
        wait_for("the same rows again", || {
            (orma.number("SELECT count() FROM events") >= at_least).then_some(())
        });
    };
    twice(20);
    assert_eq!(orma.metric("orma_spool_bytes").map(|bytes| bytes > 0.0), Some(true), "the segment stays");
    std::fs::remove_file(&trigger).unwrap();
    let totals = balanced(&orma, 10);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(10), &json!(0)), "{totals}");
    twice(20);
    let period = "from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    for metrics in ["page_views", "events,page_views,visitors"] {
        let stats = orma.ask(&format!("/api/v1/sites/demo/stats?metrics={metrics}&{period}"));
        assert_eq!(stats["totals"]["page_views"], 10, "{metrics}: {stats}");
    }
    assert_eq!(orma.metric(GAP), Some(0.0));
}

#[test]
fn the_accounts_do_not_wait_for_a_disk_that_hangs() {
    let (orma, trigger, _dir) = with_failing_disk(watched());
    orma.collect(&views(1));
    balanced(&orma, 1);
    std::fs::write(&trigger, "hang").unwrap();
    orma.collect(&views(2));
    let shipped = |events: f64| {
        wait_for("the insert", || (orma.metric("orma_events_shipped_total") == Some(events)).then_some(()));
    };
    shipped(3.0);
    // The disk is forced for these, and hangs.
    balanced(&orma, 3);
    orma.collect(&views(4));
    shipped(7.0);
    balanced(&orma, 7);
    assert!(
        orma.metric("orma_spool_bytes") > Some(0.0),
        "no segment is deleted before the disk has its events"
    );
    std::fs::remove_file(&trigger).unwrap();
    wait_for("an empty spool", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
}

#[test]
fn a_deletion_that_a_power_cut_undoes_counts_nothing_twice() {
    let (mut orma, trigger, _dir) = with_failing_disk(watched());
    let spool = orma.dir.path().join("spool");
    let files = || {
        let entries = std::fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    std::fs::write(&trigger, "hang").unwrap();
    orma.collect(&views(5));
    wait_for("the insert", || (orma.metric("orma_events_shipped_total") == Some(5.0)).then_some(()));
    let kept: Vec<(PathBuf, Vec<u8>)> =
        files().into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    assert_eq!(kept.len(), 2, "the segment and its tally: {kept:?}");
    // The files are deleted, and the disk is not made to keep that.
    std::fs::write(&trigger, "fsync").unwrap();
    wait_for("the deletion", || files().is_empty().then_some(()));
    balanced(&orma, 5);
    orma.kill_group();
    std::fs::remove_file(&trigger).unwrap();
    for (path, bytes) in &kept {
        std::fs::write(path, bytes).unwrap();
    }
    orma.start_again();
    wait_for("the deletion again", || files().is_empty().then_some(()));
    let totals = balanced(&orma, 5);
    assert_eq!((&totals["stored"], &totals["duplicate"]), (&json!(5), &json!(0)), "{totals}");
}

fn accounts(orma: &Orma, arguments: &[&str]) -> (Option<i32>, String) {
    command(orma, &[&["accounts"], arguments].concat())
}

fn doctor(orma: &Orma) -> String {
    command(orma, &["doctor", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]).1
}

fn command(orma: &Orma, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(program());
    command.args(arguments).arg("--data-dir").arg(orma.dir.path());
    let output = command.env_remove("ORMA_ADMIN_TOKEN").output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn a_loss_that_is_written_off_ends_the_alarm_and_stays_to_be_seen() {
    const WRITTEN_OFF: &str = "orma_accounting_written_off_events{site=\"demo\"}";
    let mut orma = watched().start();
    orma.collect(&views(10));
    balanced(&orma, 10);
    let (code, said) = accounts(&orma, &["write-off", "demo", "--note", "nothing is lost"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nothing is missing"), "{said}");
    orma.sql("DELETE FROM events WHERE path IN ('/p1', '/p2', '/p3') SETTINGS mutations_sync = 1");
    wait_for("the alarm", || (orma.metric(GAP) == Some(3.0)).then_some(()));
    let (code, said) = accounts(&orma, &["list", "--json"]);
    let hour: Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((code, &hour["unstored"], &hour["open"]), (Some(0), &json!(3), &json!(3)), "{said}");
    for (arguments, problem) in [
        (&["write-off", "demo", "--note", " "][..], "note"),
        (&["write-off", "nobody", "--note", "x"], "nobody"),
        (&["write-off", "demo", "--note", "x", "--to", "2001-01-01T00:00:00Z"], "nothing is missing there"),
    ] {
        let (code, said) = accounts(&orma, arguments);
        assert!(code == Some(1) && said.contains(problem), "{arguments:?}: {said}");
    }
    assert_eq!(orma.metric(GAP), Some(3.0), "nothing was written off");

    let note = "deleted by mistake; no backup";
    let (code, said) = accounts(&orma, &["write-off", "demo", "--note", note]);
    assert!(code == Some(0) && said.contains("3 shipped and not in the store"), "{said}");
    let is_seen = |orma: &Orma, written_off: u64| {
        wait_for("the end of the alarm", || {
            (orma.metric(GAP) == Some(0.0) && orma.metric(WRITTEN_OFF) == Some(written_off as f64))
                .then_some(())
        });
        let account = wait_for("the page", || {
            let account = orma.ask("/api/v1/sites/demo/accounting");
            (account["totals"]["written_off"] == written_off).then_some(account)
        });
        assert_eq!(
            (&account["status"], &account["totals"]["gap"]),
            (&json!("balanced"), &json!(0)),
            "{account}"
        );
        let entry = &account["write_offs"][0];
        assert_eq!((&entry["missing"], &entry["note"]), (&json!(3), &json!(note)), "{account}");
        let report = doctor(orma);
        assert!(report.contains(&format!("balanced; {written_off} written off")), "{report}");
    };
    is_seen(&orma, 3);
    assert_eq!(orma.ask("/api/v1/sites")["items"][0]["gap_events"], 0);
    // What is lost afterwards is an alarm again, and no more than that.
    orma.sql("DELETE FROM events WHERE path = '/p4' SETTINGS mutations_sync = 1");
    wait_for("another alarm", || (orma.metric(GAP) == Some(1.0)).then_some(()));
    assert!(doctor(&orma).contains("accepted and not in the store: 1; 3 written off"));
    assert_eq!(accounts(&orma, &["write-off", "demo", "--note", "that one too"]).0, Some(0));
    wait_for("its end", || (orma.metric(WRITTEN_OFF) == Some(4.0)).then_some(()));

    // The same without a running orma, and after a restart.
    assert_eq!(orma.stop().code(), Some(0));
    let (code, said) = accounts(&orma, &["list"]);
    assert!(code == Some(0) && said.contains("written off: 4 shipped and not in the store"), "{said}");
    let report = doctor(&orma);
    assert!(report.contains("balanced; written off: 4 of demo"), "{report}");
    orma.start_again();
    wait_for("the number again", || (orma.metric(WRITTEN_OFF) == Some(4.0)).then_some(()));
    assert_eq!(orma.metric(GAP), Some(0.0));
}

fn sealed_segment(spool: &Path) -> PathBuf {
    wait_for("a sealed segment", || {
        let mut files = std::fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == "seg"))
    })
}

/// What happens to the file of a segment with ten answered events while the store is away, and how many are then lost.
fn lose(what: &str, damage: impl Fn(&Path), restart: bool, lost: i64) {
    let mut remote = Remote::start();
    let mut orma = watched().argument("--clickhouse-url", remote.url()).start();
    orma.collect(&views(3));
    balanced(&orma, 3);
    remote.kill();
    orma.collect(&views(10));
    let segment = sealed_segment(&orma.dir.path().join("spool"));
    if restart {
        orma.kill_group();
    }
    damage(&segment);
    remote.start_again();
    if restart {
        orma.start_again();
    }
    wait_for(&format!("the alarm: {what}"), || (orma.metric(GAP) == Some(lost as f64)).then_some(()));
    let totals = totals(&orma, |account| account["status"] == "gap");
    assert_eq!(
        (&totals["accepted"], &totals["stored"], &totals["gap"]),
        (&json!(13), &json!(13 - lost), &json!(lost)),
        "{what}: {totals}"
    );
    let report = orma.doctor(1);
    assert!(report.contains(&format!("not in the store: {lost}\n")), "{what}: {report}");
}

#[test]
fn a_segment_that_is_deleted_before_it_is_shipped_is_missed() {
    // The first of a segment is on its way, read or not; a restart reads it again.
    lose("deleted", |segment| std::fs::remove_file(segment).unwrap(), true, 10);
}

#[test]
fn a_segment_that_is_cut_between_two_records_is_missed() {
    let cut = |segment: &Path| {
        let bytes = std::fs::read(segment).unwrap();
        // Records are framed: length, checksum, kind and payload. The last one goes.
        let read = orma_collector::spool::read_segment(&bytes).unwrap();
        let (_, last) = read.records.last().unwrap();
        std::fs::write(segment, &bytes[..bytes.len() - last.len() - 9]).unwrap();
    };
    lose("cut", cut, true, 1);
}

#[test]
fn a_part_that_is_gone_is_missed_and_so_are_rows_of_any_day() {
    let mut orma = watched().start();
    orma.collect(&views(4));
    balanced(&orma, 4);
    orma.sql("INSERT INTO outcomes SELECT site, toDateTime('2024-03-01 10:00:00', 'UTC'), 'main', since, reason, 5, 0, 0, 5, 0, 0, version FROM outcomes WHERE site = 'demo' AND reason = '' LIMIT 1");
    wait_for("the loss of long ago", || (orma.metric(GAP) == Some(5.0)).then_some(()));
    orma.sql("ALTER TABLE outcomes DELETE WHERE hour < '2025-01-01 00:00:00' SETTINGS mutations_sync = 1");
    wait_for("the end of the alarm", || (orma.metric(GAP) == Some(0.0)).then_some(()));
    let path =
        orma.sql("SELECT path FROM system.parts WHERE database = 'orma' AND table = 'events' AND active")[0]
            ["path"]
            .clone();
    assert_eq!(orma.stop().code(), Some(0));
    std::fs::remove_dir_all(path.as_str().unwrap()).unwrap();
    orma.start_again();
    wait_for("the alarm", || (orma.metric(GAP) == Some(4.0)).then_some(()));
    let totals = totals(&orma, |account| account["status"] == "gap");
    assert_eq!((&totals["stored"], &totals["duplicate"], &totals["gap"]), (&json!(0), &json!(0), &json!(4)));
}
