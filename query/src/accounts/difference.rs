//! By how much an hour does not add up.

use serde::Deserialize;

/// Events of an hour that do not add up, by where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Difference {
    /// Answered, and neither a duplicate nor shipped nor in a spool.
    pub unshipped: i64,
    /// Shipped, and not in the store.
    pub unstored: i64,
    /// Rows in the store that no collector has counted.
    pub surplus: i64,
}

impl Difference {
    fn each(self, other: Self, join: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            unshipped: join(self.unshipped, other.unshipped),
            unstored: join(self.unstored, other.unstored),
            surplus: join(self.surplus, other.surplus),
        }
    }

    /// What both show.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        self.each(other, i64::min)
    }

    /// What this look and an earlier one both find missing: an event that was missing at one place before may be missing at
    /// the other now. Without the surplus.
    #[must_use]
    pub fn lost_before_too(self, earlier: Self) -> Self {
        let lost = self.lost().min(earlier.lost());
        let unstored = (lost - self.unshipped.min(earlier.unshipped)).clamp(0, self.unstored);
        Self { unshipped: lost - unstored, unstored, surplus: 0 }
    }

    /// What is left of it without `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.each(other, |one, other| (one - other).max(0))
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, |one, other| one + other)
    }

    /// Whether all adds up.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Events that are nowhere.
    pub const fn lost(self) -> i64 {
        self.unshipped + self.unstored
    }

    /// Events that are nowhere; only where there are none, rows too many, below 0. A surplus makes up for no loss.
    pub const fn gap(self) -> i64 {
        if self.lost() > 0 { self.lost() } else { -self.surplus }
    }

    /// All that does not add up, whichever way.
    pub const fn events(self) -> u64 {
        (self.lost() + self.surplus).unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_looks_miss_is_told_by_where_it_is_missing_now() {
        let lost = |unshipped, unstored| Difference { unshipped, unstored, surplus: 0 };
        for (earlier, now, both) in [
            (lost(3, 0), lost(3, 0), lost(3, 0)),
            (lost(3, 0), lost(3, 5), lost(3, 0)),
            (lost(3, 0), lost(0, 3), lost(0, 3)),
            (lost(0, 3), lost(3, 0), lost(3, 0)),
            (lost(2, 4), lost(3, 1), lost(3, 1)),
            (lost(0, 0), lost(7, 7), lost(0, 0)),
        ] {
            assert_eq!(now.lost_before_too(earlier), both, "{earlier:?} {now:?}");
        }
    }
}
