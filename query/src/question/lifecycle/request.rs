//! What is asked: who is new, who comes again and who is lost, by what they do.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rule::State;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Interval;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{Paging, refuse_set};
use crate::steps::presence::STRETCHES_MAX;
use crate::timestamp::Timestamp;

/// The default period: twelve weeks with today.
const PERIOD_DAYS_DEFAULT: i64 = 84;
/// Intervals of an answer; the one before the first is looked at, too.
const INTERVALS_MAX: usize = 100;
const _: () = assert!(INTERVALS_MAX < STRETCHES_MAX);

/// What `POST /lifecycle` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRequest {
    /// A date in the site's zone or an instant. Default: 83 days before today.
    #[schema(example = "2026-09-07")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-29")]
    pub to: Option<String>,
    /// `day`, `week` (the default) or `month`. All of the intervals are told in which the period begins and ends; at most 100.
    #[schema(pattern = "^(day|week|month)$")]
    pub interval: Option<String>,
    /// What somebody does who is there; new is who does it for the first time. Default: any event.
    #[schema(value_type = Option<EventMatcher>)]
    pub event: Option<Value>,
    /// `people` (the default) or `visitors`: who is counted.
    #[schema(pattern = "^(people|visitors)$")]
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in these intervals and the one before them.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// `previous`: also as many intervals before.
    #[schema(pattern = "^(previous)?$")]
    pub compare: Option<String>,
}

/// What `POST /lifecycle/people` takes: the lifecycle, and whom of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecyclePeopleRequest {
    /// The lifecycle, as `POST /lifecycle` takes it; without `compare`.
    pub lifecycle: LifecycleRequest,
    /// The interval, as the answer names it.
    #[schema(example = "2026-11-16")]
    pub time: String,
    /// `new`, `returning`, `resurrected`, `lost` (of an interval that is over) or `active`: who was there at all.
    #[schema(pattern = "^(active|new|returning|resurrected|lost)$", example = "lost")]
    pub state: String,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A lifecycle.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, in whole intervals, and whom.
    pub scope: Scope,
    /// How long an interval is.
    pub interval: Interval,
    /// What somebody does who is there; any event, where there is none.
    pub event: Option<Condition>,
    /// Who is counted.
    pub unit: Unit,
    /// Also as many intervals before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// Whom of a lifecycle.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The lifecycle.
    pub lifecycle: Request,
    /// The interval's name.
    pub time: String,
    /// What they are in it; there at all, where there is none.
    pub state: Option<State>,
    /// Which of them.
    pub paging: Paging,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &LifecycleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let interval = Interval::parse_stretch(body.interval.as_deref(), Interval::Week)?;
        if scope.period.buckets(interval)?.len() > INTERVALS_MAX {
            let message = format!(
                "The period has more than {INTERVALS_MAX} intervals; ask for longer ones, or for less time."
            );
            return Err(ApiError::invalid("too_many_intervals", "interval", message));
        }
        let unit = Unit::parse(body.unit.as_deref())?;
        if unit == Unit::Sessions {
            let message = "A session does not come again; ask for `people` or `visitors`.";
            return Err(ApiError::invalid("invalid_unit", "unit", message));
        }
        let event = body.event.as_ref();
        Ok(Self {
            scope: Scope { period: scope.period.widened(interval)?, ..scope },
            interval,
            event: event.map(|event| Condition::of_event_from_json(event, "event")).transpose()?,
            unit,
            with_previous: parse_compare(body.compare.as_deref())?,
            now,
        })
    }
}

impl PeopleRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &LifecyclePeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let lifecycle = Request::parse(site, &body.lifecycle, now)?;
        refuse_set("lifecycle", [("compare", lifecycle.with_previous)])?;
        let state = match body.state.as_str() {
            "active" => None,
            name => {
                let found = State::ALL.into_iter().find(|state| state.name() == name);
                Some(found.ok_or_else(|| {
                    let known = State::ALL.map(State::name).join(", ");
                    let message = format!("There is no state `{name}`. There are: active, {known}.");
                    ApiError::invalid("unknown_state", "state", message)
                })?)
            }
        };
        let paging = Paging::parse(body.limit, body.cursor.as_deref())?;
        Ok(Self { lifecycle, time: body.time.clone(), state, paging })
    }
}
