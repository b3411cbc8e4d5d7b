//! Whose credit the conversions are: what each touchpoint has by each model, and who is behind it.

use super::groups::Groups;
use super::paths::{Visit, Visits, credited, each_unit, path, unconverted};
use super::request::Request;
use super::response::{AttributionFound, AttributionGroup, AttributionOfModel, AttributionRow};
use super::rule::{Chain, Model, divided, weights};
use crate::steps::{Step, Steps};
use crate::value::{Amount, Money};

/// Of more touchpoints no chain is made: what it costs grows with the third power of their number.
pub const CHAIN_MAX: usize = 300;

/// What was found of the touchpoints.
#[derive(Default)]
pub struct Told {
    names: Vec<String>,
    /// The touchpoint without a name, which is credited with what no visit came before.
    nothing: usize,
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
    /// Who converted, and of each touchpoint who is behind its credit.
    people: u64,
    behind: Vec<u64>,
    /// Who did not, and of each touchpoint who came by it.
    unconverted: u64,
    came: Vec<u64>,
    groups: Option<Groups>,
}

impl Told {
    /// Divides the credit for all conversions.
    pub fn of(request: &Request, steps: &Steps, visits: &Visits) -> Self {
        let mut names = visits.names.clone();
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
            behind: vec![0; count],
            came: vec![0; count],
            groups: request.breakdown.map(|_| Groups::new(steps.labels.clone())),
            nothing,
            names,
            ..Self::default()
        };
        let mut chain = (count <= CHAIN_MAX).then(|| Chain::new(count));
        each_unit(steps, visits, |_, visits, converted| {
            for conversion in converted {
                told.convert(request, visits, conversion, chain.as_mut());
            }
            let credited = converted.iter().flat_map(|conversion| credited(request, visits, conversion));
            let credited = distinct(credited.map(|touchpoint| touchpoint.unwrap_or(nothing)));
            told.people += u64::from(!credited.is_empty());
            for touchpoint in credited {
                told.behind[touchpoint] += 1;
            }
            let came = || unconverted(request, visits, converted).map(|visit| visit.touchpoint);
            let touchpoints = distinct(came());
            told.unconverted += u64::from(!touchpoints.is_empty());
            for touchpoint in touchpoints {
                told.came[touchpoint] += 1;
            }
            if request.with_unconverted
                && converted.is_empty()
                && let Some(chain) = &mut chain
            {
                chain.add(came(), false);
            }
        });
        told.by_effect(chain.as_ref());
        told
    }

    /// Divides the credit for a conversion.
    fn convert(&mut self, request: &Request, visits: &[Visit], conversion: &Step, chain: Option<&mut Chain>) {
        let (nothing, path) = (self.nothing, path(request, visits, conversion));
        self.conversions += 1;
        self.revenue += i128::from(conversion.amount);
        if path.is_empty() {
            self.without_visit += 1;
            self.revenue_without_visit += i128::from(conversion.amount);
            for (_, conversions, amounts) in &mut self.credits {
                conversions[nothing] += 1.0;
                amounts[nothing] += i128::from(conversion.amount);
            }
            if let Some(groups) = &mut self.groups {
                groups.add(conversion, [(nothing, 1.0, conversion.amount.into())]);
            }
            return;
        }
        for touch in &path {
            self.led[touch.touchpoint] += 1;
        }
        for (model, conversions, amounts) in &mut self.credits {
            let Some(weights) = weights(*model, &path) else { continue };
            let parts = divided(conversion.amount.into(), &weights);
            if *model == request.model
                && let Some(groups) = &mut self.groups
            {
                let credits = path.iter().zip(&weights).zip(&parts);
                groups.add(
                    conversion,
                    credits.map(|((touch, weight), part)| (touch.touchpoint, *weight, *part)),
                );
            }
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
    fn by_effect(&mut self, chain: Option<&Chain>) {
        let Some(chain) = chain else { return };
        let nothing = self.nothing;
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

    /// All of them, and by groups, with how many of these are left out.
    pub fn respond(self, request: &Request) -> (AttributionFound, (Vec<AttributionGroup>, usize)) {
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
                people: self.behind[touchpoint],
                unconverted: self.came[touchpoint],
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
        let groups = self.groups.as_ref().map_or((Vec::new(), 0), |groups| groups.told(request, &self.names));
        let found = AttributionFound {
            conversions: self.conversions,
            without_visit: self.without_visit,
            revenue: Money::new(Amount(self.revenue), &request.currency),
            people: self.people,
            unconverted: self.unconverted,
            rows,
        };
        (found, groups)
    }
}

/// Each number once.
fn distinct(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
