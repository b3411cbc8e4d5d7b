//! What is told of touchpoints.

use serde::Serialize;
use utoipa::ToSchema;

use crate::steps::quartiles::Quartiles;
use crate::timestamp::Timestamp;
use crate::value::Money;

/// Where people are, where they wait, and where they get lost.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Touchpoints {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// `people` or `visitors`: what `people` counts.
    #[schema(example = "people")]
    pub unit: String,
    /// Up to when it is known what happened: the end of the period, or now.
    pub known_until: Timestamp,
    /// After so many times 24 hours without a move a stay is lost.
    #[schema(example = 7)]
    pub lost_after_days: u32,
    /// Of fewer stays no rank is told.
    #[schema(example = 30)]
    pub min_stays: u64,
    /// The matrix.
    #[serde(flatten)]
    pub matrix: TouchpointMatrix,
    /// The same for each value of `breakdown`, those with most people first; at most 20. Nobody is in two of them.
    pub groups: Vec<TouchpointGroup>,
    /// How many more values there are.
    pub groups_left_out: usize,
    /// The period before, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<TouchpointsBefore>,
}

/// The matrix of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TouchpointsBefore {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive: up to here it is known what happened.
    pub to: Timestamp,
    /// The matrix.
    #[serde(flatten)]
    pub matrix: TouchpointMatrix,
}

/// The matrix of those who had one value of a dimension at their first event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TouchpointGroup {
    /// The value; empty where there was none.
    #[schema(example = "mobile")]
    pub value: String,
    /// Their matrix.
    #[serde(flatten)]
    pub matrix: TouchpointMatrix,
}

/// Touchpoints at the stages of the relation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TouchpointMatrix {
    /// Who saw or did something anywhere.
    pub people: u64,
    /// What they saw and did; the cells sum to it, and so do the touchpoints.
    pub events: u64,
    /// Each touchpoint at each stage, those with most people first. A move leads from one cell to another.
    pub cells: Vec<TouchpointCell>,
    /// Each touchpoint whatever the stage. A move leads from one touchpoint to another.
    pub touchpoints: Vec<TouchpointCell>,
}

/// A touchpoint, at a stage of the relation or at all of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TouchpointCell {
    /// The touchpoint; empty where the events have none.
    #[schema(example = "newsletter")]
    pub touchpoint: String,
    /// The stage, of a cell; empty where the events have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pre_purchase")]
    pub stage: Option<String>,
    /// Who were there. Somebody counts in each place where they were, so these sum to more than all.
    pub people: u64,
    /// What they saw and did there.
    pub events: u64,
    /// How often they stayed: events there that follow each other are one stay. Each was moved from, is lost, or is open.
    pub stays: u64,
    /// Stays that were moved from to another place.
    pub moved: u64,
    /// Stays after which nothing came for `lost_after_days`, up to the end of the period or now.
    pub lost: u64,
    /// Stays after which nothing came yet, for less than that: nobody knows what they become.
    pub open: u64,
    /// The share that is lost of those that were moved from or lost, from 0 to 1.
    pub lost_share: Option<f64>,
    /// 1 where the largest share is lost. Null where fewer than `min_stays` were moved from or lost.
    pub lost_rank: Option<u64>,
    /// How long stays took, from the first event to the last.
    pub stay: Quartiles,
    /// How long it took from the last event of a stay to the first of the next, of those that were moved from.
    pub wait: Quartiles,
    /// 1 where the median of the wait is the longest. Null where fewer than `min_stays` were moved from.
    pub wait_rank: Option<u64>,
    /// Where they moved to, the most frequent first.
    pub next: Vec<TouchpointMove>,
    /// Who converted in the period later than their first event there.
    pub converted: u64,
    /// Their share of the people there, from 0 to 1.
    pub conversion_rate: f64,
    /// How often they did. A conversion counts for each place before it, so these sum to more than all.
    pub conversions: u64,
    /// What that brought, in the site's currency.
    pub revenue: Money,
}

/// A move from a place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TouchpointMove {
    /// To which touchpoint.
    #[schema(example = "site")]
    pub touchpoint: String,
    /// At which stage, of a cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "purchase")]
    pub stage: Option<String>,
    /// How often.
    pub count: u64,
    /// How many people did so, once or more often.
    pub people: u64,
    /// The share of all moves from there, from 0 to 1.
    pub share: f64,
}
