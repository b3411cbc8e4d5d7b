//! The edge collector: from a socket to the store.
//!
//! ```text
//! socket → http → receiver → protocol → ingest → spool ─(fsync)→ response
//!                                     │          └→ ship → ClickHouse
//!                                     event, enrich
//! ```
//! It answers without ClickHouse: what it takes is on its own disk first.

mod buffer_pool;
pub mod campaign;
pub mod config;
pub mod cookieless;
pub mod duplicates;
pub mod enrich;
pub mod event;
pub mod flood;
mod form;
#[cfg(test)]
pub(crate) mod fuzz;
pub mod http;
pub mod ingest;
mod ledger;
pub mod memory;
pub mod metrics;
mod node;
pub mod protocol;
mod receiver;
pub mod record;
pub mod run;
mod ship;
pub mod spool;

pub use config::CollectorConfig;
pub use run::{Collector, CollectorError};
