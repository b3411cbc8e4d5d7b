//! What the looks of alerts found: read and written.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::alert::{Acknowledgement, AlertLook};
use super::rule::Usual;
use super::state::{AlertState, Before};
use crate::error::ApiError;
use crate::plan::cursor::{self, Bounded, is_possible_timestamp};
use crate::plan::parameter::parse_limit;
use crate::runner::Runner;
use crate::sql::alert as sql;
use crate::timestamp::Timestamp;

/// What was looked at longer ago is no state any more.
const LATEST_MS: i64 = 60 * 86_400_000;
const CHANGES_DEFAULT: usize = 100;
const CHANGES_MAX: usize = 1_000;

/// A look, as the store has it.
#[derive(Clone, Debug, Deserialize)]
pub struct LookRow {
    /// The site, where several are read.
    #[serde(default)]
    pub site: String,
    /// The alert.
    pub alert: String,
    /// Its revision.
    pub revision: u64,
    /// Where its time begins.
    pub from_ms: i64,
    /// Where it ends.
    pub to_ms: i64,
    /// The version of its rule.
    pub rule_version: u32,
    looked_at_ms: i64,
    /// The number.
    pub value: Option<f64>,
    usual: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    weeks: u8,
    /// The state after it.
    #[serde(rename = "now_state")]
    pub state: AlertState,
    #[serde(rename = "before_state")]
    state_before: AlertState,
    #[serde(rename = "why")]
    reason: String,
    message: String,
    /// When it last began to fire.
    pub fired_at_ms: Option<i64>,
}

impl LookRow {
    /// What is known before the next look, which may be by another rule.
    pub fn before(&self, rule_version: u32) -> Before {
        // What another rule said cools nothing down.
        let fired_at = self.fired_at_ms.filter(|_| self.rule_version == rule_version);
        let state = self.state;
        match (state, fired_at) {
            (AlertState::Firing, None) => Before { state, fired_at: self.fired_at_ms },
            _ => Before { state, fired_at },
        }
    }

    /// As it is told.
    pub fn told(self) -> AlertLook {
        let usual = self.usual.zip(self.low).zip(self.high);
        AlertLook {
            revision: self.revision,
            from: Timestamp(self.from_ms),
            to: Timestamp(self.to_ms),
            looked_at: Timestamp(self.looked_at_ms),
            value: self.value,
            usual: usual.map(|((median, low), high)| Usual { median, low, high, weeks: self.weeks }),
            state: self.state,
            state_before: self.state_before,
            reason: self.reason,
            message: self.message,
        }
    }
}

/// What `GET /alerts/changes` takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertChangesParams {
    /// The `cursor` of an earlier answer: only what has changed since.
    pub since: Option<String>,
    /// How many. Default 100, at most 1000.
    pub limit: Option<String>,
}

/// A change of an alert's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertChange {
    /// Its id: never the same for two.
    #[schema(example = "0a1b2c3d4e5f-1795000000000")]
    pub id: String,
    /// The alert.
    pub alert: String,
    /// The look that made it.
    #[serde(flatten)]
    pub look: AlertLook,
}

/// Changes in the order in which they were found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertChanges {
    /// The oldest first.
    pub items: Vec<AlertChange>,
    /// For `since`.
    pub cursor: String,
    /// Whether there are more now.
    pub more: bool,
}

/// Behind which revision changes are read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Since(u64);

impl Bounded for Since {
    fn is_possible(&self) -> bool {
        i64::try_from(self.0).is_ok_and(is_possible_timestamp)
    }
}

/// The last look of each alert of a site.
///
/// # Errors
/// The store did not answer.
pub async fn latest(
    runner: &Runner,
    site: &str,
    now: Timestamp,
) -> Result<HashMap<String, LookRow>, ApiError> {
    let rows: Vec<LookRow> = runner.rows(&sql::latest(Some(site), now.0 - LATEST_MS)).await?;
    Ok(rows.into_iter().map(|row| (row.alert.clone(), row)).collect())
}

/// The same of all sites.
///
/// # Errors
/// The store did not answer.
pub async fn latest_of_all(runner: &Runner, now: Timestamp) -> Result<Vec<LookRow>, ApiError> {
    Ok(runner.rows(&sql::latest(None, now.0 - LATEST_MS)).await?)
}

/// Looks of an alert, the latest first, and where the next page begins.
///
/// # Errors
/// The store did not answer.
pub async fn page(
    runner: &Runner,
    (site, alert): (&str, &str),
    (offset, limit): (usize, usize),
) -> Result<(Vec<AlertLook>, Option<String>), ApiError> {
    let mut rows: Vec<LookRow> = runner.rows(&sql::looks(site, alert, offset, limit)).await?;
    let next_cursor = (rows.len() > limit).then(|| cursor::encode(&(offset + limit)));
    rows.truncate(limit);
    Ok((rows.into_iter().map(LookRow::told).collect(), next_cursor))
}

/// What has changed since a cursor.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn changes(
    runner: &Runner,
    site: &str,
    params: &AlertChangesParams,
) -> Result<AlertChanges, ApiError> {
    let limit = parse_limit(params.limit.as_deref(), CHANGES_DEFAULT, CHANGES_MAX)?;
    let since = match params.since.as_deref() {
        None => Since(0),
        Some(text) => cursor::decode::<Since>(text).map_err(|_| {
            ApiError::invalid("invalid_cursor", "since", "Use the `cursor` of an earlier answer, unchanged.")
        })?,
    };
    let mut rows: Vec<LookRow> = runner.rows(&sql::changes(site, since.0, limit)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().map_or(since.0, |row| row.revision);
    let change = |row: LookRow| AlertChange {
        id: format!("{}-{}", row.alert, row.revision),
        alert: row.alert.clone(),
        look: row.told(),
    };
    Ok(AlertChanges {
        items: rows.into_iter().map(change).collect(),
        cursor: cursor::encode(&Since(last)),
        more,
    })
}

/// By alert: since when it fired when somebody last took notice, and who did.
///
/// # Errors
/// The store did not answer.
pub async fn acknowledgements(
    runner: &Runner,
    site: &str,
) -> Result<HashMap<String, (i64, Acknowledgement)>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        alert: String,
        fired_at_ms: i64,
        by: String,
        at_ms: i64,
    }
    let rows: Vec<Row> = runner.rows(&sql::acknowledgements(site)).await?;
    let told =
        |row: Row| (row.alert, (row.fired_at_ms, Acknowledgement { by: row.by, at: Timestamp(row.at_ms) }));
    Ok(rows.into_iter().map(told).collect())
}

/// Keeps that somebody has taken notice that an alert fires since a moment.
///
/// # Errors
/// The store did not answer.
pub async fn acknowledge(
    runner: &Runner,
    (site, alert): (&str, &str),
    fired_at_ms: i64,
    (by, at): (&str, Timestamp),
) -> Result<(), ApiError> {
    Ok(runner.execute(&sql::acknowledge(site, alert, fired_at_ms, (by, at.0))).await?)
}
