//! The protocols in which clients send their events, one folder each.
//!
//! Each says which addresses are its own, how a request is parsed, how it proves what it may do (a
//! [`Grant`](crate::ingest::access::Grant) of site and trust), and how it is answered; a new one is a folder and a line in
//! [`all`]. The steps between are those of [`crate::ingest`]. A request that cannot be read as a whole is a
//! [`ParseError`](crate::ingest::parse_error::ParseError); a bad event is a [`RejectedEvent`](crate::event::RejectedEvent)
//! and does not hold the others back. Uses `ingest`, `event` and `http`; the [receiver](crate::receiver) uses it.

mod body;
pub mod native;
pub mod newsletter;
pub mod pixel;
pub(crate) mod response;
pub mod segment_io;

#[cfg(test)]
mod tests;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::http::connection::Connection;
use crate::http::response::Body;
use crate::ingest::Ingest;

/// What one kind of client speaks.
pub trait Protocol: Send + Sync {
    /// Whether an address is one of its own.
    fn owns(&self, path: &str) -> bool;

    /// Responds to a request to one of its addresses.
    fn respond<'a>(
        &'a self,
        ingest: &'a Ingest,
        request: Request<Incoming>,
        connection: &'a Connection,
    ) -> BoxFuture<'a, Response<Body>>;

    /// Where the script that its clients ask for at this address is, among those that the program carries.
    fn script(&self, _path: &str) -> Option<&'static str> {
        None
    }
}

/// The protocols, in the order in which they are asked. `public_url` is where clients reach the collector, when it is not
/// where they say themselves: `https://host[/path]`.
pub fn all(public_url: Option<String>) -> Vec<Box<dyn Protocol>> {
    vec![
        Box::new(native::Native),
        Box::new(pixel::Pixel),
        Box::new(newsletter::Newsletter),
        Box::new(segment_io::SegmentIo { public_url }),
    ]
}
