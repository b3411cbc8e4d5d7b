use orma_store::Site; use crate::{runner::Runner, api::{error::ApiError, journey::*}};
pub struct Request; impl Request { pub fn parse(_: &Site, _: &str, _: &JourneyParams) -> Result<Self, ApiError> { Ok(Self) } }
pub async fn answer(_: &Runner, _: &Request) -> Result<Journey, ApiError> { Err(ApiError::MethodNotAllowed) }
