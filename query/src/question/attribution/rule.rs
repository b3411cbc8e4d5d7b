//! How the credit for conversions is divided among what led to them: the rules of attribution, over paths of touches.
//!
//! A path is what somebody came by before a conversion, in order. Touches are numbers of touchpoints; what their names are
//! does not matter here.
//!
//! - *First*, *last*: all of the credit to that touch. *Last non-direct*: to the last that is not direct, and where all are, to the
//!   last.
//! - *Linear*: to each touch alike. *Position*: 40 % to the first, 40 % to the last, the rest to those between alike; half each of
//!   two. *Time decay*: by half for each seven days before the conversion.
//! - *Markov*: by removal effect. Touches are the states of a chain of the first order, from the beginning to the conversion
//!   or to nothing; the effect of a touchpoint is the share of the probability to convert that is lost where all who come to it go to
//!   nothing. Credit is in proportion to the effects. A touchpoint that follows itself is one touch: in a chain of the first order
//!   that changes no effect. (Anderl, Becker, von Wangenheim and Schumann 2016.)
//! - *Shapley*: the mean of what a touchpoint adds to the conversions of others, over all orders in which they may come together. Where
//!   a set of touchpoints is worth the conversions of all paths that need no others, that is to divide each conversion among the
//!   different touchpoints of its path alike.

/// Half of the weight of a touch is left after so long before the conversion: seven days.
const HALF_LIFE_MS: f64 = 7.0 * 86_400_000.0;
/// The weight of the first touch and of the last one, by position.
const POSITION_ENDS: f64 = 0.4;
/// What is smaller is a rounding error of a probability.
const PROBABILITY_MIN: f64 = 1e-12;

/// How credit is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// To the first touch.
    First,
    /// To the last touch.
    Last,
    /// To the last that is not direct.
    LastNonDirect,
    /// To each touch alike.
    Linear,
    /// 40 % to the first, 40 % to the last, 20 % to those between.
    Position,
    /// More to the later ones.
    TimeDecay,
    /// By removal effect.
    Markov,
    /// By what each adds.
    Shapley,
}

impl Model {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::First,
        Self::Last,
        Self::LastNonDirect,
        Self::Linear,
        Self::Position,
        Self::TimeDecay,
        Self::Markov,
        Self::Shapley,
    ];

    /// Its name in requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::LastNonDirect => "last_non_direct",
            Self::Linear => "linear",
            Self::Position => "position",
            Self::TimeDecay => "time_decay",
            Self::Markov => "markov",
            Self::Shapley => "shapley",
        }
    }
}

/// Somebody came by a touchpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// The number of the touchpoint.
    pub touchpoint: usize,
    /// How long before the conversion, in milliseconds.
    pub before_ms: i64,
    /// Nobody sent them.
    pub is_direct: bool,
}

/// The weights of the touches of a path, which sum to 1; `None` for a model that needs all paths.
pub fn weights(model: Model, path: &[Touch]) -> Option<Vec<f64>> {
    let count = path.len();
    let only = |place: usize| (0..count).map(|touch| f64::from(u8::from(touch == place))).collect();
    let last = count.saturating_sub(1);
    Some(match model {
        Model::First => only(0),
        Model::Last => only(last),
        Model::LastNonDirect => only(path.iter().rposition(|touch| !touch.is_direct).unwrap_or(last)),
        Model::Linear => vec![1.0 / count as f64; count],
        Model::Position => match count {
            0 | 1 => only(0),
            2 => vec![0.5, 0.5],
            _ => {
                let mut weights = vec![(1.0 - 2.0 * POSITION_ENDS) / (count - 2) as f64; count];
                (weights[0], weights[last]) = (POSITION_ENDS, POSITION_ENDS);
                weights
            }
        },
        Model::TimeDecay => {
            // Counted from the latest, so that none is too small for a number.
            let latest = path.iter().map(|touch| touch.before_ms).min().unwrap_or_default();
            let weight = |touch: &Touch| (-((touch.before_ms - latest) as f64) / HALF_LIFE_MS).exp2();
            let sum: f64 = path.iter().map(weight).sum();
            path.iter().map(|touch| weight(touch) / sum).collect()
        }
        Model::Shapley => {
            let mut different: Vec<usize> = path.iter().map(|touch| touch.touchpoint).collect();
            different.sort_unstable();
            different.dedup();
            let share = 1.0 / different.len() as f64;
            let is_first = |place: usize| {
                path[..place].iter().all(|earlier| earlier.touchpoint != path[place].touchpoint)
            };
            (0..count).map(|place| if is_first(place) { share } else { 0.0 }).collect()
        }
        Model::Markov => return None,
    })
}

/// A chain of touchpoints: how often what followed what.
#[derive(Clone, Debug)]
pub struct Chain {
    touchpoints: usize,
    /// From a touchpoint, and last from the beginning: to each touchpoint, then to the conversion and to nothing.
    followed: Vec<Vec<f64>>,
}

impl Chain {
    /// A chain of so many touchpoints.
    pub fn new(touchpoints: usize) -> Self {
        Self { touchpoints, followed: vec![vec![0.0; touchpoints + 2]; touchpoints + 1] }
    }

    /// Adds a path.
    pub fn add(&mut self, path: impl Iterator<Item = usize>, converted: bool) {
        let mut from = self.touchpoints;
        for touchpoint in path {
            if touchpoint != from {
                self.followed[from][touchpoint] += 1.0;
                from = touchpoint;
            }
        }
        // A path of nothing begins and ends nowhere.
        if from != self.touchpoints {
            let end = if converted { self.touchpoints } else { self.touchpoints + 1 };
            self.followed[from][end] += 1.0;
        }
    }

    /// The removal effect of each touchpoint, from 0 to 1: which share of the probability to convert is lost without it.
    pub fn removal_effects(&self) -> Vec<f64> {
        let count = self.touchpoints;
        let share = |from: &Vec<f64>| -> Vec<f64> {
            let sum: f64 = from.iter().sum();
            from.iter().map(|times| if sum > 0.0 { times / sum } else { 0.0 }).collect()
        };
        let chances: Vec<Vec<f64>> = self.followed.iter().map(share).collect();
        // How often each is come to from each, the first coming included: (I - Q)⁻¹.
        let visits = inverse((0..count).map(|from| {
            let stays = |to: usize| f64::from(u8::from(from == to)) - chances[from][to];
            (0..count).map(stays).collect()
        }));
        let converts: Vec<f64> =
            (0..count).map(|from| (0..count).map(|by| visits[from][by] * chances[by][count]).sum()).collect();
        let begins = &chances[count];
        let total: f64 = (0..count).map(|first| begins[first] * converts[first]).sum();
        let effect = |touchpoint: usize| {
            if total < PROBABILITY_MIN || visits[touchpoint][touchpoint] < PROBABILITY_MIN {
                return 0.0;
            }
            let comes: f64 = (0..count).map(|first| begins[first] * visits[first][touchpoint]).sum();
            // Who ever comes to it is lost, with what they would have done from there.
            (comes / visits[touchpoint][touchpoint] * converts[touchpoint] / total).clamp(0.0, 1.0)
        };
        (0..count).map(effect).collect()
    }
}

/// The inverse of a matrix that has one, by Gauss and Jordan with the largest pivot.
fn inverse(rows: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let mut left: Vec<Vec<f64>> = rows.collect();
    let count = left.len();
    let mut right: Vec<Vec<f64>> =
        (0..count).map(|row| (0..count).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    for column in 0..count {
        let pivot = (column..count)
            .max_by(|one, other| left[*one][column].abs().total_cmp(&left[*other][column].abs()))
            .unwrap_or(column);
        left.swap(column, pivot);
        right.swap(column, pivot);
        let divisor = left[column][column];
        // Each state is left for good with some probability, so there is one.
        if divisor.abs() < PROBABILITY_MIN {
            continue;
        }
        for cell in left[column].iter_mut().chain(&mut right[column]) {
            *cell /= divisor;
        }
        let (own_left, own_right) = (left[column].clone(), right[column].clone());
        for row in (0..count).filter(|row| *row != column) {
            let factor = left[row][column];
            if factor != 0.0 {
                let minus = |cells: &mut [f64], own: &[f64]| {
                    cells.iter_mut().zip(own).for_each(|(cell, own)| *cell -= factor * own);
                };
                minus(&mut left[row], &own_left);
                minus(&mut right[row], &own_right);
            }
        }
    }
    right
}

/// An amount divided in proportion, so that the parts sum to it: what is left over goes to those who lost most by rounding.
pub fn divided(amount: i128, weights: &[f64]) -> Vec<i128> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|weight| amount as f64 * weight / sum).collect();
    let mut parts: Vec<i128> = exact.iter().map(|part| part.floor() as i128).collect();
    let mut left = amount - parts.iter().sum::<i128>();
    let mut places: Vec<usize> = (0..weights.len()).filter(|place| weights[*place] > 0.0).collect();
    places.sort_by(|one, other| {
        let lost = |place: usize| exact[place] - exact[place].floor();
        lost(*other).total_cmp(&lost(*one)).then(one.cmp(other))
    });
    // Of amounts that a float does not hold exactly more than one each is left over.
    let each = left / places.len() as i128;
    for place in &places {
        parts[*place] += each;
    }
    left -= each * places.len() as i128;
    for place in places {
        if left == 0 {
            break;
        }
        parts[place] += left.signum();
        left -= left.signum();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn path(text: &str) -> Vec<Touch> {
        let touch = |word: &str| {
            let (touchpoint, days) = word.split_once(':').unwrap();
            Touch {
                touchpoint: touchpoint.parse().unwrap(),
                before_ms: days.parse::<i64>().unwrap() * DAY_MS,
                is_direct: touchpoint == "0",
            }
        };
        text.split_whitespace().map(touch).collect()
    }

    fn near(one: &[f64], other: &[f64]) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-6)
    }

    #[test]
    fn the_credit_of_a_path() {
        for (model, text, expected) in [
            (Model::First, "1:3 2:2 0:0", &[1.0, 0.0, 0.0][..]),
            (Model::Last, "1:3 2:2 0:0", &[0.0, 0.0, 1.0]),
            (Model::LastNonDirect, "1:3 2:2 0:0", &[0.0, 1.0, 0.0]),
            (Model::LastNonDirect, "0:3 0:0", &[0.0, 1.0]),
            (Model::Linear, "1:3 2:2 0:0 1:0", &[0.25; 4]),
            (Model::Position, "1:0", &[1.0]),
            (Model::Position, "1:1 2:0", &[0.5, 0.5]),
            (Model::Position, "1:2 2:1 3:0", &[0.4, 0.2, 0.4]),
            (Model::Position, "1:2 2:1 3:0 4:0", &[0.4, 0.1, 0.1, 0.4]),
            (Model::TimeDecay, "1:14 2:7 3:0", &[0.142_857, 0.285_714, 0.571_429]),
            // Long ago, which would be nothing by itself.
            (Model::TimeDecay, "1:99000 2:99000", &[0.5, 0.5]),
            (Model::Shapley, "1:3 2:2 1:1", &[0.5, 0.5, 0.0]),
        ] {
            let weights = weights(model, &path(text)).unwrap();
            assert!(near(&weights, expected), "{model:?} {text}: {weights:?}");
        }
    }

    #[test]
    fn the_credit_of_two_channels_by_shapley_is_what_each_adds() {
        // Alone 4 and 6, together 20: ten conversions needed both.
        let mut credit = [0.0; 2];
        for (text, times) in [("0:0", 4), ("1:0", 6), ("0:1 1:0", 10)] {
            let path = path(text);
            for (touch, weight) in path.iter().zip(weights(Model::Shapley, &path).unwrap()) {
                credit[touch.touchpoint] += weight * f64::from(times);
            }
        }
        assert!(near(&credit, &[9.0, 11.0]), "{credit:?}");
    }

    #[test]
    fn the_removal_effects_of_a_chain() {
        for (paths, expected) in [
            // One of three converts: by all three.
            (&[(&[0, 1, 2][..], true), (&[0], false), (&[1, 2], false)][..], &[0.5, 1.0, 1.0][..]),
            // The same with touchpoints that follow themselves.
            (&[(&[0, 0, 1, 2], true), (&[0, 0, 0], false), (&[1, 2, 2], false)], &[0.5, 1.0, 1.0]),
            (&[(&[0], true), (&[1], true), (&[2], false)], &[0.5, 0.5, 0.0]),
            // A circle.
            (&[(&[0, 1, 0, 1], true)], &[1.0, 1.0, 0.0]),
            (&[(&[0], false)], &[0.0; 3]),
            (&[], &[0.0; 3]),
        ] {
            let mut chain = Chain::new(3);
            for (path, converted) in paths {
                chain.add(path.iter().copied(), *converted);
            }
            let effects = chain.removal_effects();
            assert!(near(&effects, expected), "{paths:?}: {effects:?}");
        }
    }

    #[test]
    fn parts_of_an_amount_sum_to_it() {
        for (amount, weights, parts) in [
            (100, &[1.0, 1.0, 1.0][..], &[34, 33, 33][..]),
            (-100, &[1.0, 1.0, 1.0], &[-33, -33, -34]),
            (10, &[0.4, 0.2, 0.4], &[4, 2, 4]),
            (1, &[0.0, 1.0], &[0, 1]),
            (5, &[0.0, 0.0], &[0, 0]),
            (0, &[1.0], &[0]),
        ] {
            assert_eq!(divided(amount, weights), parts, "{amount} {weights:?}");
        }
        // As many as a sum of the store holds.
        let large = 99_999_999_999_999_999_999_999_999_999_999_999_999;
        assert_eq!(divided(large, &[1.0, 2.0, 4.0]).iter().sum::<i128>(), large);
    }
}
