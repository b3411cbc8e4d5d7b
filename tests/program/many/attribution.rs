//! Attribution against a plain computation: each path by itself, and the chain by walking it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use serde_json::{Value, json};

use super::twin::{twins, units};
use super::{Many, many, random_condition, random_event};
use crate::query_api::{Service, at};

const DAY: i64 = 86_400_000;
const PERIOD: (&str, &str) = ("2026-11-11T23:00:00Z", "2026-11-14T23:00:00Z");
/// As long, before it.
const BEFORE: (&str, &str) = ("2026-11-08T23:00:00Z", "2026-11-11T23:00:00Z");
/// Steps of a walk after which nobody is on the way any more.
const WALK: usize = 3_000;

/// A touch: its name, how long before the conversion, whether nobody sent it.
type Touch = (String, i64, bool);

/// A path, whose it is, what it brought, and whether there was a conversion, with a value of the dimension.
struct Path {
    unit: String,
    value: String,
    touches: Vec<Touch>,
    amount: i64,
    converted: bool,
}

fn random_attribution(random: &mut Rng) -> Value {
    let mut attribution = json!({
        "from": PERIOD.0, "to": PERIOD.1,
        "group_by": random.choice(&["source", "channel", "country", "entry_page", "exit_page"]).unwrap(),
        "window_days": random.choice(&[1, 2, 90]).unwrap(),
        "unit": random.choice(&["people", "people", "visitors"]).unwrap(),
        "unconverted": random.bool(),
        "model": random.choice(&["first", "last", "linear", "markov"]).unwrap(),
    });
    if random.u64(..3) == 0 {
        attribution["conversion"] = random_event(random);
    }
    if let Some(condition) = random_condition(random) {
        attribution["condition"] = condition;
    }
    match random.u64(..3) {
        0 if attribution["model"] != "markov" => {
            attribution["breakdown"] = json!(random.choice(&["kind", "country", "channel"]).unwrap());
        }
        1 => attribution["compare"] = json!("previous"),
        _ => {}
    }
    attribution
}

fn paths(attribution: &Value, many: &Many, (from, to): (i64, i64)) -> Vec<Path> {
    let window = attribution["window_days"].as_i64().unwrap() * DAY;
    let unit = attribution["unit"].as_str().unwrap();
    let order = json!({"kind": "order"});
    let conversion = attribution.get("conversion").unwrap_or(&order);
    let mut paths = Vec::new();
    for twin in twins(many, from, to) {
        let asked = units(&twin, unit, attribution.get("condition"));
        let mut touches: BTreeMap<String, Vec<Touch>> = BTreeMap::new();
        for ((name, key), rows) in twin.shares(unit) {
            let is_session = !key.1.is_empty() || rows.iter().any(|row| row.kind == "page_view");
            let first = rows[0];
            if !is_session || !(from - window..to).contains(&first.ts) {
                continue;
            }
            let first_page = || rows.iter().find(|row| row.kind == "page_view").map_or("", |row| &row.path);
            let last_page = || {
                let seen = rows.iter().rfind(|row| row.kind == "page_view");
                seen.map_or(String::new(), |row| row.path.to_string())
            };
            let label = match attribution["group_by"].as_str().unwrap() {
                "source" => first.source.to_string(),
                "country" => first.country.to_string(),
                "entry_page" if first.path.is_empty() => first_page().to_owned(),
                "entry_page" => first.path.to_string(),
                "exit_page" => last_page(),
                _ if first.channel.is_empty() => "direct".to_owned(),
                _ => first.channel.to_string(),
            };
            touches.entry(name).or_default().push((label, first.ts, first.channel.is_empty()));
        }
        for touches in touches.values_mut() {
            touches.sort_by_key(|(label, ts, _)| (*ts, label.clone()));
        }
        // Who did nothing in the period but began a visit there did something.
        let names: BTreeSet<&String> = touches.keys().chain(asked.keys()).collect();
        for name in names {
            let own = touches.get(name).cloned().unwrap_or_default();
            let events = asked.get(name).cloned().unwrap_or_default();
            let conversions: Vec<_> = events.iter().filter(|row| twin.fits(conversion, row)).collect();
            for row in &conversions {
                let before = own.iter().filter(|(_, ts, _)| (row.ts - window..=row.ts).contains(ts));
                let touches = before.map(|(label, ts, direct)| (label.clone(), row.ts - ts, *direct));
                let amount = if row.currency == "EUR" { row.revenue } else { 0 };
                let value = match attribution["breakdown"].as_str() {
                    Some("kind") => row.kind.to_string(),
                    Some("country") => row.country.to_string(),
                    _ => twin.channel_of(row),
                };
                let unit = name.clone();
                paths.push(Path { unit, value, touches: touches.collect(), amount, converted: true });
            }
            let is_asked = attribution.get("condition").is_none() || asked.contains_key(name);
            if conversions.is_empty() && is_asked {
                let touches: Vec<Touch> = own.into_iter().filter(|(_, ts, _)| *ts >= from).collect();
                let (unit, value) = (name.clone(), String::new());
                paths.push(Path { unit, value, touches, amount: 0, converted: false });
            }
        }
    }
    paths
}

/// The weight of each touch of a path.
fn weights(model: &str, touches: &[Touch]) -> Vec<f64> {
    let count = touches.len();
    let mut weights = vec![0.0; count];
    match model {
        "first" => weights[0] = 1.0,
        "last" => weights[count - 1] = 1.0,
        "last_non_direct" => {
            let last = (0..count).rev().find(|place| !touches[*place].2).unwrap_or(count - 1);
            weights[last] = 1.0;
        }
        "linear" => weights.fill(1.0 / count as f64),
        "position" if count == 1 => weights[0] = 1.0,
        "position" if count == 2 => weights.fill(0.5),
        "position" => {
            weights.fill(0.2 / (count as f64 - 2.0));
            weights[0] = 0.4;
            weights[count - 1] = 0.4;
        }
        "time_decay" => {
            for (weight, (_, before, _)) in weights.iter_mut().zip(touches) {
                *weight = 0.5_f64.powf(*before as f64 / (7 * DAY) as f64);
            }
            let sum: f64 = weights.iter().sum();
            for weight in &mut weights {
                *weight /= sum;
            }
        }
        _ => {
            let different: BTreeSet<&String> = touches.iter().map(|(label, ..)| label).collect();
            let mut seen = BTreeSet::new();
            for (weight, (label, ..)) in weights.iter_mut().zip(touches) {
                if seen.insert(label) {
                    *weight = 1.0 / different.len() as f64;
                }
            }
        }
    }
    weights
}

/// The probability to convert, of who walks from the beginning, where one touchpoint leads to nothing.
fn converts(followed: &BTreeMap<(String, String), f64>, removed: Option<&str>) -> f64 {
    let mut sums: BTreeMap<&String, f64> = BTreeMap::new();
    for ((from, _), times) in followed {
        *sums.entry(from).or_default() += times;
    }
    let mut there: BTreeMap<String, f64> = BTreeMap::from([("(begin)".to_owned(), 1.0)]);
    let mut converted = 0.0;
    for _ in 0..WALK {
        let mut next: BTreeMap<String, f64> = BTreeMap::new();
        for ((from, to), times) in followed {
            let share = there.get(from).copied().unwrap_or(0.0) * times / sums[from];
            match to.as_str() {
                "(conversion)" => converted += share,
                "(nothing)" => {}
                to if removed == Some(to) => {}
                to => *next.entry(to.to_owned()).or_default() += share,
            }
        }
        there = next;
    }
    converted
}

fn effects(paths: &[Path], with_unconverted: bool) -> BTreeMap<String, f64> {
    let mut followed: BTreeMap<(String, String), f64> = BTreeMap::new();
    for path in paths.iter().filter(|path| !path.touches.is_empty() && (path.converted || with_unconverted)) {
        let mut from = "(begin)".to_owned();
        for (label, ..) in &path.touches {
            if from != format!("={label}") {
                let to = format!("={label}");
                *followed.entry((from, to.clone())).or_default() += 1.0;
                from = to;
            }
        }
        let end = if path.converted { "(conversion)" } else { "(nothing)" };
        *followed.entry((from, end.to_owned())).or_default() += 1.0;
    }
    let names: BTreeSet<String> =
        followed.keys().map(|(_, to)| to.clone()).filter(|to| to.starts_with('=')).collect();
    let all = converts(&followed, None);
    let effect = |name: String| {
        let lost = if all > 0.0 { 1.0 - converts(&followed, Some(&name)) / all } else { 0.0 };
        (name[1..].to_owned(), lost)
    };
    names.into_iter().map(effect).collect()
}

async fn agree(service: &Service, many: &Many, random: &mut Rng) -> usize {
    let attribution = random_attribution(random);
    let context = format!("site {}: {attribution}", many.seed);
    let answer = service.ask_of(&many.site, Method::POST, "/attribution", Some(attribution.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
    let answer = answer.json();
    let known = paths(&attribution, many, (at(PERIOD.0), at(PERIOD.1)));
    check(&attribution, &answer, &known, &context);
    if let Some(before) = answer.get("previous") {
        let period = (at(BEFORE.0), at(BEFORE.1));
        assert_eq!(at(before["from"].as_str().unwrap()), period.0, "{context}");
        let known = paths(&attribution, many, period);
        check(&attribution, before, &known, &format!("{context} before"));
    }
    check_groups(&attribution, &answer, &known, &context);
    agree_on_people(service, many, &attribution, &known, random).await;
    usize::from(answer["rows"].as_array().unwrap().len() > 1)
}

/// What is told of conversions by each model is what their paths say.
fn check(attribution: &Value, answer: &Value, paths: &[Path], context: &str) {
    let converted: Vec<&Path> = paths.iter().filter(|path| path.converted).collect();
    let without = converted.iter().filter(|path| path.touches.is_empty()).count();
    assert_eq!(answer["conversions"], converted.len(), "{context}");
    assert_eq!(answer["without_visit"], without, "{context}");
    let distinct = |behind: Behind| behind.values().flatten().collect::<BTreeSet<_>>().len();
    assert_eq!(answer["people"], distinct(behind(attribution, paths, true)), "{context}");
    assert_eq!(answer["unconverted"], distinct(behind(attribution, paths, false)), "{context}");
    let effects = effects(paths, attribution["unconverted"] == true);
    let sum: f64 = effects.values().sum();
    let rows = answer["rows"].as_array().unwrap();
    for model in ["first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"]
    {
        let mut credits: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        if model == "markov" {
            for (name, effect) in &effects {
                let share = if sum > 0.0 { effect / sum } else { 0.0 };
                let led: i64 =
                    converted.iter().filter(|path| !path.touches.is_empty()).map(|path| path.amount).sum();
                let credit = credits.entry(name.clone()).or_default();
                *credit = (share * (converted.len() - without) as f64, share * led as f64);
            }
            for path in converted.iter().filter(|path| path.touches.is_empty()) {
                let credit = credits.entry(String::new()).or_default();
                *credit = (credit.0 + 1.0, credit.1 + path.amount as f64);
            }
        }
        for path in converted.iter().filter(|_| model != "markov") {
            if path.touches.is_empty() {
                let credit = credits.entry(String::new()).or_default();
                *credit = (credit.0 + 1.0, credit.1 + path.amount as f64);
                continue;
            }
            for ((label, ..), weight) in path.touches.iter().zip(weights(model, &path.touches)) {
                let credit = credits.entry(label.clone()).or_default();
                *credit = (credit.0 + weight, credit.1 + weight * path.amount as f64);
            }
        }
        let mut cents = 0_i128;
        for row in rows {
            let of_model =
                row["models"].as_array().unwrap().iter().find(|told| told["model"] == model).unwrap();
            let (conversions, amount) =
                credits.remove(row["touchpoint"].as_str().unwrap()).unwrap_or_default();
            let found = of_model["conversions"].as_f64().unwrap();
            assert!((found - conversions).abs() < 1e-6, "{context}: {model} of {row}: {conversions}");
            let revenue = of_model["revenue"].as_str().unwrap();
            let found: f64 = revenue.parse().unwrap();
            // Each conversion is divided in whole ten-thousandths.
            let most = 0.000_1 * converted.len() as f64 + 1e-6;
            assert!((found - amount / 10_000.0).abs() < most, "{context}: {model} of {row}: {amount}");
            cents += (found * 10_000.0).round() as i128;
            if attribution["model"] == model {
                assert_eq!(
                    (&row["conversions"], &row["revenue"]),
                    (&of_model["conversions"], &of_model["revenue"])
                );
            }
        }
        credits.retain(|_, (conversions, _)| *conversions > 1e-9);
        assert_eq!(credits, BTreeMap::new(), "{context}: {model}");
        let revenue: i128 = converted.iter().map(|path| i128::from(path.amount)).sum();
        assert_eq!(cents, revenue, "{context}: {model} does not sum to the revenue");
    }
    for row in rows {
        let found = row["removal_effect"].as_f64().unwrap();
        let effect = effects.get(row["touchpoint"].as_str().unwrap()).copied().unwrap_or(0.0);
        assert!((found - effect).abs() < 1e-6, "{context}: {row}: {effect}");
    }
    for (field, converted) in [("people", true), ("unconverted", false)] {
        let behind = behind(attribution, paths, converted);
        for row in rows {
            let count = behind.get(row["touchpoint"].as_str().unwrap()).map_or(0, BTreeSet::len);
            assert_eq!(row[field], count, "{context}: {field} of {row}");
        }
    }
}

/// Who is behind each touchpoint.
type Behind = BTreeMap<String, BTreeSet<String>>;

/// Those of whose conversions a touchpoint has credit by the model that is asked for, or who came by it and did not convert.
fn behind(attribution: &Value, paths: &[Path], converted: bool) -> Behind {
    let model = attribution["model"].as_str().unwrap();
    let mut behind = Behind::new();
    for path in paths.iter().filter(|path| path.converted == converted) {
        let mut add = |label: &str| behind.entry(label.to_owned()).or_default().insert(path.unit.clone());
        if path.touches.is_empty() && converted {
            add("");
            continue;
        }
        let all = !converted || model == "markov";
        let weights = if all { vec![1.0; path.touches.len()] } else { weights(model, &path.touches) };
        for ((label, ..), weight) in path.touches.iter().zip(weights) {
            if weight > 0.0 {
                add(label);
            }
        }
    }
    behind
}

/// What the conversions with each value of the dimension have.
fn check_groups(attribution: &Value, answer: &Value, paths: &[Path], context: &str) {
    let mut groups: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.converted && attribution.get("breakdown").is_some()) {
        groups.entry(&path.value).or_default().push(path);
    }
    let told = answer["groups"].as_array().unwrap();
    assert_eq!((told.len(), &answer["groups_left_out"]), (groups.len(), &json!(0)), "{context}");
    for group in told {
        let paths = &groups[group["value"].as_str().unwrap()];
        assert_eq!(group["conversions"], paths.len(), "{context}: {}", group["value"]);
        let mut credits: BTreeMap<&str, f64> = BTreeMap::new();
        for path in paths {
            if path.touches.is_empty() {
                *credits.entry("").or_default() += 1.0;
            } else {
                let weights = weights(attribution["model"].as_str().unwrap(), &path.touches);
                for ((label, ..), weight) in path.touches.iter().zip(weights) {
                    *credits.entry(label).or_default() += weight;
                }
            }
        }
        let mut revenue = 0.0;
        for row in group["rows"].as_array().unwrap() {
            let expected = credits.remove(row["touchpoint"].as_str().unwrap()).unwrap_or(0.0);
            let found = row["conversions"].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-6, "{context}: {row} of {}: {expected}", group["value"]);
            revenue += row["revenue"].as_str().unwrap().parse::<f64>().unwrap();
        }
        credits.retain(|_, credit| *credit > 1e-9);
        assert!(credits.is_empty(), "{context}: {credits:?} of {}", group["value"]);
        let brought: i64 = paths.iter().map(|path| path.amount).sum();
        assert!((revenue - brought as f64 / 10_000.0).abs() < 1e-3, "{context}: {group}: {brought}");
    }
}

async fn agree_on_people(
    service: &Service,
    many: &Many,
    attribution: &Value,
    paths: &[Path],
    random: &mut Rng,
) {
    let mut plain = attribution.clone();
    for name in ["breakdown", "compare"] {
        plain.as_object_mut().unwrap().remove(name);
    }
    for (outcome, converted) in [("converted", true), ("unconverted", false)] {
        let behind = behind(attribution, paths, converted);
        let all: BTreeSet<String> = behind.values().flatten().cloned().collect();
        let place = random.usize(..=behind.len());
        let (touchpoint, people) =
            behind.into_iter().nth(place).map_or((None, all), |(name, people)| (Some(name), people));
        let mut body = json!({"attribution": plain, "outcome": outcome, "limit": 1000});
        if let Some(touchpoint) = touchpoint {
            body["touchpoint"] = json!(touchpoint);
        }
        let context = format!("site {}: {body}", many.seed);
        let answer = service.ask_of(&many.site, Method::POST, "/attribution/people", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{context}: {}", answer.text);
        let answer = answer.json();
        assert_eq!(answer["count"], people.len(), "{context}");
        if attribution["unit"] == "people" {
            let items = answer["items"].as_array().unwrap();
            let found: BTreeSet<String> =
                items.iter().map(|item| item["person"].as_str().unwrap().to_owned()).collect();
            assert_eq!(found, people, "{context}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_is_divided_as_each_model_says() {
    let dir = tempfile::tempdir().unwrap();
    let (service, sites) = many(dir.path()).await;
    let mut random = Rng::with_seed(13);
    let mut found = 0;
    for site in &sites {
        for _ in 0..2 {
            found += agree(&service, site, &mut random).await;
        }
    }
    assert!(found > sites.len(), "{found} of {}", sites.len() * 2);
    service.engine.stop().await;
}
