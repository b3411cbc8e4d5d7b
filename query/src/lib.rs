//! The query service: the API over numbers, people and journeys, and the dashboard that shows them.
//!
//! A request meets the modules in this order: `http` (who asks, what for) → `question` (one folder for each: the
//! parameters become a value made of `scope` and `plan`, the value statements made of `sql`) → `runner` (executes them) →
//! `question` again, which makes the response. Below them lie values, limits, errors and the rules of identity.

pub mod accounts;
mod audiences;
pub mod condition;
mod error;
mod geo_report;
mod http;
mod identity;
mod items;
mod limits;
mod lookup;
mod plan;
mod question;
mod rollups;
mod runner;
pub mod scope;
pub mod selection;
mod sign_in;
mod sql;
mod state;
mod steps;
mod table;
mod timestamp;
mod together;
mod value;

pub use audiences::Audiences;
pub use geo_report::{GeoDatabase, GeoReport, GeoReporter, geo_database};
pub use http::openapi::document as openapi;
pub use http::{UnknownAddress, router};
pub use limits::{QuestionLimits, SqlLimits, default_running_max};
pub use rollups::Rollups;
pub use runner::Runner;
pub use sign_in::EndedSessions;
pub use sql::Sql;
pub use state::{AppState, Clock, QueryConfig};
pub use timestamp::Timestamp;
