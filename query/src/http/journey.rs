//! `GET /people/{person}/journey`: everything one person did, newest first, by session.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::auth::Access;
use super::export::respond_page;
use super::params::{Params, PersonPath, PersonScope};
use crate::error::{ApiError, ErrorBody};
use crate::question::journey;
use crate::question::journey::request::{JourneyParams, Request};
use crate::question::journey::response::Journey;
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;

/// Everything one person did, over all touchpoints, newest first, by session.
#[utoipa::path(get, path = "/people/{person}/journey", tag = "people",
    params(PersonPath, JourneyParams),
    responses(
        (status = 200, description = "A page of sessions; its events also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = Journey),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or person", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    PersonScope(person): PersonScope,
    RawQuery(query): RawQuery,
    Params(params): Params<JourneyParams>,
) -> Result<Response, ApiError> {
    let request = Request::parse(&access.site, &person, &params)?;
    let respond = |runner: Runner| async move { journey::respond(&runner, &request).await };
    let response = access.answer(&state, access.runner(&state), respond).await?;
    Ok(respond_page(&headers, query.as_deref(), &*response, |response| {
        (table(response), response.next_cursor.as_deref())
    }))
}

/// The columns of an export of a journey: of the session, then of the event.
const COLUMNS: [&str; 38] = [
    "person",
    "session",
    "session_started_at",
    "visitor",
    "channel",
    "source",
    "device_class",
    "browser",
    "os",
    "country",
    "event_id",
    "ts",
    "kind",
    "name",
    "touchpoint",
    "stage",
    "anonymous",
    "title",
    "host",
    "path",
    "referrer",
    "screen",
    "target",
    "duration_ms",
    "engaged_ms",
    "scroll_pct",
    "value",
    "rating",
    "revenue_amount",
    "revenue_currency",
    "campaign",
    "message",
    "link",
    "app_version",
    "bot",
    "verdict",
    "verdict_reason",
    "props",
];

/// The events, each with what its session says. Props are one column: their names are the visitors' choice.
fn table(response: &Journey) -> Table {
    let rows = response.items.iter().flat_map(|session| {
        session.events.iter().map(move |event| {
            let mut row = json!({
                "person": response.person,
                "session": session.session,
                "session_started_at": session.started_at,
                "visitor": session.visitor,
                "channel": session.channel,
                "source": session.source,
                "device_class": session.device_class,
                "browser": session.browser,
                "os": session.os,
                "country": session.country,
            });
            if let (Value::Object(row), Ok(Value::Object(mut event))) =
                (&mut row, serde_json::to_value(event))
            {
                let props = event.remove("props").unwrap_or_default();
                row.extend(event);
                row.insert("props".into(), Value::String(props.to_string()));
            }
            row
        })
    });
    Table::of_items(&COLUMNS, &rows.collect::<Vec<_>>())
}
