//! `GET /sites/{site}/stats`: numbers over time or by a dimension.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Access;
use super::export::{Table, respond_page};
use super::params::{Params, SitePath};
use crate::AppState;
use crate::error::{ApiError, ErrorBody};
use crate::plan::{Query, RequestText};
use crate::stats;
use crate::timestamp::Moment;
use crate::value::{MetricValue, Money};

/// What `GET /stats` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatsParams {
    /// Comma separated: `visitors`, `page_views`, `sessions`, `bounce_rate`, `session_duration_ms`,
    /// `views_per_session`, `events`, `orders`, `revenue`, `conversion_rate`, `average_order_value`, `product_revenue`,
    /// `quantity`. Default `visitors`.
    #[param(example = "visitors,page_views")]
    pub metrics: Option<String>,
    /// At most two dimensions, comma separated: `page`, `content_group`, `entry_page`, `exit_page`, `host`, `source`,
    /// `channel`, `campaign`, `utm_source`, `utm_medium`, `utm_content`, `utm_term`, `country`, `region`, `city`,
    /// `device_class`, `device_brand`, `device_model`, `browser`, `os`, `language`, `kind`, `name`, `touchpoint`, `stage`,
    /// `app_version`, `product`, `product_id`, `product_category`.
    pub group_by: Option<String>,
    /// `minute`, `hour`, `day`, `week` or `month`: adds the dimension `time`.
    #[param(example = "day")]
    pub interval: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// Repeatable: `dimension:operator:value` with the operators `is`, `is_not`, `contains`, `starts`; values
    /// separated by commas are alternatives, and `\,` is a comma of a value. Also `path` (the same as `page`) and
    /// `props.<name>`; a name with colons ends at the first operator, and `\:` is a colon that ends it nowhere. Pages
    /// and hosts may be written as they are read: `/caffè` finds `/caff%C3%A8`.
    #[serde(default)]
    #[param(example = json!(["country:is:IT,FR"]))]
    pub filter: Vec<String>,
    /// `previous`: also the period before. Of whole days it has as many days, otherwise as many milliseconds; while the
    /// period goes on, it ends at the same time of day, in the site's zone.
    pub compare: Option<String>,
    /// `bots`: bots and machines too.
    pub include: Option<String>,
    /// How many rows; with `interval`, how many values of the dimensions. Default 50, at most 1000.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// The metric to sort by, largest first. Default: the first metric.
    pub order_by: Option<String>,
}

/// One row: a value of each dimension and of each metric.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatsRow {
    /// Value by dimension. `time` is local: `2026-11-01` (day; the Monday of a week; the first of a month) or
    /// `2026-11-01T14:00:00+01:00` (hour, minute).
    pub dimensions: BTreeMap<String, String>,
    /// Value by metric.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub metrics: BTreeMap<String, Option<MetricValue>>,
}

/// The same numbers for the period before, up to the moment that the period has reached: a part is compared with a part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatsCompare {
    /// Beginning of the period before.
    pub from: Moment,
    /// Its end, exclusive. While the period goes on: the same time of day, so many days before.
    pub to: Moment,
    /// When the site's first event happened. Where that is after `from`, there is no data to compare with, or only of a
    /// part. Null without any event.
    pub data_from: Option<Moment>,
    /// Over the whole period.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub totals: BTreeMap<String, Option<MetricValue>>,
    /// Only when an interval was asked for: the row at the same place is what the row of the period is compared with, and
    /// `time` is where it begins. There are as many as the period has reached. An hour that the site's clocks show
    /// twice is compared once: the second has only nulls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<StatsRow>>,
}

/// The answer of `GET /stats`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stats {
    /// The site.
    pub site: String,
    /// The site's IANA time zone: its days are days here.
    pub timezone: String,
    /// Beginning of the period.
    pub from: Moment,
    /// End of the period, exclusive.
    pub to: Moment,
    /// When the question was answered. What began before and ends after is unfinished; later there is nothing yet.
    pub as_of: Moment,
    /// The interval that was asked for.
    pub interval: Option<String>,
    /// The dimensions that were asked for.
    pub group_by: Vec<String>,
    /// The metrics that were asked for.
    pub metrics: Vec<String>,
    /// Sorted by time, or by the metric, largest first.
    pub rows: Vec<StatsRow>,
    /// Over the whole period: people counted once, not the sum of the rows.
    #[schema(value_type = BTreeMap<String, MetricValue>)]
    pub totals: BTreeMap<String, Option<MetricValue>>,
    /// What was spent in other currencies than the site's, each for itself, over the whole period: `revenue` does not hold
    /// it, nor does `average_order_value`. Left out when there is none, or neither was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
    /// The same of `product_revenue`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_product_revenue: Vec<Money>,
    /// When `compare=previous` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<StatsCompare>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// Numbers over time or by a dimension.
#[utoipa::path(get, path = "/api/v1/sites/{site}/stats", tag = "stats", params(SitePath, StatsParams),
    responses(
        (status = 200, description = "The numbers; also as text/csv and application/x-ndjson (one row a line), then with a `Link` to the next page", body = Stats),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query_text): RawQuery,
    Params(params): Params<StatsParams>,
) -> Result<Response, ApiError> {
    let query = Query::parse(&access.site, &RequestText::from(&params), state.now())?;
    let answer = stats::answer(&access.caller.runner(&state), &query).await?;
    Ok(respond_page(&headers, query_text.as_deref(), answer, |answer| {
        (table(answer), answer.next_cursor.as_deref())
    }))
}

impl<'a> From<&'a StatsParams> for RequestText<'a> {
    fn from(params: &'a StatsParams) -> Self {
        Self {
            metrics: params.metrics.as_deref(),
            group_by: params.group_by.as_deref(),
            interval: params.interval.as_deref(),
            from: params.from.as_deref(),
            to: params.to.as_deref(),
            filter: &params.filter,
            compare: params.compare.as_deref(),
            include: params.include.as_deref(),
            limit: params.limit.as_deref(),
            cursor: params.cursor.as_deref(),
            order_by: params.order_by.as_deref(),
        }
    }
}

/// The rows, flat: dimensions first, then metrics.
fn table(answer: &Stats) -> Table {
    let time = answer.interval.iter().map(|_| "time".to_owned());
    let dimensions: Vec<String> = time.chain(answer.group_by.iter().cloned()).collect();
    let columns = dimensions.iter().chain(&answer.metrics).cloned().collect();
    let rows = answer.rows.iter().map(|row| {
        let dimensions = dimensions.iter().map(|name| serde_json::json!(row.dimensions.get(name)));
        let metrics = answer.metrics.iter().map(|name| serde_json::json!(row.metrics.get(name)));
        dimensions.chain(metrics).collect()
    });
    Table { columns, rows: rows.collect() }
}
