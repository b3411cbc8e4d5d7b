//! What is told of a retention.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// Who came, and who came again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retention {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// `people` or `visitors`: what `people` counts.
    #[schema(example = "people")]
    pub unit: String,
    /// `day`, `week` or `month`.
    #[schema(example = "week")]
    pub interval: String,
    /// By when they first came in the period; those in which nobody did are there, too.
    pub cohorts: Vec<Cohort>,
    /// By the value of the dimension where they first came, the largest first; at most 20.
    pub groups: Vec<RetentionGroup>,
    /// How many values of the dimension are left out of `groups`.
    pub groups_left_out: usize,
    /// The period before, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<RetentionBefore>,
}

/// Who had a value of a dimension where they first came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetentionGroup {
    /// The value.
    #[schema(example = "mobile")]
    pub value: String,
    /// The cohorts, as those of all; they sum to these where no value is left out.
    pub cohorts: Vec<Cohort>,
}

/// The retention of the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetentionBefore {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive: up to the moment that the period has reached.
    pub to: Timestamp,
    /// The cohorts.
    pub cohorts: Vec<Cohort>,
}

/// Those who first came in the same stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the name of the field is the API's")]
pub struct Cohort {
    /// The first day of the stretch, in the site's zone.
    #[schema(example = "2026-09-07")]
    pub cohort: String,
    /// How many they are, and how many of them came again in the first stretch of time after it, in the second, and so on.
    pub people: Vec<u64>,
    /// How many of these numbers are of stretches that lie in the period as a whole and are over: the others still grow, or
    /// are cut.
    pub finished: usize,
}
