//! Messages with events: who may send them, and how they are answered.

use std::borrow::Cow;
use std::net::IpAddr;

use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Response, StatusCode};
use orma_store::Role;
use orma_store::registry::Snapshot;
use serde_json::json;

use super::envelope::{Body as Envelope, basic_user, data_to_json, to_json};
use super::failure::refusal;
use super::{Sender, parameter};
use crate::http::response::{Body, json};
use crate::ingest::access::{Access, Denial, Grant, Trust};
use crate::ingest::commit::{Accepted, Prepared};
use crate::ingest::parse_error::ParseError;
use crate::ingest::pipeline::{Reading, Submission};
use crate::ingest::rejected_request::RejectedRequest;
use crate::ingest::request::{RawRequest, RequestFacts};
use crate::protocol::{body, response};

/// Messages, or the one in an image's address.
pub struct Messages<'a> {
    /// The type of those that name none.
    pub usual_type: &'static str,
    /// The request without its body.
    pub head: &'a Parts,
    /// The client's address.
    pub client: IpAddr,
    /// It is in the address of an image.
    pub image: bool,
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
        let mended;
        let mut messages = Envelope::read(&json, self.usual_type);
        if let Err(ParseError::NotJson { .. }) = messages
            && let Some(bytes) = body::mended(&json)
        {
            mended = to_json(&bytes).into_owned();
            messages = Envelope::read(&mended, self.usual_type);
        }
        let messages = messages.map_err(|error| Denial::of_nobody("", error.into()))?;
        let header_key = header_key(&self.head.headers);
        let secret = header_key.as_deref().or(access.facts.bearer);
        let key = messages.key(header_key.clone(), parameter(request.query, "writeKey"));
        let grant = authorise(access.registry, &key, secret)
            .map_err(|rejected| Denial::of_nobody(&key, access.ingest().unknown(&key, rejected)))?;
        let trusted = grant.trust.is_believed();
        access.limit(grant.site, if trusted { &grant.site.site } else { &key })?;
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

/// The key that a header names: Segment's SDKs as a user without a password, Jitsu's by a header of its own. These want
/// a key of two parts, with a colon between; a write key is the first.
pub fn header_key(headers: &HeaderMap) -> Option<Cow<'static, str>> {
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
