//! The collector's face to the network: listeners, limits, routes and answers.

pub mod answer;
pub mod assets;
pub mod body;
pub mod connection;
pub mod give;
pub mod headers;
pub mod io;
pub mod lane;
pub mod listen;
mod newsletter;
pub mod proxy;
pub mod proxy_protocol;
pub mod rate;
pub mod routes;
pub mod segment;
pub mod serve;
pub mod server;
pub mod service;
pub mod shed;
pub mod tls;

pub use listen::{bind, raise_open_files_max};
pub use routes::Routes;
pub use server::{Handshakes, Server};
pub use service::{Fallback, Service};
