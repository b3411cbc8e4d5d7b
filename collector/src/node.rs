//! Addresses of clients and proxies, as proxies and servers write them.

use std::net::{IpAddr, Ipv4Addr};

/// The address of a node: bare, with a port, or in brackets (RFC 7239 section 6). `unknown` and `_names` have none.
pub fn node_address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bracketed = node.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let address = match bracketed {
        Some((address, port)) if port.is_empty() || is_port(port.strip_prefix(':')?) => address.parse().ok(),
        Some(_) => None,
        None => node.parse().ok().or_else(|| {
            let (address, port) = node.rsplit_once(':')?;
            address.parse::<Ipv4Addr>().ok().filter(|_| is_port(port)).map(IpAddr::V4)
        }),
    };
    address.map(|address: IpAddr| address.to_canonical())
}

/// The first address of a list such as `X-Forwarded-For` is, of which `unknown` is none: the client's, by the word of
/// whoever passes the list on.
pub fn first_address(list: &str) -> Option<IpAddr> {
    list.split(',').find_map(node_address)
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok() || text.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_of_a_list_is_found_in_every_form() {
        for (list, address) in [
            ("203.0.113.7", Some("203.0.113.7")),
            (" 203.0.113.7:4711 ", Some("203.0.113.7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("::ffff:203.0.113.7", Some("203.0.113.7")),
            ("203.0.113.7, 10.0.0.1", Some("203.0.113.7")),
            ("unknown,203.0.113.7:80", Some("203.0.113.7")),
            ("", None),
            ("unknown", None),
            ("203.0.113", None),
            ("203.0.113.7:http", None),
            ("[2001:db8::7", None),
            ("localhost:80", None),
        ] {
            assert_eq!(first_address(list), address.map(|text| text.parse().unwrap()), "{list}");
        }
    }
}
