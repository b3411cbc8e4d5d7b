//! What is asked: a report by campaign or link, or the people behind one of its numbers.

use orma_store::Site;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::plan::parameter::parse_limit;
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Timestamp;

/// What `GET /newsletters` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsletterParams {
    /// `campaign` (default) or `link`.
    #[param(example = "link")]
    pub by: Option<String>,
    /// Only this campaign.
    #[param(example = "saldi-2026")]
    pub campaign: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// How many rows. Default 100, at most 1000.
    pub limit: Option<String>,
}

/// What `GET /newsletters/people` takes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsletterPeopleParams {
    /// The number whose people these are: `sent`, `delivered`, `bounced`, `opened`, `opened_by_machines`, `clicked`,
    /// `clicked_by_machines`, `visits` or `orders`.
    #[param(example = "clicked")]
    pub number: String,
    /// Only this campaign.
    pub campaign: Option<String>,
    /// Only this link: of clicks, visits and orders.
    pub link: Option<String>,
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// How many people. Default 100, at most 1000.
    pub limit: Option<String>,
}

/// The default period: four weeks and two days, as everywhere.
const PERIOD_DAYS_DEFAULT: i64 = 30;
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// The question.
#[derive(Clone, Debug)]
pub struct Query {
    /// What it is about; machines are in, as the report tells them apart.
    pub scope: Scope,
    /// The currency of the revenue.
    pub currency: String,
    /// A row for each link, otherwise for each campaign.
    pub by_link: bool,
    /// Only this campaign.
    pub campaign: Option<String>,
    /// Rows at most.
    pub limit: usize,
}

impl Query {
    /// Reads the parameters.
    ///
    /// # Errors
    /// One cannot be used.
    pub fn parse(site: &Site, params: &NewsletterParams, now: Timestamp) -> Result<Self, ApiError> {
        let by_link = match params.by.as_deref() {
            None | Some("campaign") => false,
            Some("link") => true,
            Some(other) => {
                let message = format!("`by` is `campaign` or `link`, not `{other}`.");
                return Err(ApiError::invalid("invalid_parameter", "by", message));
            }
        };
        let (from, to) = (params.from.as_deref(), params.to.as_deref());
        let text = ScopeText { from, to, ..ScopeText::default() };
        let scope = Scope::parse(site, &text, PERIOD_DAYS_DEFAULT, now)?;
        Ok(Self {
            scope: Scope { with_bots: true, ..scope },
            currency: site.currency.clone(),
            by_link,
            campaign: params.campaign.clone(),
            limit: parse_limit(params.limit.as_deref(), LIMIT_DEFAULT, LIMIT_MAX)?,
        })
    }
}

/// A number of the report, by which people can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Copies that were sent.
    Sent,
    /// Copies that were delivered.
    Delivered,
    /// Copies that came back.
    Bounced,
    /// Copies that people opened.
    Opened,
    /// Copies that only machines opened.
    OpenedByMachines,
    /// Copies of which people followed a link.
    Clicked,
    /// Copies of which only machines did.
    ClickedByMachines,
    /// Visits with a landing.
    Visits,
    /// Orders after a landing.
    Orders,
}

impl Number {
    /// All of them, by their names.
    pub const ALL: [(&str, Self); 9] = [
        ("sent", Self::Sent),
        ("delivered", Self::Delivered),
        ("bounced", Self::Bounced),
        ("opened", Self::Opened),
        ("opened_by_machines", Self::OpenedByMachines),
        ("clicked", Self::Clicked),
        ("clicked_by_machines", Self::ClickedByMachines),
        ("visits", Self::Visits),
        ("orders", Self::Orders),
    ];

    /// The number of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(name: &str) -> Result<Self, ApiError> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, number)| number).ok_or_else(|| {
            let known = Self::ALL.map(|(name, _)| name).join(", ");
            let message = format!("There is no number `{name}`. There are: {known}.");
            ApiError::invalid("invalid_parameter", "number", message)
        })
    }
}
