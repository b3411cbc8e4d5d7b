//! `GET /events`: the events of a period as they are stored, for other programs.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::accept::Accept;
use super::auth::Access;
use super::export::Export;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Moment;
use crate::{AppState, export, sql};

/// Days of an export that names no period.
const DAYS_DEFAULT: i64 = 30;

/// What `GET /events` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsParams {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// `bots`: events of bots and machines too.
    pub include: Option<String>,
}

/// The events of a period as they are stored, each once: by day (UTC), visitor and time. The answer is written while it is
/// read and may be of any size; one that breaks off has ended early. Personal data: handle it as such.
#[utoipa::path(get, path = "/api/v1/sites/{site}/events", tag = "events", params(SitePath, EventsParams),
    responses(
        (status = 200, description = "One event a line: as JSON, or as CSV with a first line of names and the props as JSON",
            content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<EventsParams>,
) -> Result<Response, ApiError> {
    let EventsParams { from, to, include } = &params;
    let text =
        ScopeText { from: from.as_deref(), to: to.as_deref(), filter: &[], include: include.as_deref() };
    let scope = Scope::parse(&access.site, &text, DAYS_DEFAULT, Moment::now())?;
    let form = Accept::of(&headers).preferred(&[Export::Ndjson.media_type(), Export::Csv.media_type()]);
    let form = if form == Export::Csv.media_type() { Export::Csv } else { Export::Ndjson };
    let question = sql::export::events(&scope);
    let runner = access.caller.runner(&state);
    let body = export::body(&runner, &question, form, sql::export::columns()).await?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    let name = format!(
        "attachment; filename=\"{}-events-{}-{}.{}\"",
        scope.site,
        scope.period.first_day(),
        scope.period.last_day(),
        form.extension()
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
