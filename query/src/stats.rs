use crate::{runner::Runner, plan::Query, api::{error::ApiError, stats::*}};
pub async fn answer(_: &Runner, _: &Query) -> Result<Stats, ApiError> { Err(ApiError::MethodNotAllowed) }
