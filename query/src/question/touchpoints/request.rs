//! What is asked: where people are, and how long they are waited for.

use orma_store::Site;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
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
    /// `previous`: also the period before, as in `GET /stats`.
    pub compare: Option<String>,
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
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
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
            with_previous: parse_compare(body.compare.as_deref())?,
            now,
        })
    }
}
