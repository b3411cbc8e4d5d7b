//! How a browser signs in: one-time codes, wrong attempts, the session's cookie, and sessions that were ended.
//!
//! Knows tokens and headers, but no route; `state` keeps it, `http` asks it.

mod attempts;
mod codes;
pub mod cookie;
mod ended;

pub use attempts::{Attempt, Attempts, NoAttempt};
pub use codes::SignInCodes;
pub use ended::EndedSessions;
