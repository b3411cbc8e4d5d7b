//! Ids that are one person. Whose an event or a visit is, is decided where visits are made ([`orma_visits::owner`]); aliases
//! are followed when somebody asks, so that they can be undone without making anything anew.

mod aliases;

pub use aliases::{ALIAS_BYTES_MAX, ALIAS_DEPTH_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX};
