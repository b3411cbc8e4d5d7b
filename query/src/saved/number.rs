//! Which number of an answer: a path through its JSON.
//!
//! `/steps/1/people` is the people of the second step, `/totals/visitors` the visitors of all rows. Parts are separated by `/`
//! and percent-encoded. An item of a list is named by its place (from 0; negative from the end, `-1` is the last) or by what
//! it is about: `/rows/dimensions.country=IT/metrics/visitors`, with `&` between several fields. So it is found again when
//! the order of the rows has changed.

use std::collections::HashSet;
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::ApiError;

/// Bytes of a path.
pub const NUMBER_BYTES_MAX: usize = 1_000;
/// Numbers of an answer that are listed.
pub const NUMBERS_MAX: usize = 1_000;
/// Parts of a path.
const PARTS_MAX: usize = 12;
/// Words in the name of a number that is no count: of nothing it is not 0, but nothing.
const NO_COUNTS: [&str; 14] = [
    "rate",
    "share",
    "average",
    "mean",
    "median",
    "duration",
    "per_",
    "_ms",
    "p75",
    "score",
    "low",
    "high",
    "conversion",
    "effect",
];

/// A number of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReportNumber {
    /// Its path, as alerts take it.
    #[schema(example = "/steps/1/people")]
    pub number: String,
    /// What it is now.
    pub value: f64,
}

/// A path through an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPath {
    parts: Vec<String>,
}

/// What is at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A number.
    Number(f64),
    /// The answer has no such row now: nothing was counted.
    NoRow,
    /// It has a null, or something that is no number.
    Nothing,
}

impl NumberPath {
    /// Reads a path.
    ///
    /// # Errors
    /// It cannot be one.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let wrong = || {
            let message = format!(
                "`number` must be a path through the report's answer, such as `/totals/visitors` or `/steps/1/people`, of at most \
                 {NUMBER_BYTES_MAX} bytes; `/reports/{{report}}/numbers` lists them."
            );
            ApiError::invalid("invalid_number", "number", message)
        };
        let rest = text.strip_prefix('/').filter(|_| text.len() <= NUMBER_BYTES_MAX).ok_or_else(wrong)?;
        let parts: Vec<String> = rest.split('/').map(ToOwned::to_owned).collect();
        if parts.len() > PARTS_MAX || parts.iter().any(String::is_empty) {
            return Err(wrong());
        }
        Ok(Self { parts })
    }

    /// Whether it counts something, so that nothing of it is 0.
    pub fn is_count(&self) -> bool {
        // A number in a list is named by the list.
        let name = self.parts.iter().rev().find(|part| part.parse::<i64>().is_err());
        name.is_none_or(|name| !NO_COUNTS.iter().any(|word| name.contains(word)))
    }

    /// What an answer has there. A row that is missing is none only where the answer has all rows.
    pub fn find(&self, answer: &Value) -> Found {
        let is_cut = answer.get("next_cursor").is_some_and(|cursor| !cursor.is_null());
        let mut at = answer;
        for part in &self.parts {
            let next = match at {
                Value::Object(fields) => fields.get(&decoded(part)),
                Value::Array(items) => match item(items, part) {
                    None if part.contains('=') && !is_cut => return Found::NoRow,
                    found => found,
                },
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None => return Found::Nothing,
            }
        }
        number(at).map_or(Found::Nothing, Found::Number)
    }
}

/// The number that a value is: amounts of money are texts.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if is_amount(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

fn is_amount(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('-')
        .unwrap_or(text)
        .split_once('.')
        .is_some_and(|(whole, part)| digits(whole) && digits(part))
}

fn item<'a>(items: &'a [Value], part: &str) -> Option<&'a Value> {
    if let Ok(place) = part.parse::<i64>() {
        let place = if place < 0 { place + i64::try_from(items.len()).ok()? } else { place };
        return items.get(usize::try_from(place).ok()?);
    }
    let wanted: Vec<(String, String)> = part
        .split('&')
        .map(|pair| pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value))))
        .collect::<Option<_>>()?;
    items.iter().find(|item| wanted.iter().all(|(name, value)| field(item, name) == Some(value)))
}

/// The text of a field, or with a point in its name of a field of a field.
fn field<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    let direct = item.get(name);
    direct.or_else(|| name.split_once('.').and_then(|(outer, inner)| item.get(outer)?.get(inner)))?.as_str()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| first == b'%');
        rest = if byte.is_some() { &after[2..] } else { after };
        bytes.push(byte.unwrap_or(first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '%' | '/' | '=' | '&' => write!(encoded, "%{:02X}", u32::from(letter)).expect("memory"),
            other => encoded.push(other),
        }
    }
    encoded
}

/// The numbers of an answer with their paths, as many as are listed.
pub fn numbers(answer: &Value) -> Vec<ReportNumber> {
    let mut found = Vec::new();
    walk(answer, &mut String::new(), &mut found);
    found
}

fn walk(value: &Value, path: &mut String, found: &mut Vec<ReportNumber>) {
    let length = path.len();
    let mut step = |part: &str, inner: &Value| {
        if found.len() < NUMBERS_MAX && path.len() + part.len() < NUMBER_BYTES_MAX {
            path.push('/');
            path.push_str(part);
            walk(inner, path, found);
            path.truncate(length);
        }
    };
    match value {
        Value::Object(fields) => {
            // Numbers of the whole come before those of its rows.
            let (lists, others): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, inner)| inner.is_array());
            // What it is about names it, and is no number of it.
            for (name, inner) in others.into_iter().chain(lists).filter(|(name, _)| *name != "dimensions") {
                step(&encoded(name), inner);
            }
        }
        Value::Array(items) => {
            for (part, item) in named(items) {
                step(&part, item);
            }
        }
        other => {
            if let Some(value) = number(other) {
                found.push(ReportNumber { number: path.clone(), value });
            }
        }
    }
}

/// The items of a list, each with the part of a path that finds it again.
fn named(items: &[Value]) -> Vec<(String, &Value)> {
    let fields: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
    if fields.len() < items.len() || items.is_empty() {
        return items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect();
    }
    let keys: Vec<Option<String>> = fields.iter().map(|fields| by_dimensions(fields)).collect();
    if let Some(keys) = all_distinct(keys) {
        return keys.into_iter().zip(items).collect();
    }
    let names: Vec<&String> =
        fields[0].iter().filter(|(_, value)| value.is_string()).map(|(name, _)| name).collect();
    for name in names {
        let texts: Vec<Option<&str>> =
            fields.iter().map(|fields| fields.get(name).and_then(Value::as_str)).collect();
        let is_name = |text: &str| !is_amount(text);
        if texts.iter().all(|text| text.is_some_and(is_name)) {
            // Of what has a date, the latest is meant, whichever date it has then.
            if texts.iter().flatten().any(|text| text.parse::<jiff::civil::Date>().is_ok()) {
                break;
            }
            let keys =
                texts.iter().map(|text| text.map(|text| format!("{}={}", encoded(name), encoded(text))));
            if let Some(keys) = all_distinct(keys.collect()) {
                return keys.into_iter().zip(items).collect();
            }
        }
    }
    let is_dated = fields.iter().any(|fields| {
        let mut texts = fields.values().filter_map(Value::as_str);
        fields.get("dimensions").is_some_and(|dimensions| dimensions.get("time").is_some())
            || texts.any(|text| text.parse::<jiff::civil::Date>().is_ok())
    });
    let place = |place: usize| if is_dated { format!("-{}", items.len() - place) } else { place.to_string() };
    items.iter().enumerate().map(|(at, item)| (place(at), item)).collect()
}

fn by_dimensions(fields: &Map<String, Value>) -> Option<String> {
    let dimensions = fields.get("dimensions")?.as_object().filter(|dimensions| !dimensions.is_empty())?;
    // A row of a time is another one tomorrow.
    if dimensions.contains_key("time") {
        return None;
    }
    let pairs = dimensions.iter().map(|(name, value)| {
        value.as_str().map(|value| format!("dimensions.{}={}", encoded(name), encoded(value)))
    });
    pairs.collect::<Option<Vec<String>>>().map(|pairs| pairs.join("&"))
}

fn all_distinct(keys: Vec<Option<String>>) -> Option<Vec<String>> {
    let keys = keys.into_iter().collect::<Option<Vec<String>>>()?;
    let distinct: HashSet<&String> = keys.iter().collect();
    (distinct.len() == keys.len()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(path: &str, answer: &Value) -> Found {
        NumberPath::parse(path).unwrap().find(answer)
    }

    #[test]
    fn a_path_leads_to_a_number_or_says_what_is_missing() {
        let answer = json!({
            "steps": [{"people": 10, "median_ms": null}, {"people": 4}],
            "rows": [
                {"dimensions": {"country": "IT", "page": "/a=b&c"}, "metrics": {"visitors": 7, "revenue": "-12.50"}},
                {"dimensions": {"country": "FR", "page": "/x"}, "metrics": {"visitors": 2, "revenue": "0.00"}}
            ],
            "cohorts": [{"cohort": "2026-11-02", "people": [5, 2]}, {"cohort": "2026-11-09", "people": [9]}],
            "next_cursor": null
        });
        for (path, found) in [
            ("/steps/1/people", Found::Number(4.0)),
            ("/steps/-2/people", Found::Number(10.0)),
            ("/steps/0/median_ms", Found::Nothing),
            ("/steps/2/people", Found::Nothing),
            ("/steps/-3/people", Found::Nothing),
            ("/steps", Found::Nothing),
            ("/rows/dimensions.country=FR/metrics/visitors", Found::Number(2.0)),
            ("/rows/dimensions.page=%2Fa%3Db%26c/metrics/revenue", Found::Number(-12.5)),
            ("/rows/dimensions.country=FR&dimensions.page=%2Fa/metrics/visitors", Found::NoRow),
            ("/rows/dimensions.country=DE/metrics/visitors", Found::NoRow),
            ("/rows/country/metrics/visitors", Found::Nothing),
            ("/cohorts/-1/people/0", Found::Number(9.0)),
            ("/nothing/at/all", Found::Nothing),
            ("/next_cursor", Found::Nothing),
        ] {
            assert_eq!(find(path, &answer), found, "{path}");
        }
        let mut cut = answer;
        cut["next_cursor"] = json!("more");
        assert_eq!(find("/rows/dimensions.country=DE/metrics/visitors", &cut), Found::Nothing);
    }

    #[test]
    fn what_cannot_be_a_path_is_refused() {
        for wrong in ["", "steps", "/", "/a//b", "/a/", &format!("/{}", "a".repeat(1_000)), &"/a".repeat(13)]
        {
            assert!(NumberPath::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_listed_number_is_found_by_its_path() {
        let answer = json!({
            "site": "demo", "as_of": "2026-11-21T00:00:00.000Z", "total": 3,
            "rows": [
                {"dimensions": {"page": "/100%/"}, "metrics": {"visitors": 7}},
                {"dimensions": {"page": "../=&<script>"}, "metrics": {"visitors": 2}},
                {"dimensions": {"page": ""}, "metrics": {"visitors": 1}}
            ],
            "by_source": [{"touchpoint": "google", "revenue": "3.10"}, {"touchpoint": "bing", "revenue": "3.10"}],
            "twice": [{"name": "a", "n": 1}, {"name": "a", "n": 2}],
            "cohorts": [{"cohort": "2026-11-02", "people": [5, 2]}, {"cohort": "2026-11-09", "people": [9]}],
            "days": [{"dimensions": {"time": "2026-11-02"}, "metrics": {"visitors": 1}}]
        });
        let listed = numbers(&answer);
        for ReportNumber { number, value } in &listed {
            assert_eq!(find(number, &answer), Found::Number(*value), "{number}");
        }
        let paths: Vec<&str> = listed.iter().map(|one| one.number.as_str()).collect();
        for path in [
            "/total",
            "/rows/dimensions.page=%2F100%25%2F/metrics/visitors",
            "/by_source/touchpoint=bing/revenue",
            "/twice/1/n",
            "/cohorts/-1/people/0",
            "/days/-1/metrics/visitors",
        ] {
            assert!(paths.contains(&path), "{path}: {paths:?}");
        }
        assert_eq!(paths.len(), 12);
    }

    #[test]
    fn only_of_what_is_counted_nothing_is_0() {
        for (path, is_count) in [
            ("/totals/visitors", true),
            ("/totals/bounce_rate", false),
            ("/totals/average_order_value", false),
            ("/steps/1/median_ms", false),
            ("/cohorts/-1/people/3", true),
            ("/rows/dimensions.country=IT/metrics/revenue", true),
        ] {
            assert_eq!(NumberPath::parse(path).unwrap().is_count(), is_count, "{path}");
        }
    }
}
