//! Lifecycle against a plain computation: who was there on which days, and what that makes them.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use serde_json::{Value, json};

use super::stretches::{Unit, first_day, moved, presences, start_of};
use super::{Many, random_condition, random_event};
use crate::query_api::{Service, at};

/// Days, one of them cut at both ends, and weeks and months that begin before and end after what is asked.
const PERIODS: [(&str, &str, &str); 5] = [
    ("day", "2026-11-11", "2026-11-14"),
    ("day", "2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z"),
    ("day", "2026-11-13", "2026-11-16"),
    ("week", "2026-11-12", "2026-11-17"),
    ("month", "2026-11-12", "2026-11-20"),
];

fn random_lifecycle(random: &mut Rng) -> Value {
    let (interval, from, to) = *random.choice(&PERIODS).unwrap();
    let mut lifecycle = json!({
        "from": from, "to": to, "interval": interval,
        "unit": random.choice(&["people", "visitors"]).unwrap(),
    });
    if random.u64(..2) == 0 {
        lifecycle["event"] = random_event(random);
    }
    if let Some(condition) = random_condition(random) {
        lifecycle["condition"] = condition;
    }
    if random.u64(..3) == 0 {
        lifecycle["compare"] = json!("previous");
    }
    lifecycle
}

/// By the name of a state, who is that in an interval.
type States = BTreeMap<&'static str, BTreeSet<String>>;

/// What everybody is in each of some intervals, which follow each other.
fn states(many: &Many, lifecycle: &Value, names: &[String]) -> Vec<States> {
    let interval = lifecycle["interval"].as_str().unwrap();
    let before = moved(&names[0], interval, -1);
    let (from, to) = (start_of(&before), start_of(&moved(names.last().unwrap(), interval, 1)));
    let mut told: Vec<States> = vec![States::new(); names.len()];
    for (unit, Unit { stretches, was_before }) in presences(many, lifecycle, from, to) {
        for (place, name) in names.iter().enumerate() {
            let there = stretches.contains(name);
            let was_there = stretches.contains(&moved(name, interval, -1));
            let ever = was_before || stretches.range(..name.clone()).next().is_some();
            let state = match (there, was_there) {
                (true, true) => "returning",
                (true, false) if ever => "resurrected",
                (true, false) => "new",
                (false, true) => "lost",
                (false, false) => continue,
            };
            if there {
                told[place].entry("active").or_default().insert(unit.clone());
            }
            told[place].entry(state).or_default().insert(unit.clone());
        }
    }
    told
}

fn names_of(buckets: &Value) -> Vec<String> {
    buckets.as_array().unwrap().iter().map(|bucket| bucket["time"].as_str().unwrap().to_owned()).collect()
}

fn check(buckets: &Value, expected: &[States], context: &str) {
    for (bucket, states) in buckets.as_array().unwrap().iter().zip(expected) {
        let count = |state: &str| json!(states.get(state).map_or(0, BTreeSet::len));
        for state in ["active", "new", "returning", "resurrected"] {
            assert_eq!(bucket[state], count(state), "{context}: {state} of {bucket}");
        }
        // What is not over has lost nobody yet.
        let lost = if bucket["is_finished"] == true { count("lost") } else { Value::Null };
        assert_eq!(bucket["lost"], lost, "{context}: {bucket}");
    }
}

pub async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let lifecycle = random_lifecycle(random);
    let context = format!("site {}: {lifecycle}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/lifecycle", Some(lifecycle.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let interval = lifecycle["interval"].as_str().unwrap();
    let names = names_of(&answer["buckets"]);
    let moment = |text: &Value| at(text.as_str().unwrap());
    assert_eq!(moment(&answer["from"]), start_of(&names[0]), "{context}");
    assert_eq!(names[0], first_day(interval, moment(&answer["from"])), "{context}");
    let expected = states(many, &lifecycle, &names);
    check(&answer["buckets"], &expected, &context);
    if let Some(before) = answer.get("previous") {
        let earlier = names_of(&before["buckets"]);
        assert_eq!(earlier.len(), names.len(), "{context}");
        assert_eq!(before["to"], answer["from"], "{context}");
        check(&before["buckets"], &states(many, &lifecycle, &earlier), &format!("{context} before"));
    }
    agrees_with_stats(service, many, &lifecycle).await;

    let mut asked = lifecycle.clone();
    asked.as_object_mut().unwrap().remove("compare");
    let place = random.usize(..names.len());
    for state in ["active", "new", "returning", "resurrected", "lost"] {
        if answer["buckets"][place][state].is_null() {
            continue;
        }
        let people = expected[place].get(state).cloned().unwrap_or_default();
        let body = json!({"lifecycle": asked, "time": names[place], "state": state, "limit": 1000});
        let answer = service.ask_of(&many.site, Method::POST, "/lifecycle/people", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        let answer = answer.json();
        assert_eq!(answer["count"], people.len(), "{context}: {state} of {}", names[place]);
        if lifecycle["unit"] == "people" {
            let items = answer["items"].as_array().unwrap();
            let found: BTreeSet<String> =
                items.iter().map(|item| item["person"].as_str().unwrap().to_owned()).collect();
            assert_eq!(found, people, "{context}: {state} of {}", names[place]);
        }
    }
    let all = expected.iter().flat_map(|states| states.keys()).collect::<BTreeSet<_>>();
    usize::from(all.len() == 5)
}

/// Those who saw something are told by the statistics, too: the people there are who have seen a page.
async fn agrees_with_stats(service: &Service, many: &Many, lifecycle: &Value) {
    if lifecycle.get("event").is_some() || lifecycle.get("condition").is_some() {
        return;
    }
    let mut seen = lifecycle.clone();
    seen["event"] = json!({"kind": "page_view"});
    let answer = service.ask_of(&many.site, Method::POST, "/lifecycle", Some(seen)).await.json();
    let (unit, interval) = (lifecycle["unit"].as_str().unwrap(), lifecycle["interval"].as_str().unwrap());
    let (from, to) = (answer["from"].as_str().unwrap(), answer["to"].as_str().unwrap());
    let stats = format!("/stats?metrics={unit}&interval={interval}&from={from}&to={to}");
    let stats = service.get_of(&many.site, &stats).await;
    let mut before = None;
    for (row, bucket) in stats["rows"].as_array().unwrap().iter().zip(answer["buckets"].as_array().unwrap()) {
        assert_eq!(row["metrics"][unit], bucket["active"], "site {}: {lifecycle}: {row}", many.seed);
        let count = |name: &str| bucket[name].as_u64().unwrap_or_default();
        assert_eq!(count("new") + count("returning") + count("resurrected"), count("active"), "{bucket}");
        if let (Some(before), true) = (before, bucket["is_finished"] == true) {
            assert_eq!(before, count("returning") + count("lost"), "site {}: {bucket}", many.seed);
        }
        before = Some(count("active"));
    }
}
