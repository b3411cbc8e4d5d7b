//! What the tests that kill things share: a load that remembers what was answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::support::PATIENCE;

const EVENTS_PER_REQUEST: u32 = 5;

/// The id of an event: no two rounds share one.
pub fn event_id(round: u16, number: u32) -> String {
    format!("0193a1b2-c3d4-7e5f-{round:04x}-{number:012x}")
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub connections: u32,
    pub events_max: u32,
    pub round: u16,
}

/// Sends numbered events over many connections at once and remembers which were answered with 200.
pub struct Load {
    next: Arc<AtomicU32>,
    answered: Arc<Mutex<Vec<u32>>>,
    pub refused: Arc<AtomicU32>,
    pub stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(address: SocketAddr, plan: Plan) -> Self {
        let mut load = Self {
            next: Arc::default(),
            answered: Arc::default(),
            refused: Arc::default(),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for connection in 0..plan.connections {
            let (next, answered, refused, stop) =
                (load.next.clone(), load.answered.clone(), load.refused.clone(), load.stop.clone());
            load.threads.push(std::thread::spawn(move || {
                let Ok(stream) = TcpStream::connect(address) else { return };
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let mut reader = BufReader::new(stream);
                while !stop.load(Ordering::Relaxed) {
                    let first = next.fetch_add(EVENTS_PER_REQUEST, Ordering::Relaxed);
                    if first >= plan.events_max {
                        return;
                    }
                    let numbers = first..first + EVENTS_PER_REQUEST;
                    match send(&mut reader, connection, plan.round, numbers.clone()) {
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

    pub fn answered(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    /// Waits for the end; returns the numbers that were answered.
    pub fn finish(self) -> Vec<u32> {
        for thread in self.threads {
            thread.join().unwrap();
        }
        let mut answered = std::mem::take(&mut *self.answered.lock().unwrap());
        answered.sort_unstable();
        answered
    }
}

/// One request on a connection that stays open; the status, or `None` when the connection broke.
fn send(
    reader: &mut BufReader<TcpStream>,
    connection: u32,
    round: u16,
    numbers: std::ops::Range<u32>,
) -> Option<u16> {
    let events: Vec<Value> = numbers
        .map(|number| {
            let url = format!("https://b.example/round-{round}");
            json!({"id": event_id(round, number), "kind": "page_view", "url": url})
        })
        .collect();
    let body =
        json!({"site": "demo", "visitor": format!("v{round}-{connection}"), "events": events}).to_string();
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
