//! Chance that repeats: the same seed and labels give the same numbers on every machine.

use fastrand::Rng;
use uuid::{Builder, Uuid};

/// A generator of chance. Not for secrets.
#[derive(Clone, Debug)]
pub struct Random(Rng);

impl Random {
    /// The generator that belongs to these labels under this seed, so that every day and every visit can have its own.
    pub fn of(seed: u64, labels: &[u64]) -> Self {
        let mut generator = Rng::with_seed(seed);
        for label in labels {
            generator = Rng::with_seed(generator.u64(..).wrapping_add(*label));
        }
        Self(generator)
    }

    /// 64 even bits.
    pub fn next(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// From 0 up to, but not including, 1.
    pub fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.i64(least..=most)
    }

    /// A place in a list of this length, which must not be 0.
    pub fn place(&mut self, length: usize) -> usize {
        self.0.u64(..length as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.place(choices.len())]
    }

    /// One of these, as often as its weight says.
    pub fn weighted<'a, T>(&mut self, choices: &'a [(T, f64)]) -> &'a T {
        let total: f64 = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.unit() * total;
        for (choice, weight) in choices {
            left -= weight;
            if left < 0.0 {
                return choice;
            }
        }
        &choices[choices.len() - 1].0
    }

    /// The normal distribution around 0 with deviation 1, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// The log-normal distribution: half of the values are below `median`; `sigma` is the deviation of their
    /// logarithm.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// The exponential distribution with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A whole number around `mean`: the part after the point is the chance of one more.
    pub fn about(&mut self, mean: f64) -> u32 {
        mean as u32 + u32::from(self.chance(mean.fract()))
    }

    /// A UUID of version 7 for this moment, in milliseconds since the epoch.
    pub fn uuid_v7(&mut self, moment_ms: i64) -> Uuid {
        let mut tail = [0; 10];
        self.0.fill(&mut tail);
        Builder::from_unix_timestamp_millis(moment_ms.unsigned_abs(), &tail).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_numbers_that_it_gave_before() {
        let mut random = Random::of(1_234_567, &[1, 2]);
        let expected = [2_096_613_065_666_194_788, 16_472_745_531_099_994_091, 18_373_659_011_715_041_374];
        assert_eq!([random.next(), random.next(), random.next()], expected);
    }

    #[test]
    fn every_label_has_its_own_stream() {
        let first = |labels: &[u64]| Random::of(1, labels).next();
        let streams = [
            first(&[]),
            first(&[0]),
            first(&[1]),
            first(&[0, 1]),
            first(&[1, 0]),
            Random::of(2, &[0]).next(),
        ];
        for (place, stream) in streams.iter().enumerate() {
            assert!(!streams[..place].contains(stream), "{place}");
        }
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
    }

    #[test]
    fn distributions_keep_their_middle() {
        let mut random = Random::of(7, &[]);
        let mut values: Vec<f64> = (0..10_001).map(|_| random.log_normal(300.0, 0.6)).collect();
        values.sort_by(f64::total_cmp);
        assert!((280.0..320.0).contains(&values[5_000]), "{}", values[5_000]);
        let mean = (0..10_000).map(|_| random.exponential(5.0)).sum::<f64>() / 10_000.0;
        assert!((4.7..5.3).contains(&mean), "{mean}");
        let heavy = (0..10_000).filter(|_| *random.weighted(&[(true, 3.0), (false, 1.0)])).count();
        assert!((7_300..7_700).contains(&heavy), "{heavy}");
        assert!((0..1_000).all(|_| (3..=5).contains(&random.between(3, 5))));
    }

    #[test]
    fn a_uuid_holds_its_moment() {
        let uuid = Random::of(1, &[]).uuid_v7(1_795_255_200_512);
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().unwrap().to_unix(), (1_795_255_200, 512_000_000));
    }
}
