//! `GET /people` and `GET /people/{person}`: the list of people and one person's card.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::auth::Access;
use super::export::respond_page;
use super::params::{Params, PersonPath, PersonScope, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::people;
use crate::question::people::request::{ListRequest, PeopleParams};
use crate::question::people::response::{Person, PersonList};
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;

/// The columns of an export of people.
const COLUMNS: [&str; 20] = [
    "person",
    "identified",
    "name",
    "first_seen",
    "last_seen",
    "sessions",
    "page_views",
    "events",
    "orders",
    "revenue_amount",
    "revenue_currency",
    "other_revenue",
    "country",
    "device_class",
    "browser",
    "os",
    "channel",
    "source",
    "last_page",
    "visitors",
];

/// The people of a site, last seen first or in another order.
#[utoipa::path(get, path = "/people", tag = "people", params(SitePath, PeopleParams),
    responses(
        (status = 200, description = "A page of people; also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = PersonList),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Params(params): Params<PeopleParams>,
) -> Result<Response, ApiError> {
    let request = ListRequest::parse(&access.site, &params)?;
    let respond = |runner: Runner| async move { people::list(&runner, &request).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(respond_page(&headers, query.as_deref(), &*response, |response| {
        (Table::of_items(&COLUMNS, &response.items), response.next_cursor.as_deref())
    }))
}

/// One person's card. Takes a user id or a visitor id; a visitor who has been identified is answered as the user.
#[utoipa::path(get, path = "/people/{person}", tag = "people", params(PersonPath),
    responses(
        (status = 200, description = "The card", body = Person),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or person", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PersonScope(person): PersonScope,
) -> Result<Response, ApiError> {
    let site = access.site.clone();
    let respond = |runner: Runner| async move { people::card(&runner, &site, &person).await };
    let card: Arc<Person> = access.answer(&state, access.runner(&state), respond).await?;
    Ok(Json(&*card).into_response())
}
