//! The forms of an answer, parameters, and what an analyst is told of mistakes.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{ask, ask_with, insert_two_sites, rows, send};
use crate::query_api::{ANALYST, Service};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_form_that_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let query = "SELECT 1 AS one, 'a' AS text, toDecimal64('1.50', 2) AS money, toUInt64(9007199254740993) AS big, CAST(NULL AS Nullable(String)) AS none";
    let json = "{\"one\":1,\"text\":\"a\",\"money\":\"1.5\",\"big\":9007199254740993,\"none\":null}";
    let csv = "\"one\",\"text\",\"money\",\"big\",\"none\"\n1,\"a\",1.5,9007199254740993,\\N\n";
    for (format, media_type, whole) in [
        ("json", "application/json", None),
        ("csv", "text/csv", Some(csv.to_owned())),
        ("ndjson", "application/x-ndjson", Some(format!("{json}\n"))),
        ("parquet", "application/vnd.apache.parquet", None),
        ("arrow", "application/vnd.apache.arrow.stream", None),
    ] {
        let by_field = ask_with(&service, json!({"query": query, "format": format})).await;
        let request = Request::post("/api/v1/sites/demo/sql")
            .header("authorization", format!("Bearer {ANALYST}"))
            .header("content-type", "text/plain; charset=utf-8")
            .header("accept", media_type)
            .body(Body::from(query));
        let by_accept = send(&service, request.unwrap()).await;
        let address = format!("/api/v1/sites/demo/sql?format={format}&query={}", query.replace(' ', "%20"));
        let get = Request::get(address).header("authorization", format!("Bearer {ANALYST}"));
        let by_address = send(&service, get.body(Body::empty()).unwrap()).await;
        for told in [&by_field, &by_accept, &by_address] {
            assert_eq!(told.status, StatusCode::OK, "{format}: {}", told.text());
            assert_eq!(told.headers["content-type"], media_type);
            assert_eq!(told.headers["cache-control"], "no-store");
            match (format, &whole) {
                (_, Some(whole)) => assert_eq!(&told.text(), whole),
                ("json", _) => {
                    assert_eq!(
                        told.json()["data"],
                        serde_json::from_str::<Value>(&format!("[{json}]")).unwrap()
                    );
                    assert_eq!(told.json()["meta"][0], json!({"name": "one", "type": "UInt8"}));
                    assert!(told.json().get("statistics").is_none());
                }
                ("parquet", _) => assert!(told.bytes.starts_with(b"PAR1") && told.bytes.ends_with(b"PAR1")),
                _ => assert!(told.bytes.starts_with(&[0xff, 0xff, 0xff, 0xff])),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_answers_come_whole() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let query = "SELECT number, repeat('x', 20) AS text FROM numbers(500000)";
    let told = ask_with(&service, json!({"query": query, "format": "ndjson"})).await;
    let text = told.text();
    assert_eq!(text.lines().count(), 500_000);
    assert_eq!(text.lines().last().unwrap(), "{\"number\":499999,\"text\":\"xxxxxxxxxxxxxxxxxxxx\"}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    let body = json!({
        "query": "SELECT {text:String} AS text, {number:Int64} AS number, {list:Array(String)} AS list, {day:Date} AS day, \
                  {yes:Bool} AS yes, count() AS n FROM events WHERE kind IN {list:Array(String)}",
        "params": {"text": "it's \\ \n\t\"x\" è", "number": -5, "list": ["order", "re'fund\\"], "day": "2026-11-01", "yes": true},
    });
    let told = ask_with(&service, body).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let row = json!({"text": "it's \\ \n\t\"x\" è", "number": -5, "list": ["order", "re'fund\\"], "day": "2026-11-01", "yes": true, "n": 2});
    assert_eq!(told.json()["data"][0], row);
    let missing = ask(&service, "SELECT {text:String}").await;
    assert_eq!(missing.refusal(), (400, "invalid_sql".to_owned()));
    assert!(missing.message().contains("text"), "{}", missing.message());
    let wrong = ask_with(&service, json!({"query": "SELECT {n:UInt8}", "params": {"n": "many"}})).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_in_the_store_s_words() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    for (query, words) in [
        ("SELECT pth FROM events", "Unknown expression identifier `pth`"),
        ("SELECT path FROM evnts", "evnts"),
        ("SELEC 1", "failed at position 7 (1)"),
        ("SELECT count( FROM events", "failed at position 13 (()"),
        ("SELECT 1\nFRM events\nWHERE 1", "position 14 (events) (line 2, col 5)"),
        ("SELECT coutn() FROM events", "coutn"),
        ("SELECT path, count() FROM events", "path"),
        ("SELECT toDate('never') FROM events", "Cannot parse date"),
        ("SELECT throwIf(1, 'my own words')", "my own words"),
        ("SELECT 1 + 'a'", "plus"),
    ] {
        let told = ask(&service, query).await;
        assert_eq!(told.refusal(), (400, "invalid_sql".to_owned()), "{query}: {}", told.text());
        let message = told.message();
        assert!(message.contains(words), "{query}: {message}");
        for inner in ["orma", "DB::Exception", "version", "SITE", "initialQueryID", "__table"] {
            assert!(!message.contains(inner), "{query} says {inner}: {message}");
        }
    }
    // The views are made again when they are gone.
    service.store.execute("DROP DATABASE orma_sql", &[]).await.unwrap();
    assert_eq!(rows(&service, "SELECT count() AS n FROM events").await, [json!({"n": 15})]);
    service.store.execute("DROP VIEW orma_sql.visits", &[]).await.unwrap();
    assert_eq!(rows(&service, "SELECT count() > 0 AS some FROM visits").await.len(), 1);
    let described = rows(&service, "DESCRIBE events").await;
    assert!(
        described.iter().any(|column| column["name"] == "person" && column["type"] == "String"),
        "{described:?}"
    );
}
