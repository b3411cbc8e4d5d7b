//! `GET /sites/{site}/newsletters`: what became of the newsletters, by campaign or by link.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::{Table, respond};
use super::params::{Params, SitePath};
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::newsletter_report;
use crate::timestamp::Moment;
use crate::value::Money;

/// What `GET /newsletters` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsletterParams {
    /// `campaign` (default) or `link`.
    #[param(example = "link")]
    pub by: Option<String>,
    /// Only this campaign.
    #[param(example = "saldi-2026")]
    pub campaign: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// How many rows. Default 100, at most 1000.
    pub limit: Option<String>,
}

/// What `GET /newsletters/people` takes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsletterPeopleParams {
    /// The number whose people these are: `sent`, `delivered`, `bounced`, `opened`, `opened_by_machines`, `clicked`,
    /// `clicked_by_machines`, `visits` or `orders`.
    #[param(example = "clicked")]
    pub number: String,
    /// Only this campaign.
    pub campaign: Option<String>,
    /// Only this link: of clicks, visits and orders.
    pub link: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// How many people. Default 100, at most 1000.
    pub limit: Option<String>,
}

/// A person behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterPerson {
    /// The recipient's user id, or the visitor id of one who is not named.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// Copies, visits or orders.
    pub count: i64,
    /// When last.
    pub last_at: Moment,
}

/// The people behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterPeople {
    /// The latest first.
    pub items: Vec<NewsletterPerson>,
    /// Whether there are more.
    pub more: bool,
}

/// What became of newsletters. A *copy* is one mail to one recipient: it counts once in each number, however often it was
/// opened. All of it is what happened in the period, whenever the mail was sent. Sending, delivery and opening are the
/// mail's and not a link's: they are null by link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewsletterNumbers {
    /// Copies of which the mail tool said that it sent them (`newsletter_sent`).
    pub sent: Option<i64>,
    /// Copies of which it said that they were delivered (`newsletter_delivered`).
    pub delivered: Option<i64>,
    /// Copies that came back (`newsletter_bounce`).
    pub bounced: Option<i64>,
    /// Copies with an open that may be a person's: any but those of the verdicts `machine` and `unknown`.
    pub opened: Option<i64>,
    /// Copies that were opened, but by machines or by what is not known, and by nobody else.
    pub opened_by_machines: Option<i64>,
    /// Copies of which a person followed a link. Clicks of the verdict `machine` do not count, nor those of a copy within a
    /// minute of a sweep (a trap or many links at once), before or after.
    pub clicked: i64,
    /// Copies of which a link was followed, but by machines only.
    pub clicked_by_machines: i64,
    /// Visits to the site in which somebody landed from a link. The snippet ran there: the surest number of all.
    pub visits: i64,
    /// Orders in these visits, after the landing. With several landings in a visit an order is the last one's before it.
    pub orders: i64,
    /// The revenue of these visits after the landing, without refunds, in the site's currency.
    pub revenue: Money,
}

/// One campaign or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewsletterRow {
    /// The campaign.
    #[schema(example = "saldi-2026")]
    pub campaign: String,
    /// The link's name; null by campaign.
    #[schema(example = "hero")]
    pub link: Option<String>,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: NewsletterNumbers,
}

/// The answer of `GET /newsletters`.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterReport {
    /// The site.
    pub site: String,
    /// The site's IANA time zone.
    pub timezone: String,
    /// Beginning of the period.
    pub from: Moment,
    /// End of the period, exclusive.
    pub to: Moment,
    /// Over all campaigns, or the one that was asked for. A visit that came from two campaigns counts once.
    pub totals: NewsletterNumbers,
    /// Most copies first: sent, then clicked, then visits.
    pub rows: Vec<NewsletterRow>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
}

/// What became of the newsletters, by campaign or by link.
#[utoipa::path(get, path = "/api/v1/sites/{site}/newsletters", tag = "newsletters",
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
    let query = newsletter_report::Query::parse(&access.site, &params, Moment::now())?;
    let answer = newsletter_report::answer(&access.caller.runner(&state), &query).await?;
    Ok(respond(&headers, answer, |answer| table(&query, answer)))
}

/// The people behind a number of the report.
#[utoipa::path(get, path = "/api/v1/sites/{site}/newsletters/people", tag = "newsletters",
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
    let runner = access.caller.runner(&state);
    let answer = newsletter_report::people(&runner, &access.site, params, Moment::now()).await?;
    Ok(respond(&headers, answer, |answer| Table::of_items(&["person", "count", "last_at"], &answer.items)))
}

/// The rows, flat, in the order of the page.
fn table(query: &newsletter_report::Query, answer: &NewsletterReport) -> Table {
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
        rows: answer.rows.iter().map(row).collect(),
    }
}
