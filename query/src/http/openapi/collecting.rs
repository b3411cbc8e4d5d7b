//! The collector's addresses, for the document alone: the protocols of the collector answer them, and
//! `tests/clients/api.test.mjs` holds what is said here against what it answers.

#![allow(dead_code, reason = "what is described here is answered by the collector")]

use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::error::ErrorBody;

/// Events of a page, an app or a server. What stands outside the events holds for each of them, unless it says otherwise.
#[derive(ToSchema)]
pub struct CollectRequest {
    /// The write key.
    #[schema(example = "demo", min_length = 1)]
    site: String,
    /// A stable id of the browser or device. Without one, and without a user, visitors are told apart by a hash that
    /// holds for a day.
    #[schema(example = "any-stable-id")]
    visitor: Option<String>,
    /// The id of a person who is known.
    #[schema(example = "mario@example.it")]
    user: Option<String>,
    /// The session, where the client cuts them.
    session: Option<String>,
    /// When this try of the request was sent, by the client's clock: RFC 3339 or milliseconds since the epoch.
    #[schema(value_type = Option<Value>)]
    sent_at: Option<Value>,
    /// At most 1,000, each of at most 32 KiB.
    events: Vec<CollectedEvent>,
}

/// An event. One that is wrong is refused by itself, and named in the answer; a field that is not named here is a prop.
#[derive(ToSchema)]
#[schema(example = json!({"kind": "page_view", "url": "https://shop.example/scarpe", "title": "Scarpe"}))]
pub struct CollectedEvent {
    /// `page_view`, `order`, `custom`, … .
    #[schema(value_type = Option<Value>)]
    kind: Option<Value>,
    /// Its id: an event that comes twice counts once.
    #[schema(value_type = Option<Value>)]
    id: Option<Value>,
    /// When it happened: RFC 3339 or milliseconds since the epoch.
    #[schema(value_type = Option<Value>)]
    ts: Option<Value>,
    /// Of a page: its address.
    #[schema(value_type = Option<Value>)]
    url: Option<Value>,
    /// Of a custom event: its name.
    #[schema(value_type = Option<Value>)]
    name: Option<Value>,
    /// Of an order: `{"amount": "12.90", "currency": "EUR"}`.
    #[schema(value_type = Option<Value>)]
    revenue: Option<Value>,
    /// Everything else that is to be kept.
    #[schema(value_type = Option<Value>)]
    props: Option<Value>,
}

/// What became of the events. They are on the disk.
#[derive(ToSchema)]
pub struct Collected {
    /// How many were taken.
    accepted: i64,
    /// Those that were not.
    rejected: Vec<CollectRefusal>,
}

/// An event that was refused, and is kept with its reason.
#[derive(ToSchema)]
pub struct CollectRefusal {
    /// Its place in the request.
    index: i64,
    /// Stable, for programs.
    reason: String,
    /// For people.
    message: String,
}

/// What Segment's SDKs and its HTTP API send: one message, or `{"batch": […]}` of up to 2,500. See docs/segment.md.
#[derive(ToSchema)]
#[schema(example = json!({"type": "track", "event": "Order Completed", "userId": "u1", "writeKey": "demo"}))]
pub struct SegmentMessage {
    /// The write key, where no header names it.
    #[serde(rename = "writeKey")]
    #[schema(value_type = Option<Value>)]
    write_key: Option<Value>,
}

/// What became of the messages.
#[derive(ToSchema)]
pub struct SegmentTaken {
    /// Whether they were read. Each one that was refused is named in `rejected`.
    success: bool,
    /// Those that were refused.
    #[schema(required = false)]
    rejected: Option<Vec<CollectRefusal>>,
}

/// Why nothing was taken.
#[derive(ToSchema)]
pub struct SegmentFailure {
    /// False.
    success: Option<bool>,
    /// Stable, for programs.
    code: Option<String>,
    /// For people.
    message: Option<String>,
}

/// The pixel's parameters: an event's fields by their names. One that is not known becomes a prop.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PixelParams {
    /// The write key.
    #[param(example = "demo", min_length = 1)]
    site: String,
    /// `page_view` when absent.
    kind: Option<String>,
    /// The page; the request's `Referer` when absent.
    url: Option<String>,
}

/// Takes events.
#[utoipa::path(post, path = "/v1/events", tag = "collecting", request_body = CollectRequest, security((), ("ingest" = [])),
    responses(
        (status = 200, description = "The events that were taken are on the disk; those that were refused are named", body = Collected),
        (status = 400, description = "The body cannot be read as a whole", body = ErrorBody),
        (status = 401, description = "The key is not known, or the token", body = ErrorBody),
        (status = 403, description = "The page's origin is not among the site's", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: there is no room, or the key could not be looked for yet", body = ErrorBody)))]
fn events() {}

/// Takes an event in the address of an image, for pages and mails without scripts.
#[utoipa::path(get, path = "/p.gif", tag = "collecting", params(PixelParams), security(()),
    responses(
        (status = 200, description = "A transparent pixel", content_type = "image/gif"),
        (status = 400, description = "It names no site", body = ErrorBody),
        (status = 401, description = "The key is not known", body = ErrorBody),
        (status = 403, description = "The page is not of one of the site's origins", body = ErrorBody),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: there is no room, or the key could not be looked for yet", body = ErrorBody)))]
fn pixel() {}

/// The pixel of a newsletter. Made by `POST /api/v1/sites/{site}/newsletters/links`, or with the site's secret.
#[utoipa::path(get, path = "/o/{token}", tag = "collecting", security(()),
    params(("token" = String, Path, description = "Who got which mail, signed", example = "not-signed")),
    responses(
        (status = 200, description = "A transparent pixel", content_type = "image/gif"),
        (status = 404, description = "It was not signed here, or has been withdrawn"),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: there is no room", body = ErrorBody)))]
fn open() {}

/// A link of a newsletter.
#[utoipa::path(get, path = "/c/{token}", tag = "collecting", security(()),
    params(("token" = String, Path, description = "Who was sent where, signed", example = "not-signed")),
    responses(
        (status = 302, description = "To where the link leads"),
        (status = 404, description = "It was not signed here, or has been withdrawn"),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: there is no room", body = ErrorBody)))]
fn click() {}

/// Takes messages of Segment's, RudderStack's and like SDKs. The key is in `Authorization: Basic`, or in the body.
#[utoipa::path(post, path = "/v1/{type}", tag = "collecting", request_body = SegmentMessage, security((), ("write_key" = [])),
    params(("type" = SegmentType, Path, description = "What is sent; a single message's type")),
    responses(
        (status = 200, description = "Taken; what was refused is named", body = SegmentTaken),
        (status = 400, description = "The body cannot be read, or the key is not known", body = SegmentFailure),
        (status = 403, description = "The page's origin is not among the site's", body = ErrorBody),
        (status = 404, description = "There is no such type", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 413, description = "The body is too large", body = SegmentFailure),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: there is no room, or the key could not be looked for yet", body = ErrorBody)))]
fn segment() {}

/// The addresses of Segment's SDKs.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum SegmentType {
    /// Many messages.
    Batch,
    /// The same, as apps call it.
    B,
    /// The same, as imports call it.
    Import,
    /// An event by its name.
    Track,
    /// A page.
    Page,
    /// A screen.
    Screen,
    /// A person's id and traits.
    Identify,
    /// A group.
    Group,
    /// A person's other id.
    Alias,
}

/// What Segment's SDKs ask before they send anything.
#[utoipa::path(get, path = "/v1/projects/{write_key}/settings", tag = "collecting", security(()),
    params(("write_key" = String, Path, description = "The write key", example = "demo")),
    responses(
        (status = 200, description = "Where to send", body = Value),
        (status = 400, description = "The request names no host", body = SegmentFailure),
        (status = 404, description = "The key is not known", body = SegmentFailure),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Later: the key could not be looked for yet", body = ErrorBody)))]
fn settings() {}

/// The browser's SDK.
#[utoipa::path(get, path = "/orma.js", tag = "collecting", security(()),
    responses((status = 200, description = "The script", body = String, content_type = "text/javascript")))]
fn script() {}
