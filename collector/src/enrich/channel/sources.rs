//! Known senders of visits: `data/sources.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::referrer::is_national;

static DATA: &str = include_str!("../../../data/sources.tsv");

/// What kind of sender it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Ai,
    Search,
    Social,
    Video,
    Shopping,
    Email,
    Display,
    Affiliates,
    Referral,
    /// Payment and sign-in pages: they hand a visitor back and sent nobody.
    Passage,
}

/// A known sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) category: Category,
    /// The key itself means advertising, as `adwords` does.
    pub(super) paid: bool,
}

#[derive(Default)]
struct Sources {
    /// By host or package.
    hosts: HashMap<&'static str, Source>,
    /// By the part of a host before any national or commercial ending.
    labels: HashMap<&'static str, Source>,
    /// By value of `utm_source`.
    values: HashMap<&'static str, Source>,
}

static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    let mut sources = Sources::default();
    for (key, source) in lines() {
        if let Some(label) = key.strip_suffix(".*") {
            sources.labels.insert(label, source);
        } else if key.contains('.') {
            sources.hosts.insert(key, source);
        } else {
            sources.values.insert(key, source);
        }
    }
    sources
});

/// Key and source of each line that is whole; a test asserts that all are.
pub(super) fn lines() -> impl Iterator<Item = (&'static str, Source)> {
    DATA.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let (key, name, category) = (fields.next()?, fields.next()?, category(fields.next()?)?);
        Some((key, Source { name, category, paid: fields.next() == Some("paid") }))
    })
}

fn category(name: &str) -> Option<Category> {
    Some(match name {
        "ai" => Category::Ai,
        "search" => Category::Search,
        "social" => Category::Social,
        "video" => Category::Video,
        "shopping" => Category::Shopping,
        "email" => Category::Email,
        "display" => Category::Display,
        "affiliates" => Category::Affiliates,
        "referral" => Category::Referral,
        "passage" => Category::Passage,
        _ => return None,
    })
}

/// The sender whose host this is, or whose sub-domain. Lower case.
pub(super) fn by_host(host: &str) -> Option<Source> {
    walk(host, &SOURCES.hosts).or_else(|| walk(before_ending(host)?, &SOURCES.labels)).or_else(|| {
        let rest = host.strip_prefix("webmail.").filter(|rest| rest.contains('.'));
        rest.map(|_| Source { name: "Webmail", category: Category::Email, paid: false })
    })
}

/// The sender whose app has this package id. Lower case.
pub(super) fn by_package(package: &str) -> Option<Source> {
    SOURCES.hosts.get(package).copied()
}

/// The sender that a `utm_source` names, by name or by host. Lower case.
pub(super) fn by_value(value: &str) -> Option<Source> {
    let sources = &*SOURCES;
    let named = sources.values.get(value).or_else(|| sources.labels.get(value)).copied();
    named.or_else(|| value.contains('.').then(|| by_host(value)).flatten())
}

/// Looks the host up, then its parents, the longest first.
fn walk(host: &str, map: &HashMap<&'static str, Source>) -> Option<Source> {
    let mut rest = host;
    loop {
        if let Some(source) = map.get(rest) {
            return Some(*source);
        }
        rest = rest.split_once('.')?.1;
    }
}

/// `images.google` of `images.google.co.uk`; `None` under endings where a brand's name proves nothing.
fn before_ending(host: &str) -> Option<&str> {
    let (head, last) = host.rsplit_once('.')?;
    if last == "com" {
        return Some(head);
    }
    if !is_national(last) {
        return None;
    }
    match head.rsplit_once('.') {
        Some((brand, "co" | "com")) => Some(brand),
        _ => Some(head),
    }
}
