//! What is told: the numbers of each hour, and why they may not add up.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// The numbers of the invariants `received = accepted + rejected` and `accepted = stored + duplicate + pending`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Events in the requests that were read.
    pub received: i64,
    /// Of these, taken.
    pub accepted: i64,
    /// Of these, refused with a reason.
    pub rejected: i64,
    /// Events found in the store, each once.
    pub stored: i64,
    /// Recognised as having come before.
    pub duplicate: i64,
    /// Taken, and still with a collector.
    pub pending: i64,
    /// `accepted − stored − duplicate − pending − gap − written_off`: what is neither here nor there at the moment of the look, such as
    /// a row that is in the store before its collector has said so. Left out when it is 0, as after some seconds of quiet.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub settling: i64,
    /// Accepted events that two looks in a row found nowhere; negative: rows in the store that nobody took. 0 when
    /// nothing is lost.
    pub gap: i64,
    /// Events that would be in the gap and that an operator has given up (`orma accounts write-off`), as far as they are
    /// still missing; negative: rows that nobody took. Left out when it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub written_off: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// One hour.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountingHour)]
pub struct ReconciliationHour {
    /// Beginning of the hour in the site's zone.
    #[schema(example = "2026-11-21T10:00:00+01:00")]
    pub hour: String,
    /// Its numbers.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Why events were refused.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RefusalReason {
    /// Stable name.
    #[schema(example = "unknown_kind")]
    pub reason: String,
    /// How many.
    pub count: i64,
    /// When last.
    pub last_at: Timestamp,
    /// A bounded piece of the latest payload.
    pub example: String,
}

/// What a collector said last.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CollectorReport {
    /// Its name.
    pub collector: String,
    /// When it said so.
    pub reported_at: Timestamp,
    /// Whether the report is recent enough to count as pending events.
    pub current: bool,
    /// Events of this site that it still holds.
    pub pending_events: i64,
    /// Bytes of its spool, all sites.
    pub spool_bytes: i64,
    /// The oldest event that it still holds.
    pub oldest_pending_at: Option<Timestamp>,
    /// Segments that the store refused for their content.
    pub quarantined_segments: i64,
}

/// What an operator has given up at one time.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WriteOff {
    /// When.
    pub written_at: Timestamp,
    /// In so many hours of the period.
    pub hours: i64,
    /// Accepted events that were missing then.
    pub missing: i64,
    /// Rows that nobody had taken.
    pub surplus: i64,
    /// Why, in the operator's words.
    #[schema(example = "the disk of 3 May was lost; no backup")]
    pub note: String,
}

/// Whether the numbers add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountingStatus)]
pub enum ReconciliationStatus {
    /// Everything that was taken is stored.
    Balanced,
    /// Some of it is still with a collector.
    Pending,
    /// Some of it is nowhere, or something is stored that nobody took.
    Gap,
}

/// The answer of `GET /accounting`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Accounting)]
pub struct Reconciliation {
    /// The site.
    pub site: String,
    /// The site's IANA time zone.
    pub timezone: String,
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, exclusive.
    pub to: Timestamp,
    /// Whether the numbers add up.
    pub status: ReconciliationStatus,
    /// Over the period.
    pub totals: Counts,
    /// The hours in which something was received, oldest first.
    pub hours: Vec<ReconciliationHour>,
    /// Most frequent first.
    pub reasons: Vec<RefusalReason>,
    /// By name.
    pub collectors: Vec<CollectorReport>,
    /// What was written off of the period's hours, latest first, 100 at most.
    pub write_offs: Vec<WriteOff>,
}
