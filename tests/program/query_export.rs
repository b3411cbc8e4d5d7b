//! Answers in the form that the caller takes, and the export of a site's events, however many there are.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Answer, Orma, program, request, wait_for};

fn get(orma: &Orma, path: &str, accept: &str) -> Answer {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    request("GET", &orma.url(path), &[("authorization", &bearer), ("accept", accept)], &[])
}

/// The fields of each record of a CSV document, as another program reads them: all records are as long as the first.
fn records(csv: &str) -> Vec<Vec<String>> {
    assert!(csv.starts_with('\u{feff}'), "a spreadsheet knows by its first character that it is UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let fields = |record: csv::StringRecord| record.iter().map(ToOwned::to_owned).collect();
    reader.records().map(|record| fields(record.unwrap())).collect()
}

fn column<'a>(records: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
    let place =
        records[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    records[1..].iter().map(|record| record[place].as_str()).collect()
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_answer_is_in_a_form_that_is_taken_or_refused() {
    let orma = Orma::start();
    orma.collect(&json!([
        {"kind": "page_view", "url": "https://b.example/caffè", "title": "=1+1;@SUM(A1)"},
        {"kind": "vital", "name": "LCP", "value": 1200.5, "rating": "good", "url": "https://b.example/a"},
        {"kind": "order", "order_id": "o1", "revenue": {"amount": "12.50", "currency": "EUR"}, "props": {"size": "4;2"}},
    ]));
    orma.wait_for_events(3);
    let site = "/api/v1/sites/demo";
    let tables = [
        ("stats?metrics=visitors&group_by=page", "page"),
        ("people", "person"),
        ("people/visitor-1/journey", "person"),
        ("events", "event_id"),
        ("quality/web", "dimension"),
        ("quality/app", "dimension"),
        ("accounting", "hour"),
        ("newsletters", "campaign"),
        ("newsletters/people?number=clicked", "person"),
    ];
    let of_site = tables.map(|(resource, first)| (format!("{site}/{resource}"), first));
    let lists = [("/api/v1/sites".to_owned(), "site"), ("/api/v1/tokens".to_owned(), "token_id")];
    for (path, first) in of_site.into_iter().chain(lists) {
        let csv = get(&orma, &path, "text/csv");
        assert_eq!(
            (csv.status, csv.header("content-type")),
            (200, Some("text/csv; charset=utf-8")),
            "{path}"
        );
        let records = records(&csv.text);
        // Without a row, too, the columns are told.
        assert_eq!(records[0][0], first, "{path}: the mark is no part of the first name");
        let is_empty = ["quality/app", "newsletters", "number=clicked"].iter().any(|end| path.ends_with(end));
        assert_eq!(records.len() == 1, is_empty, "{path}: {records:?}");
        let ndjson = get(&orma, &path, "application/x-ndjson, */*;q=0.1");
        assert_eq!(ndjson.header("content-type"), Some("application/x-ndjson"), "{path}");
        assert_eq!(lines(&ndjson).len(), records.len() - 1, "{path}");
    }
    let json_alone = [
        format!("{site}/people/visitor-1"),
        format!("{site}/settings"),
        format!("{site}/installation"),
        format!("{site}/live"),
        "/api/v1/session".to_owned(),
        "/api/v1/about".to_owned(),
        "/api/openapi.json".to_owned(),
    ];
    for path in &json_alone {
        let refused = get(&orma, path, "text/csv");
        assert_eq!(
            (refused.status, &refused.json()["error"]["code"]),
            (406, &json!("not_acceptable")),
            "{path}"
        );
        if !path.ends_with("/live") {
            assert_eq!(get(&orma, path, "text/csv, */*;q=0.5").status, 200, "{path}");
        }
    }
    assert_eq!(get(&orma, &format!("{site}/events"), "application/json").status, 406);
    assert_eq!(
        get(&orma, &format!("{site}/people/nobody"), "text/csv").status,
        404,
        "a refusal is told in any case"
    );

    // What a spreadsheet would run, whichever sign separates its cells.
    let journey = get(&orma, &format!("{site}/people/visitor-1/journey"), "text/csv").text;
    assert!(journey.contains("\"'=1+1;'@SUM(A1)\""), "{journey}");
    let people = records(&get(&orma, &format!("{site}/people"), "text/csv").text);
    assert_eq!(column(&people, "revenue_amount"), ["12.50"]);
    assert!(!people[0].contains(&"revenue".to_owned()), "no column that is always empty: {:?}", people[0]);
    let vitals = records(&get(&orma, &format!("{site}/quality/web"), "text/csv").text);
    assert_eq!((column(&vitals, "lcp_p75"), column(&vitals, "inp_samples")), (vec!["1200.5"], vec!["0"]));
    let hours = records(&get(&orma, &format!("{site}/accounting"), "text/csv").text);
    assert_eq!((column(&hours, "accepted"), column(&hours, "gap")), (vec!["3"], vec!["0"]));
}

#[test]
fn an_export_of_a_list_leads_to_its_next_page() {
    let orma = Orma::start();
    for visitor in ["v1", "v2", "v3", "v4", "v5"] {
        let view = json!({"kind": "page_view", "url": "https://b.example/a,b"});
        let body = json!({"site": "demo", "visitor": visitor, "events": [view]});
        assert_eq!(orma.post(body.to_string(), &[]).status, 200);
    }
    orma.wait_for_events(5);
    let people = "/api/v1/sites/demo/people";
    let (mut query, mut seen, mut pages) =
        ("?search=v&limit=2&order_by=first_seen".to_owned(), Vec::new(), 0);
    loop {
        let page = get(&orma, &format!("{people}{query}"), "text/csv");
        let records = records(&page.text);
        seen.extend(column(&records, "person").into_iter().map(ToOwned::to_owned));
        pages += 1;
        let Some(link) = page.header("link") else { break };
        query =
            link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap().to_owned();
    }
    seen.sort();
    assert_eq!((pages, seen), (3, ["v1", "v2", "v3", "v4", "v5"].map(ToOwned::to_owned).to_vec()));
    let journey = get(&orma, &format!("{people}/v1/journey?limit=1"), "text/csv");
    assert_eq!(journey.header("link"), None, "the only page");
    let stats = get(&orma, "/api/v1/sites/demo/stats?group_by=page&limit=1", "text/csv");
    assert_eq!((stats.status, stats.header("link")), (200, None));
}

#[test]
fn the_events_of_a_period_are_exported_each_once() {
    let orma = Orma::start();
    let order = json!({"kind": "order", "id": "018f0000-0000-7000-8000-000000000001", "ts": "2026-11-02T10:00:00.250Z",
        "order_id": "=o;1", "revenue": {"amount": "12.50", "currency": "EUR"}, "props": {"size": "4,2\n", "colour": "è"}});
    let token = token(&orma, "ingest");
    let bearer = format!("Bearer {token}");
    let send = |events: &Value| {
        let body = json!({"site": "demo", "visitor": "v1", "user": "mario@example.it", "events": events});
        wait_for("the token to be known", || {
            (orma.post(body.to_string(), &[("authorization", &bearer)]).status == 200).then_some(())
        });
    };
    send(&json!([order, {"kind": "page_view", "url": "https://b.example/old", "ts": "2026-10-31T22:30:00Z"},
        {"kind": "page_view", "url": "https://b.example/older", "ts": "2026-10-31T12:00:00Z"}]));
    send(&json!([order]));
    orma.wait_for_events(3);
    // As after a crash: the same row twice, in two parts.
    orma.sql("INSERT INTO events SELECT * FROM events WHERE kind = 'order'");
    assert!(orma.number("SELECT count() FROM events WHERE kind = 'order'") > 1);
    let robot = [("user-agent", "Googlebot/2.1 (+http://www.google.com/bot.html)")];
    let view = json!({"site": "demo", "visitor": "v2", "events": [{"kind": "page_view", "url": "https://b.example/bot"}]});
    assert_eq!(orma.post(view.to_string(), &robot).status, 200);
    wait_for("the robot", || (orma.number("SELECT count() FROM events WHERE bot != ''") == 1).then_some(()));

    // The site's days begin at 23:00 UTC.
    let path = "/api/v1/sites/demo/events?from=2026-11-01&to=2026-11-02";
    let answer = get(&orma, path, "*/*");
    let name = answer.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"demo-events-2026-10-31-2026-11-02.ndjson\"");
    let rows = lines(&answer);
    assert_eq!(rows.len(), 1, "{}", answer.text);
    let row = &rows[0];
    for (column, value) in [
        ("event_id", json!("018f0000-0000-7000-8000-000000000001")),
        ("ts", json!("2026-11-02T10:00:00.250Z")),
        ("kind", json!("order")),
        ("user", json!("mario@example.it")),
        ("revenue", json!("12.5")),
        ("currency", json!("EUR")),
        ("engaged_ms", Value::Null),
        ("props", json!({"order_id": "=o;1", "size": "4,2\n", "colour": "è"})),
    ] {
        assert_eq!(row[column], value, "{column}: {row}");
    }
    let csv = get(&orma, path, "text/csv").text;
    let records = records(&csv);
    assert_eq!(column(&records, "kind"), ["order"]);
    let props: Value = serde_json::from_str(column(&records, "props")[0]).unwrap();
    assert_eq!(props, row["props"]);
    assert_eq!(records[0].len(), row.as_object().unwrap().len());

    let count = |query: &str| lines(&get(&orma, &format!("/api/v1/sites/demo/events?{query}"), "*/*")).len();
    assert_eq!(count("from=2026-10-31&to=2026-10-31"), 2);
    assert_eq!((count("from=2026-10-01"), count("from=2026-10-01&include=bots")), (3, 4));
    assert_eq!(count("from=2000-01-01&to=2000-12-31"), 0);
    let empty = get(&orma, "/api/v1/sites/demo/events?from=2000-01-01&to=2000-12-31", "text/csv").text;
    assert!(empty.starts_with('\u{feff}') && empty.lines().count() == 1, "the names alone: {empty}");
    for (query, field) in [("from=yesterday", "from"), ("include=all", "include"), ("limit=1", "limit")] {
        let refused = get(&orma, &format!("/api/v1/sites/demo/events?{query}"), "*/*");
        assert_eq!(
            (refused.status, &refused.json()["error"]["field"]),
            (400, &json!(field)),
            "{}",
            refused.text
        );
    }
    let sender = request("GET", &orma.url(path), &[("authorization", &bearer)], &[]);
    assert_eq!(sender.status, 403, "who may send may not read");
}

fn token(orma: &Orma, role: &str) -> String {
    let made = std::process::Command::new(program())
        .args(["token", "add", "--role", role, "--site", "demo", "--data-dir"])
        .arg(orma.dir.path())
        .output()
        .unwrap();
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// Rows of the large export.
const ROWS: u64 = 200_000;
/// An export may take so much of the program's memory for what is on its way, whatever its size: the allocator gives
/// back in waves. Bytes.
const EXPORT_BYTES_MAX: u64 = 96 << 20;

#[test]
fn an_export_larger_than_its_memory_comes_whole_and_one_that_nobody_reads_ends() {
    let orma = Orma::start();
    orma.collect(
        &json!([{"kind": "page_view", "url": "https://b.example/a", "props": {"long": "x".repeat(500)}}]),
    );
    orma.wait_for_events(1);
    orma.sql(&format!(
        "INSERT INTO events SELECT events.* REPLACE (generateUUIDv4(number) AS event_id, concat('v', toString(number % 5000)) AS visitor) \
         FROM events CROSS JOIN numbers({}) AS n",
        ROWS - 1
    ));
    // Visits are made of them meanwhile, which is not the export's.
    wait_for("the visits", || (orma.number("SELECT count() FROM touched") == 0).then_some(()));
    let before = orma.own_bytes();
    let mut export = open(&orma);
    let (mut ids, mut bytes, mut looks) = (BTreeSet::new(), 0, Vec::new());
    let mut line = String::new();
    while export.read_line(&mut line).unwrap() > 0 {
        bytes += line.len();
        if let Some((_, rest)) = line.split_once("\"event_id\":\"") {
            ids.insert(rest[..36].to_owned());
            if ids.len() % 10_000 == 0 {
                looks.push(orma.own_bytes());
            }
        }
        line.clear();
    }
    assert_eq!(ids.len() as u64, ROWS);
    assert!(bytes > 200 << 20, "{bytes}");
    let peak = looks.iter().max().unwrap() - before;
    let told = format!("{bytes} bytes came; before {before}, while they come {looks:?}");
    assert!(peak < EXPORT_BYTES_MAX && peak < bytes as u64 / 2, "{told}");

    // One that is read no further holds a place, and gives it back when the client goes.
    let running = || orma.metric("orma_questions_running").unwrap();
    let mut begun = open(&orma);
    begun.read_exact(&mut [0; 1_000]).unwrap();
    assert!(running() >= 1.0);
    drop(begun);
    wait_for("the place to be free", || (running() == 0.0).then_some(()));
}

/// Asks for the export in the older version of HTTP, which does not cut the answer into pieces.
fn open(orma: &Orma) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    let head = format!(
        "GET /api/v1/sites/demo/events HTTP/1.0\r\nhost: x\r\nauthorization: Bearer {ADMIN_TOKEN}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    BufReader::new(stream)
}
