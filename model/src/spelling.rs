//! One spelling for each address, of pages and of mail: what is stored, compared and asked for.
//!
//! A page may be written `/caff%C3%A8`, `/caff%c3%a8` or `/caffè`, a host `caffè.example`, `XN--CAFF-8OA.example.` or
//! `xn--caff-8oa.example:443`. The spelling kept is that of RFC 3986, section 6.2.2, in ASCII:
//!
//! * hosts as browsers write them: lower case, Punycode (UTS 46), without the dot at the end; IP addresses shortened;
//! * paths percent-encoded: escapes in upper case; letters, digits, `-`, `.`, `_` and `~` unescaped; all that an
//!   address cannot hold escaped, a `%` that begins no escape too; `.` and `..` resolved;
//! * letters with accents composed (NFC): macOS writes `è` as two characters, and readers see no difference.
//!
//! An escape that stands for a reserved character (`%2F`, `%3F`, `%23`, `%25` …) means something else than the
//! character and stays. So do bytes that are not UTF-8, the case of a path, its last slash, and the query.
//!
//! Nothing is allocated for what is spelled so already.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::bytes::{self, Bytes};

const HTTPS: &str = "https://";
const HTTP: &str = "http://";

/// Bytes of a path; the rest is cut, never within an escape.
pub const PATH_BYTES_MAX: usize = 4_096;

/// A host, with a port or without, in its one spelling. What is no host is put in lower case.
pub fn host(host: Cow<'_, str>) -> Cow<'_, str> {
    // Nearly every host is spelled so.
    if is_plain_host(host.as_bytes()) {
        return host;
    }
    let (name, port) = split_port(&host);
    let name = name.trim_end_matches(['.', '。', '．', '｡']);
    let name = url::Host::parse(name).map_or_else(|_| name.to_lowercase(), |host| host.to_string());
    let port =
        &port[port.bytes().take(port.len().saturating_sub(1)).take_while(|digit| *digit == b'0').count()..];
    let spelled = if port.is_empty() { name } else { format!("{name}:{port}") };
    if *spelled == *host { host } else { Cow::Owned(spelled) }
}

/// Whether a host is a name in its one spelling, without a port and without user name and password.
pub fn is_plain_host(host: &[u8]) -> bool {
    let are_plain = |bytes: Bytes| {
        bytes.within(b'a', b'z')
            | bytes.within(b'0', b'9')
            | bytes.are(b'.')
            | bytes.are(b'-')
            | bytes.are(b'_')
    };
    !host.ends_with(b".") && !bytes::has(host, |bytes| !are_plain(bytes))
}

/// A user's id in its one spelling: what is an e-mail address is in lower case, any other id stays as it is.
///
/// Shops, forms and newsletters write the same person's address in different cases. RFC 5321, section 2.4, lets a server
/// tell `Mario@` from `mario@`; hardly any does.
pub fn user_id(id: Cow<'_, str>) -> Cow<'_, str> {
    let has_capitals = bytes::has(id.as_bytes(), |bytes| bytes.within(b'A', b'Z'));
    if has_capitals && is_mail_address(&id) { Cow::Owned(id.to_ascii_lowercase()) } else { id }
}

/// One `@` with something before it and a name with a dot behind it, and no space. Migration 16 says the same in SQL.
fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_name = |label: &str| !label.is_empty();
    !local.is_empty()
        && !text.contains(char::is_whitespace)
        && !domain.contains('@')
        && domain.rsplit_once('.').is_some_and(|(name, top)| is_name(name) && is_name(top))
}

/// The name of a host and its port, which may be empty. The colons of an IPv6 address stand in brackets.
fn split_port(host: &str) -> (&str, &str) {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, port),
        _ => (host, ""),
    }
}

/// An origin in the spelling of browsers; `None` for what is none, or is more than an origin.
pub fn origin(text: &str) -> Option<String> {
    let mut url = url::Url::parse(text).ok()?;
    let is_more = !matches!(url.path(), "" | "/")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some();
    if is_more || !url.origin().is_tuple() {
        return None;
    }
    let named = host(Cow::Borrowed(url.host_str()?)).into_owned();
    url.set_host(Some(&named)).ok()?;
    Some(url.origin().ascii_serialization())
}

/// A web address (`http`, `https`) in its one spelling, without user name and password; other text as it is. Query and
/// fragment stay as they are.
pub fn address(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((own_port, after_scheme)) = web_scheme(&text) else { return text };
    let written = text.as_bytes();
    let after = |start: usize, end: Option<usize>| end.map_or(written.len(), |end| start + end);
    let is_after_path = |bytes: Bytes| bytes.are(b'?') | bytes.are(b'#');
    let is_after_host = |bytes: Bytes| bytes.are(b'/') | is_after_path(bytes);
    let rest = after(after_scheme, bytes::position(&written[after_scheme..], is_after_host));
    let path_end = after(rest, bytes::position(&written[rest..], is_after_path));
    let authority = &text[after_scheme..rest];
    let spelled_host = if is_plain_host(authority.as_bytes()) {
        Cow::Borrowed(authority)
    } else {
        host(Cow::Borrowed(named_host(authority, own_port)))
    };
    if spelled_host.is_empty() {
        return text;
    }
    let own_path = &text[rest..path_end];
    let spelled_path = if own_path.is_empty() { Cow::Borrowed("/") } else { path(Cow::Borrowed(own_path)) };
    // What is spelled so already is handed back as it is, and not as a copy.
    let is_spelled_so = std::ptr::eq(&raw const *spelled_host, authority)
        && std::ptr::eq(&raw const *spelled_path, own_path)
        && matches!(&text[..after_scheme], HTTPS | HTTP);
    if is_spelled_so {
        return text;
    }
    let scheme = text[..after_scheme].to_ascii_lowercase();
    let spelled = [&*scheme, &*spelled_host, &*spelled_path, &text[path_end..]].concat();
    Cow::Owned(spelled)
}

/// The host of an authority: without user name and password, and without the scheme's own port.
fn named_host<'a>(authority: &'a str, own_port: &str) -> &'a str {
    let named = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = split_port(named);
    if port == own_port || (port.is_empty() && named.ends_with(':')) { name } else { named }
}

/// The scheme's own port, and where the authority begins.
fn web_scheme(text: &str) -> Option<(&'static str, usize)> {
    [(HTTPS, "443"), (HTTP, "80")].into_iter().find_map(|(scheme, port)| {
        // Nearly all are in lower case.
        let is_it = text.starts_with(scheme)
            || text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
        is_it.then_some((port, scheme.len()))
    })
}

/// A path in its one spelling; a part of a path in the spelling that it has there.
pub fn path(path: Cow<'_, str>) -> Cow<'_, str> {
    if is_plain(path.as_bytes()) || is_spelled(path.as_bytes()) {
        return path;
    }
    let mut spelled = resolved(spell(&path));
    if spelled.len() > PATH_BYTES_MAX {
        let mut end = PATH_BYTES_MAX;
        if let Some(escape) = spelled.as_bytes()[end - 2..end].iter().position(|byte| *byte == b'%') {
            end = end - 2 + escape;
        }
        spelled.truncate(end);
    }
    if *spelled == *path { path } else { Cow::Owned(spelled) }
}

/// Without escapes, and without a segment that begins with a dot: there is nothing to do.
fn is_plain(path: &[u8]) -> bool {
    // What is allowed, in the order of their numbers.
    let are_allowed = |bytes: Bytes| {
        bytes.are(b'!')
            | bytes.are(b'$')
            | bytes.within(b'&', b';')
            | bytes.are(b'=')
            | bytes.within(b'@', b'[')
            | bytes.are(b']')
            | bytes.are(b'_')
            | bytes.within(b'a', b'z')
            | bytes.are(b'~')
    };
    if bytes::has(path, |bytes| !are_allowed(bytes)) {
        return false;
    }
    // Few paths have a dot at all.
    !(bytes::has(path, |bytes| bytes.are(b'.')) && path.windows(2).any(|two| two == b"/."))
}

/// Spelled so already, with escapes: those of reserved characters, and of letters that cannot be composed any
/// further. It may say no to such a path, and then it is spelled anew.
fn is_spelled(path: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        at += match (byte, escaped(path, at)) {
            (b'%', Some(escape)) => {
                let is_upper = path[at + 1..at + 3].iter().all(|digit| !digit.is_ascii_lowercase());
                // Of UTF-8: no beginning of a mark that joins the letter before (from U+0300), nor of a letter
                // that has another spelling; Latin and Cyrillic are below and between.
                let is_composed = matches!(escape, 0..=0xcb | 0xcf..=0xd1);
                if !is_upper || is_unreserved(escape) || !is_composed {
                    return false;
                }
                3
            }
            (byte, _) if is_allowed(byte) && !path[at..].starts_with(b"/.") => 1,
            _ => return false,
        };
    }
    true
}

/// What RFC 3986 lets stand in a path.
const fn is_allowed(byte: u8) -> bool {
    is_unreserved(byte)
        || matches!(
            byte,
            b'/' | b':' | b'@' | b'[' | b']' | b'!' | b'$' | b'&' | b'\'' | b'('..=b',' | b';' | b'='
        )
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The byte that the escape at `at` stands for.
fn escaped(path: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = path.get(at..at + 3)? else { return None };
    let digit = |byte: &u8| (*byte as char).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

fn spell(path: &str) -> String {
    let mut writer = Writer { spelled: String::with_capacity(path.len() + 16), run: String::new() };
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match escaped(bytes, at) {
            Some(byte) if is_unreserved(byte) => {
                writer.run.push(byte as char);
                at += 3;
            }
            Some(byte) if byte.is_ascii() => {
                writer.escape(byte);
                at += 3;
            }
            Some(_) => {
                let mut letters = Vec::new();
                while let Some(byte) = escaped(bytes, at).filter(|byte| !byte.is_ascii()) {
                    letters.push(byte);
                    at += 3;
                }
                for chunk in letters.utf8_chunks() {
                    writer.run.push_str(chunk.valid());
                    chunk.invalid().iter().for_each(|byte| writer.escape(*byte));
                }
            }
            None => {
                let letter = path[at..].chars().next().expect("the end is not reached");
                at += letter.len_utf8();
                match u8::try_from(letter) {
                    Ok(byte) if is_unreserved(byte) => writer.run.push(letter),
                    Ok(byte) if is_allowed(byte) => writer.reserved(letter),
                    Ok(byte) if byte.is_ascii() => writer.escape(byte),
                    _ => writer.run.push(letter),
                }
            }
        }
    }
    writer.end_run();
    writer.spelled
}

/// What is written, and the letters before it, which are composed together.
struct Writer {
    spelled: String,
    run: String,
}

impl Writer {
    fn escape(&mut self, byte: u8) {
        self.end_run();
        push_escape(&mut self.spelled, byte);
    }

    fn reserved(&mut self, letter: char) {
        self.end_run();
        self.spelled.push(letter);
    }

    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        for &byte in ComposingNormalizerBorrowed::new_nfc().normalize(&self.run).as_bytes() {
            if byte.is_ascii() {
                self.spelled.push(byte as char);
            } else {
                push_escape(&mut self.spelled, byte);
            }
        }
        self.run.clear();
    }
}

fn push_escape(text: &mut String, byte: u8) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    text.push('%');
    text.push(DIGITS[usize::from(byte >> 4)] as char);
    text.push(DIGITS[usize::from(byte & 15)] as char);
}

/// A path without `.` and `..` (RFC 3986, section 5.2.4).
fn resolved(path: String) -> String {
    let Some(rest) = path.strip_prefix('/').filter(|_| path.contains("/.")) else { return path };
    let mut kept = Vec::new();
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests;
