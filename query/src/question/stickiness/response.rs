//! What is told of stickiness.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// How often people come.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Stickiness {
    /// Where the first interval begins: with that of the calendar in which the period does.
    pub from: Timestamp,
    /// Where the last one ends, exclusive.
    pub to: Timestamp,
    /// `people` or `visitors`: what is counted.
    #[schema(example = "people")]
    pub unit: String,
    /// `day`, `week` or `month`.
    #[schema(example = "day")]
    pub interval: String,
    /// What is found.
    #[serde(flatten)]
    pub found: StickinessFound,
    /// As many intervals before, where they are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<StickinessBefore>,
}

/// The intervals before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StickinessBefore {
    /// Where the first one begins.
    pub from: Timestamp,
    /// Where the last one ends, exclusive.
    pub to: Timestamp,
    /// What is found of them.
    #[serde(flatten)]
    pub found: StickinessFound,
}

/// In how many intervals people were there.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StickinessFound {
    /// How many intervals have begun.
    pub intervals: usize,
    /// How many of them are over: in the last one more may still come.
    pub finished: usize,
    /// Who were there at all.
    pub people: u64,
    /// In how many of the intervals they were there, in the mean. Null without anybody.
    pub mean: Option<f64>,
    /// How many were there in exactly one interval, in two, and so on; they sum to `people`.
    pub distribution: Vec<u64>,
    /// How many come in a day, in seven and in thirty. Null unless the interval is `day` and one is over.
    pub rolling: Option<StickinessRolling>,
}

/// Who was there on a day, in the seven days that end with it, and in the thirty: means of the days that are over, from 0 to 1
/// where one is divided by another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StickinessRolling {
    /// How many there are on a day (DAU).
    pub daily: f64,
    /// How many there are in seven days (WAU).
    pub weekly: f64,
    /// How many there are in thirty days (MAU).
    pub monthly: f64,
    /// DAU / WAU. Null without anybody.
    pub daily_of_weekly: Option<f64>,
    /// DAU / MAU.
    pub daily_of_monthly: Option<f64>,
    /// WAU / MAU.
    pub weekly_of_monthly: Option<f64>,
    /// Each of the days.
    pub days: Vec<StickinessDay>,
}

/// A day of those that are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StickinessDay {
    /// Which day, in the site's zone.
    #[schema(example = "2026-11-16")]
    pub time: String,
    /// Who were there on it.
    pub daily: u64,
    /// Who were there on it or on one of the six before.
    pub weekly: u64,
    /// Who were there on it or on one of the 29 before.
    pub monthly: u64,
}
