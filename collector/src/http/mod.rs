//! The collector's face to the network: listeners, limits, routes and answers.

pub mod assets;
pub mod body;
pub mod connection;
pub mod delivery;
pub mod fast_path;
pub mod headers;
pub mod io;
pub mod limits;
pub mod listen;
pub mod load_shedding;
pub mod proxy;
pub mod proxy_protocol;
pub mod rate;
pub mod response;
pub mod serve;
pub mod server;
pub mod service;
pub mod tls;

pub use listen::{bind, raise_open_files_max};
pub use server::{Handshakes, Server};
pub use service::{Fallback, Service};
