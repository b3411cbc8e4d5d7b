//! The address of a page: its host, path and query; host and path in their one spelling ([`orma_model::spelling`]).

use std::borrow::Cow;
use std::ops::Range;

use orma_model::bytes::{self, Bytes};
use orma_model::spelling;

use super::field_error::FieldError;
use super::limits::{HOST_BYTES_MAX, URL_BYTES_MAX, truncate};

/// An address, taken apart. The fragment is dropped: it is not the server's business.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// With the port unless it is the scheme's own; empty for a bare path.
    pub host: Cow<'a, str>,
    /// Begins with `/`.
    pub path: Cow<'a, str>,
    /// Without `?`.
    pub query: Cow<'a, str>,
}

/// Takes apart `scheme://host/path?query#fragment`, `//host/path` or `/path`. User name and password before the
/// host are dropped.
pub fn parse(url: Cow<'_, str>) -> Result<Address<'_>, FieldError> {
    let url = truncate(trimmed(url), URL_BYTES_MAX);
    let invalid = || FieldError::unreadable("invalid_url", "url", "expected scheme://host/path or /path");
    let (authority, scheme) = authority_of(&url).ok_or_else(invalid)?;
    let rest = authority.end;
    let after = |start: usize, found: Option<usize>| found.map_or(url.len(), |place| start + place);
    let ends_path = |bytes: Bytes| bytes.are(b'?') | bytes.are(b'#');
    let path_end = after(rest, bytes::position(&url.as_bytes()[rest..], ends_path));
    let query_start = path_end + usize::from(url[path_end..].starts_with('?'));
    let end = after(query_start, bytes::position(&url.as_bytes()[query_start..], |bytes| bytes.are(b'#')));

    let is_web = matches!(scheme, Scheme::Http | Scheme::Https);
    let host = host_of(&url, authority, scheme)
        .filter(|host| host.len() <= HOST_BYTES_MAX && !(is_web && host.is_empty()));
    Ok(Address {
        host: host.ok_or_else(invalid)?,
        path: if rest == path_end { Cow::Borrowed("/") } else { spelling::path(slice(&url, rest..path_end)) },
        query: slice(&url, query_start..end),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    /// Another scheme: an app's, `file`.
    Other,
    /// A path, with or without a host before it.
    None,
}

/// Where the authority lies, which is empty for a bare path.
fn authority_of(url: &str) -> Option<(Range<usize>, Scheme)> {
    let (start, scheme) = if url.starts_with("//") {
        (2, Scheme::None)
    } else if url.starts_with('/') {
        return Some((0..0, Scheme::None));
    } else if url.starts_with("https://") {
        (8, Scheme::Https)
    } else {
        let colon = bytes::position(url.as_bytes(), |bytes| bytes.are(b':'))?;
        if !url[colon..].starts_with("://") {
            return None;
        }
        let scheme = &url[..colon];
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !is_scheme {
            return None;
        }
        let scheme = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => Scheme::Https,
            _ if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
            _ => Scheme::Other,
        };
        (colon + 3, scheme)
    };
    let ends_authority = |bytes: Bytes| bytes.are(b'/') | bytes.are(b'?') | bytes.are(b'#');
    let length = bytes::position(&url.as_bytes()[start..], ends_authority);
    let end = length.map_or(url.len(), |length| start + length);
    (scheme != Scheme::None || end > start).then_some((start..end, scheme))
}

/// The host; `None` when it is none.
fn host_of<'a>(url: &Cow<'a, str>, authority: Range<usize>, scheme: Scheme) -> Option<Cow<'a, str>> {
    // Nearly every host is a plain name.
    if spelling::is_plain_host(&url.as_bytes()[authority.clone()]) {
        return Some(slice(url, authority));
    }
    let host = host_range(url, authority);
    let bytes = port_cut(&url[host.clone()], scheme)?;
    let host = slice(url, host.start..host.start + bytes);
    let host = has_colons_in_place(&host).then(|| spelling::host(host))?;
    is_host(&host).then_some(host)
}

/// The authority without user name and password.
fn host_range(url: &str, authority: Range<usize>) -> Range<usize> {
    match url.as_bytes()[authority.clone()].iter().rposition(|&byte| byte == b'@') {
        Some(at) => authority.start + at + 1..authority.end,
        None => authority,
    }
}

/// How many bytes of `host:port` to keep: all, or those before the scheme's own port. `None` when the port is not
/// a port.
fn port_cut(host: &str, scheme: Scheme) -> Option<usize> {
    // The colons of an IPv6 address stand in brackets.
    let last = |sought: u8| host.bytes().rposition(|byte| byte == sought);
    let after_brackets = last(b']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = last(b':').filter(|&colon| colon >= after_brackets) else {
        return Some(host.len());
    };
    let port = &host[colon + 1..];
    if port.is_empty() {
        return Some(colon);
    }
    let number: u16 = port.parse().ok().filter(|_| !port.starts_with('+'))?;
    let own = matches!((scheme, number), (Scheme::Http, 80) | (Scheme::Https, 443));
    Some(if own { colon } else { host.len() })
}

fn is_host(host: &str) -> bool {
    let is_usual =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    let is_bad =
        |letter: char| letter.is_control() || letter.is_whitespace() || "\"<>\\^`{|}%".contains(letter);
    host.bytes().all(is_usual) || !host.chars().any(is_bad)
}

/// Colons stand in the brackets of an IPv6 address and before the port, brackets nowhere else.
fn has_colons_in_place(host: &str) -> bool {
    let (name, after) = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else { return false };
            let is_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            if address.is_empty() || !address.bytes().all(is_address) {
                return false;
            }
            ("", after)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    !name.contains(['[', ']'])
        && after
            .strip_prefix(':')
            .map_or(after.is_empty(), |port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn trimmed(url: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = url.as_bytes();
    if bytes.first().is_some_and(u8::is_ascii_graphic) && bytes.last().is_some_and(u8::is_ascii_graphic) {
        return url;
    }
    let trimmed = url.trim();
    if trimmed.len() == url.len() {
        return url;
    }
    match url {
        Cow::Borrowed(url) => Cow::Borrowed(url.trim()),
        Cow::Owned(url) => Cow::Owned(url.trim().to_owned()),
    }
}

fn slice<'a>(url: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    match url {
        Cow::Borrowed(url) => Cow::Borrowed(&url[range]),
        Cow::Owned(url) => Cow::Owned(url[range].to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> Option<(String, String, String)> {
        let address = parse(Cow::Borrowed(url)).ok()?;
        assert_eq!(Some(&address), parse(Cow::Owned(url.to_owned())).ok().as_ref());
        Some((address.host.into_owned(), address.path.into_owned(), address.query.into_owned()))
    }

    #[test]
    fn addresses_are_taken_apart() {
        let table = [
            (
                "https://bottega.example/scarpe?utm_source=news#top",
                "bottega.example",
                "/scarpe",
                "utm_source=news",
            ),
            ("https://bottega.example", "bottega.example", "/", ""),
            ("https://bottega.example?a=1", "bottega.example", "/", "a=1"),
            ("https://bottega.example#a?b", "bottega.example", "/", ""),
            ("https://bottega.example/?", "bottega.example", "/", ""),
            ("https://bottega.example/a?b?c=/d", "bottega.example", "/a", "b?c=/d"),
            ("HTTPS://Bottega.Example:443/A", "bottega.example", "/A", ""),
            ("http://bottega.example:80/", "bottega.example", "/", ""),
            ("http://bottega.example:443/", "bottega.example:443", "/", ""),
            ("http://localhost:3000/a", "localhost:3000", "/a", ""),
            ("http://localhost:/a", "localhost", "/a", ""),
            ("http://[::1]:8080/a", "[::1]:8080", "/a", ""),
            ("http://[2001:DB8::1]/", "[2001:db8::1]", "/", ""),
            ("https://mario:segreto@bottega.example/a", "bottega.example", "/a", ""),
            ("https://BÜCHER.example/ä?ä", "xn--bcher-kva.example", "/%C3%A4", "ä"),
            ("https://b%C3%BCcher.example./%c3%a4", "xn--bcher-kva.example", "/%C3%A4", ""),
            ("https://xn--bcher-kva.example./a%2fb", "xn--bcher-kva.example", "/a%2Fb", ""),
            ("https://bottega.example.:443/./a/../b", "bottega.example", "/b", ""),
            ("bottega://prodotti/42?da=push", "prodotti", "/42", "da=push"),
            ("file:///usr/share/a.html", "", "/usr/share/a.html", ""),
            ("android-app://com.example.bottega/", "com.example.bottega", "/", ""),
            ("//cdn.example/a", "cdn.example", "/a", ""),
            ("/scarpe?q=1", "", "/scarpe", "q=1"),
            ("/", "", "/", ""),
            ("/a://b", "", "/a://b", ""),
            (" https://bottega.example/a ", "bottega.example", "/a", ""),
        ];
        for (url, host, path, query) in table {
            assert_eq!(parts(url), Some((host.to_owned(), path.to_owned(), query.to_owned())), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in [
            "scarpe",
            "?q=1",
            "#top",
            "bottega.example/scarpe",
            "about:blank",
            "mailto:mario@example.it",
            "javascript:alert(1)",
            "https://",
            "https:///a",
            "http://:80/",
            "http://[::1/",
            "http://[bottega.example]/",
            "http://a:b:80/",
            "1http://a/",
            "ht tp://a/",
            "//",
            "",
            "https://a b/",
            "https://a.example:port/",
            "https://a.example:99999/",
            "https://a.example:+80/",
            "https://<script>/",
            "https://a\u{7}b/",
            "https://a%20b/",
            "https://a%2/",
            "https://./",
        ] {
            assert_eq!(parts(url), None, "{url}");
        }
        let long = format!("https://{}.example/", "a".repeat(HOST_BYTES_MAX));
        assert_eq!(parse(Cow::Borrowed(&long)).unwrap_err().reason, "invalid_url");
    }

    #[test]
    fn plain_addresses_are_borrowed() {
        for address in ["https://bottega.example/a?b", "https://xn--caff-8oa.example/caff%C3%A8?b=caffè"] {
            let address = parse(Cow::Borrowed(address)).unwrap();
            for part in [address.host, address.path, address.query] {
                assert!(matches!(part, Cow::Borrowed(_)), "{part}");
            }
        }
    }

    #[test]
    fn a_long_address_loses_its_end() {
        let start = "https://bottega.example/?q=";
        let whole = format!("{start}{}", "x".repeat(URL_BYTES_MAX - start.len()));
        let longer = format!("{whole}y");
        assert_eq!(parts(&whole), parts(&longer));
        assert_eq!(parts(&longer).unwrap().2.len(), URL_BYTES_MAX - start.len() + 2);
    }
}
