//! Who may send, and how far he is believed.

use orma_store::registry::Snapshot;
use orma_store::{Role, Site};

use super::Ingest;
use super::rejected_request::RejectedRequest;
use super::request::RequestFacts;

/// What a request proves of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It has a write key, which anybody can read in a page or an app: the connection is the person's.
    WriteKey,
    /// The same in a protocol whose servers have nothing but a write key either: each event says whom it speaks for.
    WriteKeyOnBehalf,
    /// It has an ingest token, which only a server has.
    IngestToken,
    /// Its address is signed with a key of the site.
    Signature,
}

impl Trust {
    /// Its word on the past and on what only a server knows is taken, and however much it sends is no flood.
    pub const fn is_believed(self) -> bool {
        matches!(self, Self::IngestToken | Self::Signature)
    }

    /// Address and user agent of a person are those that an event names (`context.ip`), and not the connection's.
    pub const fn names_the_person(self) -> bool {
        !matches!(self, Self::WriteKey)
    }
}

/// That a request may send to a site.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The site.
    pub site: &'a Site,
    /// How far its word is taken.
    pub trust: Trust,
}

/// Why a request is refused, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The site that it named, if there is one.
    pub site: String,
    /// The write key in it.
    pub key: String,
    /// Why.
    pub reason: RejectedRequest,
}

impl Denial {
    /// Of a request whose site is not known.
    pub fn of_nobody(key: &str, reason: RejectedRequest) -> Self {
        Self { site: String::new(), key: key.to_owned(), reason }
    }

    /// Of a request to a site.
    pub fn of_site(site: &Site, key: &str, reason: RejectedRequest) -> Self {
        Self { site: site.site.clone(), key: key.to_owned(), reason }
    }
}

/// What a protocol asks when it authorises one request; the steps count in the order in which it asks them.
pub struct Access<'a> {
    ingest: &'a Ingest,
    /// Sites, keys and tokens at this moment.
    pub registry: &'a Snapshot,
    /// What the request says of itself.
    pub facts: RequestFacts<'a>,
}

impl<'a> Access<'a> {
    /// For a request that says this of itself.
    pub const fn new(ingest: &'a Ingest, registry: &'a Snapshot, facts: RequestFacts<'a>) -> Self {
        Self { ingest, registry, facts }
    }

    /// What enriches and stores.
    pub const fn ingest(&self) -> &'a Ingest {
        self.ingest
    }

    /// The site of a write key.
    ///
    /// # Errors
    /// No site has it, or ClickHouse must be asked for it first.
    pub fn site_of_key(&self, key: &str) -> Result<&'a Site, Denial> {
        self.registry
            .site_of_key(key)
            .ok_or_else(|| Denial::of_nobody(key, self.ingest.unknown(key, RejectedRequest::UnknownKey)))
    }

    /// Holds what is sent with one key to its rate.
    ///
    /// # Errors
    /// It is sent too fast.
    pub fn limit(&self, site: &Site, key: &str) -> Result<(), Denial> {
        if self.ingest.rates.allows_key(key) {
            return Ok(());
        }
        Err(Denial::of_site(site, key, RejectedRequest::TooFast))
    }

    /// A page's request must come from an origin of the site's.
    ///
    /// # Errors
    /// It does not.
    pub fn check_origin(&self, site: &Site, key: &str) -> Result<(), Denial> {
        if self.facts.origin.is_none_or(|origin| site.allows_origin(origin)) {
            return Ok(());
        }
        Err(Denial::of_site(site, key, RejectedRequest::Origin))
    }

    /// What the secret of `Authorization: Bearer` adds to a write key.
    ///
    /// # Errors
    /// It is no token that may send to this site, or ClickHouse must be asked for it first.
    pub fn check_bearer(&self, site: &Site, key: &str) -> Result<Trust, Denial> {
        let Some(secret) = self.facts.bearer else { return Ok(Trust::WriteKey) };
        let denial = |reason| Denial::of_site(site, key, reason);
        let token = self
            .registry
            .token_of_secret(secret)
            .ok_or_else(|| denial(self.ingest.unknown(secret, RejectedRequest::TokenRefused)))?;
        let may_send = matches!(token.role, Role::Ingest | Role::Admin);
        if !may_send || !(token.site.is_empty() || token.site == site.site) {
            return Err(denial(RejectedRequest::TokenRefused));
        }
        Ok(Trust::IngestToken)
    }
}
