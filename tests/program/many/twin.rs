//! What units do, computed one event at a time.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use orma_model::EventRow;
use serde_json::Value;

use super::Many;
use crate::conditions::twin::Twin;
use crate::support::visits::VisitKey;

/// The events of a unit in a period, in their order.
pub type Events<'a> = Vec<&'a EventRow<'a>>;

/// What each unit has of visits.
pub type Shares<'a> = BTreeMap<(String, VisitKey), Events<'a>>;

/// A history and what a question sees of it.
pub fn twins(many: &Many, from: i64, to: i64) -> Vec<Twin<'_>> {
    let twin = |rows| Twin { rows, from, to, with_bots: false, visits: OnceCell::new() };
    many.histories.iter().map(|rows| twin(rows.as_slice())).collect()
}

/// The events of each unit that a condition holds for.
pub fn units<'a>(twin: &Twin<'a>, unit: &str, condition: Option<&Value>) -> BTreeMap<String, Events<'a>> {
    let mut units: BTreeMap<String, Events<'_>> = BTreeMap::new();
    for row in twin.rows.iter().filter(|row| row.bot.is_empty() && (twin.from..twin.to).contains(&row.ts)) {
        let name = match unit {
            "people" => twin.person(row),
            "visitors" => row.visitor.to_string(),
            _ => {
                let key = twin.key(row);
                if !twin.is_session(&key) {
                    continue;
                }
                format!("{key:?}")
            }
        };
        let is_asked = condition.is_none_or(|condition| match unit {
            "people" => twin.people(condition).contains(&name),
            "visitors" => twin.visitor_has(&row.visitor, condition),
            _ => twin.visit_has(&twin.key(row), condition),
        });
        if is_asked {
            units.entry(name).or_default().push(row);
        }
    }
    for events in units.values_mut() {
        events.sort_by_key(|row| (row.ts, row.event_id));
    }
    units
}

/// What histories are broken down by.
pub const BREAKDOWNS: [&str; 3] = ["device_class", "country", "channel"];

/// The value of the breakdown that is asked for, of the first event of a unit that counts.
pub fn group_of(
    asked: &Value,
    twin: &Twin<'_>,
    events: &Events<'_>,
    counts: impl Fn(&EventRow<'_>) -> bool,
) -> Option<String> {
    let first = events.iter().find(|row| counts(row))?;
    Some(match asked["breakdown"].as_str()? {
        "device_class" => first.device_class.to_string(),
        "country" => first.country.to_string(),
        _ => twin.channel_of(first),
    })
}

/// The people of a page are these units, of people by their names.
pub fn people_are(found: &Value, unit: &str, expected: &BTreeSet<String>, context: &str) {
    let items = found["items"].as_array().unwrap();
    assert_eq!((&found["count"], items.len()), (&Value::from(expected.len()), expected.len()), "{context}");
    if unit == "people" {
        let names: BTreeSet<String> =
            items.iter().map(|item| item["person"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, *expected, "{context}");
    }
    let times: Vec<&str> = items.iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "{context}");
}

/// The value of sorted numbers at a part of the way from the first to the last.
pub fn quantile(numbers: &mut [i64], part: f64) -> Option<f64> {
    numbers.sort_unstable();
    let place = (numbers.len().checked_sub(1)?) as f64 * part;
    let (low, high) = (numbers[place.floor() as usize] as f64, numbers[place.ceil() as usize] as f64);
    Some(low + (high - low) * place.fract())
}

/// As whoever is told it reads it: a reader of JSON may take a number for its neighbour.
pub fn as_read(value: &Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap()
}
