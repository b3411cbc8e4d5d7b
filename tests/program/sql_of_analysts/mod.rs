//! SQL of analysts against the real engine: what it may not do, whether it agrees with the other answers, and whether the
//! documents are right.

mod agreement;
mod answers;
mod attacks;
mod document;
mod limits;
mod other_sites;
mod server;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::query_api::{ANALYST, Service, at, event, view};

/// An answer that may be no text.
struct Told {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Told {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Status and code of a refusal.
    fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }
}

async fn send(service: &Service, request: Request<Body>) -> Told {
    let (parts, body) = service.send(request).await.into_parts();
    // An answer that ends early is what came of it.
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Told { status: parts.status, headers: parts.headers, bytes }
}

/// A statement of the analyst of the site `demo`.
async fn ask(service: &Service, query: &str) -> Told {
    ask_with(service, json!({ "query": query })).await
}

async fn ask_with(service: &Service, body: Value) -> Told {
    ask_as(service, "demo", ANALYST, body).await
}

async fn ask_as(service: &Service, site: &str, token: &str, body: Value) -> Told {
    let request = Request::post(format!("/api/v1/sites/{site}/sql"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()));
    send(service, request.unwrap()).await
}

/// The rows of a statement that must be answered.
async fn rows(service: &Service, query: &str) -> Vec<Value> {
    let told = ask(service, query).await;
    assert_eq!(told.status, StatusCode::OK, "{query}: {}", told.text());
    told.json()["data"].as_array().unwrap().clone()
}

/// The only value of a statement that must be answered.
async fn value(service: &Service, query: &str) -> Value {
    let rows = rows(service, query).await;
    assert_eq!(rows.len(), 1, "{query}: {rows:?}");
    rows[0].as_object().unwrap().values().next().unwrap().clone()
}

fn with_user<'a>(user: &'a str, row: EventRow<'a>) -> EventRow<'a> {
    EventRow { user: user.into(), ..row }
}

const MINUTE: i64 = 60_000;

/// A shop with people who sign in, share a device, have an alias, buy and take back; with a bot, and with an event that came
/// twice. Beside it another site, all of whose texts hold the word `secret`.
async fn insert_two_sites(service: &Service) {
    let one = at("2026-11-01T22:30:00Z");
    let two = at("2026-11-02T10:00:00Z");
    let order = |amount: i64, row: EventRow<'static>| EventRow {
        revenue: amount * 10_000,
        currency: "EUR".into(),
        ..row
    };
    let campaign = EventRow {
        utm_source: "newsletter".into(),
        utm_campaign: "autunno".into(),
        channel: "email".into(),
        source: "newsletter".into(),
        country: "IT".into(),
        ..view("tablet", "s1", one, "/scarpe")
    };
    let alias = EventRow {
        props: vec![("previous".into(), "mario".into())],
        ..with_user("mario@example.it", event("alias", "tablet", "s2", two + MINUTE))
    };
    let twice = view("phone", "s3", two + 30 * MINUTE, "/carrello");
    let mut rows = vec![
        campaign,
        view("tablet", "s1", one + MINUTE, "/scarpe/rosse"),
        with_user("mario", event("login", "tablet", "s1", one + 2 * MINUTE)),
        with_user("mario", order(89, event("order", "tablet", "s1", one + 3 * MINUTE))),
        with_user("mario@example.it", view("tablet", "s2", two, "/conto")),
        alias,
        with_user("mario@example.it", order(20, event("refund", "tablet", "s2", two + 2 * MINUTE))),
        event("reset", "tablet", "s2", two + 3 * MINUTE),
        with_user("anna", event("login", "tablet", "s2", two + 4 * MINUTE)),
        with_user("anna", view("tablet", "s2", two + 5 * MINUTE, "/borse")),
        with_user("anna", order(45, event("order", "tablet", "s2", two + 6 * MINUTE))),
        twice.clone(),
        EventRow { received_at: twice.received_at + 1, ..twice },
        event("add_to_cart", "phone", "s3", two + 31 * MINUTE),
        // After a pause, so another visit of the same session.
        view("phone", "s3", two + 120 * MINUTE, "/"),
        EventRow { bot: "crawler".into(), ..view("crawler", "s4", two, "/") },
    ];
    for number in 0..20 {
        rows.push(EventRow {
            site: "other".into(),
            ..with_user(
                "secret-user",
                order(7, view("secret-visitor", "secret-session", two + number, "/secret")),
            )
        });
    }
    service.insert(&rows).await;
}
