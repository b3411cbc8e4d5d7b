//! What is told of a journey map.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::steps::quartiles::Quartiles;
use crate::timestamp::Timestamp;
use crate::value::Money;

/// The most frequent journeys, and what separates those that converted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyMap {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// `people`, `visitors` or `sessions`: whose journey each is.
    #[schema(example = "people")]
    pub unit: String,
    /// What a node is.
    #[schema(example = "touchpoint")]
    pub group_by: String,
    /// Whether nodes are told apart by the stage, too.
    pub stages: bool,
    /// After so many nodes a journey is cut.
    #[schema(example = 10)]
    pub nodes: usize,
    /// The journeys.
    #[serde(flatten)]
    pub journeys: JourneyVariants,
    /// All journeys as one directed map.
    pub flow: JourneyFlow,
    /// What separates those that converted from those that did not.
    pub separation: JourneySeparation,
    /// The journeys by each value of `breakdown`, the most frequent first; at most 20. No journey is in two of them.
    pub groups: Vec<JourneyGroup>,
    /// How many more values there are.
    pub groups_left_out: usize,
    /// The period before, where it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<JourneysBefore>,
}

/// The journeys of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneysBefore {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// The journeys.
    #[serde(flatten)]
    pub journeys: JourneyVariants,
}

/// The most frequent journeys beside all of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyVariants {
    /// All journeys. The counts and the money of the variants and the others sum to theirs.
    pub all: JourneyNumbers,
    /// Those that most took, as far as `limit`; of as many, in the order of their nodes.
    pub variants: Vec<JourneyVariant>,
    /// How many more variants there are.
    pub variants_left_out: usize,
    /// Their journeys together.
    pub others: JourneyNumbers,
}

/// Journeys that are the same.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyVariant {
    /// Where they led, each node once where it follows itself. None where nothing was seen or done but the conversion, which
    /// is no node.
    pub nodes: Vec<JourneyNode>,
    /// Whether they went on, whereto is not told: they had more nodes than are told of one.
    pub is_cut: bool,
    /// Their share of all journeys, from 0 to 1.
    pub share: f64,
    /// What is known of them.
    #[serde(flatten)]
    pub numbers: JourneyNumbers,
}

/// The journeys that had one value of a dimension at their first event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyGroup {
    /// The value; empty where there was none.
    #[schema(example = "mobile")]
    pub value: String,
    /// All of them.
    pub all: JourneyNumbers,
    /// Of these, those of each of the `variants` above, in their order.
    pub variants: Vec<JourneyNumbers>,
    /// The rest.
    pub others: JourneyNumbers,
}

/// All journeys as one directed map, whole ones.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyFlow {
    /// The nodes that most journeys have; at most 30.
    pub nodes: Vec<JourneyFlowNode>,
    /// How many more there are.
    pub nodes_left_out: usize,
    /// The moves between these that were made most often; at most 200.
    pub edges: Vec<JourneyEdge>,
    /// How many other moves there are from one node to another.
    pub edges_left_out: usize,
}

/// A node of the map.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyFlowNode {
    /// The node.
    pub node: JourneyNode,
    /// How many journeys have it.
    pub journeys: u64,
    /// How many of these converted, before it or after it.
    pub converted: u64,
    /// How often journeys came to it.
    pub visits: u64,
    /// How many journeys began with it.
    pub starts: u64,
    /// How many ended with it.
    pub ends: u64,
}

/// A move of the map.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyEdge {
    /// From which node.
    pub from: JourneyNode,
    /// To which.
    pub to: JourneyNode,
    /// How many journeys have it.
    pub journeys: u64,
    /// How often it was made.
    pub moves: u64,
    /// How long it took from the last event of the one to the first of the other.
    pub wait: Quartiles,
}

/// A node of journeys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyNode {
    /// The value of the dimension; empty where there is none.
    #[schema(example = "newsletter")]
    pub value: String,
    /// The stage of the relation, where stages are asked for; empty where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pre_purchase")]
    pub stage: Option<String>,
}

/// What is known of some journeys.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyNumbers {
    /// How many they are.
    pub count: u64,
    /// How many of them converted, sooner or later.
    pub converted: u64,
    /// Their share, from 0 to 1. Null where there are no journeys.
    pub conversion_rate: Option<f64>,
    /// How often they did.
    pub conversions: u64,
    /// What that brought, in the site's currency.
    pub revenue: Money,
    /// How long they took from the first event of a node to the last; as a whole, where they are cut.
    pub duration: Quartiles,
}

/// What separates journeys that converted from those that did not.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneySeparation {
    /// Journeys that converted. Of these only what came before the first conversion counts.
    pub converted: u64,
    /// Of these, those with nothing before it.
    pub converted_at_once: u64,
    /// Journeys that did not, which count as a whole.
    pub not_converted: u64,
    /// What fewer journeys have is left out.
    #[schema(example = 30)]
    pub min_support: u64,
    /// How many nodes and moves were tested: those that enough have.
    pub tested: usize,
    /// How many nodes and moves too few have.
    pub too_few: usize,
    /// Those that separate most, the strongest first; at most 100.
    pub differences: Vec<JourneyDifference>,
}

/// A node, or a move from one node to the next, and who has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyDifference {
    /// The node.
    pub node: JourneyNode,
    /// The node that follows it, of a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<JourneyNode>,
    /// How many journeys have it of those that converted, before they did.
    pub converted: u64,
    /// Their share of these, from 0 to 1.
    pub converted_share: f64,
    /// How many have it of those that did not.
    pub not_converted: u64,
    /// Their share of these, from 0 to 1.
    pub not_converted_share: f64,
    /// The first share divided by the second. Null where the second is none.
    pub lift: Option<f64>,
    /// The first share less the second.
    pub difference: f64,
    /// The 95 % interval of the difference (Newcombe 1998, method 10): its beginning.
    pub difference_low: f64,
    /// Its end.
    pub difference_high: f64,
    /// How many standard errors they are apart (test of two proportions, NIST e-Handbook 7.3.3).
    pub z: f64,
    /// How likely that is by chance, on either side.
    pub p: f64,
    /// The same, as one of all that were tested (Benjamini and Hochberg 1995).
    pub adjusted_p: f64,
}
