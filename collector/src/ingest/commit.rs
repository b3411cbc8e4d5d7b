//! A request's events on the disk.

use uuid::Uuid;

use super::Ingest;
use super::pending::PendingRequest;
use super::rejected_request::RejectedRequest;
use crate::event::RejectedEvent;
use crate::ledger::{self, Outcome};
use crate::record::count;

/// What is answered with 200.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Events on the disk, or known to be there already.
    pub accepted: usize,
    /// Events refused, by their place in the request.
    pub refused: Vec<RejectedEvent>,
}

/// A request's events, ready for the disk.
#[derive(Debug)]
pub struct Prepared {
    pub(super) site: String,
    pub(super) records: Vec<u8>,
    pub(super) fresh: Vec<Uuid>,
    pub(super) duplicates: u64,
    pub(super) refused: Vec<RejectedEvent>,
}

impl Ingest {
    /// Makes prepared events durable. When it returns `Ok` they are on the disk.
    ///
    /// # Errors
    /// See [`RejectedRequest`]; the request is then counted as rejected.
    pub async fn commit(
        &self,
        mut pending: PendingRequest<'_>,
        prepared: Prepared,
    ) -> Result<Accepted, RejectedRequest> {
        let Prepared { site, records, fresh, duplicates, refused } = prepared;
        let received_at = pending.received_at();
        let accepted = fresh.len() as u64 + duplicates;
        let tally = tally(&site, received_at, accepted, duplicates, &refused);
        if !records.is_empty() {
            pending.hand_over();
            if let Err(error) = self.group.append(records, &tally, fresh.len() as u64).await {
                let rejected = RejectedRequest::from(error);
                pending.reject(&site, rejected.code());
                return Err(rejected);
            }
        }
        pending.accept(&site, accepted, duplicates, &refused);
        self.duplicates.remember(&site, fresh.into_iter(), received_at);
        Ok(Accepted { accepted: accepted as usize, refused })
    }
}

/// What a request adds to its segment's tally.
fn tally(site: &str, received_at: i64, accepted: u64, duplicates: u64, refused: &[RejectedEvent]) -> Vec<u8> {
    let mut tally = Vec::with_capacity(48 * (1 + refused.len()));
    let hour = ledger::hour_of(received_at);
    let counted = [(Outcome::Accepted, accepted), (Outcome::Duplicate, duplicates)];
    for (outcome, events) in counted.into_iter().filter(|(_, events)| *events > 0) {
        count::write_record(site, hour, outcome.as_str(), "", events, &mut tally);
    }
    for event in refused {
        count::write_record(site, hour, Outcome::Rejected.as_str(), event.reason, 1, &mut tally);
    }
    tally
}
