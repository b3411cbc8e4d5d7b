//! What is asked: the steps of a funnel, and whom it is about.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rule::{Order, Rule, STEPS_MAX};
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::parameter::parse_compare;
use crate::plan::{Dimension, Interval};
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{GroupChoice, Paging, refuse_set};
use crate::timestamp::Timestamp;

/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
/// A funnel of one step is a count.
const STEPS_MIN: usize = 2;
/// What people did instead, in so many nodes.
const NODES_DEFAULT: usize = 10;
const NODES_MAX: usize = 100;
/// What may not lie between.
const EXCLUDED_MAX: usize = 5;
/// Seven days.
const WINDOW_MS_DEFAULT: i64 = 604_800_000;
/// A year and a day.
const WINDOW_MS_MAX: i64 = 366 * 86_400_000;

/// What `POST /funnels` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelRequest {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// Two to twelve.
    #[schema(value_type = Vec<EventMatcher>, min_items = 2, max_items = 12)]
    pub steps: Vec<Value>,
    /// `ordered` (the default): one step after the other, whatever lies between; `strict`: with nothing between them that was
    /// seen or done; `any`: in any order, and then a step counts who did it and all before it in the list.
    pub order: Option<String>,
    /// How much time lies between the first step and the last at most, in milliseconds. Default seven days, at most 366.
    #[schema(example = 604_800_000, minimum = 1)]
    pub window_ms: Option<i64>,
    /// At most five: an event that fits one ends what was begun.
    #[serde(default)]
    #[schema(value_type = Vec<EventMatcher>, max_items = 5)]
    pub exclude: Vec<Value>,
    /// `people` (the default), `visitors` or `sessions`: who takes the steps.
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// A dimension: the same for each value that it has at the first step; one of an event or a session.
    #[schema(example = "device_class")]
    pub group_by: Option<String>,
    /// `day`, `week` or `month`: the same by when the first step was.
    pub interval: Option<String>,
    /// `previous`: also the period before, as in `GET /stats`.
    pub compare: Option<String>,
    /// `bots`: bots and machines too.
    pub include: Option<String>,
}

/// What `POST /funnels/people` takes: the funnel, and whom of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelPeopleRequest {
    /// The funnel, as `POST /funnels` takes it; without `group_by`, `interval` and `compare`.
    pub funnel: FunnelRequest,
    /// The number of a step, from 1.
    #[schema(minimum = 1, maximum = 12)]
    pub step: usize,
    /// `reached` (the default): who came as far as that step or further; `dropped`: who came no further.
    pub outcome: Option<String>,
    /// Only those with this value of a dimension at the first step.
    pub group: Option<GroupChoice>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What `POST /funnels/instead` takes: the funnel, and after which step.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelInsteadRequest {
    /// The funnel, as `POST /funnels` takes it; without `group_by`, `interval` and `compare`.
    pub funnel: FunnelRequest,
    /// The number of a step, from 1; not the last.
    #[schema(minimum = 1, maximum = 11)]
    pub step: usize,
    /// How many nodes. Default 10, at most 100.
    #[schema(minimum = 1, maximum = 100)]
    pub limit: Option<usize>,
}

/// A funnel.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, and whom.
    pub scope: Scope,
    /// The site's money.
    pub currency: String,
    /// Who takes the steps.
    pub unit: Unit,
    /// The steps, and after them what is excluded.
    pub patterns: Vec<Condition>,
    /// How far somebody gets.
    pub rule: Rule,
    /// By what it is divided.
    pub group_by: Option<Dimension>,
    /// By which time.
    pub interval: Option<Interval>,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// Whom of a funnel.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The funnel.
    pub funnel: Request,
    /// Who came as far as this step: its index.
    pub step: usize,
    /// Who came no further.
    pub only_dropped: bool,
    /// Only those with this value of `funnel.group_by`.
    pub group: Option<String>,
    /// Which of them.
    pub paging: Paging,
}

/// After which step of a funnel it is asked what people did instead.
#[derive(Clone, Debug)]
pub struct InsteadRequest {
    /// The funnel.
    pub funnel: Request,
    /// The index of the step.
    pub step: usize,
    /// How many nodes are told.
    pub limit: usize,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &FunnelRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text = ScopeText {
            from: body.from.as_deref(),
            to: body.to.as_deref(),
            filter: &[],
            include: body.include.as_deref(),
        };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        check_count(body.steps.len(), STEPS_MIN, STEPS_MAX, "steps")?;
        check_count(body.exclude.len(), 0, EXCLUDED_MAX, "exclude")?;
        let mut patterns = Vec::new();
        for (field, events) in [("steps", &body.steps), ("exclude", &body.exclude)] {
            for (place, event) in events.iter().enumerate() {
                patterns.push(Condition::of_event_from_json(event, &format!("{field}[{place}]"))?);
            }
        }
        let steps = body.steps.len();
        let excluded = ((1u32 << patterns.len()) - 1) & !((1u32 << steps) - 1);
        let window_ms = body.window_ms.unwrap_or(WINDOW_MS_DEFAULT);
        if !(1..=WINDOW_MS_MAX).contains(&window_ms) {
            let message = format!("`window_ms` must be a number of milliseconds from 1 to {WINDOW_MS_MAX}.");
            return Err(ApiError::invalid("invalid_window", "window_ms", message));
        }
        let stretch = |name| Interval::parse_stretch(Some(name), Interval::Day);
        let interval = body.interval.as_deref().map(stretch).transpose()?;
        if let Some(interval) = interval {
            scope.period.buckets(interval)?;
        }
        Ok(Self {
            scope,
            currency: site.currency.clone(),
            unit: Unit::parse(body.unit.as_deref())?,
            patterns,
            rule: Rule { steps, order: parse_order(body.order.as_deref())?, window_ms, excluded },
            group_by: body
                .group_by
                .as_deref()
                .map(|name| Dimension::parse_of_event(name, "group_by"))
                .transpose()?,
            interval,
            with_previous: parse_compare(body.compare.as_deref())?,
            now,
        })
    }
}

/// A funnel of whose people something is asked.
fn plain(site: &Site, funnel: &FunnelRequest, now: Timestamp) -> Result<Request, ApiError> {
    let funnel = Request::parse(site, funnel, now)?;
    let set = [
        ("group_by", funnel.group_by.is_some()),
        ("interval", funnel.interval.is_some()),
        ("compare", funnel.with_previous),
    ];
    refuse_set("funnel", set)?;
    Ok(funnel)
}

/// The index of a step, of which there are so many to choose from.
fn index_of(step: usize, steps: usize) -> Result<usize, ApiError> {
    if !(1..=steps).contains(&step) {
        let message = format!("`step` must be a number from 1 to {steps}.");
        return Err(ApiError::invalid("invalid_step", "step", message));
    }
    Ok(step - 1)
}

impl InsteadRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &FunnelInsteadRequest, now: Timestamp) -> Result<Self, ApiError> {
        let funnel = plain(site, &body.funnel, now)?;
        let step = index_of(body.step, funnel.rule.steps - 1)?;
        let limit = body.limit.unwrap_or(NODES_DEFAULT);
        if !(1..=NODES_MAX).contains(&limit) {
            let message = format!("`limit` must be a number from 1 to {NODES_MAX}.");
            return Err(ApiError::invalid("invalid_limit", "limit", message));
        }
        Ok(Self { funnel, step, limit })
    }
}

impl PeopleRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &FunnelPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let mut funnel = plain(site, &body.funnel, now)?;
        let step = index_of(body.step, funnel.rule.steps)?;
        let only_dropped = match body.outcome.as_deref() {
            None | Some("reached") => false,
            Some("dropped") => true,
            Some(other) => {
                let message = format!("`outcome` is `reached` or `dropped`, not `{other}`.");
                return Err(ApiError::invalid("invalid_outcome", "outcome", message));
            }
        };
        if let Some(group) = &body.group {
            funnel.group_by = Some(group.dimension()?);
        }
        Ok(Self {
            funnel,
            step,
            only_dropped,
            group: body.group.as_ref().map(|group| group.value.clone()),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}

fn check_count(count: usize, min: usize, max: usize, field: &str) -> Result<(), ApiError> {
    if (min..=max).contains(&count) {
        return Ok(());
    }
    let message = format!("`{field}` takes {min} to {max} events, not {count}.");
    Err(ApiError::invalid("invalid_count", field, message))
}

fn parse_order(name: Option<&str>) -> Result<Order, ApiError> {
    match name {
        None | Some("ordered") => Ok(Order::Ordered),
        Some("strict") => Ok(Order::Strict),
        Some("any") => Ok(Order::Any),
        Some(other) => {
            let message = format!("There is no order `{other}`. There are: ordered, strict, any.");
            Err(ApiError::invalid("unknown_order", "order", message))
        }
    }
}
