//! Whose an event is, by the rule that `docs/ARCHITECTURE.md` tells.

use std::collections::{BTreeMap, BTreeSet};

use orma_model::EventRow;

use super::history::Site;

/// When a visitor was identified as whom (nobody: a reset), in which session.
type Mark = (i64, String, String);

/// The marks of the visitors of a site, and which ids are one.
pub struct People {
    marks: BTreeMap<String, Vec<Mark>>,
    aliases: BTreeMap<String, String>,
}

impl People {
    pub fn new(site: &Site) -> Self {
        let mut marks: BTreeMap<String, BTreeSet<Mark>> = BTreeMap::new();
        let mut told: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        let mut steps: BTreeSet<(i64, String, String)> = BTreeSet::new();
        for row in site.rows.iter().filter(|row| row.bot.is_empty()) {
            let (visitor, user) = (row.visitor.to_string(), row.user.to_string());
            let mark = (row.ts, user.clone(), row.session.to_string());
            if row.kind == "alias" {
                let previous =
                    row.props.iter().find(|(name, _)| name == "previous").map(|(_, id)| id.to_string());
                steps.insert((row.ts, previous.unwrap_or_default(), user.clone()));
            }
            if visitor.starts_with('@') || user.is_empty() && row.kind != "reset" {
                continue;
            }
            if matches!(row.kind.as_ref(), "identify" | "login" | "reset") {
                marks.entry(visitor).or_default().insert(mark);
            } else {
                let first = told.entry((visitor, user, mark.2)).or_insert(row.ts);
                *first = row.ts.min(*first);
            }
        }
        for ((visitor, user, session), ts) in told {
            marks.entry(visitor).or_default().insert((ts, user, session));
        }
        // The id of a day stands for whoever shares an address and a browser: only a hand joins it with somebody.
        marks.retain(|visitor, _| !(visitor.len() == 21 && visitor.starts_with('c')));
        for (visitor, user) in &site.joined {
            marks.entry(visitor.clone()).or_default().insert((i64::MAX, user.clone(), String::new()));
        }
        for (visitor, user) in &site.undone {
            if let Some(marks) = marks.get_mut(visitor) {
                marks.retain(|mark| mark.1 != *user);
            }
        }
        let marks =
            marks.into_iter().map(|(visitor, marks)| (visitor, marks.into_iter().collect())).collect();
        let aliases = steps.into_iter().filter(|(_, previous, user)| previous != user);
        Self { marks, aliases: aliases.map(|(_, previous, user)| (previous, user)).collect() }
    }

    /// The person of an event.
    pub fn person(&self, row: &EventRow<'_>) -> String {
        self.one(&self.owner(row))
    }

    /// Whose id an id is in the end; of a circle it is the smallest.
    pub fn one(&self, id: &str) -> String {
        let mut seen = vec![id.to_owned()];
        while let Some(next) = self.aliases.get(&seen[seen.len() - 1]) {
            if let Some(start) = seen.iter().position(|id| id == next) {
                return seen[start..].iter().min().unwrap().clone();
            }
            seen.push(next.clone());
        }
        seen.pop().unwrap()
    }

    fn owner(&self, row: &EventRow<'_>) -> String {
        if !row.user.is_empty() {
            return row.user.to_string();
        }
        if let Some(user) = row.visitor.strip_prefix('@') {
            return user.to_owned();
        }
        let marks = self.marks.get(row.visitor.as_ref()).map_or(&[][..], Vec::as_slice);
        let earlier = |mark: &&Mark| mark.0 < row.ts;
        let next = marks.iter().find(|mark| !earlier(mark));
        let mut decides = next;
        let at_once = |mark: &Mark| marks.contains(&(mark.0, mark.1.clone(), row.session.to_string()));
        let is_of_next = next.is_some_and(|mark| !mark.1.is_empty() && (mark.0 == row.ts || at_once(mark)));
        if !row.session.is_empty() && !is_of_next {
            // The session's own, unless it was reset since.
            let own = marks.iter().filter(earlier).rfind(|mark| mark.1.is_empty() || mark.2 == row.session);
            decides = own.filter(|mark| !mark.1.is_empty()).or(next);
        }
        match decides {
            Some(mark) if !mark.1.is_empty() => mark.1.clone(),
            _ => row.visitor.to_string(),
        }
    }
}
