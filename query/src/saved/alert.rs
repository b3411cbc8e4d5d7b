//! Alerts: a number of a report that is watched.

use orma_store::registry::Snapshot;
use orma_store::{Saved, SavedKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::number::NumberPath;
use super::rule::AlertRule;
use super::state::AlertState;
use super::window::Every;
use super::{find, saved_anew};
use crate::error::ApiError;
use crate::saved::rule::Usual;
use crate::timestamp::Timestamp;

/// So long an alert is quiet at most after it fired: a week.
const COOLDOWN_HOURS_MAX: u16 = 168;

/// What an alert watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The report's id.
    #[schema(example = "0a1b2c3d4e5f", max_length = 64)]
    pub report: String,
    /// Which number of its answer: a path through it. Parts are separated by `/` and percent-encoded; an item of a list is named by its
    /// place (`-1` is the last) or by what it is about (`dimensions.country=IT`). `GET /reports/{report}/numbers` lists them.
    #[schema(example = "/totals/visitors", min_length = 2, max_length = 1000, pattern = "^/")]
    pub number: String,
    /// What gives an alarm.
    pub rule: AlertRule,
    /// When it looks: whenever an hour, a day or a week of the site is over, five minutes later. What has begun is never
    /// looked at.
    pub every: Every,
    /// So many hours, days or weeks the number is over, up to that. Default 1; at most 72 hours, 92 days or 53 weeks. For what is
    /// unusual always 1.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 92)]
    pub window: u16,
}

const fn one() -> u16 {
    1
}

/// An alert as it is made or replaced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertRequest {
    /// What it is called; no two alerts of a site are called alike.
    #[schema(example = "No orders", min_length = 1, max_length = 200)]
    pub name: String,
    /// What it watches.
    pub watched: Watched,
    /// After it began to fire it does not begin again for so many hours. Default 0.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 168)]
    pub cooldown_hours: u16,
    /// `false`: it does not look. Default `true`.
    #[serde(default = "yes")]
    pub is_on: bool,
    /// The version that is replaced; a new alert has none.
    #[schema(minimum = 1, maximum = 4_294_967_294_u32)]
    pub version: Option<u32>,
}

const fn yes() -> bool {
    true
}

/// What is kept of an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertContent {
    /// What it watches.
    pub watched: Watched,
    /// The cool-down.
    pub cooldown_hours: u16,
    /// Whether it looks.
    pub is_on: bool,
    /// The version of the alert with which it began to watch this.
    pub rule_version: u32,
}

/// What the last look found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertLook {
    /// Rises with each look of any alert of the site.
    pub revision: u64,
    /// From when events count.
    pub from: Timestamp,
    /// To when, exclusive.
    pub to: Timestamp,
    /// When it looked.
    pub looked_at: Timestamp,
    /// The number; null: there was none.
    pub value: Option<f64>,
    /// What is usual, where it is compared with the weeks before.
    pub usual: Option<Usual>,
    /// The state after it.
    pub state: AlertState,
    /// The state before it.
    pub state_before: AlertState,
    /// Why: `fine`, `above`, `below`, `unusually_high`, `unusually_low`, `cooling_down`, `no_number`, `not_enough_weeks` or
    /// `failed`.
    pub reason: String,
    /// What was wrong, when it failed.
    pub message: String,
}

/// Who has taken notice that it fires.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Acknowledgement {
    /// What the token was made for.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the name of the field is the API's")]
pub struct Alert {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f")]
    pub alert: String,
    /// What it is called.
    pub name: String,
    /// What it watches.
    pub watched: Watched,
    /// What the report is called; null: it is no longer there.
    pub report_name: Option<String>,
    /// After it began to fire it does not begin again for so many hours.
    pub cooldown_hours: u16,
    /// Whether it looks.
    pub is_on: bool,
    /// Its state.
    pub state: AlertState,
    /// When it last began to fire.
    pub fired_at: Option<Timestamp>,
    /// Who has taken notice since.
    pub acknowledged: Option<Acknowledgement>,
    /// What it found when it last looked.
    pub last: Option<AlertLook>,
    /// 1 when it was made, one more with each change.
    pub version: u32,
    /// Who made it: what the token was made for.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The alerts of a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertList {
    /// By name.
    pub items: Vec<Alert>,
    /// How many fire that nobody has acknowledged.
    pub firing: usize,
}

/// What is kept of a saved alert; `None`: another version of orma wrote it.
pub fn content(saved: &Saved) -> Option<AlertContent> {
    serde_json::from_str(&saved.content).ok()
}

impl Watched {
    /// Refuses what cannot be watched.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn check(&self, site: &str, snapshot: &Snapshot) -> Result<(), ApiError> {
        if find(snapshot, site, SavedKind::Report, &self.report).is_none() {
            let message = format!("There is no report `{}`.", self.report);
            return Err(ApiError::invalid("unknown_report", "report", message));
        }
        NumberPath::parse(&self.number)?;
        self.rule.check()?;
        let max = if self.rule.looks_back() { 1 } else { self.every.window_max() };
        if !(1..=max).contains(&self.window) {
            let message = format!("`window` must be a whole number from 1 to {max} here.");
            return Err(ApiError::invalid("invalid_alert_window", "window", message));
        }
        Ok(())
    }
}

/// What is saved of a request.
///
/// # Errors
/// A field cannot be used.
pub fn definition(
    before: Option<&Saved>,
    site: &str,
    snapshot: &Snapshot,
    request: AlertRequest,
    by: (&str, Timestamp),
) -> Result<Saved, ApiError> {
    let AlertRequest { name, watched, cooldown_hours, is_on, version } = request;
    watched.check(site, snapshot).map_err(|error| error.below("watched"))?;
    if cooldown_hours > COOLDOWN_HOURS_MAX {
        let message = format!("`cooldown_hours` must be a whole number from 0 to {COOLDOWN_HOURS_MAX}.");
        return Err(ApiError::invalid("invalid_cooldown", "cooldown_hours", message));
    }
    let next = before.map_or(1, |before| before.version.saturating_add(1));
    let same = before.and_then(content).filter(|content| content.watched == watched);
    let rule_version = same.map_or(next, |content| content.rule_version);
    let content = AlertContent { watched, cooldown_hours, is_on, rule_version };
    let json = serde_json::to_string(&content).expect("plain fields");
    saved_anew((SavedKind::Alert, site), before, (name, json, version), by)
}
