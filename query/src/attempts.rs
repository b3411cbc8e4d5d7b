//! Tokens and codes that are not known: how many a client may try, how many there were, and a line in the log.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::LogLimit;

/// Wrong tokens and codes that one client may try in a minute. A known token is not held up by a neighbour's.
pub const ATTEMPTS_PER_MINUTE_MAX: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Clients remembered at once; more share an allowance.
const CLIENTS_MAX: usize = 10_000;

/// The attempts of all clients. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Attempts(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    /// By client: when its minute began, and how many it has tried since.
    clients: Mutex<HashMap<IpAddr, (Instant, u32)>>,
    succeeded: AtomicU64,
    refused: AtomicU64,
    limited: AtomicU64,
    log: LogLimit,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            clients: Mutex::default(),
            succeeded: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            limited: AtomicU64::new(0),
            log: LogLimit::new(1),
        }
    }
}

/// The client has tried too often; it may again after so long.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany(pub Duration);

impl Attempts {
    /// Takes one of a client's attempts.
    ///
    /// # Errors
    /// It has none left.
    pub fn begin(&self, client: IpAddr, now: Instant) -> Result<(), TooMany> {
        let mut clients = self.0.clients.lock().expect("no panic while counting");
        let network = network_of(client);
        if clients.len() >= CLIENTS_MAX {
            clients.retain(|_, (begun, _)| now.saturating_duration_since(*begun) < WINDOW);
        }
        let crowded = clients.len() >= CLIENTS_MAX && !clients.contains_key(&network);
        // 100::/64 is nobody's address (RFC 6666).
        let network = if crowded { IpAddr::from([0x100, 0, 0, 0, 0, 0, 0, 0]) } else { network };
        let (begun, tried) = clients.entry(network).or_insert((now, 0));
        let elapsed = now.saturating_duration_since(*begun);
        if elapsed >= WINDOW {
            (*begun, *tried) = (now, 0);
        } else if *tried >= ATTEMPTS_PER_MINUTE_MAX {
            drop(clients);
            self.0.limited.fetch_add(1, Ordering::Relaxed);
            self.log();
            return Err(TooMany(WINDOW.saturating_sub(elapsed)));
        }
        *tried += 1;
        Ok(())
    }

    /// The attempt was right after all: it does not count against the client.
    pub fn give_back(&self, client: IpAddr) {
        let mut clients = self.0.clients.lock().expect("no panic while counting");
        if let Some((_, tried)) = clients.get_mut(&network_of(client)) {
            *tried = tried.saturating_sub(1);
        }
    }

    /// Somebody signed in.
    pub fn succeeded(&self) {
        self.0.succeeded.fetch_add(1, Ordering::Relaxed);
    }

    /// A token or code was not known.
    pub fn refused(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
        self.log();
    }

    /// Neither who nor what: a mistyped secret is nearly the secret.
    fn log(&self) {
        if self.0.log.line().is_some() {
            let refused = self.0.refused.load(Ordering::Relaxed);
            let limited = self.0.limited.load(Ordering::Relaxed);
            tracing::warn!(refused, limited, "tokens or sign-in codes were wrong; counted since the start");
        }
    }

    /// What Prometheus reads.
    pub fn metrics(&self) -> String {
        let mut text =
            "# HELP orma_sign_ins_total Sign-ins, and tokens and codes that were not known, by result\n\
            # TYPE orma_sign_ins_total counter\n"
                .to_owned();
        let counts = [("ok", &self.0.succeeded), ("refused", &self.0.refused), ("limited", &self.0.limited)];
        for (result, count) in counts {
            let count = count.load(Ordering::Relaxed);
            let _infallible = writeln!(text, "orma_sign_ins_total{{result=\"{result}\"}} {count}");
        }
        text
    }
}

/// The part of an address that is one client: an IPv6 client owns its /64.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_may_try_so_often_a_minute_and_its_neighbour_as_often() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let one = |n: u32| attempts.begin(address(&format!("2001:db8::{n}")), now);
        assert!((0..ATTEMPTS_PER_MINUTE_MAX).all(|n| one(n).is_ok()));
        assert_eq!(one(99), Err(TooMany(WINDOW)), "a /64 is one client");
        assert_eq!(attempts.begin(address("79.0.0.1"), now), Ok(()));
        attempts.give_back(address("2001:db8::5"));
        assert_eq!((one(1).is_ok(), one(1).is_ok()), (true, false));
        assert_eq!(attempts.begin(address("2001:db8::1"), now + WINDOW), Ok(()));
        assert!(attempts.metrics().contains("orma_sign_ins_total{result=\"limited\"} 2"));
    }

    #[test]
    fn the_table_is_bounded_and_newcomers_share() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let of = |n: usize| IpAddr::from(std::net::Ipv4Addr::from(0x4f00_0000 + n as u32));
        let allowed = (0..CLIENTS_MAX * 2).filter(|&n| attempts.begin(of(n), now).is_ok()).count();
        assert_eq!(attempts.0.clients.lock().unwrap().len(), CLIENTS_MAX + 1);
        assert_eq!(allowed, CLIENTS_MAX + ATTEMPTS_PER_MINUTE_MAX as usize);
        assert!(attempts.begin(of(CLIENTS_MAX * 3), now + WINDOW).is_ok());
    }
}
