//! What the connections of a listener meet: limits, who is believed, and who answers. The collector's port, `orma query`
//! alone and the admin port are three of these.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use hyper::{Method, Request, Response, StatusCode};
use jiff::Timestamp;

use super::response::{self, Body};
use super::body;
use super::connection::Connection;
use super::proxy::TrustedProxies;
use super::rate::Rates;
use crate::protocol::routes::Routes;
use super::load_shedding::InflightBytes;
use super::limits::HttpLimits;
use crate::metrics::ConnectionMetrics;

/// Answers requests that are not the collector's. Their bodies are here before it is asked.
pub type Fallback = Arc<dyn Fn(Request<Bytes>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// What answers on a listener.
#[derive(Clone)]
pub struct Service {
    /// The collector, if it is one.
    pub collector: Option<Routes>,
    /// Answers what is not the collector's.
    pub fallback: Option<Fallback>,
    /// Limits of requests and connections.
    pub limits: HttpLimits,
    /// How many requests a client may send.
    pub rates: Arc<Rates>,
    /// Whose word on the client's address is taken.
    pub proxies: Arc<TrustedProxies>,
    /// What is counted of connections.
    pub metrics: Arc<ConnectionMetrics>,
    /// Answers that clients have not taken, of all workers.
    pub responses: Arc<InflightBytes>,
}

impl Service {
    /// The same for one worker, on whose runtime this must be called.
    #[must_use]
    pub fn for_worker(self) -> Self {
        Self { collector: self.collector.map(Routes::for_worker), ..self }
    }

    /// Answers a request.
    pub async fn respond(&self, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
        let request = match &self.collector {
            Some(routes) => match routes.answer(request, connection).await {
                Ok(response) => return response,
                Err(request) => *request,
            },
            None => request,
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
            None => self.metrics.count_unknown_address(&method),
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
        if !self.rates.allows_address(connection.client(request.headers())) {
            return response::too_fast();
        }
        self.proxies.vouch(&mut request, connection.peer());
        let (parts, incoming) = request.into_parts();
        let body = match body::read_plain(incoming, &self.limits, connection).await {
            Ok(body) => body,
            Err(error) => return error.respond(connection),
        };
        fallback(Request::from_parts(parts, body.bytes.clone())).await
    }

    /// The answer when there is no room for another.
    pub fn busy() -> Response<Body> {
        let (status, seconds) = (StatusCode::SERVICE_UNAVAILABLE, response::RATE_RETRY_AFTER_SECONDS);
        response::try_later(status, "busy", "too many answers wait for their clients", seconds)
    }

    /// Counts a request that was refused before its route was known.
    pub fn count_refused(&self, status: StatusCode, reason: &str) {
        if let Some(Routes { ingest, .. }) = &self.collector {
            ingest.metrics.count_response(status);
            ingest.count_refused("", Timestamp::now().as_millisecond(), reason);
        }
    }
}
