//! What is asked: who comes in a stretch of time, and who comes again.

use orma_store::Site;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::parameter::parse_compare;
use crate::plan::{Dimension, Interval};
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{GroupChoice, Paging, refuse_set};
use crate::timestamp::Timestamp;

/// The default period: twelve weeks with today.
const PERIOD_DAYS_DEFAULT: i64 = 84;
/// Cohorts of an answer: of each there is a number for every later one.
const COHORTS_MAX: usize = 100;

/// What `POST /retention` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionRequest {
    /// A date in the site's zone or an instant. Default: 83 days before today.
    #[schema(example = "2026-09-07")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-29")]
    pub to: Option<String>,
    /// `day`, `week` (the default) or `month`: how long a stretch of time is. At most 100 of them.
    #[schema(pattern = "^(day|week|month)$")]
    pub interval: Option<String>,
    /// What makes somebody a member of a cohort, that of when they first did it in the period. Default: any event.
    #[schema(value_type = Option<EventMatcher>)]
    pub first: Option<Value>,
    /// What counts as coming again. Default: any event.
    #[schema(value_type = Option<EventMatcher>)]
    pub again: Option<Value>,
    /// `bracket` (the default): who came again in that very stretch; `unbounded`: in that one or any later one.
    #[schema(pattern = "^(bracket|unbounded)$")]
    pub mode: Option<String>,
    /// `people` (the default) or `visitors`: who is counted.
    #[schema(pattern = "^(people|visitors)$")]
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// A dimension: the same for each value that it has where somebody first came; one of an event or a session.
    #[schema(example = "device_class")]
    pub group_by: Option<String>,
    /// `previous`: also the period before, as in `GET /stats`.
    #[schema(pattern = "^(previous)?$")]
    pub compare: Option<String>,
}

/// What `POST /retention/people` takes: the retention, and whom of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionPeopleRequest {
    /// The retention, as `POST /retention` takes it; without `group_by` and `compare`.
    pub retention: RetentionRequest,
    /// The cohort, as the answer names it.
    #[schema(example = "2026-09-07")]
    pub cohort: String,
    /// Which of its numbers: 0 for all of the cohort.
    pub index: usize,
    /// Only those with this value of a dimension where they first came.
    pub group: Option<GroupChoice>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// When coming again counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In that very stretch of time.
    #[default]
    Bracket,
    /// In that one or any later one.
    Unbounded,
}

/// A retention.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, and whom.
    pub scope: Scope,
    /// How long a stretch of time is.
    pub interval: Interval,
    /// What makes a member of a cohort; any event, where there is none.
    pub first: Option<Condition>,
    /// What counts as coming again.
    pub again: Option<Condition>,
    /// When it counts.
    pub mode: Mode,
    /// Who is counted.
    pub unit: Unit,
    /// By what it is divided.
    pub group_by: Option<Dimension>,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// Whom of a retention.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The retention.
    pub retention: Request,
    /// The cohort's name.
    pub cohort: String,
    /// Which of its numbers.
    pub index: usize,
    /// Only those with this value of `retention.group_by`.
    pub group: Option<String>,
    /// Which of them.
    pub paging: Paging,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &RetentionRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let interval = Interval::parse_stretch(body.interval.as_deref(), Interval::Week)?;
        if scope.period.buckets(interval)?.len() > COHORTS_MAX {
            let message = format!(
                "The period has more than {COHORTS_MAX} cohorts; ask for longer ones, or for less time."
            );
            return Err(ApiError::invalid("too_many_cohorts", "interval", message));
        }
        let event = |field: &str, value: &Option<Value>| {
            value.as_ref().map(|value| Condition::of_event_from_json(value, field)).transpose()
        };
        let unit = Unit::parse(body.unit.as_deref())?;
        if unit == Unit::Sessions {
            let message = "A session does not come again; ask for `people` or `visitors`.";
            return Err(ApiError::invalid("invalid_unit", "unit", message));
        }
        Ok(Self {
            scope,
            interval,
            first: event("first", &body.first)?,
            again: event("again", &body.again)?,
            mode: parse_mode(body.mode.as_deref())?,
            unit,
            group_by: body
                .group_by
                .as_deref()
                .map(|name| Dimension::parse_of_event(name, "group_by"))
                .transpose()?,
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
    pub fn parse(site: &Site, body: &RetentionPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let mut retention = Request::parse(site, &body.retention, now)?;
        let set = [("group_by", retention.group_by.is_some()), ("compare", retention.with_previous)];
        refuse_set("retention", set)?;
        if let Some(group) = &body.group {
            retention.group_by = Some(Dimension::parse_of_event(&group.dimension, "group.dimension")?);
        }
        Ok(Self {
            retention,
            cohort: body.cohort.clone(),
            index: body.index,
            group: body.group.as_ref().map(|group| group.value.clone()),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}

fn parse_mode(name: Option<&str>) -> Result<Mode, ApiError> {
    match name {
        None | Some("bracket") => Ok(Mode::Bracket),
        Some("unbounded") => Ok(Mode::Unbounded),
        Some(other) => {
            let message = format!("`mode` is `bracket` or `unbounded`, not `{other}`.");
            Err(ApiError::invalid("unknown_mode", "mode", message))
        }
    }
}
