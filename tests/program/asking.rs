//! Asking under load: what several ask is asked once, what nothing can have changed is not asked again, and what is too
//! big is said to be.

use std::io::Write;
use std::net::TcpStream;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use orma_model::EventRow;
use orma_query::{AppState, QueryConfig, QuestionLimits};
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::engine_guard;
use crate::query_api::{ADMIN, Service, at, event, view as view_row};
use crate::support::{
    ADMIN_TOKEN, Answer, Orma, PATIENCE, Setup, patient_limits, read_answer, request, wait_for,
};

/// Statements that the store has executed for questions.
fn executed(orma: &Orma) -> u64 {
    let of = |result: &str| orma.metric(&format!("orma_questions_total{{result=\"{result}\"}}")).unwrap();
    (of("answered") + of("failed")) as u64
}

/// What an admin asks of the site, and how many statements that took.
fn ask(orma: &Orma, path: &str) -> (Value, u64) {
    let before = executed(orma);
    let answer = orma.ask(&format!("/api/v1/sites/demo{path}"));
    (answer, executed(orma) - before)
}

fn change(orma: &Orma, method: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    request(method, &orma.url(&format!("/api/v1/sites/demo{path}")), &headers, body.to_string().as_bytes())
}

/// A UTC day so many days ago.
fn day_before(orma: &Orma, days: u64) -> String {
    let rows = orma.sql(&format!("SELECT toString(toDate(now('UTC')) - {days}) AS day"));
    rows[0]["day"].as_str().unwrap().to_owned()
}

/// Sends events of a visitor and waits until all of them, and what views make of them, are there to be asked for.
fn send(orma: &Orma, visitor: &str, events: &Value) {
    let body = json!({"site": "demo", "visitor": visitor, "events": events});
    let answer = orma.post(body.to_string(), &[]);
    assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
    wait_for("all that was accepted", || {
        let (accepted, shipped) =
            (orma.metric("orma_events_accepted_total")?, orma.metric("orma_events_shipped_total")?);
        (accepted > 0.0 && shipped >= accepted).then_some(())
    });
    // What is made of it in the background changes what is kept.
    wait_for("the visits", || (orma.number("SELECT count() FROM touched") == 0).then_some(()));
}

fn view(ts: &str) -> Value {
    json!({"kind": "page_view", "url": "https://shop.example/p", "ts": ts})
}

/// Visitors and views of a month, and orders.
fn fill(orma: &Orma, rows: u64) {
    orma.sql(&format!(
        "INSERT INTO events (site, event_id, ts, received_at, client_ts, visitor, session, kind, path) \
         SELECT 'demo', generateUUIDv4(), now64(3) - INTERVAL cityHash64(number, 2) % 2500000 SECOND AS at, at, at, \
         concat('v', toString(cityHash64(number) % 20000)), concat('s', toString(cityHash64(number) % 40000)), \
         'page_view', concat('/product/', toString(cityHash64(number, 1) % 5000)) FROM numbers({rows})"
    ));
}

/// What the first page of the dashboard asks, about the last 30 days.
const OVERVIEW: [&str; 4] = [
    "/stats?metrics=visitors,sessions,page_views,bounce_rate,revenue&interval=day&compare=previous",
    "/stats?metrics=visitors,page_views&group_by=page&limit=10",
    "/stats?metrics=visitors,sessions&group_by=source&limit=10",
    "/stats?metrics=visitors&group_by=country&limit=10",
];

/// Asks everything at once: the engine stands still until all have come. And how many statements that took.
fn at_once(orma: &Orma, paths: &[String]) -> (Vec<Answer>, u64) {
    let (before, engine) = (executed(orma), orma.engine_pid());
    kill_process(engine, Signal::STOP).unwrap();
    let answers = std::thread::scope(|scope| {
        let ask = |path: &str| orma.get(&format!("/api/v1/sites/demo{path}"));
        let asked: Vec<_> = paths.iter().map(|path| scope.spawn(move || ask(path))).collect();
        let all = paths.len() as f64;
        let come = std::panic::catch_unwind(|| {
            wait_for("all who ask", || (orma.metric("orma_connections")? >= all).then_some(()));
        });
        kill_process(engine, Signal::CONT).unwrap();
        come.unwrap();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    (answers, executed(orma) - before)
}

#[test]
fn eight_dashboards_on_the_same_page_cost_little_more_than_one() {
    const DASHBOARDS: u64 = 8;
    // However busy the machine is, nobody is sent away.
    let orma = Setup::default().argument("--question-wait-ms-max", "120000").start();
    fill(&orma, 50_000);
    let page = OVERVIEW.map(str::to_owned);
    let (_, alone) = at_once(&orma, &page);
    assert!(alone >= OVERVIEW.len() as u64, "{alone}");
    let pages: Vec<String> = (0..DASHBOARDS).flat_map(|_| page.clone()).collect();
    let (answers, together) = at_once(&orma, &pages);
    for (path, answer) in pages.iter().zip(&answers) {
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let first = pages.iter().position(|other| other == path).unwrap();
        assert_eq!(answer.json()["totals"], answers[first].json()["totals"], "{path}");
    }
    println!("{together} statements for {DASHBOARDS} dashboards, {alone} for one");
    // Who comes when the others have their answer asks for himself, which on a busy machine some do.
    assert!(together <= DASHBOARDS / 2 * alone, "{together} statements for eight, {alone} for one");
    assert!(orma.metric("orma_requests_joined_total").unwrap() > 0.0);

    let others: Vec<String> = (0..DASHBOARDS)
        .map(|number| format!("/stats?metrics=visitors,page_views&filter=page:is:/product/{number}"))
        .collect();
    let (answers, apart) = at_once(&orma, &others);
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status, 200, "{}", answer.text);
        let views = orma.number(&format!(
            "SELECT count() FROM events WHERE path = '/product/{number}' AND toDate(ts, 'Europe/Rome') > \
             toDate(now(), 'Europe/Rome') - 30"
        ));
        assert_eq!(answer.json()["totals"]["page_views"], json!(views), "{}", answer.text);
    }
    assert!(apart >= DASHBOARDS, "{apart}");
}

#[test]
fn what_is_said_of_a_finished_period_is_kept_until_something_changes_it() {
    let orma = Orma::start();
    // A merge changes nothing, but costs a question.
    orma.sql("SYSTEM STOP MERGES");
    let (day, next) = (day_before(&orma, 10), day_before(&orma, 9));
    let order = json!({"kind": "order", "ts": format!("{day}T12:00:00Z"),
        "revenue": {"amount": "10.00", "currency": "EUR"}});
    send(&orma, "one", &json!([view(&format!("{day}T11:00:00Z")), order]));
    let numbers = format!("/stats?metrics=visitors,page_views,revenue&from={day}&to={day}");
    let told = |answer: &Value| {
        let totals = &answer["totals"];
        (totals["visitors"].as_u64().unwrap(), totals["revenue"].as_str().unwrap().to_owned())
    };
    let (first, cost) = ask(&orma, &numbers);
    assert_eq!(told(&first), (1, "10.00".into()));
    assert!(cost > 0);
    let (again, cost) = ask(&orma, &numbers);
    assert_eq!((&again["totals"], cost), (&first["totals"], 0));
    // Also with the period before it, and divided.
    for path in [
        format!("{numbers}&compare=previous&interval=day"),
        format!("/stats?metrics=visitors,sessions&group_by=page&from={day}&to={day}"),
        format!("/people?from={day}&to={day}"),
        format!("/quality/web?from={day}&to={day}"),
        format!("/newsletters?from={day}&to={day}"),
    ] {
        let (first, cost) = ask(&orma, &path);
        assert!(cost > 0, "{path}");
        let (again, cost) = ask(&orma, &path);
        let rows =
            |answer: &Value| (answer["rows"].clone(), answer["items"].clone(), answer["totals"].clone());
        assert_eq!((rows(&again), cost), (rows(&first), 0), "{path}");
    }
    assert!(orma.metric("orma_questions_total{result=\"kept\"}").unwrap() > 0.0);
    assert!(orma.metric("orma_question_cache_misses_total").unwrap() > 0.0);
    assert!(orma.metric("orma_question_cache_bytes").unwrap() > 0.0);

    // What happens now does not touch it, and what goes on is always asked.
    send(&orma, "today", &json!([{"kind": "page_view", "url": "https://shop.example/"}]));
    let (again, cost) = ask(&orma, &numbers);
    assert_eq!((told(&again), cost), ((1, "10.00".into()), 0));
    // Nor does who logs in: whose visits are changes no number of them.
    send(&orma, "today", &json!([{"kind": "identify", "user": "carla@example.it"}]));
    let (again, cost) = ask(&orma, &numbers);
    assert_eq!((told(&again), cost), ((1, "10.00".into()), 0));
    for _ in 0..2 {
        assert!(ask(&orma, "/stats?metrics=visitors").1 > 0);
    }

    // An event that comes late.
    send(&orma, "two", &json!([view(&format!("{day}T13:00:00Z"))]));
    assert_eq!(told(&ask(&orma, &numbers).0), (2, "10.00".into()));
    assert_eq!(ask(&orma, &numbers).1, 0);
    // One of the night after, which is the next day in Rome and the same in London.
    send(&orma, "three", &json!([view(&format!("{day}T23:30:00Z"))]));
    assert_eq!(told(&ask(&orma, &numbers).0), (2, "10.00".into()));
    assert_eq!(change(&orma, "PATCH", "/settings", &json!({"timezone": "Europe/London"})).status, 200);
    assert_eq!(told(&ask(&orma, &numbers).0), (3, "10.00".into()));
    assert_eq!(change(&orma, "PATCH", "/settings", &json!({"currency": "USD"})).status, 200);
    assert_eq!(told(&ask(&orma, &numbers).0), (3, "0.00".into()));
    assert_eq!(change(&orma, "PATCH", "/settings", &json!({"currency": "EUR"})).status, 200);

    // What was deleted, told when it is gone. Merges and mutations stand still together.
    orma.sql("SYSTEM START MERGES");
    orma.sql("ALTER TABLE events DELETE WHERE visitor = 'two' SETTINGS mutations_sync = 2");
    orma.sql(
        "INSERT INTO touched SELECT DISTINCT 'event', site, day, visitor, visitor_hash, session_hash, now64(3) \
         FROM visits WHERE visitor = 'two'",
    );
    assert_eq!(told(&ask(&orma, &numbers).0), (2, "10.00".into()));
    orma.sql("SYSTEM STOP MERGES");

    // Who is whom: an edge that is taken back.
    let identify = json!({"kind": "identify", "user": "mario@example.it", "ts": format!("{next}T10:00:00Z")});
    send(&orma, "one", &json!([identify]));
    let people = format!("/people?from={day}&to={day}");
    let names = |answer: &Value| {
        let mut names: Vec<String> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["person"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&ask(&orma, &people).0), ["mario@example.it", "three"]);
    assert_eq!(ask(&orma, &people).1, 0);
    let (card, _) = ask(&orma, "/people/mario@example.it");
    let edge = card["links"][0]["id"].as_str().unwrap();
    let taken_back = change(&orma, "DELETE", &format!("/people/mario@example.it/links/{edge}"), &Value::Null);
    assert_eq!(taken_back.status, 204, "{}", taken_back.text);
    assert_eq!(names(&ask(&orma, &people).0), ["one", "three"]);
}

/// Asks as an admin without waiting for the answer; dropped, the client has left.
fn begin(orma: &Orma, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(orma.listen).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {ADMIN_TOKEN}\r\n\r\n"
    )
    .unwrap();
    stream
}

#[test]
fn who_leaves_ends_a_question_only_when_nobody_else_waits_for_it() {
    // By itself the heavy question would go on for longer than anybody waits here.
    let orma = Setup::default().argument("--question-seconds-max", "3600").start();
    engine_guard::fill(&orma, 500_000);
    let engine = orma.engine_pid();
    kill_process(engine, Signal::STOP).unwrap();
    let path = "/api/v1/sites/demo/stats?metrics=visitors";
    let first = begin(&orma, path);
    let mut second = begin(&orma, path);
    wait_for("the second", || (orma.metric("orma_requests_joined_total")? > 0.0).then_some(()));
    drop(first);
    kill_process(engine, Signal::CONT).unwrap();
    let answer = read_answer(&mut second).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);

    // Nobody waits for this one any more.
    let running = || {
        orma.number(
            "SELECT count() FROM system.processes WHERE startsWith(query_id, 'orma-') AND elapsed > 0.2",
        )
    };
    let before = executed(&orma);
    let alone = begin(&orma, &engine_guard::heavy_question(0));
    wait_for("the heavy question", || (running() > 0).then_some(()));
    drop(alone);
    wait_for("its end", || (running() == 0).then_some(()));
    assert_eq!(executed(&orma), before, "it was ended");
    wait_for("its place to be free", || (orma.metric("orma_questions_running") == Some(0.0)).then_some(()));
}

#[test]
fn nothing_is_kept_where_there_is_no_room_for_it() {
    let orma = Setup::default().argument("--question-cache-bytes-max", "0").start();
    let day = day_before(&orma, 10);
    send(&orma, "one", &json!([view(&format!("{day}T11:00:00Z"))]));
    for _ in 0..2 {
        let (answer, cost) = ask(&orma, &format!("/stats?metrics=visitors&from={day}&to={day}"));
        assert_eq!(answer["totals"]["visitors"], 1);
        assert!(cost > 0);
    }
    assert_eq!(orma.metric("orma_question_cache_bytes"), Some(0.0));
}

#[test]
fn a_question_that_is_too_big_is_told_what_would_help() {
    // What all questions together may use is half of the engine's memory.
    let orma = Setup::default().argument("--question-memory-bytes-max", (8 << 20).to_string()).start();
    fill(&orma, 300_000);
    let (from, to) = (day_before(&orma, 29), day_before(&orma, 0));
    let path = format!(
        "/api/v1/sites/demo/stats?metrics=visitors,sessions,page_views&group_by=content_group&from={from}&to={to}"
    );
    let answer = orma.get(&path);
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (422, &json!("question_too_big")),
        "{}",
        answer.text
    );
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("memory") && message.contains("30 days"), "{message}");
    assert!(answer.header("retry-after").is_none(), "it would not help to ask again");
    // The engine lives, and what is smaller is answered.
    assert_eq!(orma.get("/api/v1/sites/demo/stats?metrics=visitors&filter=page:is:/none").status, 200);
}

/// What is asked of a finished period, in every way in which it is read.
const FINISHED: [&str; 4] = [
    "/stats?metrics=visitors,people,page_views,sessions,session_duration_ms,events,revenue&group_by=source",
    "/stats?metrics=sessions,conversion_rate&group_by=product&compare=previous",
    "/stats?metrics=sessions,orders,people&filter=page:is:/late&interval=day",
    "/people?order_by=events",
];

/// What came or happened, and the statements that it is made by.
type Change = (&'static str, Vec<EventRow<'static>>, Vec<String>);

fn with_id(number: u128, row: EventRow<'static>) -> EventRow<'static> {
    EventRow { event_id: uuid::Uuid::from_u128(number), ..row }
}

fn may(text: &str) -> i64 {
    at(&format!("2026-05-{text}Z"))
}

fn order_of(visitor: &'static str, session: &'static str, ts: i64) -> EventRow<'static> {
    let items = json!([{"name": "Livorno", "price": 10}]).to_string();
    EventRow {
        revenue: 100_000,
        currency: "EUR".into(),
        props: vec![("items".into(), items.into())],
        ..event("order", visitor, session, ts)
    }
}

fn edge(visitor: &str, user: &str, source: &str, sign: i8) -> String {
    format!(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) VALUES \
         ('demo', '{user}', '{visitor}', '{source}', '', now64(3), {sign}, now64(3), 'hand')"
    )
}

/// One after the other.
fn changes() -> Vec<Change> {
    let erased = "INSERT INTO touched SELECT DISTINCT 'event', site, toDate(ts), visitor, visitor_hash, session_hash, now64(3) \
        FROM events WHERE visitor = 'v2'";
    vec![
        ("nothing", vec![], vec![]),
        ("a late event", vec![with_id(10, view_row("v9", "s9", may("10T09:00:00"), "/late"))], vec![]),
        // Days and visits are those of the site: after its midnight, and the day after by the store's.
        (
            "a visit goes on after the period",
            vec![with_id(11, view_row("v1", "s1", may("11T22:10:00"), "/late"))],
            vec![],
        ),
        ("and buys there", vec![with_id(12, order_of("v1", "s1", may("11T22:20:00")))], vec![]),
        (
            "and on the next day of the store",
            vec![
                with_id(13, view_row("v1", "s1", may("11T22:45:00"), "/a")),
                with_id(14, view_row("v1", "s1", may("11T23:10:00"), "/a")),
                with_id(15, view_row("v1", "s1", may("11T23:35:00"), "/a")),
                with_id(16, order_of("v1", "s1", may("12T00:04:00"))),
            ],
            vec![],
        ),
        (
            "another visit of the same visitor buys",
            vec![with_id(17, order_of("v3", "", may("12T09:00:00")))],
            vec![],
        ),
        (
            "a login after the period",
            vec![with_id(
                18,
                EventRow { user: "bruno".into(), ..event("identify", "v2", "s2", may("20T10:00:00")) },
            )],
            vec![],
        ),
        ("a link by hand", vec![], vec![edge("v3", "anna", "manual", 1)]),
        ("which is undone", vec![], vec![edge("v3", "anna", "manual", -1)]),
        ("an alias", vec![], vec![edge("@bruno", "anna", "alias", 1)]),
        (
            "the same event, changed",
            vec![with_id(
                5,
                EventRow { user: "anna".into(), ..view_row("v4", "s4", may("10T12:01:00"), "/late") },
            )],
            vec![],
        ),
        (
            "erased",
            vec![],
            vec![
                erased.into(),
                "ALTER TABLE events DELETE WHERE visitor = 'v2' SETTINGS mutations_sync = 2".into(),
            ],
        ),
    ]
}

/// What a process says of the finished period.
async fn told(process: &AppState) -> Vec<Value> {
    let mut told = Vec::new();
    for question in FINISHED {
        let address = format!("/api/v1/sites/demo{question}&from=2026-05-10&to=2026-05-11");
        let asked = Request::get(&address).header("authorization", format!("Bearer {ADMIN}"));
        let asked = asked.body(Body::empty()).unwrap();
        let response = orma_query::router(process.clone()).oneshot(asked).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{address}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        answer["as_of"] = Value::Null;
        told.push(answer);
    }
    told
}

/// Two processes that keep answers say what one says that keeps none, whatever changed and wherever it lies.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_answers_says_what_is_asked_anew() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let process = |cache_bytes_max| {
        let questions = QuestionLimits { cache_bytes_max, ..patient_limits() };
        let config = QueryConfig { questions, ..QueryConfig::default() };
        AppState::new(service.store.clone(), service.registry.clone(), vec![7; 32], config)
    };
    let (processes, without) = ([process(1 << 20), process(1 << 20)], process(0));
    service
        .insert(&[
            with_id(1, view_row("v1", "s1", may("11T21:50:00"), "/")),
            with_id(2, EventRow { source: "Google".into(), ..view_row("v2", "s2", may("10T10:00:00"), "/") }),
            with_id(3, view_row("v3", "", may("11T21:55:00"), "/")),
            with_id(4, EventRow { user: "anna".into(), ..event("identify", "v4", "s4", may("10T12:00:00")) }),
            with_id(5, EventRow { user: "anna".into(), ..view_row("v4", "s4", may("10T12:01:00"), "/") }),
            with_id(6, view_row("v5", "s5", may("09T10:00:00"), "/")),
        ])
        .await;
    let mut before = Vec::new();
    for (number, (change, rows, statements)) in changes().into_iter().enumerate() {
        if !rows.is_empty() {
            service.insert(&rows).await;
        }
        for statement in statements {
            service.store.execute(&statement, &[]).await.unwrap();
        }
        let expected = told(&without).await;
        assert_ne!(expected, before, "{change} changes nothing");
        // In turn: what the other has kept is older by a change.
        let process = &processes[number % processes.len()];
        assert_eq!(told(process).await, expected, "{change}");
        before = expected;
    }
    let maker = orma_visits::Maker::new(service.store.clone());
    maker.touch_all().await.unwrap();
    maker.make_all(None).await.unwrap();
    for process in &processes {
        assert_eq!(told(process).await, before, "made anew");
    }
    service.engine.stop().await;
}
