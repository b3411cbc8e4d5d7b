//! Retention against a plain computation.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::EventRow;
use serde_json::{Value, json};

use super::stretches::first_day;
use super::twin::{Events, Shares, twins, units};
use super::{Many, lifecycle, many, random_condition, random_event, stickiness};
use crate::conditions::twin::Twin;
use crate::query_api::{Service, at};

/// Cut in the middle of a day and of a week.
const PERIOD: (&str, &str) = ("2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z");
/// One that much lies before, as long as it.
const LATER: (&str, &str) = ("2026-11-12T16:00:00Z", "2026-11-15T00:00:00Z");
const BEFORE_LATER: (&str, &str) = ("2026-11-10T08:00:00Z", "2026-11-12T16:00:00Z");

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
    match random.u64(..3) {
        0 => {
            retention["group_by"] =
                json!(random.choice(&["kind", "country", "channel", "entry_page"]).unwrap());
        }
        1 => {
            retention["compare"] = json!("previous");
            (retention["from"], retention["to"]) = (json!(LATER.0), json!(LATER.1));
        }
        _ => {}
    }
    // The page of a visit that an event is of is computed elsewhere.
    if retention["group_by"] == "entry_page" && retention.get("first").is_some() {
        retention["group_by"] = json!("channel");
    }
    retention
}

/// Who a cohort's number counts: by the number of the cohort, and how many stretches later.
type Counted = BTreeMap<(usize, usize), BTreeSet<String>>;

/// What a unit has of the dimension where it first came.
fn value_of<'a>(
    twin: &Twin<'a>,
    retention: &Value,
    name: &str,
    events: &Events<'a>,
    shares: &Shares<'a>,
) -> String {
    let dimension = retention["group_by"].as_str().unwrap();
    let channel = |row: &EventRow<'_>| match row.channel.as_ref() {
        "" => "direct".to_owned(),
        channel => channel.to_owned(),
    };
    if retention.get("first").is_some() || dimension == "kind" {
        let is_first =
            |row: &&&EventRow<'_>| retention.get("first").is_none_or(|event| twin.fits(event, row));
        let first = events.iter().find(is_first).unwrap();
        return match dimension {
            "kind" => first.kind.to_string(),
            "country" => first.country.to_string(),
            _ => twin.channel_of(first),
        };
    }
    // What the first of their visits has, of those that the period touches; of one moment the first by its value.
    let seen = shares.iter().filter(|((whose, _), rows)| {
        whose == name && rows.last().unwrap().ts >= twin.from && rows[0].ts < twin.to
    });
    let first_page = |rows: &[&EventRow<'_>]| {
        let seen = rows.iter().find(|row| row.kind == "page_view").map_or("", |row| &row.path);
        if rows[0].path.is_empty() { seen.to_owned() } else { rows[0].path.to_string() }
    };
    let labelled = seen.map(|(_, rows)| {
        let value = match dimension {
            "country" => rows[0].country.to_string(),
            "channel" => channel(rows[0]),
            _ => first_page(rows),
        };
        (rows[0].ts, value)
    });
    labelled.min().unwrap().1
}

/// The cohorts of a period, of all and by the values of the dimension.
fn cohorts(
    many: &Many,
    retention: &Value,
    (from, to): (i64, i64),
    names: &[&str],
) -> (Counted, BTreeMap<String, Counted>) {
    let (mut expected, mut groups) = (Counted::new(), BTreeMap::new());
    let (unit, interval) = (retention["unit"].as_str().unwrap(), retention["interval"].as_str().unwrap());
    for twin in twins(many, from, to) {
        let shares = twin.shares(unit);
        for (name, events) in units(&twin, unit, retention.get("condition")) {
            let stretches = |field: &str| -> BTreeSet<usize> {
                let fits =
                    |row: &&&EventRow<'_>| retention.get(field).is_none_or(|event| twin.fits(event, row));
                let place = |row: &&EventRow<'_>| {
                    names.iter().position(|name| *name == first_day(interval, row.ts)).unwrap()
                };
                events.iter().filter(fits).map(place).collect()
            };
            let Some(cohort) = stretches("first").first().copied() else { continue };
            let again: Vec<usize> = stretches("again").into_iter().filter(|place| *place > cohort).collect();
            let last = again.last().copied().unwrap_or(cohort);
            let is_back =
                |later: &usize| again.contains(later) || (retention["mode"] == "unbounded" && *later <= last);
            let counted: Vec<usize> =
                [cohort].into_iter().chain((cohort + 1..names.len()).filter(is_back)).collect();
            let count = |into: &mut Counted| {
                for later in &counted {
                    into.entry((cohort, later - cohort)).or_default().insert(name.clone());
                }
            };
            count(&mut expected);
            if retention.get("group_by").is_some() {
                let value = value_of(&twin, retention, &name, &events, &shares);
                count(groups.entry(value).or_default());
            }
        }
    }
    (expected, groups)
}

fn check(cohorts: &Value, expected: &Counted, context: &str) {
    let cohorts = cohorts.as_array().unwrap();
    for (place, cohort) in cohorts.iter().enumerate() {
        let numbers: Vec<usize> = (0..cohorts.len() - place)
            .map(|later| expected.get(&(place, later)).map_or(0, BTreeSet::len))
            .collect();
        assert_eq!(cohort["people"], json!(numbers), "{context}: {}", cohort["cohort"]);
    }
}

fn names_of(cohorts: &Value) -> Vec<&str> {
    cohorts.as_array().unwrap().iter().map(|cohort| cohort["cohort"].as_str().unwrap()).collect()
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let retention = random_retention(random);
    let context = format!("site {}: {retention}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/retention", Some(retention.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let names = names_of(&answer["cohorts"]);
    let period = (at(retention["from"].as_str().unwrap()), at(retention["to"].as_str().unwrap()));
    let (expected, groups) = cohorts(many, &retention, period, &names);
    check(&answer["cohorts"], &expected, &context);
    let told = answer["groups"].as_array().unwrap();
    assert_eq!((told.len(), &answer["groups_left_out"]), (groups.len(), &json!(0)), "{context}");
    for group in told {
        let value = group["value"].as_str().unwrap();
        check(&group["cohorts"], &groups[value], &format!("{context}: group `{value}`"));
    }
    if let Some(before) = answer.get("previous") {
        let period = (at(BEFORE_LATER.0), at(BEFORE_LATER.1));
        assert_eq!(at(before["from"].as_str().unwrap()), period.0, "{context}");
        assert_eq!(at(before["to"].as_str().unwrap()), period.1, "{context}");
        let names = names_of(&before["cohorts"]);
        let (expected, _) = cohorts(many, &retention, period, &names);
        check(&before["cohorts"], &expected, &format!("{context} before"));
    }
    let mut plain = retention.clone();
    for name in ["group_by", "compare"] {
        plain.as_object_mut().unwrap().remove(name);
    }
    let some = groups.iter().nth(random.usize(..groups.len().max(1)));
    let (group, counted) = some.map_or((Value::Null, &expected), |(value, counted)| {
        (json!({"dimension": retention["group_by"], "value": value}), counted)
    });
    if let Some(((cohort, later), people)) = counted.iter().nth(random.usize(..counted.len().max(1))) {
        let mut body = json!({"retention": plain, "cohort": names[*cohort], "index": later, "limit": 1000});
        if !group.is_null() {
            body["group"] = group;
        }
        let answer = service.ask_of(&many.site, Method::POST, "/retention/people", Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        let answer = answer.json();
        assert_eq!(answer["count"], people.len(), "{context}: {body}");
        if retention["unit"] == "people" {
            let found: BTreeSet<String> = answer["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["person"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(found, *people, "{context}: {body}");
        }
    }
    expected.keys().filter(|(_, later)| *later > 0).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn cohorts_lives_and_habits_are_told_by_who_was_there_when() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(11);
    let mut found = [0; 3];
    for site in &sites {
        for _ in 0..2 {
            found[0] += agree(&service, site, &mut random).await;
            found[1] += lifecycle::agree(&service, site, &mut random).await;
            found[2] += stickiness::agree(&service, site, &mut random).await;
        }
    }
    let least = [sites.len(), sites.len() / 4, sites.len() / 4];
    assert!(
        found.iter().zip(least).all(|(found, least)| *found >= least),
        "{found:?} of {}",
        sites.len() * 2
    );
    service.engine.stop().await;
}
