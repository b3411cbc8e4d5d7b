//! Believable events, made inside ClickHouse from `numbers()`: the same ones for the same count, so that two runs
//! can be compared.
//!
//! Three sites with 70, 25 and 5 % of the visitors; a tenth as many visitors as events, some of whom come often;
//! visits of 1, 3, 4, 5 and 12 events (5 in the mean) some seconds apart, crowded around midday; 60 days in order
//! of time; 2,000 pages of which few are read much; ids as the browser SDK makes them (UUID version 7: 48 bits of
//! time, 74 random bits).

use anyhow::Context;
use serde::Deserialize;

use crate::program::Bed;

/// The days that the events cover.
const DAYS: u64 = 60;
/// The first moment, 2026-09-20 12:00 UTC, in milliseconds since the epoch.
const FIRST_MS: u64 = 1_789_905_600_000;
/// Milliseconds of a day.
pub const DAY_MS: u64 = 86_400_000;
/// The end of the events, in milliseconds since the epoch: "now" of the questions.
pub const END_MS: u64 = FIRST_MS + DAYS * DAY_MS;
/// The site that the questions ask about: the one with 70 % of the visitors.
pub const SITE: &str = "bottega";
/// Rows made by one statement.
const CHUNK_ROWS: u64 = 100_000;
/// The table that holds what the candidates are fed with, numbered by `n` in order of time.
const STAGING: &str = "staging";

/// Where visits of 1, 3, 4, 5 and 12 events begin in a run of 25.
const VISIT_STARTS: [u64; 5] = [0, 1, 4, 8, 13];

/// The values of the columns that are not at their default; later ones use earlier ones.
const COLUMNS: &[(&str, &str)] = &[
    (
        "site",
        "['bottega', 'officina', 'museo'][multiIf(h_visitor % 100 < 70, 1, h_visitor % 100 < 95, 2, 3)]",
    ),
    ("ts", "fromUnixTimestamp64Milli(toInt64(at), 'UTC')"),
    ("received_at", "fromUnixTimestamp64Milli(toInt64(at + 20 + h % 400), 'UTC')"),
    // A tenth of the clocks is wrong by some seconds, each by its own.
    (
        "client_ts",
        "fromUnixTimestamp64Milli(toInt64(if(h_visitor % 10 = 0, at + h_visitor % 60000, 0)), 'UTC')",
    ),
    ("clock", "if(h_visitor % 10 = 0, 'skewed', '')"),
    ("user", "if(h_visitor % 25 = 0, concat('customer-', toString(visitor_number)), '')"),
    ("consent", "if(h_visitor % 4 = 0, '', 'granted')"),
    (
        "kind",
        "multiIf(nth = 0, 'page_view', h % 100 < 38, 'page_view', h % 100 < 66, 'page_leave', h % 100 < 84, 'vital', \
         h % 100 < 91, 'click', h % 100 < 94, 'search', h % 100 < 97, 'view_item', h % 100 < 99, 'add_to_cart', 'order')",
    ),
    ("name", "if(kind = 'vital', ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'][1 + h % 5], '')"),
    ("touchpoint", "'site'"),
    ("stage", "if(h_visitor % 25 = 0, 'post_purchase', 'pre_purchase')"),
    ("host", "concat(site, '.example')"),
    ("path", "concat('/', section, '/', toString(page))"),
    (
        "query",
        "if(nth = 0 AND h_visit % 5 = 0, concat('utm_source=', utm_source, '&utm_campaign=', utm_campaign), '')",
    ),
    ("title", "concat('Pagina ', toString(page), ' di ', section, ' – Bottega')"),
    ("referrer", "if(nth = 0 AND h_visit % 5 IN (1, 2), 'https://www.google.com/', '')"),
    ("utm_source", "if(h_visit % 5 = 0, ['news', 'instagram', 'partner'][1 + h_visit % 3], '')"),
    ("utm_medium", "if(h_visit % 5 = 0, ['email', 'social', 'cpc'][1 + h_visit % 3], '')"),
    ("utm_campaign", "if(h_visit % 5 = 0, concat('campaign-', toString(h_visit % 40)), '')"),
    ("source", "multiIf(h_visit % 5 = 0, utm_source, h_visit % 5 < 3, 'Google', '')"),
    ("channel", "multiIf(h_visit % 5 = 0, 'campaign', h_visit % 5 < 3, 'organic_search', 'direct')"),
    (
        "device_class",
        "['smartphone', 'desktop', 'tablet'][multiIf(h_visitor % 20 < 12, 1, h_visitor % 20 < 19, 2, 3)]",
    ),
    (
        "device_brand",
        "if(device_class = 'desktop', '', ['Apple', 'Samsung', 'Xiaomi', 'Google'][1 + h_visitor % 4])",
    ),
    ("device_model", "if(device_class = 'desktop', '', concat('model-', toString(h_visitor % 60)))"),
    ("browser", "['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet'][1 + least(h_visitor % 9, 4)]"),
    ("browser_version", "toString(120 + h_visitor % 14)"),
    (
        "os",
        "if(device_class = 'desktop', ['Windows', 'macOS', 'Linux'][1 + h_visitor % 3], ['iOS', 'Android'][1 + h_visitor % 2])",
    ),
    ("os_version", "toString(10 + h_visitor % 8)"),
    ("screen_width", "[390, 412, 1440, 1920][1 + h_visitor % 4]"),
    ("screen_height", "[844, 915, 900, 1080][1 + h_visitor % 4]"),
    ("language", "['it-IT', 'en-GB', 'de-DE', 'fr-FR', 'es-ES'][1 + least(h_visitor % 11, 4)]"),
    (
        "timezone",
        "['Europe/Rome', 'Europe/London', 'Europe/Berlin', 'Europe/Paris', 'Europe/Madrid'][1 + least(h_visitor % 11, 4)]",
    ),
    ("sdk", "'orma-js/1.0.0'"),
    (
        "country",
        "substring('ITDEFRESGBUSATCHNLBEPTPLCZSEDKNOFIIEGRROHUHRSISKBGLTLVEELUMT', 1 + 2 * least(h_visitor % 45 % 30, h_visitor % 31 % 30), 2)",
    ),
    ("region", "concat(country, '-', toString(h_visitor % 12))"),
    ("city", "concat(country, ' città ', toString(h_visitor % 40))"),
    ("engaged_ms", "if(kind = 'page_leave', 1000 + h % 90000, 0)"),
    ("scroll_pct", "if(kind = 'page_leave', h % 101, 0)"),
    ("value", "if(kind = 'vital', toFloat32(100 + h % 4000), NULL)"),
    ("rating", "if(kind = 'vital', ['good', 'needs-improvement', 'poor'][1 + intDiv(h % 4000, 2000)], '')"),
    ("revenue", "if(kind = 'order', toDecimal64(10 + h % 300, 4), 0)"),
    ("currency", "if(kind = 'order', 'EUR', '')"),
    ("target", "if(kind = 'click', concat('nav > a#link-', toString(h % 200)), '')"),
    ("bot", "if(h_visitor % 50 = 7, 'crawler', '')"),
    (
        "props",
        "if(kind IN ('search', 'view_item', 'add_to_cart'), map('colore', ['rosso', 'blu', 'verde'][1 + h % 3]), map())",
    ),
];

/// The text of a UUID of version 7: `moment` in milliseconds, the rest from two hashes of `seed`.
fn uuid7(moment: &str, seed: &str) -> String {
    let time = format!("lower(hex(toUInt64({moment})))");
    let random = |salt: &str| format!("lower(leftPad(hex(cityHash64({seed}, '{salt}')), 16, '0'))");
    let (first, second) = (random("a"), random("b"));
    format!(
        "concat(substring({time}, 1, 8), '-', substring({time}, 9, 4), '-7', substring({first}, 1, 3), '-', \
         ['8', '9', 'a', 'b'][1 + cityHash64({seed}, 'variant') % 4], substring({first}, 4, 3), '-', \
         substring({second}, 1, 12))"
    )
}

/// The statement that makes the rows `from` to `to` of `events`.
fn generate(events: u64, from: u64, to: u64) -> String {
    let visits = events / 5;
    let visitors = events / 10;
    let starts = VISIT_STARTS.map(|start| start.to_string()).join(", ");
    let span = DAYS * DAY_MS;
    let names = COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let values =
        COLUMNS.iter().map(|(name, value)| format!("{value} AS {name}")).collect::<Vec<_>>().join(",\n    ");
    let visitor = uuid7(&format!("{FIRST_MS} - h_visitor % 20000000000"), "visitor_number, 'visitor'");
    let session = uuid7("started", "visit, 'session'");
    let event_id = uuid7("at", "n, 'event'");
    format!(
        "INSERT INTO {STAGING} (n, event_id, visitor, session, {names})
WITH
    number AS n,
    n % 25 AS place,
    arrayCount(start -> start <= place, [{starts}]) AS which,
    intDiv(n, 25) * 5 + which - 1 AS visit,
    place - [{starts}][which] AS nth,
    cityHash64(n) AS h,
    cityHash64(visit, 'visit') AS h_visit,
    toUInt64({visitors} * pow((h_visit % 1000003) / 1000003, 1.2)) AS visitor_number,
    cityHash64(visitor_number, 'v') AS h_visitor,
    visit * ({span} / {visits}) / {DAY_MS} AS day,
    -- A day of the generator runs from noon to noon: crowded at both ends, quiet in the middle.
    {FIRST_MS} + toUInt64({DAY_MS} * (day - 0.1 * sin(2 * pi() * (day - floor(day))) + 0.001)) AS started,
    started + nth * 23000 + if(nth = 0, 0, h % 17000) AS at,
    least(1999, toUInt64(pow(2000, (cityHash64(n, 'page') % 1000003) / 1000003))) AS page,
    ['scarpe', 'borse', 'cinture', 'guanti', 'cappelli', 'blog', 'aiuto', 'negozi'][1 + page % 8] AS section
SELECT n, toUUID({event_id}) AS event_id, {visitor} AS visitor, {session} AS session,
    {values}
FROM numbers({from}, {count})",
        count = to - from,
    )
}

/// A column of the table of events as the migrations make it.
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    pub name: String,
    /// Its ClickHouse type.
    #[serde(rename = "type")]
    pub kind: String,
    /// `CODEC(…)`, or empty.
    pub compression_codec: String,
}

/// The columns of the table of events that are stored.
///
/// # Errors
/// The engine does not answer.
pub async fn columns(bed: &Bed) -> anyhow::Result<Vec<Column>> {
    let sql = "SELECT name, type, compression_codec FROM system.columns \
               WHERE database = currentDatabase() AND table = 'events' AND default_kind != 'ALIAS' ORDER BY position";
    Ok(bed.store.select(sql, &[]).await?)
}

/// What a column of the table of events holds that packs these columns.
fn packed(parts: &[&str]) -> String {
    let texts: Vec<String> = parts
        .iter()
        .map(|part| match *part {
            "screen_width" | "screen_height" => format!("if({part} = 0, '', toString({part})), char(31)"),
            part => format!("{part}, char(31)"),
        })
        .collect();
    format!("concat({})", texts.join(", "))
}

/// Makes `events` events in the staging table.
///
/// # Errors
/// The engine refuses, for instance because the disk is full.
pub async fn stage(bed: &Bed, events: u64) -> anyhow::Result<()> {
    let mut list: Vec<String> = orma_model::event_row::COLUMNS
        .iter()
        .map(|column| format!("{} {}", column.name, column.column_type.clickhouse_name()))
        .collect();
    for column in columns(bed).await? {
        let parts: Vec<&str> = orma_model::event_row::COLUMNS
            .iter()
            .filter(|part| part.packed_in == Some(&column.name))
            .map(|part| part.name)
            .collect();
        if !parts.is_empty() {
            list.push(format!("{} {} DEFAULT {}", column.name, column.kind, packed(&parts)));
        }
    }
    bed.execute(&format!(
        "CREATE TABLE {STAGING} (n UInt64, {}) ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 1024",
        list.join(", ")
    ))
    .await?;
    let mut from = 0;
    while from < events {
        let to = events.min(from + CHUNK_ROWS);
        bed.execute(&generate(events, from, to)).await.context("making events")?;
        from = to;
    }
    Ok(())
}

/// Inserts the staged rows `from` to `to` into `table` as one block, sorted as the collector sends it; returns the engine's CPU seconds.
///
/// # Errors
/// The engine refuses.
pub async fn feed(bed: &Bed, table: &str, names: &str, from: u64, to: u64) -> anyhow::Result<f64> {
    feed_with(bed, table, names, from, to, "").await
}

/// [`feed`] with one more setting of the insert, or none when it is empty.
///
/// # Errors
/// The engine refuses.
pub async fn feed_with(
    bed: &Bed,
    table: &str,
    names: &str,
    from: u64,
    to: u64,
    setting: &str,
) -> anyhow::Result<f64> {
    let setting = if setting.is_empty() { "optimize_on_insert = 0" } else { setting };
    bed.execute(&format!(
        "INSERT INTO {table} ({names}) SELECT {names} FROM {STAGING} WHERE n >= {from} AND n < {to} \
         ORDER BY site, toDate(ts), visitor, event_id \
         SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = {rows}, \
         preferred_block_size_bytes = 0, min_insert_block_size_rows = {rows}, \
         min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0, \
         insert_deduplicate = 0, {setting}",
        rows = (to - from).max(1)
    ))
    .await
}

/// What it costs to read the staged rows in batches of `rows`, to be taken off what [`feed`] costs: CPU seconds a
/// million rows.
///
/// # Errors
/// The engine refuses.
pub async fn cost_of_reading(bed: &Bed, names: &str, events: u64, rows: u64) -> anyhow::Result<f64> {
    bed.execute("CREATE TABLE nowhere AS events ENGINE = Null").await?;
    let mut cpu = 0.0;
    let mut from = 0;
    while from < events {
        let to = events.min(from + rows);
        cpu += feed(bed, "nowhere", names, from, to).await?;
        from = to;
    }
    bed.execute("DROP TABLE nowhere SYNC").await?;
    Ok(cpu * 1e6 / events as f64)
}

#[cfg(test)]
mod tests {
    use orma_model::vitals::{Rating, VITALS};

    use super::*;

    #[test]
    fn statements_have_no_hole_and_name_each_column_once() {
        let sql = generate(1000, 0, 100);
        assert!(!sql.contains('{'), "{sql}");
        let mut names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        for name in names {
            assert!(orma_model::event_row::COLUMNS.iter().any(|column| column.name == name), "{name}");
        }
    }

    fn quoted(column: &str) -> Vec<&'static str> {
        let (_, sql) = COLUMNS.iter().find(|(name, _)| *name == column).unwrap();
        sql.split('\'').skip(1).step_by(2).collect()
    }

    #[test]
    fn kinds_vitals_and_ratings_are_those_of_the_catalogue() {
        for name in quoted("kind") {
            assert!(orma_model::Kind::find(name).is_some(), "{name}");
        }
        let vitals = VITALS.each_ref().map(|vital| vital.name);
        assert_eq!(quoted("name"), [&["vital"], &vitals[..], &[""]].concat());
        let ratings: Vec<&str> = Rating::ALL.iter().map(|rating| rating.as_str()).collect();
        assert_eq!(quoted("rating"), [&["vital"], &ratings[..], &[""]].concat());
    }
}
