//! Work in the background: what is done again and again beside requests, each with a name, an interval and its metrics.
//!
//! Some of it every process does for itself ([`Job::everywhere`]). The rest one process does for all that share a store
//! ([`Job::by_one`]): it holds a lease (`rule`, `lease`), and has a mark in the store that says how far the work got
//! (`mark`), so that the next one, after a kill -9 too, goes on from there.
//!
//! Knows the store, and nothing of what the jobs do: whoever starts the program puts them together.

mod job;
mod lease;
mod mark;
mod progress;
mod rule;
mod run;

pub use job::{Job, JobError};
pub use mark::{MarkError, Turn};
pub use rule::Timing;
pub use run::Jobs;
