//! What is told of a funnel.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::Money;

/// A funnel.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Funnel {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// `people`, `visitors` or `sessions`: what `people` counts.
    #[schema(example = "people")]
    pub unit: String,
    /// The steps, in their order.
    pub steps: Vec<FunnelStep>,
    /// What the last step brought, in the site's currency.
    pub revenue: Money,
    /// By the value of the dimension at the first step, the largest first; at most 50.
    pub groups: Vec<FunnelGroup>,
    /// How many values of the dimension are left out of `groups`.
    pub groups_left_out: usize,
    /// By when the first step was.
    pub trend: Vec<FunnelBucket>,
    /// The period before, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<FunnelBefore>,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelStep {
    /// How many came as far as this step or further.
    pub people: u64,
    /// How many of them came no further; of the last step nobody.
    pub dropped: u64,
    /// A quarter took no longer from the step before, in milliseconds. Null for the first step, and where nobody came. Exact;
    /// between two values it is in between.
    pub q1_ms: Option<f64>,
    /// Half of them took no longer.
    pub median_ms: Option<f64>,
    /// Three quarters took no longer.
    pub q3_ms: Option<f64>,
}

/// The funnel of those who had a value of a dimension at the first step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelGroup {
    /// The value.
    #[schema(example = "mobile")]
    pub value: String,
    /// The steps.
    pub steps: Vec<FunnelStep>,
    /// What the last step brought.
    pub revenue: Money,
}

/// The funnel of those whose first step was on a day, or in a week or a month.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelBucket {
    /// The first day of it, in the site's zone.
    #[schema(example = "2026-11-16")]
    pub time: String,
    /// How many came as far as each step or further.
    pub people: Vec<u64>,
    /// Whether all of them have had the whole window within the period by now: where not, more may have come since, or still
    /// come.
    pub is_finished: bool,
}

/// The funnel of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelBefore {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// The steps.
    pub steps: Vec<FunnelStep>,
    /// What the last step brought.
    pub revenue: Money,
}

/// What those did next who came as far as a step and no further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunnelInstead {
    /// The number of the step.
    pub step: usize,
    /// `people`, `visitors` or `sessions`: what `people` counts.
    #[schema(example = "people")]
    pub unit: String,
    /// How many came no further.
    pub people: u64,
    /// How many of them saw and did nothing else until the end of the period.
    pub nothing: u64,
    /// What the others saw or did first that was not the step's own page or event again, the most frequent first.
    pub items: Vec<FunnelInsteadItem>,
    /// How many did something that is not among `items`.
    pub others: u64,
}

/// Something that people did instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunnelInsteadItem {
    /// A path or screen, the name of a custom event, or the kind of another.
    #[schema(example = "/spedizioni")]
    pub node: String,
    /// How many.
    pub people: u64,
}
