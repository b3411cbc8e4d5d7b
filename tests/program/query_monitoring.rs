//! `/accounting`, `/quality` and `/live` against the real engine.

use std::time::{Duration, Instant, SystemTime};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use orma_model::EventRow;
use orma_query::{QuestionLimits, Runner, Sql};
use orma_store::StoreError;
use serde_json::{Value, json};

use crate::query_api::{ADMIN, Service, at, event, view};
use crate::support;

const MINUTE: i64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn accounts_quality_and_the_live_stream() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    accounting(&service).await;
    web_quality(&service).await;
    app_quality(&service).await;
    cancellation(&service).await;
    Box::pin(live(&service)).await;
    service.engine.stop().await;
}

/// What the collector `c1` says of an hour: accepted, duplicate, rejected and shipped.
async fn counted(
    service: &Service,
    hour: &str,
    [accepted, duplicate, rejected, shipped]: [u32; 4],
    version: u32,
) {
    let row = |reason: &str, numbers: String| {
        format!(
            "INSERT INTO outcomes SELECT 'demo', toStartOfHour({hour}), 'c1', toDateTime64(1, 3, 'UTC'), '{reason}', \
             {numbers}, {version}"
        )
    };
    let all =
        row("", format!("{accepted}, {duplicate}, 0, {shipped}, 0, {}", accepted - duplicate - shipped));
    let refused = row("unknown_kind", format!("0, 0, {rejected}, 0, 0, 0"));
    for insert in [all, refused] {
        service.store.execute(&insert, &[]).await.unwrap();
    }
}

async fn reports(service: &Service, collector: &str, age_seconds: u32) {
    let insert = format!(
        "INSERT INTO collector_status SELECT '{collector}', now64(3) - {age_seconds}, map('demo', 4), 1024, \
         now64(3) - 2, 0"
    );
    service.store.execute(&insert, &[]).await.unwrap();
}

async fn accounting(service: &Service) {
    const PERIOD: &str = "/accounting?from=2026-11-10&to=2026-11-10";
    const HOUR: &str = "toDateTime('2026-11-10 10:00:00', 'UTC')";
    let ten = at("2026-11-10T10:00:00Z");
    let rows: Vec<EventRow<'_>> = (0..5).map(|n| view(format!("v{n}"), "s", ten + n * 1000, "/")).collect();
    service.insert(&rows).await;
    counted(service, HOUR, [7, 2, 2, 5], 1).await;
    service
        .store
        .execute(
            "INSERT INTO rejected_events SELECT 'demo', toDateTime64('2026-11-10 10:05:00', 3, 'UTC'), \
             'unknown_kind', 'no', 'dance', '{\"kind\":\"dance\"}', generateUUIDv4()",
            &[],
        )
        .await
        .unwrap();
    // Seven taken: two had come before.
    let balanced = json!({"received": 9, "accepted": 7, "rejected": 2, "stored": 5, "duplicate": 2, "pending": 0, "gap": 0});
    let answer = service.get(PERIOD).await;
    assert_eq!((&answer["status"], &answer["totals"]), (&json!("balanced"), &balanced));
    assert_eq!(answer["hours"][0]["hour"], "2026-11-10T11:00:00+01:00");
    assert_eq!(answer["hours"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["reasons"],
        json!([{"reason": "unknown_kind", "count": 2, "last_at": "2026-11-10T10:05:00.000Z",
            "example": "{\"kind\":\"dance\"}"}])
    );

    // One more that nobody has: two looks in a row must say so.
    counted(service, HOUR, [8, 2, 2, 6], 2).await;
    for _ in 0..2 {
        service.state.accounts().look().await.unwrap();
    }
    let answer = service.get(PERIOD).await;
    assert_eq!((&answer["status"], &answer["totals"]["gap"]), (&json!("gap"), &json!(1)));
    let since = at("2026-11-10T10:00:00Z") / 1000;
    let gap = orma_query::accounts::Gap { missing_events: 1, surplus_events: 0, since };
    assert_eq!(service.state.accounts().gap("demo"), Some(gap));

    // What a collector holds counts while it reports; one that is gone holds nothing.
    counted(service, "now()", [4, 0, 0, 0], 3).await;
    reports(service, "c1", 1).await;
    reports(service, "gone", 3600).await;
    for _ in 0..2 {
        service.state.accounts().look().await.unwrap();
    }
    let today = service.get("/accounting").await;
    assert_eq!(today["collectors"].as_array().unwrap().len(), 2);
    let collector = |name: &str| {
        let found = today["collectors"].as_array().unwrap().iter().find(|one| one["collector"] == name);
        found.unwrap()["current"].clone()
    };
    assert_eq!((collector("c1"), collector("gone")), (json!(true), json!(false)));
    let totals = &today["totals"];
    assert_eq!((&totals["pending"], &totals["accepted"], &totals["gap"]), (&json!(4), &json!(4), &json!(0)));
    assert_eq!(today["status"], "pending");
}

fn vital<'a>(name: &'a str, value: f32, path: &'a str) -> EventRow<'a> {
    let row = view(format!("v{value}"), "s", at("2026-10-10T10:00:00Z"), path);
    EventRow { kind: "vital".into(), name: name.into(), value: Some(value), ..row }
}

async fn web_quality(service: &Service) {
    const PERIOD: &str = "from=2026-10-10&to=2026-10-10";
    let rows = [
        vital("LCP", 1000.0, "/"),
        vital("LCP", 2000.0, "/"),
        vital("LCP", 2500.0, "/"),
        vital("LCP", 4100.0, "/lenta"),
        vital("CLS", 0.1, "/"),
        EventRow { bot: "crawler".into(), ..vital("LCP", 90_000.0, "/") },
    ];
    service.insert(&rows).await;
    service.insert(&rows[..2]).await;
    let answer = service.get(&format!("/quality/web?{PERIOD}")).await;
    let names: Vec<&str> =
        answer["vitals"].as_array().unwrap().iter().map(|vital| vital["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["LCP", "INP", "CLS", "FCP", "TTFB"]);
    assert_eq!(
        answer["vitals"][0],
        json!({"name": "LCP", "unit": "ms", "p75": 2900.0, "samples": 4, "good": 0.75, "needs_improvement": 0.0,
            "poor": 0.25, "rating": "needs_improvement", "thresholds": {"good": 2500.0, "poor": 4000.0}})
    );
    assert_eq!(answer["vitals"][1]["p75"], Value::Null);
    // However many there are: none is left out, and none is estimated.
    let many = "SELECT 'demo', generateUUIDv4(), toDateTime64('2026-02-01 10:00:00', 3, 'UTC') AS ts, ts, ts, 'many', 'vital', \
        'LCP', number * 7919 % 20000 FROM numbers(20000)";
    let columns = "site, event_id, ts, received_at, client_ts, visitor, kind, name, value";
    service.store.execute(&format!("INSERT INTO events ({columns}) {many}"), &[]).await.unwrap();
    let exact = service.get("/quality/web?from=2026-02-01&to=2026-02-01").await;
    let lcp = &exact["vitals"][0];
    assert_eq!((&lcp["p75"], &lcp["samples"]), (&json!(14_999.25), &json!(20_000)));
    let cls = &answer["vitals"][2];
    assert_eq!((&cls["p75"], &cls["good"], &cls["rating"]), (&json!(0.1), &json!(1.0), &json!("good")));
    let rows: Vec<(&str, i64)> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["dimension"].as_str().unwrap(), row["vitals"][0]["samples"].as_i64().unwrap()))
        .collect();
    assert_eq!(rows, [("/", 3), ("/lenta", 1)]);
    let slow = service.get(&format!("/quality/web?filter=page:is:/lenta&group_by=browser&{PERIOD}")).await;
    assert_eq!((&slow["vitals"][0]["rating"], &slow["vitals"][0]["samples"]), (&json!("poor"), &json!(1)));
    let none = service.get(&format!("/quality/web?filter=channel:is:email&{PERIOD}")).await;
    assert_eq!(none["vitals"][0]["samples"], 0);
    let wrong = service.ask(Method::GET, "/quality/web?group_by=kind", None).await;
    assert_eq!(
        (wrong.status, wrong.json()["error"]["field"].clone()),
        (StatusCode::BAD_REQUEST, json!("group_by"))
    );
}

async fn app_quality(service: &Service) {
    let start = at("2026-10-11T10:00:00Z");
    let app =
        |kind: &'static str, visitor: &'static str, session: &'static str, version: &'static str| EventRow {
            touchpoint: "app".into(),
            app_version: version.into(),
            ..event(kind, visitor, session, start)
        };
    let cold = |ms, session| EventRow {
        name: "cold".into(),
        duration_ms: ms,
        ..app("app_start", "p1", session, "3.2")
    };
    let caught =
        EventRow { props: vec![("fatal".into(), "false".into())], ..app("crash", "p1", "a1", "3.2") };
    let fatal = EventRow { props: vec![("fatal".into(), "true".into())], ..app("crash", "p2", "b1", "3.1") };
    // One person with two devices: seen as Paolo on both.
    let paolo =
        |visitor, session| EventRow { user: "paolo".into(), ..app("screen_view", visitor, session, "3.2") };
    service
        .insert(&[
            cold(1000, "a1"),
            cold(2000, "a2"),
            cold(6000, "a3"),
            caught,
            fatal,
            app("screen_view", "p2", "b2", "3.1"),
            paolo("p1", "a3"),
            paolo("p3", "c1"),
        ])
        .await;
    let answer = service.get("/quality/app?from=2026-10-11&to=2026-10-11").await;
    assert_eq!(
        (
            &answer["sessions"],
            &answer["crash_free_sessions"],
            &answer["people"],
            &answer["crash_free_people"]
        ),
        (&json!(6), &json!(5.0 / 6.0), &json!(2), &json!(0.5))
    );
    let cold = &answer["starts"][0];
    assert_eq!(
        (&cold["samples"], &cold["p75_ms"], &cold["rating"]),
        (&json!(3), &json!(4000.0), &json!("needs_improvement"))
    );
    assert_eq!(cold["thresholds"], json!({"good_ms": 3000, "poor_ms": 5000}));
    assert_eq!(answer["starts"][2]["p75_ms"], Value::Null);
    let rows: Vec<Value> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["dimension"], row["sessions"], row["crash_free_sessions"]]))
        .collect();
    assert_eq!(rows, [json!(["3.2", 4, 1.0]), json!(["3.1", 2, 0.5])]);
}

async fn cancellation(service: &Service) {
    let slow = "SELECT sleepEachRow(0.1) AS pause FROM numbers(600) \
        SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0";
    let running = async || {
        let count = "SELECT count() AS n FROM system.processes WHERE query LIKE 'SELECT sleepEachRow(0.1)%'";
        service.store.select::<Value>(count, &[]).await.unwrap()[0]["n"].as_i64().unwrap()
    };
    let question = Sql::new(slow, []);
    let runner = Runner::new(service.store.clone(), &QuestionLimits::default());
    let asked = runner.rows::<Value>(&question);
    assert!(tokio::time::timeout(Duration::from_millis(500), asked).await.is_err(), "the question is slow");
    let deadline = Instant::now() + support::PATIENCE;
    while running().await > 0 {
        assert!(Instant::now() < deadline, "nobody waits for the answer, and the engine still works on it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let limits = QuestionLimits { seconds_max: 2, ..QuestionLimits::default() };
    let hasty = Runner::new(service.store.clone(), &limits);
    match hasty.rows::<Value>(&question).await {
        Err(StoreError::Refused { code: 159, .. }) => {}
        other => panic!("a time limit of two seconds: {other:?}"),
    }
    // A request has this time for all that it asks: none of these would be too long alone, and all of
    // them together are four times too long. A slow machine has the end come earlier, nothing else.
    let request = hasty.for_request("somebody", "demo", None);
    let short = Sql::new(slow.replace("numbers(600)", "numbers(8)"), []);
    for _ in 0..10 {
        match request.rows::<Value>(&short).await {
            Ok(_) => {}
            Err(StoreError::OutOfTime | StoreError::Refused { code: 159, .. }) => return,
            Err(other) => panic!("too much for two seconds: {other:?}"),
        }
    }
    panic!("eight seconds of questions in two seconds");
}

/// Reads server-sent events one by one.
struct Events {
    body: Body,
    text: String,
}

impl Events {
    async fn open(service: &Service) -> Self {
        let request = Request::get("/api/v1/sites/demo/live")
            .header("authorization", format!("Bearer {ADMIN}"))
            .body(Body::empty())
            .unwrap();
        let response = service.send(request).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event of this name.
    async fn next(&mut self, name: &str) -> Value {
        let deadline = Instant::now() + support::PATIENCE;
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if event.starts_with(&format!("event: {name}\n")) {
                    let data = event.split_once("data: ").unwrap().1;
                    return serde_json::from_str(data).unwrap();
                }
            }
            assert!(Instant::now() < deadline, "no {name} came");
            let frame = tokio::time::timeout(support::PATIENCE, self.body.frame()).await;
            let frame = frame.expect("the stream goes on").expect("the stream is open").unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }
}

fn visitor_and_kind(activity: &Value) -> (String, String) {
    let text = |field: &str| activity[field].as_str().unwrap().to_owned();
    (text("visitor"), text("kind"))
}

/// Milliseconds since the epoch as an instant of a query.
fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// Regions and cities of who is here, and the steps from page to page of the last minutes.
async fn where_they_are_and_go(service: &Service, stream: &mut Events, now: impl Fn() -> i64) {
    let seen = |visitor: &'static str, minutes_ago: i64, path: &'static str, city: &'static str| EventRow {
        country: if city.is_empty() { "FR".into() } else { "IT".into() },
        region: if city.is_empty() { "".into() } else { "Puglia".into() },
        city: city.into(),
        received_at: now(),
        ..view(visitor, "moves", now() - minutes_ago * MINUTE - 500, path)
    };
    let (twice, reloaded) = (seen("reload", 1, "/due", "Bari"), seen("reload", 2, "/due", "Bari"));
    let crawler = EventRow { bot: "crawler".into(), ..seen("bot", 1, "/due", "Roma") };
    let scrolled = EventRow { kind: "scroll".into(), ..seen("back", 0, "/uno", "Lecce") };
    let screen = EventRow { screen: "Home".into(), path: "".into(), ..seen("app", 1, "", "") };
    service
        .insert(&[
            // One half an hour ago still leads to the next, one before that does not.
            seen("reload", 20, "/uno", "Bari"),
            reloaded,
            twice.clone(),
            seen("back", 50, "/uno", "Roma"),
            seen("back", 1, "/due", "Bari"),
            scrolled,
            seen("third way", 3, "/uno", ""),
            seen("third way", 1, "/due", ""),
            screen,
            crawler,
        ])
        .await;
    // The same event through another collector is no other step.
    service.insert(&[EventRow { received_at: now(), ..twice }]).await;
    let snapshot = loop {
        let snapshot = stream.next("snapshot").await;
        if snapshot["visitors"] == 7 {
            break snapshot;
        }
    };
    let moves: Vec<_> = snapshot["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (step["from"].as_str().unwrap(), step["to"].as_str().unwrap(), step["visitors"].as_i64().unwrap())
        })
        .filter(|(_, to, _)| ["/uno", "/due", "Home"].contains(to))
        .collect();
    assert_eq!(moves[0], ("/uno", "/due", 2), "{moves:?}");
    let mut others = moves[1..].to_vec();
    others.sort_unstable();
    assert_eq!(others, [("", "/due", 1), ("", "/uno", 1), ("", "Home", 1)]);
    assert_eq!(
        snapshot["places"],
        json!([{"country": "IT", "region": "Puglia", "city": "Bari", "visitors": 2}])
    );
    assert_eq!(
        snapshot["countries"],
        json!([{"country": "IT", "visitors": 5}, {"country": "FR", "visitors": 2}])
    );
}

async fn live(service: &Service) {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    let fresh = |visitor: &'static str, path: &'static str| EventRow {
        country: "IT".into(),
        source: "Google".into(),
        channel: "organic_search".into(),
        received_at: now(),
        ..view(visitor, "live", now() - 1000, path)
    };
    // Who has only opened a mail is no visitor, what a mail tool did is not told, nor what happened long ago.
    let mail =
        |kind: &'static str| EventRow { kind: kind.into(), user: "mario".into(), ..fresh("@mario", "") };
    let long_ago = EventRow { received_at: now(), ts: now() - 25 * 60 * MINUTE, ..fresh("old", "/vecchia") };
    let noise = EventRow { kind: "vital".into(), name: "LCP".into(), ..fresh("reader", "/prima") };
    service
        .insert(&[
            fresh("early", "/prima"),
            noise,
            mail("newsletter_sent"),
            mail("newsletter_open"),
            long_ago.clone(),
        ])
        .await;
    let (mut one, mut two) = (Events::open(service).await, Events::open(service).await);
    for events in [&mut one, &mut two] {
        let recent = events.next("recent").await;
        let mut told: Vec<_> = recent["items"].as_array().unwrap().iter().map(visitor_and_kind).collect();
        told.sort();
        let expected = [("@mario", "newsletter_open"), ("early", "page_view"), ("reader", "vital")];
        assert_eq!(told, expected.map(|(visitor, kind)| (visitor.to_owned(), kind.to_owned())));
    }
    let first = one.next("snapshot").await;
    assert_eq!(first["visitors"], 1);
    let stats = service.get(&format!("/stats?metrics=visitors&from={}", instant(now() - 5 * MINUTE))).await;
    assert_eq!(stats["totals"]["visitors"], 1, "{stats}");
    assert_eq!(first["minutes"].as_array().unwrap().len(), 30);
    assert_eq!(first["sources"], json!([{"source": "Google", "visitors": 1}]));
    two.next("snapshot").await;

    // Imported now, but long ago: it is no news.
    service.insert(&[EventRow { received_at: now(), ..long_ago }]).await;
    let known = EventRow { user: "mario".into(), ..fresh("late", "/poi") };
    let bot = EventRow { bot: "crawler".into(), ..fresh("crawler", "/") };
    // Shipped late: received before the one above was.
    let overtaken = EventRow { received_at: now() - 5 * 1000, ..fresh("third", "/terza") };
    service.insert(&[known.clone(), bot]).await;
    for events in [&mut one, &mut two] {
        let told = events.next("activity").await;
        assert_eq!(
            (&told["path"], &told["person"], &told["identified"]),
            (&json!("/poi"), &json!("mario"), &json!(true))
        );
        assert_eq!((&told["country"], &told["source"]), (&json!("IT"), &json!("Google")));
    }
    // The same event through another collector is not told again.
    service.insert(&[EventRow { received_at: now(), ..known }, overtaken]).await;
    let told = one.next("activity").await;
    assert_eq!(
        (&told["path"], &told["person"], &told["identified"]),
        (&json!("/terza"), &json!("third"), &json!(false))
    );
    let snapshot = loop {
        let snapshot = one.next("snapshot").await;
        if snapshot["visitors"] == 3 {
            break snapshot;
        }
    };
    assert_eq!(snapshot["countries"], json!([{"country": "IT", "visitors": 3}]));
    assert_eq!(snapshot["pages"].as_array().unwrap().len(), 3);
    let views: i64 = snapshot["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|minute| minute["page_views"].as_i64().unwrap())
        .sum();
    assert_eq!(views, 3);

    // Who comes later, or comes back, hears the same at once, in the order of time, each event once.
    let recent = Events::open(service).await.next("recent").await;
    let ids: Vec<_> =
        recent["items"].as_array().unwrap().iter().map(|item| item["event_id"].to_string()).collect();
    assert_eq!(ids.len(), 5, "{recent}");
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    let moments: Vec<_> =
        recent["items"].as_array().unwrap().iter().map(|item| item["ts"].to_string()).collect();
    assert!(moments.is_sorted(), "{moments:?}");

    where_they_are_and_go(service, &mut one, now).await;

    service.state.close_live();
    let ended = tokio::time::timeout(support::PATIENCE, async {
        while let Some(frame) = two.body.frame().await {
            frame.unwrap();
        }
    });
    ended.await.expect("the stream ends when the service stops");
}
