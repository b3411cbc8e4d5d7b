//! What is asked: metrics over time or by dimensions.

use std::sync::Arc;

use orma_store::Site;
use orma_visits::Days;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::plan::parameter::{parse_compare, parse_limit};
use crate::plan::{Dimension, Earlier, Interval, Metric, Shift, cursor};
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Timestamp;

/// What `GET /stats` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatsParams {
    /// Comma separated; the document lists them all ([`Metric::ALL`]).
    #[param(example = "visitors,page_views")]
    pub metrics: Option<String>,
    /// At most two, comma separated; the document lists them all ([`Dimension::ALL`]).
    pub group_by: Option<String>,
    /// `minute`, `hour`, `day`, `week` or `month`: adds the dimension `time`.
    #[param(example = "day")]
    pub interval: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// Repeatable: `dimension:operator:value` with the operators `is`, `is_not`, `contains`, `starts`, `matches` (a regular
    /// expression), `greater`, `less` (one number) and `set` (no value); values separated by commas are alternatives, and `\,` is a comma of a value. Also `path` (the same as `page`) and
    /// `props.<name>`; a name with colons ends at the first operator, and `\:` is a colon that ends it nowhere. Pages
    /// and hosts may be written as they are read: `/caffè` finds `/caff%C3%A8`. `segment:is:ID` and `segment:is_not:ID` leave in
    /// who is a member of a segment now, or is not.
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

/// Default and largest number of rows of a page.
const ROWS_DEFAULT: usize = 50;
const ROWS_MAX: usize = 1000;
/// More dimensions would make rows that nobody can read.
const DIMENSIONS_MAX: usize = 2;
/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;

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

/// The parameters of a question about numbers, as they stand in the request.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestText<'a> {
    /// Comma separated.
    pub metrics: Option<&'a str>,
    /// Comma separated.
    pub group_by: Option<&'a str>,
    /// A name.
    pub interval: Option<&'a str>,
    /// Date or instant.
    pub from: Option<&'a str>,
    /// Date or instant.
    pub to: Option<&'a str>,
    /// `dimension:operator:value` each.
    pub filter: &'a [String],
    /// `previous`.
    pub compare: Option<&'a str>,
    /// `bots`.
    pub include: Option<&'a str>,
    /// A number.
    pub limit: Option<&'a str>,
    /// Opaque.
    pub cursor: Option<&'a str>,
    /// A metric.
    pub order_by: Option<&'a str>,
}

/// A question about numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What it is about.
    pub scope: Scope,
    /// The site's money; revenue in other currencies is left out.
    pub currency: String,
    /// When it was asked.
    pub now: Timestamp,
    /// Of the period before: how far its buckets lie before those of the period that was asked for.
    pub shift: Option<Shift>,
    /// The time buckets of the rows.
    pub interval: Option<Interval>,
    /// The dimensions of the rows.
    pub group_by: Vec<Dimension>,
    /// What is counted; never empty, each once.
    pub metrics: Vec<Metric>,
    /// Also the period before, to the same moment.
    pub with_previous: bool,
    /// Rows of a page.
    pub limit: usize,
    /// Rows before this page.
    pub offset: usize,
    /// One of `metrics`.
    pub order_by: Metric,
    /// The days of the site that are rolled up, in place of which visits need not be read.
    pub rollups: Arc<Days>,
}

impl Query {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used; the error names it and what in it is wrong.
    pub fn parse(site: &Site, text: &RequestText<'_>, now: Timestamp) -> Result<Self, ApiError> {
        let about = ScopeText { from: text.from, to: text.to, filter: text.filter, include: text.include };
        let scope = Scope::parse(site, &about, PERIOD_DAYS_DEFAULT, now)?;
        let interval = text.interval.map(Interval::parse).transpose()?;
        if let Some(interval) = interval {
            scope.period.buckets(interval)?;
        }
        let metrics = Metric::parse_list(text.metrics.unwrap_or("visitors"))?;
        let order_by = match text.order_by {
            None => metrics[0],
            Some(name) => parse_order(name, &metrics)?,
        };
        Ok(Self {
            scope,
            currency: site.currency.clone(),
            now,
            shift: None,
            interval,
            group_by: parse_group_by(text.group_by.unwrap_or_default())?,
            metrics,
            with_previous: parse_compare(text.compare)?,
            limit: parse_limit(text.limit, ROWS_DEFAULT, ROWS_MAX)?,
            offset: text.cursor.map(cursor::decode).transpose()?.unwrap_or(0),
            order_by,
            rollups: Arc::default(),
        })
    }

    /// The same question about the period before.
    pub fn about(&self, earlier: &Earlier) -> Self {
        Self {
            scope: Scope { period: earlier.period.clone(), ..self.scope.clone() },
            shift: Some(earlier.shift),
            with_previous: false,
            ..self.clone()
        }
    }
}

fn parse_order(name: &str, metrics: &[Metric]) -> Result<Metric, ApiError> {
    let metric = Metric::parse(name, "order_by")?;
    if metrics.contains(&metric) {
        return Ok(metric);
    }
    let message = format!("`order_by` must be one of the asked metrics; `{name}` is not among them.");
    Err(ApiError::invalid("invalid_order", "order_by", message))
}

fn parse_group_by(text: &str) -> Result<Vec<Dimension>, ApiError> {
    let mut dimensions = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        // `interval` gives the buckets; `time` alone would not say which.
        if name == "time" {
            return Err(ApiError::invalid("invalid_group_by", "group_by", "Ask for `time` with `interval`."));
        }
        let dimension = Dimension::parse(name, "group_by")?;
        if !dimensions.contains(&dimension) {
            dimensions.push(dimension);
        }
    }
    if dimensions.len() > DIMENSIONS_MAX {
        let message = format!("`group_by` takes at most {DIMENSIONS_MAX} dimensions.");
        return Err(ApiError::invalid("too_many_dimensions", "group_by", message));
    }
    Ok(dimensions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{NOW, rome};

    fn refused(text: &RequestText<'_>) -> (&'static str, String) {
        match Query::parse(&rome(), text, NOW) {
            Err(ApiError::Invalid { code, field, .. }) => (code, field),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_unknown_is_refused_by_name() {
        let filters = |text: &str| vec![text.to_owned()];
        let base = RequestText::default();
        for (text, code, field) in [
            (RequestText { metrics: Some("visitors,likes"), ..base }, "unknown_metric", "metrics"),
            (RequestText { group_by: Some("colour"), ..base }, "unknown_dimension", "group_by"),
            (RequestText { group_by: Some("page,os,browser"), ..base }, "too_many_dimensions", "group_by"),
            (RequestText { interval: Some("decade"), ..base }, "unknown_interval", "interval"),
            (RequestText { from: Some("yesterday"), ..base }, "invalid_period", "from"),
            (RequestText { filter: &filters("colour:is:red"), ..base }, "unknown_dimension", "filter"),
            (RequestText { filter: &filters("os:like:i"), ..base }, "unknown_operator", "filter"),
            (RequestText { compare: Some("next"), ..base }, "invalid_compare", "compare"),
            (RequestText { include: Some("ghosts"), ..base }, "invalid_include", "include"),
            (RequestText { limit: Some("0"), ..base }, "invalid_limit", "limit"),
            (RequestText { cursor: Some("%%%"), ..base }, "invalid_cursor", "cursor"),
            (RequestText { order_by: Some("orders"), ..base }, "invalid_order", "order_by"),
        ] {
            assert_eq!(refused(&text), (code, field.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn defaults_are_visitors_of_thirty_days() {
        let query = Query::parse(&rome(), &RequestText::default(), NOW).unwrap();
        assert_eq!(query.metrics, [Metric::Visitors]);
        assert_eq!(query.scope.period.from.to_string(), "2026-10-22T22:00:00.000Z");
        assert_eq!(query.scope.period.to.to_string(), "2026-11-21T23:00:00.000Z");
        assert_eq!(query.limit, 50);
    }
}
