//! Which visits led to conversions, and how the credit is divided among what brought them.

mod credit;
mod groups;
mod paths;
pub mod request;
pub mod response;
mod rule;
mod sql;

use foldhash::HashMap;
use orma_store::{Block, column};

use crate::error::ApiError;
use crate::plan::Earlier;
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::{Asked, Label, Others, Step, Steps, computed, known};
use credit::Told;
use paths::{Visit, Visits, each_unit};
use request::{PeopleRequest, Request};
use response::{Attribution, AttributionBefore, AttributionFound, AttributionGroup};
use rule::Model;

/// Visits that are read for one question.
const VISITS_MAX: usize = 6_000_000;

/// The attribution.
///
/// # Errors
/// There are too many events or visits, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Attribution, ApiError> {
    let (found, (groups, groups_left_out)) = found(runner, request).await?;
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Attribution {
        from: request.scope.period.from,
        to: request.scope.period.to,
        model: request.model.name().to_owned(),
        group_by: request.group_by.name().to_owned(),
        found,
        groups,
        groups_left_out,
        previous,
    })
}

/// Who is behind the conversions of a touchpoint, or came by it and did not convert.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let attribution = &request.attribution;
    let (steps, visits) = conversions(runner, attribution).await?;
    let owned = request.clone();
    let found = computed(move || {
        let mut found = Vec::new();
        each_unit(&steps, &visits, |unit, visited, converted| {
            let at = latest(&owned, (&steps, &visits), visited, converted);
            found.extend(at.map(|at| Found { unit, at }));
        });
        found
    })
    .await?;
    PeoplePage::read(runner, &attribution.scope, attribution.unit, found, request.paging).await
}

/// When somebody last did what is asked of a touchpoint.
fn latest(
    request: &PeopleRequest,
    (steps, visits): (&Steps, &Visits),
    visited: &[Visit],
    converted: &[Step],
) -> Option<i64> {
    let attribution = &request.attribution;
    let is_touchpoint = |touchpoint: Option<usize>| {
        let name = touchpoint.map_or("", |touchpoint| visits.names[touchpoint].as_str());
        request.touchpoint.as_ref().is_none_or(|asked| asked == name)
    };
    if request.only_unconverted {
        let mut came = paths::unconverted(attribution, visited, converted);
        return came.rfind(|visit| is_touchpoint(Some(visit.touchpoint))).map(|visit| visit.at);
    }
    let is_of_group =
        |step: &Step| request.group.as_ref().is_none_or(|group| steps.labels[step.label as usize] == *group);
    let has_credit = |step: &Step| paths::credited(attribution, visited, step).into_iter().any(is_touchpoint);
    converted.iter().rfind(|step| is_of_group(step) && has_credit(step)).map(|step| step.at)
}

async fn before(runner: &Runner, request: &Request) -> Result<AttributionBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    let scope = Scope { period, ..request.scope.clone() };
    let earlier = Request { breakdown: None, scope, ..request.clone() };
    // Where the period has not begun, nothing stands before it.
    let found = if from < to {
        found(runner, &earlier).await?.0
    } else {
        Told::of(&earlier, &Steps::default(), &Visits::default()).respond(&earlier).0
    };
    Ok(AttributionBefore { from, to, found })
}

/// What is found of the conversions of a period, and by groups, with how many of these are left out.
async fn found(
    runner: &Runner,
    request: &Request,
) -> Result<(AttributionFound, (Vec<AttributionGroup>, usize)), ApiError> {
    let (steps, visits) = conversions(runner, request).await?;
    // What nothing came before is one, too.
    let touchpoints = visits.names.len() + usize::from(!visits.names.iter().any(String::is_empty));
    if request.model == Model::Markov && touchpoints > credit::CHAIN_MAX {
        let message = format!(
            "There are {touchpoints} touchpoints; a chain is made of at most {}. Ask for another dimension or model.",
            credit::CHAIN_MAX
        );
        return Err(ApiError::invalid("too_many_touchpoints", "group_by", message));
    }
    let owned = request.clone();
    computed(move || Told::of(&owned, &steps, &visits).respond(&owned)).await
}

/// The conversions of a period, and the visits that may have led to them.
async fn conversions(runner: &Runner, request: &Request) -> Result<(Steps, Visits), ApiError> {
    let scope = known(runner, &request.scope, request.unit).await?;
    let asked = Asked {
        scope: &scope,
        unit: request.unit,
        patterns: std::slice::from_ref(&request.conversion),
        others: Others::None,
        label: request.breakdown.map(Label::Dimension),
        currency: Some(&request.currency),
    };
    let steps = Steps::read(runner, &asked).await?;
    Ok((steps, read(runner, &scope, request).await?))
}

async fn read(runner: &Runner, scope: &Scope, request: &Request) -> Result<Visits, ApiError> {
    let mut read = Visits::default();
    let mut numbers: HashMap<String, usize> = HashMap::default();
    let take = |block: &Block| {
        let units: Vec<u64> = column(block, "unit")?;
        let moments: Vec<i64> = column(block, "at")?;
        let labels: Vec<&str> = column(block, "label")?;
        let direct: Vec<u8> = column(block, "is_direct")?;
        for row in 0..block.num_rows() {
            let touchpoint = if let Some(number) = numbers.get(labels[row]) {
                *number
            } else {
                numbers.insert(labels[row].to_owned(), read.names.len());
                read.names.push(labels[row].to_owned());
                read.names.len() - 1
            };
            let (unit, at, is_direct) = (units[row], moments[row], direct[row] != 0);
            read.visits.push(Visit { unit, at, touchpoint, is_direct });
        }
        Ok(())
    };
    runner.each_block(&sql::touches(scope, request), VISITS_MAX, take).await?;
    Ok(read.in_order())
}
