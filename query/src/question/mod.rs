//! The questions: one folder each, with what may be asked (`request`), what is told (`response`), its statements (`sql`)
//! and what makes the one of the other (`mod`).
//!
//! They use `scope`, `plan`, `lookup`, `runner`, `steps` and the shared pieces of `sql`, and do not know each other; `http`
//! asks them.

pub mod attribution;
pub mod audience;
pub mod export;
pub mod funnel;
pub mod installation;
pub mod journey;
pub mod journeys;
pub mod live;
pub mod newsletter_report;
pub mod own_sql;
pub mod paths;
pub mod people;
pub mod quality;
pub mod reconciliation;
pub mod retention;
pub mod stats;
pub mod touchpoints;
