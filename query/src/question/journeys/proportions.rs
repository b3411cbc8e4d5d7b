//! Two shares beside each other: how far they are apart, and how likely that is by chance.
//!
//! - The interval of the difference is Newcombe's, made of Wilson's intervals of both shares: method 10 of R. G. Newcombe,
//!   *Interval estimation for the difference between independent proportions*, Statistics in Medicine 17 (1998), 873–890. It
//!   holds for small counts, and for shares of nothing and of all.
//! - The test is that of two proportions with the common one in the standard error: NIST/SEMATECH *e-Handbook of Statistical
//!   Methods*, 7.3.3.
//! - Of many tests some find something by chance: p-values are adjusted as by Y. Benjamini and Y. Hochberg, *Controlling the
//!   false discovery rate*, Journal of the Royal Statistical Society B 57 (1995), 289–300.

/// Of 95 of 100 intervals the difference lies within.
const Z_OF_95_PERCENT: f64 = 1.959_963_984_540_054;

/// So many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    /// How many have it.
    pub with: u64,
    /// Of how many; not none.
    pub of: u64,
}

/// Two shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one.
    pub one: Proportion,
    /// The one that it is held against.
    pub other: Proportion,
}

impl Proportion {
    /// Its share, from 0 to 1.
    pub fn share(self) -> f64 {
        self.with as f64 / self.of as f64
    }

    /// Wilson's interval.
    fn interval(self) -> (f64, f64) {
        let (share, count, square) = (self.share(), self.of as f64, Z_OF_95_PERCENT * Z_OF_95_PERCENT);
        let scale = 1.0 + square / count;
        let centre = (share + square / (2.0 * count)) / scale;
        let spread = share * (1.0 - share) / count + square / (4.0 * count * count);
        let half = Z_OF_95_PERCENT * spread.sqrt() / scale;
        (centre - half, centre + half)
    }
}

impl Pair {
    /// How far the one is above the other.
    pub fn difference(self) -> f64 {
        self.one.share() - self.other.share()
    }

    /// In which interval that lies with a probability of 95 %.
    pub fn interval(self) -> (f64, f64) {
        let (one, other) = (self.one.share(), self.other.share());
        let ((one_low, one_high), (other_low, other_high)) = (self.one.interval(), self.other.interval());
        let below = (one - one_low).hypot(other_high - other);
        let above = (one_high - one).hypot(other - other_low);
        ((self.difference() - below).max(-1.0), (self.difference() + above).min(1.0))
    }

    /// How many standard errors the one is above the other, if both were one; 0 where nobody has it, or everybody.
    pub fn z(self) -> f64 {
        let (one, other) = (self.one.of as f64, self.other.of as f64);
        let all = (self.one.with + self.other.with) as f64 / (one + other);
        let error = (all * (1.0 - all) * (one.recip() + other.recip())).sqrt();
        if error > 0.0 { self.difference() / error } else { 0.0 }
    }
}

/// How likely a value of the normal distribution is at least so far from its middle, on either side.
pub fn two_sided(z: f64) -> f64 {
    /// From here on the continued fraction is exact with few terms, and the series loses digits.
    const SERIES_MAX: f64 = 2.5;
    let x = z.abs() / std::f64::consts::SQRT_2;
    if x == 0.0 {
        return 1.0;
    }
    let bell = (-x * x).exp() / std::f64::consts::PI.sqrt();
    if x < SERIES_MAX {
        // erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)).
        let (mut term, mut sum) = (x, x);
        for place in 1..100 {
            term *= 2.0 * x * x / f64::from(2 * place + 1);
            sum += term;
        }
        return (1.0 - 2.0 * bell * sum).clamp(0.0, 1.0);
    }
    // erfc(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))).
    let fraction = (1..100).rev().fold(x, |rest, place| x + f64::from(place) / 2.0 / rest);
    bell / fraction
}

/// The p-values of tests that were made together, in their order, adjusted for that: of those below a limit at most this share
/// is expected to be chance.
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (rank, place) in order.into_iter().enumerate().rev() {
        // Divided first: what is multiplied by one stays as it is.
        least = least.min(p_values[place] * (count / (rank + 1) as f64));
        adjusted[place] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(one: (u64, u64), other: (u64, u64)) -> Pair {
        let proportion = |(with, of)| Proportion { with, of };
        Pair { one: proportion(one), other: proportion(other) }
    }

    fn near(one: f64, other: f64, most: f64) -> bool {
        (one - other).abs() <= most
    }

    #[test]
    fn intervals_are_those_that_newcombe_printed() {
        // Table II of the paper, method 10.
        for (one, other, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ] {
            let (found_low, found_high) = pair(one, other).interval();
            let is_near = near(found_low, low, 5e-5) && near(found_high, high, 5e-5);
            assert!(is_near, "{one:?} {other:?}: {found_low} {found_high}");
        }
    }

    #[test]
    fn the_test_of_two_proportions() {
        for (one, other, z, p) in [
            ((56, 70), (48, 80), 2.650_172, 0.008_045_081_368),
            ((60, 100), (40, 100), 2.828_427, 0.004_677_734_981),
            ((36, 2_000), (540, 18_000), -3.044_156, 0.002_333_340_384),
            ((10, 10), (0, 20), 5.477_226, 4.320_463_058e-8),
            ((0, 10), (0, 20), 0.0, 1.0),
            ((10, 10), (20, 20), 0.0, 1.0),
        ] {
            let found = pair(one, other).z();
            assert!(near(found, z, 1e-6), "{one:?} {other:?}: {found}");
            assert!(near(two_sided(found), p, p * 1e-8), "{one:?} {other:?}: {}", two_sided(found));
        }
    }

    #[test]
    fn the_tails_of_the_normal_distribution() {
        for (z, p) in [
            (0.0, 1.0),
            (0.5, 0.617_075_077_451_973_8),
            (-1.0, 0.317_310_507_862_914_15),
            (Z_OF_95_PERCENT, 0.05),
            (3.0, 0.002_699_796_063_260_191_3),
            (3.6, 0.000_318_217_180_315),
            (5.0, 5.733_031_437_583_892e-7),
            (8.0, 1.244_192_114_854_363_9e-15),
            (1e200, 0.0),
        ] {
            assert!(near(two_sided(z), p, p * 1e-8), "{z}: {}", two_sided(z));
        }
    }

    #[test]
    fn p_values_of_many_tests_are_adjusted() {
        // Each by how many were smaller, and none below one that was.
        for (p_values, expected) in [
            (&[][..], &[][..]),
            (&[0.04], &[0.04]),
            (&[0.01, 0.02, 0.03, 0.04], &[0.04, 0.04, 0.04, 0.04]),
            (&[0.5, 0.001, 0.02, 0.9], &[2.0 / 3.0, 0.004, 0.04, 0.9]),
            (&[1.0, 1.0], &[1.0, 1.0]),
        ] {
            let found = adjusted(p_values);
            let are_near = found.iter().zip(expected).all(|(one, other)| near(*one, *other, 1e-12));
            assert!(are_near && found.len() == expected.len(), "{p_values:?}: {found:?}");
        }
    }
}
