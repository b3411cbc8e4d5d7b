//! What a request's headers say, whichever parser read them: gone through once, as each would be asked for by name.

use hyper::HeaderMap;

/// The headers that the collector asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// `Authorization`.
    Authorization,
    /// `Origin`.
    Origin,
    /// `Referer`.
    Referer,
    /// `Sec-CH-UA`.
    Brands,
    /// `Sec-CH-UA-Full-Version-List`.
    FullVersionList,
    /// `Sec-CH-UA-Form-Factors`.
    FormFactors,
    /// `Sec-CH-UA-Mobile`.
    Mobile,
    /// `Sec-CH-UA-Model`.
    Model,
    /// `Sec-CH-UA-Platform`.
    Platform,
    /// `Sec-CH-UA-Platform-Version`.
    PlatformVersion,
    /// `User-Agent`.
    UserAgent,
    /// `X-Requested-With`.
    RequestedWith,
    /// `X-Retry-Count`.
    RetryCount,
}

/// How many headers there are.
const HEADERS: usize = Header::RetryCount as usize + 1;

impl Header {
    /// The header of this name, in any case. Most headers of a request are told to be none of these by their length.
    fn named(name: &str) -> Option<Self> {
        let is = |known: &str, header| name.eq_ignore_ascii_case(known).then_some(header);
        match name.len() {
            6 => is("origin", Self::Origin),
            7 => is("referer", Self::Referer),
            9 => is("sec-ch-ua", Self::Brands),
            10 => is("user-agent", Self::UserAgent),
            13 => is("authorization", Self::Authorization).or_else(|| is("x-retry-count", Self::RetryCount)),
            15 => is("sec-ch-ua-model", Self::Model),
            16 => {
                is("sec-ch-ua-mobile", Self::Mobile).or_else(|| is("x-requested-with", Self::RequestedWith))
            }
            18 => is("sec-ch-ua-platform", Self::Platform),
            22 => is("sec-ch-ua-form-factors", Self::FormFactors),
            26 => is("sec-ch-ua-platform-version", Self::PlatformVersion),
            27 => is("sec-ch-ua-full-version-list", Self::FullVersionList),
            _ => None,
        }
    }
}

/// What a request says in the headers that the collector asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    values: [Option<&'a [u8]>; HEADERS],
}

impl<'a> Headers<'a> {
    /// From names and values in the order of the request: of a name that comes twice the first counts.
    pub fn read(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            if let Some(header) = Header::named(name) {
                read.values[header as usize].get_or_insert(value);
            }
        }
        read
    }

    /// From what hyper keeps.
    pub fn of_map(map: &'a HeaderMap) -> Self {
        Self::read(map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }

    /// Whether there is such a header, whatever its value.
    pub const fn has(&self, header: Header) -> bool {
        self.values[header as usize].is_some()
    }

    /// A header's value, if it is UTF-8.
    pub fn get(&self, header: Header) -> Option<&'a str> {
        std::str::from_utf8(self.values[header as usize]?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    #[test]
    fn every_name_is_found_whatever_its_case() {
        let table = [
            ("authorization", Header::Authorization),
            ("origin", Header::Origin),
            ("referer", Header::Referer),
            ("sec-ch-ua", Header::Brands),
            ("sec-ch-ua-full-version-list", Header::FullVersionList),
            ("sec-ch-ua-form-factors", Header::FormFactors),
            ("sec-ch-ua-mobile", Header::Mobile),
            ("sec-ch-ua-model", Header::Model),
            ("sec-ch-ua-platform", Header::Platform),
            ("sec-ch-ua-platform-version", Header::PlatformVersion),
            ("user-agent", Header::UserAgent),
            ("x-requested-with", Header::RequestedWith),
            ("x-retry-count", Header::RetryCount),
        ];
        for (number, (name, header)) in table.into_iter().enumerate() {
            assert_eq!(header as usize, number, "each is in the table");
            assert_eq!(Header::named(name), Some(header), "{name}");
            assert_eq!(Header::named(&name.to_uppercase()), Some(header), "{name}");
        }
        assert_eq!(table.len(), HEADERS);
        for name in ["", "host", "orixin", "x-requested-witx"] {
            assert_eq!(Header::named(name), None, "{name}");
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
        for (header, expected) in [
            (Header::UserAgent, Some("Firefox")),
            (Header::RequestedWith, Some("")),
            (Header::Origin, Some("https://b.example")),
            (Header::Referer, None),
            (Header::Brands, Some("a\tb")),
            (Header::Authorization, None),
        ] {
            assert_eq!(read.get(header), expected, "{header:?}");
            assert_eq!(of_map.get(header), expected, "{header:?}");
        }
    }
}
