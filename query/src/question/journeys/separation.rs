//! What separates the journeys that converted from those that did not: which nodes and which moves more of the ones have than
//! of the others.
//!
//! Of who converted only what came before the first conversion counts; of the others the whole journey. A journey has a
//! node, or a move from one to another, once, however often it does.

use foldhash::{HashMap, HashSet};

use super::proportions::{Pair, Proportion, adjusted, two_sided};
use super::rule::Journey;

/// A node, or a move from it to the next.
pub type Trait = (u32, Option<u32>);

/// How many journeys have each trait.
#[derive(Clone, Debug, Default)]
pub struct Separation {
    /// Journeys that converted.
    pub converted: u64,
    /// Of these, those with nothing before the first conversion.
    pub at_once: u64,
    /// Journeys that did not.
    pub not_converted: u64,
    /// Of those that converted, and of those that did not.
    counts: HashMap<Trait, (u64, u64)>,
}

/// A trait, and how much more of the ones have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which.
    pub of: Trait,
    /// Those that converted beside those that did not.
    pub pair: Pair,
    /// How many standard errors they are apart.
    pub z: f64,
    /// How likely that is by chance.
    pub p: f64,
    /// The same, as one of all that were tested.
    pub adjusted_p: f64,
}

/// Those of a journey that count: each once.
pub fn traits(journey: &Journey) -> HashSet<Trait> {
    let nodes = journey.before.iter().map(|node| (*node, None));
    let moves = journey.before.windows(2).map(|pair| (pair[0], Some(pair[1])));
    nodes.chain(moves).collect()
}

impl Separation {
    /// Adds a journey.
    pub fn add(&mut self, journey: &Journey) {
        let converts = journey.conversions > 0;
        if converts {
            self.converted += 1;
            self.at_once += u64::from(journey.before.is_empty());
        } else {
            self.not_converted += 1;
        }
        for one in traits(journey) {
            let (converted, not_converted) = self.counts.entry(one).or_default();
            *(if converts { converted } else { not_converted }) += 1;
        }
    }

    /// What enough journeys have, the strongest first; and how many traits too few have. Nothing where there are none of
    /// either. `rank` says the order of traits that are as strong.
    pub fn differences<K: Ord>(
        &self,
        min_support: u64,
        rank: impl Fn(Trait) -> K,
    ) -> (Vec<Difference>, usize) {
        let has_support = |(converted, not_converted): &(u64, u64)| converted + not_converted >= min_support;
        let too_few = self.counts.values().filter(|counts| !has_support(counts)).count();
        if self.converted == 0 || self.not_converted == 0 {
            return (Vec::new(), too_few);
        }
        let mut found: Vec<Difference> = self
            .counts
            .iter()
            .filter(|(_, counts)| has_support(counts))
            .map(|(of, (converted, not_converted))| {
                let pair = Pair {
                    one: Proportion { with: *converted, of: self.converted },
                    other: Proportion { with: *not_converted, of: self.not_converted },
                };
                let z = pair.z();
                Difference { of: *of, pair, z, p: two_sided(z), adjusted_p: 1.0 }
            })
            .collect();
        let p_values: Vec<f64> = found.iter().map(|difference| difference.p).collect();
        for (difference, p) in found.iter_mut().zip(adjusted(&p_values)) {
            difference.adjusted_p = p;
        }
        let support = |difference: &Difference| difference.pair.one.with + difference.pair.other.with;
        found.sort_by(|one, other| {
            let stronger = other.z.abs().total_cmp(&one.z.abs());
            stronger
                .then_with(|| support(other).cmp(&support(one)))
                .then_with(|| rank(one.of).cmp(&rank(other.of)))
        });
        (found, too_few)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Journeys of letters, with `!` those that converted after them, and how many took them.
    type Taken = (&'static str, u64);

    fn separation(journeys: &[Taken]) -> Separation {
        let mut separation = Separation::default();
        for (text, times) in journeys {
            let nodes: Vec<u32> = text.trim_end_matches('!').bytes().map(u32::from).collect();
            let conversions = u64::from(text.ends_with('!'));
            let journey = Journey { before: nodes, conversions, ..Journey::default() };
            (0..*times).for_each(|_| separation.add(&journey));
        }
        separation
    }

    fn name((from, to): Trait) -> String {
        [Some(from), to].into_iter().flatten().map(|node| char::from_u32(node).unwrap()).collect()
    }

    /// Trait, how many of the ones and of the others have it, lift in hundredths.
    type Told = (&'static str, u64, u64, Option<u64>);

    #[test]
    fn traits_count_once_for_a_journey_and_come_by_strength() {
        let table: [(&[Taken], u64, &[Told], usize); 5] = [
            // 60 of 100 against 40 of 100, as in the test of proportions; a has everybody.
            (
                &[("abab!", 60), ("a!", 40), ("ab", 40), ("a", 60)],
                1,
                // `ba` has 60 and none.
                &[
                    ("ba", 60, 0, None),
                    ("ab", 60, 40, Some(150)),
                    ("b", 60, 40, Some(150)),
                    ("a", 100, 100, Some(100)),
                ],
                0,
            ),
            // What has too little support is not told.
            (
                &[("ab!", 10), ("a", 20), ("c", 4)],
                5,
                &[("ab", 10, 0, None), ("b", 10, 0, None), ("a", 10, 20, Some(120))],
                1,
            ),
            // Less of the ones.
            (
                &[("a!", 10), ("ab", 10)],
                1,
                &[("ab", 0, 10, Some(0)), ("b", 0, 10, Some(0)), ("a", 10, 10, Some(100))],
                0,
            ),
            // Nobody to be held against.
            (&[("a!", 10)], 1, &[], 0),
            (&[("a", 10)], 11, &[], 1),
        ];
        for (journeys, min_support, expected, too_few) in table {
            let (found, few) = separation(journeys).differences(min_support, name);
            let told: Vec<(String, u64, u64, Option<u64>)> = found
                .iter()
                .map(|it| {
                    let lift = (it.pair.other.with > 0)
                        .then(|| (100.0 * it.pair.one.share() / it.pair.other.share()).round() as u64);
                    (name(it.of), it.pair.one.with, it.pair.other.with, lift)
                })
                .collect();
            let expected: Vec<(String, u64, u64, Option<u64>)> = expected
                .iter()
                .map(|(name, one, other, lift)| ((*name).to_owned(), *one, *other, *lift))
                .collect();
            assert_eq!((told, few), (expected, too_few), "{journeys:?}");
        }
    }

    #[test]
    fn who_converted_at_once_counts_among_the_converted() {
        let separation = separation(&[("!", 3), ("a!", 1), ("a", 2), ("", 1)]);
        assert_eq!((separation.converted, separation.at_once, separation.not_converted), (4, 3, 3));
        let (found, _) = separation.differences(1, name);
        assert_eq!((found[0].pair.one.share(), found.len()), (0.25, 1));
    }

    #[test]
    fn of_many_traits_each_is_one_of_many_tests() {
        let (found, _) = separation(&[("ab!", 60), ("a!", 40), ("ab", 40), ("a", 60)]).differences(1, name);
        let b = found.iter().find(|it| name(it.of) == "b").unwrap();
        assert!((b.p - 0.004_677_734_981).abs() < 1e-9, "{b:?}");
        // `ab` and `b` have the same, of three.
        assert!((b.adjusted_p - 1.5 * b.p).abs() < 1e-12, "{b:?}");
    }
}
