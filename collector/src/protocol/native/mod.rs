//! The collector's own protocol: `POST /v1/events`.

pub mod parse;

pub use parse::parse;
