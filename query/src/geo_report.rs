//! What a collector in this process says of its geographic databases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

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
    pub built_at: Timestamp,
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

/// A database by its file and what it calls itself, with the attribution that its maker's licence asks for.
///
/// NRO: CC BY 4.0; DB-IP Lite: CC BY 4.0, with a link on the pages that show its answers (db-ip.com/db/lite.php);
/// GeoLite2: the end user licence agreement, section 2 (maxmind.com/en/geolite2/eula).
pub fn geo_database(file: &str, database_type: &str, built_at: Timestamp) -> GeoDatabase {
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
            assert_eq!(geo_database(file, database_type, Timestamp(0)).url, url, "{file}");
        }
    }
}
