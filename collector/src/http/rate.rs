//! How many requests a client address and a write key may send.

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};

use foldhash::fast::RandomState;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Requests per second. The defaults leave room for a large office behind one address.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// Per client address, sustained.
    pub requests_per_second_per_address: u32,
    /// Per client address, at once.
    pub requests_burst_per_address: u32,
    /// Per write key, sustained.
    pub requests_per_second_per_key: u32,
    /// Per write key, at once.
    pub requests_burst_per_key: u32,
    /// Whether loopback addresses are limited too.
    pub limit_loopback: bool,
    /// Addresses remembered at once; an attacker must not be able to grow the table.
    pub addresses_max: usize,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            requests_per_second_per_address: 200,
            requests_burst_per_address: 2_000,
            requests_per_second_per_key: 20_000,
            requests_burst_per_key: 40_000,
            limit_loopback: false,
            addresses_max: 100_000,
        }
    }
}

impl RateLimits {
    /// Whether an address is exempt.
    pub fn exempts(&self, address: IpAddr) -> bool {
        !self.limit_loopback && address.to_canonical().is_loopback()
    }
}

/// Both limiters.
pub struct Rates {
    limits: RateLimits,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    keys: DefaultKeyedRateLimiter<u64>,
    /// `addresses_max` are remembered: clients share an allowance by the hash of their address.
    crowded: AtomicBool,
    hasher: RandomState,
}

/// Allowances that clients share while the table is full.
const SHARED_ALLOWANCES: u64 = 4_096;

/// The part of an address that is one client: an IPv6 client owns its /64.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn quota(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

impl Rates {
    /// Limiters with nothing used up.
    pub fn new(limits: RateLimits) -> Self {
        let addresses = RateLimiter::keyed(quota(
            limits.requests_per_second_per_address,
            limits.requests_burst_per_address,
        ));
        let keys =
            RateLimiter::keyed(quota(limits.requests_per_second_per_key, limits.requests_burst_per_key));
        Self { limits, addresses, keys, crowded: AtomicBool::new(false), hasher: RandomState::default() }
    }

    /// Whether an address is exempt.
    pub fn exempts(&self, address: IpAddr) -> bool {
        self.limits.exempts(address)
    }

    /// Whether an address may send now.
    pub fn allows_address(&self, address: IpAddr) -> bool {
        if self.limits.exempts(address) {
            return true;
        }
        let mut network = client_network(address);
        if self.crowded.load(Ordering::Relaxed) {
            let shared = (self.hasher.hash_one(network) % SHARED_ALLOWANCES) as u16;
            // 100::/64 is nobody's address (RFC 6666).
            network = IpAddr::from([0x100, 0, 0, 0, 0, 0, 0, shared]);
        }
        self.addresses.check_key(&network).is_ok()
    }

    /// Whether a write key that belongs to a site may be used now.
    pub fn allows_key(&self, key: &str) -> bool {
        self.keys.check_key(&self.hasher.hash_one(key)).is_ok()
    }

    /// Forgets those who have all their allowance again; to be called every second. Looking at the size of the table
    /// here keeps it off the way of a request.
    pub fn sweep(&self) {
        let addresses_max = self.limits.addresses_max;
        if self.addresses.len() >= addresses_max {
            self.forget_idle();
        }
        self.crowded.store(self.addresses.len() >= addresses_max, Ordering::Relaxed);
    }

    /// Drops those who have all their allowance again.
    pub fn forget_idle(&self) {
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_burst_and_its_neighbours_have_theirs() {
        let limits = RateLimits { requests_burst_per_address: 3, ..RateLimits::default() };
        let rates = Rates::new(limits);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let answers: Vec<bool> = (0..4).map(|_| rates.allows_address(address("79.0.0.1"))).collect();
        assert_eq!(answers, [true, true, true, false]);
        assert!(rates.allows_address(address("79.0.0.2")));
        assert!((0..10).all(|_| rates.allows_address(address("127.0.0.1"))), "loopback is exempt");
        let v6: Vec<bool> =
            (0..4).map(|n| rates.allows_address(address(&format!("2001:db8:0:1::{n}")))).collect();
        assert_eq!(v6, [true, true, true, false], "a /64 is one client");
    }

    #[test]
    fn a_full_table_stops_growing_and_still_limits() {
        let limits = RateLimits {
            requests_per_second_per_address: 1,
            requests_burst_per_address: 3,
            addresses_max: 100,
            ..RateLimits::default()
        };
        let rates = Rates::new(limits);
        let address = |n: u32| IpAddr::from(std::net::Ipv4Addr::from(0x4f00_0000 + n));
        for n in 0..100 {
            // Three at once: none of them has its allowance back when the sweep looks.
            assert!((0..3).all(|_| rates.allows_address(address(n))));
        }
        rates.sweep();
        let before = rates.addresses.len();
        assert_eq!(before, 100);
        let allowed = (1000..100_000).filter(|&n| rates.allows_address(address(n))).count();
        assert!(rates.addresses.len() <= before + SHARED_ALLOWANCES as usize);
        assert!(allowed < 99_000 / 2, "{allowed}");
    }
}
