//! The journey map: which whole journeys there are, what becomes of them, and what separates those that converted.

mod proportions;
pub mod request;
pub mod response;
mod rule;
mod separation;

use std::cmp::Reverse;

use foldhash::HashMap;

use crate::error::ApiError;
use crate::plan::{Dimension, Earlier};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::quartiles::Quartiles;
use crate::steps::{Asked, LABEL_BETWEEN, Label, Others, Steps, computed, known, seen, seen_or_done};
use crate::value::{Amount, Money};
use request::Request;
use response::{
    JourneyDifference, JourneyMap, JourneyNode, JourneyNumbers, JourneySeparation, JourneyVariant,
    JourneyVariants, JourneysBefore,
};
use rule::Journey;
use separation::{Difference, Separation};

/// Differences that are told; of more nobody reads.
const DIFFERENCES_MAX: usize = 100;

/// The journey map.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<JourneyMap, ApiError> {
    let period = &request.scope.period;
    let (journeys, separation) = map(runner, request, &request.scope).await?;
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(JourneyMap {
        from: period.from,
        to: period.to,
        unit: request.unit.name().to_owned(),
        group_by: request.group_by.name().to_owned(),
        stages: request.with_stages,
        nodes: request.nodes_max,
        journeys,
        separation,
        previous,
    })
}

async fn before(runner: &Runner, request: &Request) -> Result<JourneysBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    // Where the period has not begun, nothing stands before it.
    let journeys = if from < to {
        map(runner, request, &Scope { period, ..request.scope.clone() }).await?.0
    } else {
        Map::default().variants(request, &[])
    };
    Ok(JourneysBefore { from, to, journeys })
}

async fn map(
    runner: &Runner,
    request: &Request,
    scope: &Scope,
) -> Result<(JourneyVariants, JourneySeparation), ApiError> {
    let scope = known(runner, scope, request.unit).await?;
    // What was done has no page of its own. In the order of `CONVERTS` and `IS_NODE`.
    let nodes = if request.group_by.is_of_page() { seen() } else { seen_or_done() };
    let patterns = [request.conversion.clone(), nodes];
    let label = if request.with_stages {
        Label::Pair(Dimension::STAGE, request.group_by)
    } else {
        Label::Dimension(request.group_by)
    };
    let asked = Asked {
        scope: &scope,
        unit: request.unit,
        patterns: &patterns,
        others: Others::None,
        label: Some(label),
        currency: Some(&request.currency),
    };
    let steps = Steps::read(runner, &asked).await?;
    let request = request.clone();
    computed(move || {
        let mut map = Map::default();
        for steps in steps.units() {
            map.add(&request, &Journey::of(steps));
        }
        let name = |label: &String| -> JourneyNode {
            let pair = if request.with_stages { label.split_once(LABEL_BETWEEN) } else { None };
            let (stage, value) = pair.map_or((None, label.as_str()), |(stage, value)| (Some(stage), value));
            JourneyNode { value: value.to_owned(), stage: stage.map(ToOwned::to_owned) }
        };
        let names: Vec<JourneyNode> = steps.labels.iter().map(name).collect();
        (map.variants(&request, &names), map.separation(&request, &names))
    })
    .await
}

/// Journeys that are counted together.
#[derive(Clone, Debug, Default)]
struct Counted {
    journeys: u64,
    converted: u64,
    conversions: u64,
    amount: i128,
    took_ms: Vec<i64>,
}

/// All journeys.
#[derive(Debug, Default)]
struct Map {
    /// By their first nodes, and whether there are more.
    variants: HashMap<(Vec<u32>, bool), Counted>,
    separation: Separation,
}

impl Counted {
    fn add(&mut self, journey: &Journey) {
        self.journeys += 1;
        self.converted += u64::from(journey.conversions > 0);
        self.conversions += journey.conversions;
        self.amount += journey.amount;
        self.took_ms.extend(journey.took_ms);
    }

    fn add_all(&mut self, other: &Self) {
        self.journeys += other.journeys;
        self.converted += other.converted;
        self.conversions += other.conversions;
        self.amount += other.amount;
        self.took_ms.extend_from_slice(&other.took_ms);
    }

    fn told(&self, currency: &str) -> JourneyNumbers {
        JourneyNumbers {
            count: self.journeys,
            converted: self.converted,
            conversion_rate: (self.journeys > 0).then(|| self.converted as f64 / self.journeys as f64),
            conversions: self.conversions,
            revenue: Money::new(Amount(self.amount), currency),
            duration: Quartiles::of(self.took_ms.clone()),
        }
    }
}

impl Map {
    fn add(&mut self, request: &Request, journey: &Journey) {
        let (nodes, is_cut) = journey.beginning(request.nodes_max);
        self.variants.entry((nodes.to_vec(), is_cut)).or_default().add(journey);
        self.separation.add(journey);
    }

    fn variants(&self, request: &Request, names: &[JourneyNode]) -> JourneyVariants {
        let mut sorted: Vec<(&(Vec<u32>, bool), &Counted)> = self.variants.iter().collect();
        let name = |node: &u32| &names[*node as usize];
        sorted.sort_unstable_by(|((one, one_cut), first), ((other, other_cut), second)| {
            (Reverse(first.journeys), one.len())
                .cmp(&(Reverse(second.journeys), other.len()))
                .then_with(|| one.iter().map(name).cmp(other.iter().map(name)))
                .then_with(|| one_cut.cmp(other_cut))
        });
        let (mut all, mut others) = (Counted::default(), Counted::default());
        for (place, (_, counted)) in sorted.iter().enumerate() {
            all.add_all(counted);
            if place >= request.limit {
                others.add_all(counted);
            }
        }
        let variants = sorted.iter().take(request.limit).map(|((nodes, is_cut), counted)| JourneyVariant {
            nodes: nodes.iter().map(name).cloned().collect(),
            is_cut: *is_cut,
            share: counted.journeys as f64 / all.journeys as f64,
            numbers: counted.told(&request.currency),
        });
        JourneyVariants {
            variants: variants.collect(),
            variants_left_out: sorted.len().saturating_sub(request.limit),
            all: all.told(&request.currency),
            others: others.told(&request.currency),
        }
    }

    fn separation(&self, request: &Request, names: &[JourneyNode]) -> JourneySeparation {
        let name = |node: u32| &names[node as usize];
        let (found, too_few) =
            self.separation.differences(request.min_support, |(node, next)| (name(node), next.map(name)));
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
            converted: self.separation.converted,
            converted_at_once: self.separation.at_once,
            not_converted: self.separation.not_converted,
            min_support: request.min_support,
            tested: found.len(),
            too_few,
            differences: found.iter().take(DIFFERENCES_MAX).map(told).collect(),
        }
    }
}
