//! What others' funnels, cohorts and attributions were reported to get wrong, tried here: each on a site of its own.

use axum::http::{Method, StatusCode};
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::conditions::site_named;
use crate::query_api::{Service, at, event, view};

const DAY: &str = "2026-11-11";

/// Events of one visitor in one session: `kind` or `/page`, an `@` and a time of the day.
fn rows(site: &str, events: &str) -> Vec<EventRow<'static>> {
    let row = |(number, word): (usize, &str)| {
        let (what, time) = word.split_once('@').unwrap();
        let ts = at(&format!("{DAY}T{time}Z"));
        let row = if what.starts_with('/') { view("v", "s", ts, "") } else { event("custom", "v", "s", ts) };
        EventRow {
            site: site.to_owned().into(),
            // In the order in which they stand here.
            event_id: uuid::Uuid::from_u128(number as u128 + 1),
            path: if what.starts_with('/') { what.to_owned() } else { String::new() }.into(),
            name: if what.starts_with('/') { String::new() } else { what.to_owned() }.into(),
            ..row
        }
    };
    events.split_whitespace().enumerate().map(row).collect()
}

fn steps(text: &str) -> Value {
    let step = |word: &str| if word.starts_with('/') { json!({"path": word}) } else { json!({"name": word}) };
    text.split_whitespace().map(step).collect()
}

async fn ask(service: &Service, site: &str, path: &str, body: Value) -> Value {
    let answer = service.ask_of(site, Method::POST, path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{site}: {}", answer.text);
    answer.json()
}

/// Whose report, what happened, the steps, their order, and how many came as far as each.
type Reported = (&'static str, &'static str, &'static str, &'static str, [usize; 3]);

const FUNNELS: [Reported; 9] = [
    (
        "posthog-25048",
        "done@10:00:00 see@10:01:00 see@10:01:00 see@10:02:00",
        "done see see",
        "ordered",
        [1, 1, 1],
    ),
    // The same without a third: an event is one step.
    ("posthog-25048-once", "done@10:00:00 see@10:01:00", "done see see", "ordered", [1, 1, 0]),
    // What is told late is put where it happened.
    ("posthog-1836", "c@10:03:00 a@10:01:00 b@10:02:00", "a b c", "ordered", [1, 1, 1]),
    (
        "rybbit-1133",
        "/cart@10:00:00 /checkout@10:00:00 /thanks@10:00:00",
        "/cart /checkout /thanks",
        "ordered",
        [1, 1, 1],
    ),
    ("umami-4144-abc", "a@10:00:00 b@10:00:10 c@10:00:20", "a b c", "ordered", [1, 1, 1]),
    ("umami-4144-aba", "a@10:00:00 b@10:00:10 a@10:00:20", "a b a", "ordered", [1, 1, 1]),
    ("posthog-7725", "b@10:00:00 c@10:00:10", "a b c", "any", [0, 0, 0]),
    ("posthog-7058", "c@10:00:00 a@10:00:10 b@10:00:20", "a b c", "any", [1, 1, 1]),
    ("posthog-7058-strict", "a@10:00:00 x@10:00:10 b@10:00:20 c@10:00:30", "a b c", "strict", [1, 0, 0]),
];

async fn funnels_are_right(service: &Service) {
    for (site, _, names, order, reached) in FUNNELS {
        let funnel = json!({"from": DAY, "to": DAY, "order": order, "steps": steps(names)});
        let answer = ask(service, site, "/funnels", funnel.clone()).await;
        let people: Vec<&Value> =
            answer["steps"].as_array().unwrap().iter().map(|step| &step["people"]).collect();
        assert_eq!(json!(people), json!(reached), "{site}");
        // Who is behind a number are as many as it says, whatever the order (posthog-7058, posthog-8179).
        for (step, count) in reached.into_iter().enumerate() {
            let behind =
                ask(service, site, "/funnels/people", json!({"funnel": funnel, "step": step + 1})).await;
            assert_eq!(
                (&behind["count"], behind["items"].as_array().unwrap().len()),
                (&json!(count), count),
                "{site}"
            );
        }
    }
    for unit in ["people", "visitors", "sessions"] {
        let funnel = json!({"from": DAY, "to": DAY, "unit": unit, "steps": steps("a b c")});
        let answer = ask(service, "nobody", "/funnels", funnel).await;
        assert_eq!(answer["steps"][0]["people"], 0, "{unit}: {answer}");
    }
}

async fn attributions_are_right(service: &Service) {
    let attribution = json!({"from": "2026-11-01", "to": "2026-11-30", "group_by": "source"});
    let answer = ask(service, "matomo-22347", "/attribution", attribution).await;
    let of = |model: &str, touchpoint: &str| -> (f64, f64) {
        let rows = answer["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["touchpoint"] == touchpoint).unwrap();
        let told = row["models"].as_array().unwrap().iter().find(|told| told["model"] == model).unwrap();
        (told["conversions"].as_f64().unwrap(), told["revenue"].as_str().unwrap().parse().unwrap())
    };
    // The order without a visit is in the row without a name; of the other each model says its own.
    for (model, google, nobody) in [
        ("first", 1.0, 1.0),
        ("last", 0.0, 2.0),
        ("last_non_direct", 1.0, 1.0),
        ("linear", 0.5, 1.5),
        ("position", 0.5, 1.5),
    ] {
        let (of_google, of_nobody) = (of(model, "Google"), of(model, ""));
        assert_eq!((of_google.0, of_nobody.0), (google, nobody), "{model}");
        // To the ten-thousandth, whatever half of an odd number of them is.
        assert!((of_google.1 + of_nobody.1 - 200.000_2).abs() < 1e-9, "{model}: {of_google:?} {of_nobody:?}");
    }
}

async fn cohorts_are_right(service: &Service) {
    let retention = json!({"from": "2026-11-02", "to": "2026-11-29", "interval": "week"});
    let answer = ask(service, "posthog-17415", "/retention", retention).await;
    assert_eq!(answer["cohorts"][0]["cohort"], "2026-11-02");
    assert_eq!(answer["cohorts"][0]["people"].as_array().unwrap()[..3], [json!(1), json!(0), json!(1)]);
}

/// Whoever is not known is new when they first come (posthog-25367) and counts once, however much they do (posthog-9164); the
/// first month is a whole one, whatever part of it is asked for (posthog-20183), and one that is longer than the period is told (posthog-6606).
async fn lives_are_right(service: &Service) {
    let site = "posthog-25367";
    let lifecycle = json!({"from": "2026-11-09", "to": "2026-11-12", "interval": "day"});
    let answer = ask(service, site, "/lifecycle", lifecycle).await;
    let told = |place: usize| {
        let bucket = &answer["buckets"][place];
        ["active", "new", "returning", "resurrected", "lost"].map(|name| bucket[name].as_u64().unwrap())
    };
    let days: Vec<[u64; 5]> = (0..4).map(told).collect();
    assert_eq!(days, [[1, 1, 0, 0, 0], [0, 0, 0, 0, 1], [2, 1, 0, 1, 0], [0, 0, 0, 0, 2]]);
    let monthly = json!({"from": "2026-11-20", "to": "2026-11-21", "interval": "month"});
    let answer = ask(service, site, "/lifecycle", monthly.clone()).await;
    assert_eq!(answer["buckets"][0]["new"], 2, "{answer}");
    let habits = ask(service, site, "/stickiness", monthly).await;
    assert_eq!((&habits["people"], &habits["distribution"]), (&json!(2), &json!([2])));
}

/// Who is behind a path are as many as took it, where somebody did so in several sessions (posthog-6800) and where they
/// went on to something else (posthog-32772).
async fn who_is_behind_a_path_is_right(service: &Service) {
    let site = "posthog-25367";
    let paths = json!({"from": "2026-11-09", "to": "2026-11-12", "nodes": "all", "steps": 3});
    let links = ask(service, site, "/paths", paths.clone()).await["links"].clone();
    for link in links.as_array().unwrap() {
        let body = json!({"paths": paths, "step": link["step"], "from": link["from"], "to": link["to"]});
        let behind = ask(service, site, "/paths/people", body).await;
        let items = behind["items"].as_array().unwrap().len();
        assert_eq!(
            (&behind["count"], items as u64),
            (&link["count"], link["count"].as_u64().unwrap()),
            "{link}"
        );
    }
}

/// Who came again at any time later is told by a dimension, too (posthog-31877).
async fn unbounded_cohorts_are_divided(service: &Service) {
    let retention = json!({
        "from": "2026-11-09", "to": "2026-11-12", "interval": "day", "mode": "unbounded", "group_by": "channel",
    });
    let answer = ask(service, "posthog-25367", "/retention", retention).await;
    assert_eq!(answer["groups"][0]["value"], "direct", "{answer}");
    assert_eq!(answer["groups"][0]["cohorts"], answer["cohorts"], "{answer}");
    assert_eq!(answer["cohorts"][0]["people"], json!([1, 1, 1, 0]), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_got_wrong_is_right() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let mut all = Vec::new();
    for (site, events, ..) in FUNNELS {
        all.extend(rows(site, events));
    }
    // What came without anybody's id is not what one person did.
    all.extend(rows("nobody", "a@10:00:00 b@10:00:10 c@10:00:20").into_iter().map(|row| EventRow {
        visitor: "".into(),
        session: "".into(),
        ..row
    }));
    // Two visits, the second of whom nobody sent, and an order in it (matomo-22347); and a conversion without a visit.
    let attributed = |ts: &str, kind: &'static str, session: &'static str, source: &'static str| EventRow {
        site: "matomo-22347".into(),
        source: source.into(),
        channel: if source.is_empty() { "direct" } else { "organic" }.into(),
        revenue: if kind == "order" { 1_000_001 } else { 0 },
        currency: if kind == "order" { "EUR" } else { "" }.into(),
        path: "/".into(),
        ..event(kind, "v", session, at(ts))
    };
    all.extend([
        attributed("2026-11-01T10:00:00Z", "page_view", "s1", "Google"),
        attributed("2026-11-05T10:00:00Z", "page_view", "s2", ""),
        attributed("2026-11-05T10:05:00Z", "order", "s2", ""),
        EventRow {
            visitor: "@anna".into(),
            session: "".into(),
            ..attributed("2026-11-06T10:05:00Z", "order", "", "")
        },
    ]);
    // In Rome the second view is on Monday, in UTC on Sunday (posthog-17415, posthog-2795).
    all.extend(
        ["2026-11-02T10:00:00Z", "2026-11-15T23:30:00Z"]
            .map(|ts| EventRow { site: "posthog-17415".into(), ..view("v", "s", at(ts), "/") }),
    );
    // Two whom nobody knows: one comes again after a day, in two sessions, the other is new then and does much.
    let came = [
        ("v", "s1", "2026-11-09T10:00:00Z", "/a"),
        ("v", "s2", "2026-11-11T10:00:00Z", "/a"),
        ("v", "s2", "2026-11-11T10:01:00Z", "/b"),
        ("v", "s3", "2026-11-11T15:00:00Z", "/a"),
        ("w", "s4", "2026-11-11T16:00:00Z", "/a"),
        ("w", "s4", "2026-11-11T16:01:00Z", "/a"),
    ];
    all.extend(came.map(|(visitor, session, ts, path)| EventRow {
        site: "posthog-25367".into(),
        ..view(visitor, session, at(ts), path)
    }));
    let others = ["matomo-22347", "posthog-17415", "posthog-25367", "nobody"];
    for site in FUNNELS.map(|(site, ..)| site).into_iter().chain(others) {
        service.registry.put_site(&site_named(site)).await.unwrap();
    }
    service.insert(&all).await;

    funnels_are_right(&service).await;
    attributions_are_right(&service).await;
    cohorts_are_right(&service).await;
    lives_are_right(&service).await;
    who_is_behind_a_path_is_right(&service).await;
    unbounded_cohorts_are_divided(&service).await;
    service.engine.stop().await;
}
