//! What was answered with 200 is in the store exactly once, whatever dies.
#![allow(missing_docs)]
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Orma, PATIENCE, Setup, is_alive, wait_for, with_failing_disk};

const CONNECTIONS: u32 = 32;
const EVENTS: u32 = 20_000;
const EVENTS_PER_REQUEST: u32 = 5;

fn event_id(number: u32) -> String {
    format!("0193a1b2-c3d4-7e5f-8a9b-{number:012x}")
}

/// Sends numbered events over many connections at once and remembers which were answered with 200.
struct Load {
    next: Arc<AtomicU32>,
    answered: Arc<Mutex<Vec<u32>>>,
    refused: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(address: SocketAddr) -> Self {
        let mut load = Self {
            next: Arc::default(),
            answered: Arc::default(),
            refused: Arc::default(),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for connection in 0..CONNECTIONS {
            let (next, answered, refused, stop) =
                (load.next.clone(), load.answered.clone(), load.refused.clone(), load.stop.clone());
            load.threads.push(std::thread::spawn(move || {
                let Ok(stream) = TcpStream::connect(address) else { return };
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let mut reader = BufReader::new(stream);
                while !stop.load(Ordering::Relaxed) {
                    let first = next.fetch_add(EVENTS_PER_REQUEST, Ordering::Relaxed);
                    if first >= EVENTS {
                        return;
                    }
                    let numbers = first..first + EVENTS_PER_REQUEST;
                    match send(&mut reader, connection, numbers.clone()) {
                        Some(200) => answered.lock().unwrap().extend(numbers),
                        Some(_) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        // The program died: whether this request counts is open.
                        None => return,
                    }
                }
            }));
        }
        load
    }

    fn answered(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    /// Waits for the end; returns the numbers that were answered.
    fn finish(self) -> Vec<u32> {
        for thread in self.threads {
            thread.join().unwrap();
        }
        let mut answered = std::mem::take(&mut *self.answered.lock().unwrap());
        answered.sort_unstable();
        answered
    }
}

/// One request on a connection that stays open; the status, or `None` when the connection broke.
fn send(reader: &mut BufReader<TcpStream>, connection: u32, numbers: std::ops::Range<u32>) -> Option<u16> {
    let events: Vec<Value> = numbers
        .map(|number| json!({"id": event_id(number), "kind": "page_view", "url": "https://b.example/a"}))
        .collect();
    let body = json!({"site": "demo", "visitor": format!("v{connection}"), "events": events}).to_string();
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    reader.get_mut().write_all((head + &body).as_bytes()).ok()?;
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
    Some(status)
}

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
        answered.iter().copied().filter(|&number| !ids.contains(event_id(number).as_str())).collect();
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
    let load = Load::start(orma.listen);
    wait_for("some answers", || (load.answered() > EVENTS as usize / 4).then_some(()));
    let embedded = orma.dir.path().join("engine").exists();
    let engine = embedded.then(|| orma.engine_pid());
    orma.kill_group();
    let answered = load.finish();
    assert!(answered.len() < EVENTS as usize, "killed in the middle");
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
    let load = Load::start(orma.listen);
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
    let load = Load::start(orma.listen);
    wait_for("some answers", || (load.answered() > EVENTS as usize / 4).then_some(()));
    remote.kill();
    let answered = load.finish();
    assert_eq!(answered.len(), EVENTS as usize);
    remote.start_again();
    assert_stored_once(&orma, &answered);
}

/// An engine in a process of its own that plays the distant server: same program, its own directory and port.
struct Remote {
    dir: tempfile::TempDir,
    child: std::process::Child,
    files: orma_store::engine::config::EngineFiles,
    port: u16,
}

impl Remote {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = orma_store::engine::config::write_files(&orma_store::EngineConfig {
            program: support::program(),
            library: orma_store::engine::find_library().unwrap(),
            data_dir: dir.path().canonicalize().unwrap(),
            memory_bytes_max: 2 << 30,
        })
        .unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Self::spawn(&files, port);
        Self { dir, child, files, port }
    }

    fn spawn(files: &orma_store::engine::config::EngineFiles, port: u16) -> std::process::Child {
        let mut child = wait_for("the store's lock", || {
            let mut child = std::process::Command::new(support::program())
                .args(["engine", "--port", &port.to_string(), "--library"])
                .arg(orma_store::engine::find_library().unwrap())
                .arg("--config-file")
                .arg(&files.config_file)
                .arg("--store-dir")
                .arg(&files.store_dir)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            let url = format!("http://127.0.0.1:{port}/ping");
            for _ in 0..200 {
                if child.try_wait().unwrap().is_some() {
                    return None;
                }
                if support::try_request("GET", &url, &[], &[]).is_ok() {
                    return Some(child);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            None
        });
        assert!(child.try_wait().unwrap().is_none());
        child
    }

    fn url(&self) -> String {
        format!("http://orma:{}@127.0.0.1:{}/orma", self.files.password, self.port)
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = Self::spawn(&self.files, self.port);
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        assert!(self.dir.path().exists());
    }
}

fn view(number: u32) -> String {
    let event = json!({"id": event_id(number), "kind": "page_view", "url": "https://b.example/a"});
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
    orma.kill_group();
    orma.start_again();
    assert_eq!(orma.post(view(7), &[]).status, 200);
    wait_for("the answered events", || {
        let ids = orma.sql("SELECT toString(event_id) AS id FROM events FINAL ORDER BY id");
        let has = |number| ids.iter().any(|row| row["id"] == event_id(number));
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
fn a_stop_drains_seals_and_ends_with_zero() {
    let mut orma = Orma::start();
    let load = Load::start(orma.listen);
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
