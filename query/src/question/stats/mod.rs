//! `/stats`: asks for each part of the question, joins the parts by their dimensions, and fills the empty buckets.

mod choose;
pub mod request;
pub mod response;
pub mod sql;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::lookup;
use crate::plan::period::{Bucket, Interval, Period};
use crate::plan::{Earlier, Metric, cursor};
use crate::runner::{Needs, Runner};
use crate::scope::Scope;
use crate::timestamp::Timestamp;
use crate::value::{Amount, MetricValue, Money};
use choose::{Part, has_totals, has_totals_of_series, parts, source};
use request::Query;
use response::{Stats, StatsCompare, StatsRow};
use sql::metric::column;
use sql::{KEY_SEPARATOR, Shape, first_event, rollups, statement};

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
    let asks_who = query.metrics.contains(&Metric::People) || query.scope.condition.asks_who();
    runner.bring_visits_up_to_date(if asks_who { Needs::People } else { Needs::Visits }).await;
    let mut query = Cow::Borrowed(query);
    if asks_who {
        query.to_mut().scope.aliases = lookup::aliases(runner, &query.scope.site).await?;
    }
    // After the visits: what was made of a day before one of them was does not count any more.
    if rollups::may_know(&query) {
        let Scope { site, period, .. } = &query.scope;
        let days = runner.rollup_days(site, &period.zone_name).await;
        query.to_mut().rollups = Arc::new(days);
    }
    let query = query.as_ref();
    let parts = parts(query);
    let ((totals, (keys, rows, next)), other_revenue, other_product_revenue) = futures_util::try_join!(
        totals_and_rows(runner, query, &parts),
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

/// The keys of a page in order, the rows (none when there are only totals), and where the next page begins.
type Rows = (Vec<String>, Option<Vec<StatsRow>>, Option<usize>);

/// What all of it comes to, and the rows.
async fn totals_and_rows(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
) -> Result<(Metrics, Rows), ApiError> {
    if let Some(interval) = query.interval
        && has_totals_of_series(query)
    {
        let (totals, rows) = totals_and_series(runner, query, parts, points(query, interval)?).await?;
        return Ok((totals, (Vec::new(), Some(rows), None)));
    }
    if query.group_by.is_empty() || query.offset > 0 || !has_totals(&parts[0], &query.group_by) {
        let page = async { rows(runner, query, parts, page(runner, query, parts).await?).await };
        return futures_util::try_join!(totals(runner, query, parts), page);
    }
    let page = statement(query, &parts[0], Shape::PageAndTotals);
    let (first, mut total) = runner.rows_and_total::<StoreRow>(&page).await?;
    let (keys, mut found, next) = page_of(query, first);
    if query.interval.is_some() || keys.is_empty() {
        let rows = rows(runner, query, parts, (keys, found, next));
        let (others, rows) = futures_util::try_join!(ask(runner, query, &parts[1..], Shape::Totals), rows)?;
        total.extend(others.into_values().flatten());
        return Ok((metrics_of(query, Some(&total)), rows));
    }
    let (together, apart): (Vec<Part>, Vec<Part>) =
        parts[1..].iter().cloned().partition(|part| has_totals(part, &query.group_by));
    let ((of_both, of_all), of_keys, totals) = futures_util::try_join!(
        answers_and_total(runner, query, &together, Shape::KeyedAndTotals(&keys)),
        answers(runner, query, &apart, Shape::Keyed(&keys)),
        answers(runner, query, &apart, Shape::Totals)
    )?;
    total.extend(totals.into_iter().flatten().chain(of_all));
    join(query, &mut found, of_both.into_iter().chain(of_keys));
    Ok((metrics_of(query, Some(&total)), (keys.clone(), Some(rows_of(query, &keys, &mut found)), next)))
}

/// The rows of a page.
async fn rows(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    (keys, mut found, next): Page,
) -> Result<Rows, ApiError> {
    let rows = match (query.interval, query.group_by.is_empty()) {
        (None, true) => None,
        (None, false) => Some(rows_of(query, &keys, &mut found)),
        (Some(interval), _) => Some(series(runner, query, parts, &keys, points(query, interval)?).await?),
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
    let before = &before;
    let answered = async {
        let Some(interval) = query.interval else {
            return Ok((totals(runner, before, parts).await?, None));
        };
        let points = points_before(query, &earlier, interval)?;
        if has_totals_of_series(query) {
            let (totals, rows) = totals_and_series(runner, before, parts, points).await?;
            return Ok((totals, Some(rows)));
        }
        let rows = series(runner, before, parts, keys, points);
        let (totals, rows) = futures_util::try_join!(totals(runner, before, parts), rows)?;
        Ok((totals, Some(rows)))
    };
    let ((totals, rows), data_from) = futures_util::try_join!(answered, data_from(runner, query))?;
    let Period { from, to, .. } = earlier.period;
    Ok(StatsCompare { from, to, data_from, totals, rows })
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

/// The rows of a page: their keys in order, what is known of them, and where the next page begins.
type Page = (Vec<String>, HashMap<RowKey, StoreRow>, Option<usize>);

async fn page(runner: &Runner, query: &Query, parts: &[Part]) -> Result<Page, ApiError> {
    if query.group_by.is_empty() {
        return Ok((Vec::new(), HashMap::new(), None));
    }
    let first: Vec<StoreRow> = runner.rows(&statement(query, &parts[0], Shape::Page)).await?;
    let (keys, mut found, next) = page_of(query, first);
    // With buckets the rows are asked for again, divided by time.
    if query.interval.is_none() && !keys.is_empty() {
        for (key, row) in ask(runner, query, &parts[1..], Shape::Keyed(&keys)).await? {
            found.entry(key).or_default().extend(row);
        }
    }
    Ok((keys, found, next))
}

/// The page that begins with these rows of the first part.
fn page_of(query: &Query, mut first: Vec<StoreRow>) -> Page {
    let next = (first.len() > query.limit).then(|| query.offset.saturating_add(query.limit));
    first.truncate(query.limit);
    let keys: Vec<String> = first.iter().map(|row| key_of(query, row).1).collect();
    (keys, first.into_iter().map(|row| (key_of(query, &row), row)).collect(), next)
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

/// The points of the asked period.
fn points(query: &Query, interval: Interval) -> Result<Vec<Point>, ApiError> {
    let buckets = query.scope.period.buckets(interval)?.into_iter();
    Ok(buckets.map(|Bucket { key, label, .. }| Point { key, label, is_filled: true }).collect())
}

/// Those of the period before that lie where those of the asked period do, as far as it reaches.
fn points_before(query: &Query, earlier: &Earlier, interval: Interval) -> Result<Vec<Point>, ApiError> {
    let mut points = Vec::new();
    for bucket in query.scope.period.buckets(interval)? {
        let Some(label) = earlier.label(&bucket, interval) else { break };
        points.push(Point { is_filled: earlier.has_counterpart(&bucket), key: bucket.key, label });
    }
    Ok(points)
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
    Ok(rows_at(query, &found, keys, points))
}

/// What all of it comes to, and a row for each point, where there are no dimensions.
async fn totals_and_series(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    points: Vec<Point>,
) -> Result<(Metrics, Vec<StatsRow>), ApiError> {
    let (rows, total) = answers_and_total(runner, query, parts, Shape::SeriesAndTotals).await?;
    let mut found = HashMap::new();
    join(query, &mut found, rows);
    Ok((metrics_of(query, Some(&total)), rows_at(query, &found, &[String::new()], points)))
}

/// The rows of these keys at each point.
fn rows_at(
    query: &Query,
    found: &HashMap<RowKey, StoreRow>,
    keys: &[String],
    points: Vec<Point>,
) -> Vec<StatsRow> {
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
    rows
}

/// Asks all parts at the same time and joins their rows.
async fn ask(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    shape: Shape<'_>,
) -> Result<HashMap<RowKey, StoreRow>, ApiError> {
    let mut found = HashMap::new();
    join(query, &mut found, answers(runner, query, parts, shape).await?);
    Ok(found)
}

/// Joins the rows of several parts.
fn join(query: &Query, found: &mut HashMap<RowKey, StoreRow>, rows: impl IntoIterator<Item = StoreRow>) {
    for row in rows {
        found.entry(key_of(query, &row)).or_default().extend(row);
    }
}

/// The rows of all parts, which are asked at the same time.
async fn answers(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    shape: Shape<'_>,
) -> Result<Vec<StoreRow>, ApiError> {
    let statements: Vec<_> = parts.iter().map(|part| statement(query, part, shape)).collect();
    let results = try_join_all(statements.iter().map(|sql| runner.rows::<StoreRow>(sql))).await?;
    Ok(results.into_iter().flatten().collect())
}

/// The same where each part has a row over everything, and these joined.
async fn answers_and_total(
    runner: &Runner,
    query: &Query,
    parts: &[Part],
    shape: Shape<'_>,
) -> Result<(Vec<StoreRow>, StoreRow), ApiError> {
    let statements: Vec<_> = parts.iter().map(|part| statement(query, part, shape)).collect();
    let results = try_join_all(statements.iter().map(|sql| runner.rows_and_total::<StoreRow>(sql))).await?;
    let (rows, totals): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    Ok((rows.into_iter().flatten().collect(), totals.into_iter().flatten().collect()))
}

/// The key of a row.
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
