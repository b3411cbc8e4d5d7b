//! The counts behind `received = accepted + rejected` and `accepted = stored + duplicate + pending`.
//!
//! Each number is counted where it happens, and none is computed from the others:
//!
//! | number | counted when |
//! |---|---|
//! | accepted | the event is answered; the segment's tally keeps it across a crash (`spool/tally.rs`) |
//! | duplicate | the id is recognised: in the window of the last ids, or in the store before the insert |
//! | rejected | the event or the request is refused |
//! | shipped | ClickHouse has confirmed the insert |
//! | pending | an event waits in a file of the spool that is there and whole |
//! | stored | the query service finds the row in the store |
//!
//! [`Ledger`] keeps all but the last by site and hour of receipt, from the first answer of a process on; what must
//! outlive it is in the ledger's file (`file.rs`) and in the tallies of the segments that are not settled yet.
//!
//! Uses nothing of the collector. `record` writes and reads the counts of the spool, `ingest` counts what is answered,
//! `ship` settles it.

mod book;
mod counts;
mod file;
mod settled;

pub use book::{Ledger, PublishedHour};
pub use counts::{Counts, HOUR_MS, Key, Outcome, add, excess, held, hour_of, merge};
