//! What stands at the collector's port: the protocols, the browser's scripts and the collector's health.
//!
//! Uses `protocol` and `ingest`; `run` puts it behind the transport.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;

use crate::http::assets::Assets;
use crate::http::connection::Connection;
use crate::http::handler::{FastResponse, Handler, WholeRequest};
use crate::http::response::{self, Body};
use crate::ingest::Ingest;
use crate::ingest::commit::Prepared;
use crate::ingest::pending::PendingRequest;
use crate::ingest::pipeline::Submission;
use crate::protocol::native::{self, Native};
use crate::protocol::pixel::{self, Pixel};
use crate::protocol::{self, Protocol};

/// What answers requests, one for each worker.
#[derive(Clone)]
pub struct Receiver {
    /// From events to the spool.
    pub ingest: Ingest,
    /// The browser's scripts.
    pub assets: Arc<Assets>,
    /// In the order in which they are asked.
    pub protocols: Arc<[Box<dyn Protocol>]>,
}

/// The requests that take the fast path: nearly all of a site's.
#[derive(Clone, Copy, Debug)]
pub enum FastRoute {
    /// `POST /v1/events`.
    Events,
    /// `GET /p.gif`.
    Pixel,
}

/// A request of the fast path before its commit.
pub enum Begun<'a> {
    /// Events that need the disk.
    Events(FastRoute, PendingRequest<'a>, Prepared),
    /// A response at once.
    Response(Response<Body>),
}

impl Handler for Receiver {
    type Route = FastRoute;
    type Begun<'a> = Begun<'a>;

    fn for_worker(self) -> Self {
        Self { ingest: self.ingest.for_worker(), ..self }
    }

    async fn respond(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response<Body>, Box<Request<Incoming>>> {
        let origin = request.headers().get(ORIGIN).cloned();
        let path = request.uri().path();
        let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
        let mut response = if let Some(protocol) = self.protocols.iter().find(|protocol| protocol.owns(path))
        {
            protocol.respond(&self.ingest, request, connection).await
        } else if matches!(path, "/healthz" | "/readyz") {
            self.health(path, is_get)
        } else if let Some(script) = self.script(path, request.headers()) {
            if is_get {
                // The same for every origin: it carries all that a browser needs.
                self.ingest.outcomes.metrics.count_response(script.status());
                return Ok(script);
            }
            response::other_method("GET, HEAD", "only GET is answered here")
        } else {
            return Err(Box::new(request));
        };
        response::allow_origin(origin.as_ref(), response.headers_mut());
        self.ingest.outcomes.metrics.count_response(response.status());
        Ok(response)
    }

    fn fast_route(method: &str, path: &str, has_query: bool) -> Option<FastRoute> {
        match (method, path) {
            ("POST", native::PATH) if !has_query => Some(FastRoute::Events),
            ("GET", pixel::PATH) => Some(FastRoute::Pixel),
            _ => None,
        }
    }

    fn begin(&self, route: FastRoute, request: &WholeRequest<'_>) -> Option<Begun<'_>> {
        let received = match route {
            FastRoute::Events => self.ingest.receive_whole(&Native, request),
            FastRoute::Pixel => self.ingest.receive_whole(&Pixel, request),
        }?;
        Some(match received {
            Ok((pending, prepared)) => Begun::Events(route, pending, prepared),
            Err(rejected) => Begun::Response(protocol::response::rejected(&rejected)),
        })
    }

    async fn finish<'a>(&'a self, begun: Begun<'a>) -> FastResponse {
        let (route, pending, prepared) = match begun {
            Begun::Events(route, pending, prepared) => (route, pending, prepared),
            Begun::Response(response) => return self.counted(response),
        };
        let outcome = self.ingest.commit(pending, prepared).await;
        match (route, outcome.as_ref().ok().and_then(native::all_accepted)) {
            (FastRoute::Events, Some(body)) => {
                self.ingest.outcomes.metrics.count_response(StatusCode::OK);
                FastResponse::Json(body)
            }
            (FastRoute::Events, None) => self.counted(Submission::respond(&Native, outcome.as_ref())),
            (FastRoute::Pixel, _) => self.counted(Submission::respond(&Pixel, outcome.as_ref())),
        }
    }

    fn refused(&self, status: StatusCode, reason: &str) {
        self.ingest.outcomes.metrics.count_response(status);
        self.ingest.outcomes.receive(Timestamp::now().as_millisecond()).reject("", reason);
    }
}

impl Receiver {
    fn counted(&self, response: Response<Body>) -> FastResponse {
        self.ingest.outcomes.metrics.count_response(response.status());
        FastResponse::Other(response)
    }

    fn health(&self, path: &str, is_get: bool) -> Response<Body> {
        if !is_get {
            return response::other_method("GET, HEAD", "only GET is answered here");
        }
        if path == "/healthz" {
            return response::with_type(StatusCode::OK, "text/plain", "alive\n");
        }
        match self.ingest.ready() {
            Ok(()) => response::with_type(StatusCode::OK, "text/plain", "ready\n"),
            Err(rejected) => protocol::response::rejected(&rejected),
        }
    }

    /// The script at an address: orma's own, or that of a protocol's clients.
    fn script(&self, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        let script = self.protocols.iter().find_map(|protocol| protocol.script(path));
        self.assets.get(script.unwrap_or(path), headers)
    }
}
