//! The listeners of the parts that are not the collector: all connections, whatever they are for, are held to the same
//! limits by the same code.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Method, Request, Response, StatusCode};
use orma_collector::config::NetworkConfig;
use orma_collector::http::handler::Unhandled;
use orma_collector::http::limits::HttpLimits;
use orma_collector::http::rate::{RateLimits, Rates};
use orma_collector::http::terms::Terms;
use orma_collector::http::tls::Tls;
use orma_collector::http::{Fallback, Handshakes, Server, Service, response};
use orma_collector::metrics::{self, ConnectionMetrics};
use tower::ServiceExt;

use crate::memory;
use crate::network::NetworkOptions;

/// How long a stop waits for answers that are on their way.
const DRAIN: Duration = Duration::from_secs(5);
/// A scrape is over at once.
const ADMIN_DRAIN: Duration = Duration::from_millis(500);

/// Hands requests to `router` on the current runtime: the threads of the connections do nothing but connections.
pub fn fallback(router: axum::Router) -> Fallback {
    let runtime = tokio::runtime::Handle::current();
    Arc::new(move |request: Request<Bytes>| {
        let (router, runtime) = (router.clone(), runtime.clone());
        Box::pin(async move {
            // A set, because it ends its task when the client goes away.
            let mut tasks = tokio::task::JoinSet::new();
            tasks.spawn_on(router.oneshot(request.map(axum::body::Body::from)), &runtime);
            match tasks.join_next().await {
                Some(Ok(Ok(response))) => into_collector_body(response),
                _ => response::error(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "the answer could not be made",
                ),
            }
        })
    })
}

fn into_collector_body(mut response: Response<axum::body::Body>) -> Response<response::Body> {
    use http_body_util::BodyExt;
    if response.extensions_mut().remove::<orma_query::UnknownAddress>().is_some() {
        response.extensions_mut().insert(response::UnknownAddress);
    }
    response.map(|body| response::Body::Streamed(body.map_err(Into::into).boxed_unsync()))
}

/// Serves the query service alone. Returns its connections' metrics as well, as Prometheus reads them.
pub fn query(
    listener: TcpListener,
    router: axum::Router,
    options: &NetworkOptions,
) -> anyhow::Result<(Server, impl Fn() -> String + Send + Sync + Clone + 'static)> {
    let (counted, registry) = ConnectionMetrics::alone();
    let service = service(fallback(router), options.limits(), options.rates(), options.network()?, counted);
    let NetworkConfig { tls, proxy_protocol, .. } = options.network()?;
    let tls = tls.map(Tls::open).transpose()?;
    let handshakes = Handshakes { tls, proxy_protocol, memory: Some(memory::HOOKS) };
    let server = Server::start("query", vec![listener], service, handshakes, DRAIN)?;
    Ok((server, move || metrics::render(&registry)))
}

/// Serves `/metrics`, `/healthz` and `/readyz` to the operator.
pub fn admin(
    listener: TcpListener,
    options: &NetworkOptions,
    metrics: impl Fn() -> String + Send + Sync + 'static,
    ready: impl Fn() -> Result<(), String> + Send + Sync + 'static,
) -> anyhow::Result<Server> {
    const PROMETHEUS: &str = "text/plain; version=0.0.4";
    let answers: Fallback = Arc::new(move |request: Request<Bytes>| {
        let response = match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/metrics") => {
                response::with_type(StatusCode::OK, PROMETHEUS, metrics())
            }
            (&Method::GET | &Method::HEAD, "/healthz") => text(StatusCode::OK, "alive"),
            (&Method::GET | &Method::HEAD, "/readyz") => match ready() {
                Ok(()) => text(StatusCode::OK, "ready"),
                Err(reason) => text(StatusCode::SERVICE_UNAVAILABLE, &reason),
            },
            (_, "/metrics" | "/healthz" | "/readyz") => response::error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "only GET is answered here",
            ),
            _ => response::error(StatusCode::NOT_FOUND, "not_found", "nothing is served here"),
        };
        Box::pin(std::future::ready(response))
    });
    // Not told: a scrape would count itself.
    let (counted, _) = ConnectionMetrics::alone();
    let service = service(answers, options.limits(), options.rates(), NetworkConfig::default(), counted);
    let handshakes = Handshakes { memory: Some(memory::HOOKS), ..Handshakes::default() };
    Ok(Server::start("admin", vec![listener], service, handshakes, ADMIN_DRAIN)?)
}

fn text(status: StatusCode, line: &str) -> Response<response::Body> {
    response::with_type(status, "text/plain; charset=utf-8", format!("{line}\n"))
}

fn service(
    fallback: Fallback,
    limits: HttpLimits,
    rates: RateLimits,
    network: NetworkConfig,
    metrics: Arc<ConnectionMetrics>,
) -> Service<Unhandled> {
    let (rates, proxies) = (Arc::new(Rates::new(rates)), Arc::new(network.trusted_proxies));
    let terms = Arc::new(Terms::new(limits, rates, proxies, metrics));
    Service { handler: Unhandled, fallback: Some(fallback), terms }
}
