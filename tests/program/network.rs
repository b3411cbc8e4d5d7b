//! The collector on a network that is slow, hostile, encrypted, or behind a proxy.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio_rustls::rustls;

use crate::support::remote::Remote;
use crate::support::{self, Answer, ManyFiles, Orma, PATIENCE, Setup, read_answer, wait_for};

/// Nobody listens on the port of the discard protocol: ClickHouse is away.
const AWAY: &str = "http://orma:secret@127.0.0.1:9/orma";

fn view(number: u32) -> Value {
    json!({"id": format!("0193a1b2-c3d4-7e5f-8a9b-{number:012x}"), "kind": "page_view", "url": "https://b.example/a"})
}

fn batch(number: u32) -> String {
    json!({"site": "demo", "visitor": "v1", "events": [view(number)]}).to_string()
}

/// A data directory in which a collector left what it knew of the site `demo`.
fn remembered() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let sites = json!({
        "sites": {"demo": {"site": "demo", "name": "Demo", "timezone": "Europe/Rome", "currency": "EUR", "origins": []}},
        "keys": {"demo": "demo"},
        "tokens": {}
    });
    std::fs::write(dir.path().join("sites.json"), sites.to_string()).unwrap();
    dir
}

fn edge(arguments: &[(&str, &str)]) -> Orma {
    let setup = arguments.iter().fold(Setup::collect(AWAY), |setup, (name, value)| match *value {
        "" => setup.flag(name),
        value => setup.argument(name, value),
    });
    Orma::start_in(remembered(), setup)
}

fn connect(orma: &Orma) -> TcpStream {
    let stream = TcpStream::connect(orma.listen).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One request on a connection that stays open.
fn keep_alive(stream: &mut TcpStream, headers: &str, body: &str) -> (u16, String) {
    let head =
        format!("POST /v1/events HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes()).unwrap();
    read_one(stream)
}

/// Status and body of the next answer, which says its length.
fn read_one(stream: &mut TcpStream) -> (u16, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), String::from_utf8(body).unwrap())
}

fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_))
}

fn rejected(orma: &Orma, reason: &str) -> f64 {
    orma.metric(&format!("orma_events_rejected_total{{reason=\"{reason}\"}}")).unwrap_or(0.0)
}

fn refused(orma: &Orma, reason: &str) -> f64 {
    orma.metric(&format!("orma_connections_refused_total{{reason=\"{reason}\"}}")).unwrap_or(0.0)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

// ---- TLS and HTTP/2

/// Writes a new self-signed pair; returns what a client must trust.
fn write_pair(dir: &Path) -> rustls::RootCertStore {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(dir.join("certificate.pem"), made.cert.pem()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    roots
}

type TlsStream = tokio_rustls::client::TlsStream<tokio::net::TcpStream>;

async fn handshake(
    address: SocketAddr,
    roots: rustls::RootCertStore,
    protocol: &[u8],
) -> std::io::Result<TlsStream> {
    let mut config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = tokio::net::TcpStream::connect(address).await?;
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

type Sender = hyper::client::conn::http2::SendRequest<Full<Bytes>>;

async fn http2<S>(stream: S) -> Sender
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

fn post(number: u32) -> Request<Full<Bytes>> {
    Request::post("http://localhost/v1/events").body(Full::new(batch(number).into())).unwrap()
}

async fn text(response: Response<Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

const TAKEN: &str = r#"{"accepted":1,"rejected":[]}"#;

#[test]
fn tls_speaks_both_protocols_and_takes_a_new_certificate_while_it_runs() {
    let pair = tempfile::tempdir().unwrap();
    let first = write_pair(pair.path());
    let path = |name: &str| pair.path().join(name).to_str().unwrap().to_owned();
    let orma = edge(&[("--tls-certificate", &path("certificate.pem")), ("--tls-key", &path("key.pem"))]);
    let address = orma.listen;
    block_on(async {
        let stream = handshake(address, first.clone(), b"h2").await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let mut sender = http2(stream).await;
        assert_eq!(text(sender.send_request(post(1)).await.unwrap()).await, (200, TAKEN.to_owned()));

        let stream = handshake(address, first.clone(), b"http/1.1").await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        for number in 2..5 {
            assert_eq!(text(sender.send_request(post(number)).await.unwrap()).await, (200, TAKEN.to_owned()));
            // Longer than it takes to be parked.
            tokio::time::sleep(Duration::from_millis(if number == 2 { 1_700 } else { 0 })).await;
        }
    });

    let mut plain = connect(&orma);
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answered = Vec::new();
    drop(plain.read_to_end(&mut answered));
    assert!(!answered.starts_with(b"HTTP"), "nothing is answered in the clear");
    wait_for("the failed handshake", || {
        (orma.metric("orma_tls_handshakes_failed_total") == Some(1.0)).then_some(())
    });

    std::fs::write(pair.path().join("certificate.pem"), "nonsense").unwrap();
    wait_for("the bad pair", || (orma.metric("orma_tls_certificate_stale") == Some(1.0)).then_some(()));
    assert!(block_on(handshake(address, first.clone(), b"h2")).is_ok(), "the old one is still good");
    let second = write_pair(pair.path());
    wait_for("the new pair", || block_on(handshake(address, second.clone(), b"h2")).ok());
    assert!(block_on(handshake(address, first, b"h2")).is_err());
    wait_for("the metric", || (orma.metric("orma_tls_certificate_stale") == Some(0.0)).then_some(()));
}

#[test]
fn http2_needs_no_tls_and_has_its_limits() {
    let orma = edge(&[("--streams-max", "7"), ("--header-bytes-max", "8192"), ("--idle-ms-max", "2000")]);
    block_on(async {
        let mut sender = http2(tokio::net::TcpStream::connect(orma.listen).await.unwrap()).await;
        // The server's limits come with its first answer; until then a client may open more streams than it may.
        assert_eq!(text(sender.send_request(post(0)).await.unwrap()).await.0, 200);
        let mut answers = tokio::task::JoinSet::new();
        for number in 1..50 {
            let answer = sender.send_request(post(number));
            answers.spawn(async move { text(answer.await.unwrap()).await });
        }
        for answer in answers.join_all().await {
            assert_eq!(answer, (200, TAKEN.to_owned()));
        }
        let large = Request::get("http://localhost/healthz").header("x-large", "a".repeat(9_000));
        let large = large.body(Full::default()).unwrap();
        assert_eq!(text(sender.send_request(large).await.unwrap()).await.0, 431);
        let preflight = Request::options("http://localhost/v1/events").body(Full::default()).unwrap();
        assert_eq!(sender.send_request(preflight).await.unwrap().status(), 204);
        // Idle for too long: the server says goodbye.
        while !sender.is_closed() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert!((rejected(&orma, "head_too_large") - 1.0).abs() < 0.1);
}

// ---- Proxies

/// Whether all of 15 requests are answered, when an address may send ten at once.
fn all_are_answered(orma: &Orma, headers: impl Fn(u32) -> String) -> bool {
    let mut stream = connect(orma);
    (0..15).all(|number| keep_alive(&mut stream, &headers(number), &batch(number)).0 == 200)
}

/// Whether one request is refused in the end, when an address may send ten at once and one a second.
fn one_is_refused(stream: &mut TcpStream, headers: impl Fn(u32) -> String) -> bool {
    (0..250).any(|number| keep_alive(stream, &headers(number), &batch(number)).0 == 429)
}

const ONE_A_SECOND: (&str, &str) = ("--requests-per-second-per-address", "1");

#[test]
fn only_trusted_proxies_say_who_the_client_is() {
    let trusting = edge(&[ONE_A_SECOND, ("--trusted-proxies", "127.0.0.1, 10.0.0.0/8")]);
    let limits = |orma: &Orma, headers: &dyn Fn(u32) -> String| one_is_refused(&mut connect(orma), headers);
    assert!(all_are_answered(&trusting, |n| format!("x-forwarded-for: 79.0.0.{n}\r\n")), "15 clients");
    assert!(limits(&trusting, &|_| "x-forwarded-for: 80.0.0.1\r\n".into()), "one client");
    let invented = |n| format!("x-forwarded-for: 6.6.6.{n}, 81.0.0.1, 10.1.1.1\r\n");
    assert!(limits(&trusting, &invented), "what stands before the trusted proxies is the client's own word");
    assert!(all_are_answered(&trusting, |n| format!("forwarded: for=82.0.0.{n}\r\n")), "loopback is exempt");

    let rfc = [ONE_A_SECOND, ("--trusted-proxies", "127.0.0.1"), ("--forwarded-header", "forwarded")];
    let rfc = edge(&rfc);
    assert!(all_are_answered(&rfc, |n| format!("forwarded: for=79.0.0.{n};proto=https\r\n")));
    let invented = |n| format!("x-forwarded-for: 6.6.6.{n}\r\nforwarded: for=\"80.0.0.1:9\"\r\n");
    assert!(limits(&rfc, &invented));

    let alone = edge(&[ONE_A_SECOND, ("--limit-loopback", "")]);
    let spoofed = |n| format!("x-forwarded-for: 79.0.0.{n}\r\nforwarded: for=79.0.0.{n}\r\n");
    assert!(limits(&alone, &spoofed), "nobody is trusted unless named");
}

fn proxy_header(client: [u8; 4]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c".to_vec();
    header.extend(client);
    header.extend([10, 0, 0, 1, 0x30, 0x39, 0x00, 0x50]);
    header
}

#[test]
fn the_proxy_protocol_names_the_client_of_a_whole_connection() {
    let orma = edge(&[ONE_A_SECOND, ("--trusted-proxies", "127.0.0.1"), ("--proxy-protocol", "")]);
    let begin = |header: &[u8]| {
        let mut stream = connect(&orma);
        stream.write_all(header).unwrap();
        stream
    };
    let mut of_one = begin(&proxy_header([79, 0, 0, 1]));
    let spoofed = |n: u32| format!("x-forwarded-for: 6.6.6.{n}\r\n");
    assert!(one_is_refused(&mut of_one, spoofed));
    assert_eq!(keep_alive(&mut begin(&proxy_header([79, 0, 0, 2])), "", &batch(20)).0, 200);
    let line = b"PROXY TCP4 79.0.0.3 10.0.0.1 12345 80\r\n";
    assert_eq!(keep_alive(&mut begin(line), "", &batch(21)).0, 200);
    let half = proxy_header([79, 0, 0, 4]);
    let mut slow = begin(&half[..10]);
    std::thread::sleep(Duration::from_millis(100));
    slow.write_all(&half[10..]).unwrap();
    assert_eq!(keep_alive(&mut slow, "", &batch(22)).0, 200);

    assert!(is_closed(&mut begin(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")));
    assert!(is_closed(&mut begin(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff")));
    wait_for("the count", || (refused(&orma, "proxy_protocol") >= 2.0).then_some(()));

    let strict = edge(&[("--trusted-proxies", "10.0.0.0/8"), ("--proxy-protocol", "")]);
    let mut stream = connect(&strict);
    drop(stream.write_all(&proxy_header([79, 0, 0, 1])));
    assert!(is_closed(&mut stream));
    wait_for("the count", || (refused(&strict, "not_a_trusted_proxy") >= 1.0).then_some(()));
}

// ---- Time

#[test]
fn an_idle_connection_lives_longer_than_a_head_may_take() {
    let orma = edge(&[("--header-ms-max", "300"), ("--body-ms-max", "300")]);
    let mut idle = connect(&orma);
    for number in 0..3 {
        assert_eq!(keep_alive(&mut idle, "", &batch(number)), (200, TAKEN.to_owned()));
        // Longer than a head may take, and long enough to be parked.
        std::thread::sleep(Duration::from_millis(if number == 0 { 1_800 } else { 600 }));
    }
    // Half a request before, the rest after being parked is out of the question; two at once are answered in turn.
    let body = batch(7);
    let one = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    idle.write_all((one.clone() + &one).as_bytes()).unwrap();
    assert_eq!((read_one(&mut idle).0, read_one(&mut idle).0), (200, 200));

    let mut slow_head = connect(&orma);
    slow_head.write_all(b"POST /v1/events HTTP/1.1\r\nhost: x\r\n").unwrap();
    let answer = read_answer(&mut slow_head).unwrap();
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (408, &json!("head_too_slow")));

    // A head that comes drop by drop, on a connection that was good once.
    slow_head = connect(&orma);
    assert_eq!(keep_alive(&mut slow_head, "", &batch(8)).0, 200);
    let mut ended = false;
    for byte in b"POST /v1/events HTTP/1.1\r\nx-slow: ".iter().cycle().take(2_000) {
        std::thread::sleep(Duration::from_millis(20));
        if slow_head.write_all(&[*byte]).is_err() {
            ended = true;
            break;
        }
    }
    assert!(ended);

    let mut slow_body = connect(&orma);
    slow_body
        .write_all(b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{\"site\"")
        .unwrap();
    let answer = read_answer(&mut slow_body).unwrap();
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (408, &json!("body_too_slow")));
    assert!((rejected(&orma, "head_too_slow") - 2.0).abs() < 0.1);
    assert!((rejected(&orma, "body_too_slow") - 1.0).abs() < 0.1);
}

#[test]
fn an_idle_connection_is_closed_in_the_end_and_a_steady_body_is_waited_for() {
    let orma =
        edge(&[("--idle-ms-max", "2000"), ("--body-ms-max", "2000"), ("--body-bytes-per-second-min", "100")]);
    let mut silent = connect(&orma);
    let mut idle = connect(&orma);
    assert_eq!(keep_alive(&mut idle, "", &batch(1)).0, 200);
    assert!(is_closed(&mut idle) && is_closed(&mut silent));
    let idles = "orma_connections_timed_out_total{reason=\"idle\"}";
    wait_for("the count", || (orma.metric(idles) == Some(2.0)).then_some(()));

    // Three seconds for 2 KiB: slower than body_ms_max, and far from the 20 of the least rate.
    let body =
        json!({"site": "demo", "visitor": "v", "events": [view(2)], "context": {"sdk": "x".repeat(2_000)}});
    let body = body.to_string();
    let mut steady = connect(&orma);
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    steady.write_all(head.as_bytes()).unwrap();
    for part in body.as_bytes().chunks(200) {
        steady.write_all(part).unwrap();
        std::thread::sleep(Duration::from_millis(275));
    }
    assert_eq!(read_one(&mut steady).0, 200);
}

// ---- Room

#[test]
fn connections_and_bytes_in_flight_are_bounded() {
    let one = edge(&[("--connections-max-per-address", "3"), ("--limit-loopback", "")]);
    let mut admitted: Vec<TcpStream> = (0..3).map(|_| connect(&one)).collect();
    for (number, stream) in admitted.iter_mut().enumerate() {
        assert_eq!(keep_alive(stream, "", &batch(number as u32)).0, 200);
    }
    assert!(is_closed(&mut connect(&one)));
    assert!(refused(&one, "connections_max_per_address") >= 1.0);
    drop(admitted.pop());
    wait_for("room", || {
        let mut stream = connect(&one);
        drop(stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        read_answer(&mut stream).ok().filter(|answer| answer.status == 200)
    });

    let few = edge(&[("--connections-max", "2"), ("--workers", "1"), ("--inflight-bytes-max", "100000")]);
    let open = |count: f64| {
        wait_for("the others to go", || (few.metric("orma_connections") == Some(count)).then_some(()));
    };
    let mut first = connect(&few);
    let large =
        json!({"site": "demo", "visitor": "v", "events": [view(1)], "context": {"sdk": "x".repeat(70_000)}});
    let large = large.to_string();
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", large.len());
    first.write_all((head + &large[..large.len() - 1]).as_bytes()).unwrap();
    // Most likely it is read by then. If not, another finds room until it is.
    std::thread::sleep(Duration::from_millis(200));
    let url = few.url("/v1/events");
    let busy = wait_for("no room", || {
        let answer = support::try_request("POST", &url, &[], large.as_bytes()).ok()?;
        (answer.status == 503).then_some(answer)
    });
    assert_eq!(busy.json()["error"]["code"], "busy");
    assert!(busy.header("retry-after").is_some());
    open(1.0);
    let mut second = connect(&few);
    assert_eq!(keep_alive(&mut second, "", &batch(2)).0, 200, "small ones still have room");
    assert!(is_closed(&mut connect(&few)));
    assert!(refused(&few, "connections_max") >= 1.0);
    drop(second);
    first.write_all(&large.as_bytes()[large.len() - 1..]).unwrap();
    assert_eq!(read_one(&mut first).0, 200);
    // Until the second is gone, a new one is closed.
    wait_for("room", || {
        let answer = support::try_request("POST", &url, &[], large.as_bytes()).ok()?;
        (answer.status == 200).then_some(())
    });
}

fn raw(orma: &Orma, bytes: &[u8]) -> Answer {
    let mut stream = connect(orma);
    drop(stream.write_all(bytes));
    read_answer(&mut stream).unwrap()
}

#[test]
fn every_request_that_a_limit_refuses_is_in_the_ledger() {
    let remote = Remote::start();
    let migrated = Setup::default().argument("--clickhouse-url", remote.url());
    let up = migrated
        .argument("--header-ms-max", "2000")
        .argument("--body-ms-max", "2000")
        .argument("--inflight-bytes-max", "60000")
        .argument("--workers", "1")
        .argument("--trusted-proxies", "127.0.0.1")
        .argument(ONE_A_SECOND.0, ONE_A_SECOND.1)
        .start();
    let mut expected = std::collections::BTreeMap::new();
    let mut note = |reason: &'static str, status: u16, expected_status: u16| {
        assert_eq!(status, expected_status, "{reason}");
        *expected.entry(reason).or_insert(0_u64) += 1;
    };
    let large_head = format!("POST /v1/events HTTP/1.1\r\nx-large: {}\r\n\r\n", "a".repeat(200_000));
    note("head_too_large", raw(&up, large_head.as_bytes()).status, 431);
    let many = format!("POST /v1/events HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
    note("head_too_large", raw(&up, many.as_bytes()).status, 431);
    note("head_unreadable", raw(&up, b"POST /v1/events HTTP/1.1\r\nno colon\r\n\r\n").status, 400);
    note("head_unreadable", raw(&up, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").status, 400);
    note("head_too_slow", raw(&up, b"POST /v1/events HT").status, 408);
    let post = "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length:";
    note("body_too_slow", raw(&up, format!("{post} 10\r\n\r\n{{").as_bytes()).status, 408);
    note("body_too_large", raw(&up, format!("{post} 2000000\r\n\r\n{{").as_bytes()).status, 413);
    note("busy", up.post(vec![b' '; 100_000], &[]).status, 503);
    note("not_json", up.post("{", &[]).status, 400);
    let mut stream = connect(&up);
    stream.write_all(format!("{post} 10\r\n\r\n{{").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    drop(read_answer(&mut stream));
    note("body_cut", 400, 400);
    let limited = (0..250).find_map(|number| {
        let status = up.post(batch(number), &[("x-forwarded-for", "79.0.0.1")]).status;
        (status != 200).then_some(status)
    });
    note("rate_limited", limited.expect("250 requests are too many for one address"), 429);
    let counted = wait_for("the ledger", || {
        let rows =
            up.sql("SELECT reason, sum(events) AS n FROM ledger WHERE outcome = 'rejected' GROUP BY reason");
        let counted: std::collections::BTreeMap<String, u64> = rows
            .iter()
            .map(|row| (row["reason"].as_str().unwrap().to_owned(), row["n"].as_u64().unwrap()))
            .collect();
        (counted.values().sum::<u64>() >= expected.values().sum()).then_some(counted)
    });
    let expected: std::collections::BTreeMap<String, u64> =
        expected.into_iter().map(|(reason, n)| (reason.to_owned(), n)).collect();
    assert_eq!(counted, expected);
}

// ---- Stopping, and several

/// Half of it is for the connections; the other half is spent waiting for ClickHouse, which is away.
const DRAIN: (&str, &str) = ("--drain-ms-max", "8000");

#[test]
fn a_stop_closes_the_idle_at_once_and_answers_what_is_in_flight() {
    let mut orma = edge(&[DRAIN]);
    let mut never_used = connect(&orma);
    let mut idle = connect(&orma);
    assert_eq!(keep_alive(&mut idle, "", &batch(1)).0, 200);
    let mut busy = connect(&orma);
    let body = batch(2);
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    busy.write_all((head + &body[..10]).as_bytes()).unwrap();
    wait_for("all three", || (orma.metric("orma_connections") == Some(3.0)).then_some(()));
    std::thread::sleep(Duration::from_millis(100));
    orma.begin_stop();
    // If they were closed only when the time is up, the busy one would be closed as well.
    assert!(is_closed(&mut never_used) && is_closed(&mut idle));
    busy.write_all(&body.as_bytes()[10..]).unwrap();
    assert_eq!(read_answer(&mut busy).unwrap().status, 200);
    assert_eq!(orma.stop().code(), Some(0));
}

#[test]
fn a_stop_says_goodbye_over_tls_and_http2() {
    let pair = tempfile::tempdir().unwrap();
    let roots = write_pair(pair.path());
    let path = |name: &str| pair.path().join(name).to_str().unwrap().to_owned();
    let certificate = ("--tls-certificate", path("certificate.pem"));
    let mut orma = edge(&[DRAIN, (certificate.0, &certificate.1), ("--tls-key", &path("key.pem"))]);
    block_on(async {
        let mut sender = http2(handshake(orma.listen, roots.clone(), b"h2").await.unwrap()).await;
        assert_eq!(text(sender.send_request(post(3)).await.unwrap()).await.0, 200);
        let mut idle = handshake(orma.listen, roots, b"http/1.1").await.unwrap();
        orma.begin_stop();
        let mut rest = Vec::new();
        let read = tokio::io::AsyncReadExt::read_to_end(&mut idle, &mut rest).await;
        assert_eq!(read.unwrap(), 0, "closed as TLS asks for it");
        while !sender.is_closed() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(orma.stop().code(), Some(0));
}

#[test]
fn two_collectors_of_one_store_count_an_event_once() {
    let remote = Remote::start();
    let up = Setup::default().argument("--clickhouse-url", remote.url()).start();
    let other = Setup::collect(remote.url()).argument("--collector", "edge").start();
    let events: Vec<Value> = (0..40).map(view).collect();
    let same = json!({"site": "demo", "visitor": "v1", "events": events}).to_string();
    for collector in [&up, &other] {
        let answer = collector.post(same.clone(), &[]);
        assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(40)));
    }
    assert_eq!(other.post(batch(99), &[]).status, 200);
    let account = wait_for("a balanced account", || {
        let account = up.ask("/api/v1/sites/demo/accounting");
        (account["status"] == "balanced" && account["totals"]["accepted"] == 81).then_some(account)
    });
    let totals = &account["totals"];
    assert_eq!(
        (&totals["received"], &totals["stored"], &totals["duplicate"]),
        (&json!(81), &json!(41), &json!(40))
    );
    let stats = up.ask("/api/v1/sites/demo/stats?metrics=page_views");
    assert!(stats.to_string().contains("41"), "{stats}");
}

#[test]
fn a_collector_that_starts_without_clickhouse_loses_no_client() {
    let mut remote = Remote::start();
    drop(Setup::default().argument("--clickhouse-url", remote.url()).start());
    remote.kill();

    let mut edge = Setup::collect(remote.url()).argument("--drain-ms-max", "1500").start();
    let answer = edge.post(batch(1), &[]);
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (503, &json!("sites_unknown")));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(support::request("GET", &edge.url("/readyz"), &[], &[]).status, 503);
    remote.start_again();
    wait_for("the sites", || (edge.post(batch(1), &[]).status == 200).then_some(()));
    assert_eq!(support::request("GET", &edge.url("/readyz"), &[], &[]).status, 200);

    remote.kill();
    assert_eq!(edge.stop().code(), Some(0));
    edge.start_again();
    assert_eq!(edge.post(batch(2), &[]).status, 200, "it remembers its sites");
    let unknown = json!({"site": "perhaps-new", "events": []}).to_string();
    assert_eq!(edge.post(unknown.clone(), &[]).status, 503, "the key may be newer than what is remembered");
    remote.start_again();
    wait_for("the events", || {
        let rows = edge.try_sql("SELECT count() AS n FROM events FINAL").ok()?;
        (rows[0]["n"] == 2).then_some(())
    });
    wait_for("the sites", || (edge.post(unknown.clone(), &[]).status == 401).then_some(()));
}

// ---- Memory

/// Opens connections that each make one request and then stay open.
fn idle_connections(orma: &Orma, count: usize) -> Vec<TcpStream> {
    let head = "POST /v1/events HTTP/1.1\r\nhost: collect.example\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
        accept: */*\r\ncontent-type: text/plain\r\n";
    let mut connections = Vec::with_capacity(count);
    while connections.len() < count {
        let first = connections.len();
        connections.extend((first..count.min(first + 100)).map(|_| connect(orma)));
        for (number, stream) in connections.iter_mut().enumerate().skip(first) {
            let body = batch(number as u32);
            let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(request.as_bytes()).unwrap();
        }
        for stream in &mut connections[first..] {
            assert_eq!(read_one(stream).0, 200);
        }
    }
    connections
}

#[test]
fn an_idle_connection_costs_little_memory() {
    const BYTES_PER_CONNECTION_MAX: u64 = 4_096;
    let _files = ManyFiles::take();
    let orma = edge(&[]);
    // What is made once: tables, the first buffers, the spool's.
    drop(idle_connections(&orma, 1_000));
    wait_for("the first to go", || (orma.metric("orma_connections") == Some(0.0)).then_some(()));
    let before = orma.resident_bytes();
    let mut connections = idle_connections(&orma, 1_000);
    wait_for("room for 1,000 connections", || {
        println!("{} bytes for each", (orma.resident_bytes() as i64 - before as i64) / 1_000);
        (orma.resident_bytes() < before + 1_000 * BYTES_PER_CONNECTION_MAX).then_some(())
    });
    for (number, stream) in connections.iter_mut().enumerate().step_by(50) {
        assert_eq!(keep_alive(stream, "", &batch(number as u32)).0, 200, "it still answers");
    }
}

/// With a lower limit of open files, as many as it allows, within what the bound leaves for so many.
#[test]
fn ten_thousand_idle_connections_fit_in_64_mib() {
    const CONNECTIONS: u64 = 10_000;
    const BYTES_MAX: u64 = 64 << 20;
    /// Of these, the pages of the program's file that a release build has in memory. Those of a debug build are more,
    /// and not counted here.
    const PROGRAM_BYTES: u64 = 18 << 20;
    let files = ManyFiles::take();
    let count = CONNECTIONS.min(files.connections_max);
    let orma = edge(&[]);
    // What is made once: tables, the first buffers, the spool's.
    drop(idle_connections(&orma, 500));
    wait_for("the first to go", || (orma.metric("orma_connections") == Some(0.0)).then_some(()));
    let before = orma.own_bytes();
    let bytes_max = before + (BYTES_MAX - PROGRAM_BYTES - before) * count / CONNECTIONS;
    let mut connections = idle_connections(&orma, count as usize);
    wait_for("memory to be given back", || {
        let idle = orma.own_bytes();
        println!("{count} connections: {before} bytes before, {idle} when idle, at most {bytes_max}");
        (idle <= bytes_max).then_some(())
    });
    for (number, stream) in connections.iter_mut().enumerate().step_by(50) {
        assert_eq!(keep_alive(stream, "", &batch(number as u32)).0, 200, "it still answers");
    }
}

#[test]
fn the_documented_metrics_are_those_that_there_are() {
    let orma = Orma::start();
    let metrics = wait_for("the first look at the accounts", || {
        let text = support::request("GET", &format!("http://{}/metrics", orma.admin), &[], &[]).text;
        text.contains("orma_accounting_age_seconds").then_some(text)
    });
    let there: std::collections::BTreeSet<&str> =
        metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let documented: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `orma_")?.split(['`', '{']).next()).collect();
    let there: std::collections::BTreeSet<&str> =
        there.into_iter().map(|name| name.strip_prefix("orma_").unwrap_or(name)).collect();
    assert_eq!(documented, there);
}
