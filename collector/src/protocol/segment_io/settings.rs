//! What the SDKs ask before they send anything.

use std::net::IpAddr;

use hyper::header::{CACHE_CONTROL, HOST, HeaderName, HeaderValue, VARY};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::failure::{failure, refusal};
use super::parameter;
use super::submission::header_key;
use crate::http::proxy::{X_FORWARDED_HOST, X_FORWARDED_PROTO};
use crate::http::response::{Body, json, too_fast};
use crate::ingest::Ingest;
use crate::ingest::access::Denial;
use crate::ingest::rejected_request::RejectedRequest;

/// How long an SDK and the caches before it may keep the settings, in seconds.
const SETTINGS_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The same for the SDK alone.
const SETTINGS_CACHE_OF_ONE: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// Tells an SDK, once ClickHouse has been asked for a key that is not known.
pub async fn told(
    ingest: &Ingest,
    client: IpAddr,
    tell: impl Fn() -> Result<Response<Body>, RejectedRequest> + Send + Sync,
) -> Response<Body> {
    let answer = || {
        if !ingest.rates.allows_address(client) {
            ingest
                .outcomes
                .receive(Timestamp::now().as_millisecond())
                .reject("", RejectedRequest::TooFast.code());
            return Ok(too_fast());
        }
        tell().map_err(|rejected| Denial::of_nobody("", rejected))
    };
    match ingest.when_looked_for(answer).await {
        Ok(response) => response,
        Err(denial) => refusal(&denial.reason, StatusCode::NOT_FOUND),
    }
}

/// What web and mobile SDKs ask. `public_url` is where clients reach the collector, if it is configured.
pub fn settings(
    ingest: &Ingest,
    public_url: Option<&str>,
    key: &str,
    head: &Parts,
) -> Result<Response<Body>, RejectedRequest> {
    let key = percent_decode_str(key).decode_utf8_lossy();
    if ingest.registry.snapshot().site_of_key(&key).is_none() {
        return Err(ingest.unknown(&key, RejectedRequest::UnknownKey));
    }
    let Some((protocol, host)) = reached_at(public_url, head) else {
        return Ok(failure(StatusCode::BAD_REQUEST, "no_host", "the request names no host"));
    };
    let response = cacheable(&settings_of(&key, protocol, &format!("{host}/v1")));
    Ok(if public_url.is_some() { response } else { for_asker_alone(response) })
}

/// Scheme and host, with a path before `/v1` if there is one: as configured, or as the client reached us.
fn reached_at<'a>(public_url: Option<&'a str>, head: &'a Parts) -> Option<(&'a str, &'a str)> {
    if let Some(url) = public_url {
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

/// What RudderStack's web SDK asks.
pub fn source_config(ingest: &Ingest, head: &Parts) -> Result<Response<Body>, RejectedRequest> {
    let query = head.uri.query().unwrap_or_default();
    let key = header_key(&head.headers).or_else(|| parameter(query, "writeKey")).unwrap_or_default();
    match ingest.registry.snapshot().site_of_key(&key) {
        Some(site) => Ok(cacheable(&source_config_of(&key, &site.site))),
        None => Err(ingest.unknown(&key, RejectedRequest::UnknownKey)),
    }
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
fn settings_of(key: &str, protocol: &str, api_host: &str) -> Value {
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
fn source_config_of(key: &str, site: &str) -> Value {
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
