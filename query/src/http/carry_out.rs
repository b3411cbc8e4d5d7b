//! Carries out a question that was saved, by the very handler that its own address has, and says whether it could be.

use axum::extract::{FromRequest, RawQuery, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use orma_store::Site;
use orma_store::registry::Snapshot;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::auth::Access;
use super::params::{Body, Params, PathOf, parse_query};
use super::segments::SegmentPath;
use super::{
    attribution, funnels, journeys, newsletter_report, paths, quality, retention, segments, stats,
    touchpoints,
};
use crate::error::ApiError;
use crate::question::audience::request::{SegmentHistoryParams, check_known};
use crate::question::stats::request::{Query, RequestText, StatsParams};
use crate::question::{self, newsletter_report::request::NewsletterParams, quality::request::QualityParams};
use crate::saved::report::ReportQuestion;
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// The field of a segment's question that says which.
const SEGMENT: &str = "segment";

/// The answer to a question, as its own address gives it.
///
/// # Errors
/// Those of the question; a field is one of `body`.
pub async fn carry_out(
    state: &AppState,
    access: &Access,
    headers: HeaderMap,
    question: ReportQuestion,
    body: Map<String, Value>,
) -> Result<Response, ApiError> {
    // On the heap: it has room for every question.
    let answered = Box::pin(answer(state, access, headers, question, body)).await;
    let mut response = answered.map_err(|error| error.below("body"))?;
    // The next page is one of the question's address, not of this one.
    response.headers_mut().remove(header::LINK);
    Ok(response)
}

async fn answer(
    state: &AppState,
    access: &Access,
    headers: HeaderMap,
    question: ReportQuestion,
    mut body: Map<String, Value>,
) -> Result<Response, ApiError> {
    let of_state = State(state.clone());
    let at = |path: &str| access.of_address(state, path, None);
    match question {
        ReportQuestion::Funnels => funnels::ask(of_state, at("/funnels"), read(body).await?).await,
        ReportQuestion::Retention => retention::ask(of_state, at("/retention"), read(body).await?).await,
        ReportQuestion::Attribution => {
            attribution::ask(of_state, at("/attribution"), read(body).await?).await
        }
        ReportQuestion::Paths => paths::ask(of_state, at("/paths"), read(body).await?).await,
        ReportQuestion::Touchpoints => {
            touchpoints::ask(of_state, at("/touchpoints"), read(body).await?).await
        }
        ReportQuestion::Journeys => journeys::ask(of_state, at("/journeys"), read(body).await?).await,
        ReportQuestion::Stats => {
            let query = query_text(&body)?;
            let access = access.of_address(state, "/stats", Some(&query));
            let params = Params(parse_query(&query)?);
            stats::get(of_state, access, headers, RawQuery(Some(query)), params).await
        }
        ReportQuestion::Newsletters => {
            let query = query_text(&body)?;
            let access = access.of_address(state, "/newsletters", Some(&query));
            newsletter_report::get(of_state, access, headers, Params(parse_query(&query)?)).await
        }
        ReportQuestion::QualityWeb => {
            let query = query_text(&body)?;
            let access = access.of_address(state, "/quality/web", Some(&query));
            quality::web(of_state, access, headers, Params(parse_query(&query)?)).await
        }
        ReportQuestion::QualityApp => {
            let query = query_text(&body)?;
            let access = access.of_address(state, "/quality/app", Some(&query));
            quality::app(of_state, access, headers, Params(parse_query(&query)?)).await
        }
        ReportQuestion::Segment => {
            let segment = segment_of(&mut body)?;
            let query = query_text(&body)?;
            let access = access.of_address(state, &format!("/segments/{segment}/history"), Some(&query));
            let path = PathOf(SegmentPath { site: access.site.site.clone(), segment });
            let history = segments::history(of_state, access, path, Params(parse_query(&query)?)).await;
            history.map(IntoResponse::into_response)
        }
    }
}

/// Refuses a question that cannot be answered, without asking it.
///
/// # Errors
/// A field of `body` cannot be used; the error names it.
pub async fn check(
    snapshot: &Snapshot,
    site: &Site,
    question: ReportQuestion,
    body: Map<String, Value>,
    now: Timestamp,
) -> Result<(), ApiError> {
    let checked = check_fields(snapshot, site, question, body, now).await;
    checked.map_err(|error| error.below("body"))
}

async fn check_fields(
    snapshot: &Snapshot,
    site: &Site,
    question: ReportQuestion,
    mut body: Map<String, Value>,
    now: Timestamp,
) -> Result<(), ApiError> {
    use crate::question::{
        attribution, funnel, journeys, newsletter_report, paths, quality, retention, touchpoints,
    };
    let scope = match question {
        ReportQuestion::Funnels => funnel::request::Request::parse(site, &read(body).await?.0, now)?.scope,
        ReportQuestion::Retention => {
            retention::request::Request::parse(site, &read(body).await?.0, now)?.scope
        }
        ReportQuestion::Attribution => {
            attribution::request::Request::parse(site, &read(body).await?.0, now)?.scope
        }
        ReportQuestion::Paths => paths::request::Request::parse(site, &read(body).await?.0, now)?.scope,
        ReportQuestion::Touchpoints => {
            touchpoints::request::Request::parse(site, &read(body).await?.0, now)?.scope
        }
        ReportQuestion::Journeys => journeys::request::Request::parse(site, &read(body).await?.0, now)?.scope,
        ReportQuestion::Stats => {
            let params: StatsParams = parse_query(&query_text(&body)?)?;
            return Query::parse(site, &RequestText::from(&params), now).map(drop);
        }
        ReportQuestion::Newsletters => {
            let params: NewsletterParams = parse_query(&query_text(&body)?)?;
            return newsletter_report::request::Query::parse(site, &params, now).map(drop);
        }
        ReportQuestion::QualityWeb | ReportQuestion::QualityApp => {
            let params: QualityParams = parse_query(&query_text(&body)?)?;
            let dimensions: &[_] = match question {
                ReportQuestion::QualityWeb => &quality::web::DIMENSIONS,
                _ => &quality::app::DIMENSIONS,
            };
            return quality::request::parse(site, &params, dimensions, now).map(drop);
        }
        ReportQuestion::Segment => {
            let segment = segment_of(&mut body)?;
            let params: SegmentHistoryParams = parse_query(&query_text(&body)?)?;
            question::audience::check_history(site, (params.from.as_deref(), params.to.as_deref()), now)?;
            let is_known = snapshot.audiences.get(&segment).is_some_and(|known| known.site == site.site);
            let unknown =
                || ApiError::invalid("unknown_segment", SEGMENT, format!("There is no segment `{segment}`."));
            return is_known.then_some(()).ok_or_else(unknown);
        }
    };
    check_known(snapshot, &site.site, &scope.condition, "condition")
}

/// The body as its handler reads it.
async fn read<T: DeserializeOwned>(body: Map<String, Value>) -> Result<Body<T>, ApiError> {
    let json = Value::Object(body).to_string();
    let request = Request::builder().header(header::CONTENT_TYPE, "application/json").body(json.into());
    Body::from_request(request.expect("a plain header"), &()).await
}

/// Fields as the parameters of an address.
fn query_text(body: &Map<String, Value>) -> Result<String, ApiError> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for (name, value) in body {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            Value::Null => &[],
            value => std::slice::from_ref(value),
        };
        for value in values {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                _ => {
                    let message = format!(
                        "`{name}` is a parameter of an address: a text, a number, or a list of them."
                    );
                    return Err(ApiError::invalid("invalid_body", name, message));
                }
            };
            pairs.push((name, text));
        }
    }
    serde_html_form::to_string(pairs)
        .map_err(|error| ApiError::invalid("invalid_body", "body", format!("It cannot be asked: {error}.")))
}

fn segment_of(body: &mut Map<String, Value>) -> Result<String, ApiError> {
    match body.remove(SEGMENT) {
        Some(Value::String(segment)) => Ok(segment),
        _ => Err(ApiError::invalid("invalid_body", SEGMENT, "`segment` must be the id of a segment.")),
    }
}
