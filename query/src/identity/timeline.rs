//! When who was identified on a visitor, and whose an event is by that.

use std::collections::HashMap;

/// Marks that are read for one answer; the oldest are left out.
pub const MARKS_MAX: usize = 200_000;

/// Something that happened to a visitor's identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When: milliseconds since the epoch.
    pub at: i64,
    /// Who was identified; empty for a reset. Sorts before a user, so that at the same moment the reset counts.
    pub user: String,
    /// Whether it has not been taken back.
    pub active: bool,
    /// The session in which it happened; empty when that is not known.
    pub session: String,
}

/// The active marks of a visitor, oldest first, and where to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    marks: Vec<Mark>,
    /// Indices of the resets.
    resets: Vec<usize>,
    /// Indices of the marks of each session.
    of_session: HashMap<String, Vec<usize>>,
}

/// The timelines of some visitors.
pub type Timelines = HashMap<String, Timeline>;

impl Timeline {
    /// Marks in any order.
    pub fn new(mut marks: Vec<Mark>) -> Self {
        marks.retain(|mark| mark.active);
        marks.sort();
        let (mut resets, mut of_session) = (Vec::new(), HashMap::<String, Vec<usize>>::new());
        for (index, mark) in marks.iter().enumerate() {
            of_session.entry(mark.session.clone()).or_default().push(index);
            if mark.user.is_empty() {
                resets.push(index);
            }
        }
        Self { marks, resets, of_session }
    }

    /// The mark that says whose an event is, if any does.
    fn deciding(&self, session: &str, ts: i64) -> Option<&Mark> {
        let index = self.marks.partition_point(|mark| mark.at < ts);
        let next = self.marks.get(index);
        let decides = |mark: &Mark| !mark.user.is_empty() && (mark.at == ts || mark.session == session);
        if session.is_empty() || next.is_some_and(decides) {
            return next;
        }
        let latest =
            |indices: &[usize]| indices[..indices.partition_point(|other| *other < index)].last().copied();
        let own = self.of_session.get(session).and_then(|indices| latest(indices));
        let before = own.max(latest(&self.resets)).map(|index| &self.marks[index]);
        before.filter(|mark| !mark.user.is_empty()).or(next)
    }
}

/// Whose an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// A user id, or the visitor id.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// Whether an edge says so and not the event itself.
    pub through_edge: bool,
}

/// Whose an event is, before aliases.
pub fn owner(user: &str, visitor: &str, session: &str, ts: i64, timelines: &Timelines) -> Owner {
    if !user.is_empty() {
        return Owner { person: user.to_owned(), identified: true, through_edge: false };
    }
    // An event that only a server knows of.
    if let Some(user) = visitor.strip_prefix('@') {
        return Owner { person: user.to_owned(), identified: true, through_edge: false };
    }
    match timelines.get(visitor).and_then(|timeline| timeline.deciding(session, ts)) {
        Some(mark) if !mark.user.is_empty() => {
            Owner { person: mark.user.clone(), identified: true, through_edge: true }
        }
        _ => Owner { person: visitor.to_owned(), identified: false, through_edge: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at: i64, user: &str) -> Mark {
        Mark { at, user: user.into(), active: true, session: String::new() }
    }

    fn timelines(marks: &[Mark]) -> Timelines {
        HashMap::from([("v".to_owned(), Timeline::new(marks.to_vec()))])
    }

    #[test]
    fn the_first_mark_at_or_after_the_event_decides() {
        let removed = |at, user: &str| Mark { active: false, ..mark(at, user) };
        let shared = [mark(10, "anna"), mark(20, ""), mark(30, "bruno")];
        let table: [(&str, &[Mark], i64, &str, &str); 14] = [
            ("before login", &[mark(10, "anna")], 5, "", "anna"),
            ("at the moment of login", &[mark(10, "anna")], 10, "", "anna"),
            ("after the last login", &[mark(10, "anna")], 11, "", "v"),
            ("its own user, whatever the edges say", &[mark(10, "anna")], 5, "carla", "carla"),
            ("nobody", &[], 5, "", "v"),
            ("shared device: before the first", &shared, 1, "", "anna"),
            ("shared device: between login and reset", &shared, 15, "", "v"),
            ("shared device: after the reset", &shared, 21, "", "bruno"),
            ("shared device: after everybody", &shared, 31, "", "v"),
            ("a reset before anybody", &[mark(10, ""), mark(20, "anna")], 5, "", "v"),
            ("a reset at the moment of a login", &[mark(10, ""), mark(10, "anna")], 5, "", "v"),
            ("two logins without a reset", &[mark(10, "anna"), mark(20, "bruno")], 15, "", "bruno"),
            ("a login taken back", &[removed(10, "anna")], 5, "", "v"),
            ("a login taken back, then another", &[removed(10, "anna"), mark(20, "bruno")], 5, "", "bruno"),
        ];
        for (name, marks, ts, user, person) in table {
            assert_eq!(owner(user, "v", "", ts, &timelines(marks)).person, person, "{name}");
            assert_eq!(
                owner(user, "v", "s", ts, &timelines(marks)).person,
                person,
                "{name}: no mark of the session"
            );
        }
    }

    #[test]
    fn a_session_is_whose_it_was_before_unless_it_was_reset() {
        let of = |session: &str, mark: Mark| Mark { session: session.into(), ..mark };
        let landed = || of("s", mark(10, "anna"));
        let table: [(&str, &[Mark], i64, &str, &str); 10] = [
            ("later in the session", &[landed()], 15, "s", "anna"),
            ("in the next session", &[landed()], 15, "t", "v"),
            ("without a session", &[landed()], 15, "", "v"),
            ("before, in an earlier session", &[landed()], 5, "r", "anna"),
            ("after a reset", &[landed(), of("s", mark(12, ""))], 15, "s", "v"),
            ("before a reset", &[landed(), of("s", mark(20, ""))], 15, "s", "anna"),
            ("the reset itself", &[landed(), of("s", mark(15, ""))], 15, "s", "anna"),
            ("another user later in the session", &[landed(), of("s", mark(20, "bruno"))], 15, "s", "bruno"),
            ("another user in a later session", &[landed(), of("t", mark(20, "bruno"))], 15, "s", "anna"),
            ("taken back", &[Mark { active: false, ..landed() }], 15, "s", "v"),
        ];
        for (name, marks, ts, session, person) in table {
            assert_eq!(owner("", "v", session, ts, &timelines(marks)).person, person, "{name}");
        }
    }

    #[test]
    fn only_an_edge_makes_an_event_anonymous() {
        let marks = timelines(&[mark(10, "anna")]);
        assert!(owner("", "v", "", 5, &marks).through_edge);
        assert!(!owner("anna", "v", "", 5, &marks).through_edge);
        assert!(!owner("", "w", "", 5, &marks).through_edge);
        let server = owner("", "@anna", "", 5, &marks);
        assert_eq!((server.person.as_str(), server.identified, server.through_edge), ("anna", true, false));
    }
}
