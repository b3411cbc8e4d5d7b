//! A bounded memory of what happened in the last seconds: how many different things under one key.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};

/// Things remembered at once; an attacker must not be able to grow the memory. About 6 MiB.
pub const NOTES_MAX: usize = 65_536;
/// Different things counted under one key: more than any rule asks for.
const THINGS_MAX: usize = 8;

/// Keys and things are hashes under a random key: nothing that is remembered leads back to an address.
#[derive(Debug, Default)]
pub struct Recent {
    hasher: RandomState,
    /// By key: each thing with the last moment it was noted.
    things: HashMap<u64, Vec<(u64, i64)>>,
    /// What was noted, oldest first.
    order: VecDeque<(u64, i64)>,
}

impl Recent {
    /// A key or a thing.
    pub fn hash(&self, value: &impl Hash) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Notes a thing under a key; returns how many different ones there were in the last `window_ms`, this one
    /// included, at most [`THINGS_MAX`].
    pub fn note(&mut self, key: u64, thing: u64, now: i64, window_ms: i64) -> usize {
        if self.order.len() == NOTES_MAX
            && let Some((key, at)) = self.order.pop_front()
        {
            self.forget(key, at);
        }
        self.order.push_back((key, now));
        let things = self.things.entry(key).or_default();
        things.retain(|(other, at)| *other != thing && now - at < window_ms);
        if things.len() == THINGS_MAX {
            things.remove(0);
        }
        things.push((thing, now));
        things.len()
    }

    /// Whether anything was noted under a key in the last `window_ms`.
    pub fn knows(&self, key: u64, now: i64, window_ms: i64) -> bool {
        self.things.get(&key).is_some_and(|things| things.iter().any(|(_, at)| now - at < window_ms))
    }

    fn forget(&mut self, key: u64, noted_at: i64) {
        let Some(things) = self.things.get_mut(&key) else { return };
        things.retain(|(_, at)| *at > noted_at);
        if things.is_empty() {
            self.things.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_things_are_counted_within_the_window() {
        let mut recent = Recent::default();
        assert_eq!(recent.note(1, 10, 0, 100), 1);
        assert_eq!(recent.note(1, 10, 50, 100), 1);
        assert_eq!(recent.note(1, 11, 60, 100), 2);
        assert_eq!(recent.note(2, 12, 60, 100), 1);
        assert_eq!(recent.note(1, 12, 155, 100), 2, "10 was last noted 105 ago");
        assert!(recent.knows(1, 254, 100) && !recent.knows(1, 255, 100) && !recent.knows(3, 0, 100));
        assert_eq!((0..100).map(|thing| recent.note(4, thing, 0, 100)).max(), Some(THINGS_MAX));
    }

    #[test]
    fn the_memory_is_bounded_and_loses_the_oldest() {
        let mut recent = Recent::default();
        for number in 0..3 * NOTES_MAX as u64 {
            recent.note(number % (2 * NOTES_MAX as u64), number, number as i64, i64::MAX);
        }
        assert_eq!(recent.order.len(), NOTES_MAX);
        assert!(recent.things.len() <= NOTES_MAX);
        let kept: usize = recent.things.values().map(Vec::len).sum();
        assert!(kept <= NOTES_MAX, "{kept}");
    }
}
