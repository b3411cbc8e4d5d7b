//! A request's headers, whichever parser read them.

use hyper::HeaderMap;
use hyper::header::HeaderValue;

/// Headers by name. Names are asked for in lower case.
#[derive(Clone, Copy, Debug)]
pub enum Headers<'a> {
    /// As hyper keeps them.
    Map(&'a HeaderMap),
    /// As they stand in the request.
    List(&'a [httparse::Header<'a>]),
}

impl<'a> Headers<'a> {
    /// The first header of this name, if it is visible ASCII.
    pub fn get(self, name: &str) -> Option<&'a str> {
        match self {
            Self::Map(map) => map.get(name).and_then(|value: &HeaderValue| value.to_str().ok()),
            Self::List(list) => {
                let header = list.iter().find(|header| is_named(header, name))?;
                let is_visible = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
                let value = header.value.iter().all(is_visible).then_some(header.value)?;
                std::str::from_utf8(value).ok()
            }
        }
    }

    /// Whether a header of this name is there.
    pub fn contains(self, name: &str) -> bool {
        match self {
            Self::Map(map) => map.contains_key(name),
            Self::List(list) => list.iter().any(|header| is_named(header, name)),
        }
    }
}

/// Asked a hundred times a request: most names part by their length, most of the others by their first letter.
#[inline]
fn is_named(header: &httparse::Header<'_>, name: &str) -> bool {
    let (one, other) = (header.name.as_bytes(), name.as_bytes());
    one.len() == other.len()
        && one.first().map(u8::to_ascii_lowercase) == other.first().copied()
        && one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_keep_headers_say_the_same() {
        let list = [
            ("User-Agent", "Firefox"),
            ("X-EMPTY", ""),
            ("Origin", "https://b.example"),
            ("origin", "second"),
        ];
        let bytes = [("X-Bad", b"caff\xe8".as_slice()), ("X-Tab", b"a\tb")];
        let list: Vec<httparse::Header<'_>> = list
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .chain(bytes)
            .map(|(name, value)| httparse::Header { name, value })
            .collect();
        let mut map = HeaderMap::new();
        for header in &list {
            let name = hyper::header::HeaderName::from_bytes(header.name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_bytes(header.value).unwrap());
        }
        for (name, expected) in [
            ("user-agent", Some("Firefox")),
            ("x-empty", Some("")),
            ("origin", Some("https://b.example")),
            ("x-bad", None),
            ("x-tab", Some("a\tb")),
            ("absent", None),
        ] {
            assert_eq!(Headers::List(&list).get(name), expected, "{name}");
            assert_eq!(Headers::Map(&map).get(name), expected, "{name}");
            assert_eq!(Headers::List(&list).contains(name), Headers::Map(&map).contains(name));
        }
    }
}
