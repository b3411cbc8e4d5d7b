//! Where people are, how long they wait there and where they go: the rule of the touchpoint matrix, over the steps of one
//! unit in their order.
//!
//! - An event that somebody saw or did is in one *place*: a touchpoint, or a touchpoint at a stage of the relation.
//! - Events in the same place that follow each other are one *stay*, however much time lies between them: from its first
//!   event to its last.
//! - From one stay to the next is a *move*. The *wait* of a stay that was moved from is the time from its last event to the
//!   first of the next.
//! - The last stay of a unit in the period was not moved from. It is *lost* where so much time has passed since its last
//!   event, up to the end of the period or now, that nobody is waited for any more; otherwise it is *open*, and nobody knows
//!   yet.
//! - A conversion is *after* a place when it comes later than the unit's first event there; of one event both at once it
//!   does not.

use std::collections::{BTreeMap, BTreeSet};

use crate::steps::Step;

/// The event is a conversion: a bit of `fits`.
pub const CONVERTS: u32 = 1;
/// Somebody was there: they saw or did it.
pub const IS_THERE: u32 = 2;

/// How long somebody is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Up to when it is known what happened: the end of the period, or now.
    pub known_until: i64,
    /// After so many milliseconds without a move a stay is lost.
    pub lost_after_ms: i64,
}

/// What is known of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Who were there.
    pub people: u64,
    /// What they saw and did there.
    pub events: u64,
    /// Stays of which nobody moved on.
    pub lost: u64,
    /// Stays of which nobody knows yet.
    pub open: u64,
    /// How long each stay took.
    pub stays: Vec<i64>,
    /// How long it took to move from each that was moved from.
    pub waits: Vec<i64>,
    /// Which places were moved to.
    pub next: BTreeMap<u32, Moves>,
    /// Who converted afterwards.
    pub converted: u64,
    /// How often.
    pub conversions: u64,
    /// What that brought, in ten-thousandths.
    pub amount: i128,
}

/// Moves from one place to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// How many.
    pub count: u64,
    /// Whose.
    pub people: u64,
}

/// The places of all units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Who were anywhere.
    pub people: u64,
    /// What they saw and did.
    pub events: u64,
    /// By number.
    pub by_number: BTreeMap<u32, Place>,
}

/// Events that follow each other in a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stay {
    pub place: u32,
    pub from: i64,
    pub until: i64,
    events: u64,
}

/// The stays of a unit. `place_of` says in which place a label is.
pub(super) fn stays(steps: &[Step], place_of: impl Fn(u32) -> u32) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    for step in steps.iter().filter(|step| step.fits & IS_THERE != 0) {
        let place = place_of(step.label);
        match stays.last_mut() {
            Some(stay) if stay.place == place => {
                stay.until = step.at;
                stay.events += 1;
            }
            _ => stays.push(Stay { place, from: step.at, until: step.at, events: 1 }),
        }
    }
    stays
}

impl Rule {
    /// Whether nobody knows yet what becomes of the last stay of a unit.
    pub(super) fn is_open(&self, last: &Stay) -> bool {
        self.known_until - last.until < self.lost_after_ms
    }
}

impl Places {
    /// Adds a unit. `place_of` says in which place a label is.
    pub fn add(&mut self, rule: &Rule, steps: &[Step], place_of: impl Fn(u32) -> u32) {
        let stays = stays(steps, &place_of);
        let Some(last) = stays.last() else { return };
        self.people += 1;
        for stay in &stays {
            self.events += stay.events;
            let place = self.by_number.entry(stay.place).or_default();
            place.events += stay.events;
            place.stays.push(stay.until - stay.from);
        }
        let mut moved: BTreeSet<(u32, u32)> = BTreeSet::new();
        for pair in stays.windows(2) {
            let place = self.by_number.entry(pair[0].place).or_default();
            place.waits.push(pair[1].from - pair[0].until);
            let next = place.next.entry(pair[1].place).or_default();
            next.count += 1;
            next.people += u64::from(moved.insert((pair[0].place, pair[1].place)));
        }
        let place = self.by_number.entry(last.place).or_default();
        if rule.is_open(last) {
            place.open += 1;
        } else {
            place.lost += 1;
        }
        self.add_conversions(steps, place_of);
    }

    /// Counts who was in each place, and what they converted after it.
    fn add_conversions(&mut self, steps: &[Step], place_of: impl Fn(u32) -> u32) {
        let (mut conversions, mut amount) = (0, 0);
        // From the last event to the first: what a place ends with is what comes after its first event.
        let mut after: BTreeMap<u32, (u64, i128)> = BTreeMap::new();
        for step in steps.iter().rev() {
            if step.fits & IS_THERE != 0 {
                after.insert(place_of(step.label), (conversions, amount));
            }
            if step.fits & CONVERTS != 0 {
                conversions += 1;
                amount += i128::from(step.amount);
            }
        }
        for (place, (conversions, amount)) in after {
            let place = self.by_number.entry(place).or_default();
            place.people += 1;
            place.converted += u64::from(conversions > 0);
            place.conversions += conversions;
            place.amount += amount;
        }
    }
}

impl Place {
    /// How many stays were moved from.
    pub fn moved(&self) -> u64 {
        self.waits.len() as u64
    }

    /// Stays of which it is known whether they were moved from.
    pub fn known(&self) -> u64 {
        self.moved() + self.lost
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const RULE: Rule = Rule { known_until: 100, lost_after_ms: 30 };

    /// Events as `place@time`, with `!` behind one that converts and brings its time, and `~` before one that does so while
    /// nobody is there.
    pub fn steps(text: &str) -> Vec<Step> {
        let step = |(number, word): (usize, &str)| {
            let (place, time) = word.split_once('@').unwrap();
            let at: i64 = time.trim_end_matches('!').parse().unwrap();
            let is_there = if place == "~" { 0 } else { IS_THERE };
            let converts = if place == "~" || time.ends_with('!') { CONVERTS } else { 0 };
            let label = place.bytes().next().map_or(0, u32::from);
            Step {
                unit: 1,
                at,
                id: number as u128,
                has_id: true,
                visitor: 1,
                fits: is_there | converts,
                label,
                amount: at,
            }
        };
        text.split_whitespace().enumerate().map(step).collect()
    }

    fn places(units: &[&str]) -> Places {
        let mut places = Places::default();
        for unit in units {
            places.add(&RULE, &steps(unit), |label| label);
        }
        places
    }

    /// Of a place: people, events, stays, waits, lost, open, what came next.
    type Told = (char, u64, u64, &'static [i64], &'static [i64], u64, u64, &'static [(char, u64)]);

    #[test]
    fn stays_moves_and_ends() {
        let table: [(&[&str], &[Told]); 8] = [
            (&[], &[]),
            // Alone, long enough ago: lost.
            (&["s@10"], &[('s', 1, 1, &[0], &[], 1, 0, &[])]),
            // Exactly so long ago is lost, a moment later nobody knows.
            (&["s@70"], &[('s', 1, 1, &[0], &[], 1, 0, &[])]),
            (&["s@71"], &[('s', 1, 1, &[0], &[], 0, 1, &[])]),
            // What follows itself is one stay, whatever time lies between.
            (&["s@10 s@60"], &[('s', 1, 2, &[50], &[], 1, 0, &[])]),
            // From the last event of a stay to the first of the next.
            (
                &["s@10 s@20 n@35 s@36"],
                &[
                    ('n', 1, 1, &[0], &[1], 0, 0, &[('s', 1)]),
                    ('s', 1, 3, &[10, 0], &[15], 1, 0, &[('n', 1)]),
                ],
            ),
            // In one moment the order of ids is the order.
            (&["n@5 s@5"], &[('n', 1, 1, &[0], &[0], 0, 0, &[('s', 1)]), ('s', 1, 1, &[0], &[], 1, 0, &[])]),
            // Two people who are not one.
            (
                &["s@10", "n@20 s@90"],
                &[('n', 1, 1, &[0], &[70], 0, 0, &[('s', 1)]), ('s', 2, 2, &[0, 0], &[], 1, 1, &[])],
            ),
        ];
        for (units, expected) in table {
            let found = places(units);
            assert_eq!(found.by_number.len(), expected.len(), "{units:?}: {found:?}");
            for (place, people, events, stays, waits, lost, open, next) in expected {
                let place = &found.by_number[&u32::from(*place)];
                let next: Vec<(u32, u64)> =
                    next.iter().map(|(place, times)| (u32::from(*place), *times)).collect();
                let moved: Vec<(u32, u64)> =
                    place.next.iter().map(|(next, moves)| (*next, moves.count)).collect();
                assert_eq!(
                    (place.people, place.events, &place.stays[..], &place.waits[..], place.lost, place.open),
                    (*people, *events, *stays, *waits, *lost, *open),
                    "{units:?}"
                );
                assert_eq!(moved, next, "{units:?}");
                assert_eq!(place.stays.len() as u64, place.known() + place.open, "{units:?}");
            }
        }
    }

    /// Of a place: people, who converted afterwards and how often, what it brought.
    type Converted = (char, [u64; 3], i128);

    #[test]
    fn a_conversion_counts_for_each_place_before_it() {
        let table: [(&[&str], &[Converted]); 6] = [
            (&["s@10 s@20!"], &[('s', [1, 1, 1], 20)]),
            // The only event there is the conversion itself.
            (&["s@10!"], &[('s', [1, 0, 0], 0)]),
            (&["n@5 s@10!"], &[('n', [1, 1, 1], 10), ('s', [1, 0, 0], 0)]),
            // Whoever comes later did not lead to it.
            (&["s@10! n@20"], &[('n', [1, 0, 0], 0), ('s', [1, 0, 0], 0)]),
            (&["s@10! s@20! n@30 ~@31"], &[('n', [1, 1, 1], 31), ('s', [1, 1, 2], 51)]),
            (&["~@5", "s@1"], &[('s', [1, 0, 0], 0)]),
        ];
        for (units, expected) in table {
            let found = places(units);
            let told: Vec<Converted> = found
                .by_number
                .iter()
                .map(|(place, it)| {
                    let numbers = [it.people, it.converted, it.conversions];
                    (char::from_u32(*place).unwrap(), numbers, it.amount)
                })
                .collect();
            assert_eq!(told, expected, "{units:?}");
        }
    }

    #[test]
    fn who_moved_twice_is_one_of_those_who_moved() {
        let (site, newsletter) = (u32::from('s'), u32::from('n'));
        let moves = places(&["s@1 n@2 s@3 n@4", "s@1 n@2"]).by_number[&site].next[&newsletter];
        assert_eq!(moves, Moves { count: 3, people: 2 });
    }

    #[test]
    fn of_touchpoints_a_stage_that_follows_is_no_move() {
        let mut places = Places::default();
        places.add(&RULE, &steps("a@1 b@5 c@9"), |label| if label == u32::from('c') { 2 } else { 1 });
        assert_eq!(places.by_number[&1].stays, [4]);
        assert_eq!(places.by_number[&1].waits, [4]);
        assert_eq!(places.by_number[&2].lost, 1);
    }
}
