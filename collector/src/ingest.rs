//! From a parsed request to an answer: who may send, what it means, and that it is on the disk.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use orma_store::{Registry, Role, Site};
use uuid::Uuid;

use crate::buffer_pool;
use crate::cookieless::CookielessIds;
use crate::duplicates::DuplicateWindow;
use crate::enrich::clock::{Sending, Unbelievable};
use crate::enrich::describe::{
    cut_click_ids, describe_device, mark_bot, name_mail, name_origin, named_campaign,
};
use crate::enrich::geo::{Geo, GeoReader};
use crate::enrich::mail::MailJudge;
use crate::enrich::{
    Hinted, Hints, Sender, TrafficSources, UserAgentFacts, UserAgents, WayRef, clock, landing, touchpoint,
};
use crate::event::{Delivery, ParsedBatch, ParsedEvent, RejectedEvent, TIME_MS_END};
use crate::flood::{self, FloodGuard};
use crate::ledger::{self, Counts, Ledger, Outcome};
use crate::metrics::Metrics;
use crate::refused::{RefusedRequests, Sent};
use crate::rejected;
use crate::spool::{RecordKind, Spool, SpoolError, SpoolGroup, frame};

/// Room for the record of a usual event: larger ones make their buffer grow.
const RECORD_BYTES_USUAL: usize = 768;

/// What is known of a request besides its body.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'a> {
    /// The client's address; forgotten when the request is answered.
    pub address: IpAddr,
    /// The header `User-Agent`.
    pub user_agent: &'a str,
    /// The header `Origin`.
    pub origin: Option<&'a str>,
    /// The secret of `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// The client says that it tries again.
    pub retry: bool,
    /// The headers `Sec-CH-UA…` and `X-Requested-With`.
    pub hints: Hints<'a>,
    /// The request is an image in a page or mail, which any crawler loads, and not a message to the collector.
    pub pixel: bool,
    /// Milliseconds since the epoch.
    pub received_at: i64,
}

/// What is answered with 200.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Events on the disk, or known to be there already.
    pub accepted: usize,
    /// Events refused, by their place in the request.
    pub refused: Vec<RejectedEvent>,
}

/// Why a request is refused as a whole.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// No such write key.
    #[error("site: no site has this write key")]
    UnknownKey,
    /// A key or token that may be new: ClickHouse has not been asked since it first came.
    #[error("this key or token is not known yet, and ClickHouse has not been asked for it: send again")]
    SitesUnknown,
    /// The page's origin is not among the site's.
    #[error("this site does not accept events from the origin of this page")]
    Origin,
    /// A server-side kind without the right token.
    #[error(
        "events[{index}].kind: `{kind}` is a server-side kind and needs `Authorization: Bearer <ingest token>`"
    )]
    TokenNeeded {
        /// Its place in the request.
        index: usize,
        /// The kind.
        kind: String,
    },
    /// The token is unknown or may not send to this site.
    #[error("this token may not send events to this site")]
    TokenRefused,
    /// Not durable.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl Refused {
    /// The code in the answer and in the ledger.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::SitesUnknown => "sites_unknown",
            Self::Origin => "origin_not_allowed",
            Self::TokenNeeded { .. } => "ingest_token_required",
            Self::TokenRefused => "token_refused",
            Self::Spool(SpoolError::Full | SpoolError::DiskFull) => "spool_full",
            Self::Spool(SpoolError::Busy) => "busy",
            Self::Spool(SpoolError::Poisoned) => "spool_poisoned",
            Self::Spool(SpoolError::Closed) => "stopping",
        }
    }
}

/// Everything between the protocols and the spool. All but the group is shared by the workers.
#[derive(Clone)]
pub struct Ingest {
    /// Sites, keys, tokens.
    pub registry: Registry,
    /// Devices and bots.
    pub user_agents: UserAgents,
    /// Campaigns and channels.
    pub traffic: Arc<TrafficSources>,
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
    /// Numbers.
    pub metrics: Arc<Metrics>,
    /// Requests refused as a whole.
    pub refused_requests: Arc<RefusedRequests>,
    /// What becomes of events.
    pub ledger: Arc<Ledger>,
}

/// A request's events, ready for the disk.
#[derive(Debug)]
pub struct Prepared {
    site: String,
    received_at: i64,
    records: Vec<u8>,
    fresh: Vec<Uuid>,
    duplicates: u64,
    refused: Vec<RejectedEvent>,
}

/// The same for all events of a request.
struct Context<'a> {
    site: &'a Site,
    facts: RequestFacts<'a>,
    sent_at: Option<i64>,
    sent_at_is_of_this_try: bool,
    from_server: bool,
    /// It came with an ingest token.
    trusted: bool,
    places: GeoReader,
    /// What user agent and hints of the request itself tell of an app and of a browser: found out for the first event
    /// of either, and the same for all others that say nothing of their own.
    senders: [OnceCell<Told<'a>>; 2],
}

/// Why an event is refused: a code in snake case, and a sentence that names the field.
type Reason = (&'static str, String);

impl Context<'_> {
    /// How an event of the request came here.
    fn sending(&self, delivery: Delivery) -> Sending {
        Sending {
            sent_at: delivery.sent_at.or(self.sent_at),
            of_this_try: self.sent_at_is_of_this_try,
            retry: self.facts.retry || delivery.retry,
            trusted: self.trusted,
            received_at: self.facts.received_at,
        }
    }
}

/// What a user agent and hints tell of the sender.
struct Told<'a> {
    known: Arc<UserAgentFacts>,
    hinted: Hinted<'a>,
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
    pub fn ready(&self) -> Result<(), Refused> {
        if !self.registry.is_confirmed() && self.registry.snapshot().sites.is_empty() {
            return Err(Refused::SitesUnknown);
        }
        self.spool.ready()?;
        // Somebody must try the disk again before this is over; the counts of what was refused do, every second.
        if self.spool.status().disk_full.load(Ordering::Relaxed) {
            return Err(SpoolError::DiskFull.into());
        }
        Ok(())
    }

    /// Does all that can be done without waiting: who may send, what it means, and its records.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn prepare(
        &self,
        site: &Site,
        batch: ParsedBatch<'_>,
        facts: RequestFacts<'_>,
    ) -> Result<Prepared, Refused> {
        check_origin(site, facts.origin)?;
        let from_server = match facts.bearer {
            None => false,
            Some(secret) => {
                let registry = self.registry.snapshot();
                let token = registry
                    .token_of_secret(secret)
                    .ok_or_else(|| self.unknown(secret, Refused::TokenRefused))?;
                let may_send = matches!(token.role, Role::Ingest | Role::Admin);
                if !may_send || !(token.site.is_empty() || token.site == site.site) {
                    return Err(Refused::TokenRefused);
                }
                true
            }
        };
        if !from_server && let Some(event) = batch.events.iter().find(|event| event.server_only) {
            return Err(Refused::TokenNeeded { index: event.index, kind: event.row.kind.to_string() });
        }
        let batch = ParsedBatch { trusted: from_server, ..batch };
        Ok(self.write_records(site, batch, facts, from_server))
    }

    /// The same for a protocol that finds the site by rules of its own, and says of each event whom it speaks for.
    ///
    /// # Errors
    /// When the page's origin is not among the site's.
    pub fn prepare_for(
        &self,
        site: &Site,
        batch: ParsedBatch<'_>,
        facts: RequestFacts<'_>,
    ) -> Result<Prepared, Refused> {
        check_origin(site, facts.origin)?;
        Ok(self.write_records(site, batch, facts, true))
    }

    /// The same for a signed address: its signature stands for write key, token and origin.
    pub fn prepare_signed(&self, site: &Site, batch: ParsedBatch<'_>, facts: RequestFacts<'_>) -> Prepared {
        self.write_records(site, batch, facts, true)
    }

    /// What is not known is refused for good only when ClickHouse has been asked since it first came: a client drops what
    /// is refused.
    pub fn unknown(&self, key_or_secret: &str, refused: Refused) -> Refused {
        if self.registry.is_refutable(key_or_secret) { refused } else { Refused::SitesUnknown }
    }

    /// Counts a request that is refused as a whole. One whose key was not looked for is not refused yet: it is counted by
    /// whoever gives up waiting.
    pub fn count_refused(&self, site: &str, received_at: i64, reason: &str) {
        if reason == Refused::SitesUnknown.code() && self.registry.is_confirmed() {
            return;
        }
        self.count_given_up(site, received_at, reason);
    }

    /// The same of a request of which it is known where it came from: the store is told so.
    pub fn count_refused_sent(&self, site: &str, received_at: i64, reason: &str, sent: Sent<'_>) {
        if reason == Refused::SitesUnknown.code() {
            self.count_refused(site, received_at, reason);
            return;
        }
        self.metrics.events_rejected.with_label_values(&[reason]).inc();
        self.refused_requests.add_sent(site, received_at, reason, sent);
    }

    /// Counts a request that is refused as a whole, for good.
    pub fn count_given_up(&self, site: &str, received_at: i64, reason: &str) {
        self.metrics.events_rejected.with_label_values(&[reason]).inc();
        self.refused_requests.add(site, received_at, reason);
    }

    /// Makes prepared events durable. When it returns `Ok` they are on the disk.
    ///
    /// # Errors
    /// See [`Refused`]; the request is then counted as refused.
    pub async fn commit(&self, prepared: Prepared) -> Result<Accepted, Refused> {
        let Prepared { site, received_at, records, fresh, duplicates, refused } = prepared;
        let accepted = fresh.len() as u64 + duplicates;
        let tally = tally(&site, received_at, accepted, duplicates, &refused);
        if !records.is_empty()
            && let Err(error) = self.group.append(records, &tally, fresh.len() as u64).await
        {
            let refused = Refused::from(error);
            self.count_refused(&site, received_at, refused.code());
            return Err(refused);
        }
        self.ledger.answered(&site, received_at, accepted, duplicates);
        for refusal in &refused {
            self.ledger.refused(&site, received_at, refusal.reason, 1);
            self.metrics.events_rejected.with_label_values(&[refusal.reason]).inc();
        }
        if duplicates > 0 {
            self.metrics.events_duplicate.inc_by(duplicates);
        }
        self.metrics.events_accepted.inc_by(accepted);
        self.duplicates.remember(&site, fresh.into_iter(), received_at);
        Ok(Accepted { accepted: accepted as usize, refused })
    }

    fn write_records(
        &self,
        site: &Site,
        batch: ParsedBatch<'_>,
        facts: RequestFacts<'_>,
        from_server: bool,
    ) -> Prepared {
        let ParsedBatch { events, mut refused, sent_at, sent_at_is_of_this_try, trusted, .. } = batch;
        let (places, senders) = (self.geo.reader(), Default::default());
        let context =
            &Context { site, facts, sent_at, sent_at_is_of_this_try, from_server, trusted, places, senders };
        let site = context.site.site.as_str();
        let received_at = context.facts.received_at;
        let mut records = buffer_pool::take(RECORD_BYTES_USUAL * events.len() + 64);
        let known = self.duplicates.known(site, events.iter().map(|event| event.row.event_id));
        let mut fresh = Vec::with_capacity(events.len());
        let mut duplicates = 0;
        for (event, known) in events.into_iter().zip(known) {
            if known {
                duplicates += 1;
                continue;
            }
            let (index, id) = (event.index, event.row.event_id);
            match self.write_event(context, event, &mut records) {
                Ok(()) => fresh.push(id),
                Err((reason, message)) => refused.push(RejectedEvent {
                    index,
                    reason,
                    message,
                    kind: String::new(),
                    payload: String::new(),
                }),
            }
        }
        refused.sort_by_key(|refusal| refusal.index);
        for refusal in &refused {
            rejected::write_record(site, received_at, refusal, &mut records);
        }
        if duplicates > 0 {
            let mut counts = Counts::new();
            ledger::add(&mut counts, site, received_at, Outcome::Accepted, "", duplicates);
            ledger::add(&mut counts, site, received_at, Outcome::Duplicate, "", duplicates);
            ledger::write_records(&counts, &mut records);
        }
        Prepared { site: site.to_owned(), received_at, records, fresh, duplicates, refused }
    }

    /// Fills in what the request as a whole says about an event, and frames its record.
    fn write_event(
        &self,
        context: &Context<'_>,
        event: ParsedEvent<'_>,
        records: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let ParsedEvent { mut row, client_ts, from_app, behalf, delivery, .. } = event;
        let query = std::mem::take(&mut row.query);
        let referrer = std::mem::take(&mut row.referrer);
        let received_at = context.facts.received_at;
        row.site = Cow::Borrowed(&context.site.site);
        row.received_at = received_at;
        let moment = clock::correct(client_ts, &context.sending(delivery)).map_err(|Unbelievable| {
            ("invalid_time", "ts: before the year 2000 (numbers are milliseconds since 1970)".to_owned())
        })?;
        (row.ts, row.clock) = (moment.ts, moment.clock.into());
        let told = client_ts.filter(|told| *told != row.ts && (0..TIME_MS_END).contains(told));
        row.client_ts = told.unwrap_or(0);

        // A server's connection says nothing of the person: what it does not name stays empty.
        let (address, user_agent, hints) = if context.from_server {
            (behalf.address, behalf.user_agent, Hints::default())
        } else {
            (Some(context.facts.address), Some(Cow::Borrowed(context.facts.user_agent)), context.facts.hints)
        };
        let hints = behalf.hints.as_deref().map_or(hints, |text| Hints::of_context(text, hints));
        if row.visitor.is_empty() {
            row.visitor = self.visitor(context, &row.user, address, user_agent.as_deref())?.into();
        }
        let sender = match (user_agent.is_some(), from_app) {
            (_, true) => Sender::App,
            (true, false) => Sender::Browser,
            (false, false) => Sender::Server,
        };
        let channel = row.props.iter().find(|(key, _)| key == "channel").map_or("", |(_, value)| value);
        let (touchpoint, stage) = touchpoint::of(&row.kind, sender, channel);
        (row.touchpoint, row.stage) = (touchpoint.into(), stage.into());
        let of_its_own;
        if let Some(user_agent) = &user_agent {
            let Told { known, hinted } = if context.from_server || behalf.hints.is_some() {
                of_its_own = self.told(user_agent, &hints, from_app);
                &of_its_own
            } else {
                context.senders[usize::from(from_app)]
                    .get_or_init(|| self.told(context.facts.user_agent, &context.facts.hints, from_app))
            };
            describe_device(&mut row, &known.device, behalf.touch_points, hinted);
            let facts = &context.facts;
            mark_bot(&mut row, known, user_agent, &hints, facts.pixel, facts.address);
        }
        if !context.trusted && row.bot.is_empty() && self.flood.is_flood(&row.site, &row.visitor, received_at)
        {
            (row.bot, row.bot_reason) = (flood::BOT.into(), flood::BOT_REASON.into());
        }
        if let Some(address) = address {
            let place = context.places.lookup(address);
            (row.country, row.region, row.city) =
                (place.country.into(), place.region.into(), place.city.into());
        }
        let named = named_campaign(&row);
        let asked =
            if named.is_empty() { Cow::Borrowed(&*query) } else { Cow::Owned(format!("{named}{query}")) };
        let traffic = (!(row.host.is_empty() && asked.is_empty() && referrer.is_empty()))
            .then(|| self.traffic.of(WayRef { host: &row.host, query: &asked, referrer: &referrer }));
        if let Some(traffic) = &traffic {
            name_origin(&mut row, traffic, &query, &referrer);
            if let Some(kept) = traffic.query.as_deref().filter(|_| !named.is_empty()) {
                row.query = Cow::Borrowed(kept.strip_prefix(&*named).unwrap_or_default());
            }
        }
        cut_click_ids(&mut row);
        name_mail(&mut row);
        // A token's word on the past is taken; anybody else could make an old address a new one.
        let viewed_at = if context.trusted { row.ts } else { received_at };
        if landing::is_marked(&row)
            && let Some(outcome) = landing::take(&mut row, &self.registry.snapshot(), viewed_at)
        {
            self.metrics.newsletter_landings.with_label_values(&[outcome.as_str()]).inc();
        }
        frame(RecordKind::Event, records, |out| row.write_record(out));
        Ok(())
    }

    fn told<'a>(&self, user_agent: &str, hints: &Hints<'a>, from_app: bool) -> Told<'a> {
        let known = self.user_agents.facts(user_agent, from_app);
        let hinted = hints.merge(&known.device);
        Told { known, hinted }
    }

    /// The visitor of an event that names none.
    fn visitor(
        &self,
        context: &Context<'_>,
        user: &str,
        address: Option<IpAddr>,
        user_agent: Option<&str>,
    ) -> Result<String, Reason> {
        match address {
            Some(address) => {
                let user_agent = user_agent.unwrap_or_default();
                let now = context.facts.received_at;
                Ok(self.cookieless.visitor(now, &context.site.site, address, user_agent))
            }
            None if user.is_empty() => {
                let problem = "user: an event from a server needs a user, a visitor or context.ip";
                Err(("missing_field", problem.to_owned()))
            }
            None => Ok(format!("@{user}")),
        }
    }
}

/// What a request adds to its segment's tally.
fn tally(site: &str, received_at: i64, accepted: u64, duplicates: u64, refused: &[RejectedEvent]) -> Vec<u8> {
    let mut tally = Vec::with_capacity(48 * (1 + refused.len()));
    let hour = ledger::hour_of(received_at);
    let counted = [(Outcome::Accepted, accepted), (Outcome::Duplicate, duplicates)];
    for (outcome, events) in counted.into_iter().filter(|(_, events)| *events > 0) {
        ledger::write_record(site, hour, outcome.as_str(), "", events, &mut tally);
    }
    for refusal in refused {
        ledger::write_record(site, hour, Outcome::Rejected.as_str(), refusal.reason, 1, &mut tally);
    }
    tally
}

fn check_origin(site: &Site, origin: Option<&str>) -> Result<(), Refused> {
    if origin.is_none_or(|origin| site.allows_origin(origin)) { Ok(()) } else { Err(Refused::Origin) }
}
