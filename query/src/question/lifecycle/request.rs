//! What is asked: who is new, who comes again and who is lost, by what they do.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rule::State;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Interval;
use crate::steps::people::{Paging, refuse_set};
use crate::steps::presence::STRETCHES_MAX;
use crate::steps::presence::request::{Bounds, Fields, Request};
use crate::timestamp::Timestamp;

/// Intervals of an answer; the one before the first is looked at, too.
const INTERVALS_MAX: usize = 100;
const _: () = assert!(INTERVALS_MAX < STRETCHES_MAX);

const BOUNDS: Bounds =
    Bounds { days_default: 84, interval_default: Interval::Week, intervals_max: INTERVALS_MAX };

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

impl LifecycleRequest {
    /// Reads it.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn read(&self, site: &Site, now: Timestamp) -> Result<Request, ApiError> {
        let fields = Fields {
            from: self.from.as_deref(),
            to: self.to.as_deref(),
            interval: self.interval.as_deref(),
            event: self.event.as_ref(),
            unit: self.unit.as_deref(),
            condition: self.condition.as_ref(),
            compare: self.compare.as_deref(),
        };
        Request::parse(site, fields, BOUNDS, now)
    }
}

impl PeopleRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &LifecyclePeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let lifecycle = body.lifecycle.read(site, now)?;
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
