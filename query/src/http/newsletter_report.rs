//! `GET /sites/{site}/newsletters`: what became of the newsletters, by campaign or by link.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::auth::Access;
use super::export;
use super::params::{Params, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::newsletter_report;
use crate::question::newsletter_report::request::{NewsletterParams, NewsletterPeopleParams, Query};
use crate::question::newsletter_report::response::{
    NewsletterNumbers, NewsletterPeople, NewsletterReport, NewsletterRow,
};
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;
use crate::timestamp::Timestamp;
use crate::value::Money;

/// What became of the newsletters, by campaign or by link.
#[utoipa::path(get, path = "/newsletters", tag = "newsletters",
    params(SitePath, NewsletterParams),
    responses(
        (status = 200, description = "The numbers; also as text/csv and application/x-ndjson (one row a line)", body = NewsletterReport),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<NewsletterParams>,
) -> Result<Response, ApiError> {
    let query = Query::parse(&access.site, &params, Timestamp::now())?;
    let asked = query.clone();
    let respond = |runner: Runner| async move { newsletter_report::respond(&runner, &asked).await };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(export::respond(&headers, &*response, |response| table(&query, response)))
}

/// The people behind a number of the report.
#[utoipa::path(get, path = "/newsletters/people", tag = "newsletters",
    params(SitePath, NewsletterPeopleParams),
    responses(
        (status = 200, description = "The people; also as text/csv and application/x-ndjson", body = NewsletterPeople),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn people(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Params(params): Params<NewsletterPeopleParams>,
) -> Result<Response, ApiError> {
    let site = access.site.clone();
    let respond = |runner: Runner| async move {
        newsletter_report::people(&runner, &site, params, Timestamp::now()).await
    };
    let response = access.answer(&state, access.runner_of_people(&state), respond).await?;
    Ok(export::respond(&headers, &*response, |response| {
        Table::of_items(&["person", "count", "last_at"], &response.items)
    }))
}

/// The rows, flat, in the order of the page.
fn table(query: &Query, response: &NewsletterReport) -> Table {
    let names = if query.by_link { &["campaign", "link"][..] } else { &["campaign"] };
    let of_mail = ["sent", "delivered", "bounced", "opened", "opened_by_machines"];
    let of_mail = if query.by_link { &[][..] } else { &of_mail };
    let of_both = ["clicked", "clicked_by_machines", "visits", "orders"];
    let numbers: Vec<&str> = of_mail.iter().chain(&of_both).copied().collect();
    let row = |row: &NewsletterRow| {
        let fields = json!(row);
        let plain = names.iter().chain(&numbers).map(|name| fields[*name].clone());
        let NewsletterNumbers { revenue: Money { amount, currency }, .. } = &row.numbers;
        plain.chain([json!(amount), json!(currency)]).collect()
    };
    let columns = names.iter().chain(&numbers).chain(&["revenue", "currency"]);
    Table {
        columns: columns.map(|name| (*name).to_owned()).collect(),
        rows: response.rows.iter().map(row).collect(),
    }
}
