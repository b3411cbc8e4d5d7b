//! The parts that questions are made of, as values: periods and their buckets, dimensions, metrics, filters, cursors,
//! parameters. Each is parsed from the request and refused by the name of what is wrong.
//!
//! Nothing here writes SQL or asks the store; `sql` and the questions use it.

pub mod cursor;
pub mod dimension;
pub mod earlier;
pub mod filter;
pub mod metric;
pub mod parameter;
pub mod period;
mod whole;

pub use dimension::Dimension;
pub use earlier::{Earlier, Shift};
pub use filter::Filter;
pub use metric::Metric;
pub use period::{Interval, Period};

#[cfg(test)]
pub mod tests {
    use orma_store::Site;

    use super::Period;
    use crate::timestamp::Timestamp;

    /// A site whose days are days in Rome.
    pub fn rome() -> Site {
        Site {
            site: "demo".into(),
            name: "Demo".into(),
            timezone: "Europe/Rome".into(),
            currency: "EUR".into(),
            origins: Vec::new(),
        }
    }

    /// 2026-11-21 10:00 UTC.
    pub const NOW: Timestamp = Timestamp(1_795_255_200_000);

    /// Three weeks of that site.
    pub fn november() -> Period {
        Period::parse(&rome(), Some("2026-11-01"), Some("2026-11-21"), 30, NOW).unwrap()
    }
}
