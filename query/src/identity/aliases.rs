//! Ids that are one person.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A chain of aliases is followed this far: a → b → c …
pub const ALIAS_DEPTH_MAX: usize = 16;
/// More aliases than this are not read. The latest are left out: whoever sends aliases without number must not push
/// those out that were there before.
pub const ALIASES_MAX: usize = 100_000;
/// Bytes of the ids of aliases that are read; the latest are left out.
pub const ALIAS_BYTES_MAX: usize = 16 << 20;
/// Bytes of a user's or a visitor's id: the collector refuses longer ones.
pub const ID_BYTES_MAX: usize = 256;

/// Which ids are one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// The person of each id that is an alias of another.
    persons: BTreeMap<String, String>,
}

impl Aliases {
    /// The closure of single steps `previous → user`, where a later step of the same id replaces an earlier one:
    /// steps come oldest first.
    pub fn new(steps: impl IntoIterator<Item = (String, String)>) -> Self {
        let steps: HashMap<String, String> =
            steps.into_iter().filter(|(previous, user)| previous != user).collect();
        let persons = steps.keys().map(|id| (id.clone(), end_of_chain(id, &steps))).collect();
        Self { persons }
    }

    /// Whether every id is a person.
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    /// The person of an id.
    pub fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.persons.get(id).map_or(id, String::as_str)
    }

    /// All ids of a person, the person's own first.
    pub fn ids(&self, person: &str) -> Vec<String> {
        self.ids_of(&[person.to_owned()])
    }

    /// All ids of some people, the people's own first.
    pub fn ids_of(&self, people: &[String]) -> Vec<String> {
        let wanted: HashSet<&str> = people.iter().map(String::as_str).collect();
        let others = self.persons.iter().filter(|(id, end)| wanted.contains(end.as_str()) && id != end);
        people.iter().cloned().chain(others.map(|(id, _)| id.clone())).collect()
    }

    /// All ids that are of a person who has several, the people's own among them.
    pub fn all_ids(&self) -> Vec<String> {
        self.persons
            .iter()
            .flat_map(|(id, person)| [id, person])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .collect()
    }

    /// The ids that are aliases, and the person of each.
    pub fn columns(&self) -> (Vec<String>, Vec<String>) {
        self.persons.iter().map(|(id, person)| (id.clone(), person.clone())).unzip()
    }
}

/// Where a chain of aliases ends. Of a circle it is the smallest id, so that all of its ids agree.
fn end_of_chain(id: &str, steps: &HashMap<String, String>) -> String {
    let mut seen: Vec<&str> = vec![id];
    let mut current = id;
    while let Some(next) = steps.get(current) {
        if let Some(start) = seen.iter().position(|seen| seen == next) {
            return seen[start..].iter().min().expect("not empty").to_string();
        }
        if seen.len() > ALIAS_DEPTH_MAX {
            break;
        }
        seen.push(next);
        current = next;
    }
    current.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_followed_and_circles_agree() {
        let aliases = |steps: &[(&str, &str)]| {
            Aliases::new(steps.iter().map(|(previous, user)| ((*previous).to_owned(), (*user).to_owned())))
        };
        let chain = aliases(&[("a", "b"), ("b", "c")]);
        assert_eq!((chain.person("a"), chain.person("b"), chain.person("c")), ("c", "c", "c"));
        assert_eq!(chain.ids("c"), ["c", "a", "b"]);
        assert_eq!(chain.person("other"), "other");
        assert_eq!(chain.all_ids(), ["a", "b", "c"]);
        let later = aliases(&[("a", "b"), ("a", "c")]);
        assert_eq!(later.person("a"), "c");
        let circle = aliases(&[("b", "a"), ("a", "b"), ("x", "b")]);
        assert_eq!((circle.person("a"), circle.person("b"), circle.person("x")), ("a", "a", "a"));
        assert_eq!(aliases(&[("a", "a")]), Aliases::default());
    }
}
