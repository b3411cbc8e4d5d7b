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
    /// What is found of all conversions.
    #[serde(flatten)]
    pub found: AttributionFound,
    /// By the value of the dimension at the conversion, those with most conversions first; at most 20.
    pub groups: Vec<AttributionGroup>,
    /// How many values of the dimension are left out of `groups`.
    pub groups_left_out: usize,
    /// The period before, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<AttributionBefore>,
}

/// What is found of the conversions of a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionFound {
    /// How many conversions there were; the rows sum to it.
    pub conversions: u64,
    /// How many of them no visit came before within the window: they are in the row without a name.
    pub without_visit: u64,
    /// What the conversions brought, in the site's currency; the rows sum to it.
    pub revenue: Money,
    /// Who converted, each once.
    pub people: u64,
    /// Who began a visit in the period and did not convert in it.
    pub unconverted: u64,
    /// The touchpoints, those with most conversions first.
    pub rows: Vec<AttributionRow>,
}

/// The attribution of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionBefore {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive: up to the moment that the period has reached.
    pub to: Timestamp,
    /// What is found of it.
    #[serde(flatten)]
    pub found: AttributionFound,
}

/// The conversions with a value of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionGroup {
    /// The value.
    #[schema(example = "mobile")]
    pub value: String,
    /// How many conversions there were; the rows sum to it, and the groups to all where no value is left out.
    pub conversions: u64,
    /// What they brought, in the site's currency.
    pub revenue: Money,
    /// The touchpoints by the model that was asked for, those with most conversions first.
    pub rows: Vec<AttributionGroupRow>,
}

/// A touchpoint of a group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionGroupRow {
    /// The value of the dimension of touchpoints.
    #[schema(example = "google")]
    pub touchpoint: String,
    /// Its share of the group's conversions.
    pub conversions: f64,
    /// Its share of what they brought, a decimal.
    #[schema(example = "12.50")]
    pub revenue: String,
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
    /// Who is behind `conversions`: those of whose conversions it has credit by that model, each once. By `markov`, those who came
    /// by it before a conversion.
    pub people: u64,
    /// Who came by it in the period and did not convert in it.
    pub unconverted: u64,
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
