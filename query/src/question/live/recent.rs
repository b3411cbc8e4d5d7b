//! What the latest visitors did, for who begins to listen: bounded in visitors, in events of each, and by what an
//! activity holds.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Visitors that are kept, those who were last here.
pub const VISITORS_MAX: usize = 50;
/// Events of each, the latest.
pub const EVENTS_PER_VISITOR_MAX: usize = 60;

/// Activities as JSON, by visitor.
#[derive(Debug, Default)]
pub struct Recent {
    visitors: HashMap<String, Trail>,
}

#[derive(Debug, Default)]
struct Trail {
    /// When the latest happened, in milliseconds since the epoch.
    latest: i64,
    activities: VecDeque<(i64, Arc<str>)>,
}

impl Recent {
    /// Adds what a visitor did at a moment (milliseconds since the epoch), and forgets what is beyond the bounds.
    pub fn push(&mut self, visitor: &str, at: i64, activity: Arc<str>) {
        let trail = self.visitors.entry(visitor.to_owned()).or_default();
        trail.latest = trail.latest.max(at);
        // Events come nearly in the order of time.
        let index =
            trail.activities.iter().rposition(|(other, _)| *other <= at).map_or(0, |before| before + 1);
        trail.activities.insert(index, (at, activity));
        if trail.activities.len() > EVENTS_PER_VISITOR_MAX {
            trail.activities.pop_front();
        }
        if self.visitors.len() > VISITORS_MAX
            && let Some(oldest) =
                self.visitors.iter().min_by_key(|(id, trail)| (trail.latest, *id)).map(|(id, _)| id.clone())
        {
            self.visitors.remove(&oldest);
        }
    }

    /// A [`super::response::LiveRecent`], oldest first.
    pub fn json(&self) -> Arc<str> {
        let mut all: Vec<&(i64, Arc<str>)> =
            self.visitors.values().flat_map(|trail| &trail.activities).collect();
        all.sort();
        let items: Vec<&str> = all.iter().map(|(_, activity)| &**activity).collect();
        format!("{{\"items\":[{}]}}", items.join(",")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(recent: &Recent) -> Vec<i64> {
        let json: serde_json::Value = serde_json::from_str(&recent.json()).unwrap();
        json["items"].as_array().unwrap().iter().map(|item| item.as_i64().unwrap()).collect()
    }

    #[test]
    fn the_latest_of_the_latest_visitors_are_kept_in_the_order_of_time() {
        let mut recent = Recent::default();
        assert_eq!(&*recent.json(), "{\"items\":[]}");
        for (visitor, at) in [("a", 10), ("b", 30), ("a", 20), ("a", 5)] {
            recent.push(visitor, at, at.to_string().into());
        }
        assert_eq!(told(&recent), [5, 10, 20, 30]);
        for at in 100..100 + 2 * EVENTS_PER_VISITOR_MAX as i64 {
            recent.push("a", at, at.to_string().into());
        }
        assert_eq!(told(&recent).len(), EVENTS_PER_VISITOR_MAX + 1);
        assert_eq!(told(&recent)[..2], [30, 100 + EVENTS_PER_VISITOR_MAX as i64]);
        for number in 0..3 * VISITORS_MAX as i64 {
            recent.push(&format!("visitor {number}"), 1_000 + number, (1_000 + number).to_string().into());
        }
        let latest = 1_000 + 2 * VISITORS_MAX as i64;
        assert_eq!(told(&recent), (latest..latest + VISITORS_MAX as i64).collect::<Vec<_>>());
    }
}
