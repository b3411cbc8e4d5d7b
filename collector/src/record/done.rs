//! What ClickHouse has of a segment that was set aside, as its file's name says it.

use std::path::Path;

/// Which inserts of a segment ClickHouse has confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Its events.
    pub events: bool,
    /// Its refused events.
    pub refused: bool,
    /// Its counts.
    pub ledger: bool,
}

const MARK: &str = ".done-";

impl Done {
    /// What the name of a segment's file says.
    pub fn of(path: &Path) -> Self {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let letters = stem.split_once(MARK).map_or("", |(_, letters)| letters);
        let has = |letter| letters.contains(letter);
        Self { events: has('e'), refused: has('r'), ledger: has('l') }
    }

    /// The name of the segment's file that says so.
    pub(crate) fn name(self, path: &Path) -> String {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let plain = stem.split_once(MARK).map_or(&*stem, |(plain, _)| plain);
        let letters: String = [(self.events, 'e'), (self.refused, 'r'), (self.ledger, 'l')]
            .into_iter()
            .filter_map(|(done, letter)| done.then_some(letter))
            .collect();
        if letters.is_empty() { format!("{plain}.seg") } else { format!("{plain}{MARK}{letters}.seg") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_confirmed_stands_in_the_name_and_is_read_back() {
        let plain = Path::new("/s/0000000000000001-0193a1b2c3d47e5f8a9b000000000000.seg");
        for (done, ending) in [
            (Done::default(), "000000.seg"),
            (Done { ledger: true, ..Done::default() }, "000000.done-l.seg"),
            (Done { events: true, refused: true, ledger: true }, "000000.done-erl.seg"),
        ] {
            let name = done.name(plain);
            assert!(name.ends_with(ending), "{name}");
            assert_eq!(Done::of(Path::new(&name)), done);
            assert_eq!(Done::default().name(Path::new(&name)), plain.file_name().unwrap().to_str().unwrap());
        }
    }
}
