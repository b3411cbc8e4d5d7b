//! Stickiness against a plain computation.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use serde_json::{Value, json};

use super::stretches::{moved, presences, start_of};
use super::{Many, random_condition, random_event};
use crate::query_api::{Service, at};

const PERIODS: [(&str, &str, &str); 4] = [
    ("day", "2026-11-10", "2026-11-14"),
    ("day", "2026-11-11T05:30:00Z", "2026-11-13T18:30:00Z"),
    ("week", "2026-11-12", "2026-11-17"),
    ("month", "2026-10-12", "2026-11-20"),
];

fn random_stickiness(random: &mut Rng) -> Value {
    let (interval, from, to) = *random.choice(&PERIODS).unwrap();
    let mut stickiness = json!({
        "from": from, "to": to, "interval": interval,
        "unit": random.choice(&["people", "visitors"]).unwrap(),
    });
    if random.u64(..3) == 0 {
        stickiness["event"] = random_event(random);
    }
    if let Some(condition) = random_condition(random) {
        stickiness["condition"] = condition;
    }
    if random.u64(..4) == 0 {
        stickiness["compare"] = json!("previous");
    }
    stickiness
}

/// Of each number of intervals, who was there in as many.
fn distribution(many: &Many, stickiness: &Value, from: i64, to: i64, count: usize) -> Vec<BTreeSet<String>> {
    let mut told = vec![BTreeSet::new(); count];
    for (name, unit) in presences(many, stickiness, from, to) {
        told[unit.stretches.len() - 1].insert(name);
    }
    told
}

fn check(found: &Value, expected: &[BTreeSet<String>], context: &str) {
    let counts: Vec<usize> = expected.iter().map(BTreeSet::len).collect();
    assert_eq!(found["distribution"], json!(counts), "{context}");
    let people: usize = counts.iter().sum();
    assert_eq!(found["people"], people, "{context}");
    let sum: usize = counts.iter().zip(1..).map(|(people, times)| people * times).sum();
    let mean = found["mean"].as_f64().unwrap_or(0.0);
    let expected = if people > 0 { sum as f64 / people as f64 } else { 0.0 };
    assert!((mean - expected).abs() < 1e-9, "{context}: {mean}, not {expected}");
}

/// Who comes on a day, in seven days and in thirty, counted for each day by itself.
fn check_days(many: &Many, stickiness: &Value, answer: &Value, context: &str) {
    let days = answer["rolling"]["days"].as_array().unwrap();
    let first = days[0]["time"].as_str().unwrap();
    let from = start_of(&moved(first, "day", -29));
    let all = presences(many, stickiness, from, at(answer["to"].as_str().unwrap()));
    let mut sums = [0.0; 3];
    for day in days {
        let time = day["time"].as_str().unwrap();
        for (place, (name, length)) in [("daily", 1), ("weekly", 7), ("monthly", 30)].into_iter().enumerate()
        {
            let since = moved(time, "day", 1 - length);
            let there = all
                .values()
                .filter(|unit| unit.stretches.range(since.clone()..=time.to_owned()).next().is_some());
            let count = there.count();
            assert_eq!(day[name], count, "{context}: {name} of {time}");
            sums[place] += count as f64;
        }
    }
    let told = |name: &str| answer["rolling"][name].as_f64();
    for (name, part, whole) in
        [("daily_of_weekly", 0, 1), ("daily_of_monthly", 0, 2), ("weekly_of_monthly", 1, 2)]
    {
        let share = (sums[whole] > 0.0).then(|| sums[part] / sums[whole]);
        let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(
            share.is_none() == told(name).is_none()
                && share.zip(told(name)).is_none_or(|(one, other)| near(one, other)),
            "{context}: {name} is {:?}, not {share:?}",
            told(name)
        );
    }
}

pub async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let stickiness = random_stickiness(random);
    let context = format!("site {}: {stickiness}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/stickiness", Some(stickiness.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let count = |found: &Value| found["distribution"].as_array().unwrap().len();
    let moment = |text: &Value| at(text.as_str().unwrap());
    let expected =
        distribution(many, &stickiness, moment(&answer["from"]), moment(&answer["to"]), count(&answer));
    assert_eq!(answer["intervals"], count(&answer), "{context}");
    check(&answer, &expected, &context);
    if stickiness["interval"] == "day" {
        check_days(many, &stickiness, &answer, &context);
    } else {
        assert_eq!(answer["rolling"], Value::Null, "{context}");
    }
    if let Some(before) = answer.get("previous") {
        assert_eq!(before["to"], answer["from"], "{context}");
        let (from, to) = (moment(&before["from"]), moment(&before["to"]));
        let earlier = distribution(many, &stickiness, from, to, count(before));
        check(before, &earlier, &format!("{context} before"));
    }

    let mut asked = stickiness.clone();
    asked.as_object_mut().unwrap().remove("compare");
    let (times, or_more) = (1 + random.usize(..expected.len().min(3)), random.bool());
    let people: BTreeSet<String> = expected
        .iter()
        .zip(1..)
        .filter(|(_, number)| *number == times || (or_more && *number > times))
        .flat_map(|(people, _)| people.clone())
        .collect();
    let body = json!({"stickiness": asked, "intervals": times, "or_more": or_more, "limit": 1000});
    let answer = service.ask_of(&many.site, Method::POST, "/stickiness/people", Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    assert_eq!(answer["count"], people.len(), "{context}: {times} {or_more}");
    if stickiness["unit"] == "people" {
        let items = answer["items"].as_array().unwrap();
        let found: BTreeSet<String> =
            items.iter().map(|item| item["person"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, people, "{context}: {times} {or_more}");
    }
    usize::from(expected.iter().filter(|people| !people.is_empty()).count() > 1)
}
