//! Which time a request is about, as far as its address says it. From that follow whether its answer may be kept, and what
//! would make the question smaller.

use orma_store::Site;
use serde::Deserialize;

use super::params::parse_query;
use crate::plan::period::{Period, utc_day};
use crate::timestamp::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// The time that an address names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many days it has, rounded up; `None` where it does not say both ends.
    pub days: Option<i64>,
    /// Of a period that has ended: the last UTC day whose events count for its answer. It is the one after the period's
    /// last, because visits are looked at to its end.
    pub finished: Option<String>,
}

impl Asked {
    /// What a query string says. What is wrong with it is said by who reads it for an answer.
    pub fn of(site: &Site, query: Option<&str>, now: Timestamp) -> Self {
        #[derive(Deserialize)]
        struct Edges {
            from: Option<String>,
            to: Option<String>,
        }
        let Ok(Edges { from, to }) = parse_query::<Edges>(query.unwrap_or_default()) else {
            return Self::default();
        };
        Period::parse_open(site, from.as_deref(), to.as_deref())
            .map_or_else(|_| Self::default(), |period| Self::about(&period, now))
    }

    /// What a period says.
    pub fn about(period: &Period, now: Timestamp) -> Self {
        let end = period.end();
        let days = period.beginning().zip(end).map(|(from, to)| (to.0 - from.0 + DAY_MS - 1) / DAY_MS);
        let finished = end.filter(|end| *end <= now).map(|end| utc_day(Timestamp(end.0 - 1 + DAY_MS)));
        Self { days, finished }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{NOW, rome};

    #[test]
    fn a_period_is_finished_when_its_last_day_has_ended_at_the_site() {
        // NOW is the 21st of November 2026 in Rome.
        for (query, days, finished) in [
            (None, None, None),
            (Some("from=2026-11-01&to=2026-11-20"), Some(20), Some("2026-11-21")),
            (Some("filter=country%3Ais%3AIT&to=2026-11-20"), None, Some("2026-11-21")),
            (Some("from=2026-11-01&to=2026-11-21"), Some(21), None),
            (Some("from=2026-11-01"), None, None),
            (Some("from=2026-10-01&to=2026-10-31"), Some(32), Some("2026-11-01")),
            (Some("from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"), Some(1), Some("2026-11-02")),
            (Some("from=never&to=2026-11-02"), None, None),
            (Some("to=%FF"), None, None),
        ] {
            let asked = Asked::of(&rome(), query, NOW);
            assert_eq!((asked.days, asked.finished.as_deref()), (days, finished), "{query:?}");
        }
    }
}
