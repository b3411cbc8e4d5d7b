use orma_store::Site; use crate::{runner::Runner, moment::Moment, api::{error::ApiError, accounting::*}};
pub async fn answer(_: &Runner, _: &Site, _: &AccountingParams, _: Moment) -> Result<Accounting, ApiError> { Err(ApiError::MethodNotAllowed) }
