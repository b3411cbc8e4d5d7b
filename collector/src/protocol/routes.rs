//! Which request is answered by what.

#![expect(
    clippy::result_large_err,
    reason = "an answer is sent once it is made, and not handed from place to place"
)]

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::{Method, Request, Response, StatusCode};
use jiff::Timestamp;

use crate::http::response::{self, Body};
use crate::http::assets::Assets;
use crate::http::body;
use crate::http::connection::Connection;
use crate::http::headers::{Header, Headers};
use crate::http::proxy::TrustedProxies;
use crate::http::rate::Rates;
use super::segment_io;
use crate::http::limits::HttpLimits;
use crate::enrich::{HintHeaders, Hints};
use crate::event::ParsedBatch;
use crate::ingest::{Accepted, Ingest, Prepared, Refused, RequestFacts};
use crate::refused::Sent;
use super::{WireError, native, pixel};

/// The user agent is cut here: longer ones only cost time.
const USER_AGENT_BYTES_MAX: usize = 2048;
/// A request with a key or token that is not known waits so long until ClickHouse has been asked for it. Milliseconds.
const LOOK_MS_MAX: u64 = 3_000;

/// What answers requests, one for each worker.
#[derive(Clone)]
pub struct Routes {
    /// From events to the spool.
    pub ingest: Ingest,
    /// The browser SDK.
    pub assets: Arc<Assets>,
    /// Limits of a request.
    pub limits: HttpLimits,
    /// Rate limits.
    pub rates: Arc<Rates>,
    /// Whose word on the client's address is taken.
    pub proxies: Arc<TrustedProxies>,
    /// Where clients reach the collector, when it is not where they say themselves: `https://host[/path]`.
    pub public_url: Option<String>,
}

impl Routes {
    /// The same for one worker, on whose runtime this must be called.
    #[must_use]
    pub fn for_worker(self) -> Self {
        Self { ingest: self.ingest.for_worker(), ..self }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// It is not the collector's, and given back.
    pub async fn answer(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response<Body>, Box<Request<Incoming>>> {
        let peer = connection.client(request.headers());
        let origin = request.headers().get(ORIGIN).cloned();
        let path = request.uri().path();
        let mut response = match (request.method(), path) {
            (&Method::POST, "/v1/events") => self.post_events(request, peer, connection).await,
            (&Method::GET | &Method::HEAD, "/p.gif") => self.get_pixel(&request, peer).await,
            (&Method::GET | &Method::HEAD, path) if path.starts_with("/o/") => {
                self.get_open(&request, peer).await
            }
            (&Method::GET | &Method::HEAD, path) if path.starts_with("/c/") => {
                self.get_click(&request, peer).await
            }
            (_, path) if path.starts_with("/o/") || path.starts_with("/c/") => Self::refuse_method(),
            (&Method::OPTIONS, "/v1/events" | "/p.gif") => response::preflight(request.headers()),
            (&Method::GET | &Method::HEAD, "/healthz") => {
                response::with_type(StatusCode::OK, "text/plain", "alive\n")
            }
            (&Method::GET | &Method::HEAD, "/readyz") => self.readiness(),
            (_, "/v1/events") => response::other_method("POST, OPTIONS", "events are sent with POST"),
            (_, "/p.gif" | "/healthz" | "/readyz") => {
                response::other_method("GET, HEAD", "only GET is answered here")
            }
            (_, path) if segment_io::routes::is_route(path) => self.answer_segment(request, peer, connection).await,
            (&Method::GET | &Method::HEAD, path) => match self.script(path, request.headers()) {
                Some(response) => {
                    // The same for every origin: it carries all that a browser needs.
                    self.ingest.metrics.count_response(response.status());
                    return Ok(response);
                }
                None => return Err(Box::new(request)),
            },
            (_, path) if self.script(path, request.headers()).is_some() => {
                response::other_method("GET, HEAD", "only GET is answered here")
            }
            _ => return Err(Box::new(request)),
        };
        response::allow_origin(origin.as_ref(), response.headers_mut());
        self.ingest.metrics.count_response(response.status());
        Ok(response)
    }

    fn readiness(&self) -> Response<Body> {
        match self.ingest.ready() {
            Ok(()) => response::with_type(StatusCode::OK, "text/plain", "ready\n"),
            Err(refused) => response::refused(&refused),
        }
    }

    async fn post_events(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        connection: &Connection,
    ) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        let (parts, incoming) = request.into_parts();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return answer;
        }
        let body = match body::read(&parts.headers, incoming, &self.limits, connection).await {
            Ok(body) => body,
            Err(error) => {
                let origin = parts.headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
                let sent = Sent { origin, message: error.code(), ..Sent::default() };
                self.ingest.count_refused_sent("", received_at, error.code(), sent);
                return error.respond(connection);
            }
        };
        let headers = Headers::of_map(&parts.headers);
        let prepare = || self.prepare_events(&body.bytes, &headers, peer, received_at);
        match self.when_looked_for(Some(received_at), prepare).await {
            Ok(prepared) => match self.commit(prepared).await {
                Ok(accepted) => response::accepted(&accepted),
                Err(response) => response,
            },
            Err(response) => response,
        }
    }

    async fn get_pixel(&self, request: &Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return answer;
        }
        if request.method() == Method::HEAD {
            return response::pixel();
        }
        let query = request.uri().query().unwrap_or_default();
        let headers = Headers::of_map(request.headers());
        let prepare = || self.prepare_pixel(query, &headers, peer, received_at);
        match self.when_looked_for(Some(received_at), prepare).await {
            Ok(prepared) => self.commit(prepared).await.map_or_else(|response| response, |_| response::pixel()),
            Err(response) => response,
        }
    }

    /// What `prepare` gives when ClickHouse has been asked for the request's key or token: one that is not known may have
    /// been made a moment ago, by another process. A client drops what is refused, and so a refusal must be true.
    /// `received_at`: the request is counted when nobody could be asked.
    #[allow(clippy::result_large_err)] // It is sent at once, and boxing it would cost more than moving it.
    pub(crate) async fn when_looked_for<T>(
        &self,
        received_at: Option<i64>,
        prepare: impl Fn() -> Result<T, Response<Body>>,
    ) -> Result<T, Response<Body>> {
        let registry = &self.ingest.registry;
        let deadline = tokio::time::Instant::now() + Duration::from_millis(LOOK_MS_MAX);
        loop {
            let read = registry.next_read();
            let response = match prepare() {
                Err(response) if response::is_not_looked_for(&response) && registry.is_confirmed() => response,
                prepared => return prepared,
            };
            if tokio::time::timeout_at(deadline, read).await.is_err() {
                if let Some(received_at) = received_at {
                    self.ingest.count_given_up("", received_at, Refused::SitesUnknown.code());
                }
                return Err(response);
            }
        }
    }

    /// All of `POST /v1/events` that needs no waiting; an error is its answer.
    pub(crate) fn prepare_events(
        &self,
        body: &[u8],
        headers: &Headers<'_>,
        address: IpAddr,
        received_at: i64,
    ) -> Result<Prepared, Response<Body>> {
        self.prepare(native::parse(body), request_facts(headers, address, received_at))
    }

    /// All of `GET /p.gif` that needs no waiting; an error is its answer.
    pub(crate) fn prepare_pixel(
        &self,
        query: &str,
        headers: &Headers<'_>,
        address: IpAddr,
        received_at: i64,
    ) -> Result<Prepared, Response<Body>> {
        let facts = image_facts(headers, address, received_at);
        self.prepare(pixel::parse(&complete_query(query, headers)), facts)
    }

    /// Before anything of a request is read: is there room, and may this client send?
    pub(crate) fn refuse_early(&self, peer: IpAddr, received_at: i64) -> Option<Response<Body>> {
        if !self.rates.allows_address(peer) {
            return Some(self.too_fast("", received_at));
        }
        if let Err(reason) = self.ingest.spool.ready() {
            let refused = reason.into();
            self.ingest.count_refused("", received_at, Refused::code(&refused));
            return Some(response::refused(&refused));
        }
        None
    }

    /// All that needs no waiting; an error is the answer.
    pub(crate) fn prepare(
        &self,
        parsed: Result<ParsedBatch<'_>, WireError>,
        facts: RequestFacts<'_>,
    ) -> Result<Prepared, Response<Body>> {
        let batch = parsed.map_err(|error| {
            let sent = Sent { origin: facts.origin, message: &error.to_string(), ..Sent::default() };
            self.ingest.count_refused_sent("", facts.received_at, error.code(), sent);
            response::unreadable(&error)
        })?;
        let registry = self.ingest.registry.snapshot();
        let Some(site) = registry.site_of_key(&batch.write_key) else {
            let refused = self.ingest.unknown(&batch.write_key, Refused::UnknownKey);
            return Err(self.refuse("", &facts, &batch.write_key, &refused));
        };
        if !self.rates.allows_key(&batch.write_key) {
            return Err(self.too_fast(&site.site, facts.received_at));
        }
        let key = batch.write_key.clone();
        let prepared = self.ingest.prepare(site, batch, facts);
        prepared.map_err(|refused| self.refuse(&site.site, &facts, &key, &refused))
    }

    /// Makes prepared events durable; an error is the answer.
    pub(crate) async fn commit(&self, prepared: Prepared) -> Result<Accepted, Response<Body>> {
        self.ingest.commit(prepared).await.map_err(|refused| response::refused(&refused))
    }

    fn refuse(&self, site: &str, facts: &RequestFacts<'_>, key: &str, refused: &Refused) -> Response<Body> {
        let sent = Sent { origin: facts.origin, key, message: &refused.to_string() };
        self.ingest.count_refused_sent(site, facts.received_at, refused.code(), sent);
        response::refused(refused)
    }

    pub(crate) fn too_fast(&self, site: &str, received_at: i64) -> Response<Body> {
        self.ingest.count_refused(site, received_at, "rate_limited");
        response::too_fast()
    }
}

/// An image in a page need not say more than its site: it is a page view, of the page that the browser names as referrer.
fn complete_query<'a>(query: &'a str, headers: &Headers<'_>) -> Cow<'a, str> {
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let mut complete = Cow::Borrowed(query);
    if !has("kind") {
        complete.to_mut().push_str("&kind=page_view");
    }
    if let Some(page) = headers.get(Header::Referer).filter(|_| !has("url")) {
        let encoded = percent_encoding::utf8_percent_encode(page, percent_encoding::NON_ALPHANUMERIC);
        complete.to_mut().extend(std::iter::once("&url=").chain(encoded));
    }
    complete
}

fn hints<'a>(headers: &Headers<'a>) -> Hints<'a> {
    let text = |header| headers.get(header).unwrap_or_default();
    Hints::of_headers(HintHeaders {
        requested_with: text(Header::RequestedWith),
        brands: text(Header::Brands),
        full_version_list: text(Header::FullVersionList),
        platform: text(Header::Platform),
        platform_version: text(Header::PlatformVersion),
        model: text(Header::Model),
        form_factors: text(Header::FormFactors),
        mobile: text(Header::Mobile),
    })
}

/// What a request's headers say.
pub(crate) fn request_facts<'a>(
    headers: &Headers<'a>,
    address: IpAddr,
    received_at: i64,
) -> RequestFacts<'a> {
    let user_agent = headers.get(Header::UserAgent).unwrap_or_default();
    let bearer = headers.get(Header::Authorization).and_then(|value| value.strip_prefix("Bearer "));
    RequestFacts {
        address,
        user_agent: &user_agent[..user_agent.floor_char_boundary(USER_AGENT_BYTES_MAX)],
        // What cannot be read is an origin all the same, and none of a site's.
        origin: headers.get(Header::Origin).or(headers.has(Header::Origin).then_some("?")),
        bearer: bearer.map(str::trim),
        retry: headers.get(Header::RetryCount).is_some_and(|count| count != "0"),
        hints: hints(headers),
        pixel: false,
        received_at,
    }
}

/// What the headers of an image's request say: browsers send no `Origin` with it, but mostly the page's address.
pub(crate) fn image_facts<'a>(headers: &Headers<'a>, address: IpAddr, received_at: i64) -> RequestFacts<'a> {
    let facts = request_facts(headers, address, received_at);
    let origin = facts.origin.or_else(|| headers.get(Header::Referer).and_then(origin_of_page));
    RequestFacts { pixel: true, origin, ..facts }
}

/// The origin of a page's address; all of an address that is none.
fn origin_of_page(address: &str) -> Option<&str> {
    let host = address.find("://").map_or(address.len(), |at| at + "://".len());
    let end = address[host..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| host + at);
    Some(&address[..end]).filter(|origin| !origin.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_page_is_what_stands_before_its_path() {
        for (address, origin) in [
            ("https://shop.example/a?b#c", Some("https://shop.example")),
            ("https://shop.example", Some("https://shop.example")),
            ("http://localhost:8080/", Some("http://localhost:8080")),
            ("https://evil.example?https://shop.example/", Some("https://evil.example")),
            ("https://evil.example\\.shop.example/", Some("https://evil.example")),
            ("https://shop.example@evil.example/", Some("https://shop.example@evil.example")),
            ("shop.example/a", Some("shop.example/a")),
            ("", None),
        ] {
            assert_eq!(origin_of_page(address), origin, "{address}");
        }
    }

    #[test]
    fn an_origin_that_cannot_be_read_is_one_all_the_same() {
        let address = IpAddr::from([79, 0, 0, 1]);
        let list = |headers: &[(&'static str, &'static [u8])]| Headers::read(headers.iter().copied());
        for (headers, event, image) in [
            (list(&[]), None, None),
            (list(&[("origin", b"https://a.example")]), Some("https://a.example"), Some("https://a.example")),
            (list(&[("origin", b"\xff")]), Some("?"), Some("?")),
            (list(&[("referer", b"https://b.example/x")]), None, Some("https://b.example")),
            (list(&[("origin", b"null"), ("referer", b"https://b.example/x")]), Some("null"), Some("null")),
        ] {
            assert_eq!(request_facts(&headers, address, 0).origin, event);
            assert_eq!(image_facts(&headers, address, 0).origin, image);
        }
    }
}
