//! Periods of whole days, weeks or months: what is told of each needs all of it, and what came before it.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::period::{Interval, Period, start_of_day};
use crate::error::ApiError;
use crate::timestamp::Timestamp;

impl Interval {
    /// A day, a week or a month, of a name; `default` where none is given.
    ///
    /// # Errors
    /// It is another, or none.
    pub fn parse_stretch(name: Option<&str>, default: Self) -> Result<Self, ApiError> {
        match name.map_or(Ok(default), Self::parse)? {
            Self::Minute | Self::Hour => {
                let message = "`interval` is `day`, `week` or `month`.";
                Err(ApiError::invalid("invalid_interval", "interval", message))
            }
            stretch => Ok(stretch),
        }
    }

    fn span(self, count: i64) -> Span {
        match self {
            Self::Minute | Self::Hour | Self::Day => count.days(),
            Self::Week => count.weeks(),
            Self::Month => count.months(),
        }
    }
}

impl Period {
    /// The same up to the beginning of its first stretch and the end of its last one. The first days of the calendar have no
    /// week of their own.
    ///
    /// # Errors
    /// There would be too many stretches.
    pub fn widened(&self, interval: Interval) -> Result<Self, ApiError> {
        let first = self.buckets(interval)?.first().map_or(self.from, |bucket| bucket.start);
        Ok(Self { from: first.max(Timestamp(0)), to: self.end_of(interval), ..self.clone() })
    }

    /// So many stretches before this one, which begins with one.
    pub fn stretches_before(&self, interval: Interval, count: usize) -> Self {
        let first = self.from.to_jiff().to_zoned(self.zone.clone()).date();
        let count = i64::try_from(count).unwrap_or_default();
        let before: Date = first.saturating_sub(interval.span(count));
        let from = start_of_day(before, &self.zone).max(Timestamp(0)).min(self.from);
        Self { from, to: self.from, ..self.clone() }
    }

    /// All that lies before it.
    pub fn everything_before(&self) -> Self {
        Self { from: Self::FIRST.min(self.from), to: self.from, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, rome};
    use super::*;

    #[test]
    fn a_period_is_widened_to_whole_stretches_and_has_as_many_before_it() {
        // What is asked, the interval, what it is widened to, and two stretches before that: as days in Rome.
        for (from, to, interval, widened, before) in [
            ("2026-11-10", "2026-11-11", Interval::Day, "2026-11-10 2026-11-12", "2026-11-08"),
            ("2026-11-10", "2026-11-11", Interval::Week, "2026-11-09 2026-11-16", "2026-10-26"),
            ("2026-11-10", "2026-12-01", Interval::Month, "2026-11-01 2027-01-01", "2026-09-01"),
            (
                "2026-11-10T12:00:00Z",
                "2026-11-10T13:00:00Z",
                Interval::Day,
                "2026-11-10 2026-11-11",
                "2026-11-08",
            ),
            // Days of 23 and of 25 hours, and months of another length.
            ("2026-03-29", "2026-03-29", Interval::Day, "2026-03-29 2026-03-30", "2026-03-27"),
            ("2026-10-26", "2026-10-26", Interval::Day, "2026-10-26 2026-10-27", "2026-10-24"),
            ("2026-03-31", "2026-03-31", Interval::Month, "2026-03-01 2026-04-01", "2026-01-01"),
        ] {
            let period = Period::parse(&rome(), Some(from), Some(to), 30, NOW).unwrap();
            let day = |moment: Timestamp| {
                let zoned = moment.to_jiff().to_zoned(period.zone.clone());
                assert_eq!(zoned, zoned.start_of_day().unwrap(), "{from} {to}");
                zoned.date().to_string()
            };
            let whole = period.widened(interval).unwrap();
            assert_eq!(format!("{} {}", day(whole.from), day(whole.to)), widened, "{from} {to} {interval:?}");
            let earlier = whole.stretches_before(interval, 2);
            assert_eq!((day(earlier.from), earlier.to), (before.to_owned(), whole.from), "{from} {to}");
        }
    }

    #[test]
    fn nothing_lies_before_the_calendar() {
        let period = Period::parse(&rome(), Some("1970-01-02"), Some("1970-01-02"), 30, NOW).unwrap();
        let whole = period.widened(Interval::Week).unwrap();
        assert_eq!(whole.from, Timestamp(0));
        let before = whole.stretches_before(Interval::Week, 3);
        assert_eq!((before.from, before.to), (Timestamp(0), Timestamp(0)));
        assert!(whole.everything_before().from <= whole.from);
    }
}
