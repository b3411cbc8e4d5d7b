//! `GET /events`: the events of a period as they are stored, for other programs.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::accept::Accept;
use super::auth::Access;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::export;
use crate::question::export::request::EventsParams;
use crate::state::AppState;
use crate::table::Export;
use crate::timestamp::Timestamp;

/// The events of a period as they are stored, each once: by day (UTC), visitor and time. The answer is written while it is
/// read and may be of any size; one that breaks off has ended early. Personal data: handle it as such.
#[utoipa::path(get, path = "/events", tag = "events", params(SitePath, EventsParams),
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
    let scope = params.scope(&access.site, Timestamp::now())?;
    let form = Accept::of(&headers).preferred(&[Export::Ndjson.media_type(), Export::Csv.media_type()]);
    let form = if form == Export::Csv.media_type() { Export::Csv } else { Export::Ndjson };
    let rows = export::rows(&access.runner(&state), &scope, form)
        .await
        .map_err(|error| access.explain(error.into()))?;
    let mut response = Body::from_stream(rows).into_response();
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
