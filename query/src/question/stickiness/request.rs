//! What is asked: how often people come.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rule::MONTH_DAYS;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Interval;
use crate::steps::people::{Paging, refuse_set};
use crate::steps::presence::STRETCHES_MAX;
use crate::steps::presence::request::{Bounds, Fields, Request};
use crate::timestamp::Timestamp;

/// Intervals of an answer; of days those are looked at, too, that make a month of the first one.
const INTERVALS_MAX: usize = 99;
const _: () = assert!(INTERVALS_MAX + MONTH_DAYS - 1 <= STRETCHES_MAX);

const BOUNDS: Bounds =
    Bounds { days_default: 30, interval_default: Interval::Day, intervals_max: INTERVALS_MAX };

/// What `POST /stickiness` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StickinessRequest {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// `day` (the default), `week` or `month`. All of the intervals count in which the period begins and ends; at most 99.
    #[schema(pattern = "^(day|week|month)$")]
    pub interval: Option<String>,
    /// What somebody does who is there. Default: any event.
    #[schema(value_type = Option<EventMatcher>)]
    pub event: Option<Value>,
    /// `people` (the default) or `visitors`: who is counted.
    #[schema(pattern = "^(people|visitors)$")]
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in these intervals; of `rolling`, in these and the 29 days before.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// `previous`: also as many intervals before.
    #[schema(pattern = "^(previous)?$")]
    pub compare: Option<String>,
}

/// What `POST /stickiness/people` takes: the stickiness, and whom of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StickinessPeopleRequest {
    /// The stickiness, as `POST /stickiness` takes it; without `compare`.
    pub stickiness: StickinessRequest,
    /// In how many intervals they were there.
    #[schema(minimum = 1, maximum = 99, example = 5)]
    pub intervals: usize,
    /// Whether those count, too, who were there in more. Default false.
    pub or_more: Option<bool>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Whom of a stickiness.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The stickiness.
    pub stickiness: Request,
    /// In how many intervals they were there.
    pub intervals: usize,
    /// Or in more.
    pub or_more: bool,
    /// Which of them.
    pub paging: Paging,
}

impl StickinessRequest {
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
    pub fn parse(site: &Site, body: &StickinessPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let stickiness = body.stickiness.read(site, now)?;
        refuse_set("stickiness", [("compare", stickiness.with_previous)])?;
        let count = stickiness.scope.period.buckets(stickiness.interval)?.len();
        if !(1..=count).contains(&body.intervals) {
            let message = format!("`intervals` must be a number from 1 to {count}.");
            return Err(ApiError::invalid("invalid_field", "intervals", message));
        }
        Ok(Self {
            stickiness,
            intervals: body.intervals,
            or_more: body.or_more.unwrap_or(false),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}
