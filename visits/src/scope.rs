//! Which days of which sessions must be looked at together.

use std::collections::BTreeSet;

use crate::rule::{Session, day_of};
use foldhash::HashMap;

/// A visit as it was made before, by its key and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Whose.
    pub session: Session,
    /// Whether of bots and machines.
    pub is_bot: bool,
    /// The day of UTC that the row stands for.
    pub day: i64,
    /// The visit's beginning, in milliseconds since the epoch.
    pub started: i64,
    /// 0, or the number of an owner's part of it.
    pub part: u16,
    /// The end.
    pub ended: i64,
    /// The user whose it was, empty when nobody's.
    pub owner: String,
    /// How many events it had.
    pub events: u32,
}

/// The days of sessions whose visits are made anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    days: HashMap<Session, BTreeSet<i64>>,
}

/// What a row of visits is known by: whose, of machines or not, the day, the beginning of the visit, the part.
pub type Key = (Session, bool, i64, i64, u16);

impl Made {
    /// What it is known by.
    pub const fn key(&self) -> Key {
        (self.session, self.is_bot, self.day, self.started, self.part)
    }
}

impl Scope {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Adds a day of a session.
    pub fn touch(&mut self, session: Session, day: i64) {
        self.days.entry(session).or_default().insert(day);
    }

    /// Whether a day of a session is looked at.
    pub fn has(&self, session: Session, day: i64) -> bool {
        self.days.get(&session).is_some_and(|days| days.contains(&day))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Session, i64)> {
        self.days.iter().flat_map(|(session, days)| days.iter().map(|day| (*session, *day)))
    }

    /// Adds the days of the visits that an event of these days may be part of, or may join to another: those that touch
    /// such a day, the day before, or the day after. Returns those that were not in it.
    pub fn widen<'a>(&mut self, made: impl IntoIterator<Item = &'a Made>) -> Self {
        let mut more = Self::default();
        for row in made {
            let Some(days) = self.days.get_mut(&row.session) else { continue };
            if (row.day - 1..=row.day + 1).any(|day| days.contains(&day)) {
                for day in day_of(row.started)..=day_of(row.ended) {
                    if days.insert(day) {
                        more.touch(row.session, day);
                    }
                }
            }
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::MS_PER_DAY;

    #[test]
    fn a_scope_widens_to_the_visits_beside_it_and_no_further() {
        type Row<'a> = (&'a str, &'a [(i64, i64)], &'a [i64]);
        let session = Session { site: 0, visitor: 1, id: 2 };
        let made = |session, first: i64, last: i64| Made {
            session,
            is_bot: false,
            day: last,
            started: first * MS_PER_DAY,
            part: 0,
            ended: last * MS_PER_DAY,
            owner: String::new(),
            events: 1,
        };
        let table: [Row<'_>; 5] = [
            ("nothing beside it", &[(7, 7)], &[10]),
            ("a visit of the day", &[(10, 10)], &[10]),
            ("a visit of the day before", &[(9, 9)], &[9, 10]),
            ("one that began long before", &[(6, 9)], &[6, 7, 8, 9, 10]),
            ("one of the day after", &[(11, 11)], &[10, 11]),
        ];
        for (name, rows, expected) in table {
            let mut scope = Scope::default();
            scope.touch(session, 10);
            let mut rows: Vec<Made> = rows.iter().map(|(first, last)| made(session, *first, *last)).collect();
            rows.push(made(Session { site: 0, visitor: 1, id: 3 }, 10, 11));
            let more = scope.widen(&rows);
            let mut days: Vec<i64> = scope.iter().map(|(_, day)| day).collect();
            days.sort_unstable();
            assert_eq!(days, expected, "{name}");
            let mut added: Vec<i64> = more.iter().map(|(_, day)| day).collect();
            added.sort_unstable();
            assert_eq!(
                added,
                expected.iter().copied().filter(|day| *day != 10).collect::<Vec<_>>(),
                "{name}"
            );
            assert!(!scope.has(Session { site: 0, visitor: 1, id: 3 }, 10), "{name}");
        }
    }
}
