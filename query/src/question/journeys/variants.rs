//! The variants of journeys: those with the same nodes, and what is known of them.

use foldhash::{HashMap, HashSet};

use super::request::Request;
use super::response::{JourneyGroup, JourneyNode, JourneyNumbers, JourneyVariant, JourneyVariants};
use super::rule::Journey;
use crate::steps::quartiles::Quartiles;
use crate::value::{Amount, Money};

/// A variant: its first nodes, and whether there are more.
pub type Key = (Vec<u32>, bool);

/// Journeys that are counted together.
#[derive(Clone, Debug, Default)]
struct Counted {
    journeys: u64,
    converted: u64,
    conversions: u64,
    amount: i128,
    took_ms: Vec<i64>,
}

/// All journeys by their variant.
#[derive(Debug, Default)]
pub struct Variants {
    counted: HashMap<Key, Counted>,
}

impl Counted {
    fn add(&mut self, journey: &Journey) {
        self.journeys += 1;
        self.converted += u64::from(journey.conversions > 0);
        self.conversions += journey.conversions;
        self.amount += journey.amount;
        self.took_ms.extend(journey.took_ms());
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

impl Variants {
    /// Adds a journey.
    pub fn add(&mut self, request: &Request, journey: &Journey) {
        let (nodes, is_cut) = journey.beginning(request.nodes_max);
        self.counted.entry((nodes.to_vec(), is_cut)).or_default().add(journey);
    }

    /// How many journeys there are.
    pub fn journeys(&self) -> u64 {
        self.counted.values().map(|counted| counted.journeys).sum()
    }

    /// Those that most took, as far as the limit. The nodes' numbers are in the order of their names.
    pub fn ranked(&self, request: &Request) -> Vec<&Key> {
        let mut sorted: Vec<(&Key, &Counted)> = self.counted.iter().collect();
        sorted.sort_unstable_by(|(one, first), (other, second)| {
            (second.journeys, one.0.len(), one).cmp(&(first.journeys, other.0.len(), other))
        });
        sorted.into_iter().take(request.limit).map(|(key, _)| key).collect()
    }

    /// All of them, and those that are not among some.
    fn all_and_others(&self, told: &[&Key]) -> (Counted, Counted) {
        let told: HashSet<&Key> = told.iter().copied().collect();
        let (mut all, mut others) = (Counted::default(), Counted::default());
        for (key, counted) in &self.counted {
            all.add_all(counted);
            if !told.contains(key) {
                others.add_all(counted);
            }
        }
        (all, others)
    }

    /// What is told of them, one by one of the ranked.
    pub fn told(&self, request: &Request, ranked: &[&Key], names: &[JourneyNode]) -> JourneyVariants {
        let (all, others) = self.all_and_others(ranked);
        let variants = ranked.iter().map(|key| {
            let ((nodes, is_cut), counted) = (key, &self.counted[*key]);
            JourneyVariant {
                nodes: nodes.iter().map(|node| names[*node as usize].clone()).collect(),
                is_cut: *is_cut,
                share: counted.journeys as f64 / all.journeys as f64,
                numbers: counted.told(&request.currency),
            }
        });
        JourneyVariants {
            variants: variants.collect(),
            variants_left_out: self.counted.len() - ranked.len(),
            all: all.told(&request.currency),
            others: others.told(&request.currency),
        }
    }

    /// What is told of a part of all journeys, by the variants that are ranked of all.
    pub fn group(&self, request: &Request, ranked: &[&Key], value: &str) -> JourneyGroup {
        let (own, others) = self.all_and_others(ranked);
        let none = Counted::default();
        let variants = ranked.iter().map(|key| self.counted.get(*key).unwrap_or(&none));
        JourneyGroup {
            value: value.to_owned(),
            all: own.told(&request.currency),
            variants: variants.map(|counted| counted.told(&request.currency)).collect(),
            others: others.told(&request.currency),
        }
    }
}
