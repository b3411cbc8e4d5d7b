//! From a parsed request to an answer: who may send, what it means, and that it is on the disk.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use orma_store::{EventRow, Registry, Role, Site};
use uuid::Uuid;

use crate::cookieless::CookielessIds;
use crate::duplicates::DuplicateWindow;
use crate::enrich::geo::{Geo, GeoReader};
use crate::enrich::hints::TABLET_SIDE_PIXELS_MIN;
use crate::enrich::mail::MailJudge;
use crate::enrich::traffic::Traffic;
use crate::enrich::{
    Hints, Sender, TrafficSources, UserAgentFacts, UserAgents, WayRef, clock, landing, touchpoint,
};
use crate::event::{ParsedBatch, ParsedEvent, Refusal};
use crate::ledger::{self, Counts, Outcome, RefusedRequests};
use crate::metrics::Metrics;
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
    pub refused: Vec<Refusal>,
}

/// Why a request is refused as a whole.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// No such write key.
    #[error("site: no site has this write key")]
    UnknownKey,
    /// A key or token that may be new: ClickHouse has not been asked since the start.
    #[error("the sites and their keys are not known yet: ClickHouse has not answered since the start")]
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
}

/// A request's events, ready for the disk.
#[derive(Debug)]
pub struct Prepared {
    /// The site's name.
    pub site: String,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    records: Vec<u8>,
    fresh: Vec<Uuid>,
    duplicates: u64,
    refused: Vec<Refusal>,
}

/// The same for all events of a request.
struct Context<'a> {
    site: &'a Site,
    facts: RequestFacts<'a>,
    sent_at: Option<i64>,
    from_server: bool,
    places: GeoReader,
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
        Ok(self.spool.ready()?)
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
                let token =
                    registry.token_of_secret(secret).ok_or_else(|| self.unknown(Refused::TokenRefused))?;
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
        let context = Context { site, facts, sent_at: batch.sent_at, from_server, places: self.geo.reader() };
        Ok(self.write_records(&context, batch.events, batch.refused))
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
        let places = self.geo.reader();
        let context = Context { site, facts, sent_at: batch.sent_at, from_server: true, places };
        Ok(self.write_records(&context, batch.events, batch.refused))
    }

    /// What is not known is refused for good only when ClickHouse has been asked: a client drops what is refused.
    pub fn unknown(&self, refused: Refused) -> Refused {
        if self.registry.is_confirmed() { refused } else { Refused::SitesUnknown }
    }

    /// Takes the event of a signed address: its signature stands for write key and token, and what it says of address
    /// and user agent counts.
    ///
    /// # Errors
    /// It cannot be made durable.
    pub async fn take_signed(
        &self,
        site: &Site,
        batch: ParsedBatch<'_>,
        facts: RequestFacts<'_>,
    ) -> Result<Accepted, Refused> {
        let context = Context { site, facts, sent_at: None, from_server: true, places: self.geo.reader() };
        self.commit(self.write_records(&context, batch.events, batch.refused)).await
    }

    /// Makes prepared events durable. When it returns `Ok` they are on the disk.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn commit(&self, prepared: Prepared) -> Result<Accepted, Refused> {
        let Prepared { site, received_at: _, records, fresh, duplicates, refused } = prepared;
        if !records.is_empty() {
            self.group.append(records, fresh.len() as u64).await?;
        }
        for refusal in &refused {
            self.metrics.events_rejected.with_label_values(&[refusal.reason]).inc();
        }
        if duplicates > 0 {
            self.metrics.events_duplicate.inc_by(duplicates);
        }
        let accepted = fresh.len() + duplicates as usize;
        self.metrics.events_accepted.inc_by(accepted as u64);
        self.duplicates.remember(&site, fresh.into_iter());
        Ok(Accepted { accepted, refused })
    }

    fn write_records(
        &self,
        context: &Context<'_>,
        events: Vec<ParsedEvent<'_>>,
        mut refused: Vec<Refusal>,
    ) -> Prepared {
        let site = context.site.site.as_str();
        let received_at = context.facts.received_at;
        let mut records = Vec::with_capacity(RECORD_BYTES_USUAL * events.len() + 64);
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
                Err(message) => refused.push(Refusal {
                    index,
                    reason: "missing_field",
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
    ) -> Result<(), String> {
        let ParsedEvent { mut row, client_ts, from_app, behalf, delivery, .. } = event;
        let query = std::mem::take(&mut row.query);
        let referrer = std::mem::take(&mut row.referrer);
        let received_at = context.facts.received_at;
        row.site = Cow::Borrowed(&context.site.site);
        row.received_at = received_at;
        let sent_at = delivery.sent_at.or(context.sent_at);
        let moment = clock::correct(client_ts, sent_at, received_at, context.facts.retry || delivery.retry);
        (row.ts, row.clock) = (moment.ts, moment.clock.into());
        row.client_ts = client_ts.filter(|client_ts| *client_ts != row.ts).unwrap_or(0);

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
        let known = user_agent.as_deref().map(|user_agent| self.user_agents.facts(user_agent, from_app));
        if let (Some(user_agent), Some(known)) = (&user_agent, &known) {
            describe_device(&mut row, known, behalf.touch_points, &hints);
            mark_bot(&mut row, known, user_agent, &hints, &context.facts);
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
        if landing::is_marked(&row)
            && let Some(outcome) = landing::take(&mut row, &self.registry.snapshot())
        {
            self.metrics.newsletter_landings.with_label_values(&[outcome.as_str()]).inc();
        }
        frame(RecordKind::Event, records, |out| row.write_record(out));
        Ok(())
    }

    /// The visitor of an event that names none.
    fn visitor(
        &self,
        context: &Context<'_>,
        user: &str,
        address: Option<IpAddr>,
        user_agent: Option<&str>,
    ) -> Result<String, String> {
        match address {
            Some(address) => {
                let user_agent = user_agent.unwrap_or_default();
                let now = context.facts.received_at;
                Ok(self.cookieless.visitor(now, &context.site.site, address, user_agent))
            }
            None if user.is_empty() => {
                Err("user: an event from a server needs a user, a visitor or context.ip".into())
            }
            None => Ok(format!("@{user}")),
        }
    }
}

fn check_origin(site: &Site, origin: Option<&str>) -> Result<(), Refused> {
    match origin {
        Some(origin) if !site.origins.is_empty() && !site.origins.iter().any(|allowed| allowed == origin) => {
            Err(Refused::Origin)
        }
        _ => Ok(()),
    }
}

/// What the client said of its device stands; its hints and then the user agent fill the gaps.
fn describe_device<'a>(
    row: &mut EventRow<'a>,
    facts: &'a UserAgentFacts,
    touch_points: Option<u32>,
    hints: &Hints<'a>,
) {
    let fill = |field: &mut Cow<'a, str>, value: &'a str| {
        if field.is_empty() {
            *field = Cow::Borrowed(value);
        }
    };
    let device = &facts.device;
    let hinted = hints.merge(device);
    if &*device.os == "macOS" && row.os.is_empty() && touch_points.is_some_and(|points| points > 1) {
        // No Mac has a touch screen: an iPad in its default desktop mode.
        row.os = "iPadOS".into();
        fill(&mut row.device_class, "tablet");
        fill(&mut row.device_brand, "Apple");
        fill(&mut row.device_model, "iPad");
    }
    let large = row.screen_width.min(row.screen_height) >= TABLET_SIDE_PIXELS_MIN;
    if large && &*device.os == "Android" && &*device.class == "smartphone" {
        fill(&mut row.device_class, "tablet");
    }
    fill(&mut row.device_class, hinted.class);
    fill(&mut row.device_class, &device.class);
    if row.device_model.is_empty() && !hinted.model.is_empty() {
        // The model of the hints is not of the maker in the user agent.
        fill(&mut row.device_brand, hinted.brand);
        fill(&mut row.device_model, hinted.model);
    }
    fill(&mut row.device_brand, &device.brand);
    fill(&mut row.device_model, &device.model);
    if row.browser.is_empty() && !hinted.browser.is_empty() {
        fill(&mut row.browser, hinted.browser);
        fill(&mut row.browser_version, hinted.browser_version);
    } else {
        fill(&mut row.browser, &device.browser);
        fill(&mut row.browser_version, &device.browser_version);
    }
    if !row.os.is_empty() {
        return;
    }
    if hinted.os.is_empty() {
        fill(&mut row.os, &device.os);
        fill(&mut row.os_version, &device.os_version);
        return;
    }
    fill(&mut row.os, hinted.os);
    match hinted.os_version {
        ("", _) if hinted.os == &*device.os => fill(&mut row.os_version, &device.os_version),
        (major, "") => fill(&mut row.os_version, major),
        (major, minor) if row.os_version.is_empty() => row.os_version = format!("{major}.{minor}").into(),
        _ => {}
    }
}

/// Keeps the verdict of the user agent, but for two senders that only look like bots: a program that speaks this
/// collector's own protocol is somebody's integration, not a crawler; and a headless browser on a page of this very
/// machine is a developer's test.
fn mark_bot<'a>(
    row: &mut EventRow<'a>,
    known: &'a UserAgentFacts,
    user_agent: &'a str,
    hints: &Hints<'_>,
    facts: &RequestFacts<'_>,
) {
    /// Enough to recognise a bot by; longer ones are made up.
    const BOT_USER_AGENT_BYTES_MAX: usize = 512;
    let (kind, reason) = match &known.bot {
        Some(bot) => (bot.kind, &*bot.reason),
        None if hints.automated() => ("browser_automation", "webdriver"),
        None => return,
    };
    let integration = !facts.pixel && (kind == "http_library" || user_agent.is_empty());
    let own_test = kind == "browser_automation" && facts.address.is_loopback() && is_loopback(&row.host);
    if integration || own_test {
        return;
    }
    row.bot = kind.into();
    row.bot_reason = Cow::Borrowed(reason);
    if !user_agent.is_empty() {
        let end = user_agent.floor_char_boundary(BOT_USER_AGENT_BYTES_MAX);
        row.props.push(("user_agent".into(), Cow::Borrowed(&user_agent[..end])));
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// A campaign that the client names beside the address, as parameters at the beginning of the address's query: there
/// it outranks what the address says. Empty when it names none.
fn named_campaign(row: &EventRow<'_>) -> String {
    let named = [
        ("utm_source", &row.utm_source),
        ("utm_medium", &row.utm_medium),
        ("utm_campaign", &row.utm_campaign),
        ("utm_term", &row.utm_term),
        ("utm_content", &row.utm_content),
    ];
    let mut query = String::new();
    for (name, value) in named.into_iter().filter(|(_, value)| !value.is_empty()) {
        query.extend([name, "="]);
        query.extend(percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC));
        query.push('&');
    }
    query
}

/// Campaign, source and channel. The query and the referrer are as the client sent them.
fn name_origin<'a>(row: &mut EventRow<'a>, traffic: &'a Traffic, query: &'a str, referrer: &'a str) {
    let campaign = &traffic.campaign;
    row.utm_source = Cow::Borrowed(&campaign.source);
    row.utm_medium = Cow::Borrowed(&campaign.medium);
    row.utm_campaign = Cow::Borrowed(&campaign.campaign);
    row.utm_term = Cow::Borrowed(&campaign.term);
    row.utm_content = Cow::Borrowed(&campaign.content);
    row.click_id_kind = Cow::Borrowed(campaign.click_id_kind);
    row.source = Cow::Borrowed(&traffic.source);
    row.channel = Cow::Borrowed(traffic.channel);
    row.query = Cow::Borrowed(traffic.query.as_deref().unwrap_or(query));
    row.referrer = Cow::Borrowed(referrer);
}
