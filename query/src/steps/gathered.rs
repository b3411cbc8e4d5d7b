//! What was read of steps so far, and what is to be read again with ids: where several of one moment are different, or a visit
//! changes hands in it.

use foldhash::{HashMap, HashSet};
use orma_store::{Block, StoreError, column};
use uuid::Uuid;

use super::owners::{Owners, Place};
use super::sql::Moment;
use super::{Asked, Step, Steps};

/// What was read so far.
pub struct Gathered {
    owners: Owners,
    has_label: bool,
    has_amount: bool,
    /// Only who has any is asked for.
    of_units: bool,
    units: HashSet<u64>,
    steps: Vec<Step>,
    labels: Vec<String>,
    numbers: HashMap<String, u32>,
    /// In which a visit changes hands: only the id of an event says whose it is.
    unclear: HashSet<Moment>,
    /// Of which events are taken with their ids; all where there are none.
    asked: HashSet<Moment>,
}

/// What was read, in its order.
pub struct Sorted {
    pub gathered: Gathered,
    /// Of what is to be read again.
    pub unclear: HashSet<Moment>,
}

impl Gathered {
    pub fn new(asked: &Asked<'_>, owners: Owners) -> Self {
        Self {
            owners,
            has_label: asked.label.is_some(),
            has_amount: asked.currency.is_some(),
            of_units: false,
            units: HashSet::default(),
            steps: Vec::new(),
            labels: Vec::new(),
            numbers: HashMap::default(),
            unclear: HashSet::default(),
            asked: HashSet::default(),
        }
    }

    /// For who has any of the steps, none of which is kept.
    pub fn of_units(asked: &Asked<'_>, owners: Owners) -> Self {
        Self { of_units: true, ..Self::new(asked, owners) }
    }

    /// Takes events without their ids.
    pub fn take(&mut self, block: &Block) -> Result<(), StoreError> {
        self.take_each(block, None)
    }

    /// Takes those of the moments that are asked for, with their ids.
    pub fn take_with_ids(&mut self, block: &Block) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = column(block, "event_id")?;
        self.take_each(block, Some(&ids))
    }

    fn take_each(&mut self, block: &Block, ids: Option<&[Uuid]>) -> Result<(), StoreError> {
        let visitors: Vec<u64> = column(block, "visitor_hash")?;
        let of_visits = self.owners.needs_visits();
        let sessions: Vec<u64> = if of_visits { column(block, "session_hash")? } else { Vec::new() };
        let bots: Vec<u8> = if of_visits { column(block, "is_bot")? } else { Vec::new() };
        let moments: Vec<i64> = column(block, "at")?;
        let fits: Vec<u32> = column(block, "fits")?;
        let labels: Vec<&str> = if self.has_label { column(block, "label")? } else { Vec::new() };
        let amounts: Vec<i64> = if self.has_amount { column(block, "amount")? } else { Vec::new() };
        for row in 0..block.num_rows() {
            let place = Place {
                visitor: visitors[row],
                session: sessions.get(row).copied().unwrap_or_default(),
                is_bot: bots.get(row).is_some_and(|is_bot| *is_bot != 0),
            };
            let (at, id) = (moments[row], ids.map(|ids| ids[row].as_u128()));
            match id {
                None if self.owners.change_at(place, at) => {
                    self.unclear.insert((place.visitor, at));
                    continue;
                }
                Some(_) if !self.asked.is_empty() && !self.asked.contains(&(place.visitor, at)) => continue,
                _ => {}
            }
            let Some(unit) = self.owners.unit_of(place, at, id.unwrap_or(u128::MAX)) else { continue };
            if self.of_units {
                self.units.insert(unit);
                continue;
            }
            let label = labels.get(row).map_or(0, |label| self.number_of(label));
            let amount = amounts.get(row).copied().unwrap_or_default();
            let (id, has_id) = (id.unwrap_or_default(), id.is_some());
            self.steps.push(Step {
                unit,
                at,
                id,
                has_id,
                visitor: place.visitor,
                fits: fits[row],
                label,
                amount,
            });
        }
        Ok(())
    }

    fn number_of(&mut self, label: &str) -> u32 {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        let number = self.labels.len() as u32;
        self.labels.push(label.to_owned());
        self.numbers.insert(label.to_owned(), number);
        number
    }

    /// The moments in which visits change hands, of which events came.
    pub fn changing_hands(&mut self) -> HashSet<Moment> {
        std::mem::take(&mut self.unclear)
    }

    /// Brings the steps into their order, as far as it is known.
    pub fn sorted(mut self) -> Sorted {
        sort(&mut self.steps);
        let mut unclear = self.changing_hands();
        unclear.extend(unclear_moments(&self.steps));
        Sorted { gathered: self, unclear }
    }

    /// Forgets the events of some moments, or all, which are then taken with their ids.
    pub fn forget(&mut self, moments: Option<HashSet<Moment>>) {
        self.asked = moments.unwrap_or_default();
        let Self { steps, asked, .. } = self;
        steps.retain(|step| !asked.is_empty() && !asked.contains(&(step.visitor, step.at)));
    }

    /// Who has any.
    pub fn units(self) -> HashSet<u64> {
        self.units
    }

    pub fn finish(self) -> Steps {
        Steps { steps: self.steps, labels: self.labels }
    }
}

/// Steps by unit, time and id.
pub fn sort(steps: &mut [Step]) {
    steps.sort_unstable_by_key(|step| (step.unit, step.at, step.id));
}

/// The moments of which some steps, in order, are different and have no ids.
fn unclear_moments(steps: &[Step]) -> impl Iterator<Item = Moment> {
    let what = |step: &Step| (step.fits, step.label, step.amount);
    let of_moments = steps.chunk_by(|one, other| (one.unit, one.at) == (other.unit, other.at));
    let are_unclear = move |steps: &&[Step]| {
        steps.iter().any(|step| what(step) != what(&steps[0])) && steps.iter().any(|step| !step.has_id)
    };
    of_moments.filter(are_unclear).flatten().map(|step| (step.visitor, step.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_asked_for_where_steps_of_a_moment_are_different() {
        let step = |unit, at, visitor, fits, id: Option<u128>| Step {
            unit,
            at,
            id: id.unwrap_or_default(),
            has_id: id.is_some(),
            visitor,
            fits,
            label: 0,
            amount: 0,
        };
        for (steps, expected) in [
            (vec![], &[][..]),
            (vec![step(1, 5, 11, 1, None), step(1, 6, 11, 2, None), step(2, 5, 12, 2, None)], &[]),
            // One is like the other.
            (vec![step(1, 5, 11, 1, None), step(1, 5, 11, 1, None)], &[]),
            (vec![step(1, 5, 11, 1, None), step(1, 5, 12, 2, None)], &[(11, 5), (12, 5)]),
            // Read already, or one of them.
            (vec![step(1, 5, 11, 1, Some(0)), step(1, 5, 11, 2, Some(7))], &[]),
            (vec![step(1, 5, 11, 1, Some(9)), step(1, 5, 12, 2, None)], &[(11, 5), (12, 5)]),
        ] {
            let mut steps = steps;
            sort(&mut steps);
            let unclear: HashSet<Moment> = unclear_moments(&steps).collect();
            assert_eq!(unclear, expected.iter().copied().collect(), "{steps:?}");
        }
    }

    #[test]
    fn steps_come_by_unit_time_and_id() {
        let step =
            |unit, at, id| Step { unit, at, id, has_id: true, visitor: 1, fits: 1, label: 0, amount: 0 };
        let mut steps = vec![step(2, 5, 9), step(1, 7, 3), step(1, 7, 2), step(2, 6, 3), step(1, 1, 4)];
        sort(&mut steps);
        let told: Vec<(u64, i64, u128)> = steps.iter().map(|step| (step.unit, step.at, step.id)).collect();
        assert_eq!(told, [(1, 1, 4), (1, 7, 2), (1, 7, 3), (2, 5, 9), (2, 6, 3)]);
    }
}
