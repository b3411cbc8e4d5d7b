//! What others' process mining, paths and correlations were reported to get wrong, tried on touchpoints and journeys: each on a
//! site of its own.

use axum::http::{Method, StatusCode};
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::conditions::site_named;
use crate::query_api::{Service, at, event};

/// In Rome this day had 25 hours.
const LONG_DAY: &str = "2026-10-25";

/// Events as `visitor:touchpoint@time`, with `!` behind an order; in the order of their ids.
fn rows(site: &str, events: &str) -> Vec<EventRow<'static>> {
    let row = |(number, word): (usize, &str)| {
        let (visitor, rest) = word.split_once(':').unwrap();
        let (touchpoint, time) = rest.split_once('@').unwrap();
        let is_order = time.ends_with('!');
        let time = time.trim_end_matches('!');
        let ts = if time.contains('T') { at(time) } else { at(&format!("2026-11-11T{time}Z")) };
        let kind = if is_order { "order" } else { "click" };
        EventRow {
            site: site.to_owned().into(),
            event_id: uuid::Uuid::from_u128(number as u128 + 1),
            touchpoint: touchpoint.to_owned().into(),
            stage: if is_order { "purchase" } else { "pre_purchase" }.into(),
            revenue: if is_order { 1_000_001 } else { 0 },
            currency: if is_order { "EUR" } else { "" }.into(),
            ..event(kind, visitor.to_owned(), "s", ts)
        }
    };
    events.split_whitespace().enumerate().map(row).collect()
}

async fn ask(service: &Service, site: &str, path: &str, mut body: Value) -> Value {
    if body.get("from").is_none() {
        body["from"] = json!("2026-11-11");
        body["to"] = json!("2026-11-20");
    }
    let answer = service.ask_of(site, Method::POST, path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{site}: {}", answer.text);
    answer.json()
}

/// Variants as `nodes joined by > = how many`, with `…` where they go on.
fn variants(answer: &Value) -> Vec<String> {
    let told = |variant: &Value| {
        let nodes: Vec<&str> =
            variant["nodes"].as_array().unwrap().iter().map(|node| node["value"].as_str().unwrap()).collect();
        let rest = if variant["is_cut"] == true { "…" } else { "" };
        format!("{}{rest}={}", nodes.join(">"), variant["count"])
    };
    answer["variants"].as_array().unwrap().iter().map(told).collect()
}

fn touchpoint<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer["touchpoints"].as_array().unwrap().iter().find(|row| row["touchpoint"] == name).unwrap()
}

/// Whose report, the events, and the variants with at most three nodes.
const VARIANTS: [(&str, &str, &[&str]); 6] = [
    // In the order of time, whatever the order in which they were sent (pm4py 546).
    ("pm4py-546", "a:site@10:02:00 a:newsletter@10:00:00 a:shop@10:01:00", &["newsletter>shop>site=1"]),
    // In one millisecond, and a millisecond later (pm4py 481).
    ("pm4py-481", "a:shop@10:00:00.001 a:newsletter@10:00:00 a:site@10:00:00", &["newsletter>site>shop=1"]),
    // A variant is who went exactly there: not who went on, too (pm4py 167: 713 or 848).
    (
        "pm4py-167",
        "a:site@10:00:00 a:shop@10:00:01 a:site@10:00:02 b:site@10:00:00 b:shop@10:00:01 b:site@10:00:02 b:app@10:00:03",
        &["site>shop>site=1", "site>shop>site…=1"],
    ),
    // The rarest are there, too (pm4py 31).
    ("pm4py-31", "a:site@10:00:00 b:site@10:00:00 c:shop@10:00:00", &["site=2", "shop=1"]),
    // A journey of one node is one (posthog 1686).
    ("posthog-1686", "a:site@10:00:00", &["site=1"]),
    // What follows itself is one node, by whatever it was told.
    ("folded", "a:site@10:00:00 a:site@10:00:01 a:site@23:00:00 a:call@23:10:00", &["site>call=1"]),
];

async fn variants_are_right(service: &Service) {
    for (site, _, expected) in VARIANTS {
        let answer = ask(service, site, "/journeys", json!({"nodes": 3})).await;
        assert_eq!(variants(&answer), expected, "{site}");
    }
    // What is told and the others sum to all, whatever is left out (pm4py 179).
    let answer = ask(service, "pm4py-31", "/journeys", json!({"limit": 1})).await;
    assert_eq!(variants(&answer), ["site=2"]);
    assert_eq!(
        (&answer["variants_left_out"], &answer["others"]["count"], &answer["all"]["count"]),
        (&json!(1), &json!(1), &json!(3))
    );
}

/// Of the differences: node, the next, converted, not converted.
fn differences(answer: &Value) -> Vec<(String, u64, u64)> {
    let told = |row: &Value| {
        let node = row["node"]["value"].as_str().unwrap();
        let next =
            row.get("next").map_or(String::new(), |next| format!(">{}", next["value"].as_str().unwrap()));
        (format!("{node}{next}"), row["converted"].as_u64().unwrap(), row["not_converted"].as_u64().unwrap())
    };
    let mut told: Vec<_> = answer["separation"]["differences"].as_array().unwrap().iter().map(told).collect();
    told.sort();
    told
}

const CORRELATED: &str = "a:site@10:00:00 a:newsletter@10:01:00 a:shop@10:02:00! a:chat@10:03:00 \
    b:shop@10:00:00! c:site@10:00:00 c:chat@10:05:00";

/// The conversion is no cause of itself (posthog 6278), nor is what came after it (posthog 5543).
async fn what_separates_is_what_came_before(service: &Service) {
    let answer = ask(service, "posthog-6278", "/journeys", json!({"min_support": 1})).await;
    let separation = &answer["separation"];
    assert_eq!(
        (&separation["converted"], &separation["converted_at_once"], &separation["not_converted"]),
        (&json!(2), &json!(1), &json!(1))
    );
    let expected = [
        ("chat", 0, 1),
        ("newsletter", 1, 0),
        ("site", 1, 1),
        ("site>chat", 0, 1),
        ("site>newsletter", 1, 0),
    ];
    assert_eq!(differences(&answer), expected.map(|(name, one, other)| (name.to_owned(), one, other)));
    assert_eq!(answer["all"]["revenue"]["amount"], "200.0002");
    // What few have is left out, and counted.
    let answer = ask(service, "posthog-6278", "/journeys", json!({"min_support": 2})).await;
    assert_eq!(differences(&answer), [("site".to_owned(), 1, 1)]);
    assert_eq!((&answer["separation"]["tested"], &answer["separation"]["too_few"]), (&json!(1), &json!(4)));
    // Nobody who did not convert: nothing is held against nothing.
    let everybody = json!({"min_support": 1, "conversion": {"touchpoint": "site"}, "condition": {"did": {"event": {"touchpoint": "site"}}}});
    let answer = ask(service, "posthog-6278", "/journeys", everybody).await;
    assert_eq!(answer["separation"]["differences"], json!([]));
}

async fn touchpoints_are_right(service: &Service) {
    // Lost is who went nowhere any more, not who went elsewhere than expected (posthog 32772).
    let answer = ask(service, "posthog-32772", "/touchpoints", json!({})).await;
    let lost = |name: &str| touchpoint(&answer, name)["lost"].clone();
    assert_eq!([lost("site"), lost("newsletter"), lost("shop")], [json!(0), json!(1), json!(1)]);
    // Not yet over is not lost (posthog 33605): the period ends nine and a half days after a, and a half after b.
    let answer = ask(service, "posthog-33605", "/touchpoints", json!({"lost_after_days": 9})).await;
    let site = touchpoint(&answer, "site");
    assert_eq!((&site["lost"], &site["open"], &site["lost_share"]), (&json!(1), &json!(1), &json!(1.0)));
    let answer = ask(service, "posthog-33605", "/touchpoints", json!({"lost_after_days": 10})).await;
    let site = touchpoint(&answer, "site");
    assert_eq!((&site["lost"], &site["open"], &site["lost_share"]), (&json!(0), &json!(2), &Value::Null));
    // Who comes again is one of the people, and stays twice (segment-docs 7237).
    let answer = ask(service, "segment-docs-7237", "/touchpoints", json!({})).await;
    let site = touchpoint(&answer, "site");
    assert_eq!((&site["people"], &site["stays"], &site["moved"]), (&json!(1), &json!(2), &json!(1)));
    // Half of an even number of waits is between the two in the middle (pm4py 180), and none is below zero, in whichever order
    // they were told (processmapR 25).
    let answer = ask(service, "pm4py-180", "/touchpoints", json!({})).await;
    let wait = &touchpoint(&answer, "site")["wait"];
    assert_eq!((&wait["q1_ms"], &wait["median_ms"]), (&json!(2_000.0), &json!(3_000.0)));
    // What comes twice is no move to itself (posthog 30692); its second clock is nobody's.
    let answer = ask(service, "posthog-30692", "/touchpoints", json!({})).await;
    let site = touchpoint(&answer, "site");
    assert_eq!(
        (&answer["events"], &site["stays"], &site["stay"]["q3_ms"]),
        (&json!(2), &json!(1), &json!(0.0))
    );
}

/// How many people a number is said to have behind it, and who they are.
async fn listed(service: &Service, site: &str, what: &str, mut body: Value) -> (u64, Vec<String>) {
    let period = json!({"from": "2026-11-11", "to": "2026-11-20"});
    body[what] = period;
    let answer = service.ask_of(site, Method::POST, &format!("/{what}/people"), Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{site}: {}", answer.text);
    let answer = answer.json();
    let name = |item: &Value| item["person"].as_str().unwrap().to_owned();
    (answer["count"].as_u64().unwrap(), answer["items"].as_array().unwrap().iter().map(name).collect())
}

async fn people_are_those_of_the_number(service: &Service) {
    // The list of the lost is of those that the number counts (posthog 32772).
    let answer = ask(service, "posthog-32772", "/touchpoints", json!({})).await;
    for (name, lost) in [("site", 0), ("newsletter", 1), ("shop", 1)] {
        assert_eq!(touchpoint(&answer, name)["lost"], lost);
        let asked = json!({"touchpoint": name, "outcome": "lost"});
        assert_eq!(listed(service, "posthog-32772", "touchpoints", asked).await.0, lost, "{name}");
    }
    // Who moved twice is listed once, as often as the number of people says (posthog 6800); what took a minute each time did
    // so however often (pm4py 209).
    let answer = ask(service, "posthog-6800", "/touchpoints", json!({})).await;
    let next = &touchpoint(&answer, "site")["next"][0];
    assert_eq!(
        (&next["touchpoint"], &next["count"], &next["people"]),
        (&json!("shop"), &json!(2), &json!(1))
    );
    let moved = json!({"touchpoint": "site", "outcome": "next", "next": {"touchpoint": "shop"}});
    assert_eq!(listed(service, "posthog-6800", "touchpoints", moved).await, (1, vec!["a".to_owned()]));
    let answer = ask(service, "posthog-6800", "/journeys", json!({})).await;
    let edge = &answer["flow"]["edges"][0];
    assert_eq!(
        (&edge["moves"], &edge["journeys"], &edge["wait"]["median_ms"]),
        (&json!(2), &json!(1), &json!(60_000.0))
    );
    let with_move = json!({"edge": {"node": {"value": "site"}, "next": {"value": "shop"}}});
    assert_eq!(listed(service, "posthog-6800", "journeys", with_move).await, (1, vec!["a".to_owned()]));
    // Behind a difference stand those that it counts (posthog 7036).
    let with_newsletter = json!({"difference": {"node": {"value": "newsletter"}}, "outcome": "converted"});
    assert_eq!(listed(service, "posthog-6278", "journeys", with_newsletter).await, (1, vec!["a".to_owned()]));
    // What comes after the conversion counts in the map, and in no difference.
    let with_chat =
        |part: &str, outcome: &str| json!({part: {"node": {"value": "chat"}}, "outcome": outcome});
    assert_eq!(listed(service, "posthog-6278", "journeys", with_chat("edge", "converted")).await.0, 1);
    assert_eq!(listed(service, "posthog-6278", "journeys", with_chat("difference", "converted")).await.0, 0);
    // Groups sum to all, with those who have no value (posthog 5341, 5382), and a group lists its own (posthog 53819).
    for what in ["touchpoints", "journeys"] {
        let answer = ask(service, "posthog-6278", &format!("/{what}"), json!({"breakdown": "country"})).await;
        let groups = answer["groups"].as_array().unwrap();
        assert_eq!((groups.len(), &groups[0]["value"]), (1, &json!("")), "{what}");
        let all = if what == "journeys" { &groups[0]["all"]["count"] } else { &groups[0]["people"] };
        assert_eq!(*all, 3, "{what}");
    }
    for (value, count) in [("", 3), ("IT", 0)] {
        let group = json!({"group": {"dimension": "country", "value": value}});
        assert_eq!(listed(service, "posthog-6278", "journeys", group).await.0, count, "{value}");
    }
}

/// A day of 25 hours: what took an hour longer than the clocks say, and days of 24 hours (umami 333).
async fn hours_are_counted_not_clocks(service: &Service) {
    let body = json!({"from": LONG_DAY, "to": LONG_DAY, "lost_after_days": 1});
    let answer = ask(service, "umami-333", "/touchpoints", body).await;
    let site = touchpoint(&answer, "site");
    // From half past midnight to half past eleven.
    assert_eq!(site["wait"]["median_ms"], json!(24.0 * 3_600_000.0));
    // Nothing since half past midnight, or since half past one: 24.5 and 23.5 hours before midnight.
    assert_eq!((&site["lost"], &site["open"]), (&json!(1), &json!(1)));
    let answer = ask(service, "umami-333", "/journeys", json!({"from": LONG_DAY, "to": LONG_DAY})).await;
    assert_eq!(variants(&answer), ["site=2", "site>shop=1"]);
    assert_eq!(answer["variants"][1]["duration"]["median_ms"], json!(24.0 * 3_600_000.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_got_wrong_of_journeys_is_right() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let others = [
        ("posthog-6278", CORRELATED),
        ("posthog-32772", "a:site@10:00:00 a:newsletter@10:01:00 b:site@10:00:00 b:shop@10:01:00"),
        ("posthog-33605", "a:site@10:00:00 b:site@2026-11-20T12:00:00Z"),
        ("segment-docs-7237", "a:site@10:00:00 a:call@10:01:00 a:site@10:02:00"),
        ("posthog-6800", "a:site@10:00:00 a:shop@10:01:00 a:site@10:02:00 a:shop@10:03:00"),
        ("pm4py-180", "a:call@10:00:01 a:site@10:00:00 b:site@10:00:00 b:call@10:00:05"),
        ("posthog-30692", "a:site@10:00:00 a:call@10:05:00"),
        (
            "umami-333",
            "a:site@2026-10-24T22:30:00Z a:shop@2026-10-25T22:30:00Z b:site@2026-10-24T22:30:00Z \
             c:site@2026-10-24T23:30:00Z d:site@2026-10-25T23:00:00Z",
        ),
    ];
    let mut all = Vec::new();
    for (site, events) in VARIANTS.map(|(site, events, _)| (site, events)).into_iter().chain(others) {
        service.registry.put_site(&site_named(site)).await.unwrap();
        all.extend(rows(site, events));
    }
    // Sent again by a client whose clock was set meanwhile.
    let again: Vec<EventRow<'_>> = rows("posthog-30692", "a:site@10:03:00");
    all.extend(again);
    service.insert(&all).await;

    variants_are_right(&service).await;
    what_separates_is_what_came_before(&service).await;
    touchpoints_are_right(&service).await;
    people_are_those_of_the_number(&service).await;
    hours_are_counted_not_clocks(&service).await;
    service.engine.stop().await;
}
