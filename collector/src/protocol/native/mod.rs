//! The collector's own protocol: `POST /v1/events`.
//!
//! A write key in the body, or beside it an ingest token in `Authorization`; JSON that says of each event whether it was
//! taken.

pub mod parse;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;

pub use self::parse::parse;
use super::{Protocol, body, response};
use crate::event::ParsedBatch;
use crate::http::connection::Connection;
use crate::http::response::{Body, json, other_method, preflight, with_type};
use crate::ingest::Ingest;
use crate::ingest::access::{Access, Denial, Grant};
use crate::ingest::commit::{Accepted, Prepared};
use crate::ingest::parse_error::ParseError;
use crate::ingest::pipeline::{Reading, Submission};
use crate::ingest::rejected_request::RejectedRequest;
use crate::ingest::request::{RawRequest, RequestFacts};

/// Its only address.
pub const PATH: &str = "/v1/events";

/// See the module.
#[derive(Debug)]
pub struct Native;

impl Protocol for Native {
    fn owns(&self, path: &str) -> bool {
        path == PATH
    }

    fn respond<'a>(
        &'a self,
        ingest: &'a Ingest,
        request: Request<Incoming>,
        connection: &'a Connection,
    ) -> BoxFuture<'a, Response<Body>> {
        Box::pin(async move {
            let (head, incoming) = request.into_parts();
            match head.method {
                Method::POST => ingest.receive(self, &head, incoming, connection).await,
                Method::OPTIONS => preflight(&head.headers),
                _ => other_method("POST, OPTIONS", "events are sent with POST"),
            }
        })
    }
}

impl Submission for Native {
    fn reading(&self) -> Reading {
        Reading::Encoded
    }

    fn facts<'a>(&self, request: &RawRequest<'a>) -> RequestFacts<'a> {
        RequestFacts::of(request)
    }

    fn prepare(&self, request: &RawRequest<'_>, access: &Access<'_>) -> Result<Prepared, Denial> {
        let parsed = parse(request.body);
        if let Err(ParseError::NotJson { .. }) = parsed
            && let Some(mended) = body::mended(request.body)
        {
            return take(parse(&mended), access);
        }
        take(parsed, access)
    }

    fn respond(&self, outcome: Result<&Accepted, &RejectedRequest>) -> Response<Body> {
        match outcome.map(|accepted| (all_accepted(accepted), accepted)) {
            Ok((Some(body), _)) => with_type(StatusCode::OK, "application/json", body),
            Ok((None, Accepted { accepted, refused })) => {
                let rejected = response::rejected_events(refused);
                json(StatusCode::OK, &json!({"accepted": accepted, "rejected": rejected}))
            }
            Err(rejected) => response::rejected(rejected),
        }
    }
}

/// Events that come with a write key, and perhaps with an ingest token.
///
/// # Errors
/// The body cannot be read, or its sender may not send.
pub fn take(parsed: Result<ParsedBatch<'_>, ParseError>, access: &Access<'_>) -> Result<Prepared, Denial> {
    let batch = parsed.map_err(|error| Denial::of_nobody("", error.into()))?;
    let key = &*batch.write_key;
    let site = access.site_of_key(key)?;
    access.limit(site, key)?;
    access.check_origin(site, key)?;
    let trust = access.check_bearer(site, key)?;
    access.ingest().take(Grant { site, trust }, batch, access.facts)
}

/// The response's text when all events were taken.
pub fn all_accepted(accepted: &Accepted) -> Option<Bytes> {
    if !accepted.refused.is_empty() {
        return None;
    }
    Some(match accepted.accepted {
        1 => Bytes::from_static(b"{\"accepted\":1,\"rejected\":[]}"),
        events => format!("{{\"accepted\":{events},\"rejected\":[]}}").into(),
    })
}
