//! Whom of a place somebody asks for, and when they were it: the rule behind the people of a number.

use super::rule::{CONVERTS, IS_THERE, Rule, Stay, stays};
use crate::steps::Step;

/// Who is asked for of those who were in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// All of them.
    All,
    /// Who did not move on.
    Lost,
    /// Of whom nobody knows yet.
    Open,
    /// Who converted afterwards.
    Converted,
    /// Who moved to this place next.
    MovedTo(u32),
}

impl Rule {
    /// When the unit of these steps was the last time what is asked for of a place; of a conversion the first time; `None`
    /// where it was not.
    pub fn found(
        &self,
        steps: &[Step],
        place_of: impl Fn(u32) -> u32,
        place: u32,
        whom: Whom,
    ) -> Option<i64> {
        let is_in_place = |step: &&Step| step.fits & IS_THERE != 0 && place_of(step.label) == place;
        let stays = || stays(steps, &place_of);
        match whom {
            Whom::All => steps.iter().rfind(is_in_place).map(|step| step.at),
            Whom::Lost | Whom::Open => {
                let last = *stays().last()?;
                let is_one = last.place == place && self.is_open(&last) == (whom == Whom::Open);
                is_one.then_some(last.until)
            }
            Whom::Converted => {
                let first = steps.iter().position(|step| is_in_place(&step))?;
                steps[first + 1..].iter().find(|step| step.fits & CONVERTS != 0).map(|step| step.at)
            }
            Whom::MovedTo(next) => {
                let stays = stays();
                let is_one = |pair: &&[Stay]| pair[0].place == place && pair[1].place == next;
                stays.windows(2).rfind(is_one).map(|pair| pair[1].from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::tests::{RULE, steps};
    use super::*;

    #[test]
    fn who_is_asked_for_is_found_when_they_were_it_last() {
        let (site, newsletter) = (u32::from('s'), u32::from('n'));
        for (unit, place, whom, at) in [
            ("s@10 n@20 s@30", site, Whom::All, Some(30)),
            ("s@10 n@20 s@30", newsletter, Whom::All, Some(20)),
            ("s@10", newsletter, Whom::All, None),
            ("n@5 s@10 s@70", site, Whom::Lost, Some(70)),
            ("s@10 s@71", site, Whom::Lost, None),
            ("s@10 s@71", site, Whom::Open, Some(71)),
            ("s@10 n@71", site, Whom::Open, None),
            ("s@10 n@20 s@30 n@40", site, Whom::MovedTo(newsletter), Some(40)),
            ("s@10 n@20", newsletter, Whom::MovedTo(site), None),
            ("s@10! s@20! n@30! ~@40", site, Whom::Converted, Some(20)),
            ("s@10! ~@40", site, Whom::Converted, Some(40)),
            ("s@10! n@20", site, Whom::Converted, None),
            ("~@40", site, Whom::Converted, None),
        ] {
            assert_eq!(RULE.found(&steps(unit), |label| label, place, whom), at, "{unit} {whom:?}");
        }
    }
}
