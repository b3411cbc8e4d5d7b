//! What a request's headers say, whichever parser read them: gone through once, as each would be asked for by name.

use hyper::HeaderMap;

/// The headers that are asked for, in lower case, the shorter ones first.
const NAMES: [&str; 13] = [
    "origin",
    "referer",
    "sec-ch-ua",
    "user-agent",
    "authorization",
    "x-retry-count",
    "sec-ch-ua-model",
    "sec-ch-ua-mobile",
    "x-requested-with",
    "sec-ch-ua-platform",
    "sec-ch-ua-form-factors",
    "sec-ch-ua-platform-version",
    "sec-ch-ua-full-version-list",
];
/// Bytes of the longest name.
const NAME_BYTES_MAX: usize = NAMES[NAMES.len() - 1].len();
/// Where the names of each length begin in [`NAMES`]; those of the next length follow.
const STARTS: [usize; NAME_BYTES_MAX + 2] = starts();

const fn starts() -> [usize; NAME_BYTES_MAX + 2] {
    let mut starts = [0; NAME_BYTES_MAX + 2];
    let mut length = 0;
    while length < starts.len() {
        let mut name = 0;
        while name < NAMES.len() && NAMES[name].len() < length {
            name += 1;
        }
        starts[length] = name;
        length += 1;
    }
    starts
}

/// The headers that the collector asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    values: [Option<&'a [u8]>; NAMES.len()],
}

impl<'a> Headers<'a> {
    /// From names and values in the order of the request: of a name that comes twice the first counts.
    pub fn read(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            if let Some(place) = place(name) {
                read.values[place].get_or_insert(value);
            }
        }
        read
    }

    /// From what hyper keeps.
    pub fn of_map(map: &'a HeaderMap) -> Self {
        Self::read(map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }

    /// The value of one of [`NAMES`], if it is ASCII; control characters end a request before.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let value = self.values[place(name)?].filter(|value| value.is_ascii())?;
        std::str::from_utf8(value).ok()
    }
}

fn place(name: &str) -> Option<usize> {
    let places = *STARTS.get(name.len())?..*STARTS.get(name.len() + 1)?;
    let start = places.start;
    let found = NAMES[places].iter().position(|known| known.eq_ignore_ascii_case(name))?;
    Some(start + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    #[test]
    fn every_name_is_found_whatever_its_case() {
        for (number, name) in NAMES.into_iter().enumerate() {
            assert_eq!(place(name), Some(number), "{name}");
            assert_eq!(place(&name.to_uppercase()), Some(number), "{name}");
        }
        for name in ["", "host", "orixin", "x-requested-witx", &"x".repeat(NAME_BYTES_MAX + 1)] {
            assert_eq!(place(name), None, "{name}");
        }
    }

    #[test]
    fn both_ways_to_keep_headers_say_the_same() {
        let list = [
            ("Host", b"a.example".as_slice()),
            ("User-Agent", b"Firefox"),
            ("X-Requested-With", b""),
            ("Origin", b"https://b.example"),
            ("origin", b"second"),
            ("Referer", b"caff\xe8"),
            ("Sec-CH-UA", b"a\tb"),
        ];
        let mut map = HeaderMap::new();
        for (name, value) in list {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let (read, of_map) = (Headers::read(list.into_iter()), Headers::of_map(&map));
        for (name, expected) in [
            ("user-agent", Some("Firefox")),
            ("x-requested-with", Some("")),
            ("origin", Some("https://b.example")),
            ("referer", None),
            ("sec-ch-ua", Some("a\tb")),
            ("authorization", None),
        ] {
            assert_eq!(read.get(name), expected, "{name}");
            assert_eq!(of_map.get(name), expected, "{name}");
        }
    }
}
