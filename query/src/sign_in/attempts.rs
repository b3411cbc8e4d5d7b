//! Tokens and codes that are not known: how many a client may try, how many there were, and a line in the log.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::LogLimit;

/// Tokens and codes that one client may get wrong in a minute. A known token is not held up by a neighbour's.
pub const ATTEMPTS_PER_MINUTE_MAX: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Clients remembered at once; more share an allowance.
const CLIENTS_MAX: usize = 10_000;

/// The attempts of all clients. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Attempts(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    clients: Mutex<HashMap<IpAddr, Tried>>,
    succeeded: AtomicU64,
    refused: AtomicU64,
    limited: AtomicU64,
    log: LogLimit,
}

/// What one client has tried in its minute.
#[derive(Debug)]
struct Tried {
    since: Instant,
    wrong: u32,
    undecided: u32,
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

/// Why a client may not try now.
#[derive(Debug, PartialEq, Eq)]
pub enum NoAttempt {
    /// It was wrong too often; it may again after so long.
    TooMany(Duration),
    /// As many as it may be wrong are being looked up: a new token's first requests come all at once.
    Undecided,
}

/// A token or code that is being looked up. Whoever does not wait for the outcome was wrong.
#[derive(Debug)]
#[must_use]
pub struct Attempt<'a> {
    counts: &'a Counts,
    network: IpAddr,
    right: bool,
}

impl Attempt<'_> {
    /// It is known after all, and does not count against the client.
    pub fn was_right(mut self) {
        self.right = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut clients = self.counts.clients.lock().expect("no panic while counting");
        if let Some(tried) = clients.get_mut(&self.network) {
            tried.undecided = tried.undecided.saturating_sub(1);
            tried.wrong += u32::from(!self.right);
        }
        drop(clients);
        if !self.right {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            self.counts.log();
        }
    }
}

impl Attempts {
    /// Takes one of a client's attempts.
    ///
    /// # Errors
    /// It has none left, or none until others are decided.
    pub fn begin(&self, client: IpAddr, now: Instant) -> Result<Attempt<'_>, NoAttempt> {
        let mut clients = self.0.clients.lock().expect("no panic while counting");
        let network = network_of(client);
        if clients.len() >= CLIENTS_MAX {
            clients.retain(|_, tried| now.saturating_duration_since(tried.since) < WINDOW);
        }
        let crowded = clients.len() >= CLIENTS_MAX && !clients.contains_key(&network);
        // 100::/64 is nobody's address (RFC 6666).
        let network = if crowded { IpAddr::from([0x100, 0, 0, 0, 0, 0, 0, 0]) } else { network };
        let anew = Tried { since: now, wrong: 0, undecided: 0 };
        let tried = clients.entry(network).or_insert(anew);
        let elapsed = now.saturating_duration_since(tried.since);
        if elapsed >= WINDOW {
            (tried.since, tried.wrong) = (now, 0);
        }
        if tried.wrong >= ATTEMPTS_PER_MINUTE_MAX {
            drop(clients);
            self.0.limited.fetch_add(1, Ordering::Relaxed);
            self.0.log();
            return Err(NoAttempt::TooMany(WINDOW.saturating_sub(elapsed)));
        }
        if tried.wrong + tried.undecided >= ATTEMPTS_PER_MINUTE_MAX {
            return Err(NoAttempt::Undecided);
        }
        tried.undecided += 1;
        Ok(Attempt { counts: &self.0, network, right: false })
    }

    /// Somebody signed in.
    pub fn succeeded(&self) {
        self.0.succeeded.fetch_add(1, Ordering::Relaxed);
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

impl Counts {
    /// Neither who nor what: a mistyped secret is nearly the secret.
    fn log(&self) {
        if self.log.line().is_some() {
            let refused = self.refused.load(Ordering::Relaxed);
            let limited = self.limited.load(Ordering::Relaxed);
            tracing::warn!(refused, limited, "tokens or sign-in codes were wrong; counted since the start");
        }
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
    fn a_client_may_be_wrong_so_often_a_minute_and_its_neighbour_as_often() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let wrong = |text: &str, now| attempts.begin(address(text), now).map(drop);
        assert!((0..ATTEMPTS_PER_MINUTE_MAX).all(|n| wrong(&format!("2001:db8::{n}"), now).is_ok()));
        assert_eq!(wrong("2001:db8::99", now), Err(NoAttempt::TooMany(WINDOW)), "a /64 is one client");
        assert_eq!(wrong("79.0.0.1", now), Ok(()));
        assert_eq!(wrong("2001:db8::1", now + WINDOW), Ok(()));
        assert!(attempts.metrics().contains("orma_sign_ins_total{result=\"limited\"} 1"));
        assert!(attempts.metrics().contains("orma_sign_ins_total{result=\"refused\"} 62"));
    }

    #[test]
    fn whoever_is_right_is_never_told_that_he_was_wrong_too_often() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let begin = || attempts.begin(address("79.0.0.1"), now);
        let mut first: Vec<_> = (0..ATTEMPTS_PER_MINUTE_MAX).map(|_| begin().unwrap()).collect();
        assert_eq!(begin().unwrap_err(), NoAttempt::Undecided);
        first.pop().unwrap().was_right();
        begin().unwrap().was_right();
        drop(first.pop());
        assert_eq!(begin().map(drop), Ok(()));
        assert_eq!(begin().unwrap_err(), NoAttempt::Undecided);
        drop(first);
        assert_eq!(begin().unwrap_err(), NoAttempt::TooMany(WINDOW));
        assert!(attempts.metrics().contains("orma_sign_ins_total{result=\"refused\"} 60"));
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
