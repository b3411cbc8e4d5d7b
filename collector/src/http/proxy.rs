//! Whose word on the client's address is taken: proxies that the operator named, and nobody else.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hyper::header::{FORWARDED, HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request};
use ipnet::IpNet;

use crate::node::node_address;

/// What proxies set.
pub const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// What proxies set.
pub const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// What proxies set.
pub const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Proxies looked through from the nearest outwards; a longer chain is somebody's invention.
const HOPS_MAX: usize = 32;

/// The header in which the proxies name those before them. A proxy passes on what it does not know, so only one may
/// be believed: the one that the operator's proxies write themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` of RFC 7239.
    Forwarded,
}

/// Networks given as `10.0.0.0/8, 2001:db8::1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        named
            .map(|network| {
                let parsed = network.parse::<IpNet>().or_else(|_| network.parse::<IpAddr>().map(IpNet::from));
                parsed.map_err(|_| {
                    format!("`{network}` is neither an address nor a network such as 10.0.0.0/8")
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&named.join(","))
    }
}

impl Networks {
    /// Whether an address is in one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address, or the one that a trusted load balancer named for the whole connection.
    pub address: IpAddr,
    /// It is a trusted proxy: each request names its client.
    pub trusted: bool,
    /// The connection is encrypted.
    pub tls: bool,
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Where they are; none by default.
    pub networks: Networks,
    /// How they name the client.
    pub header: ForwardedHeader,
}

/// What the nearest proxy says of the address that the client used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicAddress {
    /// `https` or `http`.
    pub scheme: Option<String>,
    /// The host, with its port if it has one.
    pub host: Option<String>,
}

impl TrustedProxies {
    /// Whether a peer is one of them.
    pub fn contains(&self, peer: IpAddr) -> bool {
        self.networks.contains(peer)
    }

    /// The client of a request that came from a trusted proxy: going outwards, the first address that is not a
    /// trusted proxy's. What stands beyond it is the client's own word. A hop that cannot be read ends the search at
    /// the proxy that reported it.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let mut follow = |hop: Option<IpAddr>| {
            let Some(address) = hop else { return false };
            client = address;
            self.contains(address)
        };
        let name = match self.header {
            ForwardedHeader::XForwarded => &X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => &FORWARDED,
        };
        let values: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
        let mut hops = 0;
        for value in values.into_iter().rev() {
            let Ok(value) = value.to_str() else { return client };
            for element in split_quoted(value, ',').rev() {
                let hop = match self.header {
                    ForwardedHeader::XForwarded => node_address(element),
                    ForwardedHeader::Forwarded => {
                        parameter(element, "for").and_then(|node| node_address(&node))
                    }
                };
                hops += 1;
                if hops > HOPS_MAX || !follow(hop) {
                    return client;
                }
            }
        }
        client
    }

    /// Rewrites what a request says of its way here, so that whoever answers it may believe these headers: only what a
    /// trusted proxy or this collector itself knows is left in them.
    pub fn vouch<B>(&self, request: &mut Request<B>, peer: Peer) {
        let (client, mut said) = if peer.trusted {
            (self.client(peer.address, request.headers()), self.public_address(request.headers()))
        } else {
            (peer.address, PublicAddress::default())
        };
        if peer.tls && said.scheme.is_none() {
            said.scheme = Some("https".into());
        }
        let authority = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
        let headers = request.headers_mut();
        for name in [&X_FORWARDED_FOR, &X_FORWARDED_PROTO, &X_FORWARDED_HOST, &FORWARDED] {
            headers.remove(name);
        }
        // HTTP/2 names the host in the request's target.
        if let Some(authority) = authority
            && !headers.contains_key(HOST)
        {
            headers.insert(HOST, authority);
        }
        let named = [
            (X_FORWARDED_FOR, Some(client.to_string())),
            (X_FORWARDED_PROTO, said.scheme),
            (X_FORWARDED_HOST, said.host),
        ];
        for (name, value) in named {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
    }

    /// Scheme and host that the nearest trusted proxy was asked for.
    pub fn public_address(&self, headers: &HeaderMap) -> PublicAddress {
        let last = |name: &HeaderName| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            split_quoted(value, ',').next_back().map(|text| text.trim().to_owned())
        };
        let (scheme, host) = match self.header {
            ForwardedHeader::XForwarded => (last(&X_FORWARDED_PROTO), last(&X_FORWARDED_HOST)),
            ForwardedHeader::Forwarded => {
                let element = last(&FORWARDED).unwrap_or_default();
                (parameter(&element, "proto"), parameter(&element, "host"))
            }
        };
        let scheme = scheme.map(|scheme| scheme.to_ascii_lowercase());
        let host =
            host.filter(|host| !host.is_empty() && host.parse::<hyper::http::uri::Authority>().is_ok());
        PublicAddress { scheme: scheme.filter(|scheme| matches!(scheme.as_str(), "http" | "https")), host }
    }
}

/// Splits at a separator outside of quotes.
fn split_quoted(text: &str, separator: char) -> std::vec::IntoIter<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter()
}

/// A parameter of an element of `Forwarded` (RFC 7239 section 4), without its quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    split_quoted(element, ';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        if !key.trim().eq_ignore_ascii_case(name) {
            return None;
        }
        let value = value.trim();
        match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => Some(quoted.replace('\\', "")),
            None => Some(value.to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn proxies(header: ForwardedHeader) -> TrustedProxies {
        TrustedProxies { networks: "10.0.0.0/8, 2001:db8:a::/48,127.0.0.1".parse().unwrap(), header }
    }

    #[test]
    fn the_client_is_the_nearest_address_that_no_trusted_proxy_has() {
        let table: &[(&[(&str, &str)], &str)] = &[
            (&[], "10.0.0.1"),
            (&[("x-forwarded-for", "79.1.2.3")], "79.1.2.3"),
            (&[("x-forwarded-for", "6.6.6.6, 79.1.2.3")], "79.1.2.3"),
            (&[("x-forwarded-for", "79.1.2.3, 10.9.9.9")], "79.1.2.3"),
            (&[("x-forwarded-for", "6.6.6.6, 79.1.2.3, 10.9.9.9")], "79.1.2.3"),
            (&[("x-forwarded-for", "79.1.2.3"), ("x-forwarded-for", "10.9.9.9")], "79.1.2.3"),
            (&[("x-forwarded-for", "10.1.1.1, 10.2.2.2")], "10.1.1.1"),
            (&[("x-forwarded-for", "79.1.2.3:4711")], "79.1.2.3"),
            (&[("x-forwarded-for", "[2001:db8::7]:80, 2001:db8:a::1")], "2001:db8::7"),
            (&[("x-forwarded-for", "::ffff:79.1.2.3")], "79.1.2.3"),
            (&[("x-forwarded-for", "79.1.2.3, nonsense, 10.9.9.9")], "10.9.9.9"),
            (&[("x-forwarded-for", "nonsense")], "10.0.0.1"),
            (&[("x-forwarded-for", "79.1.2.3, ")], "10.0.0.1"),
            (&[("forwarded", "for=79.1.2.3")], "10.0.0.1"),
        ];
        for (pairs, expected) in table {
            let client =
                proxies(ForwardedHeader::XForwarded).client("10.0.0.1".parse().unwrap(), &headers(pairs));
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{pairs:?}");
        }
    }

    #[test]
    fn the_header_of_rfc_7239_is_read_when_it_is_the_one_believed() {
        let table: &[(&str, &str)] = &[
            ("for=79.1.2.3", "79.1.2.3"),
            ("For=\"79.1.2.3:80\";proto=https", "79.1.2.3"),
            ("proto=http;for=\"[2001:db8::7]:4711\", for=10.2.2.2;by=10.0.0.1", "2001:db8::7"),
            ("for=6.6.6.6, for=79.1.2.3", "79.1.2.3"),
            ("for=79.1.2.3, for=unknown", "10.0.0.1"),
            ("for=79.1.2.3, for=_hidden, for=10.3.3.3", "10.3.3.3"),
            ("for=\"_a,b\", for=10.3.3.3", "10.3.3.3"),
            ("", "10.0.0.1"),
        ];
        for (value, expected) in table {
            let pairs = [("forwarded", *value), ("x-forwarded-for", "6.6.6.6")];
            let client =
                proxies(ForwardedHeader::Forwarded).client("10.0.0.1".parse().unwrap(), &headers(&pairs));
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{value}");
        }
    }

    #[test]
    fn an_endless_chain_ends() {
        let chain: &'static str = vec!["10.1.1.1"; 5000].join(",").leak();
        let mut many = headers(&[("x-forwarded-for", chain)]);
        many.insert("x-forwarded-for", HeaderValue::from_static(chain));
        let client = proxies(ForwardedHeader::XForwarded).client("10.0.0.1".parse().unwrap(), &many);
        assert_eq!(client, "10.1.1.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn scheme_and_host_come_from_the_nearest_proxy() {
        let x = headers(&[
            ("x-forwarded-proto", "http, HTTPS"),
            ("x-forwarded-host", "evil.example, shop.example:8443"),
        ]);
        let said = proxies(ForwardedHeader::XForwarded).public_address(&x);
        assert_eq!(
            (said.scheme.as_deref(), said.host.as_deref()),
            (Some("https"), Some("shop.example:8443"))
        );
        let f = headers(&[(
            "forwarded",
            "for=1.2.3.4;host=a.example, for=10.1.1.1;proto=https;host=\"b.example:1\"",
        )]);
        let said = proxies(ForwardedHeader::Forwarded).public_address(&f);
        assert_eq!((said.scheme.as_deref(), said.host.as_deref()), (Some("https"), Some("b.example:1")));
        let odd = headers(&[("x-forwarded-proto", "javascript"), ("x-forwarded-host", "a b/c")]);
        assert_eq!(proxies(ForwardedHeader::XForwarded).public_address(&odd), PublicAddress::default());
    }

    #[test]
    fn a_request_is_handed_on_with_nothing_but_what_is_known() {
        let peer = |address: &str, tls| {
            let address = address.parse().unwrap();
            Peer { address, trusted: proxies(ForwardedHeader::XForwarded).contains(address), tls }
        };
        let table = [
            (peer("79.9.9.9", false), ["79.9.9.9", "", ""]),
            (peer("79.9.9.9", true), ["79.9.9.9", "https", ""]),
            (peer("10.0.0.1", false), ["79.1.2.3", "https", "shop.example"]),
        ];
        for (peer, expected) in table {
            let mut request = Request::builder()
                .uri("https://a.example/x")
                .header("x-forwarded-for", "79.1.2.3")
                .header("x-forwarded-proto", "https")
                .header("x-forwarded-host", "shop.example")
                .header("forwarded", "for=6.6.6.6")
                .body(())
                .unwrap();
            proxies(ForwardedHeader::XForwarded).vouch(&mut request, peer);
            let text =
                |name: &HeaderName| request.headers().get(name).map_or("", |value| value.to_str().unwrap());
            let left = [&X_FORWARDED_FOR, &X_FORWARDED_PROTO, &X_FORWARDED_HOST].map(text);
            assert_eq!(left, expected, "{peer:?}");
            assert_eq!((text(&FORWARDED), text(&HOST)), ("", "a.example"));
        }
    }

    #[test]
    fn networks_are_read_and_mistakes_are_named() {
        let networks: Networks = " 10.0.0.0/8 ,2001:db8::1,".parse().unwrap();
        assert_eq!(networks.to_string(), "10.0.0.0/8,2001:db8::1/128");
        assert!(networks.contains("::ffff:10.2.3.4".parse().unwrap()));
        assert!(!networks.contains("11.2.3.4".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Networks>().unwrap_err().contains("10.0.0.0/33"));
        assert_eq!("".parse::<Networks>().unwrap(), Networks::default());
    }

    /// No bytes in the header make it panic or believe an address that is not in it.
    #[test]
    fn mutated_headers_never_give_an_address_that_nobody_named() {
        let seed_text = "for=\"[2001:db8::7]:4711\";proto=https, for=79.1.2.3, for=10.9.9.9";
        let mut random = fastrand::Rng::with_seed(7);
        let mut next = || random.u64(..);
        for _ in 0..20_000 {
            let mut bytes = seed_text.as_bytes().to_vec();
            for _ in 0..=next() % 4 {
                let at = next() as usize % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = b' ' + (next() % 95) as u8,
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, b"\",;=[]:\\"[next() as usize % 8]),
                }
            }
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { continue };
            for (header, name) in
                [(ForwardedHeader::Forwarded, "forwarded"), (ForwardedHeader::XForwarded, "x-forwarded-for")]
            {
                let mut headers = HeaderMap::new();
                headers.insert(name, value.clone());
                let proxies = proxies(header);
                let client = proxies.client("10.0.0.1".parse().unwrap(), &headers);
                let text = String::from_utf8_lossy(&bytes).replace('\\', "").to_ascii_lowercase();
                let named = client == "10.0.0.1".parse::<IpAddr>().unwrap()
                    || text.contains(&client.to_string())
                    || matches!(client, IpAddr::V6(_));
                assert!(named, "{text}: {client}");
                drop(proxies.public_address(&headers));
            }
        }
    }
}
