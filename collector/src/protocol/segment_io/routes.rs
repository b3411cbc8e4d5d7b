//! The addresses that Segment's and RudderStack's SDKs know.
//!
//! | address | who asks |
//! |---|---|
//! | `POST /v1/{batch,b,import}` | servers and apps: many messages |
//! | `POST /v1/{t,p,i,s,g,a}`, `/v1/{track,page,identify,screen,group,alias}` | pages, the HTTP API: one message |
//! | `POST /beacon/v1/batch?writeKey=` | RudderStack's page that goes away |
//! | `GET /v1/pixel/{type}?data=` | an image |
//! | `GET /v1/projects/{key}/settings` | web and mobile SDKs, before they send anything |
//! | `GET /sourceConfig` | RudderStack's web SDK, likewise |
//! | `POST /v1/m` | the SDKs' numbers of themselves, which nobody here wants |
//! | `POST /api/s/{type}`, `/api/s/s2s/{type}` | Jitsu's SDKs: one message; `batch`: many |
//! | `GET /analytics.js/v1/{key}/analytics.min.js` | pages that carry Segment's snippet: its script |
//!
//! A 4xx makes these SDKs forget a whole batch, and some of them try for ever after any 4xx but 400. So bad
//! messages are refused one by one, in the body of a 200, and an unknown key is a 400.

use hyper::body::Incoming;
use hyper::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, HOST, HeaderName, HeaderValue, VARY};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use orma_store::sites::Snapshot;
use orma_store::{Role, Site};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::net::IpAddr;

use crate::http::response::{self, Body};
use crate::http::body::{self, Received};
use crate::http::connection::Connection;
use crate::http::headers::Headers;
use crate::http::proxy::{X_FORWARDED_HOST, X_FORWARDED_PROTO};
use crate::protocol::routes::{Routes, image_facts, request_facts};
use crate::ingest::{Accepted, Prepared, Refused};
use crate::refused::Sent;
use super::{self as segment, Sender};

/// How long an SDK and the caches before it may keep the settings, in seconds.
const SETTINGS_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The same for the SDK alone.
const SETTINGS_CACHE_OF_ONE: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route<'a> {
    /// Messages; the type of those that name none.
    Messages(&'static str),
    /// An image with a message of this type.
    Pixel(&'static str),
    /// The settings of a write key.
    Settings(&'a str),
    /// RudderStack's settings.
    SourceConfig,
    /// Numbers of the SDK itself.
    SdkMetrics,
}

/// Types of messages, with the letter that stands for each.
const TYPES: [(&str, &str); 6] =
    [("track", "t"), ("page", "p"), ("identify", "i"), ("screen", "s"), ("group", "g"), ("alias", "a")];

impl<'a> Route<'a> {
    fn find(path: &'a str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path {
            "/sourceConfig" => return Some(Self::SourceConfig),
            "/beacon/v1/batch" => return Some(Self::Messages("")),
            _ => {}
        }
        let type_of = |name: &str| {
            let mut types = TYPES.into_iter();
            types.find(|(long, short)| *long == name || *short == name).map(|(long, _)| long)
        };
        if let Some(name) = path.strip_prefix("/api/s/") {
            let name = name.strip_prefix("s2s/").unwrap_or(name);
            return if name == "batch" { Some("") } else { type_of(name) }.map(Self::Messages);
        }
        let name = path.strip_prefix("/v1/")?;
        match name {
            "batch" | "b" | "import" => Some(Self::Messages("")),
            "m" => Some(Self::SdkMetrics),
            _ => {
                if let Some(key) =
                    name.strip_prefix("projects/").and_then(|rest| rest.strip_suffix("/settings"))
                {
                    return Some(Self::Settings(key));
                }
                if let Some(name) = name.strip_prefix("pixel/") {
                    return type_of(name).map(Self::Pixel);
                }
                type_of(name).map(Self::Messages)
            }
        }
    }

    fn is_posted(self) -> bool {
        matches!(self, Self::Messages(_) | Self::SdkMetrics)
    }
}

/// Where the script of Segment's snippet is, among what the program carries.
const SCRIPT: &str = "/analytics-next/bundles/standalone.js";

/// The address of the script that a page with Segment's snippet asks for, with its write key in it: one for all keys.
fn script(path: &str) -> Option<&'static str> {
    let (key, file) = path.strip_prefix("/analytics.js/v1/")?.split_once('/')?;
    let file = file.strip_prefix("platform/").unwrap_or(file);
    (!key.is_empty() && matches!(file, "analytics.min.js" | "analytics.js")).then_some(SCRIPT)
}

/// Whether an address is one of these SDKs'.
pub fn is_route(path: &str) -> bool {
    Route::find(path).is_some()
}

impl Routes {
    /// The script at an address: orma's own, or Segment's.
    pub(in crate::protocol) fn script(&self, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        self.assets.get(script(path).unwrap_or(path), headers)
    }

    /// Answers a request to one of these addresses.
    pub(in crate::protocol) async fn answer_segment(
        &self,
        mut request: Request<Incoming>,
        peer: IpAddr,
        connection: &Connection,
    ) -> Response<Body> {
        if matches!(Route::find(request.uri().path()), Some(Route::Settings(_))) {
            // They repeat the address that was asked for.
            self.proxies.vouch(&mut request, connection.peer());
        }
        let (parts, incoming) = request.into_parts();
        let Some(route) = Route::find(parts.uri.path()) else {
            return failure(StatusCode::NOT_FOUND, "not_found", "nothing is served here");
        };
        match (&parts.method, route) {
            (&Method::OPTIONS, _) => response::preflight(&parts.headers),
            (&Method::POST, Route::Messages(usual_type)) => {
                let answered = self.take_messages(&parts, incoming, usual_type, peer, connection).await;
                answered.unwrap_or_else(|answer| answer)
            }
            (&Method::POST, Route::SdkMetrics) => self.discard(incoming, peer, connection).await,
            (&Method::GET, Route::Pixel(usual_type)) => {
                self.take_pixel(&parts, usual_type, peer).await.unwrap_or_else(|answer| answer)
            }
            (&Method::HEAD, Route::Pixel(_)) => response::pixel(),
            (&Method::GET | &Method::HEAD, Route::Settings(key)) => {
                self.looked_for(|| self.settings(key, &parts, peer)).await
            }
            (&Method::GET | &Method::HEAD, Route::SourceConfig) => {
                self.looked_for(|| self.source_config(&parts, peer)).await
            }
            _ => {
                let (method, allowed) =
                    if route.is_posted() { ("POST", "POST, OPTIONS") } else { ("GET", "GET, HEAD, OPTIONS") };
                let message = format!("only {method} is answered here");
                let mut answer = failure(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &message);
                answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
                answer
            }
        }
    }

    #[allow(clippy::result_large_err)] // It is sent at once, and boxing it would cost more than moving it.
    async fn take_messages(
        &self,
        parts: &Parts,
        incoming: Incoming,
        usual_type: &'static str,
        peer: IpAddr,
        connection: &Connection,
    ) -> Result<Response<Body>, Response<Body>> {
        let received_at = Timestamp::now().as_millisecond();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return Err(answer);
        }
        let body = self.read_sniffed(incoming, received_at, connection).await?;
        let json = segment::to_json(&body.bytes);
        let prepare = || self.prepare_messages(&json, usual_type, parts, peer, received_at, false);
        let prepared = self.when_looked_for(Some(received_at), prepare).await?;
        Ok(taken(&self.commit(prepared).await?))
    }

    #[allow(clippy::result_large_err)] // It is sent at once, and boxing it would cost more than moving it.
    async fn take_pixel(
        &self,
        parts: &Parts,
        usual_type: &'static str,
        peer: IpAddr,
    ) -> Result<Response<Body>, Response<Body>> {
        let received_at = Timestamp::now().as_millisecond();
        if let Some(answer) = self.refuse_early(peer, received_at) {
            return Err(answer);
        }
        let query = parts.uri.query().unwrap_or_default();
        let json = segment::data_to_json(&segment::parameter(query, "data").unwrap_or_default());
        let prepare = || self.prepare_messages(&json, usual_type, parts, peer, received_at, true);
        let prepared = self.when_looked_for(Some(received_at), prepare).await?;
        self.commit(prepared).await?;
        Ok(response::pixel())
    }

    /// All that needs no waiting; an error is the answer.
    #[allow(clippy::result_large_err)] // It is sent at once, and boxing it would cost more than moving it.
    fn prepare_messages(
        &self,
        json: &[u8],
        usual_type: &'static str,
        parts: &Parts,
        peer: IpAddr,
        received_at: i64,
        pixel: bool,
    ) -> Result<Prepared, Response<Body>> {
        let headers = Headers::of_map(&parts.headers);
        let facts_of = if pixel { image_facts } else { request_facts };
        let facts = facts_of(&headers, peer, received_at);
        let body = segment::Body::read(json, usual_type).map_err(|error| {
            let sent = Sent { origin: facts.origin, message: &error.to_string(), ..Sent::default() };
            self.ingest.count_refused_sent("", received_at, error.code(), sent);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
            failure(status, error.code(), &error.to_string())
        })?;
        let query = parts.uri.query().unwrap_or_default();
        let header_key = header_key(&parts.headers);
        let secret = header_key.as_deref().or(facts.bearer);
        let key = body.key(header_key.clone(), segment::parameter(query, "writeKey"));
        let registry = self.ingest.registry.snapshot();
        let (site, trusted) = access(&registry, &key, secret).map_err(|refused| {
            let refused = self.ingest.unknown(&key, refused);
            let sent = Sent { origin: facts.origin, key: &key, message: &refused.to_string() };
            self.ingest.count_refused_sent("", received_at, refused.code(), sent);
            self.no_such_key(&key, StatusCode::BAD_REQUEST, &refused)
        })?;
        let limited_by = if trusted { &site.site } else { &*key };
        if !self.rates.allows_key(limited_by) {
            return Err(self.too_fast(&site.site, received_at));
        }
        let sender = Sender {
            address: peer,
            user_agent: facts.user_agent,
            from_page: pixel || facts.origin.is_some(),
            sent_at: parts.headers.get("sentat").and_then(|value| value.to_str().ok()).unwrap_or_default(),
            trusted,
            currency: &site.currency,
        };
        let batch = body.events(Cow::Borrowed(&*key), &sender);
        self.ingest.prepare_for(site, batch, facts).map_err(|refused| {
            let sent = Sent { origin: facts.origin, key: &key, message: &refused.to_string() };
            self.ingest.count_refused_sent(&site.site, received_at, refused.code(), sent);
            response::refused(&refused)
        })
    }

    async fn read_sniffed<'a>(
        &self,
        incoming: Incoming,
        received_at: i64,
        connection: &'a Connection,
    ) -> Result<Received<'a>, Response<Body>> {
        body::read_sniffed(incoming, &self.limits, connection).await.map_err(|error| {
            self.ingest.count_refused("", received_at, error.code());
            error.respond(connection)
        })
    }

    async fn discard(&self, incoming: Incoming, peer: IpAddr, connection: &Connection) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        if !self.rates.allows_address(peer) {
            return self.too_fast("", received_at);
        }
        match self.read_sniffed(incoming, received_at, connection).await {
            Ok(_) => response::json(StatusCode::OK, &json!({"success": true})),
            Err(response) => response,
        }
    }

    #[allow(clippy::result_large_err)] // It is sent at once, and boxing it would cost more than moving it.
    async fn looked_for(&self, answer: impl Fn() -> Response<Body>) -> Response<Body> {
        let prepare = || {
            let response = answer();
            if response::is_not_looked_for(&response) { Err(response) } else { Ok(response) }
        };
        self.when_looked_for(None, prepare).await.unwrap_or_else(|response| response)
    }

    fn settings(&self, key: &str, parts: &Parts, peer: IpAddr) -> Response<Body> {
        if !self.rates.allows_address(peer) {
            return self.too_fast("", Timestamp::now().as_millisecond());
        }
        let key = percent_decode_str(key).decode_utf8_lossy();
        if self.ingest.registry.snapshot().site_of_key(&key).is_none() {
            return self.no_such_key(&key, StatusCode::NOT_FOUND, &Refused::UnknownKey);
        }
        let Some((protocol, host)) = self.reached_at(parts) else {
            return failure(StatusCode::BAD_REQUEST, "no_host", "the request names no host");
        };
        let response = cacheable(&settings(&key, protocol, &format!("{host}/v1")));
        if self.public_url.is_some() { response } else { for_asker_alone(response) }
    }

    fn source_config(&self, parts: &Parts, peer: IpAddr) -> Response<Body> {
        if !self.rates.allows_address(peer) {
            return self.too_fast("", Timestamp::now().as_millisecond());
        }
        let query = parts.uri.query().unwrap_or_default();
        let key = header_key(&parts.headers).or_else(|| segment::parameter(query, "writeKey"));
        let key = key.unwrap_or_default();
        match self.ingest.registry.snapshot().site_of_key(&key) {
            Some(site) => cacheable(&source_config(&key, &site.site)),
            None => self.no_such_key(&key, StatusCode::NOT_FOUND, &Refused::UnknownKey),
        }
    }

    /// A key or token is refused for good only when ClickHouse has been asked since it first came; until then, later.
    fn no_such_key(&self, key: &str, status: StatusCode, refused: &Refused) -> Response<Body> {
        match self.ingest.unknown(key, refused.clone()) {
            Refused::SitesUnknown => response::refused(&Refused::SitesUnknown),
            refused => failure(status, refused.code(), &refused.to_string()),
        }
    }

    /// Scheme and host, with a path before `/v1` if there is one: as configured, or as the client reached us.
    fn reached_at<'a>(&'a self, parts: &'a Parts) -> Option<(&'a str, &'a str)> {
        if let Some(url) = &self.public_url {
            return url.split_once("://");
        }
        let header = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let host = header(&X_FORWARDED_HOST).or_else(|| header(&HOST))?;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_host) {
            return None;
        }
        Some((header(&X_FORWARDED_PROTO).unwrap_or("http"), host))
    }
}

/// The key that a header names: Segment's SDKs as a user without a password, Jitsu's by a header of its own. These want
/// a key of two parts, with a colon between; a write key is the first.
fn header_key(headers: &HeaderMap) -> Option<Cow<'static, str>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let user = text(AUTHORIZATION.as_str()).and_then(segment::basic_user);
    user.or_else(|| text("x-write-key").and_then(|key| Some(key.split(':').next()?.trim().to_owned())))
        .map(Cow::Owned)
}

/// The site of a request, and whether it may tell of what only a server knows. `key` is the write key, wherever it
/// was found; `secret` is what the header says. An ingest token counts in the header alone, where no body that is
/// kept can repeat it: as Bearer beside a write key, or, since these SDKs know nothing else, in the write key's place.
fn access<'r>(registry: &'r Snapshot, key: &str, secret: Option<&str>) -> Result<(&'r Site, bool), Refused> {
    let token = secret.and_then(|secret| registry.token_of_secret(secret));
    let token_site = match token {
        Some(token) if matches!(token.role, Role::Ingest | Role::Admin) => Some(token.site.as_str()),
        Some(_) => return Err(Refused::TokenRefused),
        None => None,
    };
    match (registry.site_of_key(key), token_site) {
        (Some(site), None) => Ok((site, false)),
        (Some(site), Some(own)) if own.is_empty() || own == site.site => Ok((site, true)),
        (Some(_), Some(_)) => Err(Refused::TokenRefused),
        // A token of all sites does not say which.
        (None, own) => {
            let site = own.and_then(|own| registry.sites.get(own)).ok_or(Refused::UnknownKey)?;
            Ok((site, true))
        }
    }
}

/// The answer to messages that were taken: what was refused is told, although no SDK reads it.
fn taken(accepted: &Accepted) -> Response<Body> {
    let mut value = json!({"success": true});
    if !accepted.refused.is_empty() {
        let refused = accepted.refused.iter().map(
            |refusal| json!({"index": refusal.index, "reason": refusal.reason, "message": refusal.message}),
        );
        value["rejected"] = refused.collect();
    }
    response::json(StatusCode::OK, &value)
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    response::json(status, &json!({"success": false, "code": code, "message": message}))
}

fn cacheable(value: &Value) -> Response<Body> {
    let mut response = response::json(StatusCode::OK, value);
    response.headers_mut().insert(CACHE_CONTROL, SETTINGS_CACHE);
    // The answer repeats the origin, whether this request had one or not.
    response.headers_mut().insert(VARY, HeaderValue::from_static("Origin"));
    response
}

/// Keeps an answer from caches that others share: it repeats what may be the asker's own word.
fn for_asker_alone(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CACHE_CONTROL, SETTINGS_CACHE_OF_ONE);
    response
}

/// What web and mobile SDKs ask before they send anything; without `integrations["Segment.io"]` they send nothing.
/// `apiHost` sends them here, `protocol` counts on the web only, `metrics.sampleRate` 0 keeps their own numbers at
/// home, and `httpConfig` makes mobile SDKs honour `Retry-After` and say `X-Retry-Count`.
fn settings(key: &str, protocol: &str, api_host: &str) -> Value {
    json!({
        "integrations": {"Segment.io": {
            "apiKey": key,
            "apiHost": api_host,
            "protocol": protocol,
            "unbundledIntegrations": [],
            "addBundledMetadata": true,
            "maybeBundledConfigIds": {},
            "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            "httpConfig": {"rateLimitConfig": {"enabled": true}, "backoffConfig": {"enabled": true}},
        }},
        "plan": {"track": {"__default": {"enabled": true, "integrations": {}}}},
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": false,
        "remotePlugins": [],
    })
}

/// What RudderStack's web SDK asks: a source without destinations of its own.
fn source_config(key: &str, site: &str) -> Value {
    let silent = json!({"enabled": false});
    json!({"source": {
        "id": site,
        "name": site,
        "writeKey": key,
        "enabled": true,
        "workspaceId": "orma",
        "config": {"statsCollection": {"errors": silent, "metrics": silent}},
        "destinations": [],
        "dataplanes": {},
    }})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_their_routes() {
        for name in ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch", "/v1/batch/"] {
            assert_eq!(Route::find(name), Some(Route::Messages("")), "{name}");
        }
        for (long, short) in TYPES {
            for name in [long, short] {
                assert_eq!(Route::find(&format!("/v1/{name}")), Some(Route::Messages(long)));
                assert_eq!(Route::find(&format!("/v1/{name}/")), Some(Route::Messages(long)));
                assert_eq!(Route::find(&format!("/v1/pixel/{name}")), Some(Route::Pixel(long)));
            }
        }
        for (path, type_name) in [("page", "page"), ("s2s/track", "track"), ("batch", ""), ("s2s/batch/", "")]
        {
            assert_eq!(Route::find(&format!("/api/s/{path}")), Some(Route::Messages(type_name)), "{path}");
        }
        assert_eq!(Route::find("/v1/projects/a%20b/settings"), Some(Route::Settings("a%20b")));
        assert_eq!(Route::find("/sourceConfig/"), Some(Route::SourceConfig));
        assert_eq!(Route::find("/v1/m"), Some(Route::SdkMetrics));
        for path in [
            "/v1/events",
            "/v1/",
            "/v1/x",
            "/v1/pixel/",
            "/v1/pixel/x",
            "/batch",
            "/v1/batch//",
            "/",
            "/api/s/",
            "/api/s/x",
            "/api/v1/sites",
        ] {
            assert_eq!(Route::find(path), None, "{path}");
        }
    }

    #[test]
    fn the_snippets_address_leads_to_the_script() {
        for path in ["demo/analytics.min.js", "a%20b/analytics.js", "demo/platform/analytics.min.js"] {
            assert_eq!(script(&format!("/analytics.js/v1/{path}")), Some(SCRIPT), "{path}");
        }
        for path in ["/analytics.min.js", "demo/other.js", "demo", "demo/x/analytics.min.js"] {
            assert_eq!(script(&format!("/analytics.js/v1/{path}")), None, "{path}");
        }
    }
}
