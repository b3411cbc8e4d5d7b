//! What does not add up at a site, as an alarm tells it.

use super::difference::Difference;

/// What does not add up at a site, over all its hours. What is missing in one hour and what is too much in another do not
/// make up for each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Accepted events that are nowhere.
    pub missing_events: u64,
    /// Rows in the store that no collector has counted.
    pub surplus_events: u64,
    /// When the first hour of receipt begins that does not add up, in seconds since the epoch.
    pub since: i64,
}

impl Gap {
    /// All that does not add up, whichever way.
    pub const fn events(self) -> u64 {
        self.missing_events + self.surplus_events
    }

    /// Takes in another hour, by when it begins and what is open of it.
    pub(super) fn add(&mut self, hour: i64, open: Difference) {
        let gap = open.gap();
        if gap == 0 {
            return;
        }
        self.since = if self.events() == 0 { hour } else { self.since.min(hour) };
        if gap > 0 {
            self.missing_events += gap.unsigned_abs();
        } else {
            self.surplus_events += gap.unsigned_abs();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_too_much_stay_apart() {
        let hour = |unshipped, unstored, surplus| Difference { unshipped, unstored, surplus };
        let mut gap = Gap::default();
        gap.add(3, hour(0, 0, 0));
        assert_eq!(gap, Gap::default());
        gap.add(9, hour(0, 0, 7));
        gap.add(5, hour(2, 3, 0));
        gap.add(7, hour(1, 0, 0));
        assert_eq!(gap, Gap { missing_events: 6, surplus_events: 7, since: 5 });
        assert_eq!(gap.events(), 13);
    }
}
