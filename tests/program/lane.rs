//! A request that comes whole takes a shorter way than one that comes in pieces: both are answered alike.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{Answer, Orma, PATIENCE, Setup};

/// The next answer of a connection that stays open: its length is said.
fn read_one(stream: &mut TcpStream) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    Answer { status, headers, text: String::from_utf8_lossy(&body).into_owned() }
}

/// Sends bytes in two packets cut at `cut`, or in one, and reads an answer.
fn ask(orma: &Orma, request: &[u8], cut: Option<usize>) -> Answer {
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    let (first, second) = request.split_at(cut.unwrap_or(request.len()));
    stream.write_all(first).unwrap();
    if !second.is_empty() {
        std::thread::sleep(Duration::from_millis(30));
        stream.write_all(second).unwrap();
    }
    read_one(&mut stream)
}

fn post(head: &str, body: &str) -> Vec<u8> {
    format!("POST /v1/events HTTP/1.1\r\nhost: x\r\n{head}content-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn without_date(answer: &Answer) -> Vec<(String, String)> {
    let mut headers: Vec<_> = answer.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
    headers.sort();
    assert_eq!(headers.len() + 1, answer.headers.len(), "one date: {:?}", answer.headers);
    headers
}

#[test]
fn whole_and_in_pieces_are_answered_alike() {
    let orma = Setup::default().argument("--header-bytes-max", "8192").start();
    let view = r#"{"site":"demo","visitor":"v","events":[{"kind":"page_view","url":"https://b.example/a"}]}"#;
    let mixed =
        r#"{"site":"demo","visitor":"v","events":[{"kind":"page_view","url":"/a"},{"kind":"nonsense"},7]}"#;
    let many = format!(
        r#"{{"site":"demo","visitor":"v","events":[{}]}}"#,
        [r#"{"kind":"page_view","url":"/a"}"#; 12].join(",")
    );
    let of_head_bytes = |head_bytes: usize| {
        let bare = post("x-long: \r\n", view).len() - view.len();
        post(&format!("x-long: {}\r\n", "a".repeat(head_bytes - bare)), view)
    };
    let origin = "Origin: https://shop.example\r\nUser-Agent: Mozilla/5.0\r\n";
    let table: Vec<(&str, Vec<u8>, u16)> = vec![
        ("a view", post("", view), 200),
        ("a view from a page", post(origin, view), 200),
        ("many", post(origin, &many), 200),
        ("some are refused", post(origin, mixed), 200),
        ("no such key", post(origin, &view.replace("demo", "nobody")), 401),
        ("not JSON", post(origin, "{\"site\":"), 400),
        ("no body", post(origin, ""), 400),
        ("no site", post("", "{\"events\":[]}"), 400),
        ("a server's kind", post("", &view.replace("page_view", "refund")), 401),
        ("a wrong token", post("authorization: Bearer nonsense\r\n", view), 401),
        ("an unknown encoding", post("content-encoding: rot13\r\n", view), 415),
        ("kept alive by name", post("connection: keep-alive\r\n", view), 200),
        (
            "a pixel",
            b"GET /p.gif?site=demo&url=/a HTTP/1.1\r\nhost: x\r\nreferer: https://b.example/\r\n\r\n"
                .to_vec(),
            200,
        ),
        ("a bare pixel", b"GET /p.gif HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        (
            "a pixel of nobody",
            b"GET /p.gif?site=nobody HTTP/1.1\r\nhost: x\r\norigin: null\r\n\r\n".to_vec(),
            401,
        ),
        ("a quote in the query", b"GET /p.gif?site=demo&url=/a\"b HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("a bracket in the query", b"GET /p.gif?site=demo&url=/a<b> HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 400),
        ("an umlaut in the query", "GET /p.gif?site=demo&url=/\u{fc} HTTP/1.1\r\nhost: x\r\n\r\n".into(), 200),
        ("an origin in Latin 1", [b"GET /p.gif?site=demo HTTP/1.1\r\nhost: x\r\nreferer: https://b.example/\r\norigin: \xe8\r\n\r\n".as_slice()].concat(), 200),
        ("an origin with an umlaut", post("origin: https://b\u{fc}.example\r\n", view), 200),
        ("a head just short enough", of_head_bytes(8_192), 200),
        ("a head just too long", of_head_bytes(8_193), 431),
        ("something like the pixel", b"GET /p.gifx HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), 404),
    ];
    orma.refute("nobody", None);
    orma.refute("demo", Some("nonsense"));
    for (name, request, status) in table {
        let whole = ask(&orma, &request, None);
        let cut = request.len() - 3;
        let pieces = ask(&orma, &request, Some(cut));
        assert_eq!(whole.status, status, "{name}: {}", whole.text);
        assert_eq!((whole.status, &whole.text), (pieces.status, &pieces.text), "{name}");
        assert_eq!(without_date(&whole), without_date(&pieces), "{name}");
    }
}

#[test]
fn what_the_short_way_cannot_do_is_done_all_the_same() {
    let orma = Orma::start();
    let view = r#"{"site":"demo","visitor":"v","events":[{"kind":"page_view","url":"/a"}]}"#;
    let chunked = format!(
        "POST /v1/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{view}\r\n0\r\n\r\n",
        view.len()
    );
    assert_eq!(ask(&orma, chunked.as_bytes(), None).status, 200);
    let old = format!("POST /v1/events HTTP/1.0\r\nhost: x\r\ncontent-length: {}\r\n\r\n{view}", view.len());
    assert_eq!(ask(&orma, old.as_bytes(), None).status, 200);
    let closing = ask(&orma, &post("connection: close\r\n", view), None);
    assert_eq!((closing.status, closing.header("connection")), (200, Some("close")));
    let expecting = ask(&orma, &post("expect: 100-continue\r\n", view), None);
    assert!(matches!(expecting.status, 100 | 200), "{}", expecting.status);
    // Two lengths are how one request is smuggled behind another.
    let smuggled = post(&format!("content-length: {}\r\n", view.len() + 1), view);
    assert_eq!(ask(&orma, &smuggled, None).status, 400);
}

#[test]
fn one_connection_changes_ways_as_often_as_its_requests_do() {
    let orma = Orma::start();
    let view = r#"{"site":"demo","visitor":"v","events":[{"kind":"page_view","url":"/a"}]}"#;
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    for round in 0..3 {
        stream.write_all(&post("", view)).unwrap();
        assert_eq!(read_one(&mut stream).status, 200, "whole, round {round}");
        // Two at once: the second waits behind the first.
        stream.write_all(&[post("", view), post("", "{")].concat()).unwrap();
        assert_eq!(read_one(&mut stream).status, 200, "first of two, round {round}");
        assert_eq!(read_one(&mut stream).status, 400, "second of two, round {round}");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        assert_eq!(read_one(&mut stream).text, "alive\n", "another route, round {round}");
        if round == 1 {
            // Long enough for the connection to be parked.
            std::thread::sleep(Duration::from_millis(1_600));
        }
    }
    orma.wait_for_events(6);
}
