//! Who asks for a newsletter's addresses, and where they lead.

use std::borrow::Cow;
use std::net::IpAddr;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, HeaderValue, LOCATION};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use orma_store::NewsletterKey;
use orma_store::newsletter::{Act, Letter, Opened, TokenProblem};
use orma_store::registry::Snapshot;

use super::event::event;
use crate::enrich::landing::RECIPIENT_DAYS_MAX;
use crate::enrich::landing::parameter::{self, event_id};
use crate::enrich::mail::{Hit, Judgement};
use crate::http::connection::Connection;
use crate::http::headers::Headers;
use crate::http::response::{Body, other_method, with_type};
use crate::ingest::Ingest;
use crate::ingest::access::{Grant, Trust};
use crate::ingest::pending::PendingRequest;
use crate::ingest::rejected_request::RejectedRequest;
use crate::ingest::request::{RawRequest, RequestFacts};
use crate::protocol::{Protocol, response};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A signed request, as it was found.
struct Signed<'a> {
    token: &'a str,
    letter: Letter<'a>,
    key: &'a NewsletterKey,
    grant: Grant<'a>,
}

/// See the module.
#[derive(Debug)]
pub struct Newsletter;

impl Protocol for Newsletter {
    fn owns(&self, path: &str) -> bool {
        path.starts_with("/o/") || path.starts_with("/c/")
    }

    fn respond<'a>(
        &'a self,
        ingest: &'a Ingest,
        request: Request<Incoming>,
        connection: &'a Connection,
    ) -> BoxFuture<'a, Response<Body>> {
        Box::pin(async move {
            if !matches!(*request.method(), Method::GET | Method::HEAD) {
                // Other methods change nothing here, unsubscribe nobody, and are not for the dashboard to answer.
                return other_method("GET, HEAD", "a newsletter's addresses are asked for with GET");
            }
            let path = request.uri().path();
            let (token, is_open) = match path.strip_prefix("/o/") {
                Some(rest) => (rest.strip_suffix(".gif"), true),
                None => (path.strip_prefix("/c/"), false),
            };
            let pending = ingest.outcomes.receive(Timestamp::now().as_millisecond());
            let client = connection.client(request.headers());
            respond(ingest, pending, &request, client, token.unwrap_or_default(), is_open).await
        })
    }
}

async fn respond(
    ingest: &Ingest,
    pending: PendingRequest<'_>,
    request: &Request<Incoming>,
    address: IpAddr,
    token: &str,
    is_open: bool,
) -> Response<Body> {
    let registry = ingest.registry.snapshot();
    let opened = match Opened::decode(token) {
        Ok(opened) => opened,
        Err(problem) => return refuse_token(ingest, pending, &problem),
    };
    let (letter, key, grant) = match authorise(&opened, is_open, &registry) {
        Ok(authorised) => authorised,
        Err(problem) => return refuse_token(ingest, pending, &problem),
    };
    // Whoever asks for the headers only has not opened and not followed anything.
    if request.method() == Method::HEAD {
        pending.pass();
        return if is_open { response::pixel() } else { redirect(letter.target) };
    }
    let headers = &Headers::of_map(request.headers());
    let received_at = pending.received_at();
    let facts = RequestFacts::of(&RawRequest { query: "", headers, body: b"", address, received_at });
    let signed = Signed { token, letter, key, grant };
    let location = count(ingest, pending, &signed, request.headers(), facts).await;
    if is_open { response::pixel() } else { redirect(&location) }
}

/// The signature stands for write key, token and origin.
fn authorise<'a>(
    opened: &'a Opened,
    is_open: bool,
    registry: &'a Snapshot,
) -> Result<(Letter<'a>, &'a NewsletterKey, Grant<'a>), TokenProblem> {
    let (letter, key) = opened.verify(|id| registry.newsletter_keys.get(id))?;
    if is_open != (letter.act == Act::Open) {
        return Err(TokenProblem::Field("the token of another address"));
    }
    let site = registry.sites.get(&key.site).ok_or(TokenProblem::UnknownKey)?;
    Ok((letter, key, Grant { site, trust: Trust::Signature }))
}

/// Stores the event, or counts that it could not be stored. Returns where the link leads.
async fn count(
    ingest: &Ingest,
    pending: PendingRequest<'_>,
    signed: &Signed<'_>,
    headers: &HeaderMap,
    facts: RequestFacts<'_>,
) -> String {
    let Signed { token, letter, key, grant } = signed;
    let site = &*grant.site.site;
    let known = ingest.user_agents.facts(facts.user_agent, false);
    let judgement = ingest.mail.judge(&Hit {
        letter,
        site,
        address: facts.address,
        user_agent: facts.user_agent,
        bot: known.bot.as_ref(),
        in_advance: is_in_advance(headers),
        like_a_browser: is_like_a_browser(headers),
        received_at: facts.received_at,
    });
    let client = ingest.cookieless.visitor(facts.received_at, site, facts.address, facts.user_agent);
    let id = event_id(token, &client, facts.received_at);
    let location = location(letter, key, id, &judgement, facts.received_at);

    let mut batch = event(letter, id, client, facts.received_at);
    for event in &mut batch.events {
        // A proxy's address and device are not the reader's; a bot's mark would hide what is no bot.
        if judgement.is_the_readers() {
            event.behalf.address = Some(facts.address);
            event.behalf.user_agent = known.bot.is_none().then_some(Cow::Borrowed(facts.user_agent));
        }
        event.row.verdict = judgement.verdict.into();
        event.row.verdict_reason.clone_from(&judgement.reason);
    }
    if !ingest.rates.allows_address(facts.address) {
        pending.reject(site, RejectedRequest::TooFast.code());
    } else if ingest.commit(pending, ingest.enrich(*grant, batch, facts)).await.is_ok() {
        let kind = if letter.act == Act::Open { "open" } else { "click" };
        let counted = [kind, judgement.verdict];
        ingest.outcomes.metrics.newsletter_events.with_label_values(&counted).inc();
    }
    location
}

fn refuse_token(ingest: &Ingest, pending: PendingRequest<'_>, problem: &TokenProblem) -> Response<Body> {
    ingest.outcomes.metrics.newsletter_tokens_refused.with_label_values(&[problem.code()]).inc();
    pending.reject("", "newsletter_token");
    with_type(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        "This link is not valid, or no longer valid.\n",
    )
}

/// The target, with `orma_id` for whoever may be a person. The recipient is in it only for a while after the mail.
fn location(
    letter: &Letter<'_>,
    key: &NewsletterKey,
    click: uuid::Uuid,
    judgement: &Judgement,
    received_at: i64,
) -> String {
    if judgement.verdict == "machine" {
        return letter.target.to_owned();
    }
    let is_old = received_at - letter.sent_at * 1_000 > RECIPIENT_DAYS_MAX * DAY_MS;
    let told = if is_old { Letter { recipient: "", message: "", ..*letter } } else { *letter };
    match parameter::seal(key, click, &told) {
        Some(value) => parameter::with_parameter(letter.target, &value),
        None => letter.target.to_owned(),
    }
}

/// 302, so that the next click asks again.
fn redirect(target: &str) -> Response<Body> {
    let written = target.bytes().all(|byte| byte.is_ascii_graphic());
    // What is not ASCII is written as browsers would write it.
    let target =
        if written { Some(target.to_owned()) } else { url::Url::parse(target).ok().map(String::from) };
    let location = target.and_then(|target| HeaderValue::try_from(target).ok());
    let mut response = with_type(StatusCode::FOUND, "text/plain", "");
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match location {
        Some(location) => drop(response.headers_mut().insert(LOCATION, location)),
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// Browsers and mail programs that load pages before anybody asks for them say so.
fn is_in_advance(headers: &HeaderMap) -> bool {
    ["purpose", "sec-purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.contains("prefetch") || value.contains("preview")
    })
}

/// Every browser that goes to a page asks for HTML, in the reader's language.
fn is_like_a_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") || headers.contains_key(ACCEPT_LANGUAGE)
}
