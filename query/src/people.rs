use orma_store::Site; use crate::{runner::Runner, api::{error::ApiError, people::*}};
pub struct ListRequest; impl ListRequest { pub fn parse(_: &Site, _: &PeopleParams) -> Result<Self, ApiError> { Ok(Self) } }
pub async fn list(_: &Runner, _: &ListRequest) -> Result<PersonList, ApiError> { Err(ApiError::MethodNotAllowed) }
pub async fn card(_: &Runner, _: &Site, _: &str) -> Result<Person, ApiError> { Err(ApiError::MethodNotAllowed) }
pub async fn link(_: &Runner, _: &Site, _: &str, _: &str, _: &str) -> Result<IdentityLink, ApiError> { Err(ApiError::MethodNotAllowed) }
pub async fn unlink(_: &Runner, _: &Site, _: &str, _: &str, _: &str) -> Result<(), ApiError> { Err(ApiError::MethodNotAllowed) }
