//! What is asked: a period of receipt.

use serde::Deserialize;
use utoipa::IntoParams;

/// What `GET /accounting` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationParams {
    /// A date in the site's zone or an instant, by the time of receipt: the accounts are of hours of UTC, and an hour belongs
    /// to the period that it begins in. Default: 6 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
}
