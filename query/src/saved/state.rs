//! What a look makes of an alert's state.
//!
//! An alert that fires does so until a number says that it is over: a look that finds no number, or fails, ends nothing. After
//! it began to fire it does not begin again before its cool-down has passed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rule::Verdict;

/// The state of an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody has looked yet.
    #[default]
    New,
    /// Nothing is wrong.
    Ok,
    /// What it watches for has happened.
    Firing,
    /// There was no number, or there are too few weeks to compare with.
    NoData,
    /// The report cannot be answered.
    Error,
}

impl AlertState {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ok => "ok",
            Self::Firing => "firing",
            Self::NoData => "no_data",
            Self::Error => "error",
        }
    }
}

/// What is known of an alert before a look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Its state.
    pub state: AlertState,
    /// When it last began to fire, by its present rule: milliseconds since the epoch.
    pub fired_at: Option<i64>,
}

/// What it is after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Its state.
    pub state: AlertState,
    /// Why.
    pub reason: &'static str,
    /// When it last began to fire.
    pub fired_at: Option<i64>,
}

/// The state after a look at a moment; `None` is a look that failed.
pub fn after(before: Before, verdict: Option<Verdict>, at: i64, cooldown_ms: i64) -> After {
    let fires = before.state == AlertState::Firing;
    let of_silence = |state, reason| After {
        state: if fires { AlertState::Firing } else { state },
        reason,
        fired_at: before.fired_at,
    };
    match verdict {
        None => of_silence(AlertState::Error, "failed"),
        Some(Verdict::NoData(reason)) => of_silence(AlertState::NoData, reason),
        Some(Verdict::Fine) => After { state: AlertState::Ok, reason: "fine", fired_at: before.fired_at },
        Some(Verdict::Breach(reason)) if fires => {
            After { state: AlertState::Firing, reason, fired_at: before.fired_at }
        }
        Some(Verdict::Breach(_)) if before.fired_at.is_some_and(|fired| at - fired < cooldown_ms) => {
            After { state: AlertState::Ok, reason: "cooling_down", fired_at: before.fired_at }
        }
        Some(Verdict::Breach(reason)) => After { state: AlertState::Firing, reason, fired_at: Some(at) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_as_a_table() {
        use AlertState::{Error, Firing, New, NoData, Ok};
        let breach = Some(Verdict::Breach("above"));
        let fine = Some(Verdict::Fine);
        let nothing = Some(Verdict::NoData("no_number"));
        // Before, fired at, what the look says, at; then after, why, fired at. The cool-down is 100.
        for (state, fired_at, verdict, at, (then, reason, fired)) in [
            (New, None, fine, 10, (Ok, "fine", None)),
            (New, None, breach, 10, (Firing, "above", Some(10))),
            (New, None, nothing, 10, (NoData, "no_number", None)),
            (New, None, None, 10, (Error, "failed", None)),
            (Ok, None, breach, 10, (Firing, "above", Some(10))),
            // It goes on: not again, and from when it began.
            (Firing, Some(10), breach, 200, (Firing, "above", Some(10))),
            (Firing, Some(10), fine, 50, (Ok, "fine", Some(10))),
            // Within the cool-down it is quiet, after it is not.
            (Ok, Some(10), breach, 109, (Ok, "cooling_down", Some(10))),
            (Ok, Some(10), breach, 110, (Firing, "above", Some(110))),
            // No number is no end.
            (Firing, Some(10), nothing, 50, (Firing, "no_number", Some(10))),
            (Firing, Some(10), None, 50, (Firing, "failed", Some(10))),
            (Ok, Some(10), None, 50, (Error, "failed", Some(10))),
            (Error, Some(10), breach, 50, (Ok, "cooling_down", Some(10))),
            (NoData, None, breach, 50, (Firing, "above", Some(50))),
            (Error, None, fine, 50, (Ok, "fine", None)),
        ] {
            let found = after(Before { state, fired_at }, verdict, at, 100);
            assert_eq!(found, After { state: then, reason, fired_at: fired }, "{state:?} {verdict:?} {at}");
        }
    }
}
