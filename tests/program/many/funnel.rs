//! Funnels against a search through all ways that somebody could have taken.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::kinds::Activity;
use orma_model::{EventRow, Kind};
use serde_json::{Value, json};

use super::twin::{Events, quantile, twins, units};
use super::{Many, many, random_condition, random_event};
use crate::conditions::twin::Twin;
use crate::query_api::{Service, at};

const PERIOD: (&str, &str) = ("2026-11-10T23:00:00Z", "2026-11-13T23:00:00Z");

/// A way: the moments of its steps, and what the first and the last event say.
struct Way {
    moments: Vec<i64>,
    group: String,
    amount: i64,
    /// What came next that was something else; none where nothing did.
    instead: Option<String>,
}

/// What a step may be: for each event of a unit, the steps that it fits, and whether it ends what was begun.
struct Fits {
    steps: Vec<Vec<bool>>,
    ends: Vec<bool>,
}

fn random_funnel(random: &mut Rng) -> Value {
    let steps: Vec<Value> = (0..2 + random.u64(..3)).map(|_| random_event(random)).collect();
    let mut funnel = json!({
        "from": PERIOD.0, "to": PERIOD.1, "steps": steps,
        "order": random.choice(&["ordered", "ordered", "strict", "any"]).unwrap(),
        "unit": random.choice(&["people", "people", "visitors", "sessions"]).unwrap(),
        "window_ms": random.choice(&[1, 60_000, 600_000, 3_600_000, 86_400_000, 604_800_000_i64]).unwrap(),
    });
    if random.u64(..3) == 0 {
        funnel["exclude"] = json!([random_event(random)]);
    }
    if let Some(condition) = random_condition(random) {
        funnel["condition"] = condition;
    }
    match random.u64(..4) {
        0 => funnel["group_by"] = json!("country"),
        1 => funnel["group_by"] = json!("channel"),
        _ => funnel["interval"] = json!("day"),
    }
    funnel
}

/// Which ways lead from step to step, all of them: the places of their events. Some steps before the last are chosen, and
/// then it is looked whether that is allowed.
fn ways(funnel: &Value, events: &Events<'_>, fits: &Fits, length: usize) -> Vec<Vec<usize>> {
    let is_any = funnel["order"] == "any";
    let window = funnel["window_ms"].as_i64().unwrap();
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for step in 0..length {
        let places = (0..events.len()).filter(|place| fits.steps[*place][step]);
        let places: Vec<usize> = places.collect();
        let mut longer = Vec::new();
        for way in &ways {
            for place in &places {
                let follows = match (way.last(), funnel["order"].as_str().unwrap()) {
                    (None, _) => true,
                    (Some(_), "any") => !way.contains(place),
                    (Some(last), "strict") => *place == last + 1,
                    (Some(last), _) => place > last,
                };
                let mut way = way.clone();
                way.push(*place);
                let (first, last) = (*way.iter().min().unwrap(), *way.iter().max().unwrap());
                let is_in_time = events[last].ts - events[first].ts <= window;
                let is_ended = (first + 1..=last).any(|place| fits.ends[place]);
                if follows && is_in_time && !is_ended {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    ways.retain(|way| !way.is_empty() && (is_any || way.len() == length));
    ways
}

fn way(funnel: &Value, twin: &Twin<'_>, events: &Events<'_>) -> Option<Way> {
    let steps = funnel["steps"].as_array().unwrap();
    let excluded: &[Value] = funnel.get("exclude").map_or(&[], |list| list.as_array().unwrap());
    let is_step = |kind: &str| Kind::find(kind).is_some_and(|kind| kind.activity != Activity::Passive);
    let fits = |events: &Events<'_>| Fits {
        steps: events.iter().map(|row| steps.iter().map(|step| twin.fits(step, row)).collect()).collect(),
        ends: events.iter().map(|row| excluded.iter().any(|event| twin.fits(event, row))).collect(),
    };
    // What was only measured lies between no two steps.
    let mut seen = events.clone();
    let all = fits(events);
    let kept: Vec<bool> = (0..events.len())
        .map(|place| is_step(&events[place].kind) || all.ends[place] || all.steps[place].contains(&true))
        .collect();
    let mut place = 0;
    seen.retain(|_| (kept[place], place += 1).0);
    let fits = fits(&seen);
    let is_any = funnel["order"] == "any";
    for length in (1..=steps.len()).rev() {
        let ways = ways(funnel, &seen, &fits, length);
        // The first that gets there, and of these that which begins last, with each step as late as it may be.
        let best = ways.into_iter().min_by_key(|way| {
            let back: Vec<std::cmp::Reverse<usize>> =
                way.iter().map(|place| std::cmp::Reverse(*place)).collect();
            (*way.iter().max().unwrap(), back)
        });
        if let Some(best) = best {
            let first = seen[*best.iter().min().unwrap()];
            let last = seen[*best.last().unwrap()];
            let group = match funnel.get("group_by").and_then(Value::as_str) {
                Some("country") => first.country.to_string(),
                Some("channel") => twin.channel_of(first),
                _ => String::new(),
            };
            let mut until = i64::MIN;
            let moments = best.iter().map(|place| {
                until = until.max(seen[*place].ts);
                until
            });
            let amount = if last.currency == "EUR" { last.revenue } else { 0 };
            let end = *best.iter().max().unwrap();
            let own = node(seen[end]);
            let instead = seen[end + 1..].iter().map(|row| node(row)).find(|node| *node != own);
            let moments = moments.collect();
            return Some(Way { moments, group, amount: if is_any { 0 } else { amount }, instead });
        }
    }
    None
}

/// What an event is called: its page, its own name, or its kind.
fn node(row: &EventRow<'_>) -> String {
    match row.kind.as_ref() {
        "page_view" => row.path.to_string(),
        "custom" if !row.name.is_empty() => row.name.to_string(),
        kind => kind.to_owned(),
    }
}

/// What an answer says of some ways: of how many came how far, and of how long it took them where that is certain.
fn told<'w>(funnel: &Value, ways: impl Iterator<Item = &'w Way>) -> Vec<Value> {
    let count = funnel["steps"].as_array().unwrap().len();
    let ways: Vec<&Way> = ways.collect();
    let reached = |step: usize| ways.iter().filter(|way| way.moments.len() > step).count();
    (0..count)
        .map(|step| {
            let mut took: Vec<i64> = ways
                .iter()
                .filter(|way| step > 0 && way.moments.len() > step)
                .map(|way| way.moments[step] - way.moments[step - 1])
                .collect();
            let further = if step + 1 < count { reached(step + 1) } else { reached(step) };
            let mut told = json!({"people": reached(step), "dropped": reached(step) - further});
            // In any order several ways get there at once.
            if funnel["order"] != "any" {
                for (name, part) in [("q1_ms", 0.25), ("median_ms", 0.5), ("q3_ms", 0.75)] {
                    told[name] = json!(quantile(&mut took, part));
                }
            }
            told
        })
        .collect()
}

/// The same of an answer.
fn told_by(funnel: &Value, steps: &Value) -> Vec<Value> {
    let mut steps = steps.as_array().unwrap().clone();
    if funnel["order"] == "any" {
        for step in &mut steps {
            *step = json!({"people": step["people"], "dropped": step["dropped"]});
        }
    }
    steps
}

/// What those did next who came as far as a step: the three most frequent, and how many did something else.
fn instead<'w>(unit: &str, step: usize, ways: impl Iterator<Item = &'w Way>) -> Value {
    let dropped: Vec<&Way> = ways.filter(|way| way.moments.len() == step + 1).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in dropped.iter().filter_map(|way| way.instead.as_deref()) {
        *counts.entry(node).or_default() += 1;
    }
    let mut items: Vec<(&str, usize)> = counts.into_iter().collect();
    items.sort_by_key(|(node, people)| (std::cmp::Reverse(*people), *node));
    let told: Vec<Value> =
        items.iter().take(3).map(|(node, people)| json!({"node": node, "people": people})).collect();
    json!({
        "step": step + 1, "unit": unit, "people": dropped.len(), "items": told,
        "nothing": dropped.iter().filter(|way| way.instead.is_none()).count(),
        "others": items.iter().skip(3).map(|(_, people)| people).sum::<usize>(),
    })
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let funnel = random_funnel(random);
    let context = format!("site {}: {funnel}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/funnels", Some(funnel.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let mut ways: BTreeMap<String, Way> = BTreeMap::new();
    let unit = funnel["unit"].as_str().unwrap();
    for twin in twins(many, at(PERIOD.0), at(PERIOD.1)) {
        for (name, events) in units(&twin, unit, funnel.get("condition")) {
            ways.extend(way(&funnel, &twin, &events).map(|way| (name, way)));
        }
    }
    let all = || ways.values();
    assert_eq!(told_by(&funnel, &answer["steps"]), told(&funnel, all()), "{context}");
    let count = funnel["steps"].as_array().unwrap().len();
    if funnel["order"] != "any" {
        let revenue: i64 = all().filter(|way| way.moments.len() == count).map(|way| way.amount).sum();
        let found: f64 = answer["revenue"]["amount"].as_str().unwrap().parse().unwrap();
        assert!((found - revenue as f64 / 10_000.0).abs() < 1e-6, "{context}: {found} and {revenue}");
    }
    if funnel.get("group_by").is_some() && funnel["order"] != "any" {
        let groups: BTreeSet<&String> = all().map(|way| &way.group).collect();
        assert_eq!(answer["groups"].as_array().unwrap().len(), groups.len(), "{context}");
        for group in answer["groups"].as_array().unwrap() {
            let of_group = all().filter(|way| group["value"] == way.group.as_str());
            assert_eq!(
                told_by(&funnel, &group["steps"]),
                told(&funnel, of_group),
                "{context}: {}",
                group["value"]
            );
        }
    }
    if funnel.get("interval").is_some() && funnel["order"] != "any" {
        // Days of Rome in November are those of UTC an hour before.
        let day = |way: &Way| (way.moments[0] + 3_600_000).div_euclid(86_400_000);
        for bucket in answer["trend"].as_array().unwrap() {
            let bucket_day = (at(&format!("{}T00:00:00Z", bucket["time"].as_str().unwrap()))) / 86_400_000;
            let of_day: Vec<&Way> = all().filter(|way| day(way) == bucket_day).collect();
            let expected: Vec<usize> =
                (0..count).map(|step| of_day.iter().filter(|way| way.moments.len() > step).count()).collect();
            assert_eq!(bucket["people"], json!(expected), "{context}: {}", bucket["time"]);
        }
    }
    let (step, only_dropped) = (random.usize(..count), random.bool());
    let mut plain = funnel.clone();
    for name in ["group_by", "interval"] {
        plain.as_object_mut().unwrap().remove(name);
    }
    if funnel["order"] != "any" {
        let step = random.usize(..count - 1);
        let body = json!({"funnel": plain, "step": step + 1, "limit": 3});
        let answer = service.ask_of(&many.site, Method::POST, "/funnels/instead", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        assert_eq!(answer.json(), instead(unit, step, all()), "{context}");
    }
    let outcome = if only_dropped { "dropped" } else { "reached" };
    let body = json!({"funnel": plain, "step": step + 1, "outcome": outcome, "limit": 1000});
    let people = service.ask_of(&many.site, Method::POST, "/funnels/people", Some(body)).await;
    assert_eq!(people.status, StatusCode::OK, "{context}: {}", people.text);
    let people = people.json();
    let is_asked = |way: &Way| way.moments.len() > step && (!only_dropped || way.moments.len() == step + 1);
    let expected: BTreeSet<&String> =
        ways.iter().filter(|(_, way)| is_asked(way)).map(|(name, _)| name).collect();
    assert_eq!(people["count"], expected.len(), "{context}");
    assert_eq!(people["items"].as_array().unwrap().len(), expected.len(), "{context}");
    if unit == "people" {
        let found: BTreeSet<&str> =
            people["items"].as_array().unwrap().iter().map(|item| item["person"].as_str().unwrap()).collect();
        let expected: BTreeSet<&str> = expected.into_iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{context}");
    }
    usize::from(answer["steps"][1]["people"] != 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_funnel_counts_who_took_a_way() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(7);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    // Funnels that nobody gets through would test nothing.
    assert!(found * 3 > sites.len() * 2, "{found} of {}", sites.len() * 2);
    service.engine.stop().await;
}
