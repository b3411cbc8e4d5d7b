//! In which days, weeks and months of Rome in November units did something, computed one event at a time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::Value;

use super::Many;
use super::twin::{twins, units};
use crate::query_api::at;

const HOUR: i64 = 3_600_000;

/// When a unit was there.
#[derive(Default)]
pub struct Unit {
    /// The first days of the stretches.
    pub stretches: BTreeSet<String>,
    /// Whether it was before the first of them.
    pub was_before: bool,
}

/// The first day of the stretch of a moment.
pub fn first_day(interval: &str, ts: i64) -> String {
    let date = Timestamp::from_millisecond(ts + HOUR).unwrap().to_zoned(TimeZone::UTC).date();
    let date = match interval {
        "day" => date,
        "week" => date.checked_sub(Span::new().days(date.weekday().to_monday_zero_offset())).unwrap(),
        _ => date.first_of_month(),
    };
    date.to_string()
}

/// The first day of the stretch so many later.
pub fn moved(day: &str, interval: &str, count: i64) -> String {
    let date: Date = day.parse().unwrap();
    let span = match interval {
        "day" => Span::new().days(count),
        "week" => Span::new().weeks(count),
        _ => Span::new().months(count),
    };
    date.checked_add(span).unwrap().to_string()
}

/// When a day begins; those before the last Sunday of October have an hour less.
pub fn start_of(day: &str) -> i64 {
    let offset = if day < "2026-10-26" { 2 * HOUR } else { HOUR };
    at(&format!("{day}T00:00:00Z")) - offset
}

/// When each unit that did what is asked was there, and whether it had been before.
pub fn presences(many: &Many, asked: &Value, from: i64, to: i64) -> BTreeMap<String, Unit> {
    let (unit, interval) = (asked["unit"].as_str().unwrap(), asked["interval"].as_str().unwrap());
    let mut found: BTreeMap<String, Unit> = BTreeMap::new();
    let (twins_now, twins_before) = (twins(many, from, to), twins(many, 0, from));
    for (twin, before) in twins_now.iter().zip(&twins_before) {
        let fits = |row| asked.get("event").is_none_or(|event| twin.fits(event, row));
        for (name, events) in units(twin, unit, asked.get("condition")) {
            let stretches = events.iter().filter(|row| fits(row)).map(|row| first_day(interval, row.ts));
            found.entry(name).or_default().stretches.extend(stretches);
        }
        for (name, events) in units(before, unit, None) {
            if let Some(found) = found.get_mut(&name)
                && events.iter().any(|row| fits(row))
            {
                found.was_before = true;
            }
        }
    }
    found.retain(|_, unit| !unit.stretches.is_empty());
    found
}
