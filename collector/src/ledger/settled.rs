//! What outlives a process: the numbers of segments whose fate is decided.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What was counted in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Numbers {
    pub(super) accepted: u64,
    pub(super) duplicate: u64,
    pub(super) shipped: u64,
    pub(super) repeated: u64,
    pub(super) rejected: BTreeMap<String, u64>,
}

impl Numbers {
    pub(super) fn apply(&mut self, outcome: &str, reason: &str, change: impl Fn(u64) -> u64) {
        let number = match outcome {
            "accepted" => &mut self.accepted,
            "duplicate" => &mut self.duplicate,
            "shipped" => &mut self.shipped,
            "repeated" => &mut self.repeated,
            _ => self.rejected.entry(reason.to_owned()).or_default(),
        };
        *number = change(*number);
    }
}

/// What the file keeps of an hour.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SettledHour {
    pub(super) site: String,
    pub(super) hour: i64,
    pub(super) since: i64,
    pub(super) numbers: Numbers,
}

/// What the file keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Settled {
    pub(super) version: i64,
    pub(super) hours: Vec<SettledHour>,
    /// Segments whose counts are in the numbers and whose files may still be there.
    pub(super) segments: BTreeSet<String>,
}
