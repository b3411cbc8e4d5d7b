//! The collector's face to the network: listeners, limits, routes and answers.

pub mod answer;
pub mod assets;
pub mod body;
pub mod listen;
mod newsletter;
pub mod rate;
pub mod routes;

pub use listen::{Fallback, bind};
pub use routes::Routes;
