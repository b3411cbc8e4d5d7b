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
use crate::steps::people::Paging;
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
    #[schema(pattern = "^(session|person)$")]
    pub scope: Option<String>,
    /// `all` (the default): pages, screens, and what was done; `pages`: only what was seen.
    #[schema(pattern = "^(all|pages)$")]
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

/// What `POST /paths/people` takes: the paths, and which of their links.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "left out and null are two things")]
pub struct PathsPeopleRequest {
    /// The paths, as `POST /paths` takes them; links that fewer took than `min_count` may be asked for, too.
    pub paths: PathsRequest,
    /// Which link it is, from 0, as the answer counts them; one of those that `paths` asks for.
    #[schema(minimum = 0, maximum = 9)]
    pub step: usize,
    /// What it leads from; null is the beginning. Left out: all that lead to `to`, which are the node there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "/scarpe")]
    pub from: Option<Option<String>>,
    /// What it leads to; null is the end. Left out: all that lead from `from`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub to: Option<Option<String>>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What is null was given, too.
#[expect(clippy::option_option, reason = "left out and null are two things")]
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
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

/// Whom of paths.
#[derive(Clone, Debug)]
#[expect(clippy::option_option, reason = "left out and null are two things")]
pub struct PeopleRequest {
    /// The paths.
    pub paths: Request,
    /// Which link.
    pub step: usize,
    /// What it leads from, where that is asked.
    pub from: Option<Option<String>>,
    /// What it leads to, where that is asked.
    pub to: Option<Option<String>>,
    /// Which of them.
    pub paging: Paging,
}

impl PeopleRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &PathsPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let paths = Request::parse(site, &body.paths, now)?;
        if body.step >= paths.rule.steps {
            let message = format!("`step` must be a number from 0 to {}.", paths.rule.steps - 1);
            return Err(ApiError::invalid("invalid_field", "step", message));
        }
        if body.from.is_none() && body.to.is_none() {
            let message = "A link leads `from` something `to` something: say one of them, or both.";
            return Err(ApiError::invalid("invalid_field", "from", message));
        }
        Ok(Self {
            paths,
            step: body.step,
            from: body.from.clone(),
            to: body.to.clone(),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
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
