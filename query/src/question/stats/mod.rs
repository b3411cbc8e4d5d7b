//! `/stats`: asks for each part of the question, joins the parts by their dimensions, and fills the empty buckets.

mod choose;
pub mod request;
pub mod response;
mod sql;

use std::collections::{BTreeMap, HashMap};

use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::plan::period::{Bucket, Period};
use crate::plan::{Earlier, Metric, cursor};
use crate::runner::Runner;
use crate::timestamp::Timestamp;
use crate::value::{Amount, MetricValue, Money};
use choose::{Part, parts, source};
use request::Query;
use response::{Stats, StatsCompare, StatsRow};
use sql::metric::column;
use sql::{KEY_SEPARATOR, Shape, first_event, statement};

/// A row of the store: `d0`, `d1`, `t` and the metrics.
type StoreRow = Map<String, Value>;

/// The metrics of an answer.
type Metrics = BTreeMap<String, Option<MetricValue>>;

/// A row's bucket and key.
type RowKey = (String, String);

/// Answers a question.
///
/// # Errors
/// The store did not answer.
pub async fn respond(runner: &Runner, query: &Query) -> Result<Stats, ApiError> {
    let parts = parts(query);
    let (totals, (keys, rows, next), other_revenue, other_product_revenue) = futures_util::try_join!(
        totals(runner, query, &parts),
        rows(runner, query, &parts),
        other_money(runner, query, &[Metric::Revenue, Metric::AverageOrderValue]),
        other_money(runner, query, &[Metric::ProductRevenue])
    )?;
    let rows =
        rows.unwrap_or_else(|| vec![StatsRow { dimensions: BTreeMap::new(), metrics: totals.clone() }]);
    let compare = if query.with_previous { Some(compare(runner, query, &parts, &keys).await?) } else { None };
    Ok(Stats {
        site: query.scope.site.clone(),
        timezone: query.scope.period.zone_name.clone(),
        from: query.scope.period.from,
        to: query.scope.period.to,
        as_of: query.now,
        interval: query.interval.map(|interval| interval.name().to_owned()),
        group_by: query.group_by.iter().map(|dimension| dimension.name().to_owned()).collect(),
        metrics: query.metrics.iter().map(|metric| metric.name().to_owned()).collect(),
        rows,
        totals,
        other_revenue,
        other_product_revenue,
        compare,
        next_cursor: next.map(|offset| cursor::encode(&offset)),
    })
}

/// The keys of the page in order, the rows (none when there are only totals), and where the next page begins.
async fn rows(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
) -> Result<(Vec<String>, Option<Vec<StatsRow>>, Option<usize>), ApiError> {
    let (keys, mut found, next) = page(runner, query, parts).await?;
    let rows = match (query.interval, query.group_by.is_empty()) {
        (None, true) => None,
        (None, false) => Some(rows_of(query, &keys, &mut found)),
        (Some(interval), _) => {
            let buckets = query.scope.period.buckets(interval)?.into_iter();
            let points = buckets.map(|Bucket { key, label, .. }| Point { key, label, is_filled: true });
            Some(series(runner, query, parts, &keys, points.collect()).await?)
        }
    };
    Ok((keys, rows, next))
}

/// The same question about the period before.
async fn compare(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    keys: &[String],
) -> Result<StatsCompare, ApiError> {
    let earlier = Earlier::of(&query.scope.period, query.now);
    let before = query.about(&earlier);
    let (totals, rows, data_from) = futures_util::try_join!(
        totals(runner, &before, parts),
        rows_before(runner, query, &earlier, parts, keys),
        data_from(runner, query)
    )?;
    let Period { from, to, .. } = earlier.period;
    Ok(StatsCompare { from, to, data_from, totals, rows })
}

/// Rows at the same points as those of the asked period, as far as the period before reaches.
async fn rows_before(
    runner: &Runner,
    query: &Query,
    earlier: &Earlier,
    parts: &[Part],
    keys: &[String],
) -> Result<Option<Vec<StatsRow>>, ApiError> {
    let Some(interval) = query.interval else { return Ok(None) };
    let mut points = Vec::new();
    for bucket in query.scope.period.buckets(interval)? {
        let Some(label) = earlier.label(&bucket, interval) else { break };
        points.push(Point { is_filled: earlier.has_counterpart(&bucket), key: bucket.key, label });
    }
    series(runner, &query.about(earlier), parts, keys, points).await.map(Some)
}

/// When the site's first event happened.
async fn data_from(runner: &Runner, query: &Query) -> Result<Option<Timestamp>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        at: Option<Timestamp>,
    }
    let rows: Vec<Row> = runner.rows(&first_event(query)).await?;
    Ok(rows.into_iter().find_map(|row| row.at))
}

async fn totals(runner: &Runner, query: &Query, parts: &[Part]) -> Result<Metrics, ApiError> {
    let found = ask(runner, query, parts, Shape::Totals).await?;
    Ok(metrics_of(query, found.values().next()))
}

/// What was spent in other currencies than the site's, when the question asks for one of these metrics.
async fn other_money(runner: &Runner, query: &Query, metrics: &[Metric]) -> Result<Vec<Money>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        others: BTreeMap<String, Amount>,
    }
    let Some(&metric) = metrics.iter().find(|metric| query.metrics.contains(metric)) else {
        return Ok(Vec::new());
    };
    let source = source(metric, &query.group_by, &query.scope.condition);
    let part = Part { source, metrics: vec![metric] };
    let rows: Vec<Row> = runner.rows(&statement(query, &part, Shape::OtherMoney)).await?;
    let amounts = rows.into_iter().flat_map(|row| row.others);
    Ok(amounts.map(|(currency, amount)| Money::new(amount, &currency)).collect())
}

/// The rows of the page: their keys in order, what is known of them, and where the next page begins.
async fn page(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
) -> Result<(Vec<String>, HashMap<RowKey, StoreRow>, Option<usize>), ApiError> {
    if query.group_by.is_empty() {
        return Ok((Vec::new(), HashMap::new(), None));
    }
    let mut first: Vec<StoreRow> = runner.rows(&statement(query, &parts[0], Shape::Page)).await?;
    let next = (first.len() > query.limit).then(|| query.offset.saturating_add(query.limit));
    first.truncate(query.limit);
    let keys: Vec<String> = first.iter().map(|row| key_of(query, row).1).collect();
    let mut found: HashMap<RowKey, StoreRow> =
        first.into_iter().map(|row| (key_of(query, &row), row)).collect();
    // With buckets the rows are asked for again, divided by time.
    if query.interval.is_none() && !keys.is_empty() {
        for (key, row) in ask(runner, query, &parts[1..], Shape::Keyed(&keys)).await? {
            found.entry(key).or_default().extend(row);
        }
    }
    Ok((keys, found, next))
}

/// A point of a series.
struct Point {
    /// The bucket's key in the store's rows.
    key: String,
    /// Its name in the answer.
    label: String,
    /// Whether there is such a time; otherwise the point has no numbers.
    is_filled: bool,
}

/// A row for each point, and of each key when there are dimensions; the empty ones too.
async fn series(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    keys: &[String],
    points: Vec<Point>,
) -> Result<Vec<StatsRow>, ApiError> {
    if !query.group_by.is_empty() && keys.is_empty() {
        return Ok(Vec::new());
    }
    let found = ask(runner, query, parts, Shape::Series(keys)).await?;
    let no_key = [String::new()];
    let keys = if query.group_by.is_empty() { &no_key[..] } else { keys };
    let mut rows = Vec::new();
    for point in points {
        for key in keys {
            let metrics = if point.is_filled {
                metrics_of(query, found.get(&(point.key.clone(), key.clone())))
            } else {
                query.metrics.iter().map(|metric| (metric.name().to_owned(), None)).collect()
            };
            let mut dimensions = dimensions_of(query, key);
            dimensions.insert("time".into(), point.label.clone());
            rows.push(StatsRow { dimensions, metrics });
        }
    }
    Ok(rows)
}

/// Asks all parts at the same time and joins their rows.
async fn ask(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    shape: Shape<'_>,
) -> Result<HashMap<RowKey, StoreRow>, ApiError> {
    let statements: Vec<_> = parts.iter().map(|part| statement(query, part, shape)).collect();
    let answers = try_join_all(statements.iter().map(|sql| runner.rows::<StoreRow>(sql))).await?;
    let mut found: HashMap<RowKey, StoreRow> = HashMap::new();
    for row in answers.into_iter().flatten() {
        found.entry(key_of(query, &row)).or_default().extend(row);
    }
    Ok(found)
}

fn key_of(query: &Query, row: &StoreRow) -> RowKey {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let values: Vec<String> = (0..query.group_by.len()).map(|index| text(&format!("d{index}"))).collect();
    (text("t"), values.join(&KEY_SEPARATOR.to_string()))
}

fn rows_of(query: &Query, keys: &[String], found: &mut HashMap<RowKey, StoreRow>) -> Vec<StatsRow> {
    keys.iter()
        .map(|key| StatsRow {
            dimensions: dimensions_of(query, key),
            metrics: metrics_of(query, found.remove(&(String::new(), key.clone())).as_ref()),
        })
        .collect()
}

fn dimensions_of(query: &Query, key: &str) -> BTreeMap<String, String> {
    let names = query.group_by.iter().map(|dimension| dimension.name().to_owned());
    names.zip(key.split(KEY_SEPARATOR).map(ToOwned::to_owned)).collect()
}

fn metrics_of(query: &Query, row: Option<&StoreRow>) -> Metrics {
    let value = |metric: &Metric| metric.value(row.and_then(|row| row.get(&column(*metric))));
    query.metrics.iter().map(|metric| (metric.name().to_owned(), value(metric))).collect()
}
