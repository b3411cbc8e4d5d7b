//! The vocabulary of orma: what an event is and what its words mean. It does no I/O and uses no other crate of the
//! workspace; all others use it.

pub mod event_row;
pub mod record;
pub mod record_json;
pub mod spelling;

pub use event_row::EventRow;
