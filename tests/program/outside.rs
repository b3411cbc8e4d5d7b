//! What a client can hold of the program has a bound, in bytes and in time, whichever port and protocol it comes by.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::remote::Remote;
use crate::support::{self, Answer, ManyFiles, Orma, PATIENCE, Setup, read_answer, request, wait_for};

/// Time limits of these tests, in milliseconds.
const SHORT: [(&str, &str); 3] =
    [("--idle-ms-max", "2000"), ("--body-ms-max", "1000"), ("--header-ms-max", "1000")];

fn short(setup: Setup) -> Setup {
    SHORT.into_iter().fold(setup, |setup, (name, value)| setup.argument(name, value))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// As many connections as were asked for, or as the system allows.
fn connections(files: &ManyFiles, address: SocketAddr, count: u64, first: &[u8]) -> Vec<TcpStream> {
    let begun = |_| {
        let mut stream = connect(address);
        stream.write_all(first).unwrap();
        stream
    };
    (0..count.min(files.connections_max)).map(begun).collect()
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
                let body =
                    json!({"site": "demo", "visitor": "v", "events": [{"kind": "page_view", "url": "/a"}]});
                let begun = Instant::now();
                assert_eq!(orma.post(body.to_string(), &[]).status, 200);
                took.push(begun.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            took.sort();
            took
        });
        // Also when the attack fails, or this would never end.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(attack));
        over.store(true, Ordering::Relaxed);
        let took = honest.join().unwrap();
        let p99 = took[took.len() * 99 / 100];
        println!("{} honest beacons: p99 {p99:?}, longest {:?}", took.len(), took.last().unwrap());
        // Each was answered. How soon on a machine that does nothing else is for the torture to say.
        if std::env::var_os("ORMA_TORTURE").is_some() {
            assert!(p99 < Duration::from_millis(50), "{p99:?}");
        }
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

// ---- HTTP/2 by hand: a client that no library would be

mod raw {
    use super::{Duration, Instant, PATIENCE, Read, SocketAddr, TcpStream, Write, connect};

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
        get_as(stream, path, "nobody")
    }

    /// Asks with a bearer token.
    pub fn get_as(stream: u32, path: &str, token: &str) -> Vec<u8> {
        // :method GET, :scheme http
        let mut block = vec![0x82, 0x86];
        literal(&mut block, 0x04, path);
        literal(&mut block, 0x01, "localhost");
        // authorization: number 23 of the static table, never indexed, whose number takes a second byte.
        block.extend([0x1f, 23 - 15]);
        let value = format!("Bearer {token}");
        block.push(value.len() as u8);
        block.extend(value.as_bytes());
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

    /// Reads for a while, longer if less than so many bytes have come by then, and says what came.
    pub fn read_for(stream: &mut TcpStream, time: Duration, data_bytes_min: usize) -> Seen {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let begun = Instant::now();
        let mut seen = Seen::default();
        while (begun.elapsed() < time || seen.data_bytes < data_bytes_min) && read_frame(stream, &mut seen) {}
        seen
    }

    /// Reads to the connection's end. Answers pings and settings, as a client does that wants to stay, and nothing else.
    pub fn read_to_end(stream: &mut TcpStream) -> Seen {
        let mut seen = Seen::default();
        while read_frame(stream, &mut seen) {}
        seen
    }

    fn read_frame(stream: &mut TcpStream, seen: &mut Seen) -> bool {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).is_err() {
            return false;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if stream.read_exact(&mut payload).is_err() {
            return false;
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
        true
    }
}

/// The largest script of the dashboard, and its bytes.
fn largest_script(orma: &Orma) -> (String, usize) {
    let page = request("GET", &orma.url("/"), &[], &[]).text;
    let is_script = |part: &&str| {
        part.starts_with("/assets/") && Path::new(part).extension().is_some_and(|end| end == "js")
    };
    let scripts = page.split('"').filter(is_script);
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
        println!("window {window}: {} connections ended after {:?}", streams.len(), begun.elapsed());
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
        all_are_told(connections(&ManyFiles::take(), orma.listen, 3_000, head), 408, "body_too_slow");
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
        all_are_told(connections(&ManyFiles::take(), address, 300, half), 408, "head_too_slow");
        all_are_told(connections(&ManyFiles::take(), address, 300, body), 408, "body_too_slow");
        // Idle ones, silent from the first byte on or later.
        let mut silent = connect(address);
        assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0);
    }
    all_are_told(connections(&ManyFiles::take(), orma.listen, 3_000, body), 408, "body_too_slow");
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

#[test]
fn on_http1_an_answer_that_is_not_taken_ends_as_well() {
    let orma = short(Setup::default()).start();
    let (script, script_bytes) = largest_script(&orma);
    let mut greedy = connect(orma.listen);
    // More than the buffers between the two hold.
    let asked = format!("GET {script} HTTP/1.1\r\nhost: x\r\n\r\n").repeat((64 << 20) / script_bytes);
    greedy.set_nonblocking(true).unwrap();
    drop(greedy.write(asked.as_bytes()));
    let closed = "orma_connections_timed_out_total{reason=\"answer_not_taken\"}";
    wait_for("the end", || (orma.metric(closed) == Some(1.0)).then_some(()));
    drop(greedy);
}

#[test]
fn answers_that_are_not_taken_leave_no_room_for_more_and_then_do() {
    let orma = short(Setup::default()).argument("--answer-bytes-max", "10000").start();
    let series = "/api/v1/sites/demo/stats?interval=hour&from=2026-11-01&to=2026-11-10";
    assert!(orma.get(series).text.len() > 10_000, "alone it has room, whatever its size");
    let mut holding = raw::hello(orma.listen, 0);
    holding.write_all(&raw::get_as(1, series, support::ADMIN_TOKEN)).unwrap();
    let busy = wait_for("the answer that is not taken", || {
        Some(orma.get(series)).filter(|answer| answer.status == 503)
    });
    assert_eq!(busy.json()["error"]["code"], "busy");
    assert!(busy.header("retry-after").is_some());
    // What all share takes no room.
    assert_eq!(request("GET", &orma.url("/"), &[], &[]).status, 200);
    assert_eq!(request("GET", &orma.url("/api/openapi.json"), &[], &[]).status, 200);
    assert!(raw::read_to_end(&mut holding).resets >= 1);
    assert_eq!(orma.get(series).status, 200);
}

#[test]
fn a_live_stream_outlasts_the_limits_as_long_as_it_is_taken() {
    const LONGER: Duration = Duration::from_secs(7);
    let orma = short(Setup::default()).start();
    let live = "/api/v1/sites/demo/live";
    let token = support::ADMIN_TOKEN;
    let mut http1 = connect(orma.listen);
    http1
        .write_all(
            format!("GET {live} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n").as_bytes(),
        )
        .unwrap();
    let mut http2 = raw::hello(orma.listen, 65_535);
    http2.write_all(&raw::get_as(1, live, token)).unwrap();
    let mut refused = raw::hello(orma.listen, 1);
    refused.write_all(&raw::get_as(1, live, token)).unwrap();

    let seen = raw::read_for(&mut http2, LONGER, 101);
    assert!(seen.answers == 1 && seen.resets == 0 && !seen.goodbye, "{seen:?}");
    // What came meanwhile, and what comes.
    let mut text = String::new();
    while text.matches("event: snapshot").count() < 9 {
        let mut piece = [0; 4_096];
        let length = http1.read(&mut piece).expect("it goes on");
        assert!(length > 0, "it goes on");
        text += &String::from_utf8_lossy(&piece[..length]);
    }
    let seen = raw::read_to_end(&mut refused);
    assert!(seen.resets == 1 && seen.goodbye, "{seen:?}");
}

// ---- What cannot be read

fn raw_answer(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(address);
    drop(stream.write_all(bytes));
    read_answer(&mut stream).unwrap()
}

#[test]
fn a_head_that_cannot_be_read_is_answered_like_any_other_request() {
    let orma = short(Setup::default()).start();
    let origin = "Origin: https://shop.example\r\n";
    let many = "a: b\r\n".repeat(101);
    let large = format!("x-large: {}\r\n", "a".repeat(200_000));
    let somewhat = format!("x-large: {}\r\n", "a".repeat(40_000));
    for (what, head, status, code) in [
        ("no colon", format!("{origin}no colon\r\n"), 400, "head_unreadable"),
        ("too many", format!("{origin}{many}"), 431, "head_too_large"),
        ("too long", format!("{origin}{large}"), 431, "head_too_large"),
        ("longer than it may be, at once", format!("{origin}{somewhat}"), 431, "head_too_large"),
    ] {
        let request = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\n{head}\r\n");
        let answer = raw_answer(orma.listen, request.as_bytes());
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (status, &json!(code)),
            "{what}: {}",
            answer.text
        );
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"), "{what}");
        assert_eq!(answer.header("connection"), Some("close"), "{what}");
    }
    let slow = raw_answer(orma.listen, format!("POST /v1/events HTTP/1.1\r\n{origin}").as_bytes());
    assert_eq!((slow.status, &slow.json()["error"]["code"]), (408, &json!("head_too_slow")));
    assert_eq!(slow.header("access-control-allow-origin"), Some("https://shop.example"));
    // The second of two on one connection: the first is answered, whatever follows.
    let body =
        json!({"site": "demo", "visitor": "v", "events": [{"kind": "page_view", "url": "/a"}]}).to_string();
    let first =
        format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let both = raw_answer(orma.listen, format!("{first}GET / HTTP/1.1\r\nno colon\r\n\r\n").as_bytes());
    assert_eq!(both.status, 200);
    assert!(both.text.contains("HTTP/1.1 400 Bad Request"), "{}", both.text);
    let admin = raw_answer(orma.admin, b"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n");
    assert_eq!((admin.status, &admin.json()["error"]["code"]), (400, &json!("head_unreadable")));
}

// ---- Sessions

fn sign_in(orma: &Orma, token: &str, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"token": token}).to_string();
    let headers = [headers, &[("content-type", "application/json")]].concat();
    request("POST", &orma.url("/api/v1/session"), &headers, body.as_bytes())
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn signing_out_ends_the_session_and_nothing_else_does() {
    let mut orma = Setup::default().argument("--trusted-proxies", "127.0.0.1").start();
    let session = |orma: &Orma, cookie: &str| {
        request("GET", &orma.url("/api/v1/session"), &[("cookie", cookie)], &[]).status
    };
    let sign_out = |orma: &Orma, cookie: &str, from: &str| {
        let headers = [("cookie", cookie), ("sec-fetch-site", from)];
        request("DELETE", &orma.url("/api/v1/session"), &headers, &[])
    };
    let signed_in = sign_in(&orma, support::ADMIN_TOKEN, &[]);
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    let cookie = cookie_of(&signed_in);
    let other = cookie_of(&sign_in(&orma, support::ADMIN_TOKEN, &[]));
    assert_ne!(cookie, other);
    assert_eq!(session(&orma, &format!("orma_session=planted; orma_session=a.b; {cookie}")), 200);
    assert_eq!(session(&orma, "orma_session=planted"), 401);
    assert_eq!(sign_out(&orma, &cookie, "cross-site").status, 403);
    assert_eq!(session(&orma, &cookie), 200);
    assert_eq!(sign_out(&orma, &cookie, "same-origin").status, 204);
    assert_eq!((session(&orma, &cookie), session(&orma, &other)), (401, 200), "a copy is worth nothing");
    assert_eq!(orma.stop().code(), Some(0));
    orma.start_again();
    assert_eq!((session(&orma, &cookie), session(&orma, &other)), (401, 200), "a restart remembers");

    let https = [("x-forwarded-proto", "https"), ("x-forwarded-for", "79.0.0.1")];
    let secure = sign_in(&orma, support::ADMIN_TOKEN, &https);
    let set = secure.header("set-cookie").unwrap();
    assert!(
        set.starts_with("__Host-orma_session=") && set.contains("Path=/;") && set.contains("Secure"),
        "{set}"
    );
    let secure_cookie = cookie_of(&secure);
    assert_eq!(session(&orma, &format!("orma_session=planted; {secure_cookie}")), 200);
    // Whoever plants a session of his own does not take the place of the host's.
    assert_eq!(sign_out(&orma, &format!("{other}; {secure_cookie}"), "same-origin").status, 204);
    assert_eq!((session(&orma, &other), session(&orma, &secure_cookie)), (401, 401));
    let strict = |headers: &[(&str, &str)]| {
        let answer = request("GET", &orma.url("/"), headers, &[]);
        answer.header("strict-transport-security").map(str::to_owned)
    };
    assert_eq!((strict(&https).as_deref(), strict(&[])), (Some("max-age=31536000"), None));
}

#[test]
fn wrong_tokens_are_limited_counted_and_not_repeated() {
    let orma = Setup::default().argument("--trusted-proxies", "127.0.0.1").start();
    let from = |client: &str| vec![("x-forwarded-for".to_owned(), client.to_owned())];
    let ask = |client: &str, code: &str| {
        let headers = from(client);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .chain([("content-type", "application/json")])
            .collect();
        request("POST", &orma.url("/api/v1/session"), &headers, json!({"code": code}).to_string().as_bytes())
    };
    let answers: Vec<u16> = (0..70).map(|n| ask("79.0.0.1", &format!("{n:032x}")).status).collect();
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 60);
    let limited = ask("79.0.0.1", "0");
    assert_eq!((limited.status, &limited.json()["error"]["code"]), (429, &json!("too_many_attempts")));
    assert!((1..=60).contains(&limited.header("retry-after").unwrap().parse::<u64>().unwrap()));
    assert_eq!(ask("79.0.0.2", "0").status, 401, "a neighbour");
    let bearer = [("x-forwarded-for", "79.0.0.1"), ("authorization", "Bearer nonsense")];
    assert_eq!(
        request("GET", &orma.url("/api/v1/sites"), &bearer, &[]).status,
        429,
        "tokens are tried as well"
    );
    let known = sign_in(&orma, support::ADMIN_TOKEN, &[("x-forwarded-for", "79.0.0.1")]);
    assert_eq!(known.status, 200, "a known token is not held up");
    let count = |result: &str| orma.metric(&format!("orma_sign_ins_total{{result=\"{result}\"}}")).unwrap();
    assert_eq!((count("ok"), count("refused"), count("limited")), (1.0, 61.0, 12.0));
}

// ---- Numbers that a client makes up

#[test]
fn no_number_that_a_client_gives_is_our_fault() {
    use base64::Engine;
    let orma = Orma::start();
    let view = json!([{"kind": "page_view", "url": "/a"}, {"kind": "identify", "user": "u"}]);
    orma.collect(&view);
    wait_for("the person", || (orma.get("/api/v1/sites/demo/people/u").status == 200).then_some(()));
    let cursor = |text: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let numbers = [
        "-1",
        "0",
        "1",
        "9007199254740993",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999",
        "1e400",
        "-1e400",
        "1.5",
        "253402300800000",
        "-377705116800001",
    ];
    let people = "/api/v1/sites/demo/people";
    let mut asked = Vec::new();
    for number in numbers {
        let stats = "/api/v1/sites/demo/stats?group_by=page";
        asked.push((format!("{stats}&cursor={}", cursor(number.to_owned())), "cursor"));
        asked.push((format!("{stats}&limit={number}"), "limit"));
        asked.push((format!("{people}?limit={number}"), "limit"));
        asked.push((format!("{people}/u/journey?limit={number}"), "limit"));
        let person = format!("{{\"last_seen\":{number},\"person\":\"u\"}}");
        asked.push((format!("{people}?cursor={}", cursor(person)), "cursor"));
        let place =
            format!("{{\"started\":{number},\"visitor\":\"v\",\"session\":\"\",\"cut_before\":null}}");
        asked.push((format!("{people}/u/journey?cursor={}", cursor(place)), "cursor"));
        let cut = format!("{{\"started\":1,\"visitor\":\"v\",\"session\":\"\",\"cut_before\":{number}}}");
        asked.push((format!("{people}/u/journey?cursor={}", cursor(cut)), "cursor"));
    }
    let moments = [
        "-009999-01-01",
        "-000001-01-01",
        "0000-01-01",
        "0001-01-01",
        "1677-09-20",
        "1899-12-31",
        "1969-12-31",
        "2299-12-31",
        "2300-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "99999-01-01",
        "1970-01-01T00:00:00Z",
    ];
    for moment in moments {
        for path in ["stats", "people", "people/u/journey", "quality/web", "quality/app"] {
            asked.push((format!("/api/v1/sites/demo/{path}?from={moment}"), "from"));
            asked.push((format!("/api/v1/sites/demo/{path}?from=2020-01-01&to={moment}"), "to"));
        }
    }
    let mut faults = Vec::new();
    for (path, field) in asked {
        let answer = orma.get(&path);
        let named = answer.status == 400 && answer.json()["error"]["field"] == field;
        if answer.status != 200 && !named {
            faults.push(format!("{path}: {} {}", answer.status, answer.text));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    let beyond = orma.get(&format!(
        "/api/v1/sites/demo/stats?group_by=page&cursor={}",
        cursor("18446744073709551615".into())
    ));
    assert_eq!((beyond.status, &beyond.json()["error"]["field"]), (400, &json!("cursor")));
}

// ---- Scripts, images, settings

#[test]
fn the_script_is_one_answer_for_every_page_and_every_cache() {
    let orma = Orma::start();
    let ask = |method: &str, headers: &[(&str, &str)]| request(method, &orma.url("/orma.js"), headers, &[]);
    let public = |answer: &Answer| {
        ["vary", "access-control-allow-origin", "cache-control", "etag", "content-encoding"]
            .map(|name| answer.header(name).unwrap_or_default().to_owned())
    };
    let mut tags = std::collections::BTreeSet::new();
    for coding in ["br", "gzip", "identity"] {
        let encoding = ("accept-encoding", coding);
        let plain = ask("HEAD", &[encoding]);
        assert_eq!((plain.status, plain.text.as_str()), (200, ""), "{coding}");
        assert!(plain.header("content-length").unwrap().parse::<u64>().unwrap() > 1_000, "{coding}");
        assert_eq!(&public(&plain)[..2], ["Accept-Encoding", "*"]);
        for origin in ["https://a.example", "https://b.example", "null"] {
            let of_page = ask("HEAD", &[encoding, ("origin", origin)]);
            assert_eq!(public(&of_page), public(&plain), "{origin}");
            assert!(of_page.header("access-control-allow-credentials").is_none());
        }
        tags.insert(public(&plain)[3].clone());
    }
    assert_eq!(tags.len(), 3, "{tags:?}");
    let other = ask("GET", &[("accept-encoding", "br;q=0")]);
    assert!(other.header("content-encoding").is_none() && other.text.contains("orma"));
}

/// A collector that knows one site, which takes events of one origin.
fn with_origins(setup: Setup) -> Orma {
    let dir = tempfile::tempdir().unwrap();
    let site = json!({"site": "demo", "name": "Demo", "timezone": "Europe/Rome", "currency": "EUR",
        "origins": ["https://shop.example"]});
    let sites = json!({"sites": {"demo": site}, "keys": {"demo": "demo"}, "tokens": {}});
    std::fs::write(dir.path().join("sites.json"), sites.to_string()).unwrap();
    Orma::start_in(dir, setup)
}

/// Nobody listens on the port of the discard protocol: ClickHouse is away.
const AWAY: &str = "http://orma:secret@127.0.0.1:9/orma";

#[test]
fn a_sites_origins_hold_for_images_too() {
    let orma = with_origins(Setup::collect(AWAY));
    let data = r#"{"writeKey":"demo","anonymousId":"a","event":"x"}"#;
    let data = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(data)
    };
    for path in ["/p.gif?site=demo&url=/a".to_owned(), format!("/v1/pixel/track?data={data}")] {
        for (headers, status) in [
            (&[("referer", "https://shop.example/a?b")][..], 200),
            (&[("referer", "https://shop.example")], 200),
            (&[("referer", "https://evil.example/")], 403),
            (&[("referer", "https://shop.example.evil.example/")], 403),
            (&[("referer", "https://shop.example@evil.example/")], 403),
            (&[("referer", "http://shop.example/")], 403),
            (&[("origin", "https://shop.example"), ("referer", "https://evil.example/")], 200),
            (&[("origin", "https://evil.example"), ("referer", "https://shop.example/")], 403),
            (&[], 200),
        ] {
            let answer = request("GET", &orma.url(&path), headers, &[]);
            assert_eq!(answer.status, status, "{path} {headers:?}: {}", answer.text);
        }
        let unreadable = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let bytes = [unreadable.as_bytes(), b"origin: \xff\r\n\r\n"].concat();
        assert_eq!(raw_answer(orma.listen, &bytes).status, 403, "{path}");
    }
}

#[test]
fn an_answer_that_repeats_the_asked_host_is_kept_by_no_shared_cache() {
    let forwarded = [("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
    let ask = |orma: &Orma| request("GET", &orma.url("/v1/projects/demo/settings"), &forwarded, &[]);
    let trusting = with_origins(Setup::collect(AWAY).argument("--trusted-proxies", "127.0.0.1"));
    let answer = ask(&trusting);
    assert!(answer.text.contains("evil.example"), "a trusted proxy is believed: {}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("private, max-age=300"));
    let told = with_origins(
        Setup::collect(AWAY)
            .argument("--trusted-proxies", "127.0.0.1")
            .argument("--public-url", "https://collect.example"),
    );
    let answer = ask(&told);
    assert!(answer.text.contains("collect.example/v1") && !answer.text.contains("evil"), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
}

// ---- The disk, and the demo

#[test]
fn a_collector_whose_disk_is_full_is_not_ready_until_it_is_not() {
    let (orma, trigger, _dir) = support::with_failing_disk(Setup::default());
    let ready = || {
        let at = |address: SocketAddr| request("GET", &format!("http://{address}/readyz"), &[], &[]).status;
        (at(orma.listen), at(orma.admin))
    };
    let body =
        json!({"site": "demo", "visitor": "v", "events": [{"kind": "page_view", "url": "/a"}]}).to_string();
    assert_eq!(ready(), (200, 200));
    std::fs::write(&trigger, "full").unwrap();
    assert_eq!(orma.post(body.clone(), &[]).status, 503);
    assert_eq!(ready(), (503, 503));
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(ready(), (503, 503), "it is still full");
    std::fs::remove_file(&trigger).unwrap();
    // A load balancer sends nothing to it now: it finds out by itself.
    wait_for("room", || (ready() == (200, 200)).then_some(()));
    assert_eq!(orma.post(body, &[]).status, 200);
}

#[test]
fn the_demo_can_be_left_out_and_runs_no_foreign_script() {
    let with = Orma::start();
    let page = request("GET", &with.url("/demo/"), &[], &[]);
    let policy = page.header("content-security-policy").unwrap();
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
    assert!(scripts.contains("'sha256-") && !scripts.contains("unsafe"), "{scripts}");

    let without = Setup::default().flag("--without-demo").start();
    assert!(!request("GET", &without.url("/demo/"), &[], &[]).text.contains("data-site=\"demo\""));
    assert_eq!(without.ask("/api/v1/sites")["items"], json!([]));
    let body = json!({"site": "demo", "visitor": "v", "events": [{"kind": "page_view", "url": "/a"}]});
    assert_eq!(without.post(body.to_string(), &[]).status, 401);
}
