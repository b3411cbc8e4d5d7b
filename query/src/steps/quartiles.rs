//! How long something took: the quarters of some lengths of time.

use serde::Serialize;
use utoipa::ToSchema;

/// How long something took. Null where it never happened. Exact; between two values it is in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the API say the unit")]
pub struct Quartiles {
    /// A quarter took no longer, in milliseconds.
    pub q1_ms: Option<f64>,
    /// Half of them took no longer.
    pub median_ms: Option<f64>,
    /// Three quarters took no longer.
    pub q3_ms: Option<f64>,
}

impl Quartiles {
    /// Those of some lengths in milliseconds.
    pub fn of(mut lengths: Vec<i64>) -> Self {
        lengths.sort_unstable();
        let quarter = |part| quantile(&lengths, part, 4);
        Self { q1_ms: quarter(1), median_ms: quarter(2), q3_ms: quarter(3) }
    }
}

/// The quantile `part / whole` of sorted numbers, in between where it falls between two of them (Hyndman and Fan's type 7,
/// which R and NumPy take unless told otherwise): the median of an even count is the mean of the two in the middle.
fn quantile(sorted: &[i64], part: usize, whole: usize) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? * part;
    let (low, rest) = (place / whole, place % whole);
    let at = sorted[low];
    let next = sorted.get(low + 1).copied().unwrap_or(at);
    Some(at as f64 + (next - at) as f64 * rest as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_lie_between_what_was_measured() {
        for (lengths, quarters) in [
            (&[][..], [None, None, None]),
            (&[5], [Some(5.0), Some(5.0), Some(5.0)]),
            (&[2, 1], [Some(1.25), Some(1.5), Some(1.75)]),
            (&[1, 3, 2], [Some(1.5), Some(2.0), Some(2.5)]),
            (&[1, 10, 3, 2], [Some(1.75), Some(2.5), Some(4.75)]),
        ] {
            let Quartiles { q1_ms, median_ms, q3_ms } = Quartiles::of(lengths.to_vec());
            assert_eq!([q1_ms, median_ms, q3_ms], quarters, "{lengths:?}");
        }
    }
}
