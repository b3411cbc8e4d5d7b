//! What is asked: what follows what, from where or to where.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rule::Rule;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::timestamp::Timestamp;

/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
const STEPS_DEFAULT: usize = 3;
const STEPS_MAX: usize = 10;

/// What `POST /paths` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathsRequest {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// `session` (the default): each session is a journey; `person`: all that a person did in the period is one.
    pub scope: Option<String>,
    /// `all` (the default): pages, screens, and what was done; `pages`: only what was seen.
    pub nodes: Option<String>,
    /// How many links of each journey are told. Default 3, at most 10.
    #[schema(minimum = 1, maximum = 10)]
    pub steps: Option<usize>,
    /// Where paths begin: with the first event of a journey that fits.
    #[schema(value_type = Option<EventMatcher>)]
    pub start: Option<Value>,
    /// Where they end: with the last event of a journey that fits; then they are walked backward. With a `start`, with the first
    /// that fits after it, and forward.
    #[schema(value_type = Option<EventMatcher>)]
    pub end: Option<Value>,
    /// Whether what follows itself (a page that is loaded again) is one. Default true.
    pub fold: Option<bool>,
    /// Links that fewer took are left out; how many they are is told. Default 1.
    #[schema(minimum = 1)]
    pub min_count: Option<u64>,
    /// Whose journeys: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
}

/// Which events are nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nodes {
    /// What was seen or done.
    #[default]
    All,
    /// What was seen.
    Pages,
}

/// Paths.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, and whose.
    pub scope: Scope,
    /// What a journey is.
    pub unit: Unit,
    /// Which events are nodes.
    pub nodes: Nodes,
    /// Where they begin.
    pub start: Option<Condition>,
    /// Where they end.
    pub end: Option<Condition>,
    /// How they are walked.
    pub rule: Rule,
    /// Links that fewer took are left out.
    pub min_count: u64,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &PathsRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let unit =
            one_of("scope", body.scope.as_deref(), [("session", Unit::Sessions), ("person", Unit::People)])?;
        let nodes = one_of("nodes", body.nodes.as_deref(), [("all", Nodes::All), ("pages", Nodes::Pages)])?;
        let steps = body.steps.unwrap_or(STEPS_DEFAULT);
        if !(1..=STEPS_MAX).contains(&steps) {
            let message = format!("`steps` must be a number from 1 to {STEPS_MAX}.");
            return Err(ApiError::invalid("invalid_steps", "steps", message));
        }
        let event = |field: &str, value: &Option<Value>| {
            value.as_ref().map(|value| Condition::of_event_from_json(value, field)).transpose()
        };
        let (start, end) = (event("start", &body.start)?, event("end", &body.end)?);
        let rule = Rule {
            steps,
            has_start: start.is_some(),
            has_end: end.is_some(),
            fold: body.fold.unwrap_or(true),
        };
        Ok(Self { scope, unit, nodes, start, end, rule, min_count: body.min_count.unwrap_or(1).max(1) })
    }
}

/// The value of a name; the first where none is given.
fn one_of<T: Copy, const N: usize>(
    field: &str,
    name: Option<&str>,
    known: [(&str, T); N],
) -> Result<T, ApiError> {
    let Some(name) = name else { return Ok(known[0].1) };
    let found = known.iter().find(|(one, _)| *one == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names = known.map(|(name, _)| format!("`{name}`")).join(" or ");
        ApiError::invalid("invalid_field", field, format!("`{field}` is {names}, not `{name}`."))
    })
}
