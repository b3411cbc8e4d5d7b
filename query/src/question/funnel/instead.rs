//! What people did instead of the next step.

use std::collections::HashMap;

use super::request::InsteadRequest;
use super::response::{FunnelInstead, FunnelInsteadItem};
use super::rule::Rule;
use crate::error::ApiError;
use crate::runner::Runner;
use crate::steps::{Asked, Label, Others, Step, Steps, computed, known};

/// What those did next who came as far as a step and no further.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &InsteadRequest) -> Result<FunnelInstead, ApiError> {
    let funnel = &request.funnel;
    let scope = known(runner, &funnel.scope, funnel.unit).await?;
    let asked = Asked {
        scope: &scope,
        unit: funnel.unit,
        patterns: &funnel.patterns,
        others: Others::SeenOrDone,
        label: Some(Label::Node),
        currency: None,
    };
    let steps = Steps::read(runner, &asked).await?;
    let InsteadRequest { step, limit, .. } = *request;
    let (rule, unit) = (funnel.rule, funnel.unit.name().to_owned());
    computed(move || told(&steps, rule, step, limit, unit)).await
}

fn told(steps: &Steps, rule: Rule, step: usize, limit: usize, unit: String) -> FunnelInstead {
    let (mut people, mut nothing) = (0, 0);
    let mut counts: HashMap<u32, u64> = HashMap::new();
    for steps in steps.units() {
        let Some(way) = rule.furthest(steps).filter(|way| way.reached == step + 1) else { continue };
        people += 1;
        match next(steps, way.last) {
            Some(node) => *counts.entry(node).or_default() += 1,
            None => nothing += 1,
        }
    }
    let item =
        |(node, people): (u32, u64)| FunnelInsteadItem { node: steps.labels[node as usize].clone(), people };
    let mut items: Vec<FunnelInsteadItem> = counts.into_iter().map(item).collect();
    items
        .sort_unstable_by(|one, other| other.people.cmp(&one.people).then_with(|| one.node.cmp(&other.node)));
    let others = items.split_off(limit.min(items.len())).iter().map(|item| item.people).sum();
    FunnelInstead { step: step + 1, unit, people, nothing, items, others }
}

/// The label of the first event after one that has another than that.
fn next(steps: &[Step], last: (i64, u128)) -> Option<u32> {
    let place = steps.partition_point(|step| (step.at, step.id) < last);
    let (own, after) = steps[place..].split_first()?;
    after.iter().map(|step| step.label).find(|label| *label != own.label)
}
