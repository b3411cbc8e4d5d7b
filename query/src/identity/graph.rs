//! The graph of one person's ids: what holds it together.

use std::collections::{BTreeMap, BTreeSet};

/// What most of a person's ids hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Without this edge the ids would fall into two parts, of which the smaller is `part`.
    Edge {
        /// One end, in the smaller part.
        from: String,
        /// The other end.
        to: String,
        /// The ids of the smaller part.
        part: Vec<String>,
    },
    /// So many others hang on this id.
    Id {
        /// The id.
        id: String,
        /// How many edges it has.
        degree: usize,
    },
}

/// A part of at least this share of the ids is one that an edge must have joined by mistake: a person's own ids come one
/// by one.
const PART_SHARE_MIN: usize = 5;
/// And it has at least so many ids.
const PART_IDS_MIN: usize = 2;

/// What did it: the edge that joins the two largest parts, where there is one, and else the id that most others hang on.
/// Edges are pairs of ids; of two that are level, the first by name.
pub fn cause(edges: &BTreeSet<(String, String)>) -> Option<Cause> {
    let graph = Graph::new(edges);
    let bridge = graph.best_bridge();
    if let Some((from, to, part)) = bridge
        && part.len() >= PART_IDS_MIN
        && part.len() * PART_SHARE_MIN >= graph.names.len()
    {
        let name = |index: usize| graph.names[index].to_owned();
        return Some(Cause::Edge {
            from: name(from),
            to: name(to),
            part: part.into_iter().map(name).collect(),
        });
    }
    let degrees = graph.next.iter().enumerate();
    let (index, next) =
        degrees.max_by(|(one, next), (other, others)| (next.len(), other).cmp(&(others.len(), one)))?;
    Some(Cause::Id { id: graph.names[index].to_owned(), degree: next.len() })
}

struct Graph<'a> {
    names: Vec<&'a str>,
    next: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn new(edges: &'a BTreeSet<(String, String)>) -> Self {
        let names: BTreeSet<&str> = edges.iter().flat_map(|(one, other)| [one.as_str(), other]).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let place: BTreeMap<&str, usize> =
            names.iter().enumerate().map(|(index, name)| (*name, index)).collect();
        let mut next = vec![BTreeSet::new(); names.len()];
        for (one, other) in edges.iter().filter(|(one, other)| one != other) {
            let (one, other) = (place[one.as_str()], place[other.as_str()]);
            next[one].insert(other);
            next[other].insert(one);
        }
        Self { names, next: next.into_iter().map(|next| next.into_iter().collect()).collect() }
    }

    /// The edge without which the smaller of two parts is largest: its end there, its other end, and that part.
    ///
    /// A walk in depth numbers the ids in their order. Below an id lie those that follow it; when none of them leads back to
    /// before it, the edge that led there is the only one between them and the rest (Tarjan).
    fn best_bridge(&self) -> Option<(usize, usize, Vec<usize>)> {
        let count = self.names.len();
        let (mut order, mut number, mut low) =
            (Vec::with_capacity(count), vec![usize::MAX; count], vec![0; count]);
        let mut best: Option<(usize, usize, usize, usize, usize)> = None;
        for root in 0..count {
            if number[root] != usize::MAX {
                continue;
            }
            let begin = order.len();
            // Id, whom it was reached from, and how far its neighbours are looked at.
            let mut path = vec![(root, usize::MAX, 0)];
            let mut bridges = Vec::new();
            while let Some((id, from, looked)) = path.last_mut() {
                let (id, from) = (*id, *from);
                if *looked == 0 && number[id] == usize::MAX {
                    number[id] = order.len();
                    low[id] = number[id];
                    order.push(id);
                }
                if let Some(next) = self.next[id].get(*looked).copied() {
                    *looked += 1;
                    if number[next] == usize::MAX {
                        path.push((next, id, 0));
                    } else if next != from {
                        low[id] = low[id].min(number[next]);
                    }
                    continue;
                }
                path.pop();
                if from != usize::MAX {
                    low[from] = low[from].min(low[id]);
                    if low[id] == number[id] {
                        bridges.push((id, from, number[id], order.len()));
                    }
                }
            }
            let whole = order.len() - begin;
            for (id, from, first, end) in bridges {
                let below = end - first;
                let smaller = below.min(whole - below);
                if best.is_none_or(|(most, ..)| smaller > most) {
                    best = Some((smaller, id, from, first, end));
                }
            }
        }
        best.map(|(smaller, id, from, first, end)| {
            let component = self.component(id);
            let below: BTreeSet<usize> = order[first..end].iter().copied().collect();
            if below.len() == smaller {
                (id, from, below.into_iter().collect())
            } else {
                (from, id, component.into_iter().filter(|id| !below.contains(id)).collect())
            }
        })
    }

    fn component(&self, id: usize) -> BTreeSet<usize> {
        let (mut found, mut open) = (BTreeSet::from([id]), vec![id]);
        while let Some(id) = open.pop() {
            open.extend(self.next[id].iter().copied().filter(|next| found.insert(*next)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
    }

    #[test]
    fn an_edge_between_two_families_is_found() {
        let graph = edges(&[("a", "v1"), ("a", "v2"), ("b", "v3"), ("b", "v4"), ("b", "v5"), ("a", "b")]);
        let part = ["a", "v1", "v2"].map(ToOwned::to_owned).to_vec();
        assert_eq!(cause(&graph), Some(Cause::Edge { from: "a".into(), to: "b".into(), part }));
    }

    #[test]
    fn the_id_that_most_hang_on_is_found() {
        let visitors = ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9"];
        let mut graph: BTreeSet<(String, String)> = visitors.map(|one| ("guest".into(), one.into())).into();
        graph.insert(("v1".into(), "b".into()));
        assert_eq!(cause(&graph), Some(Cause::Id { id: "guest".into(), degree: 9 }));
        assert_eq!(cause(&BTreeSet::new()), None);
    }

    #[test]
    fn what_hangs_together_twice_has_no_such_edge() {
        let graph = edges(&[("a", "v1"), ("a", "v2"), ("b", "v1"), ("b", "v2"), ("b", "v3")]);
        assert_eq!(cause(&graph), Some(Cause::Id { id: "b".into(), degree: 3 }));
    }

    /// Against taking out each edge in turn, on random graphs.
    #[test]
    fn the_edge_is_the_one_that_a_plain_search_finds() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..500 {
            let count = random.usize(2..9);
            let graph: BTreeSet<(String, String)> = (0..random.usize(1..12))
                .map(|_| (random.usize(0..count).to_string(), random.usize(0..count).to_string()))
                .filter(|(one, other)| one != other)
                .map(|(one, other)| if one < other { (one, other) } else { (other, one) })
                .collect();
            let reached = |from: &str, without: &(String, String)| {
                let mut found = BTreeSet::from([from.to_owned()]);
                loop {
                    let before = found.len();
                    for edge in graph.iter().filter(|edge| *edge != without) {
                        if found.contains(&edge.0) || found.contains(&edge.1) {
                            found.extend([edge.0.clone(), edge.1.clone()]);
                        }
                    }
                    if found.len() == before {
                        return found;
                    }
                }
            };
            let smaller = |edge: &(String, String)| {
                let (one, other) = (reached(&edge.0, edge), reached(&edge.1, edge));
                if one.contains(&edge.1) { 0 } else { one.len().min(other.len()) }
            };
            let expected = graph.iter().map(smaller).max().unwrap_or(0);
            let found = Graph::new(&graph).best_bridge();
            let names = Graph::new(&graph).names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            assert_eq!(found.as_ref().map_or(0, |(.., part)| part.len()), expected, "{graph:?}");
            if let Some((from, to, part)) = found {
                let (from, to) = (names[from].clone(), names[to].clone());
                let edge = if from < to { (from.clone(), to) } else { (to, from.clone()) };
                let part: BTreeSet<String> = part.into_iter().map(|index| names[index].clone()).collect();
                assert_eq!(reached(&from, &edge), part, "{graph:?}");
            }
        }
    }
}
