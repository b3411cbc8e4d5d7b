//! A ClickHouse that is slow, stutters, hangs up in the middle of an insert, answers nonsense or nothing: events are
//! answered all along, and when it is itself again everything is there once.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use crate::load::{Load, Plan, event_id};
use crate::support::remote::Remote;
use crate::support::{Orma, Setup, wait_for};

/// What the link does to what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Fault {
    /// Passes it on.
    None,
    /// Each piece waits.
    Slow,
    /// Passes a few kilobytes at a time.
    Throttled,
    /// Passes the question on and hangs up before the answer: the insert may be done and nobody knows.
    CutAfter,
    /// Hangs up in the middle of the question.
    CutWithin,
    /// Answers 500 by itself.
    Refuses,
    /// Takes everything and never answers.
    Hangs,
    /// Answers 500 to inserts of events, and lets the rest pass.
    RefusesEvents,
}

const FAULTS: [Fault; 8] = [
    Fault::None,
    Fault::Slow,
    Fault::Throttled,
    Fault::CutAfter,
    Fault::CutWithin,
    Fault::Refuses,
    Fault::Hangs,
    Fault::RefusesEvents,
];

/// A TCP link to ClickHouse that can be told to misbehave.
struct Link {
    address: SocketAddr,
    fault: Arc<AtomicU8>,
    done: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
}

impl Link {
    fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Self {
            address: listener.local_addr().unwrap(),
            fault: Arc::default(),
            done: Arc::default(),
            stop: Arc::default(),
        };
        let (fault, done, stop) = (link.fault.clone(), link.done.clone(), link.stop.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(target)) else { continue };
                let (fault, done) = (fault.clone(), done.clone());
                std::thread::spawn(move || pass(&client, &server, &fault, &done));
            }
        });
        link
    }

    fn set(&self, fault: Fault) {
        self.done.store(0, Ordering::SeqCst);
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    /// How often the fault has struck since it was set.
    fn strikes(&self) -> u32 {
        self.done.load(Ordering::SeqCst)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

fn pass(client: &TcpStream, server: &TcpStream, fault: &Arc<AtomicU8>, done: &Arc<AtomicU32>) {
    let now = |fault: &AtomicU8| FAULTS[usize::from(fault.load(Ordering::SeqCst))];
    let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (answer_fault, answer_done) = (fault.clone(), done.clone());
    let answers = std::thread::spawn(move || {
        let mut bytes = vec![0; 64 << 10];
        let (mut from_server, mut to_client) = (from_server, to_client);
        while let Ok(length @ 1..) = from_server.read(&mut bytes) {
            match now(&answer_fault) {
                Fault::CutAfter => {
                    answer_done.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                Fault::Hangs => continue,
                _ => {}
            }
            if to_client.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        drop(to_client.shutdown(Shutdown::Both));
        drop(from_server.shutdown(Shutdown::Both));
    });
    let (mut from_client, mut to_server) = (client, server);
    let mut bytes = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from_client.read(&mut bytes) {
        let head = String::from_utf8_lossy(&bytes[..length.min(4096)]);
        let inserts_events = ["INTO+events+", "INTO%20events%20"].iter().any(|insert| head.contains(insert));
        let struck = match now(fault) {
            Fault::RefusesEvents if inserts_events => Fault::Refuses,
            Fault::RefusesEvents => Fault::None,
            fault => fault,
        };
        if !matches!(struck, Fault::None | Fault::CutAfter) {
            done.fetch_add(1, Ordering::SeqCst);
        }
        let mut piece = &bytes[..length];
        match struck {
            Fault::Slow => std::thread::sleep(Duration::from_millis(150)),
            Fault::CutWithin => piece = &piece[..length / 2],
            Fault::Hangs => continue,
            Fault::Refuses => {
                let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\nconnection: close\r\n\r\nsorry";
                drop(from_client.write_all(answer.as_bytes()));
                break;
            }
            _ => {}
        }
        let step = if struck == Fault::Throttled { 2 << 10 } else { piece.len().max(1) };
        let passed = piece.chunks(step).try_for_each(|part| {
            if struck == Fault::Throttled {
                std::thread::sleep(Duration::from_millis(5));
            }
            to_server.write_all(part)
        });
        if passed.is_err() || struck == Fault::CutWithin {
            break;
        }
    }
    drop(from_client.shutdown(Shutdown::Both));
    drop(to_server.shutdown(Shutdown::Both));
    answers.join().unwrap();
}

/// `http://user:password@host:port/database` with the link's address in the place of the server's.
fn through(remote: &Remote, link: &Link) -> String {
    let url = remote.url();
    let (before, after) = url.rsplit_once('@').unwrap();
    let (_, database) = after.split_once('/').unwrap();
    format!("{before}@{}/{database}", link.address)
}

fn server_of(remote: &Remote) -> SocketAddr {
    let url = remote.url();
    url.rsplit_once('@').unwrap().1.split_once('/').unwrap().0.parse().unwrap()
}

#[test]
fn a_clickhouse_in_any_trouble_delays_no_answer_and_doubles_no_event() {
    let mut remote = Remote::start();
    let link = Link::to(server_of(&remote));
    let orma = Setup::default().argument("--clickhouse-url", through(&remote, &link)).start();
    let mut answered = Vec::new();
    // What hangs comes last: it keeps its places until it is given up.
    for (round, fault) in (0u16..).zip(&FAULTS[..=Fault::Hangs as usize]) {
        let fault = *fault;
        link.set(fault);
        let plan = Plan { connections: 4, events_max: 300, round };
        let load = Load::start(orma.listen, plan);
        let refused = load.refused.clone();
        let numbers = load.finish();
        assert_eq!(
            (numbers.len(), refused.load(Ordering::Relaxed)),
            (300, 0),
            "{fault:?}: answered all along"
        );
        answered.extend(numbers.into_iter().map(|number| event_id(round, number)));
        if fault != Fault::None {
            // libchdb 26.7 aborts when the connection of an insert is cut within the block, and takes its time to be dead.
            wait_for(&format!("{fault:?} to strike"), || {
                remote.revive();
                (link.strikes() >= 1).then_some(())
            });
        }
        if fault == Fault::CutAfter {
            let retries = orma.metric("orma_ship_retries_total").unwrap();
            wait_for("another attempt", || (orma.metric("orma_ship_retries_total")? > retries).then_some(()));
            assert!(orma.metric("orma_ship_backoff_seconds").unwrap() > 0.0);
        }
        link.set(Fault::None);
    }
    // The requests that hang are given up when the collector ends, and shipped by the next start.
    let mut orma = orma;
    orma.kill_group();
    orma.start_again();
    assert_all_there_once(&orma, &mut remote, &answered);
    wait_for("no back-off", || (orma.metric("orma_ship_backoff_seconds") == Some(0.0)).then_some(()));
}

fn assert_all_there_once(orma: &Orma, remote: &mut Remote, answered: &[String]) {
    wait_for("the spool to be shipped", || {
        remote.revive();
        (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(())
    });
    let rows = orma.sql("SELECT toString(event_id) AS id FROM events FINAL");
    let ids: std::collections::HashSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), ids.len()), (answered.len(), answered.len()));
    assert!(answered.iter().all(|id| ids.contains(id.as_str())));
    for number in ["accepted", "shipped"] {
        wait_for("the ledger", || {
            let counted = orma.number(&format!("SELECT sum({number}) FROM outcomes FINAL"));
            (counted == answered.len() as u64).then_some(())
        });
    }
}

#[test]
fn a_backlog_is_told_as_pending_events_of_its_site() {
    let remote = Remote::start();
    let link = Link::to(server_of(&remote));
    let orma = Setup::default().argument("--clickhouse-url", through(&remote, &link)).start();
    link.set(Fault::RefusesEvents);
    for _ in 0..8 {
        let view = serde_json::json!({"kind": "page_view", "url": "https://b.example/"});
        orma.collect(&vec![view; 5].into());
        // Longer than a segment is open, so that there are more of them than are on their way at once.
        std::thread::sleep(Duration::from_millis(300));
    }
    let totals = || orma.ask("/api/v1/sites/demo/accounting")["totals"].clone();
    wait_for("the backlog", || {
        let totals = totals();
        (totals["pending"] == 40 && totals["accepted"] == 40 && totals["gap"] == 0).then_some(())
    });
    link.set(Fault::None);
    wait_for("the end of the backlog", || {
        let totals = totals();
        (totals["pending"] == 0 && totals["stored"] == 40 && totals["gap"] == 0).then_some(())
    });
}
