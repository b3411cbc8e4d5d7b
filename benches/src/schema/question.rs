//! The questions that a layout must serve, worded as the query service words them.

use std::time::Instant;

use anyhow::Context;
use orma_model::kinds::{Activity, KindCondition};
use serde_json::Value;

use super::layout::{Access, Layout};
use crate::events::{DAY_MS, END_MS, SITE};
use crate::markdown::median;
use crate::program::Bed;

/// Answers that are measured, after one that is not.
const RUNS: usize = 5;
const HUMAN: &str = "bot = '' AND verdict != 'machine'";
const VIEW: KindCondition = KindCondition::any_of(|kind| kind.activity == Activity::View);

/// How rows that may be there twice are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// `FINAL` where rows are counted.
    Needed,
    /// Never `FINAL`: duplicates would count.
    Plain,
    /// `FINAL` where rows are counted, month by month: a key never lies in two months.
    ByPartition,
}

impl Reading {
    pub const ALL: [Self; 3] = [Self::Needed, Self::ByPartition, Self::Plain];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Needed => "FINAL",
            Self::ByPartition => "FINAL, partitions apart",
            Self::Plain => "without FINAL",
        }
    }
}

/// What one question cost.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// Median time until the answer was there, in milliseconds.
    pub elapsed_ms: f64,
    /// The engine's CPU for one answer, in milliseconds.
    pub cpu_ms: f64,
}

/// A question to a table of events. In its text, `{table}` is the table, `{final}` asks for merged rows,
/// `{counted}` stands for the visitor, and `{person}` is the condition that finds the one who came most often.
#[derive(Clone, Debug)]
pub struct Question {
    pub name: &'static str,
    text: String,
    visitor: String,
    /// The days on which that visitor came, when the text is to name them.
    days: Option<String>,
}

/// The rows of the site from `from` to the end of the events.
fn since(from: u64) -> String {
    format!(
        "site = '{SITE}' AND toDate(ts) BETWEEN toDate(fromUnixTimestamp64Milli({from}, 'UTC')) \
         AND toDate(fromUnixTimestamp64Milli({END_MS}, 'UTC')) \
         AND ts >= fromUnixTimestamp64Milli({from}, 'UTC') AND ts < fromUnixTimestamp64Milli({END_MS}, 'UTC') \
         AND {HUMAN}"
    )
}

/// All questions. The journey is that of the visitor who came most often.
///
/// # Errors
/// The engine does not answer.
pub async fn all(bed: &Bed) -> anyhow::Result<Vec<Question>> {
    let sql = format!(
        "SELECT visitor FROM visitor_days WHERE site = '{SITE}' GROUP BY visitor \
         ORDER BY uniqExact(day) DESC, visitor LIMIT 1"
    );
    let rows: Vec<Value> = bed.store.select(&sql, &[]).await?;
    let visitor = rows.first().and_then(|row| row["visitor"].as_str()).context("nobody was here")?;
    let sql = format!(
        "SELECT arrayStringConcat(groupUniqArray(concat('\\'', toString(day), '\\'')), ', ') AS days \
         FROM visitor_days WHERE site = '{SITE}' AND visitor = '{visitor}'"
    );
    let rows: Vec<Value> = bed.store.select(&sql, &[]).await?;
    let days = rows.first().and_then(|row| row["days"].as_str()).context("the visitor has no days")?;
    let question = |name, text| Question { name, text, visitor: visitor.to_owned(), days: None };
    let journey = format!(
        "SELECT ts, kind, name, path, title, session, touchpoint, channel, source, device_class, props \
         FROM {{table}}{{final}} WHERE site = '{SITE}' AND {{person}} ORDER BY ts DESC, event_id LIMIT 100"
    );
    let half_hour = since(END_MS - 30 * 60_000);
    let day = since(END_MS - DAY_MS);
    let month = since(END_MS - 30 * DAY_MS);
    Ok(vec![
        question(
            "visitors by day, 30 days",
            format!(
                "SELECT toDate(ts, 'Europe/Rome') AS day, uniqExactIf({{counted}}, {VIEW}) AS visitors \
                 FROM {{table}} WHERE {month} GROUP BY day ORDER BY day"
            ),
        ),
        question(
            "top pages, 30 days",
            format!(
                "SELECT path, count() AS views FROM {{table}}{{final}} WHERE {month} AND {VIEW} \
                 GROUP BY path ORDER BY views DESC, path LIMIT 10"
            ),
        ),
        question(
            "numbers of the last day",
            format!(
                "SELECT countIf({VIEW}) AS views, uniqExactIf({{counted}}, {VIEW}) AS visitors, \
                 countIf(kind = 'order') AS orders, sumIf(revenue, currency = 'EUR') AS money \
                 FROM {{table}}{{final}} WHERE {day}"
            ),
        ),
        question("one person's journey", journey.clone()),
        Question { days: Some(days.to_owned()), ..question("the same, its days known", journey) },
        question(
            "p75 of LCP by page, 30 days",
            format!(
                "SELECT path, quantile(0.75)(value) AS p75, count() AS samples FROM {{table}}{{final}} \
                 WHERE {month} AND kind = 'vital' AND name = 'LCP' GROUP BY path ORDER BY samples DESC, path LIMIT 20"
            ),
        ),
        question(
            "last 30 minutes",
            format!(
                "SELECT count() AS events, uniqExact({{counted}}) AS visitors FROM {{table}}{{final}} \
                 WHERE {half_hour}"
            ),
        ),
    ])
}

impl Question {
    fn sql(&self, table: &str, layout: &Layout, reading: Reading) -> String {
        let visitor = &self.visitor;
        let person = match (layout.access, &self.days) {
            (Access::ByVisitor, _) => format!("visitor = '{visitor}'"),
            (Access::ByDay, Some(days)) => format!("toDate(ts) IN ({days}) AND visitor = '{visitor}'"),
            (Access::ByDay, None) => format!(
                "(toDate(ts), visitor) IN (SELECT day, visitor FROM visitor_days \
                 WHERE site = '{SITE}' AND visitor = '{visitor}')"
            ),
        };
        let merged = if reading == Reading::Plain { "" } else { " FINAL" };
        self.text
            .replace("{table}", table)
            .replace("{final}", merged)
            .replace("{counted}", layout.counted)
            .replace("{person}", &person)
    }

    /// Asks several times.
    ///
    /// # Errors
    /// The engine refuses, or the answer is empty: then nothing was measured.
    pub async fn ask(
        &self,
        bed: &Bed,
        table: &str,
        layout: &Layout,
        reading: Reading,
    ) -> anyhow::Result<Answered> {
        let sql = self.sql(table, layout, reading);
        let by_partition = if reading == Reading::ByPartition { "1" } else { "0" };
        let settings = [("do_not_merge_across_partitions_select_final", by_partition)];
        let answer = || bed.store.select_with::<Value>(&sql, &[], &settings);
        anyhow::ensure!(!answer().await.with_context(|| sql.clone())?.is_empty(), "no rows: {sql}");
        let before = bed.cpu_seconds()?;
        let mut elapsed = Vec::new();
        for _ in 0..RUNS {
            let started = Instant::now();
            answer().await?;
            elapsed.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let cpu_ms = (bed.cpu_seconds()? - before) * 1e3 / RUNS as f64;
        Ok(Answered { elapsed_ms: median(elapsed), cpu_ms })
    }
}
