//! Whether every event that was taken is stored: `received = accepted + rejected` and
//! `accepted = stored + duplicate + pending`.
//!
//! The ledger counts a segment's events when the segment is shipped, so what a collector still holds is added to what
//! the ledger says. The rows that the store was given are held against it: what the store merged away because it came
//! twice is a duplicate as much as what a collector dropped.

use std::collections::BTreeMap;

use orma_store::Site;
use serde::Deserialize;

use crate::api::accounting::{
    Accounting, AccountingHour, AccountingParams, AccountingStatus, CollectorReport, Counts, RefusalReason,
};
use crate::api::error::ApiError;
use crate::moment::Moment;
use crate::plan::Period;
use crate::runner::Runner;
use crate::sql::accounting as sql;

/// The default period: a week with today.
const PERIOD_DAYS_DEFAULT: i64 = 7;
/// A collector reports every 10 seconds; after this long it is gone, and so are the events that it says it holds.
const REPORT_AGE_MS_MAX: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

#[derive(Deserialize)]
struct HourRow {
    hour_start: i64,
    what: String,
    amount: i64,
}

#[derive(Deserialize)]
struct ReasonRow {
    reason: String,
    amount: i64,
    last_at: Moment,
    example: String,
}

#[derive(Deserialize)]
struct CollectorRow {
    collector: String,
    reported: Moment,
    pending_events: i64,
    spool: i64,
    oldest: i64,
    quarantined: i64,
}

/// What was counted in one hour, before it is balanced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    /// The ledger's: taken and shipped, duplicates included.
    accepted: i64,
    /// The ledger's: dropped by a collector because it had come before.
    duplicate: i64,
    /// The ledger's.
    rejected: i64,
    /// Rows that the store was given.
    rows: i64,
    /// Rows that are left after duplicates are merged.
    distinct: i64,
    /// Still with a collector.
    pending: i64,
}

impl Tally {
    fn add(&mut self, what: &str, amount: i64) {
        match what {
            "accepted" => self.accepted += amount,
            "duplicate" => self.duplicate += amount,
            "rejected" => self.rejected += amount,
            "rows" => self.rows += amount,
            "distinct" => self.distinct += amount,
            _ => tracing::warn!(what, "the ledger has an outcome that is not known here"),
        }
    }

    fn balance(self) -> Counts {
        let accepted = self.accepted + self.pending;
        let duplicate = self.duplicate + (self.rows - self.distinct);
        Counts {
            received: accepted + self.rejected,
            accepted,
            rejected: self.rejected,
            stored: self.distinct,
            duplicate,
            pending: self.pending,
            gap: accepted - self.distinct - duplicate - self.pending,
        }
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
        gap: one.gap + other.gap,
    })
}

/// An hour that misses events and one that has too many do not make a balance.
fn status(hours: &[AccountingHour], totals: &Counts) -> AccountingStatus {
    if hours.iter().any(|hour| hour.counts.gap != 0) {
        AccountingStatus::Gap
    } else if totals.pending > 0 {
        AccountingStatus::Pending
    } else {
        AccountingStatus::Balanced
    }
}

/// The accounts of a site.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn answer(
    runner: &Runner,
    site: &Site,
    params: &AccountingParams,
    now: Moment,
) -> Result<Accounting, ApiError> {
    let period = Period::parse(site, params.from.as_deref(), params.to.as_deref(), PERIOD_DAYS_DEFAULT, now)?;
    let statements =
        (sql::hours(&site.site, &period), sql::reasons(&site.site, &period), sql::collectors(&site.site));
    let (rows, reasons, collectors) = futures_util::try_join!(
        runner.rows::<HourRow>(&statements.0),
        runner.rows::<ReasonRow>(&statements.1),
        runner.rows::<CollectorRow>(&statements.2),
    )?;
    let collectors: Vec<CollectorReport> = collectors.into_iter().map(|row| report(row, now)).collect();
    let mut tallies: BTreeMap<i64, Tally> = BTreeMap::new();
    for row in rows {
        tallies.entry(row.hour_start * 1000).or_default().add(&row.what, row.amount);
    }
    // A report says how much is held, not since when: it is shown in the hour that it is of.
    let current = collectors.iter().filter(|report| report.current && report.pending_events > 0);
    for report in current.filter(|report| period.from <= report.reported_at && report.reported_at < period.to)
    {
        let hour = report.reported_at.0 - report.reported_at.0.rem_euclid(HOUR_MS);
        tallies.entry(hour).or_default().pending += report.pending_events;
    }
    let hours: Vec<AccountingHour> = tallies
        .into_iter()
        .map(|(start, tally)| AccountingHour { hour: local_hour(start, &period), counts: tally.balance() })
        .collect();
    let totals = sum(hours.iter().map(|hour| hour.counts));
    Ok(Accounting {
        site: site.site.clone(),
        timezone: site.timezone.clone(),
        from: period.from,
        to: period.to,
        status: status(&hours, &totals),
        totals,
        hours,
        reasons: reasons.into_iter().map(reason).collect(),
        collectors,
    })
}

fn reason(row: ReasonRow) -> RefusalReason {
    RefusalReason { reason: row.reason, count: row.amount, last_at: row.last_at, example: row.example }
}

fn report(row: CollectorRow, now: Moment) -> CollectorReport {
    CollectorReport {
        collector: row.collector,
        reported_at: row.reported,
        current: now.0 - row.reported.0 <= REPORT_AGE_MS_MAX,
        pending_events: row.pending_events,
        spool_bytes: row.spool,
        oldest_pending_at: (row.oldest > 0).then_some(Moment(row.oldest)),
        quarantined_segments: row.quarantined,
    }
}

fn local_hour(start: i64, period: &Period) -> String {
    let zoned = Moment(start).timestamp().to_zoned(period.zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_invariant_holds_or_the_gap_says_by_how_much() {
        let tally = |accepted, duplicate, rows, distinct, pending| {
            Tally { accepted, duplicate, rejected: 2, rows, distinct, pending }.balance()
        };
        let table = [
            ("all stored", tally(98, 0, 98, 98, 0), 0),
            ("a collector dropped one, the store merged one", tally(98, 1, 97, 96, 0), 0),
            ("some still with a collector", tally(90, 0, 90, 90, 8), 0),
            ("three are nowhere", tally(98, 0, 95, 95, 0), 3),
            ("one that nobody took", tally(97, 0, 98, 98, 0), -1),
        ];
        for (name, counts, gap) in table {
            assert_eq!(counts.gap, gap, "{name}");
            assert_eq!(counts.received, counts.accepted + counts.rejected, "{name}");
            let found = counts.stored + counts.duplicate + counts.pending + counts.gap;
            assert_eq!(counts.accepted, found, "{name}");
        }
        assert_eq!(tally(98, 1, 97, 96, 0).duplicate, 2);
    }

    #[test]
    fn a_surplus_does_not_hide_a_loss() {
        let hour = |gap| AccountingHour { hour: String::new(), counts: Counts { gap, ..Counts::default() } };
        let hours = [hour(2), hour(-2)];
        assert_eq!(status(&hours, &sum(hours.iter().map(|hour| hour.counts))), AccountingStatus::Gap);
        assert_eq!(status(&[hour(0)], &Counts::default()), AccountingStatus::Balanced);
        let pending = Counts { pending: 1, ..Counts::default() };
        assert_eq!(status(&[hour(0)], &pending), AccountingStatus::Pending);
    }
}
