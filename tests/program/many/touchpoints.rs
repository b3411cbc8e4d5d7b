//! The touchpoint matrix against a plain walk over each person's events.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::{EventRow, Kind, kinds::Activity};
use serde_json::{Value, json};

use super::twin::{BREAKDOWNS, Events, as_read, group_of, people_are, quantile, twins, units};
use super::{Many, many, random_condition, random_event};
use crate::conditions::twin::Twin;
use crate::query_api::{Service, at};

const DAY: i64 = 86_400_000;
const PERIODS: [(&str, &str); 4] = [
    ("2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z"),
    // Midnights in Rome.
    ("2026-11-10T23:00:00Z", "2026-11-14T23:00:00Z"),
    ("2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"),
    // Nothing happened yet.
    ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
];

fn random_touchpoints(random: &mut Rng) -> Value {
    let (from, to) = PERIODS[if random.u64(..20) == 0 { 3 } else { random.usize(..3) }];
    let mut touchpoints = json!({
        "from": from, "to": to,
        "unit": random.choice(&["people", "people", "visitors"]).unwrap(),
        "lost_after_days": 1 + random.u64(..3),
        "min_stays": random.choice(&[1, 5, 20]).unwrap(),
    });
    if random.u64(..2) == 0 {
        touchpoints["conversion"] = random_event(random);
    }
    if random.u64(..3) == 0 {
        touchpoints["breakdown"] = json!(random.choice(&BREAKDOWNS).unwrap());
    }
    if random.u64(..4) == 0 {
        touchpoints["compare"] = json!("previous");
    }
    if let Some(condition) = random_condition(random) {
        touchpoints["condition"] = condition;
    }
    touchpoints
}

/// What is known of a place, as the answer tells it.
#[derive(Default)]
struct Cell {
    people: u64,
    events: u64,
    lost: u64,
    open: u64,
    stays: Vec<i64>,
    waits: Vec<i64>,
    next: BTreeMap<Vec<String>, (u64, BTreeSet<String>)>,
    converted: u64,
    conversions: u64,
    amount: i64,
}

fn is_there(row: &EventRow<'_>) -> bool {
    let kind = Kind::find(&row.kind).unwrap();
    kind.activity != Activity::Passive && !kind.by_mail_tool
}

/// Everything that one unit adds, by names of as many parts as are asked for.
fn add(
    cells: &mut BTreeMap<Vec<String>, Cell>,
    parts: usize,
    asked: &Value,
    twin: &Twin<'_>,
    (unit, events): (&str, &Events<'_>),
) {
    let conversion = conversion(asked);
    let name = |row: &EventRow<'_>| vec![row.touchpoint.to_string(), row.stage.to_string()][..parts].to_vec();
    let there: Vec<&&EventRow<'_>> = events.iter().filter(|row| is_there(row)).collect();
    for row in &there {
        cells.entry(name(row)).or_default().events += 1;
    }
    let places: BTreeSet<Vec<String>> = there.iter().map(|row| name(row)).collect();
    for place in places {
        let first = events.iter().position(|row| is_there(row) && name(row) == place).unwrap();
        let after: Vec<_> = events[first + 1..].iter().filter(|row| twin.fits(&conversion, row)).collect();
        let cell = cells.entry(place).or_default();
        cell.people += 1;
        cell.converted += u64::from(!after.is_empty());
        cell.conversions += after.len() as u64;
        cell.amount += after.iter().filter(|row| row.currency == "EUR").map(|row| row.revenue).sum::<i64>();
    }
    let mut begin = 0;
    while begin < there.len() {
        let place = name(there[begin]);
        let mut end = begin;
        while end + 1 < there.len() && name(there[end + 1]) == place {
            end += 1;
        }
        let cell = cells.entry(place).or_default();
        cell.stays.push(there[end].ts - there[begin].ts);
        if let Some(next) = there.get(end + 1) {
            cell.waits.push(next.ts - there[end].ts);
            let moves = cell.next.entry(name(next)).or_default();
            moves.0 += 1;
            moves.1.insert(unit.to_owned());
        } else {
            let to = at(asked["to"].as_str().unwrap());
            let is_open = to - there[end].ts < asked["lost_after_days"].as_i64().unwrap() * DAY;
            *(if is_open { &mut cell.open } else { &mut cell.lost }) += 1;
        }
        begin = end + 1;
    }
}

fn name_of(value: &Value) -> Vec<String> {
    let stage = value.get("stage").map(|stage| stage.as_str().unwrap().to_owned());
    [Some(value["touchpoint"].as_str().unwrap().to_owned()), stage].into_iter().flatten().collect()
}

fn quarters(lengths: &mut [i64]) -> Value {
    let [q1, median, q3] = [0.25, 0.5, 0.75].map(|part| quantile(lengths, part));
    json!({"q1_ms": q1, "median_ms": median, "q3_ms": q3})
}

/// The names with a value, the largest first.
fn ranked(mut all: Vec<(f64, u64, Vec<String>)>) -> BTreeMap<Vec<String>, usize> {
    all.sort_by(|one, other| {
        other.0.partial_cmp(&one.0).unwrap().then(other.1.cmp(&one.1)).then(one.2.cmp(&other.2))
    });
    all.into_iter().enumerate().map(|(place, (_, _, name))| (name, place + 1)).collect()
}

fn compare(found: &Value, mut cells: BTreeMap<Vec<String>, Cell>, min: u64, context: &str) {
    let rows = found.as_array().unwrap();
    let mut order: Vec<(u64, Vec<String>)> =
        cells.iter().map(|(name, cell)| (u64::MAX - cell.people, name.clone())).collect();
    order.sort();
    let names: Vec<Vec<String>> = order.into_iter().map(|(_, name)| name).collect();
    assert_eq!(rows.iter().map(name_of).collect::<Vec<_>>(), names, "{context}");
    let share = |cell: &Cell| cell.lost as f64 / (cell.lost + cell.waits.len() as u64) as f64;
    let of_lost = cells.iter().filter(|(_, cell)| cell.lost + cell.waits.len() as u64 >= min);
    let lost_ranks = ranked(of_lost.map(|(name, cell)| (share(cell), cell.lost, name.clone())).collect());
    let of_waits = cells.iter().filter(|(_, cell)| cell.waits.len() as u64 >= min);
    let median = |cell: &Cell| quantile(&mut cell.waits.clone(), 0.5).unwrap();
    let wait_ranks =
        ranked(of_waits.map(|(name, cell)| (median(cell), cell.waits.len() as u64, name.clone())).collect());
    for row in rows {
        let name = name_of(row);
        let cell = cells.get_mut(&name).unwrap();
        let moved = cell.waits.len() as u64;
        let mut next: Vec<(u64, &Vec<String>)> =
            cell.next.iter().map(|(name, (count, _))| (u64::MAX - count, name)).collect();
        next.sort();
        let next: Vec<Value> = next
            .into_iter()
            .map(|(count, name)| {
                let count = u64::MAX - count;
                let mut next = json!({
                    "touchpoint": name[0], "count": count, "share": count as f64 / moved as f64,
                    "people": cell.next[name].1.len(),
                });
                if let Some(stage) = name.get(1) {
                    next["stage"] = json!(stage);
                }
                next
            })
            .collect();
        let mut expected = json!({
            "touchpoint": name[0], "people": cell.people, "events": cell.events,
            "stays": moved + cell.lost + cell.open, "moved": moved, "lost": cell.lost, "open": cell.open,
            "lost_share": if moved + cell.lost > 0 { json!(share(cell)) } else { Value::Null },
            "lost_rank": lost_ranks.get(&name), "wait_rank": wait_ranks.get(&name),
            "stay": quarters(&mut cell.stays), "wait": quarters(&mut cell.waits), "next": next,
            "converted": cell.converted, "conversion_rate": cell.converted as f64 / cell.people as f64,
            "conversions": cell.conversions, "revenue": row["revenue"],
        });
        if let Some(stage) = name.get(1) {
            expected["stage"] = json!(stage);
        }
        assert_eq!(*row, as_read(&expected), "{context}");
        let revenue = row["revenue"]["amount"].as_str().unwrap();
        let (whole, parts) = revenue.split_once('.').unwrap();
        let amount: i64 = format!("{whole}{parts:0<4}").parse().unwrap();
        assert_eq!(amount, cell.amount, "{context}: {row}");
    }
}

fn conversion(asked: &Value) -> Value {
    asked.get("conversion").cloned().unwrap_or_else(|| json!({"kind": "order"}))
}

/// A matrix of the answer against one of the twin, of all or of those with a value of the breakdown.
fn holds(found: &Value, asked: &Value, group: Option<&Value>, many: &Many, context: &str) -> usize {
    let (from, to) = (at(asked["from"].as_str().unwrap()), at(asked["to"].as_str().unwrap()));
    let mut cells = [BTreeMap::new(), BTreeMap::new()];
    let (mut people, mut events_of_all) = (0_usize, 0_usize);
    for twin in twins(many, from, to) {
        for (unit, events) in units(&twin, asked["unit"].as_str().unwrap(), asked.get("condition")) {
            if !is_of_group(asked, group, &twin, &events) {
                continue;
            }
            let seen = events.iter().filter(|row| is_there(row)).count();
            people += usize::from(seen > 0);
            events_of_all += seen;
            add(&mut cells[0], 2, asked, &twin, (&unit, &events));
            add(&mut cells[1], 1, asked, &twin, (&unit, &events));
        }
    }
    assert_eq!((&found["people"], &found["events"]), (&json!(people), &json!(events_of_all)), "{context}");
    let min = asked["min_stays"].as_u64().unwrap();
    let found_moves = cells[0].values().map(|cell| cell.waits.len()).sum();
    for (name, cells) in ["cells", "touchpoints"].into_iter().zip(cells) {
        compare(&found[name], cells, min, &format!("{context}: {name}"));
    }
    found_moves
}

fn is_of_group(asked: &Value, group: Option<&Value>, twin: &Twin<'_>, events: &Events<'_>) -> bool {
    let conversion = conversion(asked);
    group.is_none_or(|group| {
        let own = group_of(asked, twin, events, |row| is_there(row) || twin.fits(&conversion, row));
        own.is_some_and(|own| *group == own)
    })
}

/// Groups have everybody once, the largest first.
fn groups_hold(answer: &Value, asked: &Value, many: &Many, context: &str) {
    let groups = answer["groups"].as_array().unwrap();
    assert_eq!(answer["groups_left_out"], 0, "{context}");
    if asked.get("breakdown").is_none() {
        assert!(groups.is_empty(), "{context}");
        return;
    }
    for group in groups {
        holds(group, asked, Some(&group["value"]), many, &format!("{context}: {}", group["value"]));
    }
    let key = |group: &Value| {
        (u64::MAX - group["people"].as_u64().unwrap(), group["value"].as_str().unwrap().to_owned())
    };
    assert!(groups.is_sorted_by_key(key), "{context}");
    let sum: u64 = groups.iter().map(|group| group["people"].as_u64().unwrap()).sum();
    assert_eq!(answer["people"], sum, "{context}");
}

/// Behind each number of a place stand just the people that it counts.
async fn people_hold(service: &Service, many: &Many, asked: &Value, answer: &Value, random: &mut Rng) {
    let (whose, group) = match answer["groups"].as_array().unwrap().as_slice() {
        [] => (answer, None),
        groups => {
            let group = random.choice(groups).unwrap();
            (group, Some(&group["value"]))
        }
    };
    let form = *random.choice(&["cells", "touchpoints"]).unwrap();
    let Some(cell) = random.choice(whose[form].as_array().unwrap()) else { return };
    let place = name_of(cell);
    let mut plain = asked.clone();
    for name in ["breakdown", "compare"] {
        plain.as_object_mut().unwrap().remove(name);
    }
    let mut body = json!({"touchpoints": plain, "touchpoint": place[0], "limit": 1000});
    if let Some(stage) = place.get(1) {
        body["stage"] = json!(stage);
    }
    if let Some(value) = group {
        body["group"] = json!({"dimension": asked["breakdown"], "value": value});
    }
    let mut numbers: Vec<(&str, &Value, Option<Vec<String>>)> =
        [("all", "people"), ("lost", "lost"), ("open", "open"), ("converted", "converted")]
            .map(|(outcome, number)| (outcome, &cell[number], None))
            .into();
    numbers.extend(
        cell["next"].as_array().unwrap().iter().map(|next| ("next", &next["people"], Some(name_of(next)))),
    );
    let (outcome, count, next) = random.choice(&numbers).unwrap();
    body["outcome"] = json!(outcome);
    if let Some(next) = next {
        body["next"] = json!({"touchpoint": next[0], "stage": next.get(1)});
    }
    let context = format!("site {}: {body}", many.seed);
    let mut expected = BTreeSet::new();
    for twin in twins(many, at(asked["from"].as_str().unwrap()), at(asked["to"].as_str().unwrap())) {
        for (unit, events) in units(&twin, asked["unit"].as_str().unwrap(), asked.get("condition")) {
            let mut cells = BTreeMap::new();
            add(&mut cells, place.len(), asked, &twin, (&unit, &events));
            let is_one = cells.get(&place).is_some_and(|cell| match *outcome {
                "all" => true,
                "lost" => cell.lost > 0,
                "open" => cell.open > 0,
                "converted" => cell.converted > 0,
                _ => cell.next.contains_key(next.as_ref().unwrap()),
            });
            if is_one && is_of_group(asked, group, &twin, &events) {
                expected.insert(unit);
            }
        }
    }
    let found = service.ask_of(&many.site, Method::POST, "/touchpoints/people", Some(body)).await;
    assert_eq!(found.status, StatusCode::OK, "{context}: {}", found.text);
    assert_eq!(found.json()["count"], **count, "{context}");
    people_are(&found.json(), asked["unit"].as_str().unwrap(), &expected, &context);
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let asked = random_touchpoints(random);
    let context = format!("site {}: {asked}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/touchpoints", Some(asked.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let found = holds(&answer, &asked, None, many, &context);
    groups_hold(&answer, &asked, many, &context);
    people_hold(service, many, &asked, &answer, random).await;
    if asked.get("compare").is_some() {
        let mut before = asked.clone();
        let moment = |value: &Value| json!(value.as_str().unwrap().replace(".000Z", "Z"));
        before["from"] = moment(&answer["previous"]["from"]);
        before["to"] = moment(&answer["previous"]["to"]);
        assert_eq!(before["to"], asked["from"], "{context}");
        holds(&answer["previous"], &before, None, many, &format!("{context}: before"));
    } else {
        assert!(answer.get("previous").is_none(), "{context}");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_count_who_is_there_and_what_comes_next() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(19);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    assert!(found > sites.len() * 10, "{found} moves of {} sites", sites.len());
    service.engine.stop().await;
}
