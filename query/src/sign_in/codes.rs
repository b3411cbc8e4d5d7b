//! One-time codes of the sign-in links that `orma up` prints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orma_store::registry::hash;
use orma_store::secret::random_hex;

/// How long a code can be used.
pub const SIGN_IN_CODE_SECONDS_MAX: u64 = 3600;
/// Codes that can be open at the same time; the oldest goes first.
const SIGN_IN_CODES_MAX: usize = 64;

/// The codes that have been given out and not used. Only their hashes are kept.
#[derive(Clone, Debug, Default)]
pub struct SignInCodes {
    open: Arc<Mutex<HashMap<String, Instant>>>,
}

impl SignInCodes {
    /// A new code, valid from `now` for [`SIGN_IN_CODE_SECONDS_MAX`], once.
    pub fn issue(&self, now: Instant) -> String {
        let code = random_hex::<16>();
        let mut open = self.open.lock().expect("no panic while locked");
        open.retain(|_, issued| !expired(*issued, now));
        if open.len() >= SIGN_IN_CODES_MAX {
            let oldest = open.iter().min_by_key(|(_, issued)| **issued).map(|(code, _)| code.clone());
            open.remove(&oldest.expect("not empty"));
        }
        open.insert(hash(&code), now);
        code
    }

    /// Uses a code up; whether it was valid.
    pub fn redeem(&self, code: &str, now: Instant) -> bool {
        let issued = self.open.lock().expect("no panic while locked").remove(&hash(code));
        issued.is_some_and(|issued| !expired(issued, now))
    }
}

fn expired(issued: Instant, now: Instant) -> bool {
    now.saturating_duration_since(issued) >= Duration::from_secs(SIGN_IN_CODE_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_works_once_and_not_after_its_time() {
        let codes = SignInCodes::default();
        let now = Instant::now();
        let code = codes.issue(now);
        assert!(!codes.redeem("wrong", now));
        assert!(codes.redeem(&code, now));
        assert!(!codes.redeem(&code, now), "a code is used up");
        let late = codes.issue(now);
        assert!(!codes.redeem(&late, now + Duration::from_secs(SIGN_IN_CODE_SECONDS_MAX)));
    }

    #[test]
    fn the_number_of_open_codes_is_bounded_and_the_oldest_goes() {
        let codes = SignInCodes::default();
        let now = Instant::now();
        let first = codes.issue(now);
        let later: Vec<String> =
            (1..=64).map(|second| codes.issue(now + Duration::from_secs(second))).collect();
        let end = now + Duration::from_secs(100);
        assert!(!codes.redeem(&first, end));
        assert!(later.iter().all(|code| codes.redeem(code, end)));
    }
}
