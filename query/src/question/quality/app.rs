//! App starts at the 75th percentile, and sessions and people without a fatal crash.

use super::response::{AppQualityRow, AppStart};
use super::{StoreRow, count, number, share, text};
use crate::plan::Dimension;

/// A kind of start and its thresholds in milliseconds.
pub struct StartKind {
    /// As events name it.
    pub name: &'static str,
    /// Good below.
    pub good_ms: i64,
    /// Poor above.
    pub poor_ms: i64,
}

/// The starts in the order in which they are shown. Cold and warm: Sentry's mobile vitals (good under 3 s and 1 s, poor
/// over 5 s and 2 s; Android vitals calls the same 5 s and 2 s slow). Hot: poor over the 1.5 s that Android vitals calls
/// slow, good under the 400 ms that Apple asks for up to the first frame.
pub const STARTS: [StartKind; 3] = [
    StartKind { name: "cold", good_ms: 3000, poor_ms: 5000 },
    StartKind { name: "warm", good_ms: 1000, poor_ms: 2000 },
    StartKind { name: "hot", good_ms: 400, poor_ms: 1500 },
];

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
            rating: rating(kind, p75_ms).to_owned(),
        }
    };
    STARTS.iter().enumerate().map(start).collect()
}

fn rating(kind: &StartKind, p75_ms: Option<f64>) -> &'static str {
    match p75_ms {
        None => "",
        Some(value) if value < kind.good_ms as f64 => "good",
        Some(value) if value > kind.poor_ms as f64 => "poor",
        Some(_) => "needs_improvement",
    }
}
