//! A question as a value: parsed from the request, refused by the name of what is wrong, and divided by the tables
//! that answer it. Nothing here writes SQL or asks the store.

pub mod choose;
pub mod cursor;
pub mod dimension;
pub mod earlier;
pub mod filter;
pub mod metric;
pub mod parameter;
pub mod period;
mod spellings;

use orma_store::Site;

use crate::error::ApiError;
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Moment;
pub use dimension::Dimension;
pub use earlier::{Earlier, Shift};
pub use filter::Filter;
pub use metric::Metric;
use parameter::{parse_include, parse_limit};
pub use period::{Interval, Period};

/// Default and largest number of rows of a page.
const ROWS_DEFAULT: usize = 50;
const ROWS_MAX: usize = 1000;
/// More dimensions would make rows that nobody can read.
const DIMENSIONS_MAX: usize = 2;
/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;

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
    pub now: Moment,
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
}

impl Query {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used; the error names it and what in it is wrong.
    pub fn parse(site: &Site, text: &RequestText<'_>, now: Moment) -> Result<Self, ApiError> {
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

fn parse_compare(text: Option<&str>) -> Result<bool, ApiError> {
    match text {
        None | Some("") => Ok(false),
        Some("previous") => Ok(true),
        Some(other) => {
            let message = format!("`compare` takes `previous`, not `{other}`.");
            Err(ApiError::invalid("invalid_compare", "compare", message))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A site whose days are days in Rome.
    pub fn rome() -> Site {
        Site {
            site: "demo".into(),
            name: "Demo".into(),
            timezone: "Europe/Rome".into(),
            currency: "EUR".into(),
            origins: Vec::new(),
        }
    }

    /// 2026-11-21 10:00 UTC.
    pub const NOW: Moment = Moment(1_795_255_200_000);

    /// Three weeks of that site.
    pub fn november() -> Period {
        Period::parse(&rome(), Some("2026-11-01"), Some("2026-11-21"), 30, NOW).unwrap()
    }

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
