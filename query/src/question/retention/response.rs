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
