//! Who an event belongs to. Computed from edges at query time, so that it can be undone.
//!
//! An event's person is its own user id if it carries one; otherwise the user identified on the same visitor in the same
//! session, at or after the event or else before it; otherwise the first user identified on the same visitor after the
//! event; otherwise the visitor itself. A reset ends what was before it, and is
//! the last of it: it belongs to whose its session was. An alias joins two users. A removal takes back
//! the edges of its visitor and user up to its moment.
//!
//! An edge on the id of a day, which stands for whoever shares an address and a user agent, only finds the user's own
//! events: it gives nobody the events of the others.
//!
//! A visitor's *timeline* holds its identifications and resets by time, so the rule is: the first active mark at or
//! after the event decides, unless it is of another session and an earlier mark of the event's own says who it is. (A
//! visit that a newsletter's link began is the recipient's to its end, although only its first page knows him.)
//! `sql::identity` says the same in SQL, for questions about many people.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Once;

use orma_store::StoreError;
use serde::Deserialize;

use crate::runner::Runner;
use crate::sql::identity as sql;

/// A chain of aliases is followed this far: a → b → c …
const ALIAS_DEPTH_MAX: usize = 16;
/// More aliases than this are not read. The latest are left out: whoever sends aliases without number must not push
/// those out that were there before.
pub const ALIASES_MAX: usize = 100_000;
/// Bytes of the ids of aliases that are read; the latest are left out.
pub const ALIAS_BYTES_MAX: usize = 16 << 20;
/// Bytes of a user's or a visitor's id: the collector refuses longer ones.
pub const ID_BYTES_MAX: usize = 256;
/// Marks that are read for one answer; the oldest are left out.
pub const MARKS_MAX: usize = 200_000;
/// More visitors than this are not carried from one question to the next: each finds them by itself.
const VISITORS_CARRIED_MAX: usize = 1_000;

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
    /// Places of the resets.
    resets: Vec<usize>,
    /// Places of the marks of each session.
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
        for (place, mark) in marks.iter().enumerate() {
            of_session.entry(mark.session.clone()).or_default().push(place);
            if mark.user.is_empty() {
                resets.push(place);
            }
        }
        Self { marks, resets, of_session }
    }

    /// The mark that says whose an event is, if any does.
    fn deciding(&self, session: &str, ts: i64) -> Option<&Mark> {
        let place = self.marks.partition_point(|mark| mark.at < ts);
        let next = self.marks.get(place);
        let decides = |mark: &Mark| !mark.user.is_empty() && (mark.at == ts || mark.session == session);
        if session.is_empty() || next.is_some_and(decides) {
            return next;
        }
        let latest =
            |places: &[usize]| places[..places.partition_point(|other| *other < place)].last().copied();
        let own = self.of_session.get(session).and_then(|places| latest(places));
        let before = own.max(latest(&self.resets)).map(|place| &self.marks[place]);
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

/// Which ids are one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// The person of each id that is an alias of another.
    persons: BTreeMap<String, String>,
}

impl Aliases {
    /// The closure of single steps `previous → user`, where a later step of the same id replaces an earlier one:
    /// steps come oldest first.
    pub fn new(steps: impl IntoIterator<Item = (String, String)>) -> Self {
        let steps: HashMap<String, String> =
            steps.into_iter().filter(|(previous, user)| previous != user).collect();
        let persons = steps.keys().map(|id| (id.clone(), end_of_chain(id, &steps))).collect();
        Self { persons }
    }

    /// Reads the aliases of a site.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn load(runner: &Runner, site: &str) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            previous: String,
            user: String,
        }
        let rows: Vec<Row> = runner.rows(&sql::aliases(site)).await?;
        let bytes: usize = rows.iter().map(|row| row.previous.len() + row.user.len()).sum();
        if rows.len() == ALIASES_MAX || bytes + 2 * ID_BYTES_MAX > ALIAS_BYTES_MAX {
            // Once: somebody who looks at a journey asks every second.
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                tracing::warn!(
                    site,
                    ALIASES_MAX,
                    ALIAS_BYTES_MAX,
                    "a site has more aliases than are read; the latest are left out"
                );
            });
        }
        Ok(Self::new(rows.into_iter().map(|row| (row.previous, row.user))))
    }

    /// The person of an id.
    pub fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.persons.get(id).map_or(id, String::as_str)
    }

    /// All ids of a person, the person's own first.
    pub fn ids(&self, person: &str) -> Vec<String> {
        self.ids_of(&[person.to_owned()])
    }

    /// All ids of some people, the people's own first.
    pub fn ids_of(&self, people: &[String]) -> Vec<String> {
        let wanted: HashSet<&str> = people.iter().map(String::as_str).collect();
        let others = self.persons.iter().filter(|(id, end)| wanted.contains(end.as_str()) && id != end);
        people.iter().cloned().chain(others.map(|(id, _)| id.clone())).collect()
    }

    /// The ids that are aliases, and the person of each.
    pub fn columns(&self) -> (Vec<String>, Vec<String>) {
        self.persons.iter().map(|(id, person)| (id.clone(), person.clone())).unzip()
    }
}

/// Where a chain of aliases ends. Of a circle it is the smallest id, so that all of its ids agree.
fn end_of_chain(id: &str, steps: &HashMap<String, String>) -> String {
    let mut seen: Vec<&str> = vec![id];
    let mut current = id;
    while let Some(next) = steps.get(current) {
        if let Some(start) = seen.iter().position(|seen| seen == next) {
            return seen[start..].iter().min().expect("not empty").to_string();
        }
        if seen.len() > ALIAS_DEPTH_MAX {
            break;
        }
        seen.push(next);
        current = next;
    }
    current.to_owned()
}

/// Reads the timelines of some visitors.
///
/// # Errors
/// The store did not answer.
pub async fn timelines(runner: &Runner, site: &str, visitors: &[String]) -> Result<Timelines, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
        user: String,
        at: i64,
        active: u8,
        session: String,
    }
    if visitors.is_empty() {
        return Ok(Timelines::new());
    }
    let rows: Vec<Row> = runner.rows(&sql::marks(site, visitors)).await?;
    let mut marks: HashMap<String, Vec<Mark>> = HashMap::new();
    for row in rows {
        let mark = Mark { at: row.at, user: row.user, active: row.active != 0, session: row.session };
        marks.entry(row.visitor).or_default().push(mark);
    }
    Ok(marks.into_iter().map(|(visitor, marks)| (visitor, Timeline::new(marks))).collect())
}

/// What may be a person, with everything that is the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// All ids of the person.
    pub ids: Vec<String>,
    /// The visitors on which the person has, or had, events.
    pub visitors: Visitors,
}

/// The visitors on which the people of some ids have, or had, events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitors {
    /// These.
    These(Vec<String>),
    /// Too many to name: those on which the users `ids` were identified, and the users themselves.
    OfUsers {
        /// Whose they are, without aliases.
        people: Vec<String>,
        /// All ids of the people.
        ids: Vec<String>,
    },
}

impl Candidate {
    /// Whether somebody was identified, or is an alias: whether the person has a user id. Exact for who has events.
    pub async fn is_identified(
        &self,
        runner: &Runner,
        site: &str,
        aliases: &Aliases,
    ) -> Result<Option<bool>, StoreError> {
        let owner = owner_on(runner, site, &self.visitors, aliases, Some(&self.person)).await?;
        Ok(owner.map(|owner| owner.identified))
    }
}

/// Aliases of the site, and who an id may be. Nothing says yet that the person has events.
///
/// # Errors
/// The store did not answer.
pub async fn candidate(runner: &Runner, site: &str, id: &str) -> Result<(Candidate, Aliases), StoreError> {
    let own = [id.to_owned()];
    // Most ids are nobody's alias, so both are asked at the same time.
    let (aliases, visitors) =
        futures_util::try_join!(Aliases::load(runner, site), visitors_of(runner, site, &own, &own))?;
    let person = aliases.person(id).to_owned();
    let ids = aliases.ids(&person);
    let people = std::slice::from_ref(&person);
    let visitors = if ids == own { visitors } else { visitors_of(runner, site, people, &ids).await? };
    Ok((Candidate { person, ids, visitors }, aliases))
}

/// Who a visitor is, all of whose events are somebody's: that of the latest. `None` when the visitor has no events.
///
/// # Errors
/// The store did not answer.
pub async fn identified_visitor(
    runner: &Runner,
    site: &str,
    visitor: &str,
    aliases: &Aliases,
) -> Result<Option<Candidate>, StoreError> {
    let own = Visitors::These(vec![visitor.to_owned()]);
    let Some(owner) = owner_on(runner, site, &own, aliases, None).await? else { return Ok(None) };
    let ids = aliases.ids(&owner.person);
    let visitors = visitors_of(runner, site, std::slice::from_ref(&owner.person), &ids).await?;
    Ok(Some(Candidate { person: owner.person, ids, visitors }))
}

#[derive(Deserialize)]
struct OwnerRow {
    person: String,
    identified: bool,
}

/// Who was last seen on some visitors, or this person if it was.
async fn owner_on(
    runner: &Runner,
    site: &str,
    visitors: &Visitors,
    aliases: &Aliases,
    only: Option<&str>,
) -> Result<Option<OwnerRow>, StoreError> {
    Ok(runner.rows(&sql::owner(site, visitors, aliases, only)).await?.into_iter().next())
}

/// The visitors on which the people of some ids have, or had, events. The ids themselves too: each may be a visitor,
/// or an alias of one.
///
/// # Errors
/// The store did not answer.
pub async fn visitors_of(
    runner: &Runner,
    site: &str,
    people: &[String],
    ids: &[String],
) -> Result<Visitors, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
    }
    let edges: Vec<Row> = runner.rows(&sql::visitors_of_users(site, ids, VISITORS_CARRIED_MAX)).await?;
    if edges.len() > VISITORS_CARRIED_MAX {
        return Ok(Visitors::OfUsers { people: people.to_vec(), ids: ids.to_vec() });
    }
    let own = ids.iter().flat_map(|id| [id.clone(), format!("@{id}")]);
    let visitors: BTreeSet<String> =
        edges.into_iter().map(|row| row.visitor).chain(own).filter(|visitor| !visitor.is_empty()).collect();
    Ok(Visitors::These(visitors.into_iter().collect()))
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

    #[test]
    fn aliases_are_followed_and_circles_agree() {
        let aliases = |steps: &[(&str, &str)]| {
            Aliases::new(steps.iter().map(|(previous, user)| ((*previous).to_owned(), (*user).to_owned())))
        };
        let chain = aliases(&[("a", "b"), ("b", "c")]);
        assert_eq!((chain.person("a"), chain.person("b"), chain.person("c")), ("c", "c", "c"));
        assert_eq!(chain.ids("c"), ["c", "a", "b"]);
        assert_eq!(chain.person("other"), "other");
        let later = aliases(&[("a", "b"), ("a", "c")]);
        assert_eq!(later.person("a"), "c");
        let circle = aliases(&[("b", "a"), ("a", "b"), ("x", "b")]);
        assert_eq!((circle.person("a"), circle.person("b"), circle.person("x")), ("a", "a", "a"));
        assert_eq!(aliases(&[("a", "a")]), Aliases::default());
    }
}
