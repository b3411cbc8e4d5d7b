//! When a number gives an alarm: above or below a threshold, or unusual.
//!
//! Unusual is what is far from what the same hour, weekday or week had in the weeks before. What it had is their median, and
//! how far they lie apart is told by the median of the absolute deviations from it (MAD), which one odd week does not move.
//! With `spread = 1.4826 · MAD` (what the standard deviation is of normal values: Rousseeuw and Croux 1993) a value counts as
//! unusual when `|value − median| > deviations · spread`; 3.5 is the threshold of Iglewicz and Hoaglin, *How to Detect and
//! Handle Outliers*, 1993. Few weeks may agree by chance and have a MAD of nearly nothing, so the spread is at least
//! - 1.2533 times the mean absolute deviation where the MAD is 0, as the same book has it,
//! - the twentieth part of the median,
//! - of counts, the root of the median, at least 1: that is how much counts of independent people vary by themselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;

/// So many weeks are looked back.
pub const WEEKS: u8 = 8;
/// Fewer weeks with a number say nothing.
pub const WEEKS_MIN: u8 = 4;
/// Of Iglewicz and Hoaglin.
const DEVIATIONS_DEFAULT: f64 = 3.5;
const DEVIATIONS: std::ops::RangeInclusive<f64> = 1.0..=20.0;
const SPREAD_OF_MAD: f64 = 1.4826;
const SPREAD_OF_MEAN: f64 = 1.2533;
/// What varies less than this share of what is usual is not worth an alarm.
const SPREAD_SHARE_MIN: f64 = 0.05;
/// A threshold is not further from 0.
const THRESHOLD_MAX: f64 = 1e15;

/// What gives an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertRule {
    /// More than this.
    Above(Threshold),
    /// Less than this.
    Below(Threshold),
    /// Far from what the same hour, weekday or week had in the eight weeks before.
    Unusual(Unusual),
}

/// Where an alarm begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, example = 10)]
pub struct Threshold(pub f64);

/// What is unusual.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unusual {
    /// So many spreads from the median. Default 3.5.
    #[serde(default = "deviations_default")]
    #[schema(minimum = 1, maximum = 20, example = 3.5)]
    pub deviations: f64,
    /// To which side.
    #[serde(default)]
    pub direction: Direction,
}

const fn deviations_default() -> f64 {
    DEVIATIONS_DEFAULT
}

/// To which side something is unusual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More than usual.
    Up,
    /// Less than usual.
    Down,
    /// Either.
    #[default]
    Both,
}

/// What is usual.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Usual {
    /// The median of the weeks.
    pub median: f64,
    /// From here.
    pub low: f64,
    /// To here.
    pub high: f64,
    /// The weeks that had a number.
    pub weeks: u8,
}

/// What a rule says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No alarm.
    Fine,
    /// An alarm, and why.
    Breach(&'static str),
    /// Nothing can be said, and why.
    NoData(&'static str),
}

impl AlertRule {
    /// Refuses a rule whose numbers cannot be.
    ///
    /// # Errors
    /// They cannot.
    pub fn check(&self) -> Result<(), ApiError> {
        let (field, is_right, range) = match self {
            Self::Above(Threshold(threshold)) => {
                ("rule.above", threshold.abs() <= THRESHOLD_MAX, "from -1e15 to 1e15")
            }
            Self::Below(Threshold(threshold)) => {
                ("rule.below", threshold.abs() <= THRESHOLD_MAX, "from -1e15 to 1e15")
            }
            Self::Unusual(unusual) => {
                ("rule.unusual.deviations", DEVIATIONS.contains(&unusual.deviations), "from 1 to 20")
            }
        };
        if is_right {
            return Ok(());
        }
        Err(ApiError::invalid("invalid_rule", field, format!("`{field}` must be a number {range}.")))
    }

    /// Whether it compares with the weeks before.
    pub const fn looks_back(&self) -> bool {
        matches!(self, Self::Unusual(_))
    }

    /// What it says of a number; `earlier` are those of the weeks before, the latest first, as far as there were any.
    pub fn judge(
        &self,
        value: Option<f64>,
        earlier: &[Option<f64>],
        is_count: bool,
    ) -> (Verdict, Option<Usual>) {
        let usual = match self {
            Self::Unusual(unusual) => usual(earlier, unusual.deviations, is_count),
            _ => None,
        };
        let Some(value) = value else { return (Verdict::NoData("no_number"), usual) };
        let verdict = match (self, usual) {
            (Self::Above(Threshold(threshold)), _) if value > *threshold => Verdict::Breach("above"),
            (Self::Below(Threshold(threshold)), _) if value < *threshold => Verdict::Breach("below"),
            (Self::Above(_) | Self::Below(_), _) => Verdict::Fine,
            (Self::Unusual(_), None) => Verdict::NoData("not_enough_weeks"),
            (Self::Unusual(unusual), Some(usual)) => match unusual.direction {
                Direction::Up | Direction::Both if value > usual.high => Verdict::Breach("unusually_high"),
                Direction::Down | Direction::Both if value < usual.low => Verdict::Breach("unusually_low"),
                _ => Verdict::Fine,
            },
        };
        (verdict, usual)
    }
}

/// What is usual, by the numbers of the weeks before, the latest first. Counts of nothing before the first that is something
/// are of before anything was counted.
fn usual(earlier: &[Option<f64>], deviations: f64, is_count: bool) -> Option<Usual> {
    let is_begun = |value: &Option<f64>| value.is_some_and(|value| !is_count || value != 0.0);
    let known = earlier.iter().rposition(is_begun).map_or(0, |last| last + 1);
    let mut values: Vec<f64> = earlier[..known].iter().flatten().copied().collect();
    let weeks = u8::try_from(values.len()).unwrap_or(u8::MAX);
    if weeks < WEEKS_MIN {
        return None;
    }
    let median = median(&mut values);
    let far = deviations * spread(&values, median, is_count);
    // What is counted is never less than nothing.
    let low = if is_count && median >= 0.0 { (median - far).max(0.0) } else { median - far };
    Some(Usual { median, low, high: median + far, weeks })
}

fn spread(values: &[f64], median: f64, is_count: bool) -> f64 {
    let mut distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
    #[expect(clippy::cast_precision_loss, reason = "a few weeks")]
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    let mad = self::median(&mut distances);
    let spread = if mad > 0.0 { SPREAD_OF_MAD * mad } else { SPREAD_OF_MEAN * mean };
    let by_chance = if is_count { median.abs().sqrt().max(1.0) } else { 0.0 };
    spread.max(SPREAD_SHARE_MIN * median.abs()).max(by_chance)
}

/// The middle of some values, of which there is at least one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unusual(direction: Direction) -> AlertRule {
        AlertRule::Unusual(Unusual { deviations: 3.5, direction })
    }

    /// A rule, the number, those of the weeks before, and what it says.
    type Case<'a> = (AlertRule, Option<f64>, &'a [Option<f64>], Verdict);

    #[test]
    fn rules_as_a_table() {
        let steady = [100.0, 104.0, 96.0, 101.0, 99.0, 103.0, 97.0, 100.0].map(Some);
        let zeros = [0.0; 8].map(Some);
        let young =
            [Some(20.0), Some(22.0), Some(0.0), Some(21.0), Some(0.0), Some(0.0), Some(0.0), Some(0.0)];
        let short = [Some(20.0), Some(22.0), Some(21.0), None, None, None, None, None];
        let (up, down, both) = (unusual(Direction::Up), unusual(Direction::Down), unusual(Direction::Both));
        let table: [Case<'_>; 19] = [
            (AlertRule::Above(Threshold(10.0)), Some(10.0), &[], Verdict::Fine),
            (AlertRule::Above(Threshold(10.0)), Some(10.1), &[], Verdict::Breach("above")),
            (AlertRule::Below(Threshold(5.0)), Some(5.0), &[], Verdict::Fine),
            (AlertRule::Below(Threshold(5.0)), Some(0.0), &[], Verdict::Breach("below")),
            (AlertRule::Below(Threshold(-3.0)), Some(-4.0), &[], Verdict::Breach("below")),
            (AlertRule::Above(Threshold(10.0)), None, &[], Verdict::NoData("no_number")),
            // The root of 100 is 10, so 65 to 135 is usual.
            (both, Some(135.0), &steady, Verdict::Fine),
            (both, Some(136.0), &steady, Verdict::Breach("unusually_high")),
            (both, Some(65.0), &steady, Verdict::Fine),
            (both, Some(64.0), &steady, Verdict::Breach("unusually_low")),
            (up, Some(0.0), &steady, Verdict::Fine),
            (down, Some(1_000.0), &steady, Verdict::Fine),
            (up, Some(136.0), &steady, Verdict::Breach("unusually_high")),
            (down, Some(64.0), &steady, Verdict::Breach("unusually_low")),
            (both, None, &steady, Verdict::NoData("no_number")),
            // Nothing was ever counted: nothing is known.
            (both, Some(1_000.0), &zeros, Verdict::NoData("not_enough_weeks")),
            // A week of nothing in between is one of nothing, those before the first are not.
            (both, Some(20.0), &young, Verdict::Fine),
            (both, Some(20.0), &short, Verdict::NoData("not_enough_weeks")),
            (both, Some(20.0), &[], Verdict::NoData("not_enough_weeks")),
        ];
        for (rule, value, earlier, verdict) in table {
            assert_eq!(rule.judge(value, earlier, true).0, verdict, "{rule:?} {value:?} {earlier:?}");
        }
    }

    #[test]
    fn one_odd_week_moves_neither_what_is_usual_nor_how_far_it_reaches() {
        let odd = [100.0, 5_000.0, 96.0, 101.0, 99.0, 103.0, 97.0, 100.0].map(Some);
        let (verdict, usual) = unusual(Direction::Both).judge(Some(150.0), &odd, true);
        assert_eq!(verdict, Verdict::Breach("unusually_high"));
        assert_eq!(usual.unwrap(), Usual { median: 100.0, low: 65.0, high: 135.0, weeks: 8 });
    }

    #[test]
    fn rates_that_agree_have_the_spread_of_their_mean_deviation_or_a_share() {
        let same = [0.5; 8].map(Some);
        let (verdict, usual) = unusual(Direction::Both).judge(Some(0.55), &same, false);
        let usual = usual.unwrap();
        assert_eq!(verdict, Verdict::Fine);
        assert!((usual.high - 0.5875).abs() < 1e-9 && (usual.low - 0.4125).abs() < 1e-9, "{usual:?}");
        // Five of eight agree: the MAD is 0, the mean deviation 0.3 / 8.
        let most = [0.5, 0.5, 0.5, 0.5, 0.5, 0.6, 0.4, 0.6].map(Some);
        let usual = unusual(Direction::Both).judge(Some(0.55), &most, false).1.unwrap();
        assert!((usual.high - 0.5 - 3.5 * 1.2533 * 0.0375).abs() < 1e-9, "{usual:?}");
    }

    /// The rule once more, as the text says it and nothing else.
    fn plainly(value: f64, weeks: &[f64]) -> bool {
        fn middle(values: &[f64]) -> f64 {
            let below = |one: &f64| values.iter().filter(|other| *other < one).count();
            let mut ranked: Vec<f64> = values.to_vec();
            ranked.sort_by_key(below);
            let half = ranked.len() / 2;
            if ranked.len().is_multiple_of(2) {
                f64::midpoint(ranked[half - 1], ranked[half])
            } else {
                ranked[half]
            }
        }
        let median = middle(weeks);
        let apart: Vec<f64> = weeks.iter().map(|week| (week - median).abs()).collect();
        let mut spread = 1.4826 * middle(&apart);
        if spread == 0.0 {
            spread = 1.2533 * apart.iter().sum::<f64>() / f64::from(u32::try_from(apart.len()).unwrap());
        }
        for least in [median / 20.0, median.sqrt(), 1.0] {
            if spread < least {
                spread = least;
            }
        }
        (value - median).abs() > 3.5 * spread
    }

    #[test]
    fn random_series_are_judged_as_the_text_says() {
        let mut random = fastrand::Rng::with_seed(20);
        let mut breaches = 0;
        for _ in 0..5_000 {
            let level = random.u32(1..2_000);
            let odd = random.u32(0..3);
            let weeks: Vec<f64> = (0..random.usize(4..9))
                .map(|_| {
                    f64::from(if random.u32(0..9) < odd {
                        level * 9
                    } else {
                        level + random.u32(0..=level / 3)
                    })
                })
                .collect();
            let value = f64::from(random.u32(0..level * 3));
            let earlier: Vec<Option<f64>> = weeks.iter().copied().map(Some).collect();
            let (verdict, _) = unusual(Direction::Both).judge(Some(value), &earlier, true);
            let is_breach = matches!(verdict, Verdict::Breach(_));
            assert_eq!(is_breach, plainly(value, &weeks), "{value} {weeks:?}");
            breaches += usize::from(is_breach);
        }
        assert!((500..4_500).contains(&breaches), "{breaches}");
    }
}
