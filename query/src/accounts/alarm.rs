//! Says in the log when the accounts stop adding up, and when they add up again.
//!
//! Of several processes that share a store one says it. What it said is its mark: a site that is whole again is told by
//! whoever has the alarm then; one that is not is told again by each that takes the alarm over, at its start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::gap::Gap;
use super::watch::AccountsWatch;
use crate::timestamp::Timestamp;

/// The alarm of the accounts.
#[derive(Debug)]
pub struct AccountsAlarm {
    watch: AccountsWatch,
    said: Mutex<Said>,
}

/// Which way accounts do not add up: each is told for itself, because one is a loss and the other is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Side {
    /// Accepted events are nowhere.
    Missing,
    /// Rows are in the store that no collector has counted.
    Surplus,
}

/// Sites, and which way their accounts do not add up.
type Open = BTreeSet<(String, Side)>;

/// What was told in a term, by this process.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    term: u64,
    open: Open,
}

/// What there is to say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    opened: Vec<(String, Side)>,
    /// Sites whose accounts add up again.
    closed: Vec<String>,
}

impl Said {
    /// What changed since it was said; `mark` has what was said before this term.
    fn change(&mut self, term: u64, mark: Option<&str>, now: Open) -> Change {
        let begins = self.term != term;
        let before = if begins { open(mark) } else { std::mem::take(&mut self.open) };
        let opened = now.iter().filter(|one| begins || !before.contains(*one)).cloned().collect();
        let sites = |open: &Open| open.iter().map(|(site, _)| site.clone()).collect::<BTreeSet<_>>();
        let closed = sites(&before).difference(&sites(&now)).cloned().collect();
        *self = Self { term, open: now };
        Change { opened, closed }
    }

    fn mark(&self) -> String {
        serde_json::to_string(&self.open).expect("texts")
    }
}

/// A mark that cannot be read says nothing: it only says what need not be said again.
fn open(mark: Option<&str>) -> Open {
    mark.and_then(|mark| serde_json::from_str(mark).ok()).unwrap_or_default()
}

fn sides(alarms: &BTreeMap<String, Gap>) -> Open {
    let both = alarms.iter().flat_map(|(site, gap)| {
        [(gap.missing_events, Side::Missing), (gap.surplus_events, Side::Surplus)]
            .into_iter()
            .filter(|(events, _)| *events > 0)
            .map(|(_, side)| (site.clone(), side))
    });
    both.collect()
}

fn tell(site: &str, which: Side, gap: Gap) {
    let since = Timestamp(gap.since * 1000);
    match which {
        Side::Missing => tracing::error!(
            %site, events = gap.missing_events, %since,
            "the accounts do not add up: accepted events are not in the store. `orma accounts list` has the hours, \
             `orma doctor` what may be the cause"
        ),
        Side::Surplus => tracing::warn!(
            %site, events = gap.surplus_events, %since,
            "the accounts do not add up: there are rows in the store that no collector has counted. Nothing is lost; they \
             were written past the collectors, or a data directory has lost its file `ledger`. Delete them if they do not \
             belong there, or end this alarm with `orma accounts write-off`"
        ),
    }
}

impl AccountsAlarm {
    /// The alarm of what `watch` sees.
    pub fn new(watch: AccountsWatch) -> Self {
        Self { watch, said: Mutex::default() }
    }

    /// Says what changed. `term` tells when this process took the alarm over, `mark` what was kept last. Returns what is to
    /// be kept, if that is something else.
    pub fn say(&self, term: u64, mark: Option<&str>) -> Option<String> {
        let alarms = self.watch.alarms()?;
        let mut said = self.said.lock().expect("no panic while locked");
        let Change { opened, closed } = said.change(term, mark, sides(&alarms));
        for (site, side) in opened {
            tell(&site, side, alarms.get(&site).copied().unwrap_or_default());
        }
        for site in closed {
            tracing::info!(%site, "the accounts add up again");
        }
        let keep = said.mark();
        (open(mark) != said.open).then_some(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_said_once_in_a_term_and_its_end_whoever_said_the_beginning() {
        // Missing in lower case, too many in upper case.
        let sides = |sites: &str| -> Vec<(String, Side)> {
            let side = |site: char| if site.is_lowercase() { Side::Missing } else { Side::Surplus };
            sites.chars().map(|site| (site.to_lowercase().to_string(), side(site))).collect()
        };
        let mark = |sites: &str| Said { term: 0, open: sides(sites).into_iter().collect() }.mark();
        let (ab, bc) = (mark("ab"), mark("bcC"));
        let mut said = Said::default();
        for (what, term, mark, now, opened, closed) in [
            ("all is well", 1, None, "", "", ""),
            ("two open", 1, None, "ab", "ab", ""),
            ("nothing new, the mark not kept yet", 1, None, "ab", "", ""),
            ("one closes, another opens", 1, Some(&*ab), "bc", "c", "a"),
            ("too many there, too", 1, Some(&*ab), "bcC", "C", ""),
            ("no longer: some are still missing", 1, Some(&*bc), "bc", "", ""),
            ("taken over: what is open is said again", 2, Some(&*bc), "bB", "bB", "c"),
            ("a mark that cannot be read", 3, Some("?"), "b", "b", ""),
            ("a mark of before", 4, Some(r#"["a","b"]"#), "b", "b", ""),
        ] {
            let closed = closed.chars().map(String::from).collect();
            let change = said.change(term, mark, sides(now).into_iter().collect());
            assert_eq!(change, Change { opened: sides(opened), closed }, "{what}");
        }
        assert_eq!(open(Some(&said.mark())), said.open);
    }
}
