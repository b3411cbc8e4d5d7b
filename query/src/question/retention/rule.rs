//! Cohorts: the rule of retention, over who did what in which stretch of time.
//!
//! Somebody is of the cohort of the stretch in which they first did what makes a member, and has come again in a later one in
//! which they did what counts as that. What happens before, or in the same stretch, is not coming again.

use super::request::Mode;

/// What a unit did in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Activity {
    /// Whose it is.
    pub unit: u64,
    /// The number of the stretch.
    pub bucket: usize,
    /// What makes a member of a cohort.
    pub starts: bool,
    /// What counts as coming again.
    pub returns: bool,
}

/// In which cohort a unit is, and in which later stretches it came again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The unit.
    pub unit: u64,
    /// The number of its cohort.
    pub cohort: usize,
    /// How many stretches later it came again: ascending, each once, from 1.
    pub came_again: Vec<usize>,
}

/// The members of all cohorts.
pub fn members(mut activities: Vec<Activity>, mode: Mode) -> Vec<Member> {
    activities.sort_unstable();
    let units = activities.chunk_by(|one, other| one.unit == other.unit);
    units.filter_map(|activities| member(activities, mode)).collect()
}

fn member(activities: &[Activity], mode: Mode) -> Option<Member> {
    let first = activities.iter().find(|activity| activity.starts)?;
    let returns = activities.iter().filter(|activity| activity.returns && activity.bucket > first.bucket);
    let mut came_again: Vec<usize> = returns.map(|activity| activity.bucket - first.bucket).collect();
    came_again.dedup();
    if mode == Mode::Unbounded {
        // Who comes in the third has not been lost in the first and the second.
        came_again = (1..=came_again.last().copied().unwrap_or(0)).collect();
    }
    Some(Member { unit: first.unit, cohort: first.bucket, came_again })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_again_when() {
        // Stretches in which somebody did what starts (s), returns (r) or both (b); the cohort and when they came again.
        for (text, mode, cohort, came_again) in [
            ("", Mode::Bracket, None, &[][..]),
            ("2r", Mode::Bracket, None, &[]),
            ("2s", Mode::Bracket, Some(2), &[]),
            ("2b", Mode::Bracket, Some(2), &[]),
            ("0r 2s 2r 3r 3r 5b", Mode::Bracket, Some(2), &[1, 3]),
            ("5b 2s 3s", Mode::Bracket, Some(2), &[3]),
            ("2b 5b", Mode::Unbounded, Some(2), &[1, 2, 3]),
            ("2b 3s", Mode::Unbounded, Some(2), &[]),
        ] {
            let activity = |word: &str| {
                let (bucket, what) = word.split_at(word.len() - 1);
                Activity {
                    unit: 7,
                    bucket: bucket.parse().unwrap(),
                    starts: "sb".contains(what),
                    returns: "rb".contains(what),
                }
            };
            let found = members(text.split_whitespace().map(activity).collect(), mode);
            let expected: Vec<Member> = cohort
                .map(|cohort| Member { unit: 7, cohort, came_again: came_again.to_vec() })
                .into_iter()
                .collect();
            assert_eq!(found, expected, "{text} {mode:?}");
        }
    }
}
