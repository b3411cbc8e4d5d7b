//! The collector as clients meet it: what it takes, what it refuses, and how it says so.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{self, Orma, Setup, read_answer, request, wait_for};

fn view(id: u32) -> Value {
    json!({"id": format!("0193a1b2-c3d4-7e5f-8a9b-{id:012x}"), "kind": "page_view", "url": "https://b.example/a"})
}

fn batch(events: &[Value]) -> String {
    json!({"site": "demo", "visitor": "v1", "events": events}).to_string()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What it is, the body, headers; the status and code of the answer.
type Row<'a> = (&'a str, Vec<u8>, &'a [(&'a str, &'a str)], u16, &'a str);

#[test]
fn requests_that_cannot_be_taken_get_a_clear_error_and_are_counted() {
    let orma = Orma::start();
    let many = batch(&(0..1001).map(view).collect::<Vec<_>>());
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let table: [Row<'_>; 10] = [
        ("not JSON", b"{site:".to_vec(), &[], 400, "not_json"),
        ("empty", b"".to_vec(), &[], 400, "not_json"),
        ("wrong top-level type", br#"{"site":7,"events":[]}"#.to_vec(), &[], 400, "invalid_field"),
        ("no site", br#"{"events":[]}"#.to_vec(), &[], 400, "missing_field"),
        ("2 MiB", vec![b' '; 2 << 20], &[], 413, "body_too_large"),
        ("1,001 events", many.into(), &[], 413, "too_many_events"),
        ("unknown key", br#"{"site":"nobody","events":[]}"#.to_vec(), &[], 401, "unknown_key"),
        ("gzip bomb", bomb, &[("content-encoding", "gzip")], 413, "body_too_large"),
        ("encoding", b"{}".to_vec(), &[("content-encoding", "lzma")], 415, "unknown_encoding"),
        (
            "server-side kind without a token",
            batch(&[json!({"kind": "ticket_opened", "user": "m", "ticket": "1"})]).into(),
            &[],
            401,
            "ingest_token_required",
        ),
    ];
    orma.refute("nobody", None);
    for (what, body, headers, status, code) in table {
        let with_origin = [headers, &[("origin", "https://b.example")]].concat();
        let answer = orma.post(body, &with_origin);
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
        assert_eq!(answer.json()["error"]["code"], code, "{what}: {}", answer.text);
        assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
        // Without it the browser hides the error from the page, and the SDK would try again for ever.
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://b.example"), "{what}");
    }
    wait_for("the ledger", || {
        let rows = orma.sql(
            "SELECT uniq(reason) AS n FROM ledger WHERE outcome = 'rejected' AND reason != 'sites_unknown'",
        );
        (rows[0]["n"] == 8).then_some(())
    });
    assert_eq!(orma.number("SELECT count() FROM events"), 0);
}

#[test]
fn a_bad_event_does_not_hold_the_others_back_and_is_kept_with_its_reason() {
    let orma = Orma::start();
    let events = [
        view(1),
        json!({"kind": "page_vieuw", "url": "https://b.example/"}),
        json!({"kind": "vital", "name": "LCP", "value": "fast", "url": "https://b.example/"}),
        json!({"kind": "custom", "name": "click", "props": {"n": 1, "s": "x", "nested": {"a": [1]}}}),
        json!("no object"),
    ];
    let answer = orma.post(batch(&events), &[]);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["accepted"], 2);
    let refused: Vec<u64> = body["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["index"].as_u64().unwrap())
        .collect();
    assert_eq!(refused, [1, 2, 4]);
    assert_eq!(body["rejected"][0]["reason"], "unknown_kind");
    assert!(body["rejected"][1]["message"].as_str().unwrap().contains("value"), "{body}");

    orma.wait_for_events(2);
    let kept = wait_for("the refused events", || {
        let rows = orma.sql("SELECT reason, kind, payload FROM rejected_events ORDER BY reason DESC, kind");
        (rows.len() == 3).then_some(rows)
    });
    assert!(
        kept.iter().any(|row| row["kind"] == "page_vieuw" && row["reason"] == "unknown_kind"),
        "{kept:?}"
    );
    assert!(kept.iter().any(|row| row["payload"].as_str().unwrap().contains("\"fast\"")), "{kept:?}");
    let props = orma.sql("SELECT props FROM events WHERE kind = 'custom'");
    assert_eq!(props[0]["props"], json!({"n": "1", "s": "x", "nested": "{\"a\":[1]}"}));
}

#[test]
fn origins_tokens_and_preflights() {
    let orma = Orma::start();
    let data_dir = orma.dir.path().to_str().unwrap();
    let cli = |arguments: &[&str]| {
        let output = std::process::Command::new(support::program())
            .args(arguments)
            .args(["--data-dir", data_dir])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let key = cli(&["site", "add", "bottega", "--origin", "https://bottega.example", "--key", "wk_b"]);
    assert_eq!(key, "wk_b");
    let ingest = cli(&["token", "add", "--role", "ingest", "--site", "bottega"]);
    let analyst = cli(&["token", "add", "--role", "analyst"]);
    let body = json!({"site": "wk_b", "visitor": "v", "events": [view(1)]}).to_string();
    let allowed = wait_for("the collector to know the site", || {
        let answer = orma.post(body.clone(), &[("origin", "https://bottega.example")]);
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://bottega.example"));
    let foreign = orma.post(body.clone(), &[("origin", "https://evil.example")]);
    assert_eq!((foreign.status, &foreign.json()["error"]["code"]), (403, &json!("origin_not_allowed")));
    assert_eq!(orma.post(body, &[]).status, 200, "apps and servers send no origin");

    let ticket = json!({"site": "wk_b", "events": [
        {"kind": "ticket_opened", "user": "mario", "ticket": "T1", "subject": "resa"}]})
    .to_string();
    let as_bearer = |token: &str| format!("Bearer {token}");
    let refused = wait_for("the collector to know the token", || {
        let answer = orma.post(ticket.clone(), &[("authorization", &as_bearer(&analyst))]);
        (answer.status != 503).then_some(answer)
    });
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (401, &json!("token_refused")));
    wait_for("the collector to know the token", || {
        let taken = orma.post(ticket.clone(), &[("authorization", &as_bearer(&ingest))]);
        (taken.status == 200).then_some(())
    });
    let row = wait_for("the ticket", || {
        orma.sql("SELECT visitor, touchpoint, stage, country FROM events WHERE kind = 'ticket_opened'").pop()
    });
    assert_eq!(
        row,
        json!({"visitor": "@mario", "touchpoint": "ticket", "stage": "post_purchase", "country": ""})
    );

    let preflight = request(
        "OPTIONS",
        &orma.url("/v1/events"),
        &[("origin", "https://x.example"), ("access-control-request-headers", "authorization,x-retry-count")],
        &[],
    );
    assert_eq!(preflight.status, 204);
    let allowed = preflight.header("access-control-allow-headers").unwrap();
    assert!(allowed.contains("authorization") && allowed.contains("x-retry-count"), "{allowed}");
    assert_eq!(preflight.header("access-control-max-age"), Some("86400"));
}

#[test]
fn no_click_id_is_stored_wherever_an_address_stands() {
    let orma = Orma::start();
    let events = json!([
        {"kind": "page_view", "url": "https://b.example/?x=1&amp;%67clid=SECRET&amp;igsh=SECRET#utm_source=news&_gl=SECRET",
            "referrer": "https://c.example/?gclid=SECRET&y=2#fbclid=SECRET", "title": "https://b.example/?gclid=SECRET"},
        {"kind": "outbound", "url": "https://b.example/", "href": "https://d.example/?msclkid=SECRET&z=3",
            "props": {"from": "https://b.example/?mkt_tok=SECRET"}},
        {"kind": "no_such_kind", "url": "https://b.example/?a=1&gclid=SECRET", "href": "/?_hsenc=SECRET&b=2"},
    ]);
    let answer = orma.post(batch(events.as_array().unwrap()), &[]);
    assert_eq!((answer.status, answer.json()["accepted"].as_u64()), (200, Some(2)), "{}", answer.text);
    let image = format!(
        "/p.gif?site=demo&visitor=v2&referrer={}",
        "https%3A%2F%2Fc.example%2F%3Fgclid%3DSECRET%26y%3D2"
    );
    let page = [("referer", "https://b.example/image?wickedid=SECRET&w=4")];
    assert_eq!(request("GET", &orma.url(&image), &page, &[]).status, 200);
    let events = wait_for("the events", || {
        let rows = orma.sql(
            "SELECT query, referrer, title, utm_source, click_id_kind, props FROM events \
             ORDER BY visitor, kind DESC",
        );
        (rows.len() == 3).then_some(rows)
    });
    assert_eq!(
        events[0],
        json!({"query": "x=1&utm_source=news", "referrer": "https://c.example/?y=2", "title": "https://b.example/",
            "utm_source": "news", "click_id_kind": "gclid", "props": {}})
    );
    assert_eq!(events[1]["props"], json!({"href": "https://d.example/?z=3", "from": "https://b.example/"}));
    assert_eq!(
        (&events[2]["query"], &events[2]["referrer"]),
        (&json!("w=4"), &json!("https://c.example/?y=2"))
    );
    let refused = wait_for("the refused event", || orma.sql("SELECT payload FROM rejected_events").pop());
    let payload = refused["payload"].as_str().unwrap();
    assert!(payload.contains("https://b.example/?a=1\"") && payload.contains("\"/?b=2\""), "{payload}");
    assert!(!payload.contains("SECRET"), "{payload}");
}

#[test]
fn the_pixel_counts_a_page_and_enriches_it() {
    let orma = Orma::start();
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                  Chrome/142.0.0.0 Safari/537.36";
    let path = "/p.gif?site=demo&kind=page_view&url=https%3A%2F%2Fb.example%2Fscarpe%3Futm_source%3Dnews%26utm_medium%3Demail\
                &title=Scarpe%20rosse&referrer=https%3A%2F%2Fwww.google.com%2F";
    let answer = request("GET", &orma.url(path), &[("user-agent", chrome)], &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
    assert!(answer.header("cache-control").unwrap().contains("no-store"));
    assert_eq!(answer.header("content-length"), Some("43"));
    let bot = request("GET", &orma.url(path), &[("user-agent", "Googlebot/2.1")], &[]);
    assert_eq!(bot.status, 200);
    let headers = [("user-agent", chrome), ("referer", "https://b.example/no-script?a=1")];
    let short = request("GET", &orma.url("/p.gif?site=demo&visitor=v2"), &headers, &[]);
    assert_eq!(short.status, 200);
    wait_for("the page that only the browser named", || {
        let rows = orma.sql("SELECT kind, host, query FROM events WHERE path = '/no-script'");
        (rows == [json!({"kind": "page_view", "host": "b.example", "query": "a=1"})]).then_some(())
    });
    let rows = wait_for("both", || {
        let rows = orma.sql(
            "SELECT bot, path, title, channel, browser, os, device_class, startsWith(visitor, 'c') AS cookieless \
             FROM events WHERE path = '/scarpe' ORDER BY bot",
        );
        (rows.len() == 2).then_some(rows)
    });
    assert_eq!(
        rows[0],
        json!({"bot": "", "path": "/scarpe", "title": "Scarpe rosse", "channel": "email", "browser": "Chrome",
            "os": "Windows", "device_class": "desktop", "cookieless": 1})
    );
    assert_eq!(rows[1]["bot"], "search_engine");
    orma.wait_for_views();
    wait_for("the visits", || (orma.number("SELECT count() FROM touched") == 0).then_some(()));
    let people = "SELECT uniqExact(visitor) FROM visits FINAL WHERE NOT is_bot";
    assert_eq!(orma.number(people), 2, "a bot's visits are its own");
}

#[test]
fn a_server_speaks_for_a_person_and_only_with_a_token() {
    let orma = Orma::start();
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                  Version/18.1 Mobile/15E148 Safari/604.1";
    let body = |visitor: &str| {
        json!({"site": "demo", "visitor": visitor, "context": {"ip": "79.0.0.1", "user_agent": iphone},
            "events": [{"kind": "page_view", "url": "https://b.example/"}]})
        .to_string()
    };
    let bearer = format!("Bearer {}", support::ADMIN_TOKEN);
    assert_eq!(orma.post(body("server"), &[("authorization", &bearer)]).status, 200);
    assert_eq!(orma.post(body("page"), &[]).status, 200);
    let rows = wait_for("both", || {
        let rows = orma.sql("SELECT visitor, country, os, device_class FROM events ORDER BY visitor");
        (rows.len() == 2).then_some(rows)
    });
    assert_eq!(
        rows[0],
        json!({"visitor": "page", "country": "", "os": "", "device_class": ""}),
        "its own word"
    );
    assert_eq!(
        rows[1],
        json!({"visitor": "server", "country": "IT", "os": "iOS", "device_class": "smartphone"})
    );
}

#[test]
fn client_hints_tell_what_the_user_agent_hides() {
    /// User agent, context, headers, what is stored.
    type Row<'a> = (&'a str, Value, &'a [(&'a str, &'a str)], [&'a str; 6]);
    let orma = Orma::start();
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                   Chrome/131.0.0.0 Safari/537.36";
    let android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                   Chrome/131.0.0.0 Mobile Safari/537.36";
    let web_view = "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, \
                    like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36";
    let edge = r#""Microsoft Edge";v="131", "Chromium";v="131""#;
    let headers = [("sec-ch-ua", edge), ("sec-ch-ua-mobile", "?0"), ("sec-ch-ua-platform", r#""Windows""#)];
    let large = json!({"screen": {"width": 800, "height": 1280}});
    let table: [Row<'_>; 7] = [
        (windows, json!({}), &[], ["Windows", "", "Chrome", "desktop", "", ""]),
        (windows, json!({}), &headers, ["Windows", "", "Edge", "desktop", "", ""]),
        (
            windows,
            json!({"hints": "Windows|15.0.0||Desktop||"}),
            &headers,
            ["Windows", "11", "Edge", "desktop", "", ""],
        ),
        (
            android,
            json!({"hints": "Android|15.0.0|Pixel 9|Mobile|Google Chrome 131|"}),
            &[],
            ["Android", "15", "Chrome", "smartphone", "Pixel 9", ""],
        ),
        (android, large, &[], ["Android", "", "Chrome", "tablet", "", ""]),
        (
            web_view,
            json!({"os": {"name": "Android", "version": "14.1"}}),
            &[("x-requested-with", "com.instagram.android")],
            ["Android", "14.1", "Instagram", "smartphone", "SM-S911B", ""],
        ),
        (
            windows,
            json!({"hints": "|||||1"}),
            &[],
            ["Windows", "", "Chrome", "desktop", "", "browser_automation"],
        ),
    ];
    for (number, (user_agent, context, headers, _)) in table.iter().enumerate() {
        let body = json!({"site": "demo", "visitor": format!("v{number}"), "context": context,
            "events": [{"kind": "page_view", "url": "https://b.example/"}]});
        let headers = [headers, &[("user-agent", *user_agent)] as &[_]].concat();
        assert_eq!(orma.post(body.to_string(), &headers).status, 200);
    }
    let columns = "os, os_version, browser, device_class, device_model, bot";
    let rows = wait_for("all", || {
        let rows = orma.sql(&format!("SELECT {columns} FROM events ORDER BY visitor"));
        (rows.len() == table.len()).then_some(rows)
    });
    for (row, (.., expected)) in rows.iter().zip(&table) {
        let found: Vec<_> = columns.split(", ").map(|column| row[column].as_str().unwrap()).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_databases_in_use_are_told_and_city_databases_are_used() {
    let maxmind = concat!(env!("CARGO_MANIFEST_DIR"), "/collector/tests/data/maxmind/GeoIP2-City-Test.mmdb");
    let packaged = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb"
    );
    let orma = Setup::default().argument("--geo-database", format!("{maxmind},{packaged}")).start();
    let about = orma.ask("/api/v1/about");
    assert_eq!((&about["collector_here"], &about["geo_problem"]), (&json!(true), &Value::Null));
    let files: Vec<_> = about["geo_databases"].as_array().unwrap().iter().map(|one| &one["file"]).collect();
    assert_eq!(files, ["GeoIP2-City-Test.mmdb", "geo-whois-asn-country.mmdb"]);
    assert_eq!(about["geo_databases"][1]["url"], "https://www.nro.net");
    assert_eq!(request("GET", &orma.url("/api/v1/about"), &[], &[]).status, 401);

    let bearer = format!("Bearer {}", support::ADMIN_TOKEN);
    for (visitor, address) in [("a", "81.2.69.142"), ("b", "79.0.0.1"), ("c", "10.0.0.1")] {
        let body = json!({"site": "demo", "visitor": visitor, "context": {"ip": address},
            "events": [{"kind": "page_view", "url": "https://b.example/"}]});
        assert_eq!(orma.post(body.to_string(), &[("authorization", &bearer)]).status, 200);
    }
    let rows = wait_for("all", || {
        let rows = orma.sql("SELECT country, region, city FROM events ORDER BY visitor");
        (rows.len() == 3).then_some(rows)
    });
    let place =
        |country: &str, region: &str, city: &str| json!({"country": country, "region": region, "city": city});
    assert_eq!(rows, [place("GB", "England", "London"), place("IT", "", ""), place("", "", "")]);
}

#[test]
fn bots_are_kept_apart_but_integrations_and_own_tests_are_not_bots() {
    let orma = Orma::start();
    let headless = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    HeadlessChrome/142.0.0.0 Safari/537.36";
    let table = [
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", "https://b.example/", "search_engine"),
        ("python-requests/2.32.3", "https://b.example/", ""),
        (headless, "https://b.example/", "browser_automation"),
        (headless, "http://127.0.0.1:8080/demo/", ""),
    ];
    for (number, (user_agent, url, _)) in table.iter().enumerate() {
        let body = json!({"site": "demo", "visitor": format!("v{number}"), "events": [{"kind": "page_view", "url": url}]});
        assert_eq!(orma.post(body.to_string(), &[("user-agent", user_agent)]).status, 200);
    }
    let rows = wait_for("all", || {
        let rows = orma.sql("SELECT bot FROM events ORDER BY visitor");
        (rows.len() == table.len()).then_some(rows)
    });
    let expected: Vec<Value> = table.iter().map(|(_, _, bot)| json!({"bot": bot})).collect();
    assert_eq!(rows, expected);
}

#[test]
fn a_repeated_event_is_accepted_and_counted_once() {
    let orma = Orma::start();
    for _ in 0..3 {
        let answer = orma.post(batch(&[view(1), view(2)]), &[]);
        assert_eq!(answer.json(), json!({"accepted": 2, "rejected": []}));
    }
    wait_for("the ledger", || {
        let rows = orma.sql("SELECT outcome, sum(events) AS n FROM ledger GROUP BY outcome ORDER BY outcome");
        (rows == [json!({"outcome": "accepted", "n": 6}), json!({"outcome": "duplicate", "n": 4})])
            .then_some(())
    });
    // The counts of a segment are written before its events.
    orma.wait_for_events(2);
    assert_eq!(orma.number("SELECT count() FROM events"), 2);
}

#[test]
fn slow_and_oversized_clients_are_let_go() {
    let orma = Orma::start();
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    let header = format!("GET /p.gif HTTP/1.1\r\nhost: x\r\nx-big: {}\r\n\r\n", "a".repeat(100 << 10));
    drop(stream.write_all(header.as_bytes()));
    let answer = read_answer(&mut stream);
    assert!(answer.as_ref().map_or(true, |answer| answer.status == 431), "{answer:?}");

    // One byte a second: the body's deadline ends it, and meanwhile others are served.
    let mut slow = TcpStream::connect(orma.listen).unwrap();
    slow.write_all(b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n").unwrap();
    let mut writer = slow.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        for _ in 0..60 {
            if writer.write_all(b" ").is_err() {
                return;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        panic!("still open after a minute");
    });
    assert_eq!(orma.post(batch(&[view(1)]), &[]).status, 200);
    let answer = read_answer(&mut slow).unwrap();
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (408, &json!("body_too_slow")));
    drop(slow);
    drip.join().unwrap();
}

#[test]
fn a_client_that_sends_too_fast_is_told_when_to_come_back() {
    let orma = Setup::default()
        .argument("--requests-per-second-per-address", "1")
        .variable("ORMA_LIMIT_LOOPBACK", "true")
        .start();
    let mut accepted = 0;
    let limited = loop {
        let answer = orma.post(batch(&[view(accepted as u32)]), &[]);
        if answer.status != 200 {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 250, "at one a second these are too many");
    };
    assert!(accepted >= 10, "so many at once are allowed");
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("1")));
    assert_eq!(limited.json()["error"]["code"], "rate_limited");
    orma.wait_for_events(accepted);
}

#[test]
fn a_damaged_geo_database_costs_only_the_countries() {
    let packaged = "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb";
    let whole = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(packaged)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let cut = dir.path().join("cut.mmdb");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let orma = Setup::default().argument("--geo-database", &cut).start();
    orma.collect(&json!([view(1)]));
    wait_for("the event", || {
        (orma.number("SELECT count() FROM events WHERE country = ''") == 1).then_some(())
    });
}

#[test]
fn the_snippet_is_served_compressed_and_cached() {
    let orma = Orma::start();
    let plain = request("GET", &orma.url("/orma.js"), &[], &[]);
    assert_eq!((plain.status, plain.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    assert!(plain.header("cache-control").unwrap().contains("max-age=300"));
    let gzip = request("GET", &orma.url("/orma.js"), &[("accept-encoding", "gzip")], &[]);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let length =
        |answer: &support::Answer| answer.header("content-length").unwrap().parse::<usize>().unwrap();
    assert!(length(&gzip) <= 2600 && length(&gzip) < length(&plain), "{}", length(&gzip));
    let etag = plain.header("etag").unwrap();
    let again = request("GET", &orma.url("/orma.js"), &[("if-none-match", etag)], &[]);
    assert_eq!(again.status, 304);
    let hashed = request("GET", &orma.url(&format!("/orma.{}.js", etag.trim_matches('"'))), &[], &[]);
    assert!(hashed.header("cache-control").unwrap().contains("immutable"));
}
