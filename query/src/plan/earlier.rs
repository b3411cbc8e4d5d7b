//! The period before, to the same moment: what a question is compared with.
//!
//! A part is compared with a part: while a period goes on, the period before ends at the same time of day. A day of the
//! site has 23 to 25 hours, so the two are matched by what the site's clocks show, not by what has passed.

use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{ToSpan, Zoned};

use super::period::{Bucket, Interval, Period, start_of_day};
use crate::timestamp::Timestamp;

/// How far the period before lies back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// Days of the site, for a period of whole days.
    Days(i64),
    /// Milliseconds, for every other.
    Milliseconds(i64),
}

/// The period before.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Its time, up to the moment that the asked period has reached; empty while that has not begun.
    pub period: Period,
    /// How far it lies back.
    pub shift: Shift,
}

impl Earlier {
    /// What lies before a period: as many days where that consists of days, otherwise as many milliseconds.
    pub fn of(period: &Period, now: Timestamp) -> Self {
        let shift = shift_of(period);
        let reached = period.to.min(now.max(period.from));
        let back = |moment| shifted_back(moment, shift, &period.zone);
        let to = back(reached).min(period.from);
        Self { period: Period { from: back(period.from).min(to), to, ..period.clone() }, shift }
    }

    /// How the stretch of time is called that is compared with a bucket of the asked period. `None` where the period
    /// before ends sooner.
    pub fn label(&self, bucket: &Bucket, interval: Interval) -> Option<String> {
        let start = shifted_back(bucket.start, self.shift, &self.period.zone);
        let zoned = start.to_jiff().to_zoned(self.period.zone.clone());
        (start < self.period.to).then(|| interval.label(&zoned))
    }

    /// Whether a stretch of the period before stands at the same place: an hour that the site's clocks show twice is
    /// compared once.
    pub fn has_counterpart(&self, bucket: &Bucket) -> bool {
        if matches!(self.shift, Shift::Milliseconds(_)) {
            return true;
        }
        let zone = &self.period.zone;
        let civil = bucket.start.to_jiff().to_zoned(zone.clone()).datetime();
        let first = zone.to_ambiguous_zoned(civil).earlier();
        first.is_ok_and(|first| first.timestamp() == bucket.start.to_jiff())
    }
}

fn shift_of(period: &Period) -> Shift {
    let zoned = |moment: Timestamp| moment.to_jiff().to_zoned(period.zone.clone());
    let (from, to) = (zoned(period.from), zoned(period.to));
    let is_midnight = |zoned: &Zoned| zoned.start_of_day().is_ok_and(|start| start == *zoned);
    match from.date().until(to.date()) {
        Ok(span) if is_midnight(&from) && is_midnight(&to) => Shift::Days(i64::from(span.get_days())),
        _ => Shift::Milliseconds(period.to.0 - period.from.0),
    }
}

/// The same time of day so many days before; a time that the clocks skipped on that day is the moment at which they
/// did, and of two the first.
fn shifted_back(moment: Timestamp, shift: Shift, zone: &TimeZone) -> Timestamp {
    let days = match shift {
        Shift::Milliseconds(milliseconds) => return Timestamp(moment.0 - milliseconds),
        Shift::Days(days) => days,
    };
    let here = moment.to_jiff().to_zoned(zone.clone());
    if here.start_of_day().is_ok_and(|start| start == here) {
        return start_of_day(here.date().saturating_sub(days.days()), zone);
    }
    let civil = here.datetime().saturating_sub(days.days());
    let ambiguous = zone.to_ambiguous_zoned(civil);
    let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let Ok(found) = ambiguous.compatible() else { return Timestamp(0) };
    let skipping = is_skipped.then(|| zone.preceding(found.timestamp() + 1.nanosecond()).next()).flatten();
    Timestamp(skipping.map_or(found.timestamp(), |change| change.timestamp()).as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::super::tests::rome;
    use super::*;

    fn moment(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    /// The period before of days of a zone, as its edges.
    fn before(zone: &str, from: &str, to: &str, now: &str) -> (String, String) {
        let site = orma_store::Site { timezone: zone.into(), ..rome() };
        let period = Period::parse(&site, Some(from), Some(to), 30, moment(now)).unwrap();
        let Earlier { period, .. } = Earlier::of(&period, moment(now));
        (period.from.to_string(), period.to.to_string())
    }

    /// Zone, `from`, `to` and now of a question; from when to when it is compared with.
    const TABLE: &str = "
        # A day, a week and thirty days of which a part has passed.
        Europe/Rome 2026-11-21 2026-11-21 2026-11-21T17:46:00Z 2026-11-19T23:00 2026-11-20T17:46
        Europe/Rome 2026-11-15 2026-11-21 2026-11-21T17:46:00Z 2026-11-07T23:00 2026-11-14T17:46
        Europe/Rome 2026-11-01 2026-11-30 2026-11-21T17:46:00Z 2026-10-01T22:00 2026-10-22T16:46
        # What is over is compared as a whole, what has not begun with nothing.
        Europe/Rome 2026-11-19 2026-11-20 2026-11-21T17:46:00Z 2026-11-16T23:00 2026-11-18T23:00
        Europe/Rome 2026-11-25 2026-11-26 2026-11-21T17:46:00Z 2026-11-22T23:00 2026-11-22T23:00
        Europe/Rome 2026-11-21 2026-11-21 2026-11-20T23:00:00Z 2026-11-19T23:00 2026-11-19T23:00
        # Days of 23 and 25 hours: the clocks say the same, whatever has passed since midnight.
        Europe/Rome 2026-03-29 2026-03-29 2026-03-29T08:00:00Z 2026-03-27T23:00 2026-03-28T09:00
        Europe/Rome 2026-03-30 2026-03-30 2026-03-30T08:00:00Z 2026-03-28T23:00 2026-03-29T08:00
        Europe/Rome 2026-10-25 2026-10-25 2026-10-25T09:00:00Z 2026-10-23T22:00 2026-10-24T08:00
        Europe/Rome 2026-10-26 2026-10-26 2026-10-26T09:00:00Z 2026-10-24T22:00 2026-10-25T09:00
        Europe/Rome 2026-10-25 2026-10-26 2026-11-21T17:46:00Z 2026-10-22T22:00 2026-10-24T22:00
        # 02:30 was skipped the day before: up to where the clocks jumped. Or was there twice: up to the first.
        Europe/Rome 2026-03-30 2026-03-30 2026-03-30T00:30:00Z 2026-03-28T23:00 2026-03-29T01:00
        Europe/Rome 2026-03-30 2026-03-30 2026-03-30T00:00:00Z 2026-03-28T23:00 2026-03-29T01:00
        Europe/Rome 2026-10-26 2026-10-26 2026-10-26T01:30:00Z 2026-10-24T22:00 2026-10-25T00:30
        # Half and quarter hours; a day whose midnight was skipped.
        Asia/Kolkata 2026-11-21 2026-11-21 2026-11-21T10:00:00Z 2026-11-19T18:30 2026-11-20T10:00
        Asia/Kathmandu 2026-11-21 2026-11-21 2026-11-21T10:00:00Z 2026-11-19T18:15 2026-11-20T10:00
        America/Santiago 2026-09-07 2026-09-07 2026-09-07T13:00:00Z 2026-09-06T04:00 2026-09-06T13:00
    ";

    #[test]
    fn the_period_before_ends_at_the_same_time_of_day() {
        for row in TABLE.lines().map(str::trim).filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let [zone, from, to, now, start, end] = row.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{row}")
            };
            let found = before(zone, from, to, now);
            assert_eq!(
                found,
                (format!("{start}:00.000Z"), format!("{end}:00.000Z")),
                "{zone} {from} {to} at {now}"
            );
        }
    }

    #[test]
    fn instants_are_compared_with_as_many_milliseconds() {
        let of = |from, to, now| before("Europe/Rome", from, to, now);
        assert_eq!(
            of("2026-11-21T10:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T17:46:00Z"),
            ("2026-11-21T08:00:00.000Z".into(), "2026-11-21T10:00:00.000Z".into())
        );
        assert_eq!(
            of("2026-11-21T10:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T10:20:00.500Z"),
            ("2026-11-21T08:00:00.000Z".into(), "2026-11-21T08:20:00.500Z".into())
        );
    }

    #[test]
    fn a_bucket_is_compared_with_the_one_that_the_clocks_call_the_same() {
        let labels = |day: &str, now: &str| -> Vec<Option<String>> {
            let period = Period::parse(&rome(), Some(day), Some(day), 30, moment(now)).unwrap();
            let earlier = Earlier::of(&period, moment(now));
            let buckets = period.buckets(Interval::Hour).unwrap();
            let label = |bucket| {
                earlier.has_counterpart(bucket).then(|| earlier.label(bucket, Interval::Hour)).flatten()
            };
            buckets.iter().map(label).collect()
        };
        let some = |text: &str| Some(text.to_owned());
        let spring = labels("2026-03-29", "2026-04-01T00:00:00Z");
        assert_eq!(spring.len(), 23);
        assert_eq!(spring[1..3], [some("2026-03-28T01:00:00+01:00"), some("2026-03-28T03:00:00+01:00")]);
        let autumn = labels("2026-10-25", "2026-11-01T00:00:00Z");
        assert_eq!(
            autumn[2..5],
            [some("2026-10-24T02:00:00+02:00"), None, some("2026-10-24T03:00:00+02:00")]
        );
        let unfinished = labels("2026-11-21", "2026-11-21T17:46:00Z");
        assert_eq!(unfinished[18..20], [some("2026-11-20T18:00:00+01:00"), None]);
    }
}
