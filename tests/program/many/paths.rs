//! Paths against a plain walk over each journey.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::kinds::Activity;
use orma_model::{EventRow, Kind};
use serde_json::{Value, json};

use super::twin::{twins, units};
use super::{Many, many, random_condition, random_event};
use crate::query_api::{Service, at};

const PERIOD: (&str, &str) = ("2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z");

/// Step, from, to; `None` is the beginning or the end.
type Link = (usize, Option<String>, Option<String>);

fn random_paths(random: &mut Rng) -> Value {
    let mut paths = json!({
        "from": PERIOD.0, "to": PERIOD.1,
        "scope": random.choice(&["session", "session", "person"]).unwrap(),
        "nodes": random.choice(&["all", "pages"]).unwrap(),
        "steps": 1 + random.u64(..5),
        "fold": random.u64(..3) > 0,
    });
    for name in ["start", "end"] {
        match random.u64(..4) {
            0 => paths[name] = random_event(random),
            1 => paths[name] = json!({"path": random.choice(&["/", "/a", "/c"]).unwrap()}),
            _ => {}
        }
    }
    if let Some(condition) = random_condition(random) {
        paths["condition"] = condition;
    }
    paths
}

fn name(row: &EventRow<'_>) -> String {
    if row.kind == "page_view" { row.path.to_string() } else { row.kind.to_string() }
}

/// The links of one journey: its names, and which of them fit the start and the end.
fn links(paths: &Value, journey: &[(String, bool, bool)]) -> Option<Vec<Link>> {
    let (has_start, has_end) = (paths.get("start").is_some(), paths.get("end").is_some());
    let first = if has_start { journey.iter().position(|(_, starts, _)| *starts)? } else { 0 };
    let last = match (has_start, has_end) {
        (true, true) => first + 1 + journey[first + 1..].iter().position(|(.., ends)| *ends)?,
        (false, true) => journey.iter().rposition(|(.., ends)| *ends)?,
        _ => journey.len().checked_sub(1)?,
    };
    let mut names: Vec<Option<String>> = Vec::new();
    for (name, ..) in &journey[first..=last] {
        if paths["fold"] == false || names.last() != Some(&Some(name.clone())) {
            names.push(Some(name.clone()));
        }
    }
    // Nothing stands before a beginning that is none of a path's own, and after such an end.
    if !has_start {
        names.insert(0, None);
    }
    if !has_end {
        names.push(None);
    }
    let mut pairs: Vec<(Option<String>, Option<String>)> =
        names.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    if has_end && !has_start {
        pairs.reverse();
    }
    pairs.truncate(paths["steps"].as_u64().unwrap() as usize);
    Some(pairs.into_iter().enumerate().map(|(step, (from, to))| (step, from, to)).collect())
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let paths = random_paths(random);
    let context = format!("site {}: {paths}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/paths", Some(paths.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let unit = if paths["scope"] == "person" { "people" } else { "sessions" };
    let (mut expected, mut journeys): (BTreeMap<Link, u64>, u64) = (BTreeMap::new(), 0);
    let mut walked: BTreeMap<Link, BTreeSet<String>> = BTreeMap::new();
    for twin in twins(many, at(PERIOD.0), at(PERIOD.1)) {
        for (unit, events) in units(&twin, unit, paths.get("condition")) {
            let fits = |field: &str, row| paths.get(field).is_some_and(|event| twin.fits(event, row));
            let is_node = |row: &EventRow<'_>| {
                let activity = Kind::find(&row.kind).unwrap().activity;
                activity == Activity::View || (paths["nodes"] == "all" && activity == Activity::Action)
            };
            let journey: Vec<(String, bool, bool)> = events
                .iter()
                .map(|row| (is_node(row), name(row), fits("start", row), fits("end", row)))
                .filter(|(is_node, _, starts, ends)| *is_node || *starts || *ends)
                .map(|(_, name, starts, ends)| (name, starts, ends))
                .collect();
            let Some(links) = links(&paths, &journey) else { continue };
            journeys += 1;
            for link in links {
                *expected.entry(link.clone()).or_default() += 1;
                walked.entry(link).or_default().insert(unit.clone());
            }
        }
    }
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let found: BTreeMap<Link, u64> = answer["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| {
            let step = link["step"].as_u64().unwrap() as usize;
            ((step, text(&link["from"]), text(&link["to"])), link["count"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(found, expected, "{context}");
    assert_eq!((&answer["journeys"], &answer["left_out"]), (&json!(journeys), &json!(0)), "{context}");
    agree_on_people(service, many, &paths, &walked, random).await;
    let least = json!(2);
    let mut fewer = paths.clone();
    fewer["min_count"] = least;
    let answer = service.ask_of(&many.site, Method::POST, "/paths", Some(fewer)).await.json();
    let kept = expected.values().filter(|count| **count >= 2).count();
    assert_eq!(answer["links"].as_array().unwrap().len(), kept, "{context}");
    assert_eq!(answer["left_out"], expected.len() - kept, "{context}");
    usize::from(expected.len() > 3)
}

/// Who took a link, who came to where it leads and who went on from where it began are as many as the links say.
async fn agree_on_people(
    service: &Service,
    many: &Many,
    paths: &Value,
    walked: &BTreeMap<Link, BTreeSet<String>>,
    random: &mut Rng,
) {
    let Some(((step, from, to), _)) = walked.iter().nth(random.usize(..walked.len().max(1))) else { return };
    for (is_from, is_to) in [(true, true), (true, false), (false, true)] {
        let mut body = json!({"paths": paths, "step": step, "limit": 1000});
        if is_from {
            body["from"] = json!(from);
        }
        if is_to {
            body["to"] = json!(to);
        }
        let context = format!("site {}: {body}", many.seed);
        let fits = |(link, _): &(&Link, &BTreeSet<String>)| {
            link.0 == *step && (!is_from || link.1 == *from) && (!is_to || link.2 == *to)
        };
        let units: Vec<&String> = walked.iter().filter(fits).flat_map(|(_, units)| units).collect();
        let answer = service.ask_of(&many.site, Method::POST, "/paths/people", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        let answer = answer.json();
        let items = answer["items"].as_array().unwrap();
        assert_eq!((&answer["count"], items.len()), (&json!(units.len()), units.len()), "{context}");
        if paths["scope"] == "person" {
            let found: BTreeSet<&str> = items.iter().map(|item| item["person"].as_str().unwrap()).collect();
            assert_eq!(found, units.into_iter().map(String::as_str).collect(), "{context}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_count_who_went_from_one_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(17);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    assert!(found > sites.len(), "{found} of {}", sites.len() * 2);
    service.engine.stop().await;
}
