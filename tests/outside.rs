//! What a client can hold of the program has a bound, in bytes and in time, whichever port and protocol it comes by.
#![allow(missing_docs)]
mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use support::remote::Remote;
use support::{Answer, Orma, PATIENCE, Setup, read_answer, request, wait_for};

/// Time limits of these tests, in milliseconds.
const SHORT: [(&str, &str); 3] =
    [("--idle-ms-max", "2000"), ("--body-ms-max", "1000"), ("--header-ms-max", "1000")];
/// Open files besides connections, of the test and of the program.
const FILES_BESIDE: u64 = 300;

fn short(setup: Setup) -> Setup {
    SHORT.into_iter().fold(setup, |setup, (name, value)| setup.argument(name, value))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// As many connections as were asked for, or as the system allows.
fn connections(address: SocketAddr, count: u64, first: &[u8]) -> Vec<TcpStream> {
    let open_files_max = orma_collector::http::raise_open_files_max();
    let count = count.min(open_files_max.saturating_sub(FILES_BESIDE));
    assert!(count >= 300, "{open_files_max} open files are too few: see `ulimit -n`");
    let begun = |_| {
        let mut stream = connect(address);
        stream.write_all(first).unwrap();
        stream
    };
    (0..count).map(begun).collect()
}

/// What each is told before its connection ends.
fn endings(streams: Vec<TcpStream>) -> Vec<Option<Answer>> {
    streams.into_iter().map(|mut stream| read_answer(&mut stream).ok()).collect()
}

fn all_are_told(streams: Vec<TcpStream>, status: u16, code: &str) {
    let count = streams.len();
    let begun = Instant::now();
    for answer in endings(streams) {
        let answer = answer.expect("an answer before the end");
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &json!(code)));
    }
    println!("{count} ended as {code} after {:?}", begun.elapsed());
}

/// An honest browser beside all this: one beacon after the other, each on a connection of its own.
fn beacons_beside<T>(orma: &Orma, attack: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let honest = scope.spawn(|| {
            let mut took = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let body = json!({"site": "demo", "visitor": "v", "events": [{"kind": "page_view", "url": "/a"}]});
                let begun = Instant::now();
                assert_eq!(orma.post(body.to_string(), &[]).status, 200);
                took.push(begun.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            took.sort();
            took
        });
        let result = attack();
        over.store(true, Ordering::Relaxed);
        let took = honest.join().unwrap();
        let p99 = took[took.len() * 99 / 100];
        println!("{} honest beacons: p99 {p99:?}, longest {:?}", took.len(), took.last().unwrap());
        assert!(p99 < Duration::from_secs(5), "{p99:?}");
        result
    })
}

// ---- HTTP/2 by hand: a client that no library would be

mod raw {
    use super::{Read, SocketAddr, TcpStream, Write, connect};

    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const GOAWAY: u8 = 7;
    pub const ACK: u8 = 1;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;

    pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let mut out = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        out.extend([kind, flags]);
        out.extend(stream.to_be_bytes());
        out.extend(payload);
        out
    }

    /// The beginning, with windows of `window` bytes for each answer.
    pub fn hello(address: SocketAddr, window: u32) -> TcpStream {
        let mut stream = connect(address);
        let mut out = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        let settings = [&[0, 4][..], &window.to_be_bytes()].concat();
        out.extend(frame(SETTINGS, 0, 0, &settings));
        stream.write_all(&out).unwrap();
        stream
    }

    fn literal(out: &mut Vec<u8>, name_index: u8, value: &str) {
        out.extend([name_index, value.len() as u8]);
        out.extend(value.as_bytes());
    }

    pub fn get(stream: u32, path: &str) -> Vec<u8> {
        // :method GET, :scheme http
        let mut block = vec![0x82, 0x86];
        literal(&mut block, 0x04, path);
        literal(&mut block, 0x01, "localhost");
        frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)
    }

    /// A POST that goes on; its body may never come.
    pub fn post(stream: u32, path: &str) -> Vec<u8> {
        // :method POST, :scheme http
        let mut block = vec![0x83, 0x86];
        literal(&mut block, 0x04, path);
        literal(&mut block, 0x01, "localhost");
        frame(HEADERS, END_HEADERS, stream, &block)
    }

    #[derive(Debug, Default)]
    pub struct Seen {
        pub answers: usize,
        pub resets: usize,
        pub goodbye: bool,
        pub data_bytes: usize,
    }

    /// Reads to the connection's end. Answers pings and settings, as a client does that wants to stay, and nothing else.
    pub fn read_to_end(stream: &mut TcpStream) -> Seen {
        let mut seen = Seen::default();
        loop {
            let mut head = [0; 9];
            if stream.read_exact(&mut head).is_err() {
                return seen;
            }
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let mut payload = vec![0; length];
            if stream.read_exact(&mut payload).is_err() {
                return seen;
            }
            match (head[3], head[4] & ACK) {
                (DATA, _) => seen.data_bytes += length,
                (HEADERS, _) => seen.answers += 1,
                (RST_STREAM, _) => seen.resets += 1,
                (GOAWAY, _) => seen.goodbye = true,
                (SETTINGS, 0) => drop(stream.write_all(&frame(SETTINGS, ACK, 0, &[]))),
                (PING, 0) => drop(stream.write_all(&frame(PING, ACK, 0, &payload))),
                _ => {}
            }
        }
    }
}

/// The largest script of the dashboard, and its bytes.
fn largest_script(orma: &Orma) -> (String, usize) {
    let page = request("GET", &orma.url("/"), &[], &[]).text;
    let scripts = page.split('"').filter(|part| part.starts_with("/assets/") && part.ends_with(".js"));
    let sized = scripts.map(|path| {
        let bytes = request("GET", &orma.url(path), &[], &[]).text.len();
        (path.to_owned(), bytes)
    });
    sized.max_by_key(|(_, bytes)| *bytes).expect("the dashboard was built")
}

const CONNECTIONS: usize = 20;
const STREAMS: u32 = 100;

#[test]
fn answers_that_nobody_takes_hold_little_memory_and_end() {
    const BYTES_MAX: u64 = 128 << 20;
    let orma = short(Setup::default()).start();
    let (script, script_bytes) = largest_script(&orma);
    assert!(script_bytes > 200_000, "{script} has {script_bytes} bytes");
    let before = orma.resident_bytes();
    for window in [0, 1, 20_000] {
        let begun = Instant::now();
        let streams = beacons_beside(&orma, || {
            let mut streams: Vec<TcpStream> = (0..CONNECTIONS)
                .map(|_| {
                    let mut stream = raw::hello(orma.listen, window);
                    let asked: Vec<u8> = (0..STREAMS).flat_map(|n| raw::get(2 * n + 1, &script)).collect();
                    stream.write_all(&asked).unwrap();
                    stream
                })
                .collect();
            std::thread::sleep(Duration::from_millis(1_500));
            let held = orma.resident_bytes();
            println!("window {window}: {} -> {} MiB", before >> 20, held >> 20);
            assert!(held <= BYTES_MAX, "{held} bytes");
            for stream in &mut streams {
                let seen = raw::read_to_end(stream);
                assert!(seen.goodbye, "{seen:?}");
                assert_eq!(seen.answers, STREAMS as usize, "{seen:?}");
                assert!(seen.resets >= STREAMS as usize, "each stream is ended: {seen:?}");
            }
            streams
        });
        let took = begun.elapsed();
        println!("window {window}: {} connections ended after {took:?}", streams.len());
        // idle_ms_max, what the client did take at the least rate, and how exact the limits are.
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
    let given_up = orma.metric("orma_streams_timed_out_total").unwrap();
    assert!(given_up >= f64::from(3 * STREAMS) * CONNECTIONS as f64, "{given_up}");
    let closed = "orma_connections_timed_out_total{reason=\"answer_not_taken\"}";
    assert!(orma.metric(closed).unwrap() >= 3.0 * CONNECTIONS as f64);
    // Whoever takes it gets it whole.
    let whole = request("GET", &orma.url(&script), &[], &[]);
    assert_eq!((whole.status, whole.text.len()), (200, script_bytes));
}

#[test]
fn bodies_that_never_come_are_not_waited_for() {
    let orma = short(Setup::default()).start();
    let head = b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 40\r\n\r\n";
    beacons_beside(&orma, || {
        all_are_told(connections(orma.listen, 3_000, head), 408, "body_too_slow");
        let mut streams: Vec<TcpStream> = (0..CONNECTIONS)
            .map(|_| {
                let mut stream = raw::hello(orma.listen, 65_535);
                let path = "/api/v1/session";
                let asked: Vec<u8> = (0..STREAMS).flat_map(|n| raw::post(2 * n + 1, path)).collect();
                stream.write_all(&asked).unwrap();
                stream
            })
            .collect();
        for stream in &mut streams {
            let seen = raw::read_to_end(stream);
            assert!(seen.goodbye && seen.answers == STREAMS as usize, "{seen:?}");
        }
    });
    wait_for("all to go", || (orma.metric("orma_connections") == Some(0.0)).then_some(()));
}

#[test]
fn the_query_service_alone_and_the_admin_port_have_the_same_limits() {
    let remote = Remote::start();
    drop(Setup::default().argument("--clickhouse-url", remote.url()).start());
    let orma = short(Setup::query(remote.url())).start();
    let half = b"GET / HTTP/1.1\r\nhost: x\r\nx-slow:";
    let body = b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\n{";
    for address in [orma.listen, orma.admin] {
        all_are_told(connections(address, 300, half), 408, "head_too_slow");
        all_are_told(connections(address, 300, body), 408, "body_too_slow");
        // Idle ones, silent from the first byte on or later.
        let mut silent = connect(address);
        assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0);
    }
    all_are_told(connections(orma.listen, 3_000, body), 408, "body_too_slow");
    let mut streams: Vec<TcpStream> = [orma.listen, orma.admin]
        .into_iter()
        .map(|address| {
            let mut stream = raw::hello(address, 0);
            let path = if address == orma.admin { "/metrics" } else { "/" };
            let asked: Vec<u8> = (0..STREAMS).flat_map(|n| raw::get(2 * n + 1, path)).collect();
            stream.write_all(&asked).unwrap();
            stream
        })
        .collect();
    for stream in &mut streams {
        let seen = raw::read_to_end(stream);
        assert!(seen.goodbye && seen.resets >= STREAMS as usize, "{seen:?}");
    }
    assert_eq!(request("GET", &orma.url("/"), &[], &[]).status, 200);
    assert!(orma.metric("orma_connections").is_some());
    let unknown = request("GET", &format!("http://{}/nothing", orma.admin), &[], &[]);
    assert_eq!((unknown.status, unknown.json()["error"]["code"].clone()), (404, json!("not_found")));
    let posted = request("POST", &format!("http://{}/metrics", orma.admin), &[], &[]);
    assert_eq!(posted.status, 405);
}
