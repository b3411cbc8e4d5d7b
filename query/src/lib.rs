//! The query service: the API over numbers, people and journeys, and the dashboard that shows them.
//!
//! A request meets the modules in this order: `api` (who asks, what for) → `plan` (a question as a value) → `sql`
//! (the only place that writes SQL text) → `runner` (executes it) → one module per question (`stats`, `people`,
//! `journey`, `live`, `accounting`, `quality`, `export`), which makes the answer.

#![warn(missing_docs)]

pub mod accounts;
pub mod api;
mod attempts;
pub mod condition;
mod dashboard;
mod ended;
mod export;
mod identity;
mod installation;
mod items;
mod journey;
mod live;
pub mod moment;
mod newsletter_report;
mod people;
mod places;
mod plan;
mod quality;
mod runner;
pub mod scope;
pub mod selection;
mod sign_in;
mod sql;
mod state;
mod stats;

pub use api::router;
pub use dashboard::UnknownAddress;
pub use ended::EndedSessions;
pub use places::{QuestionLimits, default_running_max};
pub use runner::Runner;
pub use sql::Sql;
pub use state::{AppState, Clock, QueryConfig};
