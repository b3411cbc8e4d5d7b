//! `GET /about`: the version, the geographic databases in use, and whose data answers rest on.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use crate::error::ErrorBody;
use crate::geo_report::{GeoDatabase, GeoReport};
use crate::state::AppState;

/// Data that the program contains.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DataSource {
    /// Its name.
    #[schema(example = "crawler-user-agents")]
    pub name: &'static str,
    /// Its licence's SPDX name.
    #[schema(example = "MIT")]
    pub license: &'static str,
    /// Where it comes from.
    pub url: &'static str,
    /// What it is for: `bots` or `devices`.
    #[schema(example = "bots")]
    pub purpose: &'static str,
}

/// The data that the program contains; NOTICE has their licences in full.
const DATA_SOURCES: [DataSource; 3] = [
    DataSource {
        name: "crawler-user-agents",
        license: "MIT",
        url: "https://github.com/monperrus/crawler-user-agents",
        purpose: "bots",
    },
    DataSource { name: "isbot", license: "Unlicense", url: "https://isbot.js.org", purpose: "bots" },
    DataSource {
        name: "woothee",
        license: "Apache-2.0",
        url: "https://github.com/woothee/woothee-rust",
        purpose: "devices",
    },
];

/// The answer of `GET /about`.
#[derive(Debug, Serialize, ToSchema)]
pub struct About {
    /// The program's version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Whether a collector runs in this process; otherwise its databases are not known here.
    pub collector_here: bool,
    /// The databases in use, in the order in which they are asked.
    pub geo_databases: Vec<GeoDatabase>,
    /// Why one that is configured is not used, or an older file of it; null when there is nothing to say.
    pub geo_problem: Option<String>,
    /// The data that the program contains.
    pub data_sources: &'static [DataSource],
}

/// What answers rest on.
#[utoipa::path(get, path = "/v1/about", tag = "about",
    responses(
        (status = 200, description = "Version, databases, sources", body = About),
        (status = 401, description = "No token or session", body = ErrorBody)))]
pub async fn get(State(state): State<AppState>, _caller: Caller) -> Json<About> {
    let report = state.geo_reporter.get().map(|reporter| reporter());
    let collector_here = report.is_some();
    let GeoReport { databases, problem } = report.unwrap_or_default();
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        collector_here,
        geo_databases: databases,
        geo_problem: problem,
        data_sources: &DATA_SOURCES,
    })
}
