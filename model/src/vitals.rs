//! What is measured of a page and of an app's start, from where it is good, and how that is called.

use serde::Serialize;

use crate::words::words;

words! {
    /// How good a measured value is, from the best. The words are those of the web-vitals library: events carry them and
    /// the store keeps them.
    Rating {
        /// Up to the first threshold.
        Good = "good",
        /// Between both.
        NeedsImprovement = "needs-improvement",
        /// Above the second.
        Poor = "poor",
    }
}

impl Rating {
    /// The word in the API's answers, which are in snake case throughout.
    pub const fn in_answers(self) -> &'static str {
        match self {
            Self::NeedsImprovement => "needs_improvement",
            Self::Good | Self::Poor => self.as_str(),
        }
    }

    /// The word in the API's answers for the word of an event; what is no rating stays as it is.
    pub fn answered(stored: &str) -> &str {
        match Self::find(stored) {
            Some(rating) => rating.in_answers(),
            None => stored,
        }
    }
}

/// A web vital: good up to and with the first threshold, poor above the second.
#[derive(Debug, Serialize)]
pub struct Vital {
    /// As events name it.
    pub name: &'static str,
    /// Of its value and its thresholds: `ms` or `score`.
    pub unit: &'static str,
    /// The highest value that is good.
    pub good_max: f64,
    /// The highest value that is not poor.
    pub poor_above: f64,
}

/// The vitals, in the order in which they are shown. Source of the thresholds: web.dev/articles/vitals, as in the
/// web-vitals library 6.2.3.
pub const VITALS: [Vital; 5] = [
    Vital { name: "LCP", unit: "ms", good_max: 2_500.0, poor_above: 4_000.0 },
    Vital { name: "INP", unit: "ms", good_max: 200.0, poor_above: 500.0 },
    Vital { name: "CLS", unit: "score", good_max: 0.1, poor_above: 0.25 },
    Vital { name: "FCP", unit: "ms", good_max: 1_800.0, poor_above: 3_000.0 },
    Vital { name: "TTFB", unit: "ms", good_max: 800.0, poor_above: 1_800.0 },
];

impl Vital {
    /// The vital of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        VITALS.iter().find(|vital| vital.name == name)
    }

    /// How good a value is.
    pub fn rating(&self, value: f64) -> Rating {
        if value <= self.good_max {
            Rating::Good
        } else if value > self.poor_above {
            Rating::Poor
        } else {
            Rating::NeedsImprovement
        }
    }
}

/// A way in which an app starts: good below the first threshold, poor above the second.
#[derive(Debug, Serialize)]
pub struct AppStart {
    /// As events name it.
    pub name: &'static str,
    /// Good below. Milliseconds.
    pub good_below_ms: i64,
    /// Poor above. Milliseconds.
    pub poor_above_ms: i64,
}

/// The starts, in the order in which they are shown. Cold and warm: Sentry's mobile vitals (good under 3 s and 1 s, poor
/// over 5 s and 2 s; Android vitals calls the same 5 s and 2 s slow). Hot: poor over the 1.5 s that Android vitals calls
/// slow, good under the 400 ms that Apple asks for up to the first frame.
pub const APP_STARTS: [AppStart; 3] = [
    AppStart { name: "cold", good_below_ms: 3_000, poor_above_ms: 5_000 },
    AppStart { name: "warm", good_below_ms: 1_000, poor_above_ms: 2_000 },
    AppStart { name: "hot", good_below_ms: 400, poor_above_ms: 1_500 },
];

impl AppStart {
    /// The start of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        APP_STARTS.iter().find(|start| start.name == name)
    }

    /// How good a duration is, in milliseconds.
    pub fn rating(&self, duration_ms: f64) -> Rating {
        if duration_ms < self.good_below_ms as f64 {
            Rating::Good
        } else if duration_ms > self.poor_above_ms as f64 {
            Rating::Poor
        } else {
            Rating::NeedsImprovement
        }
    }
}

#[cfg(test)]
mod tests {
    use Rating::{Good, NeedsImprovement, Poor};

    use super::*;

    #[test]
    fn the_bounds_of_a_rating_belong_to_the_better_one() {
        let table = [
            ("LCP", 2_500.0, "good"),
            ("LCP", 2_500.1, "needs-improvement"),
            ("LCP", 4_000.0, "needs-improvement"),
            ("LCP", 4_000.1, "poor"),
            ("INP", 200.0, "good"),
            ("INP", 501.0, "poor"),
            ("CLS", 0.0, "good"),
            ("CLS", 0.2, "needs-improvement"),
            ("CLS", 0.26, "poor"),
            ("FCP", 1_801.0, "needs-improvement"),
            ("TTFB", 1_801.0, "poor"),
        ];
        for (name, value, rating) in table {
            assert_eq!(Vital::find(name).unwrap().rating(value).as_str(), rating, "{name} {value}");
        }
        assert!(Vital::find("FID").is_none());
    }

    #[test]
    fn a_start_of_a_threshold_is_in_the_middle() {
        let table = [
            ("cold", 2_999.9, Good),
            ("cold", 3_000.0, NeedsImprovement),
            ("cold", 5_000.0, NeedsImprovement),
            ("cold", 5_000.1, Poor),
            ("warm", 1_000.0, NeedsImprovement),
            ("hot", 1_501.0, Poor),
        ];
        for (name, duration_ms, rating) in table {
            assert_eq!(AppStart::find(name).unwrap().rating(duration_ms), rating, "{name} {duration_ms}");
        }
        assert!(AppStart::find("lukewarm").is_none());
    }

    #[test]
    fn answers_are_in_snake_case() {
        for &rating in Rating::ALL {
            let word = rating.in_answers();
            assert!(word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()), "{word}");
            assert_eq!(Rating::answered(rating.as_str()), word);
        }
        assert_eq!((Rating::answered("needs-improvement"), Rating::answered("")), ("needs_improvement", ""));
    }
}
