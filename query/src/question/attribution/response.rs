//! What is told of an attribution.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::Money;

/// Which touchpoints led to conversions.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Attribution {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// The model of the rows.
    #[schema(example = "last_non_direct")]
    pub model: String,
    /// What a touchpoint is.
    #[schema(example = "source")]
    pub group_by: String,
    /// How many conversions there were; the rows sum to it.
    pub conversions: u64,
    /// How many of them no visit came before within the window: they are in the row without a name.
    pub without_visit: u64,
    /// What the conversions brought, in the site's currency; the rows sum to it.
    pub revenue: Money,
    /// The touchpoints, those with most conversions first.
    pub rows: Vec<AttributionRow>,
}

/// A touchpoint.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionRow {
    /// The value of the dimension; empty where there is none (a source: nobody sent them).
    #[schema(example = "google")]
    pub touchpoint: String,
    /// Its share of the conversions, by the model that was asked for.
    pub conversions: f64,
    /// Its share of what they brought, a decimal.
    #[schema(example = "12.50")]
    pub revenue: String,
    /// Which share of the probability to convert is lost without it, from 0 to 1 (Markov). Null where it is in no path, or
    /// there are too many touchpoints.
    pub removal_effect: Option<f64>,
    /// How often a visit by it led to a conversion; one that led to several counts for each.
    pub visits: u64,
    /// The same by each model.
    pub models: Vec<AttributionOfModel>,
}

/// What a touchpoint has by a model.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionOfModel {
    /// The model.
    #[schema(example = "linear")]
    pub model: String,
    /// Its share of the conversions.
    pub conversions: f64,
    /// Its share of what they brought, a decimal.
    #[schema(example = "12.50")]
    pub revenue: String,
}
