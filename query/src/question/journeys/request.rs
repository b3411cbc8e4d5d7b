//! What is asked: which journeys there are, and what separates those that converted.

use orma_store::Site;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::response::JourneyNode;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Dimension;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{GroupChoice, Paging, refuse_set};
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
    /// A dimension: the same for each value that it has at the first event; one of an event or a session.
    #[schema(example = "device_class")]
    pub breakdown: Option<String>,
    /// `previous`: also the period before, as in `GET /stats`.
    pub compare: Option<String>,
}

/// What `POST /journeys/people` takes: the journeys, and whose of them. Of `variant`, `edge` and `difference` one at most;
/// with none of them, of all journeys.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyPeopleRequest {
    /// The journeys, as `POST /journeys` takes them; without `breakdown` and `compare`.
    pub journeys: JourneysRequest,
    /// Of this variant.
    pub variant: Option<JourneyVariantChoice>,
    /// With this node or this move of the map, wherever it is in the journey.
    pub edge: Option<JourneyPartChoice>,
    /// With this node or this move of the separation: before the first conversion, where there is one.
    pub difference: Option<JourneyPartChoice>,
    /// `all` (the default), `converted` or `not_converted`.
    pub outcome: Option<String>,
    /// Only those with this value of a dimension at their first event.
    pub group: Option<GroupChoice>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyVariantChoice {
    /// Its nodes.
    #[schema(max_items = 50)]
    pub nodes: Vec<JourneyNode>,
    /// Whether it goes on after them. Default false.
    #[serde(default)]
    pub is_cut: bool,
}

/// A node, or a move from it to the next.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyPartChoice {
    /// The node.
    pub node: JourneyNode,
    /// The node that follows it, of a move.
    pub next: Option<JourneyNode>,
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
    /// By what it is divided.
    pub breakdown: Option<Dimension>,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// Which of the journeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All of them.
    All,
    /// Those of a variant.
    Variant(JourneyVariantChoice),
    /// Those with a node or a move.
    Edge(JourneyPartChoice),
    /// Those with one before their first conversion.
    Difference(JourneyPartChoice),
}

/// Whose journeys.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The journeys.
    pub journeys: Request,
    /// Which of them.
    pub chosen: Chosen,
    /// Only those that converted, or only those that did not.
    pub converted: Option<bool>,
    /// Only those of this value of their breakdown.
    pub group: Option<String>,
    /// Which of them are told.
    pub paging: Paging,
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
            breakdown: body
                .breakdown
                .as_deref()
                .map(|name| Dimension::parse_of_event(name, "breakdown"))
                .transpose()?,
            with_previous: parse_compare(body.compare.as_deref())?,
            now,
        })
    }
}

impl PeopleRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &JourneyPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let mut journeys = Request::parse(site, &body.journeys, now)?;
        refuse_set(
            "journeys",
            [("breakdown", journeys.breakdown.is_some()), ("compare", journeys.with_previous)],
        )?;
        let chosen = chosen(body, &journeys)?;
        let converted = match body.outcome.as_deref() {
            None | Some("all") => None,
            Some("converted") => Some(true),
            Some("not_converted") => Some(false),
            Some(other) => {
                let message = format!("`outcome` is `all`, `converted` or `not_converted`, not `{other}`.");
                return Err(ApiError::invalid("unknown_outcome", "outcome", message));
            }
        };
        if let Some(group) = &body.group {
            journeys.breakdown = Some(group.dimension()?);
        }
        Ok(Self {
            journeys,
            chosen,
            converted,
            group: body.group.as_ref().map(|group| group.value.clone()),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}

fn chosen(body: &JourneyPeopleRequest, journeys: &Request) -> Result<Chosen, ApiError> {
    let of_part = |part: &JourneyPartChoice, field: &str| {
        check_node(&part.node, journeys, &format!("{field}.node"))?;
        part.next.as_ref().map_or(Ok(()), |next| check_node(next, journeys, &format!("{field}.next")))
    };
    match (&body.variant, &body.edge, &body.difference) {
        (None, None, None) => Ok(Chosen::All),
        (Some(variant), None, None) => {
            if variant.nodes.len() > journeys.nodes_max {
                let message = format!("No variant has more than {} nodes.", journeys.nodes_max);
                return Err(ApiError::invalid("invalid_field", "variant.nodes", message));
            }
            for (place, node) in variant.nodes.iter().enumerate() {
                check_node(node, journeys, &format!("variant.nodes[{place}]"))?;
            }
            Ok(Chosen::Variant(variant.clone()))
        }
        (None, Some(edge), None) => of_part(edge, "edge").map(|()| Chosen::Edge(edge.clone())),
        (None, None, Some(difference)) => {
            of_part(difference, "difference").map(|()| Chosen::Difference(difference.clone()))
        }
        (variant, ..) => {
            let field = if variant.is_some() { "variant" } else { "edge" };
            let message = "Of `variant`, `edge` and `difference` only one can be asked for.";
            Err(ApiError::invalid("invalid_field", field, message))
        }
    }
}

/// A node has a stage where stages are asked for, and only there.
fn check_node(node: &JourneyNode, journeys: &Request, field: &str) -> Result<(), ApiError> {
    if node.stage.is_some() == journeys.with_stages {
        return Ok(());
    }
    let message = format!("`{field}` has a `stage` where `journeys.stages` is true, and only there.");
    Err(ApiError::invalid("invalid_field", format!("{field}.stage"), message))
}

fn number(field: &str, number: Option<u64>, default: u64, max: u64) -> Result<u64, ApiError> {
    let number = number.unwrap_or(default);
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(ApiError::invalid("invalid_field", field, format!("`{field}` must be a number from 1 to {max}.")))
}
