//! The journeys as one directed map: the nodes, and the moves between them with the time that they took.

use std::cmp::Reverse;

use foldhash::{HashMap, HashSet};

use super::response::{JourneyEdge, JourneyFlow, JourneyFlowNode, JourneyNode};
use super::rule::Journey;
use crate::steps::quartiles::Quartiles;

/// Nodes that are told; more nobody can draw.
const NODES_MAX: usize = 30;
/// Moves between them that are told.
const EDGES_MAX: usize = 200;

/// What is known of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    journeys: u64,
    converted: u64,
    visits: u64,
    starts: u64,
    ends: u64,
}

/// What is known of the moves from one node to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Edge {
    journeys: u64,
    waits: Vec<i64>,
}

/// The nodes and the moves of all journeys, which count as a whole.
#[derive(Debug, Default)]
pub struct Flow {
    nodes: HashMap<u32, Node>,
    edges: HashMap<(u32, u32), Edge>,
}

impl Flow {
    /// Adds a journey.
    pub fn add(&mut self, journey: &Journey) {
        let (mut nodes, mut edges) = (HashSet::default(), HashSet::default());
        for number in &journey.nodes {
            let node = self.nodes.entry(*number).or_default();
            node.visits += 1;
            if nodes.insert(number) {
                node.journeys += 1;
                node.converted += u64::from(journey.conversions > 0);
            }
        }
        if let (Some(first), Some(last)) = (journey.nodes.first(), journey.nodes.last()) {
            self.nodes.entry(*first).or_default().starts += 1;
            self.nodes.entry(*last).or_default().ends += 1;
        }
        for (pair, spans) in journey.nodes.windows(2).zip(journey.spans.windows(2)) {
            let key = (pair[0], pair[1]);
            let edge = self.edges.entry(key).or_default();
            edge.waits.push(spans[1].0 - spans[0].1);
            edge.journeys += u64::from(edges.insert(key));
        }
    }

    /// The nodes that most journeys have, and the moves between them that were made most often. The nodes' numbers are in the
    /// order of their names.
    pub fn told(&self, names: &[JourneyNode]) -> JourneyFlow {
        let name = |number: u32| names[number as usize].clone();
        let mut nodes: Vec<(&u32, &Node)> = self.nodes.iter().collect();
        nodes.sort_unstable_by_key(|(number, node)| (Reverse(node.journeys), **number));
        let nodes_left_out = nodes.len().saturating_sub(NODES_MAX);
        nodes.truncate(NODES_MAX);
        let told: HashSet<u32> = nodes.iter().map(|(number, _)| **number).collect();
        let mut edges: Vec<(&(u32, u32), &Edge)> =
            self.edges.iter().filter(|((from, to), _)| told.contains(from) && told.contains(to)).collect();
        edges.sort_unstable_by_key(|(key, edge)| (Reverse(edge.waits.len()), **key));
        edges.truncate(EDGES_MAX);
        JourneyFlow {
            edges_left_out: self.edges.len() - edges.len(),
            nodes: nodes
                .into_iter()
                .map(|(number, node)| JourneyFlowNode {
                    node: name(*number),
                    journeys: node.journeys,
                    converted: node.converted,
                    visits: node.visits,
                    starts: node.starts,
                    ends: node.ends,
                })
                .collect(),
            nodes_left_out,
            edges: edges
                .into_iter()
                .map(|((from, to), edge)| JourneyEdge {
                    from: name(*from),
                    to: name(*to),
                    journeys: edge.journeys,
                    moves: edge.waits.len() as u64,
                    wait: Quartiles::of(edge.waits.clone()),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A journey of letters, a second apart, each stayed at for none.
    fn journey(text: &str) -> Journey {
        let nodes = text.bytes().map(u32::from).collect();
        let spans = (0..text.len() as i64).map(|at| (at * at, at * at)).collect();
        Journey { nodes, spans, conversions: 1, ..Journey::default() }
    }

    #[test]
    fn a_journey_counts_once_for_a_node_and_each_of_its_moves_for_the_wait() {
        let mut flow = Flow::default();
        for text in ["abab", "ab", "", "c"] {
            flow.add(&journey(text));
        }
        let node = |letter: char| flow.nodes[&u32::from(letter)].clone();
        assert_eq!(node('a'), Node { journeys: 2, converted: 2, visits: 3, starts: 2, ends: 0 });
        assert_eq!(node('b'), Node { journeys: 2, converted: 2, visits: 3, starts: 0, ends: 2 });
        assert_eq!(node('c'), Node { journeys: 1, converted: 1, visits: 1, starts: 1, ends: 1 });
        let edge = |from: char, to: char| flow.edges[&(u32::from(from), u32::from(to))].clone();
        assert_eq!(edge('a', 'b'), Edge { journeys: 2, waits: vec![1, 5, 1] });
        assert_eq!(edge('b', 'a'), Edge { journeys: 1, waits: vec![3] });
    }
}
