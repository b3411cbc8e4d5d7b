//! What the tests of the query service share: an engine with a migrated store, a router over it, and events.

use std::borrow::Cow;
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use orma_model::EventRow;
use orma_model::event_row::COLUMNS;
use orma_query::AppState;
use orma_store::{Engine, EventBlock, Registry, Role, Site, Store};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::support;

pub const ADMIN: &str = "admin-secret-of-the-tests";
pub const ANALYST: &str = "analyst-secret-of-the-tests";

/// A query service over an engine of its own.
pub struct Service {
    pub engine: Engine,
    pub store: Store,
    pub registry: Registry,
    pub state: AppState,
    pub evaluator: orma_query::Audiences,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Service {
    pub async fn start(dir: &Path) -> Self {
        // Why a question failed is only in the log.
        let _ = tracing_subscriber::fmt()
            .with_env_filter("orma_query=info,orma_store=warn")
            .with_test_writer()
            .try_init();
        let engine = tokio::task::block_in_place(|| support::start_engine_with_tables(dir));
        let store = engine.store();
        let registry = Registry::open(store.clone(), dir).unwrap();
        for (site, timezone) in [("demo", "Europe/Rome"), ("other", "UTC")] {
            let site = Site {
                site: site.into(),
                name: site.to_uppercase(),
                timezone: timezone.into(),
                currency: "EUR".into(),
                origins: Vec::new(),
            };
            registry.put_site(&site).await.unwrap();
        }
        registry.add_token(Role::Admin, "", "first admin", Some(ADMIN)).await.unwrap();
        registry.add_token(Role::Analyst, "demo", "anna", Some(ANALYST)).await.unwrap();
        let state = AppState::new(store.clone(), registry.clone(), vec![7; 32], support::patient_config());
        let evaluator = state.audiences().waited_for();
        Self { engine, store, registry, state, evaluator }
    }

    pub async fn send(&self, request: Request<Body>) -> Response {
        orma_query::router(self.state.clone()).oneshot(request).await.unwrap()
    }

    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.send(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Below the site `demo`, as the admin, which must be answered with 200.
    pub async fn get(&self, path: &str) -> Value {
        self.get_of("demo", path).await
    }

    /// Below a site, as the admin, which must be answered with 200.
    pub async fn get_of(&self, site: &str, path: &str) -> Value {
        let answer = self.ask_of(site, Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// Below the site `demo`, as the admin.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_of("demo", method, path, body).await
    }

    /// Below a site, as the admin.
    pub async fn ask_of(&self, site: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/sites/{site}{path}"))
            .header("authorization", format!("Bearer {ADMIN}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.answer(request.body(body).unwrap()).await
    }

    pub async fn insert(&self, rows: &[EventRow<'_>]) {
        let columns: Vec<_> =
            COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect();
        let records: Vec<Vec<u8>> = rows.iter().map(record).collect();
        let block = EventBlock::new(&columns, records.iter().map(Vec::as_slice).collect()).unwrap();
        let names: Vec<&str> = block.columns.iter().map(String::as_str).collect();
        self.store.insert_native("events", &names, &block.pieces).await.unwrap();
    }
}

/// Milliseconds since the epoch of `2026-11-10T10:00:00Z` or `2026-11-10T10:00:00.123Z`.
pub fn at(text: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Days from the 1st of March of the year 0, whose leap days come last.
    let (shifted_year, shifted_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100
        + shifted_year / 400
        + (153 * shifted_month + 2) / 5
        + day
        - 1
        - 719_468;
    let millis = if text.len() > 20 { number(20..23) } else { 0 };
    ((days * 24 + number(11..13)) * 60 + number(14..16)) * 60_000 + number(17..19) * 1000 + millis
}

/// A page view of a visitor in a session.
pub fn view<'a>(
    visitor: impl Into<Cow<'a, str>>,
    session: impl Into<Cow<'a, str>>,
    ts: i64,
    path: &'a str,
) -> EventRow<'a> {
    EventRow {
        site: "demo".into(),
        event_id: Uuid::now_v7(),
        ts,
        received_at: ts + 20,
        client_ts: ts,
        visitor: visitor.into(),
        session: session.into(),
        kind: "page_view".into(),
        touchpoint: "site".into(),
        stage: "pre_purchase".into(),
        host: "bottega.example".into(),
        path: path.into(),
        ..EventRow::default()
    }
}

/// Another kind of event.
pub fn event<'a>(
    kind: &'a str,
    visitor: impl Into<Cow<'a, str>>,
    session: impl Into<Cow<'a, str>>,
    ts: i64,
) -> EventRow<'a> {
    EventRow { kind: kind.into(), ..view(visitor, session, ts, "") }
}

fn record(row: &EventRow<'_>) -> Vec<u8> {
    let mut record = Vec::new();
    row.write_record(&mut record);
    record
}
