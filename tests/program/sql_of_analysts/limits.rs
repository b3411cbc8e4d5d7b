//! What SQL may take of the machine.

use std::time::Duration;

use axum::http::StatusCode;
use orma_query::{AppState, QueryConfig, QuestionLimits, SqlLimits};

use super::{ask, insert_two_sites, value};
use crate::query_api::Service;
use crate::support;

/// A service whose SQL has these limits.
async fn limited(dir: &std::path::Path, sql: SqlLimits) -> Service {
    let mut service = Service::start(dir).await;
    let questions = QuestionLimits { sql, ..support::patient_limits() };
    let config = QueryConfig { questions, ..QueryConfig::default() };
    service.state = AppState::new(service.store.clone(), service.registry.clone(), vec![7; 32], config);
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_ended_and_the_limit_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let service = limited(dir.path(), SqlLimits { seconds_max: 2, ..SqlLimits::default() }).await;
    for query in [
        "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)",
        "SELECT count() FROM numbers(10000000) AS a, numbers(10000000) AS b",
        "SELECT (SELECT max(sipHash64(number)) FROM numbers(1000000000000))",
    ] {
        let told = ask(&service, query).await;
        assert_eq!(told.refusal(), (422, "question_too_big".to_owned()), "{query}: {}", told.text());
        assert!(told.message().contains("2 seconds"), "{query}: {}", told.message());
    }
    // A single call that hears of no limit is given up; the engine ends it when it can.
    let deaf = "SELECT sum(editDistance(materialize(repeat('a', 60000)), repeat(toString(number % 10), 60000))) FROM numbers(8)";
    let told = ask(&service, deaf).await;
    assert_eq!(told.refusal(), (422, "question_too_big".to_owned()), "{}", told.text());
    // What calls itself without end has a limit of its own.
    let endless = "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT count() FROM r";
    assert!(matches!(ask(&service, endless).await.status.as_u16(), 400 | 422));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_much_memory_or_answers_too_much_is_refused_by_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let sql = SqlLimits {
        seconds_max: support::PATIENCE.as_secs(),
        memory_bytes_max: 64 << 20,
        rows_max: 1_000,
        bytes_max: 1 << 20,
        ..SqlLimits::default()
    };
    let service = limited(dir.path(), sql).await;
    for (query, words) in [
        ("SELECT length(groupArray(number)) FROM numbers(100000000)", "67108864 bytes of memory"),
        ("SELECT length(repeat('x', 1000000000))", "bytes"),
        ("SELECT length(range(100000000))", "bytes"),
        (
            "SELECT count() FROM numbers(10000000) AS a JOIN (SELECT number, toString(number) AS text FROM numbers(10000000)) AS b ON a.number = b.number",
            "67108864 bytes of memory",
        ),
        ("SELECT number FROM numbers(1001)", "1000 rows"),
        ("SELECT repeat('x', 20000) FROM numbers(100)", "1048576 bytes"),
    ] {
        let told = ask(&service, query).await;
        let (status, code) = told.refusal();
        // ClickHouse has limits of its own for single values.
        assert!(
            (status == 422 && code == "question_too_big") || (words == "bytes" && status == 400),
            "{query}: {}",
            told.text()
        );
        assert!(status == 400 || told.message().contains(words), "{query}: {}", told.message());
    }
    assert_eq!(value(&service, "SELECT count() FROM numbers(100000000)").await, 100_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_analyst_leaves_places_to_others_and_whoever_goes_away_ends_the_query() {
    let dir = tempfile::tempdir().unwrap();
    let sql = SqlLimits { running_max: 1, seconds_max: support::PATIENCE.as_secs(), ..SqlLimits::default() };
    let mut service = limited(dir.path(), sql.clone()).await;
    insert_two_sites(&service).await;
    let questions = QuestionLimits { sql, wait_ms_max: 200, running_max: 4, ..support::patient_limits() };
    let config = QueryConfig { questions, ..QueryConfig::default() };
    service.state = AppState::new(service.store.clone(), service.registry.clone(), vec![7; 32], config);
    let endless = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)";
    let running = async || {
        #[derive(serde::Deserialize)]
        struct Row {
            queries: u64,
        }
        let sql = "SELECT count() AS queries FROM system.processes WHERE user = 'orma_sql' AND query LIKE 'SELECT sum%'";
        service.store.select::<Row>(sql, &[]).await.unwrap()[0].queries
    };
    // Whichever ends first ends the other.
    tokio::select! {
        told = ask(&service, endless) => panic!("{}", told.text()),
        () = async {
            while running().await == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            // SQL has no place left, the dashboard has.
            let told = ask(&service, "SELECT 1").await;
            assert_eq!(told.refusal(), (503, "busy".to_owned()), "{}", told.text());
            let stats = service.get("/stats?metrics=visitors&from=2026-11-01&to=2026-11-03").await;
            assert!(stats.is_object(), "{stats}");
        } => {}
    }
    while running().await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let told = ask(&service, "SELECT 1").await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
}
