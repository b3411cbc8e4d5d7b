//! What an event is made of, whatever protocol brings it: values, fields and their errors, ids, money, timestamps,
//! addresses, and the limits of them all.
//!
//! What is *rejected* is left out and reported to the client under its index; what is *truncated* is descriptive text,
//! where the beginning is worth more than nothing.
//!
//! | file | what it knows |
//! |---|---|
//! | `limits` | how long and how many |
//! | `json`, `reader`, `value` | where the parts of a JSON text end, how one walks through them, what a value is read as |
//! | `field_error`, `rejected` | what is wrong with a field, and the event that is not stored because of it |
//! | `identifier`, `money`, `timestamp`, `address`, `language`, `context` | one rule each |
//! | `builder`, `complete` | which field goes where; what a kind demands, and how its fields become a row |
//! | `parsed` | the event that may be stored |
//!
//! Uses the store's columns and `campaign`. The protocols build events with it; `ingest`, `enrich` and `record` take them.

pub(crate) mod address;
pub(crate) mod builder;
mod complete;
pub(crate) mod context;
pub(crate) mod field_error;
pub(crate) mod identifier;
pub(crate) mod json;
pub(crate) mod language;
pub(crate) mod limits;
pub(crate) mod money;
mod parsed;
pub mod reader;
mod rejected;
pub(crate) mod timestamp;
pub(crate) mod value;

pub use limits::*;
pub use parsed::{Behalf, Delivery, ParsedBatch, ParsedEvent};
pub use rejected::RejectedEvent;
