//! The host in a referrer, and whether it is the site's own.

use std::borrow::Cow;

use orma_model::spelling;

/// The longest host that the domain name system allows. Bytes.
const HOST_BYTES_MAX: usize = 253;

/// Labels under which a country's endings register names: `example.co.uk`, `example.com.br`.
const SECOND_LEVEL: [&str; 13] =
    ["co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv", "govt"];

/// Hosts that give each customer a name of his own under theirs.
const SHARED_HOSTS: [&str; 22] = [
    "altervista.org",
    "azurewebsites.net",
    "blogspot.com",
    "carrd.co",
    "cloudfront.net",
    "firebaseapp.com",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "myshopify.com",
    "netlify.app",
    "netsons.org",
    "onrender.com",
    "pages.dev",
    "substack.com",
    "tumblr.com",
    "vercel.app",
    "web.app",
    "webflow.io",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
];

/// Who a referrer names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Referrer<'a> {
    /// Nothing that can be read as a sender.
    Absent,
    /// A host, lower case, without port and `www.`.
    Host(Cow<'a, str>),
    /// An Android app's package id, lower case.
    App(Cow<'a, str>),
}

/// Reads a referrer: an `http`, `https` or `android-app` address, or a bare host.
pub(super) fn parse(referrer: &str) -> Referrer<'_> {
    let referrer = referrer.trim();
    let (scheme, rest) = referrer.split_once("://").unwrap_or(("", referrer));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme.eq_ignore_ascii_case("android-app") {
        return match host(authority) {
            Some(package) => Referrer::App(package),
            None => Referrer::Absent,
        };
    }
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    match host(authority) {
        // Without a scheme only a dot tells a host from `about:blank`.
        Some(host) if web || (scheme.is_empty() && host.contains('.')) => Referrer::Host(without_www(host)),
        _ => Referrer::Absent,
    }
}

/// The host of an authority, in its one spelling: without user, port and the dot at the end. `None` when it is not one.
pub(super) fn host(authority: &str) -> Option<Cow<'_, str>> {
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if authority.starts_with('[') {
        &authority[..=authority.find(']')?]
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    let host = host.trim_end_matches('.');
    let allowed = |letter: char| match letter {
        '.' | '-' | '_' | '[' | ']' | ':' => true,
        _ if letter.is_ascii() => letter.is_ascii_alphanumeric(),
        // Marks too, which stand for themselves where a letter is not composed.
        _ => !letter.is_whitespace() && !letter.is_control(),
    };
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let is_host = host.bytes().all(is_usual) || host.chars().all(allowed);
    if host.is_empty() || host.len() > HOST_BYTES_MAX || !is_host {
        return None;
    }
    Some(spelling::host(Cow::Borrowed(host)))
}

fn without_www(host: Cow<'_, str>) -> Cow<'_, str> {
    match host {
        Cow::Borrowed(host) => Cow::Borrowed(host.strip_prefix("www.").unwrap_or(host)),
        Cow::Owned(host) => Cow::Owned(host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned)),
    }
}

/// Whether two hosts are one site: the same host, or under one registered name.
pub(super) fn is_same_site(one: &str, other: &str) -> bool {
    registered_name(one) == registered_name(other)
}

/// The name that someone registered: two labels, or three under endings such as `co.uk` and shared hosts.
/// A rule of thumb in place of the list of public suffixes, which changes weekly and weighs 200 kB; where it is
/// wrong, two customers of an unknown shared host count as one site.
fn registered_name(host: &str) -> &str {
    if host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return host;
    }
    let two = last_labels(host, 2);
    let ending_of_two = SHARED_HOSTS.contains(&two)
        || two
            .split_once('.')
            .is_some_and(|(second, last)| SECOND_LEVEL.contains(&second) && is_national(last));
    if ending_of_two { last_labels(host, 3) } else { two }
}

fn last_labels(host: &str, count: usize) -> &str {
    match host.rmatch_indices('.').nth(count - 1) {
        Some((dot, _)) => &host[dot + 1..],
        None => host,
    }
}

/// Whether the last label of a host is that of a country.
pub(super) fn is_national(label: &str) -> bool {
    label.len() == 2 && label.bytes().all(|byte| byte.is_ascii_lowercase())
}
