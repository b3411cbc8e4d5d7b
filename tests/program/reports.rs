//! Reports, boards and alerts: a report is answered as its own address answers, nobody overwrites what he has not seen, and an
//! alert finds what a plain count finds, once for each time, whatever is killed.

use std::collections::{BTreeMap, HashSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use fastrand::Rng;
use orma_model::EventRow;
use orma_query::{Alerting, Timestamp};
use orma_store::Role;
use serde_json::{Value, json};

use crate::query_api::{ANALYST, Answer, Service, event, view};
use crate::support::{ADMIN_TOKEN, Orma, Setup, request, wait_for};

const HOUR: i64 = 3_600_000;
const WEEK: i64 = 7 * 24 * HOUR;

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

async fn post(service: &Service, site: &str, path: &str, body: Value) -> Value {
    let answer = service.ask_of(site, Method::POST, path, Some(body)).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

/// Refused by a code, of a field where that is given.
async fn refused(service: &Service, method: Method, path: &str, body: Value, told: (StatusCode, &str, &str)) {
    let answer = service.ask_of("other", method, path, Some(body.clone())).await;
    let error = &answer.json()["error"];
    let field = error["field"].as_str().unwrap_or_default();
    assert_eq!(
        (answer.status, error["code"].as_str().unwrap(), field),
        told,
        "{path} {body}: {}",
        answer.text
    );
}

/// As somebody with another token.
async fn asked_by(
    service: &Service,
    secret: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/sites/{path}"))
        .header("authorization", format!("Bearer {secret}"))
        .header("content-type", "application/json");
    let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
    service.answer(request.body(body).unwrap()).await
}

/// What is the same whenever it is asked.
fn timeless(mut answer: Value) -> Value {
    for field in ["as_of", "known_until"] {
        answer.as_object_mut().unwrap().remove(field);
    }
    answer
}

fn of(site: &'static str, row: EventRow<'static>) -> EventRow<'static> {
    EventRow { site: site.into(), ..row }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_answered_as_its_own_address_answers() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let start = now() - 3 * 24 * HOUR;
    let rows = (0..20).flat_map(|number| {
        let visitor = format!("v{number}");
        let seen = of("other", view(visitor.clone(), "s", start + number * HOUR / 10, "/a"));
        let order = of("other", event("order", visitor, "s", start + number * HOUR / 10 + 1_000));
        std::iter::once(seen).chain((number % 3 == 0).then_some(order))
    });
    service.insert(&rows.collect::<Vec<_>>()).await;
    let segment =
        post(&service, "other", "/segments", json!({"name": "All", "condition": {"all": []}})).await;
    let segment = segment["segment"].as_str().unwrap().to_owned();

    let steps = json!([{"kind": "page_view"}, {"kind": "order"}]);
    let mut ids = BTreeMap::new();
    for (question, path, body) in [
        ("funnels", "/funnels", json!({"steps": steps, "window_ms": 86_400_000})),
        ("retention", "/retention", json!({"interval": "day"})),
        (
            "attribution",
            "/attribution",
            json!({"model": "last", "group_by": "source", "conversion": {"kind": "order"}}),
        ),
        ("paths", "/paths", json!({"scope": "session", "steps": 2})),
        ("touchpoints", "/touchpoints", json!({})),
        ("journeys", "/journeys", json!({"conversion": {"kind": "order"}})),
        (
            "stats",
            "/stats?metrics=visitors,orders&group_by=page&filter=page%3Ais%3A%2Fa",
            json!({"metrics": "visitors,orders", "group_by": "page", "filter": ["page:is:/a"]}),
        ),
        ("newsletters", "/newsletters", json!({})),
        ("quality_web", "/quality/web", json!({"group_by": "page"})),
        ("quality_app", "/quality/app", json!({})),
    ] {
        let saved = json!({"name": question, "question": question, "body": body, "period": "7d", "page": "funnels?step=order"});
        let report = post(&service, "other", "/reports", saved).await;
        let id = report["report"].as_str().unwrap().to_owned();
        let day = |ago: i64| {
            jiff::Timestamp::from_millisecond(now() - ago * 24 * HOUR).unwrap().to_string()[..10].to_owned()
        };
        let (from, to) = (day(6), day(0));
        let expected = if ["funnels", "retention", "attribution", "paths", "touchpoints", "journeys"]
            .contains(&question)
        {
            let mut body = body.clone();
            body["from"] = json!(from);
            body["to"] = json!(to);
            post(&service, "other", path, body).await
        } else {
            let mark = if path.contains('?') { '&' } else { '?' };
            service.get_of("other", &format!("{path}{mark}from={from}&to={to}")).await
        };
        let found = service.get_of("other", &format!("/reports/{id}/answer")).await;
        assert_eq!(timeless(found), timeless(expected), "{question}");
        ids.insert(question, id);
    }
    let id = &ids["stats"];
    let totals = service.get_of("other", &format!("/reports/{id}/answer")).await["totals"].clone();
    assert_eq!(totals["visitors"], 20, "{totals}");
    let earlier =
        service.get_of("other", &format!("/reports/{id}/answer?from=2026-01-01&to=2026-01-02")).await;
    assert_eq!(earlier["totals"]["visitors"], 0);
    let numbers = service.get_of("other", &format!("/reports/{id}/numbers")).await;
    let listed = numbers["items"].as_array().unwrap();
    let visitors =
        listed.iter().find(|one| one["number"] == "/rows/dimensions.page=%2Fa/metrics/visitors").unwrap();
    assert_eq!(visitors["value"], 20.0);

    // A report whose question became invalid says so, and breaks no list.
    let body =
        json!({"name": "Members", "question": "segment", "body": {"segment": segment}, "period": "7d"});
    let of_segment = post(&service, "other", "/reports", body).await["report"].as_str().unwrap().to_owned();
    assert!(service.get_of("other", &format!("/reports/{of_segment}/answer")).await["items"].is_array());
    service.ask_of("other", Method::DELETE, &format!("/segments/{segment}"), None).await;
    let list = service.get_of("other", "/reports").await;
    let problems: Vec<_> =
        list["items"].as_array().unwrap().iter().filter(|one| !one["problem"].is_null()).collect();
    assert_eq!((list["items"].as_array().unwrap().len(), problems.len()), (11, 1));
    assert_eq!(
        (&problems[0]["problem"]["code"], &problems[0]["problem"]["field"]),
        (&json!("unknown_segment"), &json!("body.segment"))
    );
    versions_boards_and_roles(&service, &ids).await;
    service.engine.stop().await;
}

async fn versions_boards_and_roles(service: &Service, ids: &BTreeMap<&str, String>) {
    let bad = StatusCode::BAD_REQUEST;
    let path = "/reports";
    for (body, code, field) in [
        (
            json!({"name": "x", "question": "funnels", "body": {"steps": [{"kind": "page_view"}, {"kind": "nothing"}]}}),
            "unknown_kind",
            "body.steps[1].kind",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": "tears"}}),
            "unknown_metric",
            "body.metrics",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": {"a": 1}}}),
            "invalid_body",
            "body.metrics",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": "visitors", "from": "2026-01-01"}, "period": "7d"}),
            "invalid_period",
            "body.from",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": "visitors"}, "page": "//evil.example"}),
            "invalid_page",
            "page",
        ),
        (json!({"name": " ", "question": "stats", "body": {"metrics": "visitors"}}), "invalid_field", "name"),
        (
            json!({"name": "FUNNELS", "question": "stats", "body": {"metrics": "visitors"}}),
            "invalid_field",
            "name",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": "visitors", "filter": ["x".repeat(20_000)]}}),
            "invalid_body",
            "body",
        ),
        (
            json!({"name": "x", "question": "stats", "body": {"metrics": "visitors"}, "version": 1}),
            "invalid_version",
            "version",
        ),
        (json!({"name": "x", "question": "stats", "colour": 1}), "invalid_body", "colour"),
    ] {
        refused(service, Method::POST, path, body, (bad, code, field)).await;
    }

    // Of two who change it at once, one is told that he did not see what the other wrote.
    let of_paths = format!("/reports/{}", ids["paths"]);
    let change = |name: &str, version| json!({"name": name, "question": "paths", "body": {"scope": "session", "steps": 2}, "version": version});
    let both = ["Anna's", "Bice's"]
        .map(|name| service.ask_of("other", Method::PUT, &of_paths, Some(change(name, 1))));
    let [first, second] = both;
    let (first, second) = tokio::join!(first, second);
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT], "{} {}", first.text, second.text);
    let now_there = service.get_of("other", &of_paths).await;
    assert_eq!((&now_there["version"], &now_there["period"]), (&json!(2), &Value::Null));
    refused(
        service,
        Method::PUT,
        &of_paths,
        change("Late", 1),
        (StatusCode::CONFLICT, "changed_meanwhile", ""),
    )
    .await;

    boards_and_roles(service, ids, &of_paths).await;
}

async fn boards_and_roles(service: &Service, ids: &BTreeMap<&str, String>, of_paths: &str) {
    let bad = StatusCode::BAD_REQUEST;
    let cards = json!([{"report": ids["stats"]}, {"report": ids["paths"], "size": "full"}]);
    let board = post(service, "other", "/boards", json!({"name": "Monday", "cards": cards})).await;
    assert_eq!(board["cards"][1]["size"], "full");
    let of_board = format!("/boards/{}", board["board"].as_str().unwrap());
    for (cards, code, field) in [
        (json!([{"report": "nothing"}]), "unknown_report", "cards[0].report"),
        (json!([{"report": ids["stats"]}, {"report": ids["stats"]}]), "repeated_report", "cards[1].report"),
        (json!(vec![json!({"report": "x"}); 25]), "too_many_cards", "cards"),
    ] {
        refused(service, Method::POST, "/boards", json!({"name": "y", "cards": cards}), (bad, code, field))
            .await;
    }
    // A report that stands on a board stays, and who looks at the board is not surprised.
    let in_use = (StatusCode::CONFLICT, "report_in_use", "");
    refused(service, Method::DELETE, of_paths, Value::Null, in_use).await;
    let without = json!({"name": "Monday", "cards": [{"report": ids["stats"]}], "version": 1});
    assert_eq!(service.ask_of("other", Method::PUT, &of_board, Some(without)).await.json()["version"], 2);
    assert_eq!(service.ask_of("other", Method::DELETE, of_paths, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(service.ask_of("other", Method::DELETE, &of_board, None).await.status, StatusCode::NO_CONTENT);

    // Another site's are not there, and neither for an analyst of that site nor for who only pulls or sends.
    let of_stats = format!("/reports/{}", ids["stats"]);
    for rest in ["", "/answer", "/numbers"] {
        let answer = service.ask_of("demo", Method::GET, &format!("{of_stats}{rest}"), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{rest}: {}", answer.text);
    }
    let registry = &service.registry;
    registry.add_token(Role::Segments, "", "puller", Some("a-token-that-pulls")).await.unwrap();
    registry.add_token(Role::Ingest, "", "sender", Some("a-token-that-sends")).await.unwrap();
    for (secret, path) in [
        (ANALYST, format!("other{of_stats}")),
        ("a-token-that-pulls", format!("other{of_stats}")),
        ("a-token-that-sends", "demo/alerts".into()),
    ] {
        let answer = asked_by(service, secret, Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text);
    }
    let body =
        json!({"name": "<script>alert(1)</script>", "question": "stats", "body": {"metrics": "visitors"}});
    let made = asked_by(service, ANALYST, Method::POST, "demo/reports", Some(body)).await;
    assert_eq!((made.status, &made.json()["created_by"]), (StatusCode::CREATED, &json!("anna")));
}

/// Visitors of an hour who saw a page, counted one by one.
fn plainly(rows: &[EventRow<'_>], from: i64, page: Option<&str>) -> u32 {
    let mut visitors = HashSet::new();
    for row in rows {
        if row.ts >= from && row.ts < from + HOUR && page.is_none_or(|page| row.path == page) {
            visitors.insert(row.visitor.to_string());
        }
    }
    u32::try_from(visitors.len()).unwrap()
}

/// The eight weeks before and the hour itself, of which the last may be odd.
fn weeks(hour: i64, last: usize, random: &mut Rng) -> Vec<EventRow<'static>> {
    let mut rows = Vec::new();
    for week in 0..9_usize {
        let count = if week == 0 { last } else { random.usize(8..13) };
        for number in 0..count {
            let ts = hour - i64::try_from(week).unwrap() * WEEK + random.i64(0..HOUR);
            let path = if number % 3 == 0 { "/b" } else { "/a" };
            rows.push(of("other", view(format!("v{week}-{number}"), format!("s{week}"), ts, path)));
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_finds_what_a_plain_count_finds_and_tells_each_change_once() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let alerting = Alerting::new(&service.state).waited_for();
    // An hour that is long over, and the next ones.
    let hour = now() / HOUR * HOUR - 12 * HOUR;
    let at = |later: i64| Timestamp(hour + (later + 1) * HOUR + 10 * 60_000);
    let mut rows = weeks(hour, 60, &mut Rng::with_seed(8));
    // An hour later, and in the weeks before that: what is usual.
    rows.extend(weeks(hour + HOUR, 10, &mut Rng::with_seed(9)));
    service.insert(&rows).await;

    let body = json!({"metrics": "visitors", "group_by": "page"});
    let report = post(
        &service,
        "other",
        "/reports",
        json!({"name": "By page", "question": "stats", "body": body, "period": "30d"}),
    )
    .await;
    let report = report["report"].as_str().unwrap().to_owned();
    let watched = |number: &str, rule: Value| json!({"report": report, "number": number, "rule": rule, "every": "hour"});
    let all = "/totals/visitors";
    let (of_b, of_none) =
        ("/rows/dimensions.page=%2Fb/metrics/visitors", "/rows/dimensions.page=%2Fnever/metrics/visitors");
    let mut ids = BTreeMap::new();
    for (name, number, rule, cooldown_hours) in [
        ("above", all, json!({"above": 59}), 0),
        ("not above", all, json!({"above": 60}), 0),
        ("row", of_b, json!({"below": 21}), 0),
        // Nobody saw the page: that is 0, not nothing.
        ("no row", of_none, json!({"below": 1}), 0),
        ("nothing", "/totals/tears", json!({"below": 1}), 0),
        ("unusual \"odd\\name\"", all, json!({"unusual": {}}), 0),
        ("only less", all, json!({"unusual": {"direction": "down"}}), 0),
        ("cool", all, json!({"above": 5}), 2),
    ] {
        let alert = post(
            &service,
            "other",
            "/alerts",
            json!({"name": name, "watched": watched(number, rule), "cooldown_hours": cooldown_hours}),
        )
        .await;
        assert_eq!((&alert["state"], &alert["last"]), (&json!("new"), &Value::Null));
        ids.insert(name, alert["alert"].as_str().unwrap().to_owned());
    }
    let (visitors, of_b) = (plainly(&rows, hour, None), plainly(&rows, hour, Some("/b")));
    assert_eq!((visitors, of_b), (60, 20));
    // Nobody looks before the hour is over and settled.
    let unsettled = Timestamp(hour + HOUR + 4 * 60_000);
    alerting.look(None, unsettled).await.unwrap();
    let states = states(&service).await;
    assert!(states.values().all(|(_, last)| last["to"] != json!(Timestamp(hour + HOUR))), "{states:?}");
    alerting.look(None, at(0)).await.unwrap();
    let found = self::states(&service).await;
    for (name, state, value, reason) in [
        ("above", "firing", json!(60.0), "above"),
        ("not above", "ok", json!(60.0), "fine"),
        ("row", "firing", json!(20.0), "below"),
        ("no row", "firing", json!(0.0), "below"),
        ("nothing", "no_data", Value::Null, "no_number"),
        ("unusual \"odd\\name\"", "firing", json!(60.0), "unusually_high"),
        ("only less", "ok", json!(60.0), "fine"),
        ("cool", "firing", json!(60.0), "above"),
    ] {
        let (told, last) = &found[name];
        assert_eq!(
            (told.as_str(), &last["value"], last["reason"].as_str().unwrap()),
            (state, &value, reason),
            "{name}"
        );
    }
    let mut earlier: Vec<u32> = (1..=8).map(|week| plainly(&rows, hour - week * WEEK, None)).collect();
    earlier.sort_unstable();
    let usual = &found["only less"].1["usual"];
    assert_eq!(
        (&usual["median"], &usual["weeks"]),
        (&json!(f64::from(earlier[3] + earlier[4]) / 2.0), &json!(8))
    );

    // Looking again, also by another who knows nothing, finds nothing new.
    let cursor = changes(&service, "").await["cursor"].as_str().unwrap().to_owned();
    alerting.look(None, at(0)).await.unwrap();
    Alerting::new(&service.state).waited_for().look(None, at(0)).await.unwrap();
    assert_eq!(changes(&service, &format!("?since={cursor}")).await["items"], json!([]));
    acknowledged_cooled_and_measured(&service, &alerting, &ids, &report, (&cursor, [at(1), at(2), at(3)]))
        .await;
    service.engine.stop().await;
}

async fn changes(service: &Service, rest: &str) -> Value {
    service.get_of("other", &format!("/alerts/changes{rest}")).await
}

/// By name: the state, and the last look.
async fn states(service: &Service) -> BTreeMap<String, (String, Value)> {
    let list = service.get_of("other", "/alerts").await;
    let told = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        (text("name"), (text("state"), one["last"].clone()))
    };
    list["items"].as_array().unwrap().iter().map(told).collect()
}

async fn acknowledged_cooled_and_measured(
    service: &Service,
    alerting: &Alerting,
    ids: &BTreeMap<&str, String>,
    report: &str,
    (cursor, [next, after, last]): (&str, [Timestamp; 3]),
) {
    let path = |name: &str, rest: &str| format!("/alerts/{}{rest}", ids[name]);
    let alert = post(service, "other", &path("above", "/acknowledge"), json!({})).await;
    assert_eq!(alert["acknowledged"]["by"], "first admin");
    let conflict = (StatusCode::CONFLICT, "alert_not_firing", "");
    refused(service, Method::POST, &path("not above", "/acknowledge"), json!({}), conflict).await;
    let alerts = service.get_of("other", "/alerts").await;
    assert_eq!(alerts["firing"], 4, "five fire, one is acknowledged");

    // An hour later there are ten: usual again. `cool` fires on; nobody came in the hour after that, and many later.
    alerting.look(None, next).await.unwrap();
    let found = states(service).await;
    for (name, state) in
        [("above", "ok"), ("unusual \"odd\\name\"", "ok"), ("cool", "firing"), ("nothing", "no_data")]
    {
        assert_eq!(found[name].0, state, "{name}: {:?}", found[name].1);
    }
    let told = changes(service, &format!("?since={cursor}")).await;
    let mut changed: Vec<&str> =
        told["items"].as_array().unwrap().iter().map(|one| one["alert"].as_str().unwrap()).collect();
    changed.sort_unstable();
    let mut expected = vec![ids["above"].as_str(), ids["unusual \"odd\\name\""].as_str()];
    expected.sort_unstable();
    assert_eq!(changed, expected, "{told}");
    alerting.look(None, after).await.unwrap();
    assert_eq!(states(service).await["cool"].0, "ok");
    let start = last.0 - 10 * 60_000 - HOUR;
    let rows: Vec<_> =
        (0..70).map(|number| of("other", view(format!("w{number}"), "w", start + number, "/a"))).collect();
    service.insert(&rows).await;
    // It fired three hours ago, by the clock of who looks: its cool-down of two has passed; with four it has not.
    let change = json!({"name": "above", "watched": {"report": report, "number": "/totals/visitors", "rule": {"above": 59}, "every": "hour"}, "cooldown_hours": 4, "version": 1});
    let changed = service.ask_of("other", Method::PUT, &path("above", ""), Some(change)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    alerting.look(None, last).await.unwrap();
    let found = states(service).await;
    assert_eq!((found["cool"].0.as_str(), found["above"].0.as_str()), ("firing", "ok"));
    assert_eq!(found["above"].1["reason"], "cooling_down");

    // Pages of changes are the whole of them, in their order and each once.
    let all = changes(service, "").await;
    let (mut paged, mut since) = (Vec::new(), String::new());
    loop {
        let page = changes(service, &format!("?limit=3{since}")).await;
        paged.extend(page["items"].as_array().unwrap().iter().cloned());
        since = format!("&since={}", page["cursor"].as_str().unwrap());
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(json!(paged), all["items"]);
    let revisions: Vec<u64> = paged.iter().map(|one| one["revision"].as_u64().unwrap()).collect();
    assert!(revisions.windows(2).all(|two| two[0] < two[1]), "{revisions:?}");
    let looks = service.get_of("other", &path("cool", "/looks?limit=2")).await;
    assert_eq!(looks["items"].as_array().unwrap().len(), 2);
    assert!(looks["next_cursor"].is_string());

    // What the preview says is what the alert found.
    let watched = json!({"report": report, "number": "/totals/visitors", "rule": {"above": 5}, "every": "day", "window": 7});
    let preview = post(service, "other", "/alerts/preview", watched).await;
    assert_eq!((preview["points"].as_array().unwrap().len(), preview["fires"].is_boolean()), (12, true));

    // Where Prometheus reads: names that would break a line do not.
    service.state.alerts().look(Timestamp(now())).await.unwrap();
    let metrics = service.state.metrics();
    let line = format!(
        "orma_alert_firing{{site=\"other\",alert=\"{}\",name=\"unusual \\\"odd\\\\name\\\"\"}}",
        ids["unusual \"odd\\name\""]
    );
    assert!(metrics.contains(&line), "{metrics}");
    assert!(
        metrics.contains(&format!(
            "orma_alert_value{{site=\"other\",alert=\"{}\",name=\"cool\"}} 70\n",
            ids["cool"]
        )),
        "{metrics}"
    );
    what_cannot_be_an_alert(service, report).await;
}

async fn what_cannot_be_an_alert(service: &Service, report: &str) {
    let bad = StatusCode::BAD_REQUEST;
    let watched = |number: &str, rule: Value, every: &str, window: u32, report: &str| json!({"report": report, "number": number, "rule": rule, "every": every, "window": window});
    for (watched, code, field) in [
        (watched("/a", json!({"above": 1}), "hour", 1, "nothing"), "unknown_report", "watched.report"),
        (watched("a", json!({"above": 1}), "hour", 1, report), "invalid_number", "watched.number"),
        (watched("/a", json!({"above": 1e16}), "hour", 1, report), "invalid_rule", "watched.rule.above"),
        (
            watched("/a", json!({"unusual": {"deviations": 0}}), "hour", 1, report),
            "invalid_rule",
            "watched.rule.unusual.deviations",
        ),
        (watched("/a", json!({"unusual": {}}), "day", 2, report), "invalid_alert_window", "watched.window"),
        (watched("/a", json!({"below": 1}), "hour", 73, report), "invalid_alert_window", "watched.window"),
        (watched("/a", json!({"below": 1}), "day", 0, report), "invalid_alert_window", "watched.window"),
    ] {
        refused(
            service,
            Method::POST,
            "/alerts",
            json!({"name": "x", "watched": watched}),
            (bad, code, field),
        )
        .await;
    }
    let in_use = (StatusCode::CONFLICT, "report_in_use", "");
    refused(service, Method::DELETE, &format!("/reports/{report}"), Value::Null, in_use).await;
}

#[test]
fn alerts_look_once_though_the_program_is_killed_while_they_do() {
    const ALERTS: usize = 12;
    let mut orma = Setup::default().start();
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let make = |orma: &Orma, path: &str, body: &Value| {
        let url = orma.url(&format!("/api/v1/sites/demo{path}"));
        let answer = request("POST", &url, &headers, body.to_string().as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    };
    let body =
        json!({"name": "Visitors", "question": "stats", "body": {"metrics": "visitors"}, "period": "7d"});
    let report = make(&orma, "/reports", &body)["report"].as_str().unwrap().to_owned();
    let mut first = String::new();
    for number in (0..ALERTS).rev() {
        let watched =
            json!({"report": report, "number": "/totals/visitors", "rule": {"below": 1}, "every": "week"});
        let alert = make(&orma, "/alerts", &json!({"name": format!("Alert {number}"), "watched": watched}));
        alert["alert"].as_str().unwrap().clone_into(&mut first);
    }
    // Some have looked, others have not.
    let looked = |orma: &Orma| {
        let rows = orma.try_sql("SELECT count() AS n FROM alert_looks").ok()?;
        usize::try_from(rows.first()?["n"].as_u64()?).ok()
    };
    wait_for("the first to look", || looked(&orma).filter(|count| *count > 0));
    orma.kill_group();
    orma.start_again();
    wait_for("all to look", || looked(&orma).filter(|count| *count >= ALERTS));
    let changes = orma.ask("/api/v1/sites/demo/alerts/changes");
    let items = changes["items"].as_array().unwrap();
    let alerts: HashSet<&str> = items.iter().map(|one| one["alert"].as_str().unwrap()).collect();
    assert_eq!((items.len(), alerts.len()), (ALERTS, ALERTS), "{changes}");
    assert!(items.iter().all(|one| one["state"] == "firing" && one["value"] == 0.0), "{changes}");
    assert_eq!(looked(&orma), Some(ALERTS));
    let gauge = format!("orma_alert_firing{{site=\"demo\",alert=\"{first}\",name=\"Alert 0\"}}");
    assert_eq!(wait_for("the metrics to tell", || orma.metric(&gauge)).to_bits(), 1.0_f64.to_bits());
}
