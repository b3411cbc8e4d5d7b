//! How far somebody gets: the rule of a funnel, over the steps of one unit in their order.
//!
//! - *Ordered*: the steps one after the other, whatever lies between them. *Strict*: with nothing between them that the unit
//!   saw or did. *Any*: the first steps of the list in whichever order.
//! - An event is one step at most, though it may fit several.
//! - From the first to the last of them no more time passes than the window.
//! - Where something is excluded, it ends what was begun; what comes after it may begin anew.
//!
//! Of all ways the one counts that gets furthest, and of these the one that got there first; with the order given, that with
//! the latest beginning, and then with each step as late as it may be.

use std::collections::VecDeque;

use crate::steps::Step;

/// The most steps of a funnel.
pub const STEPS_MAX: usize = 12;

/// In which order the steps come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// One after the other.
    #[default]
    Ordered,
    /// One after the other with nothing between them.
    Strict,
    /// In any order.
    Any,
}

/// What a funnel asks.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How many steps it has: the patterns from 0 on.
    pub steps: usize,
    /// In which order they come.
    pub order: Order,
    /// How much time lies between the first and the last, in milliseconds.
    pub window_ms: i64,
    /// The patterns that end what was begun.
    pub excluded: u32,
}

/// How far a unit got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// How many steps; at least one.
    pub reached: usize,
    /// When each was done, as many as were reached. In any order: when this step and those before it in the list were.
    pub at: [i64; STEPS_MAX],
    /// The label of the event that came first.
    pub label: u32,
    /// What the last step brought.
    pub amount: i64,
    /// When the last of its events was, and its id.
    pub last: (i64, u128),
}

impl Way {
    /// The moments of the steps.
    pub fn moments(&self) -> &[i64] {
        &self.at[..self.reached]
    }

    fn first(step: &Step) -> Self {
        let mut at = [0; STEPS_MAX];
        at[0] = step.at;
        Self { reached: 1, at, label: step.label, amount: step.amount, last: (step.at, step.id) }
    }

    fn then(mut self, step: &Step) -> Self {
        self.at[self.reached] = step.at;
        self.reached += 1;
        self.amount = step.amount;
        self.last = (step.at, step.id);
        self
    }
}

impl Rule {
    /// How far the unit of these steps got; `None` when it did not begin.
    pub fn furthest(&self, steps: &[Step]) -> Option<Way> {
        match self.order {
            Order::Ordered | Order::Strict => self.in_order(steps),
            Order::Any => self.in_any_order(steps),
        }
    }

    fn ends(&self, step: &Step) -> bool {
        step.fits & self.excluded != 0
    }

    fn in_order(&self, steps: &[Step]) -> Option<Way> {
        // Of the ways of each length, the one that began last: no other gets further.
        let mut ways: [Option<Way>; STEPS_MAX] = [None; STEPS_MAX];
        let mut furthest: Option<Way> = None;
        for step in steps {
            if self.ends(step) {
                ways = [None; STEPS_MAX];
            }
            // The longest first: an event is one step.
            for length in (0..self.steps).rev() {
                let fits = step.fits & (1 << length) != 0;
                let way = match length.checked_sub(1) {
                    None => fits.then(|| Way::first(step)),
                    Some(before) => ways[before]
                        .filter(|way| fits && step.at - way.at[0] <= self.window_ms)
                        .map(|way| way.then(step)),
                };
                if let Some(way) = way
                    && furthest.is_none_or(|furthest| furthest.reached < way.reached)
                {
                    furthest = Some(way);
                }
                // In strict order what is not continued by this event has ended.
                if way.is_some() || self.order == Order::Strict {
                    ways[length] = way;
                }
            }
            if furthest.is_some_and(|way| way.reached == self.steps) {
                break;
            }
        }
        furthest
    }

    fn in_any_order(&self, steps: &[Step]) -> Option<Way> {
        let asked = (1u32 << self.steps) - 1;
        // The latest events, by what they fit: of one kind no more are of use than there are steps.
        let mut recent: Vec<(u32, VecDeque<Step>)> = Vec::new();
        let mut furthest: Option<Way> = None;
        for step in steps {
            if self.ends(step) {
                recent.clear();
            }
            let fits = step.fits & asked;
            if fits == 0 {
                continue;
            }
            for (_, events) in &mut recent {
                events.retain(|event| step.at - event.at <= self.window_ms);
            }
            let place = recent.iter().position(|(kind, _)| *kind == fits).unwrap_or_else(|| {
                recent.push((fits, VecDeque::new()));
                recent.len() - 1
            });
            let events = &mut recent[place].1;
            events.push_front(*step);
            events.truncate(self.steps);
            if let Some(way) = self.assigned(&recent)
                && furthest.is_none_or(|furthest| furthest.reached < way.reached)
            {
                furthest = Some(way);
            }
            if furthest.is_some_and(|way| way.reached == self.steps) {
                break;
            }
        }
        furthest
    }

    /// As many of the first steps as can be given an event each, the latest there is: a matching, one step after the other.
    fn assigned(&self, recent: &[(u32, VecDeque<Step>)]) -> Option<Way> {
        let mut events: Vec<Step> = recent.iter().flat_map(|(_, events)| events.iter().copied()).collect();
        events.sort_unstable_by_key(|event| std::cmp::Reverse((event.at, event.id)));
        let mut step_of: Vec<Option<usize>> = vec![None; events.len()];
        let mut reached = 0;
        while reached < self.steps && give(reached, &events, &mut step_of, &mut vec![false; events.len()]) {
            reached += 1;
        }
        let mut given: Vec<(usize, Step)> =
            step_of.iter().zip(&events).filter_map(|(step, event)| Some(((*step)?, *event))).collect();
        given.sort_unstable_by_key(|(step, _)| *step);
        let first = given.iter().map(|(_, event)| event).min_by_key(|event| (event.at, event.id))?;
        let last = given.iter().map(|(_, event)| (event.at, event.id)).max()?;
        let amount = given.last()?.1.amount;
        let mut way = Way { reached, label: first.label, amount, at: [0; STEPS_MAX], last };
        let mut until = i64::MIN;
        for (step, event) in given {
            until = until.max(event.at);
            way.at[step] = until;
        }
        Some(way)
    }
}

/// Gives a step one of the events, moving steps that had theirs before where that makes room.
fn give(step: usize, events: &[Step], step_of: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for place in 0..events.len() {
        if events[place].fits & (1 << step) == 0 || tried[place] {
            continue;
        }
        tried[place] = true;
        if step_of[place].is_none_or(|other| give(other, events, step_of, tried)) {
            step_of[place] = Some(step);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps from a text: each a moment in seconds and the patterns that it fits, `x` the excluded one.
    fn steps(text: &str) -> Vec<Step> {
        let step = |(place, word): (usize, &str)| {
            let (at, fits) = word.split_once(':').unwrap();
            let bit = |letter: char| if letter == 'x' { 1 << 20 } else { 1 << (letter as u32 - 'a' as u32) };
            Step {
                unit: 1,
                at: at.parse::<i64>().unwrap() * 1000,
                id: place as u128,
                has_id: true,
                visitor: 1,
                fits: fits.chars().filter(|letter| *letter != '-').map(bit).sum(),
                label: place as u32,
                amount: place as i64,
            }
        };
        text.split_whitespace().enumerate().map(step).collect()
    }

    #[test]
    fn how_far_somebody_gets() {
        use Order::{Any, Ordered, Strict};
        // Three steps within a hundred seconds: the moments of those that were reached, in seconds.
        for (order, text, moments) in [
            (Ordered, "1:b 2:c", &[][..]),
            (Ordered, "1:a", &[1]),
            (Ordered, "1:a 2:b 3:c", &[1, 2, 3]),
            (Ordered, "1:a 2:c 3:b", &[1, 3]),
            (Ordered, "1:a 1:b 1:c", &[1, 1, 1]),
            // An event is one step.
            (Ordered, "1:ab", &[1]),
            (Ordered, "1:ab 2:abc 3:abc", &[1, 2, 3]),
            (Ordered, "1:a 2:abc", &[1, 2]),
            // The window begins with the first step, the latest that there is.
            (Ordered, "0:a 50:b 100:c", &[0, 50, 100]),
            (Ordered, "0:a 50:b 101:c", &[0, 50]),
            (Ordered, "0:a 50:a 60:b 120:c", &[50, 60, 120]),
            (Ordered, "0:a 10:b 90:a 101:c", &[0, 10]),
            (Ordered, "0:a 10:b 90:a 101:c 110:b 120:c", &[90, 110, 120]),
            // The first way that gets as far as any.
            (Ordered, "1:a 2:b 300:a 301:b", &[1, 2]),
            (Ordered, "1:a 2:b 3:b 4:c 5:c", &[1, 3, 4]),
            (Ordered, "1:a 2:x 3:b 4:c", &[1]),
            (Ordered, "1:a 2:b 3:x 4:a 5:b 6:c", &[4, 5, 6]),
            (Ordered, "1:a 2:b 3:xa 4:b", &[1, 2]),
            (Strict, "1:a 2:b 3:c", &[1, 2, 3]),
            (Strict, "1:a 2:- 3:b 4:c", &[1]),
            (Strict, "1:a 2:b 3:- 4:a 5:b 6:c", &[4, 5, 6]),
            (Strict, "1:a 2:a 3:b 4:c", &[2, 3, 4]),
            (Strict, "0:a 50:b 101:c", &[0, 50]),
            (Any, "1:c 2:b 3:a", &[3, 3, 3]),
            (Any, "1:b 2:c", &[]),
            (Any, "1:c 2:a", &[2]),
            (Any, "1:b 2:a", &[2, 2]),
            (Any, "0:b 100:a 150:c", &[100, 100]),
            (Any, "0:b 100:a 150:c 190:b", &[100, 190, 190]),
            (Any, "1:abc", &[1]),
            (Any, "1:abc 2:a", &[2, 2]),
            (Any, "1:ab 2:a 3:bc", &[2, 2, 3]),
            (Any, "1:b 2:x 3:a 4:c", &[3]),
        ] {
            let rule = Rule { steps: 3, order, window_ms: 100_000, excluded: 1 << 20 };
            let way = rule.furthest(&steps(text));
            let told: Vec<i64> = way.iter().flat_map(Way::moments).map(|at| at / 1000).collect();
            assert_eq!(told, moments, "{order:?} {text}");
        }
    }

    #[test]
    fn a_way_has_the_label_of_its_first_event_and_the_money_of_its_last_step() {
        for (order, text, label, amount) in [
            (Order::Ordered, "1:a 2:a 3:b 4:c", 1, 3),
            (Order::Ordered, "1:a 2:b 3:-", 0, 1),
            (Order::Any, "1:c 2:b 3:a", 0, 0),
            (Order::Any, "1:b 2:a", 0, 0),
        ] {
            let rule = Rule { steps: 3, order, window_ms: 100_000, excluded: 0 };
            let way = rule.furthest(&steps(text)).unwrap();
            assert_eq!((way.label, way.amount), (label, amount), "{order:?} {text}");
        }
    }
}
