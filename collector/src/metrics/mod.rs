//! The numbers for Prometheus; the help texts are the documentation.
//!
//! `connections` are those of a listener, which the transport counts and which know nothing of a collector; `collector`
//! are those of the whole, the spool's included. Uses `spool` for its status.

mod collector;
mod connections;
mod registry;

pub use collector::Metrics;
pub use connections::ConnectionMetrics;
pub use registry::render;
