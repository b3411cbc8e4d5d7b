//! `GET /people/{person}/journey`: everything one person did, newest first, by session.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::{Table, respond_page};
use super::params::{Params, PersonPath, PersonScope};
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::journey;
use crate::timestamp::Moment;
use crate::value::Money;

/// What `GET /people/{person}/journey` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JourneyParams {
    /// A date in the site's zone or an instant: sessions that began since then.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive: sessions that began before then.
    pub to: Option<String>,
    /// How many sessions. Default 20, at most 200.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `bots`: events of bots and machines too.
    pub include: Option<String>,
}

/// One event of a journey. Text that is not known is empty.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneyEvent {
    /// The client's id.
    pub event_id: String,
    /// When it happened.
    pub ts: Moment,
    /// `page_view`, `order`, …
    pub kind: String,
    /// The custom event's name, the vital's name, the kind of app start.
    pub name: String,
    /// `site`, `app`, `newsletter`, …
    pub touchpoint: String,
    /// `pre_purchase`, `purchase` or `post_purchase`: the person's. After the first order, what would be before a purchase
    /// is after one.
    pub stage: String,
    /// The event carried no user id and is the person's through an identity edge.
    pub anonymous: bool,
    /// Title of the page.
    pub title: String,
    /// Host of the page.
    pub host: String,
    /// Path of the page.
    pub path: String,
    /// Where the person came from.
    pub referrer: String,
    /// The app's screen.
    pub screen: String,
    /// What was clicked.
    pub target: String,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// Attention, in milliseconds.
    pub engaged_ms: Option<i64>,
    /// How far down the page was seen, 0 to 100.
    pub scroll_pct: Option<i64>,
    /// Value of a vital or score of an answer.
    pub value: Option<f64>,
    /// `good`, `needs-improvement` or `poor`.
    pub rating: String,
    /// Money that the event carries.
    pub revenue: Option<Money>,
    /// The newsletter's campaign, or the campaign of the address.
    pub campaign: String,
    /// The newsletter's message.
    pub message: String,
    /// The newsletter's link.
    pub link: String,
    /// The app's version.
    pub app_version: String,
    /// Empty for people; otherwise the kind of bot.
    pub bot: String,
    /// Of an open or click of a newsletter, and of the page after it: `human`, `proxy`, `machine`, `unknown` or empty.
    pub verdict: String,
    /// Why the verdict.
    pub verdict_reason: String,
    /// Everything else.
    pub props: BTreeMap<String, String>,
}

/// One session of a journey.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JourneySession {
    /// The client's session id; null when the session was cut from events without one (30 minutes without
    /// activity).
    pub session: Option<String>,
    /// The first event.
    pub started_at: Moment,
    /// The last event.
    pub ended_at: Moment,
    /// From the first to the last event, in milliseconds.
    pub duration_ms: i64,
    /// From the end of the person's session before to the start of this one, in milliseconds; null for the first.
    pub gap_before_ms: Option<i64>,
    /// The visitor id of the first event.
    pub visitor: String,
    /// Of the first event.
    pub channel: String,
    /// Of the first event.
    pub source: String,
    /// Of the first event.
    pub campaign: String,
    /// Of the first event that has one.
    pub device_class: String,
    /// Of the first event that has one.
    pub browser: String,
    /// Of the first event that has one.
    pub os: String,
    /// Of the first event that has one.
    pub country: String,
    /// In order of appearance.
    pub touchpoints: Vec<String>,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Sum of the money in the site's currency; null when there is none.
    pub revenue: Option<Money>,
    /// Sum of the money in other currencies, each for itself; left out when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// Newest first.
    pub events: Vec<JourneyEvent>,
}

/// A page of a journey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Journey {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// The site's IANA time zone.
    pub timezone: String,
    /// Newest first.
    pub items: Vec<JourneySession>,
    /// For the next page.
    pub next_cursor: Option<String>,
    /// Older events are left out here: the sessions of the page hold more than the 20,000 that an answer may, or the
    /// person has been here on more than 200,000 days and sessions. No person has; a program does.
    pub truncated: bool,
}

/// Everything one person did, over all touchpoints, newest first, by session.
#[utoipa::path(get, path = "/api/v1/sites/{site}/people/{person}/journey", tag = "people",
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
    let request = journey::Request::parse(&access.site, &person, &params)?;
    let answer = journey::answer(&access.caller.runner(&state), &request).await?;
    Ok(respond_page(&headers, query.as_deref(), answer, |answer| {
        (table(answer), answer.next_cursor.as_deref())
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
fn table(answer: &Journey) -> Table {
    let rows = answer.items.iter().flat_map(|session| {
        session.events.iter().map(move |event| {
            let mut row = json!({
                "person": answer.person,
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
