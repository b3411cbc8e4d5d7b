//! Web vitals at the 75th percentile.

use super::response::Vital;
use super::{StoreRow, count, number, share};
use crate::plan::Dimension;

/// A vital and its thresholds.
pub struct VitalKind {
    /// As events name it.
    pub name: &'static str,
    /// Of its value.
    pub unit: &'static str,
    /// Good up to here.
    pub good: f64,
    /// Poor above.
    pub poor: f64,
}

/// The vitals in the order in which they are shown. Thresholds: web-vitals 6.2.3, whose rating is good up to and with
/// the first and poor above the second.
pub const VITALS: [VitalKind; 5] = [
    VitalKind { name: "LCP", unit: "ms", good: 2500.0, poor: 4000.0 },
    VitalKind { name: "INP", unit: "ms", good: 200.0, poor: 500.0 },
    VitalKind { name: "CLS", unit: "score", good: 0.1, poor: 0.25 },
    VitalKind { name: "FCP", unit: "ms", good: 1800.0, poor: 3000.0 },
    VitalKind { name: "TTFB", unit: "ms", good: 800.0, poor: 1800.0 },
];

pub const DIMENSIONS: [Dimension; 5] =
    [Dimension::PAGE, Dimension::DEVICE_CLASS, Dimension::COUNTRY, Dimension::BROWSER, Dimension::OS];

/// The vitals of a row.
pub fn vitals_of(row: Option<&StoreRow>) -> Vec<Vital> {
    let vital = |(index, kind): (usize, &VitalKind)| {
        let samples = count(row, &format!("samples{index}"));
        let (good, poor) = (count(row, &format!("good{index}")), count(row, &format!("poor{index}")));
        let p75 = number(row, &format!("p75_{index}")).filter(|_| samples > 0).map(rounded);
        Vital {
            name: kind.name.to_owned(),
            p75,
            samples,
            good: share(good, samples),
            needs_improvement: share(samples - good - poor, samples),
            poor: share(poor, samples),
            rating: rating(kind, p75).to_owned(),
        }
    };
    VITALS.iter().enumerate().map(vital).collect()
}

/// The store keeps values as 32-bit floats: what was sent as 0.1 must not come out above it.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn rating(kind: &VitalKind, p75: Option<f64>) -> &'static str {
    match p75 {
        None => "",
        Some(value) if value <= kind.good => "good",
        Some(value) if value > kind.poor => "poor",
        Some(_) => "needs_improvement",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_itself_is_on_the_better_side() {
        let lcp = &VITALS[0];
        for (value, expected) in [
            (Some(2500.0), "good"),
            (Some(2500.1), "needs_improvement"),
            (Some(4000.0), "needs_improvement"),
            (Some(4000.1), "poor"),
            (None, ""),
        ] {
            assert_eq!(rating(lcp, value), expected, "{value:?}");
        }
    }
}
