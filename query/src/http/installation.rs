//! `GET /sites/{site}/installation`: what arrived of a site in the last minutes, and what was refused, with why.

use axum::Json;
use axum::extract::State;

use super::auth::Access;
use super::params::SitePath;
use crate::error::{ApiError, ErrorBody};
use crate::question::installation;
use crate::question::installation::response::Installation;
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// What arrived of a site in the last half hour, and what was refused, with why.
#[utoipa::path(get, path = "/installation", tag = "installation", params(SitePath),
    responses(
        (status = 200, description = "What arrived and what was refused", body = Installation),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(State(state): State<AppState>, access: Access) -> Result<Json<Installation>, ApiError> {
    let snapshot = state.registry.snapshot();
    let keys = snapshot.keys.iter().filter(|(_, site)| **site == access.site.site);
    let write_key = keys.map(|(key, _)| key).min().cloned();
    let runner = access.runner(&state);
    let of_all_sites = access.caller.is_of_all_sites();
    Ok(Json(installation::respond(&runner, &access.site, write_key, of_all_sites, Timestamp::now()).await?))
}
