//! Answers that are kept while nothing can have changed them.
//!
//! Each is kept with the version of what it was made of (`versions.rs`). It is given out only to who finds that version
//! in the store still, and dropped by who finds another. Bounded in bytes: what was not asked for the longest goes first.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use sha2::{Digest, Sha256};

use crate::sql::Sql;

/// A statement with its values, by its hash: what is kept names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatementKey([u8; 32]);

impl StatementKey {
    /// The key of a statement.
    pub fn of(sql: &Sql) -> Self {
        let mut hash = Sha256::new();
        // The lengths keep apart what stands side by side.
        hash.update(sql.text.len().to_le_bytes());
        hash.update(&sql.text);
        hash.update(serde_json::to_vec(&sql.params).expect("texts and numbers"));
        Self(hash.finalize().into())
    }
}

/// The state of all that an answer is made of, by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub [u8; 32]);

/// What an entry takes beside its bytes, rounded up.
const ENTRY_BYTES: usize = 256;
/// One answer takes at most this part of the room.
const PART_MAX: usize = 8;

/// The answers that are kept.
#[derive(Debug)]
pub struct Kept {
    bytes_max: usize,
    answers: Mutex<Answers>,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Debug, Default)]
struct Answers {
    of: HashMap<StatementKey, Answer>,
    /// By when they were last asked for.
    order: BTreeMap<u64, StatementKey>,
    asked: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    version: Version,
    rows: Bytes,
    asked: u64,
}

/// What Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptNumbers {
    /// Answers that were given out again.
    pub hits: u64,
    /// Answers that might have been kept and were not there.
    pub misses: u64,
    /// What is kept takes so much.
    pub bytes: usize,
}

impl Kept {
    /// Room for so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, answers: Mutex::default(), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// Whether nothing is ever kept.
    pub fn is_off(&self) -> bool {
        self.bytes_max == 0
    }

    /// The answer to a statement as of this version. One of another version is dropped.
    pub fn get(&self, statement: &StatementKey, version: Version) -> Option<Bytes> {
        let found = self.answers.lock().expect("no panic while locked").get(statement, version);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps an answer. The version must have been read before the statement was asked.
    pub fn put(&self, statement: StatementKey, version: Version, rows: &[u8]) {
        if rows.len() + ENTRY_BYTES > self.bytes_max / PART_MAX {
            return;
        }
        // A piece of a larger buffer would hold all of it.
        let rows = Bytes::copy_from_slice(rows);
        let mut answers = self.answers.lock().expect("no panic while locked");
        answers.remove(&statement);
        answers.insert(statement, version, rows);
        while answers.bytes > self.bytes_max
            && let Some((_, oldest)) = answers.order.first_key_value().map(|(at, key)| (*at, *key))
        {
            answers.remove(&oldest);
        }
    }

    /// What Prometheus reads.
    pub fn numbers(&self) -> KeptNumbers {
        KeptNumbers {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            bytes: self.answers.lock().expect("no panic while locked").bytes,
        }
    }
}

impl Answers {
    fn get(&mut self, statement: &StatementKey, version: Version) -> Option<Bytes> {
        if self.of.get(statement)?.version != version {
            self.remove(statement);
            return None;
        }
        let answer = self.of.get_mut(statement)?;
        self.order.remove(&answer.asked);
        self.asked += 1;
        answer.asked = self.asked;
        self.order.insert(self.asked, *statement);
        Some(answer.rows.clone())
    }

    fn insert(&mut self, statement: StatementKey, version: Version, rows: Bytes) {
        self.asked += 1;
        self.bytes += rows.len() + ENTRY_BYTES;
        self.order.insert(self.asked, statement);
        self.of.insert(statement, Answer { version, rows, asked: self.asked });
    }

    fn remove(&mut self, statement: &StatementKey) {
        if let Some(answer) = self.of.remove(statement) {
            self.order.remove(&answer.asked);
            self.bytes -= answer.rows.len() + ENTRY_BYTES;
        }
    }
}

#[cfg(test)]
mod tests {
    use orma_store::Param;

    use super::*;

    const VERSION: Version = Version([1; 32]);

    fn key(number: usize) -> StatementKey {
        StatementKey::of(&Sql::new("SELECT {p:Int64}", [("p", Param::Int(number as i64))]))
    }

    #[test]
    fn statements_differ_by_text_names_and_values() {
        let one = Sql::new("SELECT 1", [("a", "b".into())]);
        let keys = [
            one.clone(),
            Sql::new("SELECT 2", [("a", "b".into())]),
            Sql::new("SELECT 1", [("b", "b".into())]),
            Sql::new("SELECT 1", [("a", "c".into())]),
            Sql::new("SELECT 1", [("a", Param::Texts(vec!["b".into()]))]),
            Sql::new("SELECT 1", [("a", "1".into())]),
            Sql::new("SELECT 1", [("a", Param::Int(1))]),
            Sql::new("SELECT 1", []),
        ]
        .map(|sql| StatementKey::of(&sql));
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
        assert_eq!(StatementKey::of(&one), keys[0]);
    }

    #[test]
    fn an_answer_of_another_version_is_dropped() {
        let kept = Kept::new(1 << 20);
        kept.put(key(1), VERSION, b"one");
        assert_eq!(kept.get(&key(1), VERSION).unwrap(), "one");
        assert_eq!(kept.get(&key(1), Version([2; 32])), None);
        assert_eq!(kept.get(&key(1), VERSION), None, "dropped");
        assert_eq!(kept.numbers(), KeptNumbers { hits: 1, misses: 2, bytes: 0 });
    }

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let rows = [b' '; 1024 - ENTRY_BYTES];
        let kept = Kept::new(10 * 1024);
        for number in 0..10 {
            kept.put(key(number), VERSION, &rows);
        }
        assert_eq!(kept.numbers().bytes, 10 * 1024);
        assert!(kept.get(&key(0), VERSION).is_some());
        kept.put(key(10), VERSION, &rows);
        assert!(kept.get(&key(0), VERSION).is_some() && kept.get(&key(10), VERSION).is_some());
        assert!(kept.get(&key(1), VERSION).is_none());
        // The same again takes no more room, and one that is too large none.
        kept.put(key(10), VERSION, &rows);
        kept.put(key(11), VERSION, &[b' '; 10 * 1024 / PART_MAX]);
        assert!(kept.get(&key(11), VERSION).is_none());
        assert_eq!(kept.numbers().bytes, 10 * 1024);
        let answers = kept.answers.lock().unwrap();
        assert_eq!((answers.of.len(), answers.order.len()), (10, 10));
    }
}
