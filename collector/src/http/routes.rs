//! Which request is answered by what.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, ORIGIN, REFERER, USER_AGENT};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;

use super::answer::{self, Body};
use super::assets::Assets;
use super::body;
use super::listen::Fallback;
use super::rate::Rates;
use crate::config::HttpLimits;
use crate::enrich::Hints;
use crate::ingest::{Ingest, RequestFacts};
use crate::wire::{self, WireError};

/// The user agent is cut here: longer ones only cost time.
const USER_AGENT_BYTES_MAX: usize = 2048;

/// What answers requests; one for all workers.
pub struct Routes {
    /// From events to the spool.
    pub ingest: Arc<Ingest>,
    /// The browser SDK.
    pub assets: Assets,
    /// Limits of a request.
    pub limits: HttpLimits,
    /// Rate limits.
    pub rates: Rates,
    /// Answers what is not the collector's, when the dashboard shares the address.
    pub fallback: Option<Fallback>,
}

impl Routes {
    /// Answers a request.
    pub async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let request_headers = origin_of(request.headers());
        let path = request.uri().path();
        let mut response = match (request.method(), path) {
            (&Method::POST, "/v1/events") => self.post_events(request, peer).await,
            (&Method::GET | &Method::HEAD, "/p.gif") => self.get_pixel(&request, peer).await,
            (&Method::OPTIONS, "/v1/events" | "/p.gif") => answer::preflight(),
            (&Method::GET | &Method::HEAD, "/healthz") => {
                answer::with_type(StatusCode::OK, "text/plain", "alive\n")
            }
            (&Method::GET | &Method::HEAD, "/readyz") => self.readiness(),
            (_, "/v1/events") => answer::error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "events are sent with POST",
            ),
            (&Method::GET, path) => match self.assets.get(path, request.headers()) {
                Some(response) => response,
                None => return self.fall_back(request).await,
            },
            _ => return self.fall_back(request).await,
        };
        answer::allow_origin(&request_headers, response.headers_mut());
        let status = response.status();
        self.ingest.metrics.responses.with_label_values(&[status.as_str()]).inc();
        response
    }

    async fn fall_back(&self, request: Request<Incoming>) -> Response<Body> {
        match &self.fallback {
            Some(fallback) => fallback(request).await,
            None => answer::error(StatusCode::NOT_FOUND, "not_found", "nothing is served here"),
        }
    }

    fn readiness(&self) -> Response<Body> {
        match self.ingest.spool.ready() {
            Ok(()) => answer::with_type(StatusCode::OK, "text/plain", "ready\n"),
            Err(reason) => answer::refused(&reason.into()),
        }
    }

    async fn post_events(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        let (parts, incoming) = request.into_parts();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return answer;
        }
        let bytes = match body::read(&parts.headers, incoming, &self.limits).await {
            Ok(bytes) => bytes,
            Err(error) => {
                self.count_refused("", received_at, error.code());
                let mut response = answer::error(error.status(), error.code(), &error.to_string());
                // What is left of the body would be read as the next request.
                response.headers_mut().insert("connection", hyper::header::HeaderValue::from_static("close"));
                return response;
            }
        };
        let facts = request_facts(&parts.headers, peer, received_at);
        self.take(wire::native::parse(&bytes), facts).await.unwrap_or_else(|response| response)
    }

    async fn get_pixel(&self, request: &Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return answer;
        }
        if request.method() == Method::HEAD {
            return answer::pixel();
        }
        let facts = RequestFacts { pixel: true, ..request_facts(request.headers(), peer, received_at) };
        let query = complete_query(request.uri().query().unwrap_or_default(), request.headers());
        match self.take(wire::pixel::parse(&query), facts).await {
            Ok(answered) if answered.status() == StatusCode::OK => answer::pixel(),
            Ok(response) | Err(response) => response,
        }
    }

    /// Before anything of a request is read: is there room, and may this client send?
    fn refuse_early(&self, peer: IpAddr, received_at: i64) -> Option<Response<Body>> {
        if !self.rates.allows_address(peer) {
            return Some(self.too_fast("", received_at));
        }
        if let Err(reason) = self.ingest.spool.ready() {
            let refused = reason.into();
            self.count_refused("", received_at, crate::ingest::Refused::code(&refused));
            return Some(answer::refused(&refused));
        }
        None
    }

    async fn take(
        &self,
        parsed: Result<crate::event::ParsedBatch<'_>, WireError>,
        facts: RequestFacts<'_>,
    ) -> Result<Response<Body>, Response<Body>> {
        let batch = parsed.map_err(|error| {
            self.count_refused("", facts.received_at, error.code());
            answer::unreadable(&error)
        })?;
        let site = self.site_of(&batch.write_key);
        if !site.is_empty() && !self.rates.allows_key(&batch.write_key) {
            return Err(self.too_fast(&site, facts.received_at));
        }
        match self.ingest.take(batch, facts).await {
            Ok(accepted) => Ok(answer::accepted(&accepted)),
            Err(refused) => {
                self.count_refused(&site, facts.received_at, refused.code());
                Err(answer::refused(&refused))
            }
        }
    }

    fn site_of(&self, key: &str) -> String {
        self.ingest.registry.snapshot().site_of_key(key).map(|site| site.site.clone()).unwrap_or_default()
    }

    fn too_fast(&self, site: &str, received_at: i64) -> Response<Body> {
        self.count_refused(site, received_at, "rate_limited");
        answer::try_later(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many requests",
            answer::RATE_RETRY_AFTER_SECONDS,
        )
    }

    fn count_refused(&self, site: &str, received_at: i64, reason: &str) {
        self.ingest.metrics.events_rejected.with_label_values(&[reason]).inc();
        self.ingest.refused_requests.add(site, received_at, reason);
    }
}

/// An image in a page need not say more than its site: it is a page view, of the page that the browser names as referrer.
fn complete_query<'a>(query: &'a str, headers: &HeaderMap) -> Cow<'a, str> {
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let mut complete = Cow::Borrowed(query);
    if !has("kind") {
        complete.to_mut().push_str("&kind=page_view");
    }
    let page = headers.get(REFERER).and_then(|page| page.to_str().ok());
    if let Some(page) = page.filter(|_| !has("url")) {
        let encoded = percent_encoding::utf8_percent_encode(page, percent_encoding::NON_ALPHANUMERIC);
        complete.to_mut().extend(std::iter::once("&url=").chain(encoded));
    }
    complete
}

/// The one request header that an answer repeats.
fn origin_of(headers: &HeaderMap) -> HeaderMap {
    headers.get(ORIGIN).map(|origin| (ORIGIN, origin.clone())).into_iter().collect()
}

fn request_facts(headers: &HeaderMap, address: IpAddr, received_at: i64) -> RequestFacts<'_> {
    let text = |name| headers.get(name).and_then(|value: &hyper::header::HeaderValue| value.to_str().ok());
    let user_agent = text(USER_AGENT).unwrap_or_default();
    let bearer = text(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    RequestFacts {
        address,
        user_agent: &user_agent[..user_agent.floor_char_boundary(USER_AGENT_BYTES_MAX)],
        origin: text(ORIGIN),
        bearer,
        retry: headers.get("x-retry-count").is_some_and(|count| count != "0"),
        hints: Hints::of_headers(headers),
        pixel: false,
        received_at,
    }
}
