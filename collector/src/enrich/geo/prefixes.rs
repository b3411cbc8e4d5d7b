//! Places by prefix, remembered: a look-up in a city database walks the tree and decodes a map, which takes ten times
//! as long, and the visitors of an hour come from few prefixes.

use std::net::IpAddr;

use quick_cache::sync::Cache;

use super::Place;

/// So many prefixes are remembered for each database, 1 MiB.
const PREFIXES_CACHED_MAX: usize = 8_192;

/// Bits of an IPv4 address that count.
const V4_PREFIX_BITS: u8 = 24;

/// Bits of an IPv6 address that count: what a provider gives one customer is this or smaller (RFC 6177).
const V6_PREFIX_BITS: u8 = 48;

/// The places of the prefixes that were last asked for.
pub(super) struct Prefixes(Cache<u64, PlaceSpans>);

/// A place as parts of the file's bytes: where each text begins and how long it is.
#[derive(Clone, Copy)]
pub(super) struct PlaceSpans([(u32, u8); 3]);

impl Prefixes {
    pub(super) fn new() -> Self {
        Self(Cache::new(PREFIXES_CACHED_MAX))
    }

    pub(super) fn get(&self, ip: IpAddr) -> Option<PlaceSpans> {
        self.0.get(&key(ip))
    }

    /// Remembers the place of `ip`, found in a network of `network_bits`, unless the network is smaller than the
    /// prefix, whose other addresses are then elsewhere.
    pub(super) fn remember(&self, ip: IpAddr, network_bits: u8, spans: Option<PlaceSpans>) {
        let prefix_bits = if ip.is_ipv4() { V4_PREFIX_BITS } else { V6_PREFIX_BITS };
        if let Some(spans) = spans
            && network_bits <= prefix_bits
        {
            self.0.insert(key(ip), spans);
        }
    }
}

/// The prefix of an address. The two families do not meet: an IPv4 prefix has no bits above the 24th.
fn key(ip: IpAddr) -> u64 {
    match ip {
        IpAddr::V4(ip) => u64::from(ip.to_bits() >> (32 - V4_PREFIX_BITS)),
        IpAddr::V6(ip) => 1 << 63 | (ip.to_bits() >> (128 - u32::from(V6_PREFIX_BITS))) as u64,
    }
}

impl PlaceSpans {
    /// `None` when a text of the place is not a part of `bytes`.
    pub(super) fn of(place: Place<'_>, bytes: &[u8]) -> Option<Self> {
        let span = |text: &str| {
            if text.is_empty() {
                return Some((0, 0));
            }
            let start = (text.as_ptr() as usize).checked_sub(bytes.as_ptr() as usize)?;
            let length = u8::try_from(text.len()).ok()?;
            (start + text.len() <= bytes.len()).then_some((u32::try_from(start).ok()?, length))
        };
        Some(Self([span(place.country)?, span(place.region)?, span(place.city)?]))
    }

    /// The place, of the bytes that it was taken from.
    pub(super) fn place(self, bytes: &[u8]) -> Place<'_> {
        let text = |(start, length): (u32, u8)| {
            let part = bytes.get(start as usize..start as usize + usize::from(length)).unwrap_or_default();
            std::str::from_utf8(part).unwrap_or_default()
        };
        let [country, region, city] = self.0.map(text);
        Place { country, region, city }
    }
}
