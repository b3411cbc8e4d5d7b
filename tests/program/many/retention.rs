//! Retention against a plain computation.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use serde_json::{Value, json};

use super::twin::{twins, units};
use super::{Many, many, random_condition, random_event};
use crate::query_api::{Service, at};

/// Cut in the middle of a day and of a week.
const PERIOD: (&str, &str) = ("2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z");

fn random_retention(random: &mut Rng) -> Value {
    let mut retention = json!({
        "from": PERIOD.0, "to": PERIOD.1,
        "interval": random.choice(&["day", "day", "day", "week", "month"]).unwrap(),
        "unit": random.choice(&["people", "visitors"]).unwrap(),
        "mode": random.choice(&["bracket", "unbounded"]).unwrap(),
    });
    for name in ["first", "again"] {
        if random.u64(..2) == 0 {
            retention[name] = random_event(random);
        }
    }
    if let Some(condition) = random_condition(random) {
        retention["condition"] = condition;
    }
    retention
}

/// The first day of the stretch of a moment, in Rome in November.
fn stretch(interval: &str, ts: i64) -> String {
    let date =
        jiff::Timestamp::from_millisecond(ts + 3_600_000).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
    let date = match interval {
        "day" => date,
        "week" => date.checked_sub(jiff::Span::new().days(date.weekday().to_monday_zero_offset())).unwrap(),
        _ => date.first_of_month(),
    };
    date.to_string()
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let retention = random_retention(random);
    let context = format!("site {}: {retention}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/retention", Some(retention.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let cohorts = answer["cohorts"].as_array().unwrap();
    let names: Vec<&str> = cohorts.iter().map(|cohort| cohort["cohort"].as_str().unwrap()).collect();
    let interval = retention["interval"].as_str().unwrap();
    let mut expected: BTreeMap<(usize, usize), BTreeSet<String>> = BTreeMap::new();
    for twin in twins(many, at(PERIOD.0), at(PERIOD.1)) {
        for (name, events) in units(&twin, retention["unit"].as_str().unwrap(), retention.get("condition")) {
            let stretches = |field: &str| -> BTreeSet<usize> {
                let fits = |row: &&&orma_model::EventRow<'_>| {
                    retention.get(field).is_none_or(|event| twin.fits(event, row))
                };
                let place = |row: &&orma_model::EventRow<'_>| {
                    names.iter().position(|name| *name == stretch(interval, row.ts)).unwrap()
                };
                events.iter().filter(fits).map(place).collect()
            };
            let Some(cohort) = stretches("first").first().copied() else { continue };
            expected.entry((cohort, 0)).or_default().insert(name.clone());
            let again: Vec<usize> = stretches("again").into_iter().filter(|place| *place > cohort).collect();
            let last = again.last().copied().unwrap_or(cohort);
            for later in cohort + 1..names.len() {
                let is_back = again.contains(&later) || (retention["mode"] == "unbounded" && later <= last);
                if is_back {
                    expected.entry((cohort, later - cohort)).or_default().insert(name.clone());
                }
            }
        }
    }
    for (place, cohort) in cohorts.iter().enumerate() {
        let numbers: Vec<usize> = (0..names.len() - place)
            .map(|later| expected.get(&(place, later)).map_or(0, BTreeSet::len))
            .collect();
        assert_eq!(cohort["people"], json!(numbers), "{context}: {}", cohort["cohort"]);
    }
    if let Some(((cohort, later), people)) = expected.iter().nth(random.usize(..expected.len().max(1))) {
        let body = json!({"retention": retention, "cohort": names[*cohort], "index": later, "limit": 1000});
        let answer = service.ask_of(&many.site, Method::POST, "/retention/people", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        let answer = answer.json();
        assert_eq!(answer["count"], people.len(), "{context}");
        if retention["unit"] == "people" {
            let found: BTreeSet<String> = answer["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["person"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(found, *people, "{context}");
        }
    }
    expected.keys().filter(|(_, later)| *later > 0).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cohort_counts_who_comes_again() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(11);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    assert!(found > sites.len(), "{found} of {}", sites.len() * 2);
    service.engine.stop().await;
}
