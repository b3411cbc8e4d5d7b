//! How many requests a client address and a write key may send.

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::RateLimits;

/// Both limiters.
pub struct Rates {
    limits: RateLimits,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    keys: DefaultKeyedRateLimiter<u64>,
    key_hasher: RandomState,
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
        Self { limits, addresses, keys, key_hasher: RandomState::default() }
    }

    /// Whether an address may send now. An IPv6 client owns its /64, so that counts as one address.
    pub fn allows_address(&self, address: IpAddr) -> bool {
        if self.limits.exempts(address) {
            return true;
        }
        let network = match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            v4 @ IpAddr::V4(_) => v4,
        };
        if self.addresses.len() >= self.limits.addresses_max {
            self.forget_idle();
        }
        self.addresses.check_key(&network).is_ok()
    }

    /// Whether a write key that belongs to a site may be used now.
    pub fn allows_key(&self, key: &str) -> bool {
        self.keys.check_key(&self.key_hasher.hash_one(key)).is_ok()
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
}
