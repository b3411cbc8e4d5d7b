//! What the journey of a unit is: the rule of the journey map, over its steps in their order.
//!
//! - Its *nodes* are the values that the events of the journey have, in their order; one that follows itself is one.
//! - It *converted* where one of the steps is a conversion. What came *before* are the nodes of the events that came before
//!   the first conversion, which is none of them itself; of a journey without a conversion, all.
//! - A node lasts from its first event to the last before the next; the journey took from the first event of a node to the
//!   last.

use crate::steps::Step;

/// The event is a conversion: a bit of `fits`.
pub const CONVERTS: u32 = 1;
/// The event is one of a node.
pub const IS_NODE: u32 = 2;

/// The journey of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journey {
    /// Its nodes, each once where it follows itself.
    pub nodes: Vec<u32>,
    /// Those of the events before the first conversion; all where there is none.
    pub before: Vec<u32>,
    /// From when until when each of them was.
    pub spans: Vec<(i64, i64)>,
    /// How often it converted.
    pub conversions: u64,
    /// What that brought, in ten-thousandths.
    pub amount: i128,
    /// When the last of its events was, a conversion or one of a node.
    pub until: i64,
}

impl Journey {
    /// That of these steps. `node_of` says which node a label is.
    pub fn of(steps: &[Step], node_of: impl Fn(u32) -> u32) -> Self {
        let mut journey = Self::default();
        for step in steps {
            let converts = step.fits & CONVERTS != 0;
            if step.fits & IS_NODE != 0 {
                let node = node_of(step.label);
                if push(&mut journey.nodes, node) {
                    journey.spans.push((step.at, step.at));
                }
                if let Some(span) = journey.spans.last_mut() {
                    span.1 = step.at;
                }
                if journey.conversions == 0 && !converts {
                    push(&mut journey.before, node);
                }
            }
            journey.until = step.at;
            if converts {
                journey.conversions += 1;
                journey.amount += i128::from(step.amount);
            }
        }
        journey
    }

    /// How long it took; `None` where it has no nodes.
    pub fn took_ms(&self) -> Option<i64> {
        Some(self.spans.last()?.1 - self.spans.first()?.0)
    }

    /// When it was the last time at a node, or moved from it to the next; `None` where it never was.
    pub fn passed(&self, node: u32, next: Option<u32>) -> Option<i64> {
        match next {
            None => self.nodes.iter().rposition(|one| *one == node).map(|place| self.spans[place].1),
            Some(next) => {
                let place = self.nodes.windows(2).rposition(|pair| pair == [node, next])?;
                Some(self.spans[place + 1].0)
            }
        }
    }

    /// Its first nodes, and whether there are more.
    pub fn beginning(&self, nodes_max: usize) -> (&[u32], bool) {
        (&self.nodes[..self.nodes.len().min(nodes_max)], self.nodes.len() > nodes_max)
    }
}

/// Whether it is another than the last.
fn push(nodes: &mut Vec<u32>, node: u32) -> bool {
    let is_new = nodes.last() != Some(&node);
    if is_new {
        nodes.push(node);
    }
    is_new
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events as `node@time`, with `!` behind one that converts and brings its time, and `~` before one that does so and is of
    /// no node.
    fn journey(text: &str) -> Journey {
        let step = |(number, word): (usize, &str)| {
            let (node, time) = word.split_once('@').unwrap();
            let at: i64 = time.trim_end_matches('!').parse().unwrap();
            let is_node = if node == "~" { 0 } else { IS_NODE };
            let converts = if node == "~" || time.ends_with('!') { CONVERTS } else { 0 };
            let label = node.bytes().next().map_or(0, u32::from);
            Step {
                unit: 1,
                at,
                id: number as u128,
                has_id: true,
                visitor: 1,
                fits: is_node | converts,
                label,
                amount: at,
            }
        };
        Journey::of(&text.split_whitespace().enumerate().map(step).collect::<Vec<_>>(), |label| label)
    }

    fn names(nodes: &[u32]) -> String {
        nodes.iter().map(|node| char::from_u32(*node).unwrap()).collect()
    }

    #[test]
    fn nodes_are_folded_and_cut_at_the_first_conversion() {
        for (text, nodes, before, took_ms, conversions, amount) in [
            ("a@1", "a", "a", Some(0), 0, 0),
            ("a@1 a@4 b@5 a@9", "aba", "aba", Some(8), 0, 0),
            // The conversion is no cause of itself, nor is what comes after it.
            ("a@1 b@3 c@5! d@7", "abcd", "ab", Some(6), 1, 5),
            // Nor is a second one's way.
            ("a@1 b@3! c@5 b@6!", "abcb", "a", Some(5), 2, 9),
            // Before it the same node was there by itself.
            ("a@1 b@2 b@3! a@4", "aba", "ab", Some(3), 1, 3),
            ("b@3! a@4", "ba", "", Some(1), 1, 3),
            ("a@1 ~@2 a@3 b@4", "ab", "a", Some(3), 1, 2),
            ("~@2", "", "", None, 1, 2),
            ("a@1 b@1 a@1", "aba", "aba", Some(0), 0, 0),
        ] {
            let found = journey(text);
            assert_eq!((names(&found.nodes), names(&found.before)), (nodes.into(), before.into()), "{text}");
            assert_eq!(
                (found.took_ms(), found.conversions, found.amount),
                (took_ms, conversions, amount),
                "{text}"
            );
        }
    }

    #[test]
    fn where_it_passed_is_told_of_the_last_time() {
        let journey = journey("a@1 b@3 b@4 a@7 b@9 ~@12 c@20");
        assert_eq!((&journey.spans[..2], journey.until), (&[(1, 1), (3, 4)][..], 20));
        for (node, next, at) in [
            ('a', None, Some(7)),
            ('a', Some('b'), Some(9)),
            ('b', Some('a'), Some(7)),
            ('c', Some('a'), None),
            ('d', None, None),
        ] {
            assert_eq!(journey.passed(u32::from(node), next.map(u32::from)), at, "{node} {next:?}");
        }
    }

    #[test]
    fn a_long_journey_is_cut_where_it_goes_on() {
        for (text, nodes_max, expected, is_cut) in [
            ("a@1 b@2 c@3", 3, "abc", false),
            ("a@1 b@2 c@3 d@4", 3, "abc", true),
            ("a@1 b@2 b@3 c@4 c@5", 3, "abc", false),
            ("~@1", 1, "", false),
        ] {
            let journey = journey(text);
            let (beginning, goes_on) = journey.beginning(nodes_max);
            assert_eq!((names(beginning).as_str(), goes_on), (expected, is_cut), "{text}");
        }
    }
}
