//! What is asked: which journeys there are, and what separates those that converted.

use orma_store::Site;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Dimension;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::timestamp::Timestamp;

/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
/// What a node can be.
const GROUPS: [Dimension; 5] = [
    Dimension::TOUCHPOINT,
    Dimension::CHANNEL,
    Dimension::DEVICE_CLASS,
    Dimension::CONTENT_GROUP,
    Dimension::PAGE,
];
/// After so many nodes a journey is cut.
const NODES_DEFAULT: u64 = 10;
const NODES_MAX: u64 = 50;
/// Variants that are told; of more nobody reads.
const LIMIT_DEFAULT: u64 = 20;
const LIMIT_MAX: u64 = 200;
/// What fewer journeys have may be chance.
const MIN_SUPPORT_DEFAULT: u64 = 30;
const MIN_SUPPORT_MAX: u64 = 1_000_000;

/// What `POST /journeys` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneysRequest {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// `people` (the default), `visitors` or `sessions`: whose journey each is.
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// What a node is: `touchpoint` (the default), `channel`, `device_class`, or of what was seen `content_group` or `page`.
    #[schema(example = "touchpoint")]
    pub group_by: Option<String>,
    /// Whether nodes are told apart by the stage of the relation, too. Default false.
    pub stages: Option<bool>,
    /// After so many nodes a journey is cut. Default 10, at most 50.
    #[schema(minimum = 1, maximum = 50)]
    pub nodes: Option<u64>,
    /// How many variants are told; the others are told together. Default 20, at most 200.
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// What counts as a conversion. Default: an order.
    #[schema(value_type = Option<EventMatcher>)]
    pub conversion: Option<Value>,
    /// A node or a move that fewer journeys have is not held against the conversion. Default 30, at most 1000000.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub min_support: Option<u64>,
    /// `previous`: also the period before, as in `GET /stats`.
    pub compare: Option<String>,
}

/// A journey map.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, and whom.
    pub scope: Scope,
    /// The site's money.
    pub currency: String,
    /// Whose journey each is.
    pub unit: Unit,
    /// What a node is.
    pub group_by: Dimension,
    /// Whether stages tell nodes apart.
    pub with_stages: bool,
    /// After so many nodes a journey is cut.
    pub nodes_max: usize,
    /// How many variants are told.
    pub limit: usize,
    /// What counts as a conversion.
    pub conversion: Condition,
    /// What fewer journeys have is left out.
    pub min_support: u64,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &JourneysRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let group_by = Dimension::parse(body.group_by.as_deref().unwrap_or("touchpoint"), "group_by")?;
        if !GROUPS.contains(&group_by) {
            let known = GROUPS.map(Dimension::name).join(", ");
            let message = format!("`{}` makes no journeys. These do: {known}.", group_by.name());
            return Err(ApiError::invalid("invalid_dimension", "group_by", message));
        }
        let order = json!({"kind": "order"});
        let conversion =
            Condition::of_event_from_json(body.conversion.as_ref().unwrap_or(&order), "conversion")?;
        Ok(Self {
            scope,
            currency: site.currency.clone(),
            unit: Unit::parse(body.unit.as_deref())?,
            group_by,
            with_stages: body.stages.unwrap_or(false),
            nodes_max: number("nodes", body.nodes, NODES_DEFAULT, NODES_MAX)? as usize,
            limit: number("limit", body.limit, LIMIT_DEFAULT, LIMIT_MAX)? as usize,
            conversion,
            min_support: number("min_support", body.min_support, MIN_SUPPORT_DEFAULT, MIN_SUPPORT_MAX)?,
            with_previous: parse_compare(body.compare.as_deref())?,
            now,
        })
    }
}

fn number(field: &str, number: Option<u64>, default: u64, max: u64) -> Result<u64, ApiError> {
    let number = number.unwrap_or(default);
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(ApiError::invalid("invalid_field", field, format!("`{field}` must be a number from 1 to {max}.")))
}
