//! What a listener's requests are for: the transport hands them over and knows no more of them.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::net::IpAddr;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use super::connection::Connection;
use super::headers::Headers;
use super::response::Body;

/// A whole request, as it lies in the buffer of its worker.
pub struct WholeRequest<'a> {
    /// What stands behind the `?`.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a Headers<'a>,
    /// The body.
    pub body: &'a [u8],
    /// The client's address.
    pub address: IpAddr,
}

/// A response of the fast path.
pub enum FastResponse {
    /// 200 with JSON that is not to be kept.
    Json(Bytes),
    /// Another.
    Other(Response<Body>),
}

/// Responds to the requests of a listener; one of them for each worker.
pub trait Handler: Clone + Send + Sync + 'static {
    /// Which of the requests that may take the fast path one is.
    type Route: Copy;
    /// A request of the fast path of which all is done that needs no waiting.
    type Begun<'a>: Send;

    /// The same for one worker, on whose runtime this must be called.
    #[must_use]
    fn for_worker(self) -> Self;

    /// Responds to a request.
    ///
    /// # Errors
    /// It is not the handler's, and given back.
    fn respond(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> impl Future<Output = Result<Response<Body>, Box<Request<Incoming>>>> + Send;

    /// Whether a request of this method and path may take the fast path.
    fn fast_route(method: &str, path: &str, has_query: bool) -> Option<Self::Route>;

    /// Does all that needs no waiting and borrows from the request; `None` when the request must wait for something, and
    /// is to come again as any other.
    fn begin(&self, route: Self::Route, request: &WholeRequest<'_>) -> Option<Self::Begun<'_>>;

    /// Does the rest.
    fn finish<'a>(&'a self, begun: Self::Begun<'a>) -> impl Future<Output = FastResponse> + Send;

    /// Is told of a request that was refused before anybody was asked, and why.
    fn refused(&self, status: StatusCode, reason: &str);
}

/// Takes no request: all are the fallback's.
#[derive(Clone, Copy, Debug)]
pub struct Unhandled;

impl Handler for Unhandled {
    type Route = Infallible;
    type Begun<'a> = Infallible;

    fn for_worker(self) -> Self {
        self
    }

    fn respond(
        &self,
        request: Request<Incoming>,
        _: &Connection,
    ) -> impl Future<Output = Result<Response<Body>, Box<Request<Incoming>>>> + Send {
        ready(Err(Box::new(request)))
    }

    fn fast_route(_: &str, _: &str, _: bool) -> Option<Infallible> {
        None
    }

    fn begin(&self, route: Infallible, _: &WholeRequest<'_>) -> Option<Infallible> {
        match route {}
    }

    async fn finish(&self, begun: Infallible) -> FastResponse {
        match begun {}
    }

    fn refused(&self, _: StatusCode, _: &str) {}
}
