//! What an operator has at three in the morning: `orma spool`, `orma doctor`, and an alarm when the accounts do not
//! add up.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::support::remote::Remote;
use crate::support::{Orma, Setup, program, wait_for};

const GAP: &str = "orma_accounting_gap_events{site=\"demo\"}";

fn orma(arguments: &[&str], data_dir: &Path) -> Output {
    std::process::Command::new(program())
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir)
        .env_remove("ORMA_ADMIN_TOKEN")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{text}{}", stderr(output));
    text
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn views(count: u32) -> Value {
    (0..count)
        .map(|number| {
            json!({"kind": "page_view", "url": format!("https://b.example/p{number}"), "title": "Scarpe"})
        })
        .collect()
}

#[test]
fn the_spool_is_shown_while_orma_runs_and_when_it_does_not_and_names_nobody() {
    let mut remote = Remote::start();
    let mut running = Setup::default().argument("--clickhouse-url", remote.url()).start();
    let dir = running.dir.path().to_owned();
    remote.kill();
    let body = json!({"site": "demo", "visitor": "v1", "user": "mario@example.it", "events": [
        {"kind": "login"}, {"kind": "custom", "name": "a", "props": {"mail": "anna@example.it"}}, {"kind": "nonsense"}]});
    assert_eq!(running.post(body.to_string(), &[]).status, 200);
    let inspected = || lines(&stdout(&orma(&["spool", "inspect", "--json"], &dir)));
    let beside = wait_for("a sealed segment", || {
        let segments = inspected();
        (segments.len() == 1 && segments[0]["state"] == "sealed").then_some(segments)
    });
    let segment = &beside[0];
    assert_eq!(
        (&segment["events"], &segment["refused"], &segment["sites"], &segment["damage"]),
        (&json!(2), &json!(1), &json!({"demo": 2}), &Value::Null)
    );
    let id = segment["id"].as_str().unwrap();
    let shown = stdout(&orma(&["spool", "inspect", "--events", id], &dir));
    assert!(!shown.contains("example.it") && shown.contains("\"kind\":\"login\""), "{shown}");
    let shown = stdout(&orma(&["spool", "inspect", "--events", "--personal"], &dir));
    assert!(shown.contains("mario@example.it") && shown.contains("anna@example.it"), "{shown}");
    assert_eq!(lines(&shown).iter().filter(|record| record["record"] == "refused").count(), 1);
    let nobody = orma(&["spool", "inspect", "ffff"], &dir);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("no segment `ffff`"), "{}", stderr(&nobody));

    running.kill_group();
    assert_eq!(inspected(), beside);
    let table = stdout(&orma(&["spool", "inspect"], &dir));
    assert!(table.contains("demo 2") && table.contains("sealed"), "{table}");
    assert_eq!(stdout(&orma(&["spool", "quarantine", "list"], &dir)), "no segments\n");
    assert_eq!(stdout(&orma(&["spool", "replay", "--all"], &dir)), "nothing is in quarantine\n");
}

#[test]
fn what_clickhouse_refused_raises_the_alarm_and_a_replay_ends_it_and_counts_nothing_twice() {
    let running = Setup::default().variable("ORMA_ACCOUNTING_SECONDS", "1").start();
    let dir = running.dir.path().to_owned();
    running.collect(&views(3));
    wait_for("the first events", || (running.number("SELECT count() FROM events") == 3).then_some(()));
    wait_for("a first look", || running.metric("orma_accounting_age_seconds"));
    assert_eq!(running.metric(GAP), Some(0.0));

    // An insert is over when all its tables have it.
    wait_for("the first segment to be shipped", || {
        (running.metric("orma_events_shipped_total") == Some(3.0)).then_some(())
    });
    // What a hasty hand does: the table is gone, and ClickHouse refuses the segment for good.
    running.sql("RENAME TABLE events TO events_away");
    running.collect(&views(5));
    wait_for("the quarantine", || {
        (running.metric("orma_spool_quarantined_segments") == Some(1.0)).then_some(())
    });
    running.sql("RENAME TABLE events_away TO events");
    wait_for("the alarm", || (running.metric(GAP) == Some(5.0)).then_some(()));
    let sites = running.ask("/api/v1/sites");
    assert_eq!(sites["items"][0]["gap_events"], 5);
    assert_eq!(running.ask("/api/v1/sites/demo/accounting")["status"], "gap");
    let sick = orma(&["doctor", "--json"], &dir);
    assert_eq!(sick.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&sick.stdout).unwrap();
    for name in ["quarantine", "accounts"] {
        assert_eq!(check(&report, name)["verdict"], "problem", "{report}");
    }

    let listed = lines(&stdout(&orma(&["spool", "quarantine", "list", "--json"], &dir)));
    assert_eq!(
        listed[0]["confirmed"],
        json!({"events": false, "refused": true, "counts": true}),
        "the counts were taken"
    );
    let said = stdout(&orma(&["spool", "replay", "--all"], &dir));
    assert!(said.contains("5 events") && said.contains("the running orma"), "{said}");
    wait_for("the replayed events", || (running.number("SELECT count() FROM events") == 8).then_some(()));
    wait_for("the end of the alarm", || (running.metric(GAP) == Some(0.0)).then_some(()));
    assert_eq!(running.metric("orma_spool_quarantined_segments"), Some(0.0));
    // What is pending is the collector's word, twice a second.
    let account = wait_for("a balanced account", || {
        let account = running.ask("/api/v1/sites/demo/accounting");
        (account["status"] == "balanced").then_some(account)
    });
    assert_eq!(
        (&account["totals"]["accepted"], &account["totals"]["stored"]),
        (&json!(8), &json!(8)),
        "{account}"
    );
}

#[test]
fn rows_deleted_behind_ormas_back_are_missed() {
    let mut running = Setup::default().variable("ORMA_ACCOUNTING_SECONDS", "1").start();
    running.collect(&views(20));
    running.collect(&views(4));
    // The same event through another collector, so to speak: it is one event still.
    running.sql("INSERT INTO events SELECT * FROM events WHERE path = '/p7'");
    wait_for("the events", || (running.number("SELECT count() FROM events FINAL") == 24).then_some(()));
    wait_for("a first look", || running.metric("orma_accounting_age_seconds"));
    assert_eq!(running.metric(GAP), Some(0.0));
    running.sql("DELETE FROM events WHERE path IN ('/p1', '/p2') SETTINGS mutations_sync = 1");
    wait_for("the alarm", || (running.metric(GAP) == Some(4.0)).then_some(()));
    let account = running.ask("/api/v1/sites/demo/accounting");
    assert_eq!((&account["status"], &account["totals"]["gap"]), (&json!("gap"), &json!(4)), "{account}");
    let report = doctor(&ANY_PORT, running.dir.path(), 1);
    assert!(
        check(&report, "accounts")["found"].as_str().unwrap().contains("not in the store: 4"),
        "{report}"
    );
    running.stop();
    let report = doctor(&["--json"], running.dir.path(), 1);
    assert!(check(&report, "accounts")["found"].as_str().unwrap().contains("4 of demo"), "{report}");
}

#[test]
fn rows_that_came_past_the_collectors_are_too_many_and_no_loss() {
    let running = Setup::default().variable("ORMA_ACCOUNTING_SECONDS", "1").start();
    running.collect(&views(5));
    wait_for("the events", || (running.number("SELECT count() FROM events") == 5).then_some(()));
    wait_for("a first look", || running.metric("orma_accounting_age_seconds"));
    // An import straight into the table.
    running.sql("INSERT INTO events SELECT * REPLACE (generateUUIDv7() AS event_id) FROM events LIMIT 3");
    let surplus = "orma_accounting_surplus_events{site=\"demo\"}";
    wait_for("the alarm", || (running.metric(surplus) == Some(3.0)).then_some(()));
    assert_eq!(running.metric(GAP), Some(3.0));
    let site = running.ask("/api/v1/sites")["items"][0].clone();
    assert_eq!((&site["gap_events"], &site["surplus_events"]), (&json!(3), &json!(3)), "{site}");
    let received = running.sql(
        "SELECT formatDateTime(toStartOfHour(toDateTime(min(received_at), 'UTC')), '%Y-%m-%dT%H:00:00.000Z', 'UTC') AS at FROM events",
    );
    assert_eq!(site["gap_since"], received[0]["at"], "{site}");
    let report = doctor(&ANY_PORT, running.dir.path(), 1);
    let accounts = check(&report, "accounts");
    assert_eq!(accounts["found"], "in the store and counted by no collector: 3", "{report}");
    assert!(accounts["advice"].as_str().unwrap().starts_with("nothing is lost"), "{report}");
    // Whoever says that they belong there ends the alarm.
    let written =
        orma(&["accounts", "write-off", "demo", "--note", "imported from before"], running.dir.path());
    assert!(stdout(&written).contains("3 in the store and counted by no collector"));
    wait_for("the end of the alarm", || (running.metric(GAP) == Some(0.0)).then_some(()));
    let site = running.ask("/api/v1/sites")["items"][0].clone();
    assert_eq!((&site["surplus_events"], &site["gap_since"]), (&json!(0), &Value::Null), "{site}");
}

#[test]
fn a_damaged_segment_gives_what_is_whole_and_the_rest_is_kept() {
    let mut remote = Remote::start();
    let mut running = Setup::default().argument("--clickhouse-url", remote.url()).start();
    let dir = running.dir.path().to_owned();
    let spool = dir.join("spool");
    remote.kill();
    running.collect(&views(10));
    let sealed = wait_for("a sealed segment", || {
        let mut files = std::fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == "seg"))
    });
    running.kill_group();
    let mut bytes = std::fs::read(&sealed).unwrap();
    let place = bytes.windows(3).position(|window| window == b"/p4").unwrap();
    bytes[place] ^= 1;
    std::fs::write(&sealed, bytes).unwrap();
    remote.start_again();
    running.start_again();
    wait_for("the whole ones", || (running.number("SELECT count() FROM events") == 9).then_some(()));
    assert_eq!(running.number("SELECT count() FROM events WHERE path = '/p4'"), 0);
    wait_for("the ledger", || {
        let account = running.ask("/api/v1/sites/demo/accounting");
        // Ten were answered, and one of them is lost.
        let totals = &account["totals"];
        (account["status"] == "gap"
            && (&totals["accepted"], &totals["stored"], &totals["gap"]) == (&json!(10), &json!(9), &json!(1)))
            .then_some(())
    });
    assert_eq!(running.metric("orma_spool_quarantined_segments"), Some(0.0), "nothing waits for an operator");
    assert_eq!(running.metric("orma_spool_damaged_segments"), Some(1.0));
    assert!(running.metric("orma_spool_damaged_bytes").unwrap() > 100.0);
    let rest = lines(&stdout(&orma(&["spool", "quarantine", "list", "--json"], &dir)));
    assert_eq!((rest.len(), &rest[0]["state"]), (1, &json!("rest")));
    assert_eq!(stdout(&orma(&["spool", "replay", "--all", "--salvage"], &dir)), "nothing is in quarantine\n");
    let report = orma(&["doctor", "--json"], &dir);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(check(&report, "damage")["verdict"], "warning", "{report}");
}

#[test]
fn a_segment_whose_header_is_lost_waits_for_the_operator_who_salvages_it() {
    let mut remote = Remote::start();
    let mut running = Setup::default().argument("--clickhouse-url", remote.url()).start();
    let dir = running.dir.path().to_owned();
    remote.kill();
    running.collect(&views(10));
    running.kill_group();
    let mut files = std::fs::read_dir(dir.join("spool")).unwrap().map(|entry| entry.unwrap().path());
    let segment = files.find(|path| path.extension().is_some_and(|e| e == "open" || e == "seg")).unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[4..400].fill(0x55);
    std::fs::write(&segment, bytes).unwrap();
    remote.start_again();
    running.start_again();
    wait_for("the quarantine", || {
        (running.metric("orma_spool_quarantined_segments") == Some(1.0)).then_some(())
    });
    let refused = orma(&["spool", "replay", "--all"], &dir);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("10 records are whole") && stderr(&refused).contains("--salvage"),
        "{refused:?}"
    );
    let said = stdout(&orma(&["spool", "replay", "--all", "--salvage"], &dir));
    assert!(said.contains("10 events"), "{said}");
    wait_for("the events", || (running.number("SELECT count() FROM events") == 10).then_some(()));
    wait_for("an empty quarantine", || {
        (running.metric("orma_spool_quarantined_segments") == Some(0.0)).then_some(())
    });
}

fn doctor(arguments: &[&str], data_dir: &Path, code: i32) -> Value {
    let output = orma(&[&["doctor"], arguments].concat(), data_dir);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        stderr(&output)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {report:#}"))
}

const ANY_PORT: [&str; 5] = ["--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];

#[test]
fn the_doctor_finds_a_healthy_installation_healthy_before_while_and_after_it_runs() {
    let nowhere = tempfile::tempdir().unwrap();
    let report = doctor(&ANY_PORT, &nowhere.path().join("new"), 0);
    assert!(!nowhere.path().join("new").exists(), "nothing is made");
    assert!(check(&report, "data directory")["found"].as_str().unwrap().contains("first start"));

    let mut running = Orma::start();
    running.collect(&views(3));
    wait_for("the events", || (running.number("SELECT count() FROM events") == 3).then_some(()));
    let dir = running.dir.path().to_owned();
    let report = doctor(&ANY_PORT, &dir, 0);
    assert_eq!(check(&report, "running")["found"], "ready to take events");
    for name in
        ["engine", "schema", "clocks", "accounts", "spool", "quarantine", "flush", "countries", "tables"]
    {
        assert_ne!(check(&report, name)["verdict"], "problem", "{report:#}");
    }
    assert_eq!(running.stop().code(), Some(0));
    let report = doctor(&ANY_PORT, &dir, 0);
    assert!(check(&report, "engine")["found"].as_str().unwrap().contains("ClickHouse"), "{report:#}");
    assert_eq!(check(&report, "accounts")["found"], "balanced");
    let left: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("probe")), "{left:?}");
    running.start_again();
    assert_eq!(running.number("SELECT count() FROM events"), 3);
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do_and_keeps_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    std::fs::write(
        dir.path().join("orma.toml"),
        "drain_ms_max = 5000\nadmin_token = \"very-secret-token\"\n",
    )
    .unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/format"), "1\n").unwrap();
    let broken_geo = dir.path().join("broken.mmdb");
    std::fs::write(&broken_geo, "no database").unwrap();
    let remote = Remote::start();
    let wrong = remote.url().replace("orma:", "orma:wrong-");
    let output = std::process::Command::new(program())
        .args([
            "doctor",
            "--data-dir",
            "data",
            "--listen",
            &port,
            "--clickhouse-url",
            &wrong,
            "--geo-database",
        ])
        .arg(&broken_geo)
        .env("ORMA_SPOOL_BYTES_MAX", "123456")
        .env_remove("ORMA_ADMIN_TOKEN")
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "variable ORMA_SPOOL_BYTES_MAX",
        "file orma.toml",
        "flag",
        "default",
        "PROBLEM  port",
        "choose another address with --listen",
        "PROBLEM  countries",
        "PROBLEM  engine",
        "user and password",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let password = remote.url();
    let password = password.split(['/', ':', '@']).find(|part| part.len() > 30).unwrap();
    assert!(!text.contains("very-secret-token") && !text.contains(password), "{text}");
    let away = doctor(&[&ANY_PORT[..], &["--engine-library", "/nowhere/libchdb.so"]].concat(), dir.path(), 1);
    assert!(check(&away, "engine")["advice"].as_str().unwrap().contains("--clickhouse-url"));
}
