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

use std::net::IpAddr;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use super::failure::failure;
use super::settings::{settings, source_config, told};
use super::submission::Messages;
use crate::http::body;
use crate::http::connection::Connection;
use crate::http::response::{Body, json, preflight, too_fast};
use crate::ingest::Ingest;
use crate::ingest::rejected_request::RejectedRequest;
use crate::protocol::{Protocol, response};

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
                    let public_url = self.public_url.as_deref();
                    told(ingest, client, || settings(ingest, public_url, key, &head)).await
                }
                (&Method::GET | &Method::HEAD, Route::SourceConfig) => {
                    told(ingest, client, || source_config(ingest, &head)).await
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

fn other_method(route: Route<'_>) -> Response<Body> {
    let (method, allowed) =
        if route.is_posted() { ("POST", "POST, OPTIONS") } else { ("GET", "GET, HEAD, OPTIONS") };
    let message = format!("only {method} is answered here");
    let mut response = failure(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
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
