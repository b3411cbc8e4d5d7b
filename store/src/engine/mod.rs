//! The embedded engine: ClickHouse itself, loaded from libchdb by a child process that opens ClickHouse's own
//! HTTP listener on loopback.
//!
//! A child, because an engine that runs out of memory or meets a bug must not take the collector with it: the
//! supervisor starts it again, and the collector spools meanwhile. To everything else in the program it is a
//! ClickHouse server at a URL, so one SQL serves the embedded and the remote store.
//!
//! - [`child`]: what runs in the child process; the only unsafe code.
//! - [`config`]: the engine's configuration and passwords, in the data directory.
//! - [`metadata`]: the tables' definitions, against damage.
//! - [`users`]: who may do what in it.
//! - [`probe`]: whether it answers.
//! - [`supervisor`]: start, restart with back-off, clean stop.

pub mod child;
pub mod config;
pub mod metadata;
pub mod probe;
pub mod supervisor;
pub mod users;

pub use config::{EngineConfig, find_library};
pub use supervisor::Engine;
