//! The transport: listeners, connections and their limits, HTTP in both versions, and the fast path of small requests.
//!
//! It hands requests to a [handler](handler::Handler) and knows nothing of what they carry. Uses nothing above the metrics
//! and the pool of buffers; `ingest` reads bodies with it, and `run` puts it before the receiver.

pub mod assets;
pub mod body;
pub mod connection;
pub mod delivery;
pub mod fast_path;
pub mod handler;
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
pub mod terms;
pub mod tls;

pub use listen::{bind, raise_open_files_max};
pub use server::{Handshakes, Server};
pub use service::{Fallback, Service};
