//! Who an event belongs to. Computed from edges, which nothing rewrites, so that it can be undone.
//!
//! An event's person is its own user id if it carries one; otherwise the next user identified on the same visitor, at the
//! event's moment or after it, unless that was in another session and somebody was identified earlier in the event's own,
//! with no reset since: then that one; otherwise the visitor itself. A reset ends what was before it, and is
//! the last of it: it belongs to whose its session was. An alias joins two users. A removal takes back
//! the edges of its visitor and user up to its moment.
//!
//! An edge on the id of a day, which stands for whoever shares an address and a user agent, only finds the user's own
//! events: it gives nobody the events of the others.
//!
//! A visitor's *timeline* holds its identifications and resets by time, so the rule is: the first active mark at or
//! after the event decides, unless it is of another session and an earlier mark of the event's own says who it is. (A
//! visit that a newsletter's link began is the recipient's to its end, although only its first page knows him.)
//!
//! Aliases are no matter here: whoever asks follows them.

use foldhash::HashMap;

/// Marks of a visitor that are looked at; the oldest are left out.
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
    /// The number of the session in which it happened; 0 when that is not known.
    pub session: u64,
}

/// The active marks of a visitor, oldest first, and where to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    marks: Vec<Mark>,
    /// Indices of the resets.
    resets: Vec<usize>,
    /// Indices of the marks of each session.
    of_session: HashMap<u64, Vec<usize>>,
}

impl Timeline {
    /// Marks in any order.
    pub fn new(mut marks: Vec<Mark>) -> Self {
        marks.retain(|mark| mark.active);
        marks.sort();
        let (mut resets, mut of_session) = (Vec::new(), HashMap::<u64, Vec<usize>>::default());
        for (index, mark) in marks.iter().enumerate() {
            of_session.entry(mark.session).or_default().push(index);
            if mark.user.is_empty() {
                resets.push(index);
            }
        }
        Self { marks, resets, of_session }
    }

    /// The mark that says whose an event is, if any does.
    fn deciding(&self, session: u64, at: i64) -> Option<&Mark> {
        let index = self.marks.partition_point(|mark| mark.at < at);
        // Of several sessions in which the same user was identified at the same moment, the event's own.
        let at_once = |one: &Mark| -> Option<&Mark> {
            let mut same =
                self.marks[index..].iter().take_while(|mark| (mark.at, &mark.user) == (one.at, &one.user));
            same.find(|mark| mark.session == session)
        };
        let next = self.marks.get(index).map(|mark| at_once(mark).unwrap_or(mark));
        let decides = |mark: &Mark| !mark.user.is_empty() && (mark.at == at || mark.session == session);
        if session == 0 || next.is_some_and(decides) {
            return next;
        }
        let latest =
            |indices: &[usize]| indices[..indices.partition_point(|other| *other < index)].last().copied();
        let own = self.of_session.get(&session).and_then(|indices| latest(indices));
        let before = own.max(latest(&self.resets)).map(|index| &self.marks[index]);
        before.filter(|mark| !mark.user.is_empty()).or(next)
    }

    /// The last mark before a moment: what is not after it, no later mark decides about.
    pub fn last_before(&self, at: i64) -> Option<i64> {
        self.marks[..self.marks.partition_point(|mark| mark.at < at)].last().map(|mark| mark.at)
    }
}

/// The timelines of visitors by their sites' places and their numbers.
pub(crate) type Timelines = HashMap<(usize, u64), Timeline>;

/// Whose an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The user; empty when nobody, and then it is the visitor's.
    pub user: &'a str,
    /// Whether an edge says so and not the event itself.
    pub through_edge: bool,
}

/// Whose an event is, before aliases: `user` is what it carries, `session` its session's number.
pub fn owner<'a>(
    user: &'a str,
    visitor: &'a str,
    session: u64,
    at: i64,
    timeline: Option<&'a Timeline>,
) -> Owner<'a> {
    if !user.is_empty() {
        return Owner { user, through_edge: false };
    }
    // An event that only a server knows of.
    if let Some(user) = visitor.strip_prefix('@') {
        return Owner { user, through_edge: false };
    }
    let mark = timeline.and_then(|timeline| timeline.deciding(session, at));
    let user = mark.map_or("", |mark| &mark.user);
    Owner { user, through_edge: !user.is_empty() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at: i64, user: &str) -> Mark {
        Mark { at, user: user.into(), active: true, session: 0 }
    }

    fn person(user: &str, session: u64, at: i64, marks: &[Mark]) -> String {
        let timeline = Timeline::new(marks.to_vec());
        let owner = owner(user, "v", session, at, Some(&timeline)).user;
        if owner.is_empty() { "v".into() } else { owner.to_owned() }
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
        for (name, marks, ts, user, expected) in table {
            assert_eq!(person(user, 0, ts, marks), expected, "{name}");
            assert_eq!(person(user, 7, ts, marks), expected, "{name}: no mark of the session");
        }
    }

    #[test]
    fn a_session_is_whose_it_was_before_unless_it_was_reset() {
        const S: u64 = 1;
        const T: u64 = 2;
        let of = |session, mark: Mark| Mark { session, ..mark };
        let landed = || of(S, mark(10, "anna"));
        let table: [(&str, &[Mark], i64, u64, &str); 12] = [
            ("later in the session", &[landed()], 15, S, "anna"),
            ("in the next session", &[landed()], 15, T, "v"),
            ("without a session", &[landed()], 15, 0, "v"),
            ("before, in an earlier session", &[landed()], 5, 3, "anna"),
            ("after a reset", &[landed(), of(S, mark(12, ""))], 15, S, "v"),
            ("before a reset", &[landed(), of(S, mark(20, ""))], 15, S, "anna"),
            ("the reset itself", &[landed(), of(S, mark(15, ""))], 15, S, "anna"),
            ("another user later in the session", &[landed(), of(S, mark(20, "bruno"))], 15, S, "bruno"),
            ("another user in a later session", &[landed(), of(T, mark(20, "bruno"))], 15, S, "anna"),
            (
                "the same login in two sessions",
                &[of(T, mark(5, "bruno")), of(S, mark(20, "anna")), of(T, mark(20, "anna"))],
                15,
                T,
                "anna",
            ),
            (
                "the same login in two sessions, of which the other is first",
                &[of(S, mark(5, "bruno")), of(S, mark(20, "anna")), of(T, mark(20, "anna"))],
                15,
                S,
                "anna",
            ),
            ("taken back", &[Mark { active: false, ..landed() }], 15, S, "v"),
        ];
        for (name, marks, ts, session, expected) in table {
            assert_eq!(person("", session, ts, marks), expected, "{name}");
        }
    }

    #[test]
    fn only_an_edge_makes_an_event_anonymous() {
        let timeline = Timeline::new(vec![mark(10, "anna")]);
        let owner = |user, visitor, timeline| owner(user, visitor, 0, 5, timeline);
        assert!(owner("", "v", Some(&timeline)).through_edge);
        assert!(!owner("anna", "v", Some(&timeline)).through_edge);
        assert!(!owner("", "w", None).through_edge);
        assert_eq!(owner("", "@anna", None), Owner { user: "anna", through_edge: false });
    }

    #[test]
    fn a_mark_decides_about_nothing_before_the_mark_before_it() {
        let removed = Mark { active: false, ..mark(15, "bruno") };
        let timeline = Timeline::new(vec![mark(10, "anna"), removed, mark(20, "")]);
        let before = [5, 10, 11, 20, 21].map(|at| timeline.last_before(at));
        assert_eq!(before, [None, None, Some(10), Some(10), Some(20)]);
    }
}
