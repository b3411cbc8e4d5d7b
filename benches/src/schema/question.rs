//! The questions that a layout must serve, worded as the query service words them.

use std::time::Instant;

use anyhow::Context;
use serde_json::Value;

use super::layout::Access;
use crate::events::{END_MS, SITE};
use crate::markdown::median;
use crate::program::Bed;

/// Answers that are measured, after one that is not.
const RUNS: usize = 5;
const HUMAN: &str = "bot = '' AND verdict != 'machine'";
const VIEW: &str = "kind IN ('page_view', 'screen_view')";

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
    /// All ways.
    pub const ALL: [Self; 3] = [Self::Needed, Self::ByPartition, Self::Plain];

    /// The name in the table.
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

/// A question to a table of events. In its text, `{table}` is the table, `{final}` asks for merged rows, and
/// `{person}` is the condition that finds one visitor.
#[derive(Clone, Debug)]
pub struct Question {
    /// The name in the tables.
    pub name: &'static str,
    text: String,
    visitor: String,
}

/// The last `days` days before the end of the events.
fn window(days: u64) -> String {
    let from = END_MS - days * 86_400_000;
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
        "SELECT visitor FROM sessions WHERE site = '{SITE}' GROUP BY visitor \
         ORDER BY uniqExact(session) DESC, visitor LIMIT 1"
    );
    let rows: Vec<Value> = bed.store.select(&sql, &[]).await?;
    let visitor = rows.first().and_then(|row| row["visitor"].as_str()).context("there are no sessions")?;
    let question = |name, text| Question { name, text, visitor: visitor.to_owned() };
    let half_hour = END_MS - 30 * 60_000;
    Ok(vec![
        question(
            "visitors by day, 30 days",
            format!(
                "SELECT toDate(ts, 'Europe/Rome') AS day, uniqExactIf(visitor, {VIEW}) AS visitors \
                 FROM {{table}} WHERE {} GROUP BY day ORDER BY day",
                window(30)
            ),
        ),
        question(
            "top pages, 30 days",
            format!(
                "SELECT path, count() AS views FROM {{table}}{{final}} WHERE {} AND {VIEW} \
                 GROUP BY path ORDER BY views DESC, path LIMIT 10",
                window(30)
            ),
        ),
        question(
            "numbers of the last day",
            format!(
                "SELECT countIf({VIEW}) AS views, uniqExactIf(visitor, {VIEW}) AS visitors, \
                 countIf(kind = 'order') AS orders, sumIf(revenue, currency = 'EUR') AS money \
                 FROM {{table}}{{final}} WHERE {}",
                window(1)
            ),
        ),
        question(
            "one person's journey",
            format!(
                "SELECT ts, kind, name, path, title, session, touchpoint, channel, source, device_class, props \
                 FROM {{table}}{{final}} WHERE site = '{SITE}' AND {{person}} ORDER BY ts DESC, event_id LIMIT 100"
            ),
        ),
        question(
            "p75 of LCP by page, 30 days",
            format!(
                "SELECT path, quantile(0.75)(value) AS p75, count() AS samples FROM {{table}}{{final}} \
                 WHERE {} AND kind = 'vital' AND name = 'LCP' GROUP BY path ORDER BY samples DESC, path LIMIT 20",
                window(30)
            ),
        ),
        question(
            "last 30 minutes",
            format!(
                "SELECT count() AS events, uniqExact(visitor) AS visitors FROM {{table}}{{final}} \
                 WHERE {} AND ts >= fromUnixTimestamp64Milli({half_hour}, 'UTC')",
                window(0)
            )
            .replace(&format!("ts >= fromUnixTimestamp64Milli({END_MS}, 'UTC') AND "), ""),
        ),
    ])
}

impl Question {
    fn sql(&self, table: &str, access: Access, reading: Reading) -> String {
        let visitor = &self.visitor;
        let person = match access {
            Access::ByVisitor => format!("visitor = '{visitor}'"),
            Access::ByDay => format!(
                "(toDate(ts), visitor) IN (SELECT day, visitor FROM sessions \
                 WHERE site = '{SITE}' AND visitor = '{visitor}')"
            ),
        };
        let merged = if reading == Reading::Plain { "" } else { " FINAL" };
        self.text.replace("{table}", table).replace("{final}", merged).replace("{person}", &person)
    }

    /// Asks several times.
    ///
    /// # Errors
    /// The engine refuses, or the answer is empty: then nothing was measured.
    pub async fn ask(
        &self,
        bed: &Bed,
        table: &str,
        access: Access,
        reading: Reading,
    ) -> anyhow::Result<Answered> {
        let sql = self.sql(table, access, reading);
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
