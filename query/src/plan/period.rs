//! Which time, and its buckets: days are the site's days, daylight saving included.

use jiff::civil::{self, Date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};
use orma_store::Site;

use crate::error::ApiError;
use crate::timestamp::Timestamp;

/// Milliseconds of a day of UTC.
pub const MS_PER_DAY: i64 = 86_400_000;

/// More points than this make no chart.
const BUCKETS_MAX: usize = 3_000;

/// A period: from its first millisecond to the one after its last.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// The site's zone.
    pub zone: TimeZone,
    /// The zone's IANA name.
    pub zone_name: String,
}

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of the site.
    Day,
    /// A week of the site, from Monday.
    Week,
    /// A month of the site.
    Month,
}

/// A bucket: as the store names it, and as the answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its first moment; it may lie before the period's.
    pub start: Timestamp,
    /// In the store's rows: seconds since the epoch for hours and minutes, a date otherwise.
    pub key: String,
    /// In the answer.
    pub label: String,
}

impl Interval {
    /// The interval of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(name: &str) -> Result<Self, ApiError> {
        [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month]
            .into_iter()
            .find(|interval| interval.name() == name)
            .ok_or_else(|| {
                let message =
                    format!("There is no interval `{name}`. There are: minute, hour, day, week, month.");
                ApiError::invalid("unknown_interval", "interval", message)
            })
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// How an answer calls what begins at a moment: a local date, or for parts of a day a local instant.
    pub fn label(self, start: &Zoned) -> String {
        match self {
            Self::Minute => start.strftime("%Y-%m-%dT%H:%M:00%:z").to_string(),
            Self::Hour => start.strftime("%Y-%m-%dT%H:00:00%:z").to_string(),
            Self::Day | Self::Week | Self::Month => start.date().to_string(),
        }
    }
}

impl Period {
    /// Where a period begins that has no beginning: between the days that a `Date` holds.
    const FIRST: Timestamp = Timestamp(2 * 86_400_000);
    /// Where a period ends that has no end.
    const LAST: Timestamp = Timestamp(u32::MAX as i64 * 1000);

    /// Reads `from` and `to`. Without them: `days` days up to and with today.
    ///
    /// # Errors
    /// One is neither a date nor an instant, or the end is not after the beginning.
    pub fn parse(
        site: &Site,
        from: Option<&str>,
        to: Option<&str>,
        days: i64,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let zone = zone_of(site)?;
        let today = now.to_jiff().to_zoned(zone.clone()).date();
        let end = match to {
            None => start_of_day(today.saturating_add(1.day()), &zone),
            Some(text) => parse_edge("to", text, &zone, true)?,
        };
        let start = if let Some(text) = from {
            parse_edge("from", text, &zone, false)?
        } else {
            let last_day = Timestamp(end.0 - 1).to_jiff().to_zoned(zone.clone()).date();
            start_of_day(last_day.saturating_sub((days - 1).days()), &zone)
        };
        if end <= start {
            return Err(ApiError::invalid("invalid_period", "to", "`to` must not be before `from`."));
        }
        Ok(Self { from: start, to: end, zone, zone_name: site.timezone.clone() })
    }

    /// Reads `from` and `to` where either may be open.
    ///
    /// # Errors
    /// One is neither a date nor an instant.
    pub fn parse_open(site: &Site, from: Option<&str>, to: Option<&str>) -> Result<Self, ApiError> {
        let zone = zone_of(site)?;
        let from = from.map_or(Ok(Self::FIRST), |text| parse_edge("from", text, &zone, false))?;
        let to = to.map_or(Ok(Self::LAST), |text| parse_edge("to", text, &zone, true))?;
        Ok(Self { from, to, zone, zone_name: site.timezone.clone() })
    }

    /// Its beginning, if it has one.
    pub fn beginning(&self) -> Option<Timestamp> {
        (self.from != Self::FIRST).then_some(self.from)
    }

    /// Its end, exclusive, if it has one.
    pub fn end(&self) -> Option<Timestamp> {
        (self.to != Self::LAST).then_some(self.to)
    }

    /// The part of it that tables hold.
    pub fn within_calendar(&self) -> (Timestamp, Timestamp) {
        (self.from.max(Self::FIRST), self.to.min(Self::LAST))
    }

    /// The UTC date of the first millisecond: the store's days are UTC.
    pub fn first_day(&self) -> String {
        utc_date(self.from).to_string()
    }

    /// The UTC date of the last millisecond.
    pub fn last_day(&self) -> String {
        utc_date(Timestamp(self.to.0 - 1)).to_string()
    }

    /// All buckets of the period, the empty ones too, oldest first.
    ///
    /// # Errors
    /// There would be too many.
    pub fn buckets(&self, interval: Interval) -> Result<Vec<Bucket>, ApiError> {
        let buckets = match interval {
            Interval::Minute | Interval::Hour => self.clock_buckets(interval),
            Interval::Day => self.calendar_buckets(|date| date, 1.day()),
            Interval::Week => self.calendar_buckets(monday, 1.week()),
            Interval::Month => self.calendar_buckets(Date::first_of_month, 1.month()),
        };
        if buckets.len() > BUCKETS_MAX {
            let message = format!(
                "The period has more than {BUCKETS_MAX} intervals of a {}; ask for a longer interval or a shorter \
                 period.",
                interval.name()
            );
            return Err(ApiError::invalid("too_many_intervals", "interval", message));
        }
        Ok(buckets)
    }

    /// Where the last bucket of days or longer ends by the calendar, which may be after the period.
    pub fn end_of(&self, interval: Interval) -> Timestamp {
        let last = self.zoned(Timestamp(self.to.0 - 1)).date();
        let (first, step) = match interval {
            Interval::Minute | Interval::Hour => return self.to,
            Interval::Day => (last, 1.day()),
            Interval::Week => (monday(last), 1.week()),
            Interval::Month => (last.first_of_month(), 1.month()),
        };
        start_of_day(first.saturating_add(step), &self.zone)
    }

    fn zoned(&self, moment: Timestamp) -> Zoned {
        moment.to_jiff().to_zoned(self.zone.clone())
    }

    /// An hour or a minute is what the site's clocks show of it, until they are changed: a day has 23, 24 or 25 hours, and
    /// where the clocks change by half an hour, one of them is half as long.
    fn clock_buckets(&self, interval: Interval) -> Vec<Bucket> {
        let mut buckets: Vec<Bucket> = Vec::new();
        let mut moment = self.from;
        while moment < self.to && buckets.len() <= BUCKETS_MAX {
            let zoned = self.zoned(moment);
            let minutes = if interval == Interval::Hour { i64::from(zoned.minute()) } else { 0 };
            let since = (minutes * 60 + i64::from(zoned.second())) * 1000 + moment.0.rem_euclid(1000);
            // As the store names it: the hour's first moment, had it begun by these clocks.
            let named = moment.0 - since;
            let key = named.div_euclid(1000).to_string();
            let changed = |change: jiff::tz::TimeZoneTransition<'_>| change.timestamp().as_millisecond();
            let start = self.zone.preceding(moment.to_jiff() + 1.nanosecond()).next().map(changed);
            let start = Timestamp(start.map_or(named, |change| change.max(named)));
            if buckets.last().is_none_or(|last| last.key != key) {
                buckets.push(Bucket { start, key, label: interval.label(&zoned) });
            }
            let length = if interval == Interval::Hour { 3_600_000 } else { 60_000 };
            let change = self.zone.following(moment.to_jiff()).next().map(changed);
            moment = Timestamp(change.map_or(named + length, |change| change.min(named + length)));
        }
        buckets
    }

    fn calendar_buckets(&self, first: fn(Date) -> Date, step: Span) -> Vec<Bucket> {
        let last = self.zoned(Timestamp(self.to.0 - 1)).date();
        let mut date = first(self.zoned(self.from).date());
        let mut buckets = Vec::new();
        while date <= last && buckets.len() <= BUCKETS_MAX {
            let start = start_of_day(date, &self.zone);
            buckets.push(Bucket { start, key: date.to_string(), label: date.to_string() });
            let Ok(next) = date.checked_add(step) else { break };
            date = next;
        }
        buckets
    }
}

/// The zone of a site.
///
/// # Errors
/// This machine does not know it.
pub fn zone_of(site: &Site) -> Result<TimeZone, ApiError> {
    // Checked when the site was made; another machine's zone data may be older.
    TimeZone::get(&site.timezone).map_err(|_| {
        let message = format!("This machine does not know the site's time zone `{}`.", site.timezone);
        ApiError::invalid("unknown_time_zone", "timezone", message)
    })
}

fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

fn utc_date(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment.to_jiff()).date()
}

/// The UTC date of a moment, as the store writes it.
pub fn utc_day(moment: Timestamp) -> String {
    utc_date(moment).to_string()
}

/// The number of a day, counted from 1970-01-01.
pub fn day_number(date: Date) -> i64 {
    start_of_day(date, &TimeZone::UTC).0.div_euclid(MS_PER_DAY)
}

/// The day of a number.
pub fn day_of_number(number: i64) -> Date {
    utc_date(Timestamp(number.saturating_mul(MS_PER_DAY)))
}

/// The first moment of a day; where the clock skips midnight, the first moment after it.
pub fn start_of_day(date: Date, zone: &TimeZone) -> Timestamp {
    let start = date.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day());
    Timestamp(start.map_or(0, |zoned| zoned.timestamp().as_millisecond()))
}

fn parse_edge(field: &'static str, text: &str, zone: &TimeZone, is_end: bool) -> Result<Timestamp, ApiError> {
    const DATE_BYTES: usize = 10;
    // An unescaped + of an offset arrives as a space.
    let text = text.replace(' ', "+");
    if text.len() == DATE_BYTES
        && let Ok(date) = text.parse::<civil::Date>()
    {
        let date = if is_end { date.saturating_add(1.day()) } else { date };
        return in_calendar(field, &text, start_of_day(date, zone));
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(instant) => in_calendar(field, &text, Timestamp(instant.as_millisecond())),
        Err(_) => Err(ApiError::invalid(
            "invalid_period",
            field,
            format!(
                "`{field}` must be a date (2026-11-21) or an instant (2026-11-21T10:00:00Z), not `{text}`."
            ),
        )),
    }
}

/// The store keeps moments from 1970 to 2149, the range of its dates.
fn in_calendar(field: &'static str, text: &str, moment: Timestamp) -> Result<Timestamp, ApiError> {
    const LAST_MS: i64 = 5_650_000_000_000;
    if (0..LAST_MS).contains(&moment.0) {
        return Ok(moment);
    }
    let message = format!("`{field}` must lie between 1970 and 2149, not at `{text}`.");
    Err(ApiError::invalid("invalid_period", field, message))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, rome};
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period::parse(&rome(), Some(from), Some(to), 30, NOW).unwrap()
    }

    fn labels(from: &str, to: &str, interval: Interval) -> Vec<String> {
        period(from, to).buckets(interval).unwrap().into_iter().map(|bucket| bucket.label).collect()
    }

    #[test]
    fn days_of_rome_have_23_and_25_hours_when_the_clock_changes() {
        let spring = labels("2026-03-29", "2026-03-29", Interval::Hour);
        assert_eq!(spring.len(), 23);
        assert_eq!(spring[1..3], ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]);
        let autumn = labels("2026-10-25", "2026-10-25", Interval::Hour);
        assert_eq!(autumn.len(), 25);
        assert_eq!(autumn[2..4], ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]);
        assert_eq!(labels("2026-11-21", "2026-11-21", Interval::Hour).len(), 24);
    }

    #[test]
    fn clocks_that_change_by_half_an_hour_have_a_half_hour() {
        let site = Site { timezone: "Australia/Lord_Howe".into(), ..rome() };
        let hours = |day: &str| -> Vec<(String, String)> {
            let period = Period::parse(&site, Some(day), Some(day), 30, NOW).unwrap();
            let buckets = period.buckets(Interval::Hour).unwrap().into_iter();
            buckets.map(|bucket| (bucket.label, bucket.start.to_string())).collect()
        };
        let as_text = |hours: &[(String, String)]| -> Vec<String> {
            hours.iter().map(|(label, start)| format!("{label} {start}")).collect()
        };
        let autumn = hours("2026-04-05");
        assert_eq!(autumn.len(), 25);
        assert_eq!(
            as_text(&autumn[1..4]),
            [
                "2026-04-05T01:00:00+11:00 2026-04-04T14:00:00.000Z",
                "2026-04-05T01:00:00+10:30 2026-04-04T15:00:00.000Z",
                "2026-04-05T02:00:00+10:30 2026-04-04T15:30:00.000Z",
            ]
        );
        let spring = hours("2026-10-04");
        assert_eq!(spring.len(), 24);
        assert_eq!(
            as_text(&spring[1..4]),
            [
                "2026-10-04T01:00:00+10:30 2026-10-03T14:30:00.000Z",
                "2026-10-04T02:00:00+11:00 2026-10-03T15:30:00.000Z",
                "2026-10-04T03:00:00+11:00 2026-10-03T16:00:00.000Z",
            ]
        );
    }

    #[test]
    fn the_last_date_is_inclusive_and_an_instant_is_not() {
        let days = period("2026-03-28", "2026-03-29");
        assert_eq!(days.from.to_string(), "2026-03-27T23:00:00.000Z");
        assert_eq!(days.to.to_string(), "2026-03-29T22:00:00.000Z");
        assert_eq!((days.first_day(), days.last_day()), ("2026-03-27".into(), "2026-03-29".into()));
        let instants = period("2026-03-28T10:00:00Z", "2026-03-29T00:00:00+02:00");
        assert_eq!(instants.to.to_string(), "2026-03-28T22:00:00.000Z");
        assert_eq!(instants.last_day(), "2026-03-28");
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        assert_eq!(
            labels("2026-11-01", "2026-11-10", Interval::Week),
            ["2026-10-26", "2026-11-02", "2026-11-09"]
        );
        assert_eq!(
            labels("2026-10-15", "2026-12-01", Interval::Month),
            ["2026-10-01", "2026-11-01", "2026-12-01"]
        );
        assert_eq!(labels("2026-10-24", "2026-10-26", Interval::Day).len(), 3);
    }

    #[test]
    fn periods_that_cannot_be_are_refused() {
        for (from, to, field) in [
            ("2026-11-02", "2026-11-01", "to"),
            ("soon", "2026-11-01", "from"),
            ("2026-11-01", "2026-02-30", "to"),
            ("1900-01-01", "2026-02-01", "from"),
            ("2026-11-01", "9999-12-31", "to"),
        ] {
            match Period::parse(&rome(), Some(from), Some(to), 30, NOW) {
                Err(ApiError::Invalid { field: named, .. }) => assert_eq!(named, field, "{from} {to}"),
                other => panic!("{other:?}"),
            }
        }
        assert!(period("2026-01-01", "2026-11-01").buckets(Interval::Minute).is_err());
    }
}
