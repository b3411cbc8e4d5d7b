//! Who answers the requests of a listener: its handler, or else its fallback. The collector's port, `orma query` alone
//! and the admin port are three of these.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use hyper::{Method, Request, Response, StatusCode};

use super::body;
use super::connection::Connection;
use super::handler::Handler;
use super::response::{self, Body};
use super::terms::Terms;

/// Answers requests that are not the handler's. Their bodies are here before it is asked.
pub type Fallback = Arc<dyn Fn(Request<Bytes>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// What answers on a listener.
#[derive(Clone)]
pub struct Service<H> {
    /// Takes what it knows.
    pub handler: H,
    /// Answers what is not the handler's.
    pub fallback: Option<Fallback>,
    /// What connections are held to.
    pub terms: Arc<Terms>,
}

/// The response when there is no room for another.
pub fn busy() -> Response<Body> {
    let (status, seconds) = (StatusCode::SERVICE_UNAVAILABLE, response::RATE_RETRY_AFTER_SECONDS);
    response::try_later(status, "busy", "too many answers wait for their clients", seconds)
}

impl<H: Handler> Service<H> {
    /// The same for one worker, on whose runtime this must be called.
    #[must_use]
    pub fn for_worker(self) -> Self {
        Self { handler: self.handler.for_worker(), ..self }
    }

    /// Answers a request.
    pub async fn respond(&self, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
        let request = match self.handler.respond(request, connection).await {
            Ok(response) => return response,
            Err(request) => *request,
        };
        let origin = request.headers().get(ORIGIN).cloned();
        let is_preflight = *request.method() == Method::OPTIONS
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let preflight = is_preflight.then(|| response::preflight(request.headers()));
        let method = request.method().clone();
        let mut response = match &self.fallback {
            Some(fallback) => self.fall_back(fallback, request, connection).await,
            None => response::unknown_address(),
        };
        if !response::is_unknown_address(&response) {
            return response;
        }
        match preflight {
            // So that the page may send what it asks for, and read that nobody takes it.
            Some(preflight) => response = preflight,
            None => self.terms.metrics.count_unknown_address(&method),
        }
        response::allow_origin(origin.as_ref(), response.headers_mut());
        response
    }

    async fn fall_back(
        &self,
        fallback: &Fallback,
        mut request: Request<Incoming>,
        connection: &Connection,
    ) -> Response<Body> {
        if !self.terms.rates.allows_address(connection.client(request.headers())) {
            return response::too_fast();
        }
        self.terms.proxies.vouch(&mut request, connection.peer());
        let (parts, incoming) = request.into_parts();
        let body = match body::read_plain(incoming, &self.terms.limits, connection).await {
            Ok(body) => body,
            Err(error) => return error.respond(connection),
        };
        fallback(Request::from_parts(parts, body.bytes.clone())).await
    }
}
