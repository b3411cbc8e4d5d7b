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

use std::borrow::Cow;
use std::net::IpAddr;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, HOST, HeaderName, HeaderValue, VARY};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use orma_store::Role;
use orma_store::sites::Snapshot;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::envelope::{Body as Envelope, basic_user, data_to_json, to_json};
use super::{Sender, parameter};
use crate::http::body;
use crate::http::connection::Connection;
use crate::http::proxy::{X_FORWARDED_HOST, X_FORWARDED_PROTO};
use crate::http::response::{Body, json, preflight, too_fast};
use crate::ingest::Ingest;
use crate::ingest::access::{Access, Denial, Grant, Trust};
use crate::ingest::commit::{Accepted, Prepared};
use crate::ingest::pipeline::{Reading, Submission};
use crate::ingest::rejected_request::RejectedRequest;
use crate::ingest::request::{RawRequest, RequestFacts};
use crate::protocol::{Protocol, response};

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

/// See the module.
#[derive(Debug)]
pub struct SegmentIo {
    /// Where clients reach the collector, when it is not where they say themselves: `https://host[/path]`.
    pub public_url: Option<String>,
}

impl Protocol for SegmentIo {
    fn owns(&self, path: &str) -> bool {
        Route::find(path).is_some()
    }

    fn respond<'a>(
        &'a self,
        ingest: &'a Ingest,
        mut request: Request<Incoming>,
        connection: &'a Connection,
    ) -> BoxFuture<'a, Response<Body>> {
        Box::pin(async move {
            let client = connection.client(request.headers());
            if matches!(Route::find(request.uri().path()), Some(Route::Settings(_))) {
                // They repeat the address that was asked for.
                connection.worker().terms.proxies.vouch(&mut request, connection.peer());
            }
            let (head, incoming) = request.into_parts();
            let Some(route) = Route::find(head.uri.path()) else {
                return failure(StatusCode::NOT_FOUND, "not_found", "nothing is served here");
            };
            match (&head.method, route) {
                (&Method::OPTIONS, _) => preflight(&head.headers),
                (&Method::POST, Route::Messages(usual_type)) => {
                    let messages = Messages { usual_type, head: &head, client, image: false };
                    ingest.receive(&messages, &head, incoming, connection).await
                }
                (&Method::GET, Route::Pixel(usual_type)) => {
                    let messages = Messages { usual_type, head: &head, client, image: true };
                    ingest.receive(&messages, &head, incoming, connection).await
                }
                (&Method::HEAD, Route::Pixel(_)) => response::pixel(),
                (&Method::POST, Route::SdkMetrics) => discard(ingest, incoming, client, connection).await,
                (&Method::GET | &Method::HEAD, Route::Settings(key)) => {
                    told(ingest, client, || self.settings(ingest, key, &head)).await
                }
                (&Method::GET | &Method::HEAD, Route::SourceConfig) => {
                    told(ingest, client, || source_config_of(ingest, &head)).await
                }
                _ => other_method(route),
            }
        })
    }

    /// The address of the script that a page with Segment's snippet asks for has its write key in it: one for all keys.
    fn script(&self, path: &str) -> Option<&'static str> {
        script(path)
    }
}

/// Messages, or the one in an image's address.
struct Messages<'a> {
    /// The type of those that name none.
    usual_type: &'static str,
    head: &'a Parts,
    client: IpAddr,
    image: bool,
}

impl Submission for Messages<'_> {
    fn reading(&self) -> Reading {
        if self.image { Reading::Nothing } else { Reading::Sniffed }
    }

    fn facts<'a>(&self, request: &RawRequest<'a>) -> RequestFacts<'a> {
        if self.image { RequestFacts::of_image(request) } else { RequestFacts::of(request) }
    }

    fn prepare(&self, request: &RawRequest<'_>, access: &Access<'_>) -> Result<Prepared, Denial> {
        let json = if self.image {
            Cow::Owned(data_to_json(&parameter(request.query, "data").unwrap_or_default()))
        } else {
            to_json(request.body)
        };
        let messages = Envelope::read(&json, self.usual_type);
        let messages = messages.map_err(|error| Denial::of_nobody("", error.into()))?;
        let header_key = header_key(&self.head.headers);
        let secret = header_key.as_deref().or(access.facts.bearer);
        let key = messages.key(header_key.clone(), parameter(request.query, "writeKey"));
        let grant = authorise(access.registry, &key, secret)
            .map_err(|rejected| Denial::of_nobody(&key, access.ingest().unknown(&key, rejected)))?;
        let trusted = grant.trust.is_believed();
        access.limit(grant.site, if trusted { &*grant.site.site } else { &*key })?;
        let sent_at = self.head.headers.get("sentat").and_then(|value| value.to_str().ok());
        let sender = Sender {
            address: self.client,
            user_agent: access.facts.user_agent,
            from_page: self.image || access.facts.origin.is_some(),
            sent_at: sent_at.unwrap_or_default(),
            trusted,
            currency: &grant.site.currency,
        };
        let batch = messages.events(Cow::Borrowed(&*key), &sender);
        access.check_origin(grant.site, &key)?;
        access.ingest().take(grant, batch, access.facts)
    }

    /// What was refused is told, although no SDK reads it.
    fn respond(&self, outcome: Result<&Accepted, &RejectedRequest>) -> Response<Body> {
        match outcome {
            Ok(_) if self.image => response::pixel(),
            Ok(accepted) => {
                let mut value = json!({"success": true});
                if !accepted.refused.is_empty() {
                    value["rejected"] = response::rejected_events(&accepted.refused);
                }
                json(StatusCode::OK, &value)
            }
            Err(rejected) => refusal(rejected, StatusCode::BAD_REQUEST),
        }
    }
}

/// Reads the SDKs' numbers of themselves, and forgets them.
async fn discard(
    ingest: &Ingest,
    incoming: Incoming,
    client: IpAddr,
    connection: &Connection,
) -> Response<Body> {
    let pending = ingest.outcomes.receive(Timestamp::now().as_millisecond());
    if !ingest.rates.allows_address(client) {
        pending.reject("", RejectedRequest::TooFast.code());
        return too_fast();
    }
    match body::read_sniffed(incoming, &connection.worker().terms.limits, connection).await {
        Ok(_) => {
            pending.pass();
            json(StatusCode::OK, &json!({"success": true}))
        }
        Err(error) => {
            pending.reject("", error.code());
            error.respond(connection)
        }
    }
}

/// What an SDK asks before it sends anything.
async fn told(
    ingest: &Ingest,
    client: IpAddr,
    tell: impl Fn() -> Result<Response<Body>, RejectedRequest> + Send + Sync,
) -> Response<Body> {
    let answer = || {
        if !ingest.rates.allows_address(client) {
            ingest.outcomes.receive(Timestamp::now().as_millisecond()).reject("", RejectedRequest::TooFast.code());
            return Ok(too_fast());
        }
        tell().map_err(|rejected| Denial::of_nobody("", rejected))
    };
    match ingest.when_looked_for(answer).await {
        Ok(response) => response,
        Err(denial) => refusal(&denial.reason, StatusCode::NOT_FOUND),
    }
}

impl SegmentIo {
    fn settings(&self, ingest: &Ingest, key: &str, head: &Parts) -> Result<Response<Body>, RejectedRequest> {
        let key = percent_decode_str(key).decode_utf8_lossy();
        if ingest.registry.snapshot().site_of_key(&key).is_none() {
            return Err(ingest.unknown(&key, RejectedRequest::UnknownKey));
        }
        let Some((protocol, host)) = self.reached_at(head) else {
            return Ok(failure(StatusCode::BAD_REQUEST, "no_host", "the request names no host"));
        };
        let response = cacheable(&settings(&key, protocol, &format!("{host}/v1")));
        Ok(if self.public_url.is_some() { response } else { for_asker_alone(response) })
    }

    /// Scheme and host, with a path before `/v1` if there is one: as configured, or as the client reached us.
    fn reached_at<'a>(&'a self, head: &'a Parts) -> Option<(&'a str, &'a str)> {
        if let Some(url) = &self.public_url {
            return url.split_once("://");
        }
        let header = |name: &HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let host = header(&X_FORWARDED_HOST).or_else(|| header(&HOST))?;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_host) {
            return None;
        }
        Some((header(&X_FORWARDED_PROTO).unwrap_or("http"), host))
    }
}

fn source_config_of(ingest: &Ingest, head: &Parts) -> Result<Response<Body>, RejectedRequest> {
    let query = head.uri.query().unwrap_or_default();
    let key = header_key(&head.headers).or_else(|| parameter(query, "writeKey")).unwrap_or_default();
    match ingest.registry.snapshot().site_of_key(&key) {
        Some(site) => Ok(cacheable(&source_config(&key, &site.site))),
        None => Err(ingest.unknown(&key, RejectedRequest::UnknownKey)),
    }
}

/// The key that a header names: Segment's SDKs as a user without a password, Jitsu's by a header of its own. These want
/// a key of two parts, with a colon between; a write key is the first.
fn header_key(headers: &HeaderMap) -> Option<Cow<'static, str>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let user = text(AUTHORIZATION.as_str()).and_then(basic_user);
    user.or_else(|| text("x-write-key").and_then(|key| Some(key.split(':').next()?.trim().to_owned())))
        .map(Cow::Owned)
}

/// The site of a request, and how far its word is taken. `key` is the write key, wherever it was found; `secret` is what
/// the header says. An ingest token counts in the header alone, where no body that is kept can repeat it: as Bearer
/// beside a write key, or, since these SDKs know nothing else, in the write key's place.
fn authorise<'r>(
    registry: &'r Snapshot,
    key: &str,
    secret: Option<&str>,
) -> Result<Grant<'r>, RejectedRequest> {
    let token = secret.and_then(|secret| registry.token_of_secret(secret));
    let token_site = match token {
        Some(token) if matches!(token.role, Role::Ingest | Role::Admin) => Some(token.site.as_str()),
        Some(_) => return Err(RejectedRequest::TokenRefused),
        None => None,
    };
    match (registry.site_of_key(key), token_site) {
        (Some(site), None) => Ok(Grant { site, trust: Trust::WriteKeyOnBehalf }),
        (Some(site), Some(own)) if own.is_empty() || own == site.site => {
            Ok(Grant { site, trust: Trust::IngestToken })
        }
        (Some(_), Some(_)) => Err(RejectedRequest::TokenRefused),
        // A token of all sites does not say which.
        (None, own) => {
            let site = own.and_then(|own| registry.sites.get(own)).ok_or(RejectedRequest::UnknownKey)?;
            Ok(Grant { site, trust: Trust::IngestToken })
        }
    }
}

/// The response to a request refused as a whole; `unknown`: that to a key or token which is not known.
fn refusal(rejected: &RejectedRequest, unknown: StatusCode) -> Response<Body> {
    let status = match rejected {
        RejectedRequest::Unreadable(error) => response::status_of(error),
        RejectedRequest::UnknownKey | RejectedRequest::TokenRefused => unknown,
        _ => return response::rejected(rejected),
    };
    failure(status, rejected.code(), &rejected.to_string())
}

fn other_method(route: Route<'_>) -> Response<Body> {
    let (method, allowed) =
        if route.is_posted() { ("POST", "POST, OPTIONS") } else { ("GET", "GET, HEAD, OPTIONS") };
    let message = format!("only {method} is answered here");
    let mut response = failure(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    json(status, &json!({"success": false, "code": code, "message": message}))
}

fn cacheable(value: &Value) -> Response<Body> {
    let mut response = json(StatusCode::OK, value);
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
