//! Keys and secrets that the registry does not know, and whether ClickHouse has been asked since they came.
//!
//! A key may be made by another process and used at once. Who refuses it from memory makes a client drop its events; so
//! a key that is asked for the first time is refused only after the registry was read from then on.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// How many keys are remembered. When more come between two looks, none of the newcomers is refused for good.
const KEYS_MAX: usize = 4_096;

#[derive(Debug, Default)]
pub(crate) struct Unknown {
    hasher: RandomState,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the last look that succeeded began.
    looked: Option<Instant>,
    /// When each key, by its hash, was first asked for.
    asked: HashMap<u64, Instant, RandomState>,
}

impl Unknown {
    /// Notes that the registry was read, beginning at this moment.
    pub fn looked(&self, began: Instant) {
        self.state.lock().expect("no panic while locked").looked = Some(began);
    }

    pub fn has_looked(&self) -> bool {
        self.state.lock().expect("no panic while locked").looked.is_some()
    }

    /// Whether the registry was read since this key was first asked for.
    pub fn is_refutable(&self, key: &str, now: Instant) -> bool {
        let hash = self.hasher.hash_one(key);
        let mut state = self.state.lock().expect("no panic while locked");
        let Some(looked) = state.looked else { return false };
        if let Some(asked) = state.asked.get(&hash) {
            return *asked < looked;
        }
        if state.asked.len() >= KEYS_MAX {
            state.asked.retain(|_, asked| *asked >= looked);
        }
        if state.asked.len() < KEYS_MAX {
            state.asked.insert(hash, now);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_key_is_refused_after_a_look_that_began_later() {
        let (unknown, start) = (Unknown::default(), Instant::now());
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert!(!unknown.is_refutable("a", at(0)), "never looked");
        unknown.looked(at(10));
        assert!(!unknown.is_refutable("a", at(20)), "may have been made since");
        assert!(!unknown.is_refutable("a", at(30)), "still not looked");
        unknown.looked(at(20));
        assert!(!unknown.is_refutable("a", at(40)), "that look may have missed it");
        unknown.looked(at(41));
        assert!(unknown.is_refutable("a", at(50)));
        assert!(!unknown.is_refutable("b", at(51)), "another key");
    }

    #[test]
    fn a_flood_of_keys_neither_fills_the_memory_nor_gets_a_new_key_refused() {
        let (unknown, start) = (Unknown::default(), Instant::now());
        unknown.looked(start);
        let later = start + Duration::from_millis(1);
        for number in 0..2 * KEYS_MAX {
            assert!(!unknown.is_refutable(&format!("flood-{number}"), later));
        }
        assert_eq!(unknown.state.lock().unwrap().asked.len(), KEYS_MAX);
        assert!(!unknown.is_refutable("new", later));
        unknown.looked(start + Duration::from_millis(2));
        assert!(!unknown.is_refutable("new", start + Duration::from_millis(3)), "was not remembered");
        unknown.looked(start + Duration::from_millis(4));
        assert!(unknown.is_refutable("new", start + Duration::from_millis(5)));
    }
}
