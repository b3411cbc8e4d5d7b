//! What is told of a lifecycle.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// Who is new, who comes again, and who is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lifecycle {
    /// Where the first interval begins: with that of the calendar in which the period does.
    pub from: Timestamp,
    /// Where the last one ends, exclusive.
    pub to: Timestamp,
    /// `people` or `visitors`: what is counted.
    #[schema(example = "people")]
    pub unit: String,
    /// `day`, `week` or `month`.
    #[schema(example = "week")]
    pub interval: String,
    /// The intervals that have begun, oldest first; those in which nobody was there are among them.
    pub buckets: Vec<LifecycleBucket>,
    /// As many intervals before them, where they are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<LifecycleBefore>,
}

/// Who was there in an interval, and who no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LifecycleBucket {
    /// Its first day, in the site's zone.
    #[schema(example = "2026-11-16")]
    pub time: String,
    /// Whether it is over: where not, more may still come.
    pub is_finished: bool,
    /// Who were there: `new`, `returning` and `resurrected` sum to it.
    pub active: u64,
    /// Who never were before, as far back as events are kept.
    pub new: u64,
    /// Who were in the interval before, too.
    pub returning: u64,
    /// Who were before, but not in the interval before.
    pub resurrected: u64,
    /// Who were in the interval before and were not in this one. Null while it is not over: they may still come.
    pub lost: Option<u64>,
}

/// The intervals before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LifecycleBefore {
    /// Where the first one begins.
    pub from: Timestamp,
    /// Where the last one ends, exclusive.
    pub to: Timestamp,
    /// As many as in the period, in the same order.
    pub buckets: Vec<LifecycleBucket>,
}
