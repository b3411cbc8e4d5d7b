//! What follows what: the rule of paths, over the nodes of one journey in their order.
//!
//! - Without a start and an end, a path begins with what comes first, and the first link leads there from nothing.
//! - From a *start*, it begins with the first node that fits; what came before is left out.
//! - To an *end*, it is walked backward from the last node that fits: the first link leads into it, the second into what came
//!   before, and from nothing where there is nothing before.
//! - With both, it leads from the first start to the first end after it.
//! - Folded, a node that follows itself is one.

use foldhash::HashMap;

/// What begins and what ends a path: bits of a node's `fits`.
pub const START: u32 = 1;
/// See [`START`].
pub const END: u32 = 2;

/// A node of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The number of its name.
    pub name: u32,
    /// Whether it begins or ends a path.
    pub fits: u32,
}

/// Which paths are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How many links.
    pub steps: usize,
    /// Whether a start is given.
    pub has_start: bool,
    /// Whether an end is given.
    pub has_end: bool,
    /// Whether a node that follows itself is one.
    pub fold: bool,
}

/// A link: which it is from where the path is walked from, and what it leads from and to; `None` is nothing.
pub type Link = (usize, Option<u32>, Option<u32>);

/// How often each link was taken.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// By link.
    pub counts: HashMap<Link, u64>,
    /// How many journeys had a path.
    pub paths: u64,
}

impl Links {
    /// Adds a journey, or so many that are the same.
    pub fn add(&mut self, rule: &Rule, journey: &[Node], times: u64) {
        let Some(links) = rule.links(journey) else { return };
        self.paths += times;
        for link in links {
            *self.counts.entry(link).or_default() += times;
        }
    }
}

impl Rule {
    /// The links of a journey's path, as many as are asked for; `None` where it has none.
    pub fn links(&self, journey: &[Node]) -> Option<Vec<Link>> {
        self.path(journey).map(|path| self.walked(&path))
    }

    /// The names of a journey's path, in the order in which they came.
    fn path(&self, journey: &[Node]) -> Option<Vec<u32>> {
        let fits = |bit: u32| move |node: &Node| node.fits & bit != 0;
        let part = match (self.has_start, self.has_end) {
            (false, false) => journey,
            (true, false) => &journey[journey.iter().position(fits(START))?..],
            (false, true) => &journey[..=journey.iter().rposition(fits(END))?],
            (true, true) => {
                let from = &journey[journey.iter().position(fits(START))?..];
                &from[..=1 + from.get(1..)?.iter().position(fits(END))?]
            }
        };
        let mut names: Vec<u32> = part.iter().map(|node| node.name).collect();
        if self.fold {
            names.dedup();
        }
        (!names.is_empty()).then_some(names)
    }

    fn walked(&self, path: &[u32]) -> Vec<Link> {
        let at = |place: usize| path.get(place).copied();
        let walked: Vec<Link> = match (self.has_start, self.has_end) {
            // Backward.
            (false, true) => (0..path.len())
                .map(|step| {
                    let to = path.len() - 1 - step;
                    (step, to.checked_sub(1).and_then(at), at(to))
                })
                .collect(),
            (true, true) => (1..path.len()).map(|place| (place - 1, at(place - 1), at(place))).collect(),
            (true, false) => (0..path.len()).map(|step| (step, at(step), at(step + 1))).collect(),
            (false, false) => {
                (0..=path.len()).map(|step| (step, step.checked_sub(1).and_then(at), at(step))).collect()
            }
        };
        walked.into_iter().take(self.steps).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_what() {
        // Nodes by letter, `<` a start, `>` an end; links as `from-to`, `_` nothing.
        let table = [
            ("", "", true, ""),
            ("abc", "", true, "_-a a-b b-c"),
            ("ab", "", true, "_-a a-b b-_"),
            ("aabb", "", true, "_-a a-b b-_"),
            ("aab", "", false, "_-a a-a a-b"),
            ("xa<bcd", "<", true, "a-b b-c c-d"),
            ("xa<ba<c", "<", true, "a-b b-a a-c"),
            ("xa<", "<", true, "a-_"),
            ("xyz", "<", true, ""),
            ("xa<aab", "<", true, "a-b b-_"),
            ("abc>d", ">", true, "b-c a-b _-a"),
            ("c>ac>d", ">", true, "a-c c-a _-c"),
            ("c>", ">", true, "_-c"),
            ("ab", ">", true, ""),
            ("xa<bc>d", "<>", true, "a-b b-c"),
            ("a<c>bc>", "<>", true, "a-c"),
            ("c>a<b", "<>", true, ""),
            ("a<", "<>", true, ""),
        ];
        for (text, kind, fold, expected) in table {
            let mut journey: Vec<Node> = Vec::new();
            for letter in text.chars() {
                match letter {
                    '<' => journey.last_mut().unwrap().fits |= START,
                    '>' => journey.last_mut().unwrap().fits |= END,
                    letter => journey.push(Node { name: letter as u32, fits: 0 }),
                }
            }
            let rule = Rule { steps: 3, has_start: kind.contains('<'), has_end: kind.contains('>'), fold };
            let mut links = Links::default();
            links.add(&rule, &journey, 2);
            let name = |name: Option<u32>| name.map_or('_', |name| char::from_u32(name).unwrap());
            let mut told: Vec<(usize, String)> = links
                .counts
                .iter()
                .map(|((step, from, to), count)| {
                    assert_eq!(*count, 2);
                    (*step, format!("{}-{}", name(*from), name(*to)))
                })
                .collect();
            told.sort_unstable();
            let told: Vec<String> = told.into_iter().map(|(_, link)| link).collect();
            assert_eq!(told.join(" "), expected, "{text} {kind}");
            assert_eq!(links.paths, if expected.is_empty() { 0 } else { 2 }, "{text} {kind}");
        }
    }
}
