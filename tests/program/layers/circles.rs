//! Circles in a graph of modules.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A module's path from the crate's root.
pub type Module = Vec<String>;
/// Who names whom.
pub type Edges = BTreeMap<Module, BTreeSet<Module>>;

/// A shortest circle for each knot of modules that does not come apart when a module may know those within it. A circle
/// ends with the module that it begins with.
pub fn find(edges: &Edges) -> Vec<Vec<Module>> {
    let all = edges.iter().flat_map(|(from, to)| to.iter().chain([from])).collect();
    let mut found = Vec::new();
    find_among(edges, &all, &mut found);
    found
}

fn find_among(edges: &Edges, among: &BTreeSet<&Module>, found: &mut Vec<Vec<Module>>) {
    let mut left = among.clone();
    while let Some(first) = left.pop_first() {
        let knot: BTreeSet<&Module> = reached(edges, among, first)
            .into_iter()
            .filter(|other| reached(edges, among, other).contains(first))
            .collect();
        left.retain(|module| !knot.contains(module));
        if let Some(outermost) = outermost(&knot) {
            // Of a module and those within it, only the latter can make a circle.
            let within = knot.into_iter().filter(|module| *module != outermost).collect();
            find_among(edges, &within, found);
        } else if !knot.is_empty() {
            let circles = knot.iter().filter_map(|start| shortest(edges, &knot, start));
            let told =
                circles.min_by_key(|circle| (outermost(&circle.iter().collect()).is_some(), circle.len()));
            found.extend(told);
        }
    }
}

/// The module that all of them lie within, if it is one of them.
fn outermost<'a>(modules: &BTreeSet<&'a Module>) -> Option<&'a Module> {
    modules.iter().copied().find(|outer| modules.iter().all(|inner| inner.starts_with(outer)))
}

fn next<'a>(
    edges: &'a Edges,
    among: &BTreeSet<&'a Module>,
    from: &Module,
) -> impl Iterator<Item = &'a Module> {
    edges.get(from).into_iter().flatten().filter(|to| among.contains(to))
}

/// Where one comes to from a module, by one step or more.
fn reached<'a>(edges: &'a Edges, among: &BTreeSet<&'a Module>, from: &Module) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = next(edges, among, from).collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(next(edges, among, module));
        }
    }
    reached
}

/// The shortest way from a module back to it.
fn shortest(edges: &Edges, among: &BTreeSet<&Module>, start: &Module) -> Option<Vec<Module>> {
    let mut before: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(module) = open.pop_front() {
        for to in next(edges, among, module) {
            if before.contains_key(to) {
                continue;
            }
            before.insert(to, module);
            open.push_back(to);
        }
    }
    let mut way = vec![start.clone()];
    let mut at = *before.get(start)?;
    while at != start {
        way.push(at.clone());
        at = before[at];
    }
    way.push(start.clone());
    way.reverse();
    Some(way)
}
