//! Whose ids are one person, computed one event at a time from the events and from what was changed by hand.

use std::collections::{BTreeMap, BTreeSet};

use orma_model::EventRow;

use crate::support::visits::visits_of;

/// What was said by hand: that two ids are one person, or that they are not.
#[derive(Clone, Debug)]
pub struct Said {
    /// The change that it is of.
    pub change: String,
    pub pair: Pair,
    pub joins: bool,
    pub at: i64,
    pub undone: bool,
}

/// The visitor (of an alias the earlier user behind an `@`) and the user.
pub type Pair = (String, String);

/// An edge: since when, who is whom, and in which session (none: in none that is known).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    at: i64,
    user: String,
    visitor: String,
    session: String,
}

/// The events of a site and what was said of them.
#[derive(Clone)]
pub struct Twin {
    pub rows: Vec<EventRow<'static>>,
    pub said: Vec<Said>,
}

/// What somebody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub events: i64,
    pub sessions: i64,
    pub page_views: i64,
    pub orders: i64,
    /// Ten-thousandths.
    pub revenue: i64,
    pub users: BTreeSet<String>,
    pub visitors: BTreeSet<String>,
}

impl Twin {
    fn edges(&self) -> Vec<Edge> {
        let mut edges: BTreeSet<Edge> = BTreeSet::new();
        let mut first: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        for row in &self.rows {
            let (visitor, user) = (row.visitor.to_string(), row.user.to_string());
            let edge = |visitor: String| Edge {
                at: row.ts,
                user: user.clone(),
                visitor,
                session: row.session.to_string(),
            };
            let previous = row.props.iter().find(|(name, _)| name == "previous");
            if let Some((_, previous)) = previous.filter(|_| row.kind == "alias") {
                edges.insert(edge(format!("@{previous}")));
            }
            match row.kind.as_ref() {
                _ if visitor.starts_with('@') => {}
                "reset" | "identify" => drop(edges.insert(edge(visitor))),
                _ if user.is_empty() => {}
                _ => {
                    let at = first.entry((visitor, user, row.session.to_string())).or_insert(row.ts);
                    *at = row.ts.min(*at);
                }
            }
        }
        edges.extend(first.into_iter().map(|((visitor, user, session), at)| Edge {
            at,
            user,
            visitor,
            session,
        }));
        for Said { pair: (visitor, user), at, .. } in
            self.said.iter().filter(|said| said.joins && !said.undone)
        {
            let (visitor, user) = (visitor.clone(), user.clone());
            edges.insert(Edge { at: *at, user, visitor, session: String::new() });
        }
        let removed = |edge: &Edge| {
            self.said.iter().any(|said| {
                !said.joins
                    && !said.undone
                    && said.pair == (edge.visitor.clone(), edge.user.clone())
                    && said.at >= edge.at
            })
        };
        edges.into_iter().filter(|edge| !removed(edge)).collect()
    }

    /// The pairs that edges join now, each with the last of them.
    pub fn pairs(&self) -> BTreeMap<Pair, i64> {
        let mut pairs: BTreeMap<Pair, i64> = BTreeMap::new();
        for edge in self.edges().into_iter().filter(|edge| !edge.user.is_empty()) {
            let last = pairs.entry((edge.visitor, edge.user)).or_insert(edge.at);
            *last = edge.at.max(*last);
        }
        pairs
    }

    fn aliases(&self) -> BTreeMap<String, String> {
        // The latest of an id counts.
        let mut steps: Vec<(i64, String, String)> = self
            .edges()
            .into_iter()
            .filter_map(|edge| Some((edge.at, edge.visitor.strip_prefix('@')?.to_owned(), edge.user)))
            .filter(|(_, previous, user)| previous != user)
            .collect();
        steps.sort();
        steps.into_iter().map(|(_, previous, user)| (previous, user)).collect()
    }

    /// Everybody with what is theirs.
    pub fn people(&self) -> BTreeMap<String, Totals> {
        let (edges, aliases) = (self.edges(), self.aliases());
        let visits = visits_of(self.rows.iter());
        let mut people: BTreeMap<String, Totals> = BTreeMap::new();
        let mut sessions: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
        for row in &self.rows {
            let owner = owner(&edges, row);
            let person = end(&aliases, &owner);
            let own = people.entry(person.clone()).or_default();
            own.events += 1;
            own.page_views += i64::from(row.kind == "page_view");
            own.orders += i64::from(row.kind == "order");
            own.revenue += row.revenue;
            if !row.visitor.starts_with('@') {
                own.visitors.insert(row.visitor.to_string());
            }
            if owner != row.visitor || owner != person {
                let ids = aliases.keys().filter(|id| end(&aliases, id) == person).cloned();
                own.users.extend(ids.chain([person.clone()]));
            }
            if !row.session.is_empty() || row.kind == "page_view" {
                sessions.entry(person).or_default().insert(visits[&row.event_id].clone());
            }
        }
        for (person, sessions) in sessions {
            people.get_mut(&person).unwrap().sessions = i64::try_from(sessions.len()).unwrap();
        }
        people
    }

    /// All user ids of a person.
    pub fn users_of(&self, person: &str) -> BTreeSet<String> {
        let aliases = self.aliases();
        let ids = aliases.keys().filter(|id| end(&aliases, id) == person).cloned();
        ids.chain([person.to_owned()]).collect()
    }
}

/// Where a chain of aliases ends; of a circle it is the smallest.
fn end(aliases: &BTreeMap<String, String>, id: &str) -> String {
    let mut seen = vec![id.to_owned()];
    while let Some(next) = aliases.get(&seen[seen.len() - 1]) {
        if let Some(start) = seen.iter().position(|id| id == next) {
            return seen[start..].iter().min().unwrap().clone();
        }
        seen.push(next.clone());
    }
    seen.pop().unwrap()
}

/// Whose an event is, before aliases.
fn owner(edges: &[Edge], row: &EventRow<'_>) -> String {
    if !row.user.is_empty() {
        return row.user.to_string();
    }
    if let Some(user) = row.visitor.strip_prefix('@') {
        return user.to_owned();
    }
    let marks: Vec<&Edge> = edges.iter().filter(|edge| edge.visitor == row.visitor).collect();
    let place = marks.partition_point(|mark| mark.at < row.ts);
    let next = marks.get(place);
    let own = |mark: &&&Edge| mark.session == row.session;
    // Of several at one moment with the same user, the event's own session.
    let is_sure = next.is_some_and(|next| {
        !next.user.is_empty()
            && (next.at == row.ts
                || marks[place..]
                    .iter()
                    .any(|mark| (mark.at, &mark.user) == (next.at, &next.user) && own(&mark)))
    });
    let earlier = marks[..place].iter().rfind(|mark| mark.user.is_empty() || own(mark));
    let decides = match earlier {
        Some(earlier) if !row.session.is_empty() && !is_sure && !earlier.user.is_empty() => Some(earlier),
        _ => next,
    };
    match decides {
        Some(mark) if !mark.user.is_empty() => mark.user.clone(),
        _ => row.visitor.to_string(),
    }
}
