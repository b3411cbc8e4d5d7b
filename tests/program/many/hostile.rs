//! What nobody would ask or send, and somebody does.

use axum::http::{Method, StatusCode};
use orma_model::EventRow;
use orma_query::{QuestionLimits, Runner, Sql};
use orma_store::StoreError;
use serde_json::{Value, json};

use crate::query_api::{Service, at, event};

const PERIOD: (&str, &str) = ("2026-11-01", "2026-11-10");

#[expect(clippy::too_many_lines, reason = "a table")]
async fn refused(service: &Service) {
    let period = |mut body: Value| {
        body["from"] = json!(PERIOD.0);
        body["to"] = json!(PERIOD.1);
        body
    };
    let matching = |pattern: &str| {
        let event = json!({"where": {"matches": {"dimension": "page", "values": [pattern]}}});
        period(json!({"steps": [event, {"kind": "order"}]}))
    };
    let deep = (0..9).fold(json!({"set": {"dimension": "os"}}), |inner, _| json!({"not": inner}));
    let many = vec!["a"; 10_000];
    let steps = json!([{"kind": "page_view"}, {"kind": "order"}]);
    for (path, body, field) in [
        ("/funnels", matching("(a)\\1"), Some("steps[0].where.matches.values")),
        // What one parser of patterns takes and the other does not.
        ("/funnels", matching("a{1001}"), None),
        ("/funnels", matching("(?x) a b"), None),
        ("/funnels", period(json!({"steps": [{"kind": "order"}]})), Some("steps")),
        ("/funnels", period(json!({"steps": vec![json!({"kind": "order"}); 13]})), Some("steps")),
        ("/funnels", period(json!({"steps": steps, "window_ms": -1})), Some("window_ms")),
        ("/funnels", period(json!({"steps": steps, "condition": deep})), Some("condition")),
        (
            "/funnels",
            period(json!({"steps": steps, "condition": {"is": {"dimension": "os", "values": many}}})),
            Some("condition.is.values"),
        ),
        ("/funnels", period(json!({"steps": steps, "group_by": "product"})), Some("group_by")),
        ("/attribution", period(json!({"group_by": "page"})), Some("group_by")),
        ("/paths", period(json!({"steps": 11})), Some("steps")),
        ("/retention", period(json!({"unit": "sessions"})), Some("unit")),
        ("/retention", period(json!({"group_by": "product"})), Some("group_by")),
        ("/retention", period(json!({"compare": "next"})), Some("compare")),
        ("/attribution", period(json!({"breakdown": "product"})), Some("breakdown")),
        ("/attribution", period(json!({"breakdown": "os", "model": "markov"})), Some("breakdown")),
        (
            "/attribution/people",
            json!({"attribution": period(json!({})), "outcome": "perhaps"}),
            Some("outcome"),
        ),
        (
            "/attribution/people",
            json!({"attribution": period(json!({"compare": "previous"}))}),
            Some("attribution.compare"),
        ),
        ("/paths/people", json!({"paths": period(json!({})), "step": 3, "to": "/"}), Some("step")),
        ("/paths/people", json!({"paths": period(json!({})), "step": 0}), Some("from")),
        ("/lifecycle", period(json!({"unit": "sessions"})), Some("unit")),
        ("/lifecycle", period(json!({"interval": "hour"})), Some("interval")),
        (
            "/lifecycle",
            json!({"from": "2026-01-01", "to": "2026-11-10", "interval": "day"}),
            Some("interval"),
        ),
        ("/lifecycle", period(json!({"event": {"kind": "buy"}})), Some("event.kind")),
        (
            "/lifecycle/people",
            json!({"lifecycle": period(json!({"interval": "day"})), "time": "2026-10-31", "state": "new"}),
            Some("time"),
        ),
        (
            "/lifecycle/people",
            json!({"lifecycle": period(json!({"interval": "day"})), "time": "2026-11-02", "state": "dead"}),
            Some("state"),
        ),
        ("/stickiness", json!({"from": "2026-08-01", "to": "2026-11-10"}), Some("interval")),
        ("/stickiness", period(json!({"compare": "next"})), Some("compare")),
        ("/stickiness/people", json!({"stickiness": period(json!({})), "intervals": 0}), Some("intervals")),
        ("/stickiness/people", json!({"stickiness": period(json!({})), "intervals": 11}), Some("intervals")),
        ("/touchpoints", period(json!({"unit": "sessions"})), Some("unit")),
        ("/touchpoints", period(json!({"unit": "ghosts"})), Some("unit")),
        ("/touchpoints", period(json!({"lost_after_days": 0})), Some("lost_after_days")),
        ("/touchpoints", period(json!({"lost_after_days": 732})), Some("lost_after_days")),
        ("/touchpoints", period(json!({"min_stays": u64::MAX})), Some("min_stays")),
        ("/touchpoints", period(json!({"conversion": {}})), Some("conversion")),
        ("/touchpoints", period(json!({"conversion": {"kind": "buy"}})), Some("conversion.kind")),
        ("/touchpoints", period(json!({"condition": deep})), Some("condition")),
        ("/touchpoints", period(json!({"compare": "next"})), Some("compare")),
        ("/journeys", period(json!({"group_by": "product"})), Some("group_by")),
        ("/journeys", period(json!({"group_by": "city"})), Some("group_by")),
        ("/journeys", period(json!({"group_by": "'; DROP TABLE events"})), Some("group_by")),
        ("/journeys", period(json!({"nodes": 51})), Some("nodes")),
        ("/journeys", period(json!({"limit": 0})), Some("limit")),
        ("/journeys", period(json!({"min_support": 0})), Some("min_support")),
        (
            "/journeys",
            period(json!({"conversion": {"where": {"did": {"event": {"kind": "order"}}}}})),
            Some("conversion.where"),
        ),
        // What no field is called, and what no number is.
        ("/journeys", period(json!({"steps": 3})), Some("steps")),
        ("/touchpoints", period(json!({"group_by": "stage"})), Some("group_by")),
        ("/journeys", period(json!({"nodes": -1})), Some("nodes")),
        ("/touchpoints", period(json!({"lost_after_days": 1.5})), Some("lost_after_days")),
        (
            "/retention/people",
            json!({"retention": period(json!({"interval": "day"})), "cohort": "2026-11-02", "index": u64::MAX}),
            Some("index"),
        ),
    ] {
        let answer = service.ask(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {field:?}: {}", answer.text);
        assert_eq!(answer.json()["error"]["field"].as_str(), field, "{path}: {}", answer.text);
    }
}

/// Whoever reads paths from visits and from events reads the same, whatever an app calls its screens.
async fn screens_of_any_name(service: &Service) {
    let screens = ["A\tB", "C\nD", "/", "è\u{1f600}"];
    let rows = screens.iter().enumerate().map(|(place, screen)| EventRow {
        screen: (*screen).into(),
        ..event("screen_view", "v", "s", at("2026-11-05T10:00:00Z") + place as i64 * 1_000)
    });
    service.insert(&rows.collect::<Vec<_>>()).await;
    let ask = async |start: Value| {
        let body = json!({"from": PERIOD.0, "to": PERIOD.1, "nodes": "pages", "steps": 10, "start": start});
        let answer = service.ask(Method::POST, "/paths", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["links"].clone()
    };
    let expected: Vec<Value> = (0..screens.len())
        .map(|step| json!({"step": step, "from": screens[step], "to": screens.get(step + 1), "count": 1}))
        .collect();
    assert_eq!(ask(json!({"screen": screens[0]})).await, json!(expected));
    // A condition that visits do not know.
    let from_events =
        json!({"screen": screens[0], "where": {"is": {"dimension": "host", "values": ["bottega.example"]}}});
    assert_eq!(ask(from_events).await, json!(expected));
}

/// More rows than a question may read are an error, and none is told as if it were all.
async fn no_answer_of_a_part(service: &Service) {
    let runner = Runner::new(service.store.clone(), &QuestionLimits::default());
    for (rows_max, is_answered) in [(99_999, false), (100_000, true)] {
        let mut read = 0;
        let numbers = Sql::new("SELECT number FROM numbers(100000)", []);
        let asked = runner.each_block(&numbers, rows_max, |block| {
            read += block.num_rows();
            Ok(())
        });
        match asked.await {
            Ok(()) => assert!(is_answered && read == 100_000, "{read} of {rows_max}"),
            Err(StoreError::Refused { code: 396, .. }) => assert!(!is_answered, "{rows_max}"),
            Err(other) => panic!("{rows_max}: {other:?}"),
        }
    }
}

/// Ids, names and money as large as they may be, moments of many events, and groups of any text.
async fn journeys_at_the_edge(service: &Service) {
    const LARGEST: i64 = 9_999_999_999_999_999;
    let moment = at("2026-11-06T10:00:00Z");
    let long = "x".repeat(2_000);
    let row = |number: u128, group: &str, kind: &'static str| EventRow {
        event_id: uuid::Uuid::from_u128(u128::MAX - number),
        path: "/a".into(),
        revenue: if kind == "order" { LARGEST } else { 0 },
        currency: if kind == "order" { "EUR" } else { "" }.into(),
        touchpoint: "site".into(),
        props: vec![("content_group".into(), group.to_owned().into())],
        ..event(kind, long.clone(), long.clone(), moment)
    };
    // The larger id is the later.
    let groups = ["\u{1f}\u{1f}", "\0", "a\u{1f}b", "\u{202e}è\u{1f600}"];
    let mut rows: Vec<EventRow<'_>> =
        groups.iter().zip(20_u128..).map(|(group, number)| row(number, group, "page_view")).collect();
    rows.extend((0..5).map(|number| row(number, "", "order")));
    service.insert(&rows).await;
    let from = json!({"from": "2026-11-06", "to": "2026-11-06"});
    let ask = async |path: &str, more: Value| {
        let mut body = from.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = service.ask(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    };
    for stages in [false, true] {
        let answer =
            ask("/journeys", json!({"group_by": "content_group", "stages": stages, "nodes": 50})).await;
        let nodes: Vec<&str> = answer["variants"][0]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["value"].as_str().unwrap())
            .collect();
        let expected: Vec<&str> = groups.into_iter().rev().collect();
        assert_eq!(nodes, expected, "{answer}");
        assert_eq!(answer["all"]["revenue"]["amount"], "4999999999999.9995");
    }
    let answer = ask("/touchpoints", json!({"min_stays": 1, "lost_after_days": 731})).await;
    let site = &answer["touchpoints"][0];
    // The orders are after the first view; of the same moment by their ids.
    assert_eq!((&site["conversions"], &site["stays"], &site["open"]), (&json!(5), &json!(1), &json!(1)));
    assert_eq!(site["revenue"]["amount"], "4999999999999.9995");
    // Far from everything there is nothing, and no share of it.
    let nothing = json!({"from": "1975-01-01", "to": "1975-01-02", "compare": "previous"});
    let answer = ask("/journeys", nothing.clone()).await;
    assert_eq!((&answer["all"]["count"], &answer["all"]["conversion_rate"]), (&json!(0), &Value::Null));
    assert_eq!(answer["variants"], json!([]));
    assert_eq!(ask("/touchpoints", nothing).await["cells"], json!([]));
}

/// A bucket whose last have not had the whole window within the period may have lost some, long after it.
async fn parts_of_a_window(service: &Service) {
    let body = json!({
        "from": PERIOD.0, "to": PERIOD.1, "interval": "day", "window_ms": 2 * 86_400_000,
        "steps": [{"kind": "screen_view"}, {"kind": "order"}],
    });
    let answer = service.ask(Method::POST, "/funnels", Some(body)).await.json();
    let finished: Vec<bool> =
        answer["trend"].as_array().unwrap().iter().map(|bucket| bucket["is_finished"] == true).collect();
    assert_eq!(finished, [vec![true; 8], vec![false; 2]].concat());
}

/// Where the calendar begins there is nothing before, and what lies far ahead has not begun.
async fn lives_at_the_edge(service: &Service) {
    let ask = async |path: &str, body: Value| {
        let answer = service.ask(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    };
    for interval in ["day", "week", "month"] {
        for (from, to) in [("1970-01-02", "1970-02-01"), ("2149-01-10", "2149-01-12")] {
            let body = json!({"from": from, "to": to, "interval": interval, "compare": "previous"});
            let lives = ask("/lifecycle", body.clone()).await;
            let buckets = lives["buckets"].as_array().unwrap();
            assert_eq!(buckets.is_empty(), from.starts_with("21"), "{lives}");
            assert!(buckets.iter().all(|bucket| bucket["active"] == 0), "{lives}");
            let habits = ask("/stickiness", body.clone()).await;
            assert_eq!((&habits["people"], &habits["mean"]), (&json!(0), &Value::Null), "{habits}");
            let ordered = json!({"from": from, "to": to, "interval": interval, "event": {"kind": "order"}});
            assert_eq!(ask("/lifecycle", ordered.clone()).await["buckets"], lives["buckets"]);
            ask("/stickiness", ordered).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_would_ask_is_refused_by_its_field_or_answered() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    refused(&service).await;
    screens_of_any_name(&service).await;
    no_answer_of_a_part(&service).await;
    parts_of_a_window(&service).await;
    journeys_at_the_edge(&service).await;
    lives_at_the_edge(&service).await;
    service.engine.stop().await;
}
