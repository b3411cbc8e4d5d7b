//! The one way of a request's events, whatever protocol brings them: admit, read, parse, authorise, enrich, commit,
//! respond.
//!
//! | file | what it does |
//! |---|---|
//! | `pipeline` | the steps in their order; a protocol fills in how it parses, authorises and responds |
//! | `request` | what a request says besides its events |
//! | `access` | who may send, and how far he is believed: a [`Grant`] of site and [`Trust`] |
//! | `enrich` | what the collector adds to each event, and its records |
//! | `commit` | the records on the disk |
//! | `pending`, `rejections` | the count of what becomes of each request |
//!
//! Uses `http` to read, `event`, `enrich` and the spool; the protocols use it.

pub mod access;
pub mod commit;
mod enrich;
pub mod parse_error;
pub mod pending;
pub mod pipeline;
pub mod rejected_request;
pub mod rejections;
pub mod request;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use orma_store::Registry;

use self::pending::Outcomes;
use self::rejected_request::RejectedRequest;
use crate::cookieless::CookielessIds;
use crate::duplicates::DuplicateWindow;
use crate::enrich::geo::Geo;
use crate::enrich::mail::MailJudge;
use crate::enrich::{Acquisitions, UserAgents};
use crate::flood::FloodGuard;
use crate::http::rate::Rates;
use crate::spool::{Spool, SpoolError, SpoolGroup};

/// Everything between the protocols and the spool. All but the group is shared by the workers.
#[derive(Clone)]
pub struct Ingest {
    /// Sites, keys, tokens.
    pub registry: Registry,
    /// How many requests a client and a key may send.
    pub rates: Arc<Rates>,
    /// Devices and bots.
    pub user_agents: UserAgents,
    /// Campaigns and channels.
    pub acquisitions: Arc<Acquisitions>,
    /// Countries.
    pub geo: Arc<Geo>,
    /// People and machines among those who open newsletters.
    pub mail: Arc<MailJudge>,
    /// Visitors that send more than any person.
    pub flood: Arc<FloodGuard>,
    /// Ids of those who carry none.
    pub cookieless: Arc<CookielessIds>,
    /// The last ids.
    pub duplicates: Arc<DuplicateWindow>,
    /// The durable log.
    pub spool: Spool,
    /// What this worker's requests append together.
    pub group: SpoolGroup,
    /// What becomes of requests and events.
    pub outcomes: Outcomes,
}

impl Ingest {
    /// The same with a group of its own. Must be called on the worker's runtime.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { group: self.spool.group(), ..self.clone() }
    }

    /// Whether an event could be taken now.
    ///
    /// # Errors
    /// The spool refuses, or no site is known and ClickHouse has not been asked.
    pub fn ready(&self) -> Result<(), RejectedRequest> {
        if !self.registry.is_confirmed() && self.registry.snapshot().sites.is_empty() {
            return Err(RejectedRequest::SitesUnknown);
        }
        self.spool.ready()?;
        // Somebody must try the disk again before this is over; the counts of what was refused do, every second.
        if self.spool.status().disk_full.load(Ordering::Relaxed) {
            return Err(SpoolError::DiskFull.into());
        }
        Ok(())
    }

    /// What is not known is refused for good only when ClickHouse has been asked since it first came: a client drops what
    /// is refused.
    pub fn unknown(&self, key_or_secret: &str, rejected: RejectedRequest) -> RejectedRequest {
        if self.registry.is_refutable(key_or_secret) { rejected } else { RejectedRequest::SitesUnknown }
    }
}
