//! Visits: what questions read, made from events.
//!
//! A visit is a function of its events (`rule`). The table `touched` is a journal of the sessions that events have come for;
//! [`Maker`] takes what it holds, reads the events of these sessions anew, and writes their visits again with a higher
//! version. So late, doubled, corrected and erased events need no case of their own, and all visits can be made anew when the
//! rule changes.
//!
//! What few events have to say is copied into `selected_events` by a view; what is gone is taken out of it here.
//!
//! What people have of all their visits is a table too (`people`), a function of the visits, for the list of people.
//!
//! Uses `store` and `model`. The query service brings the visits up to date before it asks; the program does so in the
//! background.

mod block;
pub mod edges;
mod error;
mod events;
mod journal;
mod maker;
mod names;
mod numbers;
mod people;
mod progress;
mod rollup_days;
mod rows;
mod rule;
mod scope;
mod selected;
mod timeline;
mod work;

pub use block::Fence;
pub use error::MakeError;
pub use maker::{Maker, Needs, WAIT};
pub use numbers::{NumberError, Numbers};
pub use progress::{Progress, ProgressWatch, progress};
pub use rollup_days::{Days, Making, RollupDays};
pub use rule::PAUSE_MS;
pub use timeline::{MARKS_MAX, Mark, Owner, Timeline, owner};
pub use work::Passed;
