//! The time that an alert looks at: hours, days or weeks of the site that are over.
//!
//! What has begun is never looked at: a day of which an hour has passed is not 95 % less than yesterday. What is over is looked
//! at a little later, for events arrive after they happened.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp as Instant, ToSpan, Unit, Zoned, ZonedRound};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::plan::period::start_of_day;
use crate::timestamp::Timestamp;

/// So long after its end something is looked at.
pub const SETTLED_MS: i64 = 5 * 60_000;

/// When an alert looks: whenever one of these is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// An hour of the site's clocks.
    Hour,
    /// A day of the site.
    Day,
    /// A week of the site, from Monday.
    Week,
}

/// From when to when events count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first millisecond.
    pub from: Timestamp,
    /// The one after its last.
    pub to: Timestamp,
}

impl Every {
    /// So many at once, at most: three days, a quarter, a year.
    pub const fn window_max(self) -> u16 {
        match self {
            Self::Hour => 72,
            Self::Day => 92,
            Self::Week => 53,
        }
    }

    /// The last of them that are over and settled.
    pub fn last(self, window: u16, now: Timestamp, zone: &TimeZone) -> Span {
        let settled = zoned(Timestamp(now.0 - SETTLED_MS), zone);
        let to = match self {
            Self::Hour => hour_of(&settled),
            Self::Day => start_of_day(settled.date(), zone),
            Self::Week => start_of_day(monday(settled.date()), zone),
        };
        Span { from: self.back(to, window, zone), to }
    }

    /// The one before a span of as many.
    pub fn before(self, span: Span, zone: &TimeZone) -> Span {
        let to = self.back(span.to, 1, zone);
        let length = self.length(span, zone);
        Span { from: self.back(to, length, zone), to }
    }

    /// The same some weeks before, in the site's clocks; `None`: the clocks left the hour out that day.
    pub fn weeks_before(self, span: Span, weeks: u8, zone: &TimeZone) -> Option<Span> {
        let ago = i64::from(weeks).weeks();
        if self == Self::Hour {
            let from = zoned(span.from, zone).datetime().checked_sub(ago).ok()?;
            let ambiguous = zone.to_ambiguous_zoned(from);
            if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                return None;
            }
            let from = Timestamp(ambiguous.earlier().ok()?.timestamp().as_millisecond());
            return Some(Span { from, to: Timestamp(from.0 + (span.to.0 - span.from.0)) });
        }
        let moved = |moment: Timestamp| {
            let date = zoned(moment, zone).date().checked_sub(ago).ok()?;
            Some(start_of_day(date, zone))
        };
        Some(Span { from: moved(span.from)?, to: moved(span.to)? })
    }

    /// How many of them a span has.
    fn length(self, span: Span, zone: &TimeZone) -> u16 {
        let mut length = 0;
        let mut at = span.to;
        while at > span.from && length < self.window_max() {
            at = self.back(at, 1, zone);
            length += 1;
        }
        length
    }

    /// What begins so many before something that begins.
    fn back(self, to: Timestamp, count: u16, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Hour => (0..count).fold(to, |to, _| hour_of(&zoned(Timestamp(to.0 - 1), zone))),
            Self::Day => start_of_day(zoned(to, zone).date().saturating_sub(i64::from(count).days()), zone),
            Self::Week => start_of_day(zoned(to, zone).date().saturating_sub(i64::from(count).weeks()), zone),
        }
    }

    /// `from` and `to` of a question about a span: dates where it has whole days.
    pub fn edges(self, span: Span, zone: &TimeZone) -> (String, String) {
        if self == Self::Hour {
            return (span.from.to_string(), span.to.to_string());
        }
        let last = zoned(Timestamp(span.to.0 - 1), zone).date();
        (zoned(span.from, zone).date().to_string(), last.to_string())
    }
}

fn zoned(moment: Timestamp, zone: &TimeZone) -> Zoned {
    moment.to_jiff().to_zoned(zone.clone())
}

/// When the hour of the clocks began, or the clocks were changed in it.
fn hour_of(moment: &Zoned) -> Timestamp {
    let trunc = ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc);
    let began = moment.round(trunc).map_or(moment.timestamp(), |hour| hour.timestamp());
    let change = moment.time_zone().preceding(moment.timestamp() + 1.nanosecond()).next();
    let change = change.map_or(Instant::MIN, |change| change.timestamp());
    Timestamp(began.max(change).min(moment.timestamp()).as_millisecond())
}

fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<Instant>().unwrap().as_millisecond())
    }

    fn last(every: Every, window: u16, now: &str, zone: &str) -> (String, String) {
        let span = every.last(window, at(now), &TimeZone::get(zone).unwrap());
        (span.from.to_string().replace(":00.000Z", ""), span.to.to_string().replace(":00.000Z", ""))
    }

    #[test]
    fn only_what_is_over_and_settled_is_looked_at() {
        for (every, window, now, zone, from, to) in [
            (Every::Hour, 1, "2026-11-20T10:30:00Z", "Europe/Rome", "2026-11-20T09:00", "2026-11-20T10:00"),
            (Every::Hour, 1, "2026-11-20T10:04:59Z", "Europe/Rome", "2026-11-20T08:00", "2026-11-20T09:00"),
            (Every::Hour, 1, "2026-11-20T10:05:00Z", "Europe/Rome", "2026-11-20T09:00", "2026-11-20T10:00"),
            // Half-hour zones.
            (Every::Hour, 1, "2026-11-20T10:36:00Z", "Asia/Kolkata", "2026-11-20T09:30", "2026-11-20T10:30"),
            (Every::Hour, 1, "2026-11-20T10:33:00Z", "Asia/Kolkata", "2026-11-20T08:30", "2026-11-20T09:30"),
            // The hour that Rome has twice, and the one that it has not.
            (Every::Hour, 1, "2026-10-25T01:30:00Z", "Europe/Rome", "2026-10-25T00:00", "2026-10-25T01:00"),
            (Every::Hour, 3, "2026-10-25T02:30:00Z", "Europe/Rome", "2026-10-24T23:00", "2026-10-25T02:00"),
            (Every::Hour, 2, "2026-03-29T02:10:00Z", "Europe/Rome", "2026-03-29T00:00", "2026-03-29T02:00"),
            // Half an hour of change.
            (
                Every::Hour,
                1,
                "2026-10-03T15:40:00Z",
                "Australia/Lord_Howe",
                "2026-10-03T14:30",
                "2026-10-03T15:30",
            ),
            (
                Every::Hour,
                1,
                "2026-10-03T16:40:00Z",
                "Australia/Lord_Howe",
                "2026-10-03T15:30",
                "2026-10-03T16:00",
            ),
            (Every::Day, 1, "2026-11-20T00:30:00Z", "Europe/Rome", "2026-11-18T23:00", "2026-11-19T23:00"),
            (Every::Day, 1, "2026-11-19T23:04:00Z", "Europe/Rome", "2026-11-17T23:00", "2026-11-18T23:00"),
            // Days of 25 and of 23 hours.
            (Every::Day, 1, "2026-10-26T08:00:00Z", "Europe/Rome", "2026-10-24T22:00", "2026-10-25T23:00"),
            (Every::Day, 7, "2026-03-30T08:00:00Z", "Europe/Rome", "2026-03-22T23:00", "2026-03-29T22:00"),
            (Every::Week, 1, "2026-11-20T10:00:00Z", "Europe/Rome", "2026-11-08T23:00", "2026-11-15T23:00"),
            (Every::Week, 2, "2026-11-16T00:00:00Z", "UTC", "2026-10-26T00:00", "2026-11-09T00:00"),
        ] {
            assert_eq!(
                last(every, window, now, zone),
                (from.to_owned(), to.to_owned()),
                "{every:?} {window} {now} {zone}"
            );
        }
    }

    #[test]
    fn weeks_before_is_the_same_time_by_the_sites_clocks() {
        let rome = TimeZone::get("Europe/Rome").unwrap();
        let span = |from: &str, to: &str| Span { from: at(from), to: at(to) };
        for (every, now, weeks, then) in [
            // 10 o'clock in Rome, before and after daylight saving ended.
            (
                Every::Hour,
                span("2026-10-26T09:00:00Z", "2026-10-26T10:00:00Z"),
                1,
                Some(span("2026-10-19T08:00:00Z", "2026-10-19T09:00:00Z")),
            ),
            // At 2 the clocks went on to 3.
            (Every::Hour, span("2026-04-05T00:30:00Z", "2026-04-05T01:30:00Z"), 1, None),
            (
                Every::Day,
                span("2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z"),
                1,
                Some(span("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")),
            ),
            (
                Every::Week,
                span("2026-10-25T23:00:00Z", "2026-11-01T23:00:00Z"),
                8,
                Some(span("2026-08-30T22:00:00Z", "2026-09-06T22:00:00Z")),
            ),
        ] {
            assert_eq!(every.weeks_before(now, weeks, &rome), then, "{every:?} {now:?}");
        }
    }

    #[test]
    fn the_edges_of_whole_days_are_dates() {
        let rome = TimeZone::get("Europe/Rome").unwrap();
        let now = at("2026-11-20T10:30:00Z");
        let edges = |every: Every, window| {
            let (from, to) = every.edges(every.last(window, now, &rome), &rome);
            format!("{from} {to}")
        };
        assert_eq!(edges(Every::Day, 1), "2026-11-19 2026-11-19");
        assert_eq!(edges(Every::Day, 30), "2026-10-21 2026-11-19");
        assert_eq!(edges(Every::Week, 1), "2026-11-09 2026-11-15");
        assert_eq!(edges(Every::Hour, 1), "2026-11-20T09:00:00.000Z 2026-11-20T10:00:00.000Z");
        let before = Every::Day.before(Every::Day.last(7, now, &rome), &rome);
        assert_eq!(Every::Day.edges(before, &rome), ("2026-11-12".into(), "2026-11-18".into()));
    }
}
