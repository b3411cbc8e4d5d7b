//! The pixel: `GET /p.gif`, for pages and mails without scripts.
//!
//! The event is in the query, its write key too; the response is an image, whatever became of the event's fields.

pub mod parse;

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::{Method, Request, Response};

pub use self::parse::parse;
use super::{Protocol, native, response};
use crate::http::connection::Connection;
use crate::http::headers::{Header, Headers};
use crate::http::response::{Body, other_method, preflight};
use crate::ingest::Ingest;
use crate::ingest::access::{Access, Denial};
use crate::ingest::commit::{Accepted, Prepared};
use crate::ingest::pipeline::{Reading, Submission};
use crate::ingest::rejected_request::RejectedRequest;
use crate::ingest::request::{RawRequest, RequestFacts};

/// Its only address.
pub const PATH: &str = "/p.gif";

/// See the module.
#[derive(Debug)]
pub struct Pixel;

impl Protocol for Pixel {
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
                Method::GET => ingest.receive(self, &head, incoming, connection).await,
                // Whoever asks for the headers only has not opened anything.
                Method::HEAD => match ingest.admit(connection.client(&head.headers)) {
                    Ok(pending) => {
                        pending.pass();
                        response::pixel()
                    }
                    Err(rejected) => response::rejected(&rejected),
                },
                Method::OPTIONS => preflight(&head.headers),
                _ => other_method("GET, HEAD", "only GET is answered here"),
            }
        })
    }
}

impl Submission for Pixel {
    fn reading(&self) -> Reading {
        Reading::Nothing
    }

    fn facts<'a>(&self, request: &RawRequest<'a>) -> RequestFacts<'a> {
        RequestFacts::of_image(request)
    }

    fn prepare(&self, request: &RawRequest<'_>, access: &Access<'_>) -> Result<Prepared, Denial> {
        native::take(parse(&complete_query(request.query, request.headers)), access)
    }

    fn respond(&self, outcome: Result<&Accepted, &RejectedRequest>) -> Response<Body> {
        outcome.map_or_else(response::rejected, |_| response::pixel())
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
