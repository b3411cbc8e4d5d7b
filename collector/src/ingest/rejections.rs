//! Requests refused as a whole: counted, and told with where they came from.
//!
//! Gathered until the next flush to the spool: a flood of them must not cost a disk flush each. Each of a few kinds of
//! refusal is told by a row of `rejected_events`, at once when it is new and then at most every [`TELL_MS`] with the
//! number of requests since; the rest is only counted. So whoever installs a site sees within seconds what is wrong.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;

use crate::event::truncate;
use crate::ledger::{self, Counts, Key, Outcome, hour_of};
use crate::record::{count, rejected};

/// Distinct keys counted between two flushes; an attacker must not be able to grow the map.
const KEYS_MAX: usize = 1024;
/// Distinct refusals that are told with where they came from; those that come when there are as many are only counted.
const NAMED_MAX: usize = 64;
/// A refusal that goes on is told again after this long. Milliseconds.
const TELL_MS: i64 = 10_000;
/// How the payload of such a row begins. That of a refused event is JSON, which never does: nobody can send a row.
const PAYLOAD_HEAD: &str = "request ";
/// Bytes of an origin and of a key that are kept: whoever sends may write anything there.
const TEXT_BYTES_MAX: usize = 256;

/// What is known of a request that is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'a> {
    /// The origin of the page that sent it.
    pub origin: Option<&'a str>,
    /// The write key in it.
    pub key: &'a str,
    /// Why it is refused, for people.
    pub message: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    site: String,
    reason: String,
    origin: String,
    key: String,
}

/// Requests of one name that are neither counted nor told yet.
#[derive(Debug, Default)]
struct Untold {
    requests: u64,
    last_at: i64,
    message: String,
    told_at: Option<i64>,
}

#[derive(Debug, Default)]
struct Gathered {
    counts: Counts,
    named: BTreeMap<Name, Untold>,
    /// Told, and not yet written.
    told: Vec<Told>,
}

/// Refusals of one name, told together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    site: String,
    last_at: i64,
    reason: String,
    message: String,
    payload: String,
}

/// What a flush writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// All requests.
    pub counts: Counts,
    told: Vec<Told>,
}

impl Taken {
    /// The records of the spool. A refusal's own record counts one request, and the records of counts the others.
    pub fn records(&self) -> Vec<u8> {
        let mut others = self.counts.clone();
        let mut records = Vec::new();
        for told in &self.told {
            if let Some(count) = others.get_mut(&told.counted_as()) {
                *count -= 1;
            }
            let texts = [&*told.reason, &told.message, "", &told.payload];
            rejected::write_texts(&told.site, told.last_at, texts, &mut records);
        }
        others.retain(|_, requests| *requests > 0);
        count::write_records(&others, &mut records);
        records
    }
}

impl Told {
    fn counted_as(&self) -> Key {
        Key {
            site: self.site.clone(),
            hour: hour_of(self.last_at),
            outcome: Outcome::Rejected.as_str().to_owned(),
            reason: self.reason.clone(),
        }
    }
}

/// Requests refused as a whole.
#[derive(Debug, Default)]
pub struct Rejections {
    gathered: Mutex<Gathered>,
}

impl Rejections {
    /// Counts a refused request.
    pub fn add(&self, site: &str, received_at: i64, reason: &str) {
        self.gathered().count(site, received_at, reason, 1);
    }

    /// Counts a refused request of which it is known where it came from.
    pub fn add_sent(&self, site: &str, received_at: i64, reason: &str, sent: Sent<'_>) {
        let text = |text: &str| truncate(text.into(), TEXT_BYTES_MAX).into_owned();
        let name = Name {
            site: site.to_owned(),
            reason: reason.to_owned(),
            origin: text(sent.origin.unwrap_or_default()),
            key: text(sent.key),
        };
        let mut gathered = self.gathered();
        if gathered.named.len() >= NAMED_MAX && !gathered.named.contains_key(&name) {
            gathered.count(site, received_at, reason, 1);
            return;
        }
        let untold = gathered.named.entry(name).or_default();
        untold.requests += 1;
        untold.last_at = untold.last_at.max(received_at);
        sent.message.clone_into(&mut untold.message);
    }

    /// Takes what is due at this moment, in milliseconds since the epoch.
    pub fn take(&self, now: i64) -> Taken {
        self.gathered().take(|untold| untold.told_at.is_none_or(|told| now - told >= TELL_MS), now)
    }

    /// Takes all that was gathered.
    pub fn take_all(&self, now: i64) -> Taken {
        self.gathered().take(|_| true, now)
    }

    /// Gives back what could not be written.
    pub fn put_back(&self, taken: Taken) {
        let mut gathered = self.gathered();
        ledger::merge(&mut gathered.counts, &taken.counts);
        let room = NAMED_MAX.saturating_sub(gathered.told.len());
        gathered.told.extend(taken.told.into_iter().take(room));
    }

    fn gathered(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.gathered.lock().expect("no panic while counting")
    }
}

impl Gathered {
    fn count(&mut self, site: &str, received_at: i64, reason: &str, requests: u64) {
        let site = if self.counts.len() < KEYS_MAX { site } else { "" };
        ledger::add(&mut self.counts, site, received_at, Outcome::Rejected, reason, requests);
    }

    fn take(&mut self, is_due: impl Fn(&Untold) -> bool, now: i64) -> Taken {
        for (name, untold) in &mut self.named {
            if untold.requests == 0 || !is_due(untold) {
                continue;
            }
            let told = name.tell(untold);
            // Not `count`: what is told must be counted under the same name.
            *self.counts.entry(told.counted_as()).or_default() += untold.requests;
            (untold.requests, untold.told_at) = (0, Some(now));
            self.told.push(told);
        }
        self.named.retain(|_, untold| untold.requests > 0 || !is_due(untold));
        Taken { counts: std::mem::take(&mut self.counts), told: std::mem::take(&mut self.told) }
    }
}

impl Name {
    fn tell(&self, untold: &Untold) -> Told {
        let request = json!({"origin": self.origin, "key": self.key, "requests": untold.requests});
        Told {
            site: self.site.clone(),
            last_at: untold.last_at,
            reason: self.reason.clone(),
            message: untold.message.clone(),
            payload: format!("{PAYLOAD_HEAD}{request}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::{RecordKind, header_for_tests, read_segment};

    /// What the records of a flush say: how many requests they count, and the payloads.
    fn read(taken: &Taken) -> (u64, Vec<String>) {
        let mut bytes = header_for_tests();
        bytes.extend(taken.records());
        let (mut counts, mut told) = (Counts::new(), Vec::new());
        for (kind, payload) in read_segment(&bytes).unwrap().records {
            match kind {
                RecordKind::Rejected => {
                    let (site, at, reason) = rejected::read_head(payload).unwrap();
                    ledger::add(&mut counts, &site, at, Outcome::Rejected, &reason, 1);
                    told.push(format!("{site} {reason}"));
                }
                RecordKind::Count => count::read_record(payload, &mut counts).unwrap(),
                RecordKind::Event => panic!("no event was written"),
            }
        }
        assert_eq!(counts, taken.counts, "the records count what the tally does");
        (counts.values().sum(), told)
    }

    fn of(origin: &str) -> Sent<'_> {
        Sent { origin: Some(origin), key: "demo", message: "no" }
    }

    #[test]
    fn the_first_refusal_is_told_at_once_and_those_that_follow_together() {
        let refused = Rejections::default();
        refused.add_sent("demo", 1_000, "origin_not_allowed", of("https://a.example"));
        assert_eq!(read(&refused.take(1_500)), (1, vec!["demo origin_not_allowed".to_owned()]));
        for at in [2_000, 3_000, 4_000] {
            refused.add_sent("demo", at, "origin_not_allowed", of("https://a.example"));
        }
        refused.add_sent("demo", 4_000, "origin_not_allowed", of("https://b.example"));
        let other = refused.take(4_500);
        assert_eq!(read(&other).0, 1, "only the other origin is due");
        assert_eq!(read(&refused.take(11_500)), (3, vec!["demo origin_not_allowed".to_owned()]));
        assert_eq!(refused.take(30_000), Taken::default());
        assert!(refused.gathered().named.is_empty(), "what has ended is forgotten");
    }

    #[test]
    fn nothing_is_lost_and_nothing_grows() {
        let refused = Rejections::default();
        for number in 0..500 {
            refused.add_sent("demo", 5, "origin_not_allowed", of(&format!("https://{number}.example")));
            refused.add("", 5, "rate_limited");
        }
        let taken = refused.take(10);
        let (requests, told) = read(&taken);
        assert_eq!((requests, told.len()), (1_000, NAMED_MAX));
        refused.put_back(taken);
        refused.add_sent("demo", 11, "unknown_key", of(&"x".repeat(9_999)));
        let taken = refused.take_all(12);
        assert_eq!(read(&taken).0, 1_001);
        assert!(taken.told.iter().all(|told| told.payload.len() < 1_000));
    }
}
