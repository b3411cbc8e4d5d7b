//! Numbers that must not grow: samples, the line through them, a bound.

/// The first part of a soak, in which caches and windows fill, is left out: this share of the samples.
const WARM_UP_SHARE: f64 = 1.0 / 3.0;

/// A number that is looked at again and again.
#[derive(Debug)]
pub struct Watch {
    /// What it is, with its unit.
    pub name: &'static str,
    /// It may grow by so much a minute.
    pub growth_max: f64,
    /// Minutes since the start, value.
    samples: Vec<(f64, f64)>,
}

impl Watch {
    pub fn new(name: &'static str, growth_max: f64) -> Self {
        Self { name, growth_max, samples: Vec::new() }
    }

    pub fn add(&mut self, minutes: f64, value: f64) {
        self.samples.push((minutes, value));
    }

    /// The first value, the one after the warm-up, the highest, the last.
    pub fn extent(&self) -> [f64; 4] {
        let value = |sample: Option<&(f64, f64)>| sample.map_or(f64::NAN, |sample| sample.1);
        let highest = self.samples.iter().map(|sample| sample.1).fold(f64::NAN, f64::max);
        [value(self.samples.first()), value(self.warm().first()), highest, value(self.samples.last())]
    }

    /// The samples after the warm-up.
    fn warm(&self) -> &[(f64, f64)] {
        &self.samples[(self.samples.len() as f64 * WARM_UP_SHARE) as usize..]
    }

    /// Growth a minute: the slope of the least-squares line through the samples after the warm-up.
    pub fn growth(&self) -> f64 {
        slope(self.warm())
    }

    /// Whether it grows no faster than it may.
    pub fn is_flat(&self) -> bool {
        self.growth() <= self.growth_max
    }
}

/// The slope of the line for which the sum of the squares of the distances along y is least.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let products: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let squares: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if squares > 0.0 { products / squares } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_of_the_line_after_the_warm_up() {
        let mut watch = Watch::new("KiB", 5.0);
        for sample in 0..90 {
            let minutes = f64::from(sample) / 6.0;
            // Fast at first, then 4 a minute with noise that is the same on both sides of the line.
            let value = if sample < 30 { 100.0 * minutes } else { 500.0 + 4.0 * minutes };
            watch.add(minutes, value + if sample % 4 < 2 { 3.0 } else { -3.0 });
        }
        assert!((watch.growth() - 4.0).abs() < 0.2, "{}", watch.growth());
        assert!(watch.is_flat());
        watch.growth_max = 3.0;
        assert!(!watch.is_flat());
        assert_eq!(watch.extent().map(|value| value.round() as i64), [3, 517, 562, 562]);
    }

    #[test]
    fn one_sample_has_no_slope() {
        let mut watch = Watch::new("KiB", 0.0);
        watch.add(0.0, 7.0);
        assert!(watch.is_flat());
    }
}
