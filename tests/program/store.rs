//! The store against the real engine: schema, Native blocks, deduplication, the registry.

use std::time::{Duration, Instant};

use orma_model::EventRow;
use orma_model::event_row::{COLUMNS, ColumnType};
use orma_store::{EventBlock, Param, Registry, Role, Site, Store, migrations};
use orma_visits::Maker;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support;

fn block(rows: &[EventRow<'_>]) -> EventBlock {
    let columns: Vec<_> = COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect();
    let records: Vec<Vec<u8>> = rows.iter().map(record).collect();
    EventBlock::new(&columns, records.iter().map(Vec::as_slice).collect()).unwrap()
}

fn record(row: &EventRow<'_>) -> Vec<u8> {
    let mut record = Vec::new();
    row.write_record(&mut record);
    record
}

async fn insert(store: &Store, rows: &[EventRow<'_>]) {
    let block = block(rows);
    let names: Vec<&str> = block.columns.iter().map(String::as_str).collect();
    store.insert_native("events", &names, &block.pieces).await.unwrap();
}

async fn one(store: &Store, sql: &str) -> Value {
    store.select::<Value>(sql, &[]).await.unwrap().remove(0)
}

fn view(id: u128, visitor: &'static str, ts: i64, path: &'static str) -> EventRow<'static> {
    EventRow {
        site: "demo".into(),
        event_id: Uuid::from_u128(id),
        ts,
        received_at: ts + 20,
        client_ts: ts,
        visitor: visitor.into(),
        session: "s1".into(),
        kind: "page_view".into(),
        touchpoint: "site".into(),
        path: path.into(),
        channel: "organic_search".into(),
        source: "Google".into(),
        ..EventRow::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_survive_the_way_through_a_native_block() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine(dir.path()));
    let store = engine.store();
    assert_eq!(migrations::migrate(&store, None).await.unwrap().last(), Some(&migrations::newest_version()));
    assert!(migrations::migrate(&store, None).await.unwrap().is_empty(), "each migration is applied once");

    let full = EventRow {
        event_id: Uuid::parse_str("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").unwrap(),
        user: "mario@example.it".into(),
        value: Some(2310.5),
        revenue: 890_000,
        currency: "EUR".into(),
        scroll_pct: 77,
        screen_width: 390,
        engaged_ms: 70_000,
        title: "Scarpe «rosse»".into(),
        props: vec![("colore".into(), "rosso".into()), ("q".into(), "".into())],
        ..view(0, "v1", 1_764_000_000_123, "/scarpe")
    };
    let many: Vec<EventRow<'_>> = (0..1000)
        .map(|n| EventRow { name: format!("n{n}").into(), ..view(n + 10, "v2", 1_764_000_000_000, "/") })
        .chain([full])
        .collect();
    insert(&store, &many).await;
    insert(&store, &many).await;

    let row = one(
        &store,
        "SELECT toString(event_id) AS id, ts, received_at, user, value, toString(revenue) AS revenue, currency, \
         scroll_pct, screen_width, engaged_ms, title, props FROM events WHERE visitor = 'v1'",
    )
    .await;
    assert_eq!(
        row,
        json!({"id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "ts": "2025-11-24T16:00:00.123Z",
            "received_at": "2025-11-24T16:00:00.143Z", "user": "mario@example.it", "value": 2310.5,
            "revenue": "89", "currency": "EUR", "scroll_pct": 77, "screen_width": 390, "engaged_ms": 70000,
            "title": "Scarpe «rosse»", "props": {"colore": "rosso", "q": ""}})
    );
    let counts = one(&store, "SELECT count() AS events, uniqExact(name) AS names FROM events FINAL").await;
    assert_eq!(counts, json!({"events": 1001, "names": 1001}), "what is inserted again adds nothing");
    engine.stop().await;
}

/// Each text says which column it is of.
fn named() -> EventRow<'static> {
    EventRow {
        event_id: Uuid::from_u128(9),
        clock: "clock".into(),
        user: "user".into(),
        consent: "consent".into(),
        name: "name".into(),
        stage: "stage".into(),
        host: "host".into(),
        query: "query".into(),
        title: "title".into(),
        referrer: "referrer".into(),
        screen: "screen".into(),
        utm_source: "utm_source".into(),
        utm_medium: "utm_medium".into(),
        utm_campaign: "utm_campaign".into(),
        utm_term: "utm_term".into(),
        utm_content: "utm_content".into(),
        click_id_kind: "click_id_kind".into(),
        source: "source".into(),
        channel: "channel".into(),
        newsletter_campaign: "newsletter_campaign".into(),
        message: "message".into(),
        link: "link".into(),
        verdict: "verdict".into(),
        verdict_reason: "verdict_reason".into(),
        device_class: "device_class".into(),
        device_brand: "device_brand".into(),
        device_model: "device_model".into(),
        browser: "browser".into(),
        browser_version: "browser_version".into(),
        os: "os".into(),
        os_version: "os_version".into(),
        language: "language".into(),
        timezone: "timezone".into(),
        app_name: "app_name".into(),
        app_version: "app_version".into(),
        app_build: "app_build".into(),
        network: "network".into(),
        sdk: "sdk".into(),
        country: "country".into(),
        region: "region".into(),
        city: "city".into(),
        rating: "rating".into(),
        currency: "currency".into(),
        target: "target".into(),
        bot_reason: "bot_reason".into(),
        ..view(0, "visitor", 1_764_000_000_000, "path")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_is_found_under_its_own_name_and_in_the_visit() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    let row = EventRow {
        session: "session".into(),
        touchpoint: "touchpoint".into(),
        screen_width: 390,
        screen_height: 65_535,
        ..named()
    };
    let bot = EventRow { event_id: Uuid::from_u128(10), bot: "bot".into(), visitor: "v2".into(), ..named() };
    let bare = EventRow { event_id: Uuid::from_u128(11), visitor: "v3".into(), ..EventRow::default() };
    insert(&store, &[row, bot, bare]).await;

    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let sql = |visitor: &str| format!("SELECT {} FROM events WHERE visitor = '{visitor}'", names.join(", "));
    let full = one(&store, &sql("visitor")).await;
    let bare = one(&store, &sql("v3")).await;
    for column in COLUMNS {
        let is_text = matches!(column.column_type, ColumnType::Text | ColumnType::LowCardinality);
        if is_text && !["site", "kind", "bot", "visitor"].contains(&column.name) {
            assert_eq!(full[column.name], json!(column.name));
            assert_eq!(bare[column.name], json!(""), "{}", column.name);
        }
    }
    assert_eq!(
        [&full["screen_width"], &full["screen_height"], &full["bot"]],
        [&json!(390), &json!(65_535), &json!("")]
    );
    assert_eq!([&bare["screen_width"], &bare["screen_height"]], [&json!(0), &json!(0)]);
    assert_eq!(one(&store, &sql("v2")).await["bot"], json!("bot"));
    assert_eq!(one(&store, "SELECT count() AS n FROM events WHERE bot = ''").await, json!({"n": 2}));

    Maker::new(store.clone()).make_all(None).await.unwrap();
    let entry = [
        "entry_page",
        "host",
        "language",
        "app_version",
        "source",
        "channel",
        "utm_campaign",
        "utm_source",
        "utm_medium",
        "country",
        "region",
        "city",
        "device_class",
        "device_brand",
        "device_model",
        "browser",
        "os",
        "os_version",
        "utm_term",
        "utm_content",
    ];
    let columns = entry.map(|name| format!("toString({name})")).join(", ");
    let sql =
        format!("SELECT visitor, [{columns}] AS entry FROM visits FINAL WHERE NOT is_bot ORDER BY visitor");
    let visits = store.select::<Value>(&sql, &[]).await.unwrap();
    let of_event = entry.map(|name| if name == "entry_page" { "path" } else { name });
    assert_eq!(
        visits,
        [
            json!({"visitor": "v3", "entry": vec![""; entry.len()]}),
            json!({"visitor": "visitor", "entry": of_event})
        ]
    );
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_sent_twice_counts_once_in_events_and_in_its_visit() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    let at = 1_764_000_000_000;
    insert(&store, &[view(1, "v1", at, "/a"), view(2, "v1", at + 60_000, "/b")]).await;
    // The same event through another collector: another segment, a moment later by that collector's clock.
    insert(&store, &[EventRow { received_at: at + 900, ..view(2, "v1", at + 60_000, "/b") }]).await;
    let bot = EventRow { bot: "crawler".into(), ..view(3, "v1", at + 120_000, "/c") };
    insert(&store, &[bot]).await;
    // What came first is not what happened first, and twice in one block is once.
    let leave = EventRow { kind: "page_leave".into(), ..view(4, "v1", at + 60_001, "/b") };
    insert(&store, &[leave.clone(), leave, view(1, "v1", at, "/a")]).await;

    let events = one(&store, "SELECT count() AS rows FROM events FINAL WHERE bot = ''").await;
    assert_eq!(events, json!({"rows": 3}));
    Maker::new(store.clone()).make_all(None).await.unwrap();
    let visit = one(
        &store,
        "SELECT view_count, event_count, duration_ms, entry_page, source, exit_page FROM visits FINAL \
         WHERE visitor = 'v1' AND NOT is_bot",
    )
    .await;
    assert_eq!(
        visit,
        json!({"view_count": 2, "event_count": 3, "duration_ms": 60_001, "entry_page": "/a", "source": "Google",
            "exit_page": "/b"})
    );
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edges_and_traits_follow_from_events() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    let at = 1_764_000_000_000;
    let identify = EventRow {
        kind: "identify".into(),
        user: "mario".into(),
        props: vec![("name".into(), "Mario Rossi".into())],
        ..view(2, "v1", at + 1000, "/")
    };
    let known = |id, after| EventRow { user: "mario".into(), ..view(id, "v1", at + after, "/") };
    let alias = EventRow {
        kind: "alias".into(),
        user: "mario@example.it".into(),
        props: vec![("previous".into(), "mario".into())],
        ..view(5, "v1", at + 5000, "/")
    };
    let reset = EventRow { kind: "reset".into(), ..view(6, "v1", at + 6000, "/") };
    insert(&store, &[view(1, "v1", at, "/"), identify, known(3, 3000), known(4, 2000), alias, reset]).await;
    let edges: Vec<Value> = store
        .select(
            "SELECT user, visitor, source, toUnixTimestamp64Milli(min(ts)) - {at:Int64} AS after \
             FROM identity_edges GROUP BY user, visitor, source, session, at, sign ORDER BY after, source",
            &[("at", Param::Int(at))],
        )
        .await
        .unwrap();
    assert_eq!(
        edges,
        [
            json!({"user": "mario", "visitor": "v1", "source": "identify", "after": 1000}),
            json!({"user": "mario", "visitor": "v1", "source": "event", "after": 2000}),
            json!({"user": "mario@example.it", "visitor": "@mario", "source": "alias", "after": 5000}),
            json!({"user": "mario@example.it", "visitor": "v1", "source": "event", "after": 5000}),
            json!({"user": "", "visitor": "v1", "source": "reset", "after": 6000}),
        ]
    );
    let trait_row = one(&store, "SELECT id, trait, value FROM traits FINAL").await;
    assert_eq!(trait_row, json!({"id": "mario", "trait": "name", "value": "Mario Rossi"}));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    store.execute("INSERT INTO schema_migrations (version, name) VALUES (999, 'later')", &[]).await.unwrap();
    let error = migrations::migrate(&store, None).await.unwrap_err().to_string();
    assert!(error.contains("newer version") && error.contains("999"), "{error}");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_remembered_without_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    let registry = Registry::open(store.clone(), dir.path()).unwrap();
    let site = Site {
        site: "bottega".into(),
        name: "Bottega".into(),
        timezone: "Europe/Rome".into(),
        currency: "EUR".into(),
        origins: vec!["https://bottega.example".into()],
    };
    registry.put_site(&site).await.unwrap();
    registry.add_key("bottega", Some("wk_1")).await.unwrap();
    let secret = registry.add_token(Role::Ingest, "bottega", "till", None).await.unwrap();
    for (field, bad) in [
        ("timezone", Site { timezone: "Mars/Olympus".into(), ..site.clone() }),
        ("currency", Site { currency: "euro".into(), ..site.clone() }),
        ("origins", Site { origins: vec!["bottega.example/x".into()], ..site.clone() }),
        ("site", Site { site: "a b".into(), ..site.clone() }),
    ] {
        let error = registry.put_site(&bad).await.unwrap_err().to_string();
        assert!(error.starts_with(field), "{error}");
    }
    engine.stop().await;

    let text = std::fs::read_to_string(dir.path().join("sites.json")).unwrap();
    assert!(!text.contains(&secret), "the mirror holds no secret");
    let alone = Registry::open(store, dir.path()).unwrap();
    assert!(alone.refresh().await.is_err(), "the engine is gone");
    let snapshot = alone.snapshot();
    assert_eq!(snapshot.site_of_key("wk_1"), Some(&site));
    assert_eq!(snapshot.token_of_secret(&secret).unwrap().role, Role::Ingest);
    assert!(snapshot.token_of_secret("wrong").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_dies_comes_back_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir.path()));
    let store = engine.store();
    insert(&store, &[view(1, "v1", 1_764_000_000_000, "/")]).await;
    let pid = rustix::process::Pid::from_raw(engine.pid().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let mut answer = Err(String::new());
    let deadline = Instant::now() + support::PATIENCE;
    while Instant::now() < deadline {
        answer =
            store.select::<Value>("SELECT count() AS n FROM events", &[]).await.map_err(|e| e.to_string());
        if answer.is_ok() && engine.restarts() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(answer, Ok(vec![json!({"n": 1})]));
    assert_eq!(engine.restarts(), 1);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_whose_port_another_program_took_meanwhile_takes_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let others = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = others.local_addr().unwrap().port();
    let free = || Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
    let mut first = Some(taken);
    let ports = move || first.take().map_or_else(free, Ok);
    let config = support::engine_config(dir.path());
    let engine = tokio::task::block_in_place(|| orma_store::Engine::start_on(config, ports)).unwrap();
    assert!(!engine.store().endpoint().url.ends_with(&format!(":{taken}")));
    migrations::migrate(&engine.store(), None).await.unwrap();
    engine.stop().await;

    let config = support::engine_config(dir.path());
    let error = tokio::task::block_in_place(|| orma_store::Engine::start_on(config, move || Ok(taken)));
    let message = error.unwrap_err().to_string();
    assert!(message.contains("Address already in use"), "{message}");
}

/// A table of 0.1.0 that its migrations of later versions expect.
const SESSIONS: &str = "CREATE TABLE sessions (site LowCardinality(String), visitor String, day Date, session String, \
    started_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')), ended_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')), \
    event_ids SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)), entry SimpleAggregateFunction(min, String), \
    exit_path SimpleAggregateFunction(max, String)) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) \
    ORDER BY (site, visitor, day, session)";

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_version_0_1_0_keeps_its_sites_and_gains_visits() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine(dir.path()));
    let store = engine.store();
    migrations::migrate(&store, None).await.unwrap();
    // What it was: seven migrations, a table of sites, and no visits.
    for sql in [
        "DROP VIEW touched_from_events",
        "DROP VIEW touched_from_edges",
        "DROP TABLE touched",
        "DROP TABLE visits",
        SESSIONS,
        "DROP VIEW sites",
        "DROP TABLE site_settings",
        "CREATE TABLE sites (site String, name String, timezone String, currency String, origins Array(String), \
         created_at DateTime64(3, 'UTC'), updated_at DateTime64(3, 'UTC')) \
         ENGINE = ReplacingMergeTree(updated_at) ORDER BY site",
        "INSERT INTO sites SELECT 'shop', 'Shop', 'UTC', 'EUR', ['https://a.example', 'https://*.b.example'], \
         now64(3), now64(3) - 1",
        "INSERT INTO sites SELECT 'shop', 'Bottega', 'Europe/Rome', 'EUR', \
         ['https://a.example', 'https://*.b.example'], now64(3), now64(3)",
        "INSERT INTO sites SELECT 'open', 'Open', 'UTC', 'USD', [], now64(3), now64(3)",
        "ALTER TABLE schema_migrations DELETE WHERE version > 7 SETTINGS mutations_sync = 1",
    ] {
        store.execute(sql, &[]).await.unwrap();
    }
    let at = 1_764_000_000_000;
    // Of more months than one insert may write to.
    let months = (0..120).map(|month| view(100 + month, "old", at - month as i64 * 31 * 86_400_000, "/"));
    insert(&store, &months.collect::<Vec<_>>()[..60]).await;
    let months = (60..120).map(|month| view(100 + month, "old", at - month as i64 * 31 * 86_400_000, "/"));
    insert(&store, &months.collect::<Vec<_>>()).await;
    let campaign =
        EventRow { utm_term: "scarpe".into(), utm_content: "rosso".into(), ..view(1, "v1", at, "/a") };
    let bot = EventRow { bot: "crawler".into(), ..view(3, "v1", at - 1, "/c") };
    insert(&store, &[campaign, view(2, "v1", at + 1, "/b"), bot]).await;
    let applied = migrations::migrate(&store, None).await.unwrap();
    assert_eq!(applied, (8..=migrations::newest_version()).collect::<Vec<_>>());
    let maker = Maker::new(store.clone());
    maker.make_all(None).await.unwrap();
    let visit = one(
        &store,
        "SELECT entry_page, utm_term, utm_content, exit_page, event_count FROM visits FINAL \
         WHERE visitor = 'v1' AND NOT is_bot",
    )
    .await;
    assert_eq!(
        visit,
        json!({"entry_page": "/a", "utm_term": "scarpe", "utm_content": "rosso", "exit_page": "/b", "event_count": 2})
    );
    let old = one(&store, "SELECT uniqExact(day) AS days FROM visits FINAL WHERE visitor = 'old'").await;
    assert_eq!(old, json!({"days": 120}));
    // What comes from now on is in, too.
    insert(&store, &[EventRow { utm_term: "saldi".into(), ..view(4, "v2", at, "/") }]).await;
    maker.make_all(None).await.unwrap();
    let term = "SELECT utm_term FROM visits FINAL WHERE visitor = 'v2'";
    assert_eq!(one(&store, term).await, json!({"utm_term": "saldi"}));

    let sites = store
        .select::<Value>("SELECT site, name, timezone, currency, origins FROM sites ORDER BY site", &[])
        .await
        .unwrap();
    assert_eq!(
        sites,
        [
            json!({"site": "open", "name": "Open", "timezone": "UTC", "currency": "USD", "origins": []}),
            json!({"site": "shop", "name": "Bottega", "timezone": "Europe/Rome", "currency": "EUR",
                "origins": ["https://a.example", "https://*.b.example"]}),
        ]
    );
    engine.stop().await;
}

/// Who was stored under a spelling stays who it is, and is found under the one of today.
#[tokio::test(flavor = "multi_thread")]
async fn users_that_were_stored_in_several_spellings_are_one_each() {
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine(dir.path()));
    let store = engine.store();
    migrations::migrate(&store, None).await.unwrap();
    let users = [
        "Anna@Example.it",
        "Bea@Example.it",
        "bea@example.it",
        "CARLA@example.it",
        "Carla@example.it",
        "dino@example.it",
        "Ugo",
        "Eva@Example.it",
    ];
    let mut rows: Vec<EventRow<'_>> = (100..)
        .zip(users)
        .map(|(id, user)| EventRow { user: user.into(), ..view(id, "v", 1_764_000_000_000, "/") })
        .collect();
    // Somebody has said who that is.
    rows.push(EventRow {
        kind: "alias".into(),
        user: "e-1".into(),
        props: vec![("previous".into(), "Eva@Example.it".into())],
        ..view(200, "v", 1_764_000_000_001, "/")
    });
    insert(&store, &rows).await;
    let aliases = async || {
        store
            .select::<Value>(
                "SELECT substring(visitor, 2) AS previous, user FROM identity_edges FINAL WHERE source = 'alias' \
                 ORDER BY previous",
                &[],
            )
            .await
            .unwrap()
    };
    assert_eq!(aliases().await.len(), 1);
    // From the migration about spellings on, as after a start that was cut off.
    let later = "ALTER TABLE schema_migrations DELETE WHERE version >= 16 SETTINGS mutations_sync = 1";
    store.execute(later, &[]).await.unwrap();
    migrations::migrate(&store, None).await.unwrap();
    let expected = [
        ("Bea@Example.it", "bea@example.it"),
        ("Carla@example.it", "CARLA@example.it"),
        ("Eva@Example.it", "e-1"),
        ("anna@example.it", "Anna@Example.it"),
        ("carla@example.it", "CARLA@example.it"),
        ("eva@example.it", "Eva@Example.it"),
    ];
    assert_eq!(aliases().await, expected.map(|(previous, user)| json!({"previous": previous, "user": user})));
    engine.stop().await;
}
