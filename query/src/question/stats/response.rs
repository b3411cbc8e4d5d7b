//! What is told: the rows, the totals, and the period before.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::{MetricValue, Money};

/// One row: a value of each dimension and of each metric.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatsRow {
    /// Value by dimension. `time` is local: `2026-11-01` (day; the Monday of a week; the first of a month) or
    /// `2026-11-01T14:00:00+01:00` (hour, minute).
    pub dimensions: BTreeMap<String, String>,
    /// Value by metric.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub metrics: BTreeMap<String, Option<MetricValue>>,
}

/// The same numbers for the period before, up to the moment that the period has reached: a part is compared with a part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatsCompare {
    /// Beginning of the period before.
    pub from: Timestamp,
    /// Its end, exclusive. While the period goes on: the same time of day, so many days before.
    pub to: Timestamp,
    /// When the site's first event happened. Where that is after `from`, there is no data to compare with, or only of a
    /// part. Null without any event.
    pub data_from: Option<Timestamp>,
    /// Over the whole period.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub totals: BTreeMap<String, Option<MetricValue>>,
    /// Only when an interval was asked for: the row at the same place is what the row of the period is compared with, and
    /// `time` is where it begins. There are as many as the period has reached. An hour that the site's clocks show
    /// twice is compared once: the second has only nulls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<StatsRow>>,
}

/// The answer of `GET /stats`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stats {
    /// The site.
    pub site: String,
    /// The site's IANA time zone: its days are days here.
    pub timezone: String,
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, exclusive.
    pub to: Timestamp,
    /// When the question was answered. What began before and ends after is unfinished; later there is nothing yet.
    pub as_of: Timestamp,
    /// The interval that was asked for.
    pub interval: Option<String>,
    /// The dimensions that were asked for.
    pub group_by: Vec<String>,
    /// The metrics that were asked for.
    pub metrics: Vec<String>,
    /// Sorted by time, or by the metric, largest first.
    pub rows: Vec<StatsRow>,
    /// Over the whole period: people counted once, not the sum of the rows.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub totals: BTreeMap<String, Option<MetricValue>>,
    /// What was spent in other currencies than the site's, each for itself, over the whole period: `revenue` does not hold
    /// it, nor does `average_order_value`. Left out when there is none, or neither was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// The same of `product_revenue`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_product_revenue: Vec<Money>,
    /// When `compare=previous` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<StatsCompare>,
    /// For the next page.
    pub next_cursor: Option<String>,
}
