//! What is asked: which touchpoints led to conversions.

use orma_store::Site;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::rule::Model;
use crate::condition::{Condition, EventMatcher};
use crate::error::ApiError;
use crate::plan::Dimension;
use crate::plan::dimension::Level;
use crate::plan::parameter::parse_compare;
use crate::scope::{Scope, ScopeText};
use crate::steps::Unit;
use crate::steps::people::{GroupChoice, Paging, refuse_set};
use crate::timestamp::Timestamp;

/// The default period: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
/// Before a conversion.
const WINDOW_DAYS_DEFAULT: u32 = 90;
const WINDOW_DAYS_MAX: u32 = 731;

/// What `POST /attribution` takes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributionRequest {
    /// A date in the site's zone or an instant: conversions since then. Default: 29 days before today.
    #[schema(example = "2026-11-01")]
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    #[schema(example = "2026-11-30")]
    pub to: Option<String>,
    /// `first`, `last`, `last_non_direct` (the default), `linear`, `position`, `time_decay`, `markov` or `shapley`: which
    /// of them the rows are sorted by and have as `conversions` and `revenue`. All of them stand in `models`.
    #[schema(pattern = "^(first|last|last_non_direct|linear|position|time_decay|markov|shapley)$")]
    pub model: Option<String>,
    /// What a touchpoint is: a dimension that a visit has. Default `source`.
    #[schema(example = "channel")]
    pub group_by: Option<String>,
    /// What counts as a conversion. Default: an order.
    #[schema(value_type = Option<EventMatcher>)]
    pub conversion: Option<Value>,
    /// Visits count that began at most so many times 24 hours before the conversion. Default 90, at most 731.
    #[schema(example = 90, minimum = 1, maximum = 731)]
    pub window_days: Option<u32>,
    /// Whether the Markov chain knows of those who did not convert, too. Default true.
    pub unconverted: Option<bool>,
    /// `people` (the default) or `visitors`: whose visits lead to whose conversions.
    #[schema(pattern = "^(people|visitors)$")]
    pub unit: Option<String>,
    /// Whom it is about: those for whom it holds in the period.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// A dimension: the same by `model` for each value that it has at the conversion; one of an event or a session. Not with
    /// `markov`, which needs those who did not convert.
    #[schema(example = "device_class")]
    pub breakdown: Option<String>,
    /// `previous`: also the period before, as in `GET /stats`.
    #[schema(pattern = "^(previous)?$")]
    pub compare: Option<String>,
}

/// What `POST /attribution/people` takes: the attribution, and whom of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributionPeopleRequest {
    /// The attribution, as `POST /attribution` takes it; without `breakdown` and `compare`.
    pub attribution: AttributionRequest,
    /// A touchpoint, as the answer names it: only those of whose conversions it has credit by the model, or who came by it.
    /// Default: whatever they came by.
    #[schema(example = "google")]
    pub touchpoint: Option<String>,
    /// `converted` (the default): who converted; `unconverted`: who came in the period and did not.
    #[schema(pattern = "^(converted|unconverted)$")]
    pub outcome: Option<String>,
    /// Only those with this value of a dimension at a conversion.
    pub group: Option<GroupChoice>,
    /// How many. Default 50, at most 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// An attribution.
#[derive(Clone, Debug)]
pub struct Request {
    /// When the conversions were, and whose.
    pub scope: Scope,
    /// The site's money.
    pub currency: String,
    /// What the rows are sorted by.
    pub model: Model,
    /// What a touchpoint is.
    pub group_by: Dimension,
    /// What counts as a conversion.
    pub conversion: Condition,
    /// How long before it, in milliseconds.
    pub window_ms: i64,
    /// Whether the chain knows of those who did not convert.
    pub with_unconverted: bool,
    /// Whose visits lead to whose conversions.
    pub unit: Unit,
    /// By what the conversions are divided.
    pub breakdown: Option<Dimension>,
    /// Also the period before.
    pub with_previous: bool,
    /// When it was asked.
    pub now: Timestamp,
}

/// Whom of an attribution.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// The attribution.
    pub attribution: Request,
    /// What has credit for their conversions, or what they came by.
    pub touchpoint: Option<String>,
    /// Those who did not convert.
    pub only_unconverted: bool,
    /// Only those with this value of `attribution.breakdown`.
    pub group: Option<String>,
    /// Which of them.
    pub paging: Paging,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A field cannot be used; the error names it.
    pub fn parse(site: &Site, body: &AttributionRequest, now: Timestamp) -> Result<Self, ApiError> {
        let text =
            ScopeText { from: body.from.as_deref(), to: body.to.as_deref(), filter: &[], include: None };
        let scope =
            Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?.with_condition(body.condition.as_ref())?;
        let group_by = Dimension::parse_of_event(body.group_by.as_deref().unwrap_or("source"), "group_by")?;
        if group_by.level() == Level::Event {
            let message = format!(
                "`{}` is of single events; a touchpoint is something that a visit has.",
                group_by.name()
            );
            return Err(ApiError::invalid("invalid_dimension", "group_by", message));
        }
        let window_days = body.window_days.unwrap_or(WINDOW_DAYS_DEFAULT);
        if !(1..=WINDOW_DAYS_MAX).contains(&window_days) {
            let message = format!("`window_days` must be a number from 1 to {WINDOW_DAYS_MAX}.");
            return Err(ApiError::invalid("invalid_window", "window_days", message));
        }
        let unit = Unit::parse(body.unit.as_deref())?;
        if unit == Unit::Sessions {
            let message = "A session is one touch; ask for `people` or `visitors`.";
            return Err(ApiError::invalid("invalid_unit", "unit", message));
        }
        let order = json!({"kind": "order"});
        let model = parse_model(body.model.as_deref())?;
        let breakdown = body.breakdown.as_deref();
        let breakdown = breakdown.map(|name| Dimension::parse_of_event(name, "breakdown")).transpose()?;
        if breakdown.is_some() && model == Model::Markov {
            let message = "`markov` needs those who did not convert, who have no value of `breakdown`.";
            return Err(ApiError::invalid("invalid_field", "breakdown", message));
        }
        Ok(Self {
            scope,
            currency: site.currency.clone(),
            model,
            group_by,
            conversion: Condition::of_event_from_json(
                body.conversion.as_ref().unwrap_or(&order),
                "conversion",
            )?,
            window_ms: i64::from(window_days) * 86_400_000,
            with_unconverted: body.unconverted.unwrap_or(true),
            unit,
            breakdown,
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
    pub fn parse(site: &Site, body: &AttributionPeopleRequest, now: Timestamp) -> Result<Self, ApiError> {
        let mut attribution = Request::parse(site, &body.attribution, now)?;
        let set = [("breakdown", attribution.breakdown.is_some()), ("compare", attribution.with_previous)];
        refuse_set("attribution", set)?;
        let only_unconverted = match body.outcome.as_deref() {
            None | Some("converted") => false,
            Some("unconverted") => true,
            Some(other) => {
                let message = format!("`outcome` is `converted` or `unconverted`, not `{other}`.");
                return Err(ApiError::invalid("invalid_field", "outcome", message));
            }
        };
        if let Some(group) = &body.group {
            if only_unconverted {
                let message = "Who did not convert has no value at a conversion; leave `group` out.";
                return Err(ApiError::invalid("invalid_field", "group", message));
            }
            attribution.breakdown = Some(Dimension::parse_of_event(&group.dimension, "group.dimension")?);
        }
        Ok(Self {
            attribution,
            touchpoint: body.touchpoint.clone(),
            only_unconverted,
            group: body.group.as_ref().map(|group| group.value.clone()),
            paging: Paging::parse(body.limit, body.cursor.as_deref())?,
        })
    }
}

fn parse_model(name: Option<&str>) -> Result<Model, ApiError> {
    let Some(name) = name else { return Ok(Model::LastNonDirect) };
    Model::ALL.into_iter().find(|model| model.name() == name).ok_or_else(|| {
        let known = Model::ALL.map(Model::name).join(", ");
        ApiError::invalid(
            "unknown_model",
            "model",
            format!("There is no model `{name}`. There are: {known}."),
        )
    })
}
