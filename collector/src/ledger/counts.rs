//! What became of events, by site and hour of reception.

use std::collections::BTreeMap;

pub use orma_model::Outcome;

/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The site; empty when the key was unknown.
    pub site: String,
    /// Start of the hour of reception, ms since the epoch.
    pub hour: i64,
    /// [`Outcome::as_str`].
    pub outcome: String,
    /// Why, for what was rejected.
    pub reason: String,
}

impl Key {
    /// The key of what is counted without a reason.
    pub fn of(site: &str, hour: i64, outcome: Outcome) -> Self {
        Self { site: site.to_owned(), hour, outcome: outcome.as_str().to_owned(), reason: String::new() }
    }
}

/// Counts by key.
pub type Counts = BTreeMap<Key, u64>;

/// Start of the hour of a timestamp, both in milliseconds since the epoch.
pub const fn hour_of(timestamp: i64) -> i64 {
    timestamp.saturating_sub(timestamp.rem_euclid(HOUR_MS))
}

/// Adds to a count.
pub fn add(counts: &mut Counts, site: &str, received_at: i64, outcome: Outcome, reason: &str, events: u64) {
    let key = Key {
        site: site.to_owned(),
        hour: hour_of(received_at),
        outcome: outcome.as_str().to_owned(),
        reason: reason.to_owned(),
    };
    *counts.entry(key).or_default() += events;
}

/// What of the counts is, or was, in a segment to be stored: accepted and not a duplicate.
pub fn held(counts: &Counts) -> Counts {
    let mut held: BTreeMap<(&str, i64), u64> = BTreeMap::new();
    for (key, events) in counts {
        let of_hour = held.entry((&key.site, key.hour)).or_default();
        match key.outcome.as_str() {
            "accepted" => *of_hour += events,
            "duplicate" => *of_hour = of_hour.saturating_sub(*events),
            _ => {}
        }
    }
    let mut counts = Counts::new();
    for ((site, hour), events) in held {
        add(&mut counts, site, hour, Outcome::Shipped, "", events);
    }
    counts
}

/// By how much `counts` is more than `than`.
pub fn excess(counts: &Counts, than: &Counts) -> Counts {
    let more = |(key, events): (&Key, &u64)| {
        let more = events.saturating_sub(than.get(key).copied().unwrap_or(0));
        (more > 0).then(|| (key.clone(), more))
    };
    counts.iter().filter_map(more).collect()
}

/// The sum of both.
pub fn merge(counts: &mut Counts, more: &Counts) {
    for (key, events) in more {
        let count = counts.entry(key.clone()).or_default();
        *count = count.saturating_add(*events);
    }
}
