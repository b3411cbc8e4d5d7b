//! The accounts: whether every event that was answered is stored.
//!
//! `received = accepted + rejected` and `accepted = stored + duplicate + pending`, by site and hour of receipt. The
//! collectors count what they answered, recognised, refused, shipped and still hold, each where it happens, and the
//! store's rows are counted here (`stored.rs`). Two differences tell a loss, and neither can be hidden by the other:
//!
//! - accepted, and neither a duplicate nor shipped nor pending: it was lost on its way, or is set aside;
//! - shipped, and not stored: the store had it and has it no longer.
//!
//! All numbers of a collector are of one moment, so the first difference is exact. The rows are counted after the
//! collectors' numbers were read, so without a loss there are never fewer than were shipped. What two looks in a row
//! show is a gap; page, metric and `orma doctor` take it from the same place (`watch.rs`). What an operator has given up is
//! no gap any more and has a number of its own (`write_off.rs`, `given_up.rs`).

mod alarm;
mod difference;
mod gap;
mod given_up;
mod look;
mod stored;
mod watch;
mod write_off;

pub use alarm::AccountsAlarm;
pub use difference::Difference;
pub use gap::Gap;
#[cfg(test)]
pub(crate) use look::{Counted, Seen};
pub use watch::{AccountsWatch, Judged};
pub use write_off::{WriteOffError, write_off};
