//! `GET /o/{token}.gif` and `GET /c/{token}`: a newsletter's pixel and links.
//!
//! The reader comes first: a picture is shown and a link leads on whatever becomes of the event. What could not be
//! taken is counted as refused. Only the signature decides where a link leads: a token that was not signed leads nowhere.

use std::borrow::Cow;
use std::net::IpAddr;

use hyper::body::Incoming;
use hyper::header::{ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, HeaderValue, LOCATION};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use orma_store::newsletter::{Act, Letter, Opened, TokenProblem};
use orma_store::{NewsletterKey, Site};

use crate::protocol::routes::Routes;
use crate::http::response::{self, Body};
use crate::http::headers::Headers;
use crate::protocol::routes::request_facts;
use crate::enrich::landing::RECIPIENT_DAYS_MAX;
use crate::enrich::mail::{Hit, Judgement};
use crate::ingest::RequestFacts;
use super::event::event;
use crate::enrich::landing::parameter::{self as landing, event_id};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A signed request, as it was found.
struct Signed<'a> {
    token: &'a str,
    letter: Letter<'a>,
    key: &'a NewsletterKey,
    site: &'a Site,
}

impl Routes {
    /// The pixel of a mail.
    pub(in crate::protocol) async fn get_open(&self, request: &Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let token = request.uri().path().strip_prefix("/o/").and_then(|rest| rest.strip_suffix(".gif"));
        self.answer_signed(request, peer, token.unwrap_or_default(), true).await
    }

    /// A link of a mail.
    pub(in crate::protocol) async fn get_click(&self, request: &Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let token = request.uri().path().strip_prefix("/c/");
        self.answer_signed(request, peer, token.unwrap_or_default(), false).await
    }

    /// Other methods change nothing here, unsubscribe nobody, and are not for the dashboard to answer.
    pub(in crate::protocol) fn refuse_method() -> Response<Body> {
        response::other_method("GET, HEAD", "a newsletter's addresses are asked for with GET")
    }

    async fn answer_signed(
        &self,
        request: &Request<Incoming>,
        peer: IpAddr,
        token: &str,
        is_open: bool,
    ) -> Response<Body> {
        let received_at = Timestamp::now().as_millisecond();
        let registry = self.ingest.registry.snapshot();
        let opened = match Opened::decode(token) {
            Ok(opened) => opened,
            Err(problem) => return self.refuse_token(problem, received_at),
        };
        let (letter, key) = match opened.verify(|id| registry.newsletter_keys.get(id)) {
            Ok((letter, key)) if is_open == (letter.act == Act::Open) => (letter, key),
            Ok(_) => {
                return self.refuse_token(TokenProblem::Field("the token of another address"), received_at);
            }
            Err(problem) => return self.refuse_token(problem, received_at),
        };
        let Some(site) = registry.sites.get(&key.site) else {
            return self.refuse_token(TokenProblem::UnknownKey, received_at);
        };
        let signed = Signed { token, letter, key, site };
        // Whoever asks for the headers only has not opened and not followed anything.
        if request.method() == Method::HEAD {
            return if is_open { response::pixel() } else { redirect(signed.letter.target) };
        }
        let facts = request_facts(&Headers::of_map(request.headers()), peer, received_at);
        let location = self.count(&signed, request.headers(), facts).await;
        if is_open { response::pixel() } else { redirect(&location) }
    }

    /// Stores the event, or counts that it could not be stored. Returns where the link leads.
    async fn count(&self, signed: &Signed<'_>, headers: &HeaderMap, facts: RequestFacts<'_>) -> String {
        let ingest = &self.ingest;
        let Signed { token, letter, key, site } = signed;
        let known = ingest.user_agents.facts(facts.user_agent, false);
        let judgement = ingest.mail.judge(&Hit {
            letter,
            site: &site.site,
            address: facts.address,
            user_agent: facts.user_agent,
            bot: known.bot.as_ref(),
            in_advance: is_in_advance(headers),
            like_a_browser: is_like_a_browser(headers),
            received_at: facts.received_at,
        });
        let client =
            ingest.cookieless.visitor(facts.received_at, &site.site, facts.address, facts.user_agent);
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
        if !self.rates.allows_address(facts.address) {
            ingest.count_refused(&site.site, facts.received_at, "rate_limited");
        } else if ingest.commit(ingest.prepare_signed(site, batch, facts)).await.is_ok() {
            let kind = if letter.act == Act::Open { "open" } else { "click" };
            ingest.metrics.newsletter_events.with_label_values(&[kind, judgement.verdict]).inc();
        }
        location
    }

    fn refuse_token(&self, problem: TokenProblem, received_at: i64) -> Response<Body> {
        self.ingest.metrics.newsletter_tokens_refused.with_label_values(&[problem.code()]).inc();
        self.ingest.count_refused("", received_at, "newsletter_token");
        response::with_type(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "This link is not valid, or no longer valid.\n",
        )
    }
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
    match landing::seal(key, click, &told) {
        Some(value) => landing::with_parameter(letter.target, &value),
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
    let mut response = response::with_type(StatusCode::FOUND, "text/plain", "");
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
