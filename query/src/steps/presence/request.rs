//! What is asked of who was there in which day, week or month of a period.

use orma_store::Site;
use serde_json::Value;

use crate::condition::Condition;
use crate::error::ApiError;
use crate::plan::Interval;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::timestamp::Timestamp;

/// What is asked.
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

/// The fields of a body.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub interval: Option<&'a str>,
    pub event: Option<&'a Value>,
    pub unit: Option<&'a str>,
    pub condition: Option<&'a Value>,
    pub compare: Option<&'a str>,
}

/// What a question takes, and what it takes where nothing is said.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Days of the period, with today.
    pub days_default: i64,
    /// How long an interval is.
    pub interval_default: Interval,
    /// At most so many intervals.
    pub intervals_max: usize,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, fields: Fields<'_>, bounds: Bounds, now: Timestamp) -> Result<Self, ApiError> {
        let Bounds { days_default, interval_default, intervals_max } = bounds;
        let text = ScopeText { from: fields.from, to: fields.to, filter: &[], include: None };
        let scope = Scope::parse(site, &text, days_default, now)?.with_condition(fields.condition)?;
        let interval = Interval::parse_stretch(fields.interval, interval_default)?;
        if scope.period.buckets(interval)?.len() > intervals_max {
            let message = format!(
                "The period has more than {intervals_max} intervals; ask for longer ones, or for less time."
            );
            return Err(ApiError::invalid("too_many_intervals", "interval", message));
        }
        let unit = Unit::parse(fields.unit)?;
        if unit == Unit::Sessions {
            let message = "A session does not come again; ask for `people` or `visitors`.";
            return Err(ApiError::invalid("invalid_unit", "unit", message));
        }
        Ok(Self {
            scope: Scope { period: scope.period.widened(interval)?, ..scope },
            interval,
            event: fields.event.map(|event| Condition::of_event_from_json(event, "event")).transpose()?,
            unit,
            with_previous: parse_compare(fields.compare)?,
            now,
        })
    }
}
