//! The addresses of Segment's and RudderStack's SDKs, met as those SDKs meet them: the shapes are recorded ones.

use std::io::Write;
use std::net::TcpStream;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::support::{self, Answer, Orma, Setup, read_answer, request, wait_for};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
/// Basic with the user `demo` and no password.
const BASIC: (&str, &str) = ("authorization", "Basic ZGVtbzo=");

type Headers<'a> = &'a [(&'a str, &'a str)];
/// Name, library, headers, further fields, the event's time, sentAt; how far from now it is stored, clock. Seconds.
type ClockRow<'a> = (&'a str, &'a str, Headers<'a>, Value, i64, i64, i64, &'a str);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn post(orma: &Orma, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    request("POST", &orma.url(path), headers, body.as_ref())
}

fn taken(answer: &Answer) {
    assert_eq!((answer.status, answer.json()), (200, json!({"success": true})), "{}", answer.text);
}

/// A track call; the event's name is its id.
fn track(name: &str) -> Value {
    json!({"type": "track", "event": name, "messageId": name, "anonymousId": "a1"})
}

/// The time, moved by seconds, as the SDKs write it.
fn moment(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    jiff::Timestamp::from_millisecond(now + seconds * 1_000).unwrap().to_string()
}

/// Waits until as many events are stored, and returns the rows of a question on them.
fn stored(orma: &Orma, count: u64, columns: &str) -> Vec<Value> {
    orma.wait_for_events(count);
    orma.sql(&format!("SELECT {columns} FROM events ORDER BY kind, name, screen, visitor, user"))
}

/// The answer when the collector has looked whether a key that it does not know was made a moment ago.
fn until_known(mut ask: impl FnMut() -> Answer) -> Answer {
    wait_for("the collector to look for the key", || Some(ask()).filter(|answer| answer.status != 503))
}

#[test]
fn every_address_takes_its_messages() {
    let orma = Orma::start();
    let types = ["track", "page", "identify", "screen", "group", "alias"];
    let mut sent = 0;
    for (type_name, letter) in types.into_iter().zip(["t", "p", "i", "s", "g", "a"]) {
        for path in [format!("/v1/{type_name}"), format!("/v1/{letter}/")] {
            // Neither type nor key: the address and the header say them.
            let message = json!({"event": "E", "name": "N", "userId": "u1", "anonymousId": "a1", "groupId": "g",
                "previousId": "p", "messageId": path, "context": {"page": {"url": "https://x.test/a"}}});
            taken(&post(&orma, &path, &[BASIC, ("content-type", "text/plain")], message.to_string()));
            sent += 1;
        }
    }
    for path in ["/v1/batch", "/v1/batch/", "/v1/b", "/v1/import", "/beacon/v1/batch", "/beacon/v1/batch/"] {
        let batch = json!({"batch": [track(path), track(&format!("{path} 2"))]}).to_string();
        taken(&post(&orma, &format!("{path}?writeKey=demo"), &[("content-type", "text/plain")], batch));
        sent += 2;
    }
    for type_name in ["track", "t"] {
        let data = json!({"writeKey": "demo", "event": "Opened", "userId": "u1", "messageId": format!("pixel {type_name}")});
        let data = base64(data.to_string().as_bytes());
        let answer = request(
            "GET",
            &orma.url(&format!("/v1/pixel/{type_name}?data={data}")),
            &[("user-agent", CHROME)],
            b"",
        );
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
        assert!(answer.header("cache-control").unwrap().contains("no-store"));
        sent += 1;
    }
    taken(&post(&orma, "/v1/m", &[], br#"{"series":[{"type":"Counter","metric":"x","value":1,"tags":{}}]}"#));
    stored(&orma, sent, "kind");
    let rows = orma.sql("SELECT kind, count() AS n FROM events GROUP BY kind ORDER BY kind");
    // Twelve in batches, one of each name, four more custom: two tracks, two groups, and the two images.
    let expected = [("alias", 2), ("custom", 18), ("identify", 2), ("page_view", 2), ("screen_view", 2)];
    assert_eq!(rows, expected.map(|(kind, n)| json!({"kind": kind, "n": n})));
    assert_eq!(request("GET", &orma.url("/v1/batch"), &[], b"").status, 405);
    assert_eq!(post(&orma, "/v1/projects/demo/settings", &[], "").status, 405);
    let nobody = until_known(|| request("GET", &orma.url("/v1/pixel/track?data=e30"), &[], b""));
    assert_eq!(nobody.status, 400);
}

/// Base64 in the alphabet for addresses, without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let bits =
                chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            (0..=chunk.len()).map(move |place| char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]))
        })
        .collect()
}

/// The settings send every SDK here, and are told to nobody else.
fn check_settings(orma: &Orma) {
    let settings = "/v1/projects/demo/settings";
    let answer = request("GET", &orma.url(settings), &[("origin", "https://shop.example")], b"");
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("private, max-age=300")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
    let body = answer.json();
    let segment = &body["integrations"]["Segment.io"];
    assert_eq!(segment["apiKey"], "demo");
    assert_eq!(segment["apiHost"], format!("{}/v1", orma.listen));
    assert_eq!(segment["protocol"], "http");
    assert_eq!(segment["httpConfig"]["rateLimitConfig"]["enabled"], true);
    assert_eq!(
        (&body["metrics"]["sampleRate"], &body["plan"]["track"]["__default"]["enabled"]),
        (&json!(0), &json!(true))
    );
    // A cache must not give one origin's answer to another, nor to a page the answer to a script without origin.
    assert_eq!(answer.header("vary"), Some("Origin"));
    assert_eq!(request("GET", &orma.url(settings), &[], b"").header("vary"), Some("Origin"));

    let behind = request("GET", &orma.url(settings), &[("x-forwarded-proto", "https")], b"");
    assert_eq!(behind.json()["integrations"]["Segment.io"]["protocol"], "http", "anybody can say so");
    let unknown = until_known(|| {
        request("GET", &orma.url("/v1/projects/nobody/settings"), &[("origin", "https://shop.example")], b"")
    });
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.header("access-control-allow-origin"), Some("https://shop.example"));

    let config =
        request("GET", &orma.url("/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey=demo"), &[BASIC], b"");
    assert_eq!(config.status, 200);
    assert_eq!(
        (&config.json()["source"]["writeKey"], &config.json()["source"]["enabled"]),
        (&json!("demo"), &json!(true))
    );
    assert_eq!(request("GET", &orma.url("/sourceConfig?writeKey=demo"), &[], b"").status, 200);
    let unknown = until_known(|| request("GET", &orma.url("/sourceConfig/?writeKey=nobody"), &[], b""));
    assert_eq!(unknown.status, 404);
}

/// A page's SDK may say what it likes, to these addresses and to those that it knows of others.
fn check_preflights(orma: &Orma) {
    let origin = ("origin", "https://shop.example");
    for path in [
        "/v1/batch",
        "/v1/b",
        "/v1/t",
        "/v1/p",
        "/v1/i",
        "/v1/s",
        "/v1/g",
        "/v1/a",
        "/v1/track",
        "/v1/m",
        "/v1/page/",
        "/v1/projects/demo/settings",
        "/sourceConfig/",
        "/beacon/v1/batch",
        "/v1/pixel/page",
        "/api/s/page",
        "/v1/events",
        "/p.gif",
        "/of-another-tracker/tp2",
    ] {
        // What the SDKs send, on a retry too, and what none has thought of yet.
        let asked = (
            "access-control-request-headers",
            "anonymousid,authorization,content-type,rsa-retry-attempt,rsa-since-last-attempt,sentat,x-new,x-retry-count",
        );
        let method = ("access-control-request-method", "POST");
        let answer = request("OPTIONS", &orma.url(path), &[origin, asked, method], b"");
        assert_eq!((answer.status, &*answer.text), (204, ""), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("access-control-max-age"), Some("86400"));
        assert_eq!(answer.header("vary"), Some("Origin"));
        let allowed: Vec<_> = answer.header("access-control-allow-headers").unwrap().split(", ").collect();
        assert!(asked.1.split(',').all(|header| allowed.contains(&header)), "{path}: {allowed:?}");
        let methods = answer.header("access-control-allow-methods").unwrap();
        assert!(methods.contains("POST") && methods.contains("GET"), "{methods}");
    }
    // The API is its own pages' alone.
    let method = ("access-control-request-method", "POST");
    let api = request("OPTIONS", &orma.url("/api/v1/session"), &[origin, method], b"");
    assert_eq!((api.status, api.header("access-control-allow-origin")), (405, None));
}

#[test]
fn settings_preflights_keys_and_refusals_are_what_the_sdks_need() {
    let orma = Orma::start();
    check_settings(&orma);
    check_preflights(&orma);
    let origin = ("origin", "https://shop.example");

    let batch = |key: &str, first: &str| {
        let mut message = track("auth");
        message["writeKey"] = json!(first);
        json!({"batch": [message], "writeKey": key}).to_string()
    };
    let wrong = ("authorization", "Basic bm9ib2R5Og==");
    let damaged = ("authorization", "Basic ???");
    // path, headers, body, status: the first key found is the one that counts
    let table: &[(&str, Headers<'_>, String, u16)] = &[
        ("/v1/batch", &[BASIC], batch("nobody", "nobody"), 200),
        ("/v1/batch", &[wrong], batch("demo", "demo"), 400),
        ("/v1/batch", &[damaged], batch("demo", ""), 200),
        ("/v1/batch?writeKey=nobody", &[], batch("demo", "nobody"), 200),
        ("/v1/batch?writeKey=demo", &[], batch("nobody", "demo"), 400),
        ("/v1/batch?writeKey=demo", &[], batch("", "nobody"), 200),
        ("/v1/batch?writeKey=nobody", &[], batch("null", "demo"), 400),
        ("/v1/batch", &[], batch("undefined", "demo"), 200),
        ("/v1/batch", &[], batch("", "nobody"), 400),
        ("/v1/batch", &[], batch("", ""), 400),
    ];
    for (path, headers, body, status) in table {
        let answer = until_known(|| post(&orma, path, &[headers, &[origin][..]].concat(), body));
        assert_eq!(answer.status, *status, "{path} {headers:?} {body}: {}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1), "errors too");
        let body = answer.json();
        assert_eq!(body["success"], *status == 200);
        assert_eq!(body["code"], if *status == 200 { Value::Null } else { json!("unknown_key") });
    }

    let many = json!({"batch": (0..2_501).map(|n| track(&n.to_string())).collect::<Vec<_>>()}).to_string();
    let bomb = gzip(&vec![b' '; 9 << 20]);
    let table: &[(&str, Vec<u8>, u16, &str)] = &[
        ("not JSON", b"{\"batch\":[".to_vec(), 400, "not_json"),
        ("empty", Vec::new(), 400, "not_json"),
        ("no batch", b"{}".to_vec(), 400, "missing_field"),
        ("not a list", b"{\"batch\":7}".to_vec(), 400, "invalid_field"),
        ("2,501 messages", many.into(), 413, "too_many_events"),
        ("too large", vec![b' '; 2 << 20], 413, "body_too_large"),
        ("a bomb", bomb, 413, "body_too_large"),
        ("half a gzip", gzip(b"{}")[..12].to_vec(), 400, "body_damaged"),
    ];
    for (what, body, status, code) in table {
        let answer = post(&orma, "/v1/batch", &[BASIC, origin], body);
        let body = answer.json();
        let told = body.get("code").unwrap_or(&body["error"]["code"]);
        assert_eq!((answer.status, told), (*status, &json!(code)), "{what}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1), "{what}");
    }

    // One good and two bad: the batch is taken, and the bad ones are kept with their reasons.
    let body =
        json!({"batch": [{"type": "track"}, track("good"), {"type": "shout", "userId": "u"}]}).to_string();
    let answer = post(&orma, "/v1/batch", &[BASIC], body);
    assert_eq!(answer.status, 200);
    let rejected = answer.json()["rejected"].clone();
    assert_eq!((&rejected[0]["index"], &rejected[0]["reason"]), (&json!(0), &json!("missing_field")));
    assert_eq!((&rejected[1]["index"], &rejected[1]["reason"]), (&json!(2), &json!("unknown_kind")));
    let kept = wait_for("the refused", || {
        let rows = orma.sql("SELECT kind, payload FROM rejected_events WHERE kind != '' ORDER BY kind");
        (rows.len() == 2).then_some(rows)
    });
    assert_eq!(kept[0], json!({"kind": "shout", "payload": r#"{"type":"shout","userId":"u"}"#}));
    let names = stored(&orma, 2, "name");
    assert_eq!(
        names,
        [json!({"name": "auth"}), json!({"name": "good"})],
        "each message once, whoever repeats it"
    );
}

/// A request as Kotlin's HTTP client makes it: chunked, without a length.
fn post_chunked(orma: &Orma, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    for chunk in body.chunks(100) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).unwrap();
        stream.write_all(chunk).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    read_answer(&mut stream).unwrap()
}

#[test]
fn the_recorded_shapes_of_clients_are_understood_whatever_their_headers_say() {
    let orma = Orma::start();
    let context = |library: &str| {
        json!({"app": {"name": "Bottega", "version": "3.2.1", "build": "412", "namespace": "it.bottega"},
        "device": {"id": "d1", "manufacturer": "Apple", "model": "iPhone15,2", "name": "iPhone", "type": "ios"},
        "os": {"name": "iOS", "version": "18.1"}, "library": {"name": library, "version": "1.0"}, "locale": "it-IT",
        "network": {"wifi": true, "cellular": false}, "screen": {"width": 390, "height": 844, "density": 3}, "timezone": "Europe/Rome"})
    };
    let mobile = |library: &str, event: &str| {
        json!({"batch": [{"type": "track", "event": event, "anonymousId": format!("on {library}"), "messageId": format!("{library} {event}"), "properties":
            {"version": "3.2.1", "build": "412", "from_background": false}, "integrations": {}, "context": context(library), "timestamp": moment(-1)}],
            "sentAt": moment(0), "writeKey": "demo"}).to_string()
    };
    // Kotlin: gzip of JSON, called text, chunked, no length, key in the body only. Its user agent names no system.
    let body = gzip(mobile("analytics-kotlin", "Application Installed").as_bytes());
    let headers =
        "content-type: text/plain\r\ncontent-encoding: gzip\r\nuser-agent: analytics-kotlin/1.16.3\r\n";
    taken(&post_chunked(&orma, "/v1/b", headers, &body));
    let swift = [("content-type", "application/json; charset=utf-8"), ("user-agent", "analytics-ios/1.6.2")];
    taken(&post(&orma, "/v1/b", &swift, mobile("analytics-swift", "Application Opened")));
    let native = [("content-type", "application/json; charset=utf-8"), ("user-agent", "okhttp/4.12.0")];
    taken(&post(
        &orma,
        "/v1/b",
        &native,
        mobile("@segment/analytics-react-native", "Application Backgrounded"),
    ));

    // RudderStack's server SDK: gzip of JSON that calls itself a form, and no key in the body.
    let rudder = json!({"batch": [{"type": "track", "event": "Rudder", "userId": "u1", "messageId": "r1", "channel": "server",
        "context": {"library": {"name": "analytics-node", "version": "3.0.13"}}, "originalTimestamp": moment(-1), "sentAt": moment(0)}], "sentAt": moment(0)});
    let headers = [BASIC, ("content-type", "application/x-www-form-urlencoded"), ("user-agent", "axios/1.7")];
    taken(&post(&orma, "/v1/batch", &headers, gzip(rudder.to_string().as_bytes())));
    // A web page: JSON called text.
    let web = json!({"type": "page", "writeKey": "demo", "userId": null, "anonymousId": "web", "messageId": "ajs-next-1", "timestamp": moment(0), "sentAt": moment(0),
        "properties": {"path": "/a", "referrer": "https://www.google.com/", "search": "", "title": "T", "url": "https://x.test/a"},
        "context": {"page": {"path": "/a", "referrer": "https://www.google.com/", "search": "", "title": "T", "url": "https://x.test/a"},
        "userAgent": CHROME, "locale": "it-IT", "library": {"name": "analytics.js", "version": "npm:next-1.84.3"}, "timezone": "Europe/Rome",
        "campaign": {"source": "nl", "medium": "email", "name": "spring"}}, "_metadata": {"bundled": ["Segment.io"], "unbundled": []}});
    let page = [BASIC, ("content-type", "text/plain"), ("origin", "https://x.test"), ("user-agent", CHROME)];
    taken(&post(&orma, "/v1/p", &page, web.to_string()));
    // A header that lies the other way.
    let lying = [BASIC, ("content-encoding", "gzip"), ("content-type", "application/octet-stream")];
    taken(&post(&orma, "/v1/track", &lying, track("Lying").to_string()));
    let form = "type=track&event=Form&anonymousId=form&properties=%7B%22a%22%3A1%7D&writeKey=demo";
    taken(&post(&orma, "/v1/track", &[("content-type", "application/json")], form));

    // The campaign that a client names outranks that of the address, whose click ids are nobody's business.
    let named = json!({"type": "track", "event": "Named", "anonymousId": "named", "messageId": "named", "context": {
        "campaign": {"source": "named & co", "medium": "email"},
        "page": {"url": "https://x.test/b?utm_source=address&utm_term=t&gclid=1"}}});
    taken(&post(&orma, "/v1/t", &page, named.to_string()));

    let columns = "kind, name, visitor, user, touchpoint, bot, os, device_class, device_brand, app_version, network, browser, channel, source, utm_campaign, title, sdk, clock";
    let rows = stored(&orma, 8, columns);
    let find = |key: &str, value: &str| {
        rows.iter().find(|row| row[key] == value).unwrap_or_else(|| panic!("{value}: {rows:?}"))
    };
    for (kind, visitor) in [
        ("app_installed", "on analytics-kotlin"),
        ("app_foreground", "on analytics-swift"),
        ("app_background", "on @segment/analytics-react-native"),
    ] {
        let row = find("kind", kind);
        let known = [
            &row["visitor"],
            &row["touchpoint"],
            &row["bot"],
            &row["os"],
            &row["device_class"],
            &row["device_brand"],
            &row["app_version"],
            &row["network"],
        ];
        assert_eq!(known, [visitor, "app", "", "iOS", "smartphone", "Apple", "3.2.1", "wifi"], "{row}");
    }
    let row = find("name", "Rudder");
    assert_eq!(
        [&row["visitor"], &row["user"], &row["bot"], &row["os"], &row["sdk"]],
        ["@u1", "u1", "", "", "analytics-node/3.0.13"]
    );
    let row = find("kind", "page_view");
    let known = [
        &row["visitor"],
        &row["user"],
        &row["browser"],
        &row["os"],
        &row["bot"],
        &row["channel"],
        &row["source"],
        &row["utm_campaign"],
        &row["title"],
    ];
    assert_eq!(known, ["web", "", "Chrome", "Windows", "", "email", "nl", "spring", "T"], "{row}");
    assert_eq!(find("name", "Form")["visitor"], "form");
    let named = "utm_source, utm_medium, utm_term, click_id_kind, query";
    assert_eq!(
        orma.sql(&format!("SELECT {named} FROM events WHERE name = 'Named'")),
        [
            json!({"utm_source": "named & co", "utm_medium": "email", "utm_term": "t", "click_id_kind": "gclid",
            "query": "utm_source=address&utm_term=t"})
        ]
    );
    assert!(rows.iter().all(|row| row["clock"] == "" || row["clock"] == "absent"), "{rows:?}");
}

#[test]
fn clocks_are_corrected_and_late_batches_keep_their_time() {
    const HOUR: i64 = 3_600;
    let orma = Orma::start();
    let retry = ("x-retry-count", "1");
    let table: &[ClockRow<'_>] = &[
        ("right", "analytics.js", &[], json!({}), -2, 0, -2, ""),
        ("behind", "analytics.js", &[], json!({}), -HOUR - 10, -HOUR, -10, "skewed"),
        ("ahead", "analytics.js", &[], json!({}), HOUR - 10, HOUR, -10, "skewed"),
        ("second truncated", "analytics.js", &[], json!({}), -3, -3, -3, ""),
        // A repeated message may carry the time of its first attempt.
        ("repeated", "analytics.js", &[retry], json!({}), -HOUR - 10, -HOUR, -HOUR - 10, ""),
        (
            "first attempt",
            "analytics.js",
            &[("x-retry-count", "0")],
            json!({}),
            -HOUR - 10,
            -HOUR,
            -10,
            "skewed",
        ),
        (
            "repeated by its own word",
            "analytics.js",
            &[],
            json!({"_metadata": {"retryCount": 2}}),
            -HOUR - 10,
            -HOUR,
            -HOUR - 10,
            "",
        ),
        // A queue that was closed hours ago, sent now for the first time.
        ("kotlin", "analytics-kotlin", &[], json!({}), -6 * HOUR, -5 * HOUR, -6 * HOUR, ""),
        ("swift", "analytics-swift", &[], json!({}), -6 * HOUR, -5 * HOUR, -6 * HOUR, ""),
        ("rudder-node", "analytics-node", &[], json!({}), -60, -50, -60, ""),
        ("phone ahead", "analytics-kotlin", &[], json!({}), HOUR - 10, HOUR, -10, "skewed"),
        (
            "two days in a pocket",
            "analytics-react-native",
            &[],
            json!({}),
            -50 * HOUR,
            -49 * HOUR,
            -50 * HOUR,
            "",
        ),
        // Late, and later than a write key's word is taken for.
        ("season", "analytics-python", &[], json!({}), -80 * 24 * HOUR, 0, -80 * 24 * HOUR, "old"),
        ("history", "analytics-python", &[], json!({}), -400 * 24 * HOUR, 0, 0, "past"),
        // A device that has lost its clock.
        ("1970", "analytics-android", &[], json!({"timestamp": "1970-01-01T00:05:00Z"}), 0, 0, 0, "past"),
        // Two moments: the caller's word, or one that was corrected on the way, is right whatever the clock says now.
        ("original", "analytics-python", &[], json!({"originalTimestamp": moment(0)}), -30, HOUR, -30, ""),
        (
            "back-fill",
            "analytics-node",
            &[],
            json!({"originalTimestamp": moment(0)}),
            -48 * HOUR,
            0,
            -48 * HOUR,
            "",
        ),
    ];
    let before = moment(0).parse::<jiff::Timestamp>().unwrap().as_millisecond();
    for (name, library, headers, fields, ts, sent_at, ..) in table {
        let mut message = track(name);
        message["context"] = json!({"library": {"name": library, "version": "1"}});
        message["timestamp"] = json!(moment(*ts));
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let body = json!({"batch": [message], "sentAt": moment(*sent_at)}).to_string();
        // Twice: whatever the clocks say, once is enough.
        for _ in 0..2 {
            taken(&post(&orma, "/v1/batch", &[headers, &[BASIC][..]].concat(), &body));
        }
    }
    let passed = moment(0).parse::<jiff::Timestamp>().unwrap().as_millisecond() - before;
    let rows = stored(&orma, table.len() as u64, "name, clock, toUnixTimestamp64Milli(ts) AS ts");
    assert_eq!(rows.len(), table.len());
    for (name, .., offset, clock) in table {
        let row = rows.iter().find(|row| row["name"] == *name).unwrap();
        let apart = row["ts"].as_i64().unwrap() - before - offset * 1_000;
        assert!((-1_000..=passed + 1_000).contains(&apart), "{name}: {apart} ms off");
        assert_eq!(row["clock"], *clock, "{name}");
    }
}

#[test]
fn a_server_speaks_for_a_person_with_a_write_key_and_of_more_with_a_token() {
    let orma = Orma::start();
    let data_dir = orma.dir.path().to_str().unwrap().to_owned();
    let cli = |arguments: &[&str]| {
        let output = std::process::Command::new(support::program())
            .args(arguments)
            .args(["--data-dir", &data_dir])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let token = cli(&["token", "add", "--role", "ingest", "--site", "demo"]);
    let analyst = cli(&["token", "add", "--role", "analyst", "--site", "demo"]);
    let basic = |user: &str| format!("Basic {}", base64(format!("{user}:").as_bytes()));
    let library = json!({"name": "@segment/analytics-node", "version": "3.1.0"});
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                  Version/18.1 Mobile/15E148 Safari/604.1";
    let order = |user: &str, context: Value| {
        json!({"type": "track", "event": "Order Completed", "userId": user, "messageId": format!("order {user}"),
            "properties": {"order_id": "o1", "revenue": 12.5}, "context": context})
    };
    let refund = |id: &str| {
        json!({"type": "track", "event": "Order Refunded", "userId": "u3", "messageId": id,
            "properties": {"order_id": "o1", "total": 12.5, "currency": "EUR"}, "context": {"library": library}})
    };
    let own = [("user-agent", "analytics-node-next/latest"), BASIC];
    let batch = json!({"batch": [
        order("u1", json!({"library": library})),
        order("u2", json!({"library": library, "ip": "79.0.0.1", "userAgent": iphone})),
        refund("with a key"),
    ]});
    taken(&post(&orma, "/v1/batch", &own, batch.to_string()));
    wait_for("the collector to know the token", || {
        let headers = [("authorization", &*basic(&token))];
        let answer = post(
            &orma,
            "/v1/batch",
            &headers,
            json!({"batch": [refund("with a token")], "writeKey": token}).to_string(),
        );
        (answer.status == 200).then_some(())
    });
    let bearer = format!("Bearer {token}");
    let body = json!({"batch": [refund("with both")], "writeKey": "demo"}).to_string();
    taken(&post(&orma, "/v1/batch", &[("authorization", &bearer)], &body));
    // Neither a token for questions, nor one in a body, which might be kept, opens anything.
    let headers = [("authorization", &*basic(&analyst))];
    let refused = until_known(|| post(&orma, "/v1/batch", &headers, &body));
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("token_refused")));
    let body = json!({"batch": [refund("x")], "writeKey": token}).to_string();
    let refused = until_known(|| post(&orma, "/v1/batch", &[], &body));
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("unknown_key")));

    let rows = stored(
        &orma,
        5,
        "kind, name, user, visitor, country, os, bot, touchpoint, toInt64(revenue * 100) AS revenue, currency",
    );
    let row = |kind: &str,
               name: &str,
               user: &str,
               visitor: &str,
               country: &str,
               os: &str,
               touchpoint: &str,
               revenue: i64,
               currency: &str| {
        json!({"kind": kind, "name": name, "user": user, "visitor": visitor, "country": country, "os": os, "bot": "",
            "touchpoint": touchpoint, "revenue": revenue, "currency": currency})
    };
    assert_eq!(rows[0], row("custom", "Order Refunded", "u3", "@u3", "", "", "site", 0, ""));
    assert_eq!(rows[1]["user"], "u1");
    assert_eq!(rows[1], row("order", "", "u1", "@u1", "", "", "shop", 1_250, "EUR"));
    let named = rows[2]["visitor"].as_str().unwrap();
    assert_eq!(rows[2], row("order", "", "u2", named, "IT", "iOS", "site", 1_250, "EUR"));
    for refund in &rows[3..] {
        assert_eq!(*refund, row("refund", "", "u3", "@u3", "", "", "shop", 1_250, "EUR"));
    }
    let kept =
        orma.sql("SELECT props['total'] AS total, props['order_id'] AS id FROM events WHERE kind = 'custom'");
    assert_eq!(kept, [json!({"total": "12.5", "id": "o1"})], "what does not count is still told");
}

#[test]
fn an_anonymous_visitor_becomes_a_person_through_segments_calls() {
    let orma = Orma::start();
    let web = |id: &str, seconds: i64, fields: Value| {
        let mut message = json!({"type": "track", "event": id, "messageId": id, "anonymousId": "a1", "timestamp": moment(seconds),
            "context": {"library": {"name": "analytics.js"}, "userAgent": CHROME}});
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        message
    };
    let batch = json!({"writeKey": "demo", "batch": [
        web("before", -40, json!({})),
        web("who", -30, json!({"type": "identify", "userId": "mario@example.it", "traits": {"name": "Mario"}})),
        web("after", -20, json!({"userId": "mario@example.it"})),
        // A server knows only the anonymous id of another device, and joins it.
        {"type": "track", "event": "elsewhere", "messageId": "elsewhere", "anonymousId": "a2", "timestamp": moment(-15)},
        {"type": "alias", "previousId": "a2", "userId": "mario@example.it", "messageId": "alias", "timestamp": moment(-10),
            "context": {"library": {"name": "analytics-ruby"}}},
    ]});
    taken(&post(&orma, "/v1/b", &[("user-agent", CHROME), ("origin", "https://x.test")], batch.to_string()));
    let person = wait_for("the person", || {
        let answer = orma.get("/api/v1/sites/demo/people/mario@example.it");
        let card = (answer.status == 200).then(|| answer.json())?;
        (card["events"] == 5).then_some(card)
    });
    assert_eq!(person["traits"]["name"], "Mario", "{person}");
}

#[test]
fn an_overload_is_told_with_whole_seconds_and_a_public_address_is_used() {
    let orma = Setup::default()
        .argument("--requests-per-second-per-address", "1")
        .argument("--public-url", "https://collect.example/segment/")
        .variable("ORMA_LIMIT_LOOPBACK", "true")
        .start();
    let settings = request("GET", &orma.url("/v1/projects/demo/settings"), &[], b"").json();
    assert_eq!(settings["integrations"]["Segment.io"]["apiHost"], "collect.example/segment/v1");
    assert_eq!(settings["integrations"]["Segment.io"]["protocol"], "https");
    let answers: Vec<_> = (0..12)
        .map(|n| {
            post(&orma, "/v1/t", &[BASIC, ("origin", "https://x.test")], track(&n.to_string()).to_string())
        })
        .collect();
    let limited: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!limited.is_empty() && answers[0].status == 200);
    for answer in limited {
        assert!(answer.header("retry-after").unwrap().parse::<u32>().is_ok());
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://x.test"));
        assert_eq!(answer.header("access-control-expose-headers"), Some("retry-after"));
    }
    let nowhere = Setup::default()
        .argument("--spool-bytes-max", "20000")
        .argument("--trusted-proxies", "127.0.0.1")
        .start();
    // A proxy that is trusted says by what address it was asked.
    let forwarded = [("x-forwarded-proto", "https"), ("x-forwarded-host", "collect.example")];
    let settings = request("GET", &nowhere.url("/v1/projects/demo/settings"), &forwarded, b"").json();
    assert_eq!(settings["integrations"]["Segment.io"]["apiHost"], "collect.example/v1");
    assert_eq!(settings["integrations"]["Segment.io"]["protocol"], "https");
    nowhere.kill_engine();
    let last = wait_for("a full spool", || {
        let batch =
            json!({"batch": (0..20).map(|n| track(&format!("{n} {}", moment(0)))).collect::<Vec<_>>()});
        let answer = post(&nowhere, "/v1/batch", &[BASIC], batch.to_string());
        assert!([200, 503].contains(&answer.status), "{}", answer.text);
        (answer.status == 503).then_some(answer)
    });
    assert!(last.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
}
