//! What the records of the spool mean: refused events, counts, and whether a record is what it should be. So the start's
//! recovery, the salvage of damaged segments, their way back, and what an operator is shown of them lie here.
//!
//! Uses `spool`, which carries bytes, and the vocabulary of `event` and `ledger`. `ingest` writes records, `ship` reads
//! them, the program's commands look at them.

pub(crate) mod count;
pub(crate) mod done;
pub(crate) mod event;
pub mod inspect;
mod recovery;
pub(crate) mod rejected;
pub mod replay;

pub use done::Done;
pub use recovery::open_spool;
