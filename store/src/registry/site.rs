//! Sites: what a write key belongs to, and how its days and money are counted.
//!
//! Each field of a site is a row of its own, so that whoever changes one leaves the others to whoever changes them at the
//! same moment. A site is not revoked.

use orma_model::spelling;
use serde::{Deserialize, Deserializer, Serialize};

use super::Registry;
use super::check::{self, invalid};
use super::definition::Definition;
use super::error::RegistryError;
use crate::client::Param;

/// Origins of one site: each is compared with that of every request.
const ORIGINS_MAX: usize = 100;

/// A site: what one write key belongs to, and how its days and money are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name in addresses: 1 to 64 letters, digits, `-`, `_` or `.`.
    pub site: String,
    /// Its name for people.
    pub name: String,
    /// IANA time zone: the site's days are days here.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    /// Origins (`https://shop.example`) that browsers may send from; empty means any.
    #[serde(deserialize_with = "spelled_origins")]
    pub origins: Vec<String>,
}

/// Origins as browsers send them: older registries hold some in other spellings. What is none stays as it is.
fn spelled_origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    Ok(written.into_iter().map(|origin| spelling::origin(&origin).unwrap_or(origin)).collect())
}

impl Site {
    /// Whether a page of this origin may send. A page at `https://shop.example.` is the same shop.
    pub fn allows_origin(&self, origin: &str) -> bool {
        let is_named = |origin: &str| self.origins.iter().any(|allowed| allowed == origin);
        self.origins.is_empty()
            || is_named(origin)
            || spelling::origin(origin).is_some_and(|spelled| is_named(&spelled))
    }

    /// The origins that no browser sends, each with what is wrong with it. Older versions took them.
    pub fn unusable_origins(&self) -> Vec<(&str, String)> {
        let problem = |origin: &str| match check_origin(origin) {
            Err(RegistryError::Invalid { message, .. }) => Some(message),
            _ => None,
        };
        self.origins.iter().filter_map(|origin| Some((origin.as_str(), problem(origin)?))).collect()
    }
}

/// What changes of a site; what is absent stays as it is, whoever else changes it at the same moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteChange {
    /// Its name for people.
    pub name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// All origins that browsers may send from; an empty list means any.
    pub origins: Option<Vec<String>>,
}

impl From<&Site> for SiteChange {
    fn from(site: &Site) -> Self {
        let Site { site: _, name, timezone, currency, origins } = site.clone();
        Self { name: Some(name), timezone: Some(timezone), currency: Some(currency), origins: Some(origins) }
    }
}

impl Definition for Site {
    const TABLE: &'static str = "site_settings";
    const SELECT: &'static str = "SELECT site, name, timezone, currency, origins FROM sites";

    fn id(&self) -> &str {
        &self.site
    }
}

impl Registry {
    /// Makes a site with a write key: the one named, or a random one. Returns the key. The key is written first, so that
    /// there is no site without one, whenever this is cut off; the next call makes it whole.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn add_site(&self, site: &Site, key: Option<&str>) -> Result<String, RegistryError> {
        check_change(&site.site, &SiteChange::from(site))?;
        let key = self.add_key(&site.site, key).await?;
        self.put_site(site).await?;
        Ok(key)
    }

    /// Makes a site, or changes all of it.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn put_site(&self, site: &Site) -> Result<(), RegistryError> {
        self.change_site(&site.site, &SiteChange::from(site)).await
    }

    /// Changes some fields of a site and leaves the others to whoever changes them at the same moment; of two who change
    /// the same field the later wins. Origins are kept as browsers send them.
    ///
    /// # Errors
    /// A field cannot be, or ClickHouse cannot be asked.
    pub async fn change_site(&self, site: &str, change: &SiteChange) -> Result<(), RegistryError> {
        check_change(site, change)?;
        let SiteChange { name, timezone, currency, origins } = change.clone();
        let origins =
            origins.map(|origins| spelled_once(&origins)).transpose()?.map(|origins| origins.join("\n"));
        let settings = [("name", name), ("timezone", timezone), ("currency", currency), ("origins", origins)];
        let (fields, values): (Vec<String>, Vec<String>) =
            settings.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).unzip();
        if !fields.is_empty() {
            self.store
                .execute(
                    "INSERT INTO site_settings SELECT {site:String}, setting.1, setting.2, now64(6) FROM \
                     (SELECT arrayJoin(arrayZip({fields:Array(String)}, {values:Array(String)})) AS setting)",
                    &[
                        ("site", site.into()),
                        ("fields", Param::Texts(fields)),
                        ("values", Param::Texts(values)),
                    ],
                )
                .await?;
        }
        self.refresh().await
    }
}

/// A site's fields.
///
/// # Errors
/// One of them cannot be.
fn check_change(site: &str, change: &SiteChange) -> Result<(), RegistryError> {
    check::name("site", site)?;
    if let Some(name) = &change.name {
        check::label("name", name)?;
    }
    change.timezone.as_deref().map_or(Ok(()), check_timezone)?;
    if let Some(currency) = &change.currency
        && (currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        return invalid("currency", format!("`{currency}` is not an ISO 4217 code such as EUR"));
    }
    let origins = change.origins.as_deref().unwrap_or_default();
    if origins.len() > ORIGINS_MAX {
        return invalid(
            "origins",
            format!("{} are too many; a site has at most {ORIGINS_MAX}", origins.len()),
        );
    }
    origins.iter().try_for_each(|origin| check_origin(origin).map(drop))
}

/// Origins as browsers send them, each once: `https://caffè.example` is `https://xn--caff-8oa.example`.
///
/// # Errors
/// One of them is none.
fn spelled_once(origins: &[String]) -> Result<Vec<String>, RegistryError> {
    let mut spelled = Vec::with_capacity(origins.len());
    for written in origins {
        let origin = check_origin(written)?;
        if !spelled.contains(&origin) {
            spelled.push(origin);
        }
    }
    Ok(spelled)
}

/// ClickHouse knows each zone in one spelling only.
fn check_timezone(name: &str) -> Result<(), RegistryError> {
    let zone = jiff::tz::TimeZone::get(name);
    let spelled = zone.as_ref().ok().and_then(|zone| zone.iana_name());
    if spelled == Some(name) {
        return Ok(());
    }
    let hint = spelled.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    invalid("timezone", format!("`{name}` is not an IANA time zone{hint}"))
}

/// An origin, as browsers send it.
///
/// # Errors
/// It is none, or has a wildcard.
fn check_origin(origin: &str) -> Result<String, RegistryError> {
    // A browser sends no pattern, and whoever may make a subdomain could send for the site.
    if origin.contains('*') {
        let problem = "has a wildcard, and an origin stands for one host: name each, such as \
            https://shop.example and https://www.shop.example, or none to accept any";
        return invalid("origins", format!("`{origin}` {problem}"));
    }
    if let Some(spelled) = spelling::origin(origin) {
        return Ok(spelled);
    }
    let meant = url::Url::parse(origin).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let meant = meant.and_then(|meant| spelling::origin(&meant.ascii_serialization()));
    let hint = match meant {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => " such as https://shop.example".to_owned(),
    };
    invalid("origins", format!("`{origin}` is not an origin{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Site {
        Site {
            site: "shop".into(),
            name: "La Bottega".into(),
            timezone: "Europe/Rome".into(),
            currency: "EUR".into(),
            origins: vec!["https://shop.example".into(), "http://localhost:8080".into()],
        }
    }

    fn site_of(site: &Site) -> Result<(), RegistryError> {
        check_change(&site.site, &SiteChange::from(site))
    }

    fn problem(site: &Site) -> (&'static str, String) {
        match site_of(site) {
            Err(RegistryError::Invalid { field, message }) => (field, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_is_named_with_what_was_meant() {
        site_of(&shop()).unwrap();
        site_of(&Site { timezone: "UTC".into(), ..shop() }).unwrap();
        for (site, field, words) in [
            (Site { site: "la bottega".into(), ..shop() }, "site", "`la bottega`"),
            (Site { name: "a\nb".into(), ..shop() }, "name", "line breaks"),
            (Site { name: "x".repeat(201), ..shop() }, "name", "at most 200"),
            (Site { timezone: "Europe/Roma".into(), ..shop() }, "timezone", "`Europe/Roma`"),
            (Site { timezone: "europe/rome".into(), ..shop() }, "timezone", "did you mean `Europe/Rome`?"),
            (Site { currency: "eur".into(), ..shop() }, "currency", "ISO 4217"),
            (
                Site { origins: vec!["https://Caffè.example./menù".into()], ..shop() },
                "origins",
                "`https://xn--caff-8oa.example`?",
            ),
            (Site { origins: vec!["shop.example".into()], ..shop() }, "origins", "such as https://"),
            (Site { origins: vec!["null".into()], ..shop() }, "origins", "such as https://"),
            (
                Site { origins: vec!["https://*.shop.example".into()], ..shop() },
                "origins",
                "`https://*.shop.example` has",
            ),
            (
                Site { origins: vec!["*".into()], ..shop() },
                "origins",
                "name each, such as https://shop.example and",
            ),
            (Site { origins: vec!["https://shop.example:*".into()], ..shop() }, "origins", "wildcard"),
            (Site { origins: vec!["https://a.example".into(); 101], ..shop() }, "origins", "at most 100"),
        ] {
            let found = problem(&site);
            assert!(found.0 == field && found.1.contains(words), "{field}, {words}: {found:?}");
        }
    }

    #[test]
    fn an_origin_is_kept_as_browsers_send_it_and_once() {
        let written = [
            "https://caffè.example",
            "https://Shop.example./",
            "https://shop.example:443",
            "http://a.example",
        ];
        let spelled = spelled_once(&written.map(String::from)).unwrap();
        assert_eq!(spelled, ["https://xn--caff-8oa.example", "https://shop.example", "http://a.example"]);
        site_of(&Site { origins: written.map(String::from).to_vec(), ..shop() }).unwrap();
    }

    #[test]
    fn an_origin_of_an_older_registry_is_met_in_every_spelling() {
        let site: Site = serde_json::from_value(serde_json::json!({
            "site": "shop", "name": "", "timezone": "UTC", "currency": "EUR",
            "origins": ["https://Caffè.example.", "https://*.old.example"],
        }))
        .unwrap();
        for (origin, allowed) in [
            ("https://xn--caff-8oa.example", true),
            ("https://xn--caff-8oa.example.", true),
            ("https://xn--caff-8oa.example:443", true),
            ("http://xn--caff-8oa.example", false),
            ("https://www.old.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(site.allows_origin(origin), allowed, "{origin}");
        }
        assert_eq!(site.unusable_origins().len(), 1);
    }
}
