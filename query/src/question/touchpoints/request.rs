//! What is asked: where people are, and how long they are waited for.

use orma_store::Site;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Dimension;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{GroupChoice, Paging, refuse_set};
use crate::timestamp::Timestamp;

/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
/// After so many days nobody is waited for any more.
const LOST_AFTER_DAYS_DEFAULT: u32 = 7;
const LOST_AFTER_DAYS_MAX: u32 = 731;
/// Of fewer stays a share or a median says little.
const MIN_STAYS_DEFAULT: u64 = 30;
const MIN_STAYS_MAX: u64 = 1_000_000;

/// What `POST /touchpoints` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TouchpointsRequest {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// `people` (the default) or `visitors`: who is at the touchpoints.
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// What counts as a conversion. Default: an order.
    #[schema(value_type = Option<EventMatcher>)]
    pub conversion: Option<Value>,
    /// After so many times 24 hours without a move a stay is lost; before that it is open. Default 7, at most 731.
    #[schema(example = 7, minimum = 1, maximum = 731)]
    pub lost_after_days: Option<u32>,
    /// Of fewer stays no rank is told. Default 30, at most 1000000.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub min_stays: Option<u64>,
    /// A dimension: the same for each value that it has at somebody's first event; one of an event or a session.
    #[schema(example = "device_class")]
    pub breakdown: Option<String>,
    /// `previous`: also the period before, as in `GET /stats`.
    pub compare: Option<String>,
}

/// What `POST /touchpoints/people` takes: the matrix, and whom of which place.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TouchpointPeopleRequest {
    /// The matrix, as `POST /touchpoints` takes it; without `breakdown` and `compare`.
    pub touchpoints: TouchpointsRequest,
    /// Of which touchpoint; empty for events that have none.
    #[schema(example = "site")]
    pub touchpoint: String,
    /// At which stage; empty for events that have none. Left out, whatever the stage.
    #[schema(example = "pre_purchase")]
    pub stage: Option<String>,
    /// `all` (the default): who were there; `lost`, `open`: of whom nothing came afterwards; `converted`: who converted later;
    /// `next`: who moved to the place `next`.
    pub outcome: Option<String>,
    /// To which place, with the outcome `next`.
    pub next: Option<TouchpointChoice>,
    /// Only those with this value of a dimension at their first event.
    pub group: Option<GroupChoice>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A place of the matrix.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TouchpointChoice {
    /// The touchpoint; empty for events that have none.
    #[schema(example = "newsletter")]
    pub touchpoint: String,
    /// The stage, of a cell.
    #[schema(example = "pre_purchase")]
    pub stage: Option<String>,
}

/// A touchpoint matrix.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which time, and whom.
    pub scope: Scope,
    /// The site's money.
    pub currency: String,
    /// Who is at the touchpoints.
    pub unit: Unit,
    /// What counts as a conversion.
    pub conversion: Condition,
    /// After so many days without a move a stay is lost.
    pub lost_after_days: u32,
    /// Of fewer stays no rank is told.
    pub min_stays: u64,
    /// By what it is divided.
    pub breakdown: Option<Dimension>,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// A touchpoint, and a stage where it is one of a cell.
pub type Name = (String, Option<String>);

/// Who is asked for of those who were in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of them.
    All,
    /// Who did not move on.
    Lost,
    /// Of whom nobody knows yet.
    Open,
    /// Who converted afterwards.
    Converted,
    /// Who moved there next.
    MovedTo(Name),
}

/// Whom of a matrix.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The matrix.
    pub touchpoints: Request,
    /// Of which place.
    pub place: Name,
    /// Whom of it.
    pub outcome: Outcome,
    /// Only those of this value of its breakdown.
    pub group: Option<String>,
    /// Which of them are told.
    pub paging: Paging,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &TouchpointsRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let unit = Unit::parse(body.unit.as_deref())?;
        if unit == Unit::Sessions {
            let message = "A session has no next one; ask for `people` or `visitors`.";
            return Err(ApiError::invalid("invalid_unit", "unit", message));
        }
        let order = json!({"kind": "order"});
        let conversion =
            Condition::of_event_from_json(body.conversion.as_ref().unwrap_or(&order), "conversion")?;
        let lost_after_days = body.lost_after_days.unwrap_or(LOST_AFTER_DAYS_DEFAULT);
        if !(1..=LOST_AFTER_DAYS_MAX).contains(&lost_after_days) {
            let message = format!("`lost_after_days` must be a number from 1 to {LOST_AFTER_DAYS_MAX}.");
            return Err(ApiError::invalid("invalid_field", "lost_after_days", message));
        }
        let min_stays = body.min_stays.unwrap_or(MIN_STAYS_DEFAULT);
        if !(1..=MIN_STAYS_MAX).contains(&min_stays) {
            let message = format!("`min_stays` must be a number from 1 to {MIN_STAYS_MAX}.");
            return Err(ApiError::invalid("invalid_field", "min_stays", message));
        }
        Ok(Self {
            scope,
            currency: site.currency.clone(),
            unit,
            conversion,
            lost_after_days,
            min_stays,
            breakdown: body
                .breakdown
                .as_deref()
                .map(|name| Dimension::parse_of_event(name, "breakdown"))
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
    pub fn parse(site: &Site, body: &TouchpointPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let mut touchpoints = Request::parse(site, &body.touchpoints, now)?;
        refuse_set(
            "touchpoints",
            [("breakdown", touchpoints.breakdown.is_some()), ("compare", touchpoints.with_previous)],
        )?;
        if let Some(group) = &body.group {
            touchpoints.breakdown = Some(group.dimension()?);
        }
        Ok(Self {
            touchpoints,
            place: (body.touchpoint.clone(), body.stage.clone()),
            outcome: parse_outcome(body)?,
            group: body.group.as_ref().map(|group| group.value.clone()),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}

fn parse_outcome(body: &TouchpointPeopleRequest) -> Result<Outcome, ApiError> {
    let outcome = match (body.outcome.as_deref(), &body.next) {
        (Some("next"), Some(next)) => {
            if next.stage.is_some() != body.stage.is_some() {
                let message = "A cell is moved from to a cell: `next.stage` is there where `stage` is.";
                return Err(ApiError::invalid("invalid_field", "next.stage", message));
            }
            return Ok(Outcome::MovedTo((next.touchpoint.clone(), next.stage.clone())));
        }
        (Some("next"), None) => {
            let message = "To which place? `next` is missing.";
            return Err(ApiError::invalid("invalid_field", "next", message));
        }
        (None | Some("all"), _) => Outcome::All,
        (Some("lost"), _) => Outcome::Lost,
        (Some("open"), _) => Outcome::Open,
        (Some("converted"), _) => Outcome::Converted,
        (Some(other), _) => {
            let message =
                format!("`outcome` is `all`, `lost`, `open`, `converted` or `next`, not `{other}`.");
            return Err(ApiError::invalid("unknown_outcome", "outcome", message));
        }
    };
    if body.next.is_some() {
        let message = "`next` is of the outcome `next`; leave it out.";
        return Err(ApiError::invalid("invalid_field", "next", message));
    }
    Ok(outcome)
}
