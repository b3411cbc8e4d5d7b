//! The vocabulary of orma: what an event is and what its words mean. It does no I/O and uses no other crate of the
//! workspace; all others use it. `catalogue.json` beside it has its lists for all that is not Rust.

pub mod bytes;
mod column_type;
pub mod event_row;
pub mod kinds;
pub mod outcome;
pub mod record;
pub mod record_json;
pub mod spelling;
pub mod vitals;
mod words;

pub use event_row::EventRow;
pub use kinds::Kind;
pub use outcome::Outcome;
