pub mod web { use orma_store::Site; use crate::{runner::Runner, moment::Moment, api::{error::ApiError, quality::*}};
pub async fn answer(_: &Runner, _: &Site, _: &QualityParams, _: Moment) -> Result<WebQuality, ApiError> { Err(ApiError::MethodNotAllowed) } }
pub mod app { use orma_store::Site; use crate::{runner::Runner, moment::Moment, api::{error::ApiError, quality::*}};
pub async fn answer(_: &Runner, _: &Site, _: &QualityParams, _: Moment) -> Result<AppQuality, ApiError> { Err(ApiError::MethodNotAllowed) } }
