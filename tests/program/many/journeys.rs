//! The journey map against a plain walk over each journey.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::{EventRow, Kind, kinds::Activity};
use serde_json::{Value, json};

use super::twin::{BREAKDOWNS, as_read, group_of, people_are, quantile, twins, units};
use super::{Many, many, random_condition, random_event};
use crate::conditions::twin::Twin;
use crate::query_api::{Service, at};

const PERIODS: [(&str, &str); 4] = [
    ("2026-11-10T05:30:00Z", "2026-11-13T18:30:00Z"),
    // Midnights in Rome.
    ("2026-11-10T23:00:00Z", "2026-11-14T23:00:00Z"),
    ("2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"),
    // Nothing happened yet.
    ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
];

fn random_journeys(random: &mut Rng) -> Value {
    let (from, to) = PERIODS[if random.u64(..20) == 0 { 3 } else { random.usize(..3) }];
    let groups = ["touchpoint", "touchpoint", "channel", "device_class", "content_group", "page"];
    let mut journeys = json!({
        "from": from, "to": to,
        "unit": random.choice(&["people", "people", "visitors", "sessions"]).unwrap(),
        "group_by": random.choice(&groups).unwrap(),
        "stages": random.bool(),
        "nodes": random.choice(&[1, 2, 3, 10, 50]).unwrap(),
        "limit": random.choice(&[1, 3, 20, 200]).unwrap(),
        "min_support": random.choice(&[1, 2, 5, 20]).unwrap(),
    });
    if random.u64(..2) == 0 {
        journeys["conversion"] = random_event(random);
    }
    if random.u64(..3) == 0 {
        journeys["breakdown"] = json!(random.choice(&BREAKDOWNS).unwrap());
    }
    if random.u64(..4) == 0 {
        journeys["compare"] = json!("previous");
    }
    if let Some(condition) = random_condition(random) {
        journeys["condition"] = condition;
    }
    journeys
}

/// A node: its value, and its stage where that is asked for.
type Node = (String, Option<String>);

/// A journey of the twin.
struct Walk {
    unit: String,
    /// Its nodes with when each began and ended.
    stretches: Vec<(Node, i64, i64)>,
    nodes: Vec<Node>,
    before: Vec<Node>,
    took: Option<i64>,
    conversions: u64,
    amount: i64,
    group: String,
}

fn node(asked: &Value, twin: &Twin<'_>, row: &EventRow<'_>) -> Node {
    let group = |path: &str| match path.split('/').nth(1) {
        Some(first) => format!("/{first}"),
        None => String::new(),
    };
    let value = match asked["group_by"].as_str().unwrap() {
        "touchpoint" => row.touchpoint.to_string(),
        "channel" => twin.channel_of(row),
        "device_class" => row.device_class.to_string(),
        "content_group" => group(&row.path),
        _ => row.path.to_string(),
    };
    (value, (asked["stages"] == true).then(|| row.stage.to_string()))
}

fn is_node(asked: &Value, row: &EventRow<'_>) -> bool {
    let kind = Kind::find(&row.kind).unwrap();
    match asked["group_by"].as_str().unwrap() {
        "content_group" | "page" => kind.activity == Activity::View,
        _ => kind.activity != Activity::Passive && !kind.by_mail_tool,
    }
}

fn folded(nodes: &[Node]) -> Vec<Node> {
    let is_new = |place: &usize| *place == 0 || nodes[place - 1] != nodes[*place];
    (0..nodes.len()).filter(is_new).map(|place| nodes[place].clone()).collect()
}

/// Nodes with when they began and ended, one event after the other.
fn stretches(events: impl Iterator<Item = (Node, i64)>) -> Vec<(Node, i64, i64)> {
    let mut stretches: Vec<(Node, i64, i64)> = Vec::new();
    for (node, ts) in events {
        if stretches.last().is_none_or(|last| last.0 != node) {
            stretches.push((node, ts, ts));
        }
        stretches.last_mut().unwrap().2 = ts;
    }
    stretches
}

fn walks(asked: &Value, many: &Many, from: i64, to: i64) -> Vec<Walk> {
    let order = json!({"kind": "order"});
    let conversion = asked.get("conversion").unwrap_or(&order);
    let mut walks = Vec::new();
    for twin in twins(many, from, to) {
        for (unit, events) in units(&twin, asked["unit"].as_str().unwrap(), asked.get("condition")) {
            let converts: Vec<bool> = events.iter().map(|row| twin.fits(conversion, row)).collect();
            let first = converts.iter().position(|converts| *converts).unwrap_or(events.len());
            let of = |rows: &[&EventRow<'_>]| {
                let rows = rows.iter().filter(|row| is_node(asked, row));
                folded(&rows.map(|row| node(asked, &twin, row)).collect::<Vec<_>>())
            };
            let times: Vec<i64> = events.iter().filter(|row| is_node(asked, row)).map(|row| row.ts).collect();
            let converted: Vec<_> =
                events.iter().zip(&converts).filter(|(_, it)| **it).map(|(row, _)| row).collect();
            if times.is_empty() && converted.is_empty() {
                continue;
            }
            let counts = |row: &EventRow<'_>| is_node(asked, row) || twin.fits(conversion, row);
            let seen = events.iter().filter(|row| is_node(asked, row));
            walks.push(Walk {
                unit,
                group: group_of(asked, &twin, &events, counts).unwrap_or_default(),
                stretches: stretches(seen.map(|row| (node(asked, &twin, row), row.ts))),
                nodes: of(&events),
                before: of(&events[..first]),
                took: times.last().map(|last| last - times[0]),
                conversions: converted.len() as u64,
                amount: converted.iter().filter(|row| row.currency == "EUR").map(|row| row.revenue).sum(),
            });
        }
    }
    walks
}

fn node_of(node: &Value) -> Node {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&node["value"]), node.get("stage").map(text))
}

fn cents(revenue: &Value) -> i64 {
    assert_eq!(revenue["currency"], "EUR");
    let (whole, parts) = revenue["amount"].as_str().unwrap().split_once('.').unwrap();
    format!("{whole}{parts:0<4}").parse().unwrap()
}

/// What is told of some journeys.
fn numbers_are(told: &Value, walks: &[&Walk], context: &str) {
    let converted = walks.iter().filter(|walk| walk.conversions > 0).count();
    let rate = if walks.is_empty() { Value::Null } else { json!(converted as f64 / walks.len() as f64) };
    assert_eq!(told["count"], walks.len(), "{context}: {told}");
    assert_eq!(
        (&told["converted"], &told["conversion_rate"]),
        (&json!(converted), &as_read(&rate)),
        "{context}: {told}"
    );
    assert_eq!(told["conversions"], walks.iter().map(|walk| walk.conversions).sum::<u64>(), "{context}");
    assert_eq!(cents(&told["revenue"]), walks.iter().map(|walk| walk.amount).sum::<i64>(), "{context}");
    let mut times: Vec<i64> = walks.iter().filter_map(|walk| walk.took).collect();
    for (name, part) in [("q1_ms", 0.25), ("median_ms", 0.5), ("q3_ms", 0.75)] {
        assert_eq!(told["duration"][name], as_read(&json!(quantile(&mut times, part))), "{context}: {told}");
    }
}

fn variants_are(told: &Value, asked: &Value, walks: &[Walk], context: &str) {
    let (nodes_max, limit) = (asked["nodes"].as_u64().unwrap() as usize, asked["limit"].as_u64().unwrap());
    let mut variants: BTreeMap<(Vec<Node>, bool), Vec<&Walk>> = BTreeMap::new();
    for walk in walks {
        let nodes: Vec<Node> = walk.nodes.iter().take(nodes_max).cloned().collect();
        variants.entry((nodes, walk.nodes.len() > nodes_max)).or_default().push(walk);
    }
    let mut order: Vec<_> = variants.into_iter().collect();
    // A stable sort of what is in the order of names.
    order.sort_by_key(|((nodes, _), walks)| (u64::MAX - walks.len() as u64, nodes.len()));
    numbers_are(&told["all"], &walks.iter().collect::<Vec<_>>(), context);
    let found = told["variants"].as_array().unwrap();
    assert_eq!(found.len(), order.len().min(limit as usize), "{context}");
    assert_eq!(told["variants_left_out"], order.len() - found.len(), "{context}");
    for (variant, ((nodes, is_cut), own)) in found.iter().zip(&order) {
        let found: Vec<Node> = variant["nodes"].as_array().unwrap().iter().map(node_of).collect();
        assert_eq!((&found, &variant["is_cut"]), (nodes, &json!(is_cut)), "{context}");
        let share = json!(own.len() as f64 / walks.len() as f64);
        assert_eq!(variant["share"], as_read(&share), "{context}");
        numbers_are(variant, own, context);
    }
    let others: Vec<&Walk> = order.iter().skip(found.len()).flat_map(|(_, walks)| walks.clone()).collect();
    numbers_are(&told["others"], &others, context);
    let sum = |of: &dyn Fn(&Value) -> i64| found.iter().map(of).sum::<i64>() + of(&told["others"]);
    for field in ["count", "converted", "conversions"] {
        assert_eq!(sum(&|it| it[field].as_i64().unwrap()), told["all"][field].as_i64().unwrap(), "{context}");
    }
    assert_eq!(sum(&|it| cents(&it["revenue"])), cents(&told["all"]["revenue"]), "{context}");
}

/// A node, or two that follow each other.
type Trait = (Node, Option<Node>);

fn traits(walk: &Walk) -> BTreeSet<Trait> {
    let nodes = walk.before.iter().map(|node| (node.clone(), None));
    let moves = walk.before.windows(2).map(|pair| (pair[0].clone(), Some(pair[1].clone())));
    nodes.chain(moves).collect()
}

/// The difference of two shares by Newcombe's formula as printed, with the limits of each by solving Wilson's equation.
fn limits(with: f64, of: f64) -> (f64, f64) {
    const Z: f64 = 1.96;
    let root = (Z * Z + 4.0 * with * (1.0 - with / of)).max(0.0).sqrt() * Z;
    let middle = 2.0 * with + Z * Z;
    ((middle - root) / (2.0 * (of + Z * Z)), (middle + root) / (2.0 * (of + Z * Z)))
}

fn separation_is(told: &Value, asked: &Value, walks: &[Walk], context: &str) -> usize {
    let (converted, others): (Vec<&Walk>, Vec<&Walk>) = walks.iter().partition(|walk| walk.conversions > 0);
    assert_eq!((&told["converted"], &told["not_converted"]), (&json!(converted.len()), &json!(others.len())));
    let at_once = converted.iter().filter(|walk| walk.before.is_empty()).count();
    assert_eq!(told["converted_at_once"], at_once, "{context}");
    let all: BTreeSet<Trait> = walks.iter().flat_map(traits).collect();
    let having =
        |walks: &[&Walk], one: &Trait| walks.iter().filter(|walk| traits(walk).contains(one)).count();
    let counts: BTreeMap<&Trait, (usize, usize)> =
        all.iter().map(|one| (one, (having(&converted, one), having(&others, one)))).collect();
    let min = asked["min_support"].as_u64().unwrap() as usize;
    let enough = counts.iter().filter(|(_, (one, other))| one + other >= min).count();
    assert_eq!(told["too_few"], counts.len() - enough, "{context}");
    let tested = if converted.is_empty() || others.is_empty() { 0 } else { enough };
    assert_eq!(told["tested"], tested, "{context}");
    let found = told["differences"].as_array().unwrap();
    assert_eq!(found.len(), tested.min(100), "{context}");
    let (mut last, mut seen) = (f64::INFINITY, BTreeSet::new());
    for row in found {
        let one: Trait = (node_of(&row["node"]), row.get("next").map(node_of));
        let (with, without) = counts[&one];
        let number = |field: &str| row[field].as_f64().unwrap();
        let near = |field: &str, expected: f64, most: f64| {
            assert!((number(field) - expected).abs() <= most, "{context}: {field} of {row}: {expected}");
        };
        assert_eq!((&row["converted"], &row["not_converted"]), (&json!(with), &json!(without)), "{context}");
        let (first, second) = (with as f64 / converted.len() as f64, without as f64 / others.len() as f64);
        near("converted_share", first, 1e-12);
        near("not_converted_share", second, 1e-12);
        near("difference", first - second, 1e-12);
        match without {
            0 => assert!(row["lift"].is_null(), "{context}: {row}"),
            _ => near("lift", first / second, 1e-9),
        }
        let (low, high) = limits(with as f64, converted.len() as f64);
        let (other_low, other_high) = limits(without as f64, others.len() as f64);
        let below = ((first - low).powi(2) + (other_high - second).powi(2)).sqrt();
        let above = ((high - first).powi(2) + (second - other_low).powi(2)).sqrt();
        near("difference_low", first - second - below, 1e-4);
        near("difference_high", first - second + above, 1e-4);
        // The square of z is Pearson's chi-squared of the table of four.
        let (n, m) = (converted.len() as f64, others.len() as f64);
        let (have, have_not) = ((with + without) as f64, n + m - (with + without) as f64);
        let determinant = with as f64 * (m - without as f64) - without as f64 * (n - with as f64);
        let chi = if have * have_not > 0.0 {
            (n + m) * determinant.powi(2) / (n * m * have * have_not)
        } else {
            0.0
        };
        near("z", chi.sqrt() * (first - second).signum(), 1e-6);
        assert!(number("p") <= number("adjusted_p") && number("adjusted_p") <= 1.0, "{context}: {row}");
        assert!(number("z").abs() <= last + 1e-12, "{context}: {row}");
        last = number("z").abs();
        assert!(seen.insert(one), "{context}: {row}");
    }
    found.len()
}

fn node_json((value, stage): &Node) -> Value {
    match stage {
        Some(stage) => json!({"value": value, "stage": stage}),
        None => json!({"value": value}),
    }
}

/// Whose journeys made a move, and how long each time.
type Waited<'a> = (BTreeSet<&'a str>, Vec<i64>);

/// The map: each node and each move, counted one journey at a time.
fn flow_is(told: &Value, walks: &[Walk], context: &str) {
    let nodes: BTreeSet<&Node> = walks.iter().flat_map(|walk| &walk.nodes).collect();
    let count = |is_one: &dyn Fn(&Walk) -> bool| walks.iter().filter(|walk| is_one(walk)).count();
    let mut expected: Vec<Value> = nodes
        .into_iter()
        .map(|node| {
            json!({
                "node": node_json(node),
                "journeys": count(&|walk| walk.nodes.contains(node)),
                "converted": count(&|walk| walk.nodes.contains(node) && walk.conversions > 0),
                "visits": walks.iter().flat_map(|walk| &walk.nodes).filter(|one| *one == node).count(),
                "starts": count(&|walk| walk.nodes.first() == Some(node)),
                "ends": count(&|walk| walk.nodes.last() == Some(node)),
            })
        })
        .collect();
    // A stable sort of what is in the order of names.
    expected.sort_by_key(|node| std::cmp::Reverse(node["journeys"].as_u64()));
    assert_eq!(told["nodes_left_out"], expected.len().saturating_sub(30), "{context}");
    expected.truncate(30);
    assert_eq!(told["nodes"], json!(expected), "{context}");
    let is_told = |node: &Node| expected.iter().any(|one| one["node"] == node_json(node));
    let mut waits: BTreeMap<(Node, Node), Waited<'_>> = BTreeMap::new();
    for walk in walks {
        for pair in walk.stretches.windows(2) {
            let edge = waits.entry((pair[0].0.clone(), pair[1].0.clone())).or_default();
            edge.0.insert(&walk.unit);
            edge.1.push(pair[1].1 - pair[0].2);
        }
    }
    let all = waits.len();
    let mut edges: Vec<Value> = waits
        .into_iter()
        .filter(|((from, to), _)| is_told(from) && is_told(to))
        .map(|((from, to), (units, mut waits))| {
            let [q1, median, q3] = [0.25, 0.5, 0.75].map(|part| quantile(&mut waits, part));
            as_read(&json!({
                "from": node_json(&from), "to": node_json(&to), "journeys": units.len(), "moves": waits.len(),
                "wait": {"q1_ms": q1, "median_ms": median, "q3_ms": q3},
            }))
        })
        .collect();
    edges.sort_by_key(|edge| std::cmp::Reverse(edge["moves"].as_u64()));
    edges.truncate(200);
    assert_eq!(told["edges_left_out"], all - edges.len(), "{context}");
    assert_eq!(told["edges"], json!(edges), "{context}");
}

fn groups_are(told: &Value, asked: &Value, walks: &[Walk], context: &str) {
    let groups = told["groups"].as_array().unwrap();
    assert_eq!(told["groups_left_out"], 0, "{context}");
    if asked.get("breakdown").is_none() {
        assert!(groups.is_empty(), "{context}");
        return;
    }
    let nodes_max = asked["nodes"].as_u64().unwrap() as usize;
    let key = |walk: &Walk| {
        let nodes: Vec<Value> = walk.nodes.iter().take(nodes_max).map(node_json).collect();
        (json!(nodes), walk.nodes.len() > nodes_max)
    };
    let variants: Vec<(Value, bool)> = told["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| (variant["nodes"].clone(), variant["is_cut"] == true))
        .collect();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for walk in walks {
        *sizes.entry(&walk.group).or_default() += 1;
    }
    let mut sizes: Vec<(&str, usize)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let found: Vec<&str> = groups.iter().map(|group| group["value"].as_str().unwrap()).collect();
    assert_eq!(found, sizes.iter().map(|(value, _)| *value).collect::<Vec<_>>(), "{context}");
    for group in groups {
        let context = format!("{context}: {}", group["value"]);
        let own: Vec<&Walk> = walks.iter().filter(|walk| group["value"] == walk.group).collect();
        numbers_are(&group["all"], &own, &context);
        let rows = group["variants"].as_array().unwrap();
        assert_eq!(rows.len(), variants.len(), "{context}");
        for (numbers, variant) in rows.iter().zip(&variants) {
            let of_variant: Vec<&Walk> = own.iter().copied().filter(|walk| key(walk) == *variant).collect();
            numbers_are(numbers, &of_variant, &context);
        }
        let others: Vec<&Walk> = own.iter().copied().filter(|walk| !variants.contains(&key(walk))).collect();
        numbers_are(&group["others"], &others, &context);
    }
}

/// A number of the answer: what is asked for its people, how many it says, and whose journeys those are.
type Behind<'w> = (Value, Value, Box<dyn Fn(&Walk) -> bool + 'w>);

fn behind<'w>(answer: &'w Value, asked: &'w Value, random: &mut Rng) -> Option<Behind<'w>> {
    let nodes_max = asked["nodes"].as_u64().unwrap() as usize;
    let converted = |walk: &Walk| walk.conversions > 0;
    Some(match random.u64(..4) {
        0 => {
            let variant = random.choice(answer["variants"].as_array().unwrap())?;
            let is_one = move |walk: &Walk| {
                let nodes: Vec<Value> = walk.nodes.iter().take(nodes_max).map(node_json).collect();
                json!(nodes) == variant["nodes"] && variant["is_cut"] == (walk.nodes.len() > nodes_max)
            };
            let of = json!({"nodes": variant["nodes"], "is_cut": variant["is_cut"]});
            if random.bool() {
                (json!({"variant": of}), variant["count"].clone(), Box::new(is_one))
            } else {
                let asked = json!({"variant": of, "outcome": "converted"});
                (asked, variant["converted"].clone(), Box::new(move |walk| is_one(walk) && converted(walk)))
            }
        }
        1 => {
            let edge = random.choice(answer["flow"]["edges"].as_array().unwrap())?;
            let is_one = move |walk: &Walk| {
                let has =
                    |pair: &[Node]| node_json(&pair[0]) == edge["from"] && node_json(&pair[1]) == edge["to"];
                walk.nodes.windows(2).any(has)
            };
            let asked = json!({"edge": {"node": edge["from"], "next": edge["to"]}});
            (asked, edge["journeys"].clone(), Box::new(is_one))
        }
        2 => {
            let node = random.choice(answer["flow"]["nodes"].as_array().unwrap())?;
            let is_one = move |walk: &Walk| walk.nodes.iter().any(|one| node_json(one) == node["node"]);
            (json!({"edge": {"node": node["node"]}}), node["journeys"].clone(), Box::new(is_one))
        }
        _ => {
            let row = random.choice(answer["separation"]["differences"].as_array().unwrap())?;
            let one: Trait = (node_of(&row["node"]), row.get("next").map(node_of));
            let outcome = *random.choice(&["converted", "not_converted"]).unwrap();
            let mut of = json!({"node": row["node"]});
            if let Some(next) = row.get("next") {
                of["next"] = next.clone();
            }
            let asked = json!({"difference": of, "outcome": outcome});
            let is_one =
                move |walk: &Walk| traits(walk).contains(&one) && converted(walk) == (outcome == "converted");
            (asked, row[outcome].clone(), Box::new(is_one))
        }
    })
}

/// Behind each number stand just the journeys that it counts.
async fn people_hold(
    service: &Service,
    many: &Many,
    (asked, answer): (&Value, &Value),
    walks: &[Walk],
    random: &mut Rng,
) {
    let Some((mut body, count, is_one)) = behind(answer, asked, random) else { return };
    let mut plain = asked.clone();
    for name in ["breakdown", "compare"] {
        plain.as_object_mut().unwrap().remove(name);
    }
    body["journeys"] = plain;
    body["limit"] = json!(1000);
    let mut expected: Vec<&Walk> = walks.iter().filter(|walk| is_one(walk)).collect();
    let context = format!("site {}: {body}", many.seed);
    assert_eq!(count, expected.len(), "{context}");
    if let Some(group) = random.choice(answer["groups"].as_array().unwrap()) {
        body["group"] = json!({"dimension": asked["breakdown"], "value": group["value"]});
        expected.retain(|walk| group["value"] == walk.group);
    }
    let found = service.ask_of(&many.site, Method::POST, "/journeys/people", Some(body)).await;
    assert_eq!(found.status, StatusCode::OK, "{context}: {}", found.text);
    let units = expected.into_iter().map(|walk| walk.unit.clone()).collect();
    people_are(&found.json(), asked["unit"].as_str().unwrap(), &units, &context);
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let asked = random_journeys(random);
    let context = format!("site {}: {asked}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/journeys", Some(asked.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let moment = |value: &Value| at(value.as_str().unwrap());
    let found = walks(&asked, many, moment(&asked["from"]), moment(&asked["to"]));
    variants_are(&answer, &asked, &found, &context);
    let differences = separation_is(&answer["separation"], &asked, &found, &context);
    flow_is(&answer["flow"], &found, &context);
    groups_are(&answer, &asked, &found, &context);
    people_hold(service, many, (&asked, &answer), &found, random).await;
    if asked.get("compare").is_some() {
        let previous = &answer["previous"];
        assert_eq!(moment(&previous["to"]), moment(&asked["from"]), "{context}");
        let before = walks(&asked, many, moment(&previous["from"]), moment(&previous["to"]));
        variants_are(previous, &asked, &before, &format!("{context}: before"));
    } else {
        assert!(answer.get("previous").is_none(), "{context}");
    }
    differences
}

#[tokio::test(flavor = "multi_thread")]
async fn variants_sum_to_all_journeys_and_differences_are_those_of_their_shares() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(23);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    assert!(found > sites.len() * 4, "{found} differences of {} sites", sites.len());
    service.engine.stop().await;
}
