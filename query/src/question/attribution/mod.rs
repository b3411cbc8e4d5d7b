//! Which visits led to conversions, and how the credit is divided among what brought them.

pub mod request;
pub mod response;
mod rule;
mod sql;

use foldhash::HashMap;
use orma_store::{Block, column};

use crate::error::ApiError;
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::{Asked, Others, Step, Steps, computed, known};
use crate::value::{Amount, Money};
use request::Request;
use response::{Attribution, AttributionOfModel, AttributionRow};
use rule::{Chain, Model, Touch, divided, weights};

/// Visits that are read for one question.
const VISITS_MAX: usize = 6_000_000;
/// Of more touchpoints no chain is made: what it costs grows with the third power of their number.
const CHAIN_MAX: usize = 300;

/// A visit of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    unit: u64,
    at: i64,
    touchpoint: usize,
    is_direct: bool,
}

/// Who came by what.
#[derive(Debug, Default)]
struct Visits {
    /// By unit and time.
    visits: Vec<Visit>,
    /// The names of the touchpoints, by number.
    names: Vec<String>,
}

/// The attribution.
///
/// # Errors
/// There are too many events or visits, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Attribution, ApiError> {
    let scope = known(runner, &request.scope, request.unit).await?;
    let conversions = std::slice::from_ref(&request.conversion);
    let asked = Asked {
        scope: &scope,
        unit: request.unit,
        patterns: conversions,
        others: Others::None,
        label: None,
        currency: Some(&request.currency),
    };
    let steps = Steps::read(runner, &asked).await?;
    let visits = read(runner, &scope, request).await?;
    let owned = request.clone();
    // What nothing came before is one, too.
    let touchpoints = visits.names.len() + usize::from(!visits.names.iter().any(String::is_empty));
    if request.model == Model::Markov && touchpoints > CHAIN_MAX {
        let message = format!(
            "There are {touchpoints} touchpoints; a chain is made of at most {CHAIN_MAX}. Ask for another dimension or \
             model."
        );
        return Err(ApiError::invalid("too_many_touchpoints", "group_by", message));
    }
    computed(move || Told::of(&owned, &steps, visits).respond(&owned)).await
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
    Ok(read)
}

/// What was found of the touchpoints.
struct Told {
    names: Vec<String>,
    conversions: u64,
    without_visit: u64,
    revenue: i128,
    /// Of the conversions that no visit came before.
    revenue_without_visit: i128,
    /// Of each model: conversions and ten-thousandths of each touchpoint.
    credits: Vec<(Model, Vec<f64>, Vec<i128>)>,
    effects: Option<Vec<f64>>,
    /// Visits that led to a conversion.
    led: Vec<u64>,
}

impl Told {
    fn of(request: &Request, steps: &Steps, Visits { mut visits, mut names }: Visits) -> Self {
        // Names in their order, so that rounding is the same every time.
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_unstable_by(|one, other| names[*one].cmp(&names[*other]));
        let mut place = vec![0; names.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        names.sort_unstable();
        for visit in &mut visits {
            visit.touchpoint = place[visit.touchpoint];
        }
        visits.sort_unstable();
        // What nothing came before.
        let nothing = names.iter().position(String::is_empty).unwrap_or_else(|| {
            names.push(String::new());
            names.len() - 1
        });
        let count = names.len();
        let models = Model::ALL.into_iter().filter(|model| *model != Model::Markov);
        let mut told = Self {
            credits: models.map(|model| (model, vec![0.0; count], vec![0; count])).collect(),
            led: vec![0; count],
            conversions: 0,
            without_visit: 0,
            revenue: 0,
            revenue_without_visit: 0,
            effects: None,
            names,
        };
        let mut chain = (count <= CHAIN_MAX).then(|| Chain::new(count));
        let (mut units, mut all) =
            (steps.units().peekable(), visits.chunk_by(|one, other| one.unit == other.unit));
        let mut visited = all.next();
        // Both are in the order of the units.
        loop {
            let next = match (units.peek().map(|steps| steps[0].unit), visited.map(|visits| visits[0].unit)) {
                (Some(one), Some(other)) => one.min(other),
                (Some(one), None) => one,
                (None, Some(other)) => other,
                (None, None) => break,
            };
            let of_unit = visited.filter(|visits| visits[0].unit == next).unwrap_or_default();
            let converted = units.next_if(|steps| steps[0].unit == next).unwrap_or_default();
            for conversion in converted {
                told.convert(request, nothing, of_unit, conversion, chain.as_mut());
            }
            if converted.is_empty()
                && request.with_unconverted
                && let Some(chain) = &mut chain
            {
                let in_period = |visit: &&Visit| visit.at >= request.scope.period.from.0;
                chain.add(of_unit.iter().filter(in_period).map(|visit| visit.touchpoint), false);
            }
            if !of_unit.is_empty() {
                visited = all.next();
            }
        }
        told.by_effect(nothing, chain.as_ref());
        told
    }

    /// Divides the credit for a conversion.
    fn convert(
        &mut self,
        request: &Request,
        nothing: usize,
        visits: &[Visit],
        conversion: &Step,
        chain: Option<&mut Chain>,
    ) {
        let path: Vec<Touch> = visits
            .iter()
            .filter(|visit| (conversion.at - request.window_ms..=conversion.at).contains(&visit.at))
            .map(|visit| Touch {
                touchpoint: visit.touchpoint,
                before_ms: conversion.at - visit.at,
                is_direct: visit.is_direct,
            })
            .collect();
        self.conversions += 1;
        self.revenue += i128::from(conversion.amount);
        if path.is_empty() {
            self.without_visit += 1;
            self.revenue_without_visit += i128::from(conversion.amount);
            for (_, conversions, amounts) in &mut self.credits {
                conversions[nothing] += 1.0;
                amounts[nothing] += i128::from(conversion.amount);
            }
            return;
        }
        for touch in &path {
            self.led[touch.touchpoint] += 1;
        }
        for (model, conversions, amounts) in &mut self.credits {
            let Some(weights) = weights(*model, &path) else { continue };
            let parts = divided(conversion.amount.into(), &weights);
            for ((touch, weight), part) in path.iter().zip(weights).zip(parts) {
                conversions[touch.touchpoint] += weight;
                amounts[touch.touchpoint] += part;
            }
        }
        if let Some(chain) = chain {
            chain.add(path.iter().map(|touch| touch.touchpoint), true);
        }
    }

    /// Divides all conversions that something came before by the effects of a chain.
    fn by_effect(&mut self, nothing: usize, chain: Option<&Chain>) {
        let Some(chain) = chain else { return };
        let effects = chain.removal_effects();
        let sum: f64 = effects.iter().sum();
        let led = (self.conversions - self.without_visit) as f64;
        let mut conversions: Vec<f64> =
            effects.iter().map(|effect| if sum > 0.0 { led * effect / sum } else { 0.0 }).collect();
        let mut amounts = divided(self.revenue - self.revenue_without_visit, &conversions);
        conversions[nothing] += self.without_visit as f64;
        amounts[nothing] += self.revenue_without_visit;
        let place = Model::ALL.iter().position(|model| *model == Model::Markov).unwrap_or_default();
        self.credits.insert(place, (Model::Markov, conversions, amounts));
        self.effects = Some(effects);
    }

    fn respond(self, request: &Request) -> Attribution {
        let decimal = |amount: i128| Amount(amount).to_string();
        let of_model = |touchpoint: usize| -> Vec<AttributionOfModel> {
            let told = self.credits.iter().map(|(model, conversions, amounts)| AttributionOfModel {
                model: model.name().to_owned(),
                conversions: conversions[touchpoint],
                revenue: decimal(amounts[touchpoint]),
            });
            told.collect()
        };
        let asked = self.credits.iter().find(|(model, ..)| *model == request.model);
        let row = |touchpoint: usize| {
            let (conversions, revenue) = asked
                .map_or((0.0, 0), |(_, conversions, amounts)| (conversions[touchpoint], amounts[touchpoint]));
            AttributionRow {
                touchpoint: self.names[touchpoint].clone(),
                conversions,
                revenue: decimal(revenue),
                removal_effect: self.effects.as_ref().map(|effects| effects[touchpoint]),
                visits: self.led[touchpoint],
                models: of_model(touchpoint),
            }
        };
        let is_told = |row: &AttributionRow| {
            row.visits > 0 || row.models.iter().any(|of_model| of_model.conversions > 0.0)
        };
        let mut rows: Vec<AttributionRow> = (0..self.names.len()).map(row).filter(is_told).collect();
        rows.sort_by(|one, other| {
            other.conversions.total_cmp(&one.conversions).then_with(|| one.touchpoint.cmp(&other.touchpoint))
        });
        Attribution {
            from: request.scope.period.from,
            to: request.scope.period.to,
            model: request.model.name().to_owned(),
            group_by: request.group_by.name().to_owned(),
            conversions: self.conversions,
            without_visit: self.without_visit,
            revenue: Money::new(Amount(self.revenue), &request.currency),
            rows,
        }
    }
}
