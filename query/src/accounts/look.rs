//! One look at the accounts of all sites.

use std::collections::BTreeMap;

use orma_store::{Store, StoreError};
use serde::Deserialize;

use super::difference::Difference;
use super::stored::{SiteHour, StoredRows};
use crate::sql::accounting as sql;

#[derive(Deserialize)]
struct OutcomeRow {
    site: String,
    hour_start: i64,
    #[serde(flatten)]
    counted: Counted,
}

/// What the collectors say of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Counted {
    /// Answered as accepted, duplicates included.
    pub accepted: i64,
    /// Recognised as having come before.
    pub duplicate: i64,
    /// Refused.
    pub rejected: i64,
    /// Confirmed by the store.
    pub shipped: i64,
    /// Given to the store again after an unknown outcome.
    pub repeated: i64,
    /// Held by collectors that have reported lately.
    pub pending: i64,
    /// Collectors of the hour that have not reported lately.
    pub silent: i64,
}

/// An hour as it was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// By the collectors.
    pub counted: Counted,
    /// Rows in the store.
    pub stored: i64,
}

impl Seen {
    /// What does not add up: events that were answered and are nowhere, and rows that nobody has taken.
    pub fn difference(&self) -> Difference {
        let Counted { accepted, duplicate, shipped, pending, .. } = self.counted;
        Difference {
            unshipped: (accepted - duplicate - shipped - pending).max(0),
            unstored: (shipped - self.stored).max(0),
            surplus: surplus(self, self),
        }
    }
}

/// Rows of an hour that nobody has taken: those of an earlier look that are more than were shipped by now. A collector
/// that is silent may have shipped more than it has said.
pub fn surplus(before: &Seen, now: &Seen) -> i64 {
    if now.counted.silent > 0 { 0 } else { (before.stored - now.counted.shipped).max(0) }
}

/// All hours.
pub type Hours = BTreeMap<SiteHour, Seen>;

/// Looks at all hours.
///
/// # Errors
/// The store did not answer.
pub async fn look(store: &Store, rows: &mut StoredRows) -> Result<Hours, StoreError> {
    let outcomes: Vec<OutcomeRow> = store.select(sql::OUTCOMES, &[]).await?;
    let stored = rows.count(store).await?;
    let mut hours = Hours::new();
    for OutcomeRow { site, hour_start, counted } in outcomes {
        hours.insert((site, hour_start), Seen { counted, stored: 0 });
    }
    for (hour, amount) in stored {
        hours.entry(hour).or_default().stored = amount.cast_signed();
    }
    // What was inserted again may be there twice until it is merged.
    let repeated = hours.iter().filter(|(_, seen)| seen.counted.repeated > 0 && seen.stored > 0);
    let repeated = repeated.map(|(hour, seen)| (hour.clone(), seen.stored.unsigned_abs())).collect();
    for (hour, once) in rows.count_once(store, &repeated).await? {
        if let Some(seen) = hours.get_mut(&hour) {
            seen.stored = once.cast_signed();
        }
    }
    Ok(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(accepted: i64, duplicate: i64, shipped: i64, pending: i64, stored: i64) -> Seen {
        let counted = Counted { accepted, duplicate, shipped, pending, ..Counted::default() };
        Seen { counted, stored }
    }

    #[test]
    fn what_is_missing_shows_wherever_it_was_lost_and_nothing_makes_up_for_it() {
        for (what, seen, lost) in [
            ("all stored", seen(98, 0, 98, 0, 98), 0),
            ("a duplicate", seen(98, 1, 97, 0, 97), 0),
            ("some still with a collector", seen(98, 0, 90, 8, 90), 0),
            ("stored since the collector said", seen(98, 0, 90, 8, 95), 0),
            ("more came since", seen(98, 0, 98, 0, 120), 0),
            ("a segment was lost", seen(98, 0, 90, 0, 90), 8),
            ("rows were deleted", seen(98, 0, 98, 0, 95), 3),
            ("both", seen(98, 0, 90, 0, 85), 13),
            ("deleted, while others wait", seen(98, 0, 90, 8, 85), 5),
            ("others came past the collectors", seen(98, 0, 90, 0, 98), 8),
        ] {
            assert_eq!(seen.difference().lost(), lost, "{what}");
        }
    }

    #[test]
    fn rows_that_nobody_took_are_those_of_before_that_nobody_has_shipped_by_now() {
        let before = seen(10, 0, 5, 5, 10);
        assert_eq!(surplus(&before, &seen(12, 0, 10, 2, 11)), 0, "told by now");
        assert_eq!(surplus(&before, &seen(10, 0, 7, 0, 10)), 3);
        let mut silent = seen(10, 0, 7, 0, 10);
        silent.counted.silent = 1;
        assert_eq!(surplus(&before, &silent), 0);
    }
}
