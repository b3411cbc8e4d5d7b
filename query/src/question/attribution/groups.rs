//! The same by the value of a dimension that conversions have, by one model.

use foldhash::HashMap;

use super::request::Request;
use super::response::{AttributionGroup, AttributionGroupRow};
use crate::steps::Step;
use crate::value::{Amount, Money};

/// Values of a dimension that are told.
const GROUPS_MAX: usize = 20;

/// What the conversions of each value have.
#[derive(Default)]
pub struct Groups {
    values: Vec<String>,
    /// By the number of the value.
    groups: HashMap<u32, Group>,
}

#[derive(Default)]
struct Group {
    conversions: u64,
    revenue: i128,
    /// Of each touchpoint: conversions and ten-thousandths.
    credits: HashMap<usize, (f64, i128)>,
}

impl Groups {
    /// None yet, of these values.
    pub fn new(values: Vec<String>) -> Self {
        Self { values, groups: HashMap::default() }
    }

    /// Adds a conversion: of each touchpoint that has credit which part of it, and of what it brought.
    pub fn add(&mut self, conversion: &Step, credits: impl IntoIterator<Item = (usize, f64, i128)>) {
        let group = self.groups.entry(conversion.label).or_default();
        group.conversions += 1;
        group.revenue += i128::from(conversion.amount);
        for (touchpoint, part, amount) in credits.into_iter().filter(|(_, part, _)| *part > 0.0) {
            let credit = group.credits.entry(touchpoint).or_default();
            credit.0 += part;
            credit.1 += amount;
        }
    }

    /// Those with most conversions, and how many are left out. `names` are those of touchpoints.
    pub fn told(&self, request: &Request, names: &[String]) -> (Vec<AttributionGroup>, usize) {
        let mut groups: Vec<(&String, &Group)> =
            self.groups.iter().map(|(value, group)| (&self.values[*value as usize], group)).collect();
        groups.sort_unstable_by(|(one, first), (other, second)| {
            second.conversions.cmp(&first.conversions).then_with(|| one.cmp(other))
        });
        let left_out = groups.len().saturating_sub(GROUPS_MAX);
        groups.truncate(GROUPS_MAX);
        let told = groups.into_iter().map(|(value, group)| AttributionGroup {
            value: value.clone(),
            conversions: group.conversions,
            revenue: Money::new(Amount(group.revenue), &request.currency),
            rows: rows(group, names),
        });
        (told.collect(), left_out)
    }
}

fn rows(group: &Group, names: &[String]) -> Vec<AttributionGroupRow> {
    let mut rows: Vec<AttributionGroupRow> = group
        .credits
        .iter()
        .map(|(touchpoint, (conversions, revenue))| AttributionGroupRow {
            touchpoint: names[*touchpoint].clone(),
            conversions: *conversions,
            revenue: Amount(*revenue).to_string(),
        })
        .collect();
    rows.sort_unstable_by(|one, other| {
        other.conversions.total_cmp(&one.conversions).then_with(|| one.touchpoint.cmp(&other.touchpoint))
    });
    rows
}
