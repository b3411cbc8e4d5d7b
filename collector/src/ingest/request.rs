//! What a request says besides its events.

use std::net::IpAddr;

use crate::enrich::{HintHeaders, Hints};
use crate::http::headers::{Header, Headers};

/// The user agent is cut here: longer ones only cost time.
const USER_AGENT_BYTES_MAX: usize = 2048;

/// A request whose body is here, as it came.
#[derive(Clone, Copy)]
pub struct RawRequest<'a> {
    /// What stands behind the `?`.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a Headers<'a>,
    /// The body, without its encoding.
    pub body: &'a [u8],
    /// The client's address.
    pub address: IpAddr,
    /// Milliseconds since the epoch.
    pub received_at: i64,
}

/// What a request says besides its events.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'a> {
    /// The client's address; forgotten when the request is answered.
    pub address: IpAddr,
    /// The header `User-Agent`.
    pub user_agent: &'a str,
    /// The header `Origin`.
    pub origin: Option<&'a str>,
    /// The secret of `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// The client says that it tries again.
    pub retry: bool,
    /// The headers `Sec-CH-UA…` and `X-Requested-With`.
    pub hints: Hints<'a>,
    /// The request is an image in a page or mail, which any crawler loads, and not a message to the collector.
    pub pixel: bool,
    /// Milliseconds since the epoch.
    pub received_at: i64,
}

impl<'a> RequestFacts<'a> {
    /// What its headers say.
    pub fn of(request: &RawRequest<'a>) -> Self {
        let headers = request.headers;
        let user_agent = headers.get(Header::UserAgent).unwrap_or_default();
        let bearer = headers.get(Header::Authorization).and_then(|value| value.strip_prefix("Bearer "));
        Self {
            address: request.address,
            user_agent: &user_agent[..user_agent.floor_char_boundary(USER_AGENT_BYTES_MAX)],
            // What cannot be read is an origin all the same, and none of a site's.
            origin: headers.get(Header::Origin).or(headers.has(Header::Origin).then_some("?")),
            bearer: bearer.map(str::trim),
            retry: headers.get(Header::RetryCount).is_some_and(|count| count != "0"),
            hints: hints(headers),
            pixel: false,
            received_at: request.received_at,
        }
    }

    /// What the headers of an image's request say: browsers send no `Origin` with it, but mostly the page's address.
    pub fn of_image(request: &RawRequest<'a>) -> Self {
        let facts = Self::of(request);
        let origin = facts.origin.or_else(|| request.headers.get(Header::Referer).and_then(origin_of_page));
        Self { pixel: true, origin, ..facts }
    }
}

fn hints<'a>(headers: &Headers<'a>) -> Hints<'a> {
    let text = |header| headers.get(header).unwrap_or_default();
    Hints::of_headers(HintHeaders {
        requested_with: text(Header::RequestedWith),
        brands: text(Header::Brands),
        full_version_list: text(Header::FullVersionList),
        platform: text(Header::Platform),
        platform_version: text(Header::PlatformVersion),
        model: text(Header::Model),
        form_factors: text(Header::FormFactors),
        mobile: text(Header::Mobile),
    })
}

/// The origin of a page's address; all of an address that is none.
fn origin_of_page(address: &str) -> Option<&str> {
    let host = address.find("://").map_or(address.len(), |at| at + "://".len());
    let end = address[host..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| host + at);
    Some(&address[..end]).filter(|origin| !origin.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw<'a>(headers: &'a Headers<'a>) -> RawRequest<'a> {
        let address = IpAddr::from([79, 0, 0, 1]);
        RawRequest { query: "", headers, body: b"", address, received_at: 0 }
    }

    #[test]
    fn the_origin_of_a_page_is_what_stands_before_its_path() {
        for (address, origin) in [
            ("https://shop.example/a?b#c", Some("https://shop.example")),
            ("https://shop.example", Some("https://shop.example")),
            ("http://localhost:8080/", Some("http://localhost:8080")),
            ("https://evil.example?https://shop.example/", Some("https://evil.example")),
            ("https://evil.example\\.shop.example/", Some("https://evil.example")),
            ("https://shop.example@evil.example/", Some("https://shop.example@evil.example")),
            ("shop.example/a", Some("shop.example/a")),
            ("", None),
        ] {
            assert_eq!(origin_of_page(address), origin, "{address}");
        }
    }

    #[test]
    fn an_origin_that_cannot_be_read_is_one_all_the_same() {
        let list = |headers: &[(&'static str, &'static [u8])]| Headers::read(headers.iter().copied());
        for (headers, event, image) in [
            (list(&[]), None, None),
            (list(&[("origin", b"https://a.example")]), Some("https://a.example"), Some("https://a.example")),
            (list(&[("origin", b"\xff")]), Some("?"), Some("?")),
            (list(&[("referer", b"https://b.example/x")]), None, Some("https://b.example")),
            (list(&[("origin", b"null"), ("referer", b"https://b.example/x")]), Some("null"), Some("null")),
        ] {
            assert_eq!(RequestFacts::of(&raw(&headers)).origin, event);
            assert_eq!(RequestFacts::of_image(&raw(&headers)).origin, image);
        }
    }
}
