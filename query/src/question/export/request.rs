//! What is asked: a period, and whether bots are in it.

use orma_store::Site;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::scope::{Scope, ScopeText};
use crate::timestamp::Timestamp;

/// Days of an export that names no period.
const DAYS_DEFAULT: i64 = 30;

/// What `GET /events` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsParams {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
    /// `bots`: events of bots and machines too.
    pub include: Option<String>,
}

impl EventsParams {
    /// What the export is about.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn scope(&self, site: &Site, now: Timestamp) -> Result<Scope, ApiError> {
        let Self { from, to, include } = self;
        let text =
            ScopeText { from: from.as_deref(), to: to.as_deref(), filter: &[], include: include.as_deref() };
        Scope::parse(site, &text, DAYS_DEFAULT, now)
    }
}
