//! Which names, zones, currencies, origins and keys can be.

use super::{RegistryError, SiteChange};
use crate::spelling;

/// Bytes of a name for people.
const LABEL_BYTES_MAX: usize = 200;
/// Origins of one site: each is compared with that of every request.
const ORIGINS_MAX: usize = 100;

/// A name that stands in addresses and pages.
///
/// # Errors
/// It has other characters, or is too long.
pub fn name(field: &'static str, name: &str) -> Result<(), RegistryError> {
    const NAME_BYTES_MAX: usize = 64;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(allowed) {
        return invalid(
            field,
            format!("must be 1 to {NAME_BYTES_MAX} letters, digits, `-`, `_` or `.`, not `{name}`"),
        );
    }
    Ok(())
}

/// A name for people: of a site or a token. May be empty.
///
/// # Errors
/// It is too long, or would break a line of a list.
pub fn label(field: &'static str, text: &str) -> Result<(), RegistryError> {
    if text.len() > LABEL_BYTES_MAX || text.chars().any(char::is_control) {
        return invalid(
            field,
            format!("must have at most {LABEL_BYTES_MAX} bytes, without line breaks or control characters"),
        );
    }
    Ok(())
}

/// A site's fields.
///
/// # Errors
/// One of them cannot be.
pub fn change(site: &str, change: &SiteChange) -> Result<(), RegistryError> {
    name("site", site)?;
    if let Some(name) = &change.name {
        label("name", name)?;
    }
    change.timezone.as_deref().map_or(Ok(()), timezone)?;
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
    origins.iter().try_for_each(|origin| self::origin(origin).map(drop))
}

/// Origins as browsers send them, each once: `https://caffè.example` is `https://xn--caff-8oa.example`.
///
/// # Errors
/// One of them is none.
pub fn origins(origins: &[String]) -> Result<Vec<String>, RegistryError> {
    let mut spelled = Vec::with_capacity(origins.len());
    for written in origins {
        let origin = origin(written)?;
        if !spelled.contains(&origin) {
            spelled.push(origin);
        }
    }
    Ok(spelled)
}

/// ClickHouse knows each zone in one spelling only.
fn timezone(name: &str) -> Result<(), RegistryError> {
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
pub fn origin(origin: &str) -> Result<String, RegistryError> {
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

fn invalid<T>(field: &'static str, message: String) -> Result<T, RegistryError> {
    Err(RegistryError::Invalid { field, message })
}

#[cfg(test)]
mod tests {
    use super::super::Site;
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
        super::change(&site.site, &SiteChange::from(site))
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
        let spelled = origins(&written.map(String::from)).unwrap();
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
