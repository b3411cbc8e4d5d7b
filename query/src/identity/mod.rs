//! Ids that are one person. Whose an event or a visit is, is decided where visits are made ([`orma_visits::owner`]); aliases
//! are followed when somebody asks, so that they can be undone without making anything anew. What a change of the edges
//! would do is found out here, before it is made (`ledger`), and what holds too many ids together (`graph`).

mod aliases;
mod graph;
mod ledger;

pub use aliases::{ALIAS_BYTES_MAX, ALIAS_DEPTH_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX};
pub use graph::{Cause, cause};
pub use ledger::{ALIAS, BY_HAND, EdgeRow, Step, USER_MARK, steps, timelines};
