//! How often somebody comes: the rule of stickiness, over the stretches of time in which somebody was there.

use crate::steps::presence::Presence;

/// How many days count as a week and as a month, whatever the calendar says.
pub const WEEK_DAYS: usize = 7;
/// See [`WEEK_DAYS`].
pub const MONTH_DAYS: usize = 30;

/// How many were there in how many stretches: `distribution[n]` in `n + 1` of them. Those in none are in no number.
pub fn distribution(presences: &[Presence], stretches: usize) -> Vec<u64> {
    let mut counts = vec![0; stretches];
    for presence in presences {
        let count = (presence.stretches.count_ones() as usize).checked_sub(1);
        if let Some(count) = count.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    counts
}

/// Who were there on a day, in the seven days that end with it, and in the thirty.
pub fn actives(presences: &[Presence], day: usize) -> [u64; 3] {
    [1, WEEK_DAYS, MONTH_DAYS].map(|length| {
        let first = (day + 1).saturating_sub(length);
        let mask = u128::MAX >> (u128::BITS as usize - (day + 1 - first)) << first;
        presences.iter().filter(|presence| presence.stretches & mask != 0).count() as u64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(days: &[usize]) -> Presence {
        let stretches = days.iter().fold(0, |bits, day| bits | 1 << day);
        Presence { unit: 1, stretches, was_before: false, label: 0 }
    }

    #[test]
    fn somebody_counts_by_how_many_stretches_they_were_there_in() {
        let presences = [presence(&[0, 1]), presence(&[2]), presence(&[1]), presence(&[])];
        assert_eq!(distribution(&presences, 3), [2, 1, 0]);
    }

    #[test]
    fn a_week_has_seven_days_and_a_month_thirty() {
        // On which days somebody was there; by day 127 who was there on that day, in seven days, in thirty.
        for (days, day, told) in [
            (&[127][..], 127, [1, 1, 1]),
            (&[121], 127, [0, 1, 1]),
            (&[120], 127, [0, 0, 1]),
            (&[98], 127, [0, 0, 1]),
            (&[97], 127, [0, 0, 0]),
            (&[0], 0, [1, 1, 1]),
            (&[1], 0, [0, 0, 0]),
            (&[0], 6, [0, 1, 1]),
            (&[0], 7, [0, 0, 1]),
        ] {
            assert_eq!(actives(&[presence(days)], day), told, "{days:?} by {day}");
        }
    }
}
