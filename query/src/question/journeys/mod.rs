//! The journey map: which whole journeys there are, what becomes of them, and what separates those that converted.

mod flow;
mod proportions;
pub mod request;
pub mod response;
mod rule;
mod separation;
mod variants;

use std::cmp::Reverse;

use crate::error::ApiError;
use crate::plan::{Dimension, Earlier};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::{
    Asked, Label, Others, Step, Steps, computed, known, numbered, parts_of, seen, seen_or_done,
};
use flow::Flow;
use request::{Chosen, JourneyPartChoice, PeopleRequest, Request};
use response::{JourneyDifference, JourneyGroup, JourneyMap, JourneyNode, JourneySeparation, JourneysBefore};
use rule::Journey;
use separation::{Difference, Separation, Trait};
use variants::{Key, Variants};

/// Differences that are told; of more nobody reads.
const DIFFERENCES_MAX: usize = 100;
/// Values of a dimension that are told.
const GROUPS_MAX: usize = 20;

/// The journey map.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<JourneyMap, ApiError> {
    let period = &request.scope.period;
    let taken = Taken::read(runner, request, &request.scope).await?;
    let asked = request.clone();
    let (from, to) = (period.from, period.to);
    let told = computed(move || {
        let (mut variants, mut flow, mut separation) =
            (Variants::default(), Flow::default(), Separation::default());
        let mut groups: Vec<Variants> = taken.groups.iter().map(|_| Variants::default()).collect();
        for (group, journey) in taken.journeys() {
            variants.add(&asked, &journey);
            flow.add(&journey);
            separation.add(&journey);
            if asked.breakdown.is_some() {
                groups[group as usize].add(&asked, &journey);
            }
        }
        let ranked = variants.ranked(&asked);
        let (groups, groups_left_out) = told_groups(&asked, &ranked, &groups, &taken.groups);
        JourneyMap {
            from,
            to,
            unit: asked.unit.name().to_owned(),
            group_by: asked.group_by.name().to_owned(),
            stages: asked.with_stages,
            nodes: asked.nodes_max,
            journeys: variants.told(&asked, &ranked, &taken.names),
            flow: flow.told(&taken.names),
            separation: told_separation(&separation, &asked, &taken.names),
            groups,
            groups_left_out,
            previous: None,
        }
    })
    .await?;
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(JourneyMap { previous, ..told })
}

/// The people behind a number of the journey map.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let scope = &request.journeys.scope;
    let taken = Taken::read(runner, &request.journeys, scope).await?;
    let asked = request.clone();
    let found = computed(move || taken.found(&asked)).await?;
    PeoplePage::read(runner, scope, request.journeys.unit, found, request.paging).await
}

async fn before(runner: &Runner, request: &Request) -> Result<JourneysBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    let plain = Request { breakdown: None, ..request.clone() };
    // Where the period has not begun, nothing stands before it.
    let journeys = if from < to {
        let taken = Taken::read(runner, &plain, &Scope { period, ..request.scope.clone() }).await?;
        computed(move || {
            let mut variants = Variants::default();
            taken.journeys().for_each(|(_, journey)| variants.add(&plain, &journey));
            variants.told(&plain, &variants.ranked(&plain), &taken.names)
        })
        .await?
    } else {
        Variants::default().told(&plain, &[], &[])
    };
    Ok(JourneysBefore { from, to, journeys })
}

/// When somebody whose journey is asked for did what it is asked for.
type Asking<'a> = dyn Fn(&Journey) -> Option<i64> + 'a;

/// The journeys of a period. Nodes and groups have numbers in the order of their names.
struct Taken {
    steps: Steps,
    names: Vec<JourneyNode>,
    /// By the number of a label: its node, and its value of the breakdown.
    node_of: Vec<u32>,
    group_of: Vec<u32>,
    groups: Vec<String>,
}

impl Taken {
    async fn read(runner: &Runner, request: &Request, scope: &Scope) -> Result<Self, ApiError> {
        let scope = known(runner, scope, request.unit).await?;
        // What was done has no page of its own. In the order of `CONVERTS` and `IS_NODE`.
        let nodes = if request.group_by.is_of_page() { seen() } else { seen_or_done() };
        let patterns = [request.conversion.clone(), nodes];
        let stage = request.with_stages.then_some(Dimension::STAGE);
        let asked = Asked {
            scope: &scope,
            unit: request.unit,
            patterns: &patterns,
            others: Others::None,
            label: Some(Label::Several([Some(request.group_by), stage, request.breakdown])),
            currency: Some(&request.currency),
        };
        let steps = Steps::read(runner, &asked).await?;
        let parts = |label: &String| {
            let mut each = parts_of(label).into_iter().map(ToOwned::to_owned);
            let value = each.next().unwrap_or_default();
            let stage = if request.with_stages { each.next() } else { None };
            (JourneyNode { value, stage }, each.next().unwrap_or_default())
        };
        let (nodes, groups): (Vec<JourneyNode>, Vec<String>) = steps.labels.iter().map(parts).unzip();
        let (names, node_of) = numbered(&nodes);
        let (groups, group_of) = numbered(&groups);
        Ok(Self { steps, names, node_of, group_of, groups })
    }

    /// Each journey, with the number of the group that its first event is of.
    fn journeys(&self) -> impl Iterator<Item = (u32, Journey)> {
        self.steps.units().map(|steps| (self.group(steps), self.journey(steps)))
    }

    fn group(&self, steps: &[Step]) -> u32 {
        steps.first().map_or(0, |first| self.group_of[first.label as usize])
    }

    fn journey(&self, steps: &[Step]) -> Journey {
        Journey::of(steps, |label| self.node_of[label as usize])
    }

    /// Whose journeys are asked for.
    fn found(&self, request: &PeopleRequest) -> Vec<Found> {
        let number = |node: &JourneyNode| self.names.binary_search(node).ok().map(|number| number as u32);
        // Undefined where no journey has such a node.
        let part = |part: &JourneyPartChoice| -> Option<Trait> {
            Some((
                number(&part.node)?,
                part.next.as_ref().map(number).map_or(Some(None), |next| next.map(Some))?,
            ))
        };
        let nodes_max = request.journeys.nodes_max;
        let asked: Box<Asking<'_>> = match &request.chosen {
            Chosen::All => Box::new(|journey| Some(journey.until)),
            Chosen::Variant(variant) => {
                let nodes: Option<Vec<u32>> = variant.nodes.iter().map(number).collect();
                let Some(nodes) = nodes else { return Vec::new() };
                let key = (nodes, variant.is_cut);
                Box::new(move |journey| {
                    let (nodes, is_cut) = journey.beginning(nodes_max);
                    ((nodes, is_cut) == (&key.0[..], key.1)).then_some(journey.until)
                })
            }
            Chosen::Edge(edge) => {
                let Some((node, next)) = part(edge) else { return Vec::new() };
                Box::new(move |journey| journey.passed(node, next))
            }
            Chosen::Difference(difference) => {
                let Some(of) = part(difference) else { return Vec::new() };
                Box::new(move |journey| separation::traits(journey).contains(&of).then_some(journey.until))
            }
        };
        let is_asked = |group: u32, journey: &Journey| {
            request.group.as_ref().is_none_or(|value| self.groups[group as usize] == *value)
                && request.converted.is_none_or(|converted| (journey.conversions > 0) == converted)
        };
        let found = |steps: &[Step]| {
            let journey = self.journey(steps);
            let at = asked(&journey).filter(|_| is_asked(self.group(steps), &journey))?;
            Some(Found { unit: steps.first()?.unit, at })
        };
        self.steps.units().filter_map(found).collect()
    }
}

/// The largest groups, and how many others there are.
fn told_groups(
    request: &Request,
    ranked: &[&Key],
    groups: &[Variants],
    values: &[String],
) -> (Vec<JourneyGroup>, usize) {
    let mut sorted: Vec<(&Variants, &String)> =
        groups.iter().zip(values).filter(|(group, _)| group.journeys() > 0).collect();
    // A stable sort: of as many journeys by value.
    sorted.sort_by_key(|(group, _)| Reverse(group.journeys()));
    let left_out = sorted.len().saturating_sub(GROUPS_MAX);
    sorted.truncate(GROUPS_MAX);
    (sorted.into_iter().map(|(group, value)| group.group(request, ranked, value)).collect(), left_out)
}

fn told_separation(separation: &Separation, request: &Request, names: &[JourneyNode]) -> JourneySeparation {
    let name = |node: u32| &names[node as usize];
    let (found, too_few) =
        separation.differences(request.min_support, |(node, next)| (name(node), next.map(name)));
    let told = |Difference { of: (node, next), pair, z, p, adjusted_p }: &Difference| {
        let (low, high) = pair.interval();
        let (one, other) = (pair.one.share(), pair.other.share());
        JourneyDifference {
            node: name(*node).clone(),
            next: next.map(|next| name(next).clone()),
            converted: pair.one.with,
            converted_share: one,
            not_converted: pair.other.with,
            not_converted_share: other,
            lift: (pair.other.with > 0).then(|| one / other),
            difference: pair.difference(),
            difference_low: low,
            difference_high: high,
            z: *z,
            p: *p,
            adjusted_p: *adjusted_p,
        }
    };
    JourneySeparation {
        converted: separation.converted,
        converted_at_once: separation.at_once,
        not_converted: separation.not_converted,
        min_support: request.min_support,
        tested: found.len(),
        too_few,
        differences: found.iter().take(DIFFERENCES_MAX).map(told).collect(),
    }
}
