//! The pixel: `GET /p.gif`, for pages and mails without scripts.

pub mod parse;

pub use parse::parse;
