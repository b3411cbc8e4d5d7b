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
//! [`crate::sql::identity`] says the same in SQL, for questions about many people.

//!
//! Pure rules: nothing here asks the store. `sql` writes them as SQL, `lookup` reads what they need, the questions use
//! both.

mod aliases;
mod timeline;

pub use aliases::{ALIAS_BYTES_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX};
pub use timeline::{MARKS_MAX, Mark, Timeline, Timelines, owner};

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
