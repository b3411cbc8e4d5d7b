//! Says in the log when the accounts stop adding up, and when they add up again.
//!
//! Of several processes that share a store one says it. What it said is its mark: a site that is whole again is told by
//! whoever has the alarm then; one that is not is told again by each that takes the alarm over, at its start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::watch::AccountsWatch;

/// The alarm of the accounts.
#[derive(Debug)]
pub struct AccountsAlarm {
    watch: AccountsWatch,
    said: Mutex<Said>,
}

/// Sites whose alarm was told in a term, by this process.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    term: u64,
    sites: BTreeSet<String>,
}

/// What there is to say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    opened: Vec<(String, u64)>,
    closed: Vec<String>,
}

impl Said {
    /// What changed since it was said; `mark` has what was said before this term.
    fn change(&mut self, term: u64, mark: Option<&str>, alarms: &BTreeMap<String, u64>) -> Change {
        let begins = self.term != term;
        let before = if begins { sites(mark) } else { std::mem::take(&mut self.sites) };
        let is_new = |site: &String| begins || !before.contains(site);
        let opened = alarms.iter().filter(|(site, _)| is_new(site));
        let opened = opened.map(|(site, events)| (site.clone(), *events)).collect();
        let closed = before.iter().filter(|site| !alarms.contains_key(*site)).cloned().collect();
        *self = Self { term, sites: alarms.keys().cloned().collect() };
        Change { opened, closed }
    }

    fn mark(&self) -> String {
        serde_json::to_string(&self.sites).expect("texts")
    }
}

/// A mark that cannot be read says nothing: it only says what need not be said again.
fn sites(mark: Option<&str>) -> BTreeSet<String> {
    mark.and_then(|mark| serde_json::from_str(mark).ok()).unwrap_or_default()
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
        let Change { opened, closed } = said.change(term, mark, &alarms);
        for (site, events) in opened {
            tracing::error!(
                %site, events,
                "the accounts do not add up: accepted events are not in the store. See the accounting page and `orma doctor`"
            );
        }
        for site in closed {
            tracing::info!(%site, "the accounts add up again");
        }
        let keep = said.mark();
        (sites(mark) != said.sites).then_some(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_said_once_in_a_term_and_its_end_whoever_said_the_beginning() {
        let mut said = Said::default();
        for (what, term, mark, alarms, opened, closed) in [
            ("all is well", 1, None, &[][..], &[][..], &[][..]),
            ("two open", 1, None, &["a", "b"], &["a", "b"], &[]),
            ("nothing new, the mark not kept yet", 1, None, &["a", "b"], &[], &[]),
            ("one closes, another opens", 1, Some(r#"["a","b"]"#), &["b", "c"], &["c"], &["a"]),
            ("taken over: what is open is said again", 2, Some(r#"["b","c"]"#), &["b"], &["b"], &["c"]),
            ("a mark that cannot be read", 3, Some("?"), &["b"], &["b"], &[]),
        ] {
            let alarms = alarms.iter().map(|site| ((*site).to_owned(), 3)).collect();
            let opened = opened.iter().map(|site: &&str| ((*site).to_owned(), 3)).collect();
            let closed = closed.iter().map(|site: &&str| (*site).to_owned()).collect();
            assert_eq!(said.change(term, mark, &alarms), Change { opened, closed }, "{what}");
        }
        assert_eq!(sites(Some(&said.mark())), BTreeSet::from(["b".to_owned()]));
    }
}
