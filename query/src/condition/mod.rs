//! What is left in, as a tree: `all`, `any`, `not`, what something `is`, what a person `did`, in which `sequence`, how often
//! the person `visited`, and to which `segment` the person belongs.
//!
//! Read from the flat list of `GET` (`list`) or from JSON (`json`). Uses `plan::filter` and the error; `scope` holds it, and
//! `sql::condition` makes text of it.
//!
//! # What it holds for
//!
//! A question is about events, visits or people: its *unit*.
//!
//! - `is` looks at what its dimension is a property of. Asked of an **event**: dimensions of events, and those that
//!   events and visits both have, are the event's own; those of items are an item's that the event is about; those of
//!   visits are its visit's. Asked of a **visit**: dimensions of visits, and those that both have, are those of how it
//!   began (`exit_page`: how it ended), whenever that was; those of events and items are of one of its events, which where
//!   only pages are asked for was a view. (A visit is looked for to the end of the day after the period.) Asked of a **person**: all are of one visit that the period
//!   touches, and those of events and items of one of its events in the period that is the person's.
//! - `is` that stand together in an `all`, also those in an `any` or `all` of nothing but `is` there, hold for one and
//!   the same item, event and visit. `product is A` and `product_category is B` is one item that is both.
//! - `not` is about the unit: a visit with `not page is /a` never saw it, where `page is_not /a` has an event elsewhere.
//! - `did` is about the person whose the event is, or whose the visit was when it began; identity and aliases are
//!   followed. It counts the distinct ids of the person's events in the period that the pattern, a condition on an
//!   event, holds for. With a window, the number is that of the fullest window of so many times sixty minutes that lies
//!   anywhere within the period (its end is exclusive), whatever the clocks of the site show. Bots and machines are left
//!   out unless the question asks for them.
//! - `sequence` is about the same person: events that fit its patterns came one after the other in the period, one event
//!   for each; others may lie between. With a window, the last is less than so many times sixty minutes after the first.
//! - `visited` is about the same person: it counts the sessions that the period touches and that its `where`, of nothing but
//!   `is`, holds for, with the person's events in the period.
//! - `segment` is about the same person, who is a member of it now, whatever the period of the question.
//! - `not`, `did`, `sequence`, `visited`, `segment`, and an `any` that holds one of them, are by themselves: nothing ties them
//!   to what stands beside them.
//!
//! An `all` in an `all`, and an `any` in an `any`, is as if its members stood in the outer one; a list of one member is
//! that member. An `all` of nothing holds for everything.

mod json;
mod list;
mod schema;
#[cfg(test)]
mod tests;

pub use schema::EventMatcher;

use crate::plan::Dimension;
use crate::plan::dimension::Level;
use crate::plan::filter::{Field, Filter, Operator};

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Each of these.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
    /// The opposite, about the unit that is asked for.
    Not(Box<Self>),
    /// A dimension or a property has a value.
    Is(Filter),
    /// What the person did.
    Did(Did),
    /// What the person did one after the other.
    Sequence(Sequence),
    /// How often the person came.
    Visited(Visited),
    /// The person belongs to the audience of this id.
    Audience(String),
}

/// A person has events one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// What must hold for each of the events, in their order; two or more, without `did`.
    pub events: Vec<Condition>,
    /// How long it takes from the first to the last.
    pub within: Within,
}

/// A person has so many sessions of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// What must hold for each of the sessions; nothing but `is`.
    pub session: Box<Condition>,
    /// How many there are.
    pub times: Times,
}

/// A person has so many events of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// What must hold for each of the events; without `did`.
    pub event: Box<Condition>,
    /// How many there are.
    pub times: Times,
    /// Where they are counted.
    pub within: Within,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// This many or more; not 0.
    AtLeast(u32),
    /// This many or fewer.
    AtMost(u32),
    /// So many.
    Exactly(u32),
}

/// Where events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In the whole period.
    Period,
    /// In whichever so many hours of the period hold the most.
    Hours(u32),
}

impl Condition {
    /// What holds for everything.
    pub const EVERYTHING: Self = Self::All(Vec::new());

    /// Each of these.
    pub fn all(members: impl IntoIterator<Item = Self>) -> Self {
        let inner = |member| match member {
            Self::All(inner) => inner,
            other => vec![other],
        };
        one_or(Self::All, members.into_iter().flat_map(inner))
    }

    /// One of these.
    pub fn any(members: impl IntoIterator<Item = Self>) -> Self {
        let inner = |member| match member {
            Self::Any(inner) => inner,
            other => vec![other],
        };
        one_or(Self::Any, members.into_iter().flat_map(inner))
    }

    /// What must all hold: the members of an `all`, otherwise the condition alone.
    pub fn members(&self) -> &[Self] {
        match self {
            Self::All(members) => members,
            other => std::slice::from_ref(other),
        }
    }

    /// The members that stand together, and those that are by themselves.
    pub fn together(&self) -> (Vec<&Self>, Vec<&Self>) {
        self.members().iter().partition(|member| member.is_of_is())
    }

    /// The filter, where the condition is no more than that.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Is(filter) => Some(filter),
            _ => None,
        }
    }

    /// Whether it consists of `is`, however they are joined.
    fn is_of_is(&self) -> bool {
        match self {
            Self::Is(_) => true,
            Self::All(members) | Self::Any(members) => members.iter().all(Self::is_of_is),
            Self::Not(_) | Self::Did(_) | Self::Sequence(_) | Self::Visited(_) | Self::Audience(_) => false,
        }
    }

    /// Whether it asks what a person did, or who somebody is.
    pub fn asks_who(&self) -> bool {
        match self {
            Self::Is(_) => false,
            Self::All(members) | Self::Any(members) => members.iter().any(Self::asks_who),
            Self::Not(inner) => inner.asks_who(),
            Self::Did(_) | Self::Sequence(_) | Self::Visited(_) | Self::Audience(_) => true,
        }
    }

    /// The audiences that it names.
    pub fn audiences(&self) -> Vec<&str> {
        match self {
            Self::Audience(audience) => vec![audience],
            Self::All(members) | Self::Any(members) => members.iter().flat_map(Self::audiences).collect(),
            Self::Not(inner) => inner.audiences(),
            Self::Is(_) | Self::Did(_) | Self::Sequence(_) | Self::Visited(_) => Vec::new(),
        }
    }

    /// All filters in it that are about what is asked for: not those of the events that a person did.
    pub fn filters(&self) -> Vec<&Filter> {
        match self {
            Self::Is(filter) => vec![filter],
            Self::All(members) | Self::Any(members) => members.iter().flat_map(Self::filters).collect(),
            Self::Not(inner) => inner.filters(),
            Self::Did(_) | Self::Sequence(_) | Self::Visited(_) | Self::Audience(_) => Vec::new(),
        }
    }

    /// The kinds of events for which it can hold, where it names them.
    pub fn kinds(&self) -> Option<Vec<&str>> {
        match self {
            Self::Is(Filter { field: Field::Dimension(Dimension::KIND), operator: Operator::Is, values }) => {
                Some(values.iter().map(String::as_str).collect())
            }
            Self::All(members) => members.iter().find_map(Self::kinds),
            Self::Any(members) => {
                let kinds: Option<Vec<Vec<&str>>> = members.iter().map(Self::kinds).collect();
                kinds.map(|kinds| kinds.concat())
            }
            Self::Is(_)
            | Self::Not(_)
            | Self::Did(_)
            | Self::Sequence(_)
            | Self::Visited(_)
            | Self::Audience(_) => None,
        }
    }

    /// Whether a filter in it looks at one of these.
    pub fn looks_at(&self, levels: &[Level]) -> bool {
        self.filters().iter().any(|filter| levels.contains(&filter.level()))
    }

    /// What is left of it where nothing is known of these; `None` when that cannot hold.
    pub fn without(&self, levels: &[Level]) -> Option<Self> {
        match self {
            Self::Is(filter) if levels.contains(&filter.level()) => None,
            Self::All(members) => {
                members.iter().map(|member| member.without(levels)).collect::<Option<Vec<_>>>().map(Self::all)
            }
            Self::Any(members) => {
                let left: Vec<Self> = members.iter().filter_map(|member| member.without(levels)).collect();
                (!left.is_empty()).then(|| Self::any(left))
            }
            other => Some(other.clone()),
        }
    }
}

/// Each once; the members of a list of one are that one.
fn one_or(list: fn(Vec<Condition>) -> Condition, members: impl Iterator<Item = Condition>) -> Condition {
    let mut distinct: Vec<Condition> = Vec::new();
    for member in members {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    match <[Condition; 1]>::try_from(distinct) {
        Ok([only]) => only,
        Err(several) => list(several),
    }
}
