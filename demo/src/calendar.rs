//! When things happen: the rhythm of day and week, growth, the promotion, the letters and the releases.
//!
//! Everything is counted back from the last day of the story, in the shop's own zone. Two stories that end on the
//! same day are therefore the same story, cut off at different hours.

use anyhow::Context;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit};

use crate::random::Random;

pub const ZONE: &str = "Europe/Rome";

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// How many come in each hour of a working day, relative to each other: few at night, most after dinner.
const WORKING_HOURS: [f64; 24] = [
    2.0, 1.0, 0.6, 0.4, 0.4, 0.6, 1.5, 3.0, 4.0, 4.5, 5.0, 5.0, 5.5, 6.5, 5.0, 4.5, 4.5, 5.0, 6.0, 7.0, 8.0,
    9.0, 7.5, 4.5,
];
/// The same for Saturday and Sunday: people rise later and look around in the afternoon.
const WEEKEND_HOURS: [f64; 24] = [
    3.0, 2.0, 1.0, 0.6, 0.4, 0.4, 0.7, 1.5, 3.0, 5.0, 6.5, 7.0, 6.0, 5.0, 6.0, 7.0, 7.5, 7.0, 6.5, 6.5, 7.5,
    8.5, 7.5, 5.0,
];
/// How many come on Monday to Sunday, relative to each other.
const WEEKDAYS: [f64; 7] = [1.05, 1.0, 0.98, 0.97, 0.9, 0.95, 1.15];
/// Growth from the first day to the last, around the average day.
const GROWTH: (f64, f64) = (0.8, 1.2);
/// How many more come during the promotion.
const PROMOTION_FACTOR: f64 = 1.6;
/// The contest runs from so many days before the last day to so many, and brings so many more.
const CONTEST_DAYS_LEFT: std::ops::RangeInclusive<i64> = 18..=24;
const CONTEST_FACTOR: f64 = 1.25;

/// The site's releases: days before the last day, version, and how much longer the product page takes to show its
/// picture. The one in the middle put unscaled pictures on the product page and was mended after four days.
const SITE_RELEASES: [(i64, &str, f64); 3] =
    [(i64::MAX, "4.6.2", 1.0), (15, "4.7.0", 2.9), (11, "4.7.1", 1.0)];
/// The app's releases: days before the last day, version, build.
const APP_RELEASES: [(i64, &str, &str); 3] =
    [(i64::MAX, "3.1.0", "398"), (21, "3.2.0", "407"), (10, "3.2.1", "412")];

/// The themes of the letters, in turn, with the page that each links to.
const LETTERS: [(&str, &str); 4] = [
    ("storie-artigiani", "/demo/scarpe.html?tipo=classiche"),
    ("stivali-pioggia", "/demo/scarpe.html?tipo=stivali"),
    ("sneaker-milano", "/demo/prodotto.html?id=sneaker-milano"),
    ("serata-in-rosso", "/demo/prodotto.html?id=decollete-roma"),
];

/// A newsletter of one Tuesday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its name, which is the `utm_campaign` of its links too.
    pub campaign: String,
    /// The page that it is about.
    pub page: &'static str,
}

/// The days of the story.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    first: Date,
    /// How many days, the last and incomplete one included.
    pub days: u32,
    /// The end of the story: the last full hour. Milliseconds since the epoch.
    pub end_ms: i64,
    /// Per day: how many come, relative to the average day.
    volumes: Vec<f64>,
}

impl Calendar {
    /// The days that end now, at the last full hour.
    ///
    /// # Errors
    /// When the days reach further back than dates do, or the system knows no zone data.
    pub fn ending(now: Timestamp, days: u32) -> anyhow::Result<Self> {
        let zone = TimeZone::get(ZONE).context("the system's time zone data")?;
        let end = now.to_zoned(zone.clone());
        let end = end.round(jiff::ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor))?;
        let first = end.date().checked_sub(i64::from(days.saturating_sub(1)).days()).context("days")?;
        let mut calendar =
            Self { zone, first, days, end_ms: end.timestamp().as_millisecond(), volumes: Vec::new() };
        let raw: Vec<f64> = (0..days).map(|day| calendar.raw_volume(day)).collect();
        let mean = raw.iter().sum::<f64>() / raw.len().max(1) as f64;
        calendar.volumes = raw.iter().map(|volume| volume / mean).collect();
        Ok(calendar)
    }

    fn raw_volume(&self, day: u32) -> f64 {
        let (start, end) = GROWTH;
        let growth = start + (end - start) * f64::from(day) / f64::from(self.days.max(2) - 1);
        let weekday = WEEKDAYS[self.date(day).weekday().to_monday_zero_offset() as usize];
        let promotion = if self.is_promotion(day) { PROMOTION_FACTOR } else { 1.0 };
        growth * weekday * promotion * if self.is_contest(day) { CONTEST_FACTOR } else { 1.0 }
    }

    fn date(&self, day: u32) -> Date {
        self.first.saturating_add(i64::from(day).days())
    }

    /// The moment of a local time; a time that the clocks skip is the one after the gap.
    fn moment(&self, day: u32, minute_of_day: i64) -> i64 {
        let midnight = self.date(day).at(0, 0, 0, 0);
        let local = midnight.saturating_add(SignedDuration::from_mins(minute_of_day));
        local.to_zoned(self.zone.clone()).map_or(self.end_ms, |zoned| zoned.timestamp().as_millisecond())
    }

    /// The first moment of a day, in milliseconds since the epoch.
    pub fn midnight(&self, day: u32) -> i64 {
        self.moment(day, 0)
    }

    /// The day to which a moment belongs; moments outside the story belong to its first or last day.
    pub fn day_of(&self, moment_ms: i64) -> u32 {
        let local =
            Timestamp::from_millisecond(moment_ms).map_or(self.first, |at| self.zone.to_datetime(at).date());
        let days = (local - self.first).get_days();
        u32::try_from(days).unwrap_or(0).min(self.days.saturating_sub(1))
    }

    /// Days from this one to the last.
    fn days_left(&self, day: u32) -> i64 {
        i64::from(self.days) - 1 - i64::from(day)
    }

    /// How many come on this day, relative to the average day.
    pub fn volume(&self, day: u32) -> f64 {
        self.volumes[day as usize]
    }

    /// A moment of this day at which people do come. Milliseconds since the epoch.
    pub fn moment_on(&self, day: u32, random: &mut Random) -> i64 {
        let weekend = matches!(self.date(day).weekday(), Weekday::Saturday | Weekday::Sunday);
        let hours = if weekend { &WEEKEND_HOURS } else { &WORKING_HOURS };
        let mut left = random.unit() * hours.iter().sum::<f64>();
        let hour = hours.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        let minute = hour.unwrap_or(23) as i64 * 60 + random.between(0, 59);
        self.moment(day, minute) + random.between(0, MINUTE - 1)
    }

    /// A moment between 9 and 18 o'clock, `days_later` days after another. Milliseconds since the epoch.
    pub fn office_moment(&self, after_ms: i64, days_later: i64, random: &mut Random) -> i64 {
        let minute = 9 * 60 + random.between(0, 9 * 60);
        let day = i64::from(self.day_of(after_ms)) + days_later;
        let moment = self.moment(u32::try_from(day).unwrap_or(0), minute) + random.between(0, MINUTE - 1);
        moment.max(after_ms + HOUR)
    }

    /// The shop has a promotion on this day: the second weekend before the last day.
    pub fn is_promotion(&self, day: u32) -> bool {
        let weekday = i64::from(self.date(day).weekday().to_monday_zero_offset());
        let weekend_end_left = self.days_left(day) - (6 - weekday);
        weekday >= 5 && (7..14).contains(&weekend_end_left)
    }

    /// A pair of shoes can be won on this day.
    pub fn is_contest(&self, day: u32) -> bool {
        CONTEST_DAYS_LEFT.contains(&self.days_left(day))
    }

    /// The letter that leaves on this day, and the moment, 10 o'clock: there is one every Tuesday.
    pub fn letter(&self, day: u32) -> Option<(i64, Letter)> {
        let date = self.date(day);
        if date.weekday() != Weekday::Tuesday {
            return None;
        }
        let week = date.iso_week_date().week() as usize;
        let (theme, page) = LETTERS[week % LETTERS.len()];
        Some((self.moment(day, 600), Letter { campaign: format!("lettera-{date}-{theme}"), page }))
    }

    /// The site's release of a moment, and how much longer its product page takes.
    pub fn site_release(&self, moment_ms: i64) -> (&'static str, f64) {
        let left = self.days_left(self.day_of(moment_ms));
        let newest = SITE_RELEASES.iter().rfind(|release| left <= release.0);
        newest.map_or(("", 1.0), |&(_, version, factor)| (version, factor))
    }

    /// Version and build of an app that is brought up to date `lag_days` after a release.
    pub fn app_release(&self, moment_ms: i64, lag_days: i64) -> (&'static str, &'static str) {
        let left = self.days_left(self.day_of(moment_ms)).saturating_add(lag_days);
        let newest = APP_RELEASES.iter().rfind(|release| left <= release.0);
        newest.map_or(("3.1.0", "398"), |&(_, version, build)| (version, build))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(now: &str, days: u32) -> Calendar {
        Calendar::ending(now.parse().unwrap(), days).unwrap()
    }

    #[test]
    fn the_story_ends_at_the_last_full_hour_and_begins_at_midnight_in_rome() {
        let calendar = calendar("2026-11-21T10:59:59Z", 30);
        assert_eq!(calendar.end_ms, "2026-11-21T10:00:00Z".parse::<Timestamp>().unwrap().as_millisecond());
        // Summer time still holds on the first day.
        let first: Timestamp = "2026-10-22T22:00:00Z".parse().unwrap();
        assert_eq!(calendar.midnight(0), first.as_millisecond());
        assert_eq!(calendar.day_of(calendar.end_ms), 29);
        assert_eq!(calendar.day_of(calendar.midnight(5)), 5);
        assert_eq!(calendar.day_of(calendar.midnight(5) - 1), 4);
    }

    #[test]
    fn the_average_day_is_one_and_the_last_week_is_fuller_than_the_first() {
        let calendar = calendar("2026-11-21T10:00:00Z", 30);
        let sum = |days: std::ops::Range<u32>| days.map(|day| calendar.volume(day)).sum::<f64>();
        assert!((sum(0..30) - 30.0).abs() < 1e-9);
        assert!(sum(23..30) > 1.1 * sum(0..7));
    }

    #[test]
    fn letters_leave_on_tuesdays_and_the_promotion_is_one_weekend() {
        let calendar = calendar("2026-11-21T10:00:00Z", 30);
        let letters: Vec<_> = (0..30).filter_map(|day| calendar.letter(day)).collect();
        assert_eq!(letters.len(), 4);
        assert_eq!(letters[3].0, "2026-11-17T09:00:00Z".parse::<Timestamp>().unwrap().as_millisecond());
        assert!(letters[3].1.campaign.starts_with("lettera-2026-11-17-"));
        let promotion: Vec<_> = (0..30).filter(|&day| calendar.is_promotion(day)).collect();
        assert_eq!(promotion.len(), 2);
        assert_eq!(calendar.date(promotion[0]).to_string(), "2026-11-07");
        let contest: Vec<_> = (0..30).filter(|&day| calendar.is_contest(day)).collect();
        assert_eq!(contest, (5..12).collect::<Vec<_>>());
    }

    #[test]
    fn the_slow_release_is_two_weeks_old_and_was_mended() {
        let calendar = calendar("2026-11-21T10:00:00Z", 30);
        let release = |day| calendar.site_release(calendar.midnight(day));
        assert_eq!(release(13), ("4.6.2", 1.0));
        assert_eq!(release(14), ("4.7.0", 2.9));
        assert_eq!(release(17).0, "4.7.0");
        assert_eq!(release(18), ("4.7.1", 1.0));
        assert_eq!(calendar.app_release(calendar.midnight(8), 0).0, "3.2.0");
        assert_eq!(calendar.app_release(calendar.midnight(8), 1).0, "3.1.0");
        assert_eq!(calendar.app_release(calendar.end_ms, i64::MAX).0, "3.1.0");
    }

    #[test]
    fn evenings_are_busier_than_nights() {
        let calendar = calendar("2026-11-21T10:00:00Z", 30);
        let mut random = Random::of(3, &[]);
        let (mut night, mut evening) = (0, 0);
        for _ in 0..2_000 {
            let hour = (calendar.moment_on(3, &mut random) - calendar.midnight(3)) / HOUR;
            night += i32::from((2..6).contains(&hour));
            evening += i32::from((19..23).contains(&hour));
        }
        assert!(evening > 6 * night, "{evening} {night}");
    }
}
