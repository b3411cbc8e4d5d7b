//! The steps from a request's first byte to its response, the same for every protocol.

use std::net::IpAddr;
use std::time::Duration;

use hyper::Response;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use jiff::Timestamp;

use super::Ingest;
use super::access::{Access, Denial, Grant};
use super::commit::{Accepted, Prepared};
use super::pending::PendingRequest;
use super::rejected_request::RejectedRequest;
use super::rejections::Sent;
use super::request::{RawRequest, RequestFacts};
use crate::event::ParsedBatch;
use crate::http::body;
use crate::http::connection::Connection;
use crate::http::handler::WholeRequest;
use crate::http::headers::{Header, Headers};
use crate::http::response::Body;

/// A request with a key or token that is not known waits so long until ClickHouse has been asked for it. Milliseconds.
const LOOK_MS_MAX: u64 = 3_000;

/// How a request's body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Not at all: the address says everything.
    Nothing,
    /// Inflated as its headers and its first bytes say.
    Encoded,
    /// Inflated when it begins like gzip, whatever its headers say.
    Sniffed,
}

/// A request with events, as its protocol takes it.
pub trait Submission: Sync {
    /// How its body is read.
    fn reading(&self) -> Reading;

    /// What the request says besides its events.
    fn facts<'a>(&self, request: &RawRequest<'a>) -> RequestFacts<'a>;

    /// Parses the request and finds out who may send it; all that needs no waiting.
    ///
    /// # Errors
    /// It cannot be read, or may not be sent.
    fn prepare(&self, request: &RawRequest<'_>, access: &Access<'_>) -> Result<Prepared, Denial>;

    /// The response.
    fn respond(&self, outcome: Result<&Accepted, &RejectedRequest>) -> Response<Body>;
}

impl Ingest {
    /// Takes a request through all of its steps.
    pub async fn receive(
        &self,
        submission: &impl Submission,
        head: &Parts,
        incoming: Incoming,
        connection: &Connection,
    ) -> Response<Body> {
        let mut pending = match self.admit(connection.client(&head.headers)) {
            Ok(pending) => pending,
            Err(rejected) => return submission.respond(Err(&rejected)),
        };
        let headers = &Headers::of_map(&head.headers);
        pending.ends_as(body::BodyError::Cut.code());
        let limits = &connection.worker().terms.limits;
        let read = match submission.reading() {
            Reading::Nothing => Ok(body::Received::nothing(connection)),
            Reading::Encoded => body::read(&head.headers, incoming, limits, connection).await,
            Reading::Sniffed => body::read_sniffed(incoming, limits, connection).await,
        };
        let body = match read {
            Ok(body) => body,
            Err(error) if submission.reading() == Reading::Encoded => {
                let sent =
                    Sent { origin: headers.get(Header::Origin), message: error.code(), ..Sent::default() };
                pending.reject_told("", error.code(), sent);
                return error.respond(connection);
            }
            Err(error) => {
                pending.reject("", error.code());
                return error.respond(connection);
            }
        };
        let request = RawRequest {
            query: head.uri.query().unwrap_or_default(),
            headers,
            body: &body.bytes,
            address: connection.client(&head.headers),
            received_at: pending.received_at(),
        };
        pending.ends_as(RejectedRequest::SitesUnknown.code());
        let prepared = self.when_looked_for(|| self.prepare(submission, &request)).await;
        let outcome = match prepared {
            Ok(prepared) => self.commit(pending, prepared).await,
            Err(denial) => Err(pending.deny(denial, submission.facts(&request).origin)),
        };
        submission.respond(outcome.as_ref())
    }

    /// The steps before the commit, of a request that came whole; `None` when it must wait until ClickHouse has been
    /// asked, and is to come again by [`Ingest::receive`].
    pub fn receive_whole(
        &self,
        submission: &impl Submission,
        request: &WholeRequest<'_>,
    ) -> Option<Result<(PendingRequest<'_>, Prepared), RejectedRequest>> {
        let pending = match self.admit(request.address) {
            Ok(pending) => pending,
            Err(rejected) => return Some(Err(rejected)),
        };
        let WholeRequest { query, headers, body, address } = *request;
        let request = RawRequest { query, headers, body, address, received_at: pending.received_at() };
        match self.prepare(submission, &request) {
            Ok(prepared) => Some(Ok((pending, prepared))),
            Err(Denial { reason: RejectedRequest::SitesUnknown, .. }) => {
                pending.pass();
                None
            }
            Err(denial) => Some(Err(pending.deny(denial, submission.facts(&request).origin))),
        }
    }

    /// Before anything of a request is read: is there room, and may this client send?
    ///
    /// # Errors
    /// There is not, or it may not; the request is then counted as rejected.
    pub fn admit(&self, address: IpAddr) -> Result<PendingRequest<'_>, RejectedRequest> {
        let pending = self.outcomes.receive(Timestamp::now().as_millisecond());
        let reason = if !self.rates.allows_address(address) {
            RejectedRequest::TooFast
        } else if let Err(reason) = self.spool.ready() {
            reason.into()
        } else {
            return Ok(pending);
        };
        pending.reject("", reason.code());
        Err(reason)
    }

    /// Parses, authorises and enriches.
    fn prepare(&self, submission: &impl Submission, request: &RawRequest<'_>) -> Result<Prepared, Denial> {
        let registry = self.registry.snapshot();
        submission.prepare(request, &Access::new(self, &registry, submission.facts(request)))
    }

    /// Enriches what a grant allows.
    ///
    /// # Errors
    /// An event is of a kind that only a server may send.
    pub fn take(
        &self,
        grant: Grant<'_>,
        batch: ParsedBatch<'_>,
        facts: RequestFacts<'_>,
    ) -> Result<Prepared, Denial> {
        if !grant.trust.is_believed()
            && let Some(event) = batch.events.iter().find(|event| event.server_only)
        {
            let reason =
                RejectedRequest::TokenNeeded { index: event.index, kind: event.row.kind.to_string() };
            return Err(Denial::of_site(grant.site, &batch.write_key, reason));
        }
        Ok(self.enrich(grant, batch, facts))
    }

    /// What `attempt` gives when ClickHouse has been asked for the request's key or token: one that is not known may have
    /// been made a moment ago, by another process. A client drops what is refused, and so a refusal must be true.
    ///
    /// # Errors
    /// Those of `attempt`; that the sites are unknown only after waiting.
    pub async fn when_looked_for<T>(&self, attempt: impl Fn() -> Result<T, Denial>) -> Result<T, Denial> {
        let deadline = tokio::time::Instant::now() + Duration::from_millis(LOOK_MS_MAX);
        loop {
            let read = self.registry.next_read();
            let denial = match attempt() {
                Err(denial)
                    if denial.reason == RejectedRequest::SitesUnknown && self.registry.is_confirmed() =>
                {
                    denial
                }
                ended => return ended,
            };
            if tokio::time::timeout_at(deadline, read).await.is_err() {
                return Err(Denial { site: String::new(), ..denial });
            }
        }
    }
}
