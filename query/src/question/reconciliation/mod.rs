//! `/accounting`: whether every event that was answered is stored, as the monitor saw it, and what was refused.

pub mod request;
pub mod response;
mod sql;

use orma_store::Site;
use serde::Deserialize;

use crate::accounts::{AccountsWatch, Judged};
use crate::error::ApiError;
use crate::plan::Period;
use crate::runner::Runner;
use crate::timestamp::Timestamp;
use request::ReconciliationParams;
use response::{
    CollectorReport, Counts, Reconciliation, ReconciliationHour, ReconciliationStatus, RefusalReason,
    WriteOff,
};

/// The default period: a week with today.
const PERIOD_DAYS_DEFAULT: i64 = 7;
/// A collector reports every 10 seconds; after this long it is gone, and so are the events that it says it holds.
const REPORT_AGE_MS_MAX: i64 = 60_000;

#[derive(Deserialize)]
struct ReasonRow {
    reason: String,
    amount: i64,
    last_at: Timestamp,
    example: String,
}

#[derive(Deserialize)]
struct CollectorRow {
    collector: String,
    reported: Timestamp,
    pending_events: i64,
    spool: i64,
    oldest: i64,
    quarantined: i64,
}

#[derive(Deserialize)]
struct WriteOffRow {
    written: Timestamp,
    hours_counted: i64,
    missing: i64,
    too_many: i64,
    why: String,
}

/// What is neither here nor there at this moment is settling: a row may be in the store before the collector has said
/// that it shipped it, or answered and not yet said to be.
fn counts(hour: &Judged) -> Counts {
    let counted = hour.seen.counted;
    let (accepted, stored) = (counted.accepted, hour.seen.stored);
    let gap = hour.gap();
    let written_off = hour.written_off.lost() - hour.written_off.surplus;
    Counts {
        received: accepted + counted.rejected,
        accepted,
        rejected: counted.rejected,
        stored,
        duplicate: counted.duplicate,
        pending: counted.pending,
        settling: accepted - stored - counted.duplicate - counted.pending - gap - written_off,
        gap,
        written_off,
    }
}

fn sum(hours: impl Iterator<Item = Counts>) -> Counts {
    hours.fold(Counts::default(), |one, other| Counts {
        received: one.received + other.received,
        accepted: one.accepted + other.accepted,
        rejected: one.rejected + other.rejected,
        stored: one.stored + other.stored,
        duplicate: one.duplicate + other.duplicate,
        pending: one.pending + other.pending,
        settling: one.settling + other.settling,
        gap: one.gap + other.gap,
        written_off: one.written_off + other.written_off,
    })
}

/// An hour that misses events and one that has too many do not make a balance.
fn status(hours: &[ReconciliationHour], totals: &Counts) -> ReconciliationStatus {
    if hours.iter().any(|hour| hour.counts.gap != 0) {
        ReconciliationStatus::Gap
    } else if totals.pending > 0 || hours.iter().any(|hour| hour.counts.settling != 0) {
        ReconciliationStatus::Pending
    } else {
        ReconciliationStatus::Balanced
    }
}

/// The accounts of a site.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn respond(
    runner: &Runner,
    watch: &AccountsWatch,
    site: &Site,
    params: &ReconciliationParams,
    now: Timestamp,
) -> Result<Reconciliation, ApiError> {
    let period = Period::parse(site, params.from.as_deref(), params.to.as_deref(), PERIOD_DAYS_DEFAULT, now)?;
    let (why, who) = (sql::reasons(&site.site, &period), sql::collectors(&site.site));
    let given_up = sql::write_offs(&site.site, &period);
    let (from, to) = (seconds(period.from), seconds(period.to));
    let (seen, reasons, collectors, write_offs) = futures_util::try_join!(
        watch.hours(&site.site, from, to),
        runner.rows::<ReasonRow>(&why),
        runner.rows::<CollectorRow>(&who),
        runner.rows::<WriteOffRow>(&given_up),
    )?;
    let collectors: Vec<CollectorReport> = collectors.into_iter().map(|row| report(row, now)).collect();
    let hours: Vec<ReconciliationHour> = seen
        .into_iter()
        .map(|(start, hour)| ReconciliationHour {
            hour: local_hour(start * 1000, &period),
            counts: counts(&hour),
        })
        .collect();
    let totals = sum(hours.iter().map(|hour| hour.counts));
    Ok(Reconciliation {
        site: site.site.clone(),
        timezone: site.timezone.clone(),
        from: period.from,
        to: period.to,
        status: status(&hours, &totals),
        totals,
        hours,
        reasons: reasons.into_iter().map(reason).collect(),
        collectors,
        write_offs: write_offs.into_iter().map(write_off).collect(),
    })
}

fn write_off(row: WriteOffRow) -> WriteOff {
    let WriteOffRow { written, hours_counted, missing, too_many, why } = row;
    WriteOff { written_at: written, hours: hours_counted, missing, surplus: too_many, note: why }
}

/// The first whole second that is not before a moment: an hour belongs to the period that it begins in, so that where days
/// begin at half past, none is counted in two of them.
const fn seconds(moment: Timestamp) -> i64 {
    moment.0.saturating_add(999).div_euclid(1000)
}

fn reason(row: ReasonRow) -> RefusalReason {
    RefusalReason { reason: row.reason, count: row.amount, last_at: row.last_at, example: row.example }
}

fn report(row: CollectorRow, now: Timestamp) -> CollectorReport {
    CollectorReport {
        collector: row.collector,
        reported_at: row.reported,
        current: now.0 - row.reported.0 <= REPORT_AGE_MS_MAX,
        pending_events: row.pending_events,
        spool_bytes: row.spool,
        oldest_pending_at: (row.oldest > 0).then_some(Timestamp(row.oldest)),
        quarantined_segments: row.quarantined,
    }
}

fn local_hour(start: i64, period: &Period) -> String {
    let zoned = Timestamp(start).to_jiff().to_zoned(period.zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Counted, Difference, Seen};

    #[test]
    fn the_invariant_holds_and_says_what_is_settling_or_missing() {
        for (what, stored, pending, gap, settling) in [
            ("all stored", 97, 0, 0, 0),
            ("pending", 90, 7, 0, 0),
            ("stored before it was said", 97, 7, 0, -7),
            ("answered and not yet said", 90, 0, 0, 7),
            ("missing", 90, 0, 7, 0),
        ] {
            let counted = Counted { accepted: 98, duplicate: 1, rejected: 2, pending, ..Counted::default() };
            let difference = Difference { unshipped: gap, ..Difference::default() };
            let judged = Judged { seen: Seen { counted, stored }, difference, ..Judged::default() };
            let written = counts(&Judged { written_off: difference, ..judged });
            assert_eq!((written.gap, written.written_off, written.settling), (0, gap, settling), "{what}");
            let counts = counts(&judged);
            assert_eq!((counts.gap, counts.settling), (gap, settling), "{what}");
            assert_eq!(counts.received, counts.accepted + counts.rejected, "{what}");
            let found = counts.stored + counts.duplicate + counts.pending + counts.settling + counts.gap;
            assert_eq!(counts.accepted, found, "{what}");
        }
    }

    #[test]
    fn an_hour_is_in_one_of_two_days_that_follow_each_other() {
        // At half past, a quarter past, in a week in which the clock is moved by half an hour, and at the full hour.
        for zone in ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Rome"] {
            let site = Site {
                site: "demo".into(),
                name: String::new(),
                timezone: zone.into(),
                currency: "EUR".into(),
                origins: Vec::new(),
            };
            let day = |day: &str| Period::parse(&site, Some(day), Some(day), 1, Timestamp(0)).unwrap();
            let days = ["2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05"].map(day);
            let (first, last) = (days[0].from.0, days[3].to.0);
            for hour in first.div_euclid(3_600_000) - 1..=last.div_euclid(3_600_000) {
                let start = hour * 3_600;
                let of = days.iter().filter(|day| start >= seconds(day.from) && start < seconds(day.to));
                let expected = usize::from(start * 1000 >= first && start * 1000 < last);
                assert_eq!(of.count(), expected, "{zone} {start}");
            }
        }
        assert_eq!([-1, 0, 1, 1000].map(|ms| seconds(Timestamp(ms))), [0, 0, 1, 1]);
    }

    #[test]
    fn a_surplus_does_not_hide_a_loss() {
        let hour =
            |gap| ReconciliationHour { hour: String::new(), counts: Counts { gap, ..Counts::default() } };
        let hours = [hour(2), hour(-2)];
        assert_eq!(status(&hours, &sum(hours.iter().map(|hour| hour.counts))), ReconciliationStatus::Gap);
        assert_eq!(status(&[hour(0)], &Counts::default()), ReconciliationStatus::Balanced);
        let pending = Counts { pending: 1, ..Counts::default() };
        assert_eq!(status(&[hour(0)], &pending), ReconciliationStatus::Pending);
        let settling =
            ReconciliationHour { hour: String::new(), counts: Counts { settling: -1, ..Counts::default() } };
        assert_eq!(status(&[settling], &Counts::default()), ReconciliationStatus::Pending);
    }
}
