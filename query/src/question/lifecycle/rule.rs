//! Who is new, comes back, goes on and is lost: the rule of a lifecycle, over the stretches of time in which somebody was there.
//!
//! In a stretch, of who is there: *new* are those who never were before, *returning* who were in the stretch before it, too, and
//! *resurrected* who were before, but not in that one. *Lost* are those who were in the stretch before and are not in this one. So the
//! first three sum to who is there, and who was there before is returning or lost.

use crate::steps::presence::Presence;

/// What somebody is in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Never there before.
    New,
    /// There in the stretch before, too.
    Returning,
    /// There before, but not in the stretch before.
    Resurrected,
    /// There in the stretch before, not in this one.
    Lost,
}

impl State {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::New, Self::Returning, Self::Resurrected, Self::Lost];

    /// Its name in requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Returning => "returning",
            Self::Resurrected => "resurrected",
            Self::Lost => "lost",
        }
    }
}

/// What somebody is in a stretch that another comes before; `None` where they have been in neither.
pub fn state(presence: Presence, stretch: usize) -> Option<State> {
    let earlier = presence.stretches & ((1 << stretch) - 1);
    match (presence.has(stretch), presence.has(stretch - 1)) {
        (true, true) => Some(State::Returning),
        (true, false) if presence.was_before || earlier != 0 => Some(State::Resurrected),
        (true, false) => Some(State::New),
        (false, true) => Some(State::Lost),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_is_in_each_stretch() {
        // Whether they were there before; in which stretches, the one before the first with them; what they are in each.
        for (before, there, told) in [
            (false, ".x..x.", "nl.rl"),
            (false, ".xx.xx", "nclrc"),
            (false, "x.x", "lr"),
            (false, "xx", "c"),
            (true, ".x", "r"),
            (true, "...", ".."),
            (true, "x..", "l."),
            (false, "..x", ".n"),
        ] {
            let stretches = there
                .bytes()
                .enumerate()
                .fold(0, |bits, (place, letter)| if letter == b'x' { bits | 1 << place } else { bits });
            let presence = Presence { unit: 1, stretches, was_before: before, label: 0 };
            let letter = |stretch| match state(presence, stretch) {
                Some(State::New) => 'n',
                Some(State::Returning) => 'c',
                Some(State::Resurrected) => 'r',
                Some(State::Lost) => 'l',
                None => '.',
            };
            assert_eq!((1..there.len()).map(letter).collect::<String>(), told, "{before} {there}");
        }
    }

    #[test]
    fn the_last_stretch_that_a_number_has_a_bit_for_is_told() {
        let presence = Presence { unit: 1, stretches: 1 << 127, was_before: false, label: 0 };
        assert_eq!(state(presence, 127), Some(State::New));
        assert_eq!(state(Presence { stretches: u128::MAX, ..presence }, 127), Some(State::Returning));
    }
}
