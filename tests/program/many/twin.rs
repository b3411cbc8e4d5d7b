//! What units do, computed one event at a time.

use std::cell::OnceCell;
use std::collections::BTreeMap;

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
