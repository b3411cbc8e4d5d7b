//! Which days of a period are read from rollups.

use jiff::ToSpan;
use orma_visits::Days;

use crate::plan::period::{Period, day_number, start_of_day};
use crate::timestamp::Timestamp;

/// What a period is read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Its days that are rolled up, each by the making that counts.
    pub made: Vec<u64>,
    pub first_day: i64,
    pub last_day: i64,
    /// The rest.
    pub rest: Option<Period>,
}

/// The days of a period from its beginning up to the first that is not rolled up, and the rest. `None`: there are none, or it does
/// not begin with a day.
pub fn split(period: &Period, days: &Days) -> Option<Split> {
    let date_of = |moment: Timestamp| moment.to_jiff().to_zoned(period.zone.clone()).date();
    let first = date_of(period.from);
    let mut made = Vec::new();
    let mut day = first;
    let mut start = start_of_day(first, &period.zone);
    if days.is_empty() || start != period.from {
        return None;
    }
    loop {
        let Ok(next) = day.checked_add(1.day()) else { break };
        let end = start_of_day(next, &period.zone);
        // A zone that changed sides of the date line has left a day out.
        if end > start {
            match days.get(&day_number(day)) {
                Some(number) if end <= period.to => made.push(*number),
                _ => break,
            }
        }
        (day, start) = (next, end);
        if start >= period.to {
            break;
        }
    }
    if made.is_empty() {
        return None;
    }
    let rest = (start < period.to).then(|| Period { from: start, ..period.clone() });
    Some(Split { made, first_day: day_number(first), last_day: day_number(day) - 1, rest })
}
