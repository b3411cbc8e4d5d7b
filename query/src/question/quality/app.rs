//! App starts at the 75th percentile, and sessions and people without a fatal crash.

use orma_model::vitals::{APP_STARTS, AppStart as StartKind};

use super::response::{AppQualityRow, AppStart};
use super::{StoreRow, count, number, share, text};
use crate::plan::Dimension;

pub const DIMENSIONS: [Dimension; 4] =
    [Dimension::APP_VERSION, Dimension::OS, Dimension::DEVICE_MODEL, Dimension::DEVICE_CLASS];

/// A row of the table.
pub fn row(row: &StoreRow) -> AppQualityRow {
    AppQualityRow {
        dimension: text(row, "dimension"),
        sessions: count(Some(row), "sessions"),
        crash_free_sessions: crash_free(Some(row), "sessions"),
        people: count(Some(row), "people"),
        crash_free_people: crash_free(Some(row), "people"),
        starts: starts_of(Some(row)),
    }
}

/// One less the share with a fatal crash.
pub fn crash_free(row: Option<&StoreRow>, what: &str) -> Option<f64> {
    let all = count(row, what);
    share(all - count(row, &format!("crashed_{what}")), all)
}

/// The starts of a row.
pub fn starts_of(row: Option<&StoreRow>) -> Vec<AppStart> {
    let start = |(index, kind): (usize, &StartKind)| {
        let samples = count(row, &format!("samples{index}"));
        let p75_ms = number(row, &format!("p75_{index}")).filter(|_| samples > 0);
        AppStart {
            start: kind.name.to_owned(),
            p75_ms,
            samples,
            good: share(count(row, &format!("good{index}")), samples),
            poor: share(count(row, &format!("poor{index}")), samples),
            rating: p75_ms.map_or("", |duration| kind.rating(duration).in_answers()).to_owned(),
        }
    };
    APP_STARTS.iter().enumerate().map(start).collect()
}
