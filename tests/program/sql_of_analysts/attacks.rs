//! What an analyst of one site may try, each against the real engine.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use orma_store::Role;
use serde_json::json;

use super::{ask, ask_as, ask_with, insert_two_sites, rows, send, value};
use crate::query_api::{ADMIN, ANALYST, Service};

/// Statements that are refused, and a word of the message.
const REFUSED: [(&str, &str); 144] = [
    // Other sites and other tables.
    ("SELECT count() FROM events WHERE site = 'other'", "site"),
    ("SELECT * FROM orma.events", "orma.events"),
    ("SELECT * FROM `orma`.`events`", "orma.events"),
    ("SELECT * FROM orma_sql.events", "orma_sql.events"),
    ("SELECT * FROM default.events", "default.events"),
    ("SELECT * FROM aliases", "allowed"),
    ("SELECT * FROM orma.tokens", "orma.tokens"),
    ("SELECT hash FROM orma.tokens FINAL", "orma.tokens"),
    ("SELECT 1 FROM events WHERE visitor IN orma.tokens", "allowed"),
    ("SELECT visitor IN (SELECT visitor FROM orma.events) FROM events", "orma.events"),
    ("SELECT (SELECT count() FROM orma.write_keys)", "orma.write_keys"),
    ("WITH (SELECT groupArray(hash) FROM orma.tokens) AS t SELECT t", "orma.tokens"),
    ("WITH events AS (SELECT * FROM orma.events) SELECT * FROM events", "orma.events"),
    ("SELECT 1 UNION ALL SELECT count() FROM orma.events", "orma.events"),
    ("SELECT 1 EXCEPT SELECT count() FROM orma.events", "orma.events"),
    ("SELECT 1 FROM events AS e JOIN orma.events AS o ON e.event_id = toString(o.event_id)", "orma.events"),
    ("SELECT /* orma */ * /* */ FROM/**/orma . events", "orma.events"),
    ("SELECT * FROM {t:Identifier}", "t"),
    ("SELECT joinGet('orma.tokens', 'hash', 1)", "joinGet"),
    ("SELECT dictGet('orma.d', 'a', 1)", "dictGet"),
    ("SELECT hasColumnInTable('orma', 'tokens', 'hash')", "hasColumnInTable"),
    ("SELECT hasColumnInTable('127.0.0.1', 'orma', 'tokens', 'hash')", "hasColumnInTable"),
    ("SELECT * FROM merge('orma', '.*')", "merge"),
    ("SELECT * FROM loop(orma, tokens)", "loop"),
    ("SELECT * FROM view(SELECT * FROM orma.events)", "view"),
    ("SELECT * FROM viewIfPermitted(SELECT 1 AS a ELSE null('a UInt8'))", "viewIfPermitted"),
    ("SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))", "viewExplain"),
    ("SELECT * FROM mergeTreeIndex('orma', 'events')", "mergeTreeIndex"),
    ("SELECT * FROM mergeTreeProjection('orma', 'events', 'p')", "mergeTreeProjection"),
    ("SELECT * FROM dictionary('orma.d')", "dictionary"),
    // The server.
    ("SELECT * FROM system.processes", "system.processes"),
    ("SELECT * FROM system.tables", "system.tables"),
    ("SELECT * FROM system.settings", "system.settings"),
    ("SELECT * FROM system.users", "system.users"),
    ("SELECT * FROM system.query_log", "system.query_log"),
    ("SELECT * FROM system.one", "system.one"),
    ("SELECT * FROM `system`.`functions`", "system.functions"),
    ("SELECT * FROM information_schema.tables", "information_schema.tables"),
    ("SELECT * FROM INFORMATION_SCHEMA.COLUMNS", "COLUMNS"),
    ("SELECT 'x' IN system.contributors", "system.contributors"),
    ("DESCRIBE system.processes", "system.processes"),
    ("DESCRIBE orma.tokens", "orma.tokens"),
    ("DESCRIBE url('http://127.0.0.1:1/')", "url"),
    ("SELECT hostName()", "hostName"),
    ("SELECT `hostName`()", "hostName"),
    ("SELECT HOSTNAME()", "HOSTNAME"),
    ("SELECT arrayMap(x -> hostName(), [1])", "hostName"),
    ("SELECT * APPLY(x -> hostName()) FROM events", "APPLY"),
    ("SELECT version()", "version"),
    ("SELECT currentUser()", "currentUser"),
    ("SELECT user()", "user"),
    ("SELECT currentDatabase()", "currentDatabase"),
    ("SELECT queryID()", "queryID"),
    ("SELECT initialQueryID()", "initialQueryID"),
    ("SELECT getSetting('max_memory_usage')", "getSetting"),
    ("SELECT getServerSetting('max_server_memory_usage')", "getServerSetting"),
    ("SELECT getMacro('replica')", "getMacro"),
    ("SELECT getClientHTTPHeader('X-ClickHouse-Key')", "getClientHTTPHeader"),
    ("SELECT filesystemAvailable()", "filesystemAvailable"),
    ("SELECT addressToLine(1)", "addressToLine"),
    ("SELECT showCertificate()", "showCertificate"),
    ("SELECT tcpPort()", "tcpPort"),
    ("SELECT serverUUID()", "serverUUID"),
    ("SELECT logTrace('x')", "logTrace"),
    ("SELECT aiGenerate('x')", "aiGenerate"),
    // Files and addresses.
    ("SELECT * FROM file('/etc/passwd', LineAsString)", "file"),
    ("SELECT file('/etc/passwd')", "file"),
    ("SELECT * FROM filesystem('/')", "filesystem"),
    ("SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", "url"),
    ("SELECT * FROM s3('https://example.com/x', 'CSV')", "s3"),
    ("SELECT * FROM remote('127.0.0.1', 'orma', 'tokens')", "remote"),
    ("SELECT * FROM remoteSecure('127.0.0.1', 'orma', 'tokens')", "remoteSecure"),
    ("SELECT * FROM cluster('default', 'orma', 'tokens')", "cluster"),
    ("SELECT * FROM clusterAllReplicas('default', 'orma', 'tokens')", "clusterAllReplicas"),
    ("SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')", "mysql"),
    ("SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')", "postgresql"),
    ("SELECT * FROM executable('id', 'TSV', 'a String')", "executable"),
    ("SELECT * FROM sqlite('/x', 't')", "sqlite"),
    ("SELECT * FROM icebergLocal('/x')", "icebergLocal"),
    ("SELECT * FROM input('a UInt8')", "input"),
    ("SELECT * FROM format(CSV, '1')", "format"),
    ("SELECT * FROM generateRandom('a UInt8')", "generateRandom"),
    ("SELECT * FROM '/etc/passwd'", ""),
    ("SELECT 1 INTO OUTFILE '/tmp/orma-was-here'", "INTO OUTFILE"),
    ("SELECT 1 INTO OUTFILE '/tmp/orma-was-here' FORMAT CSV", "INTO OUTFILE"),
    // Another form than was asked for.
    ("SELECT 1 FORMAT CSV", "FORMAT"),
    ("SELECT 1 FORMAT JSONEachRow", "FORMAT"),
    ("SELECT 1 UNION ALL SELECT 2 FORMAT Null", "FORMAT"),
    // Limits.
    ("SELECT 1 SETTINGS readonly = 0", ""),
    ("SELECT 1 SETTINGS max_execution_time = 3600", "SETTINGS"),
    ("SELECT 1 SETTINGS max_threads = 2", "SETTINGS"),
    ("SELECT * FROM (SELECT 1 SETTINGS max_threads = 2)", "SETTINGS"),
    ("SELECT * FROM (SELECT 1 SETTINGS allow_get_client_http_header = 1)", "SETTINGS"),
    ("SELECT 1 AS a WHERE a IN (SELECT 1 SETTINGS max_memory_usage = 0)", "SETTINGS"),
    ("WITH x AS (SELECT 1 SETTINGS readonly = 0) SELECT * FROM x", "SETTINGS"),
    ("SELECT sleep(3)", "sleep"),
    ("SELECT sleepEachRow(3) FROM numbers(10)", "sleepEachRow"),
    // Changes.
    ("INSERT INTO events (kind) VALUES ('x')", "SELECT"),
    ("INSERT INTO orma.tokens SELECT 1", "SELECT"),
    ("ALTER TABLE orma.events DELETE WHERE 1", "SELECT"),
    ("DROP TABLE events", "SELECT"),
    ("DROP DATABASE orma_sql", "SELECT"),
    ("TRUNCATE TABLE orma.events", "SELECT"),
    ("CREATE TABLE x (a UInt8) ENGINE = Memory", "SELECT"),
    ("CREATE TEMPORARY TABLE x (a UInt8)", "SELECT"),
    ("CREATE VIEW x AS SELECT * FROM orma.tokens", "SELECT"),
    ("CREATE FUNCTION f AS (x) -> x", "SELECT"),
    ("ATTACH TABLE x", "SELECT"),
    ("SET max_memory_usage = 0", "SELECT"),
    ("SYSTEM STOP MERGES", "SELECT"),
    ("SYSTEM STOP LISTEN HTTP", "SELECT"),
    ("KILL QUERY WHERE 1", "SELECT"),
    ("GRANT ALL ON *.* TO orma_sql", "SELECT"),
    ("SHOW TABLES FROM orma", "SELECT"),
    ("SHOW CREATE USER orma", "SELECT"),
    ("EXPLAIN SELECT 1", "SELECT"),
    ("USE orma", "SELECT"),
    ("SELECT 1; SELECT 2", "Multi-statements"),
    // In new clothes.
    ("EXECUTE AS orma SELECT 1", "SELECT"),
    ("SELECT 1 PARALLEL WITH DROP TABLE events", "SELECT"),
    ("WITH x AS (SELECT 1) INSERT INTO orma.tokens SELECT * FROM x", "SELECT"),
    ("FROM orma.tokens SELECT *", "orma.tokens"),
    ("SELECT * FROM (EXPLAIN SELECT 1)", "viewExplain"),
    ("DESCRIBE (SELECT * FROM orma.tokens)", "orma.tokens"),
    ("DESCRIBE events FORMAT CSV", "FORMAT"),
    ("graph = 1 SELECT 1", ""),
    ("SELECT * FROM generateSeries(1, (SELECT count() FROM orma.tokens))", "orma.tokens"),
    ("SELECT * FROM numbers((SELECT count() FROM system.processes))", "system.processes"),
    ("SELECT * FROM values('a String', (hostName()))", "hostName"),
    ("SELECT * FROM eval('SELECT 1')", "eval"),
    ("SELECT in('x', orma.tokens)", ""),
    ("SELECT 1 GLOBAL IN orma.tokens", ""),
    ("SELECT 1 LIMIT (SELECT count() FROM orma.tokens)", ""),
    ("SELECT number FROM numbers(3) ORDER BY number WITH FILL TO 5 INTERPOLATE (x AS hostName())", ""),
    ("SELECT @@version", ""),
    ("SELECT 1 AS \"a\nInsertQuery\"", "SELECT"),
    ("SELECT 1 AS \"a\n    Literal\", hostName()", "hostName"),
    ("SELECT * FROM url('x' AS \"a\n  Literal\")", "url"),
    ("SELECT _part FROM events", "_part"),
    ("SELECT visitor_hash FROM visits", "visitor_hash"),
    ("BACKUP DATABASE orma TO Disk('a', 'b')", "SELECT"),
    ("DELETE FROM events WHERE 1", "SELECT"),
    ("SHOW GRANTS", "SELECT"),
    ("CHECK TABLE orma.tokens", "SELECT"),
];

/// What an answer must never say: another site's, the registry's, the machine's.
async fn secrets(service: &Service, dir: &std::path::Path) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Row {
        hash: String,
    }
    let rows: Vec<Row> = service.store.select("SELECT hash FROM tokens", &[]).await.unwrap();
    assert!(rows.len() >= 2);
    let endpoint = service.store.endpoint();
    let mut secrets: Vec<String> = rows.into_iter().map(|row| row.hash).collect();
    let own = ["secret-", "/secret", "127.0.0.1", "Stack trace", "(version "].map(ToOwned::to_owned);
    secrets.extend(own);
    secrets.extend([endpoint.password, dir.display().to_string()]);
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_analyst_tries_is_refused_and_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    let secrets = secrets(&service, dir.path()).await;
    for (query, word) in REFUSED {
        let told = ask_with(&service, json!({"query": query})).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{query}: {}", told.text());
        let error = &told.json()["error"];
        assert_eq!(error["field"], "query", "{query}: {error}");
        let message = told.message();
        assert!(message.contains(word), "{query}: {message}");
        // The analyst's own words come back; all else must be nobody's.
        for secret in secrets.iter().filter(|secret| !query.contains(secret.as_str())) {
            assert!(!message.contains(secret.as_str()), "{query} says {secret}: {message}");
        }
    }
    // Tables are named by values.
    for name in ["orma.tokens", "system.processes", "system.one"] {
        let body = json!({"query": "SELECT * FROM {t:Identifier}", "params": {"t": name}});
        let told = ask_with(&service, body).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{name}: {}", told.text());
    }
    assert!(!std::path::Path::new("/tmp/orma-was-here").exists());
    // Nothing of it has changed anything.
    assert_eq!(value(&service, "SELECT count() FROM events").await, 15);
    let all = ask(&service, "SELECT * FROM events").await.text();
    for secret in &secrets {
        assert!(!all.contains(secret.as_str()), "{secret}: {all}");
    }
}

/// Statements that are carried out, and see nothing but the site.
const HARMLESS: [(&str, &str); 12] = [
    ("SELECT count() FROM (SELECT 'other' AS site, * FROM events) WHERE site = 'other'", "15"),
    ("WITH 'other' AS site SELECT count() FROM events WHERE site = 'other'", "15"),
    (
        "SELECT 'orma-sql-00000000-0000-0000-0000-000000000000-other' AS initialQueryID, count() AS n FROM events",
        "",
    ),
    ("SELECT count() FROM events AS visits, visits AS events", ""),
    ("WITH events AS (SELECT 1 AS a) SELECT count() FROM events", "1"),
    ("SELECT countIf(visitor LIKE '%secret%') FROM events", "0"),
    ("SELECT uniqExact(person) FROM (SELECT person FROM visits UNION ALL SELECT person FROM people)", ""),
    ("SELECT count() FROM people WHERE person LIKE 'secret%'", "0"),
    ("SELECT count() -- FROM orma.events\nFROM events", "15"),
    ("SELECT count() FROM events;", "15"),
    ("SELECT '; DROP TABLE events' AS text, count() FROM events GROUP BY text", ""),
    ("(SELECT sum(number) FROM numbers(10))", "45"),
];

#[tokio::test(flavor = "multi_thread")]
async fn names_that_mean_something_else_show_no_other_site() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    let secrets = secrets(&service, dir.path()).await;
    for (query, expected) in HARMLESS {
        let told = ask(&service, query).await;
        assert_eq!(told.status, StatusCode::OK, "{query}: {}", told.text());
        for secret in &secrets {
            assert!(!told.text().contains(secret.as_str()), "{query} says {secret}: {}", told.text());
        }
        if !expected.is_empty() {
            assert_eq!(value(&service, query).await.to_string(), expected, "{query}");
        }
    }
    // Both sites at once, many times: no answer is the other's.
    let other = service.registry.add_token(Role::Analyst, "other", "otto", None).await.unwrap();
    let query = "SELECT count() AS n, uniqExact(visitor) AS visitors FROM events";
    for _ in 0..10 {
        let ask_other = ask_as(&service, "other", &other, json!({ "query": query }));
        let (ours, theirs) = tokio::join!(ask(&service, query), ask_other);
        assert_eq!(ours.json()["data"], json!([{"n": 15, "visitors": 3}]));
        assert_eq!(theirs.json()["data"], json!([{"n": 20, "visitors": 1}]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_read_the_site_asks() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let mut secrets = Vec::new();
    for role in [Role::Segments, Role::Ingest] {
        secrets.push(service.registry.add_token(role, "demo", "machine", None).await.unwrap());
    }
    let body = json!({"query": "SELECT 1"});
    for (site, token, status) in [
        ("demo", ANALYST, 200),
        ("demo", ADMIN, 200),
        ("other", ADMIN, 200),
        ("other", ANALYST, 403),
        ("nowhere", ADMIN, 404),
        ("demo", secrets[0].as_str(), 403),
        ("demo", secrets[1].as_str(), 403),
        ("demo", "no-token-of-anybody", 401),
    ] {
        let told = ask_as(&service, site, token, body.clone()).await;
        assert_eq!(told.status.as_u16(), status, "{site} {token}: {}", told.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let post = async |content_type: &str, body: Vec<u8>| {
        let request = Request::post("/api/v1/sites/demo/sql")
            .header("authorization", format!("Bearer {ANALYST}"))
            .header("content-type", content_type)
            .body(Body::from(body));
        send(&service, request.unwrap()).await
    };
    let long = format!("SELECT '{}'", "x".repeat(10 << 20));
    for (content_type, body, status) in [
        ("application/json", b"{\"query\": 1}".to_vec(), 400),
        ("application/json", b"{\"query\": \"SELECT 1\", \"site\": \"other\"}".to_vec(), 400),
        ("application/json", b"{\"query\": \"SELECT \xff\"}".to_vec(), 400),
        ("application/json", b"".to_vec(), 400),
        ("text/plain", b"SELECT '\xff'".to_vec(), 400),
        ("text/plain", b"SELECT '\0'".to_vec(), 400),
        ("text/plain", b"".to_vec(), 400),
        ("text/plain", b"-- nothing".to_vec(), 400),
        ("text/plain", long.into_bytes(), 400),
        ("text/plain", format!("SELECT '{}'", "x".repeat(200 << 10)).into_bytes(), 400),
        ("text/plain", format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000)).into_bytes(), 400),
        ("text/plain", format!("SELECT {}1", "- ".repeat(40_000)).into_bytes(), 400),
        ("text/plain", format!("SELECT {}1", "NOT ".repeat(20_000)).into_bytes(), 400),
        ("text/plain", format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(6_000)).into_bytes(), 400),
        (
            "text/plain",
            format!("SELECT * FROM {}events{}", "(SELECT * FROM ".repeat(500), ")".repeat(500)).into_bytes(),
            400,
        ),
        ("text/plain", b"SELECT 1".to_vec(), 200),
    ] {
        let what = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let told = post(content_type, body).await;
        assert_eq!(told.status.as_u16(), status, "{what}: {}", told.text());
    }
    assert_eq!(rows(&service, "SELECT 1 AS one").await, [json!({"one": 1})]);
}
