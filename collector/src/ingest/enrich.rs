//! What the request as a whole says about each of its events, and the events' records.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::Arc;

use super::Ingest;
use super::access::Grant;
use super::commit::Prepared;
use super::request::RequestFacts;
use crate::buffer_pool;
use crate::enrich::clock::{Sending, Unbelievable};
use crate::enrich::describe::{
    cut_click_ids, describe_device, mark_bot, name_mail, name_origin, named_campaign,
};
use crate::enrich::geo::GeoReader;
use crate::enrich::{Arrival, Hinted, Hints, Sender, UserAgentFacts, clock, landing, touchpoint};
use crate::event::field_error::FieldError;
use crate::event::{Delivery, ParsedBatch, ParsedEvent, RejectedEvent, TIME_MS_END};
use crate::flood;
use crate::ledger::{self, Counts, Outcome};
use crate::record::{count, rejected};
use crate::spool::{RecordKind, frame};

/// Room for the record of a usual event: larger ones make their buffer grow.
const RECORD_BYTES_USUAL: usize = 768;

/// The same for all events of a request.
struct Context<'a> {
    grant: Grant<'a>,
    facts: RequestFacts<'a>,
    sent_at: Option<i64>,
    sent_at_is_of_this_try: bool,
    places: GeoReader,
    /// What user agent and hints of the request itself tell of an app and of a browser: found out for the first event
    /// of either, and the same for all others that say nothing of their own.
    senders: [OnceCell<Told<'a>>; 2],
}

impl Context<'_> {
    /// How an event of the request came here.
    fn sending(&self, delivery: Delivery) -> Sending {
        Sending {
            sent_at: delivery.sent_at.or(self.sent_at),
            of_this_try: self.sent_at_is_of_this_try,
            retry: self.facts.retry || delivery.retry,
            trusted: self.grant.trust.is_believed(),
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
    /// Adds to each event what the request as a whole says, and writes the records.
    pub fn enrich(&self, grant: Grant<'_>, batch: ParsedBatch<'_>, facts: RequestFacts<'_>) -> Prepared {
        let ParsedBatch { events, mut refused, sent_at, sent_at_is_of_this_try, .. } = batch;
        let (places, senders) = (self.geo.reader(), Default::default());
        let context = &Context { grant, facts, sent_at, sent_at_is_of_this_try, places, senders };
        let site = context.grant.site.site.as_str();
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
            let (index, id, raw) = (event.index, event.row.event_id, event.raw);
            let kind = event.row.kind.clone();
            match self.write_event(context, event, &mut records) {
                Ok(()) => fresh.push(id),
                Err(error) => refused.push(RejectedEvent::new(index, error, kind, Cow::Borrowed(raw))),
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
            count::write_records(&counts, &mut records);
        }
        Prepared { site: site.to_owned(), records, fresh, duplicates, refused }
    }

    /// Fills in what the request as a whole says about an event, and frames its record.
    fn write_event(
        &self,
        context: &Context<'_>,
        event: ParsedEvent<'_>,
        records: &mut Vec<u8>,
    ) -> Result<(), FieldError> {
        let ParsedEvent { mut row, client_ts, time_error, from_app, behalf, delivery, .. } = event;
        // Who can mend it is told: to store his history as of today would be worse than to refuse it.
        if let Some(error) = time_error.filter(|_| context.grant.trust.is_believed()) {
            return Err(error);
        }
        let query = std::mem::take(&mut row.query);
        let referrer = std::mem::take(&mut row.referrer);
        let received_at = context.facts.received_at;
        row.site = Cow::Borrowed(&context.grant.site.site);
        row.received_at = received_at;
        let moment = clock::correct(client_ts, &context.sending(delivery)).map_err(|Unbelievable| {
            let problem = "before the year 2000 (numbers are milliseconds since 1970)";
            FieldError::new("invalid_time", "ts", problem)
        })?;
        (row.ts, row.clock) = (moment.ts, moment.clock.into());
        let told = client_ts.filter(|told| *told != row.ts && (0..TIME_MS_END).contains(told));
        row.client_ts = told.unwrap_or(0);

        // A server's connection says nothing of the person: what it does not name stays empty.
        let (address, user_agent, hints) = if context.grant.trust.names_the_person() {
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
            let Told { known, hinted } = if context.grant.trust.names_the_person() || behalf.hints.is_some() {
                of_its_own = self.told(user_agent, &hints, from_app);
                &of_its_own
            } else {
                context.senders[usize::from(from_app)]
                    .get_or_init(|| self.told(context.facts.user_agent, &context.facts.hints, from_app))
            };
            describe_device(&mut row, &known.device, behalf.touch_points, hinted);
            let facts = &context.facts;
            mark_bot(&mut row, known, user_agent, hinted, facts.pixel, facts.address);
        }
        if !context.grant.trust.is_believed()
            && row.bot.is_empty()
            && self.flood.is_flood(&row.site, &row.visitor, received_at)
        {
            (row.bot, row.bot_reason) = (flood::BOT.into(), flood::BOT_REASON.into());
        }
        if let Some(address) = address {
            let place = context.places.lookup(address);
            (row.country, row.region, row.city) =
                (place.country.into(), place.region.into(), place.city.into());
        }
        let named = named_campaign(&row);
        let arrival = Arrival { host: &row.host, query: &query, referrer: &referrer };
        let says_nothing = row.host.is_empty() && query.is_empty() && referrer.is_empty();
        let acquisition = (!says_nothing || named.is_some()).then(|| self.acquisitions.of(arrival, named));
        if let Some(acquisition) = &acquisition {
            name_origin(&mut row, acquisition, &query, &referrer);
        }
        cut_click_ids(&mut row);
        name_mail(&mut row);
        // A token's word on the past is taken; anybody else could make an old address a new one.
        let viewed_at = if context.grant.trust.is_believed() { row.ts } else { received_at };
        if landing::is_marked(&row)
            && let Some(outcome) = landing::take(&mut row, &self.registry.snapshot(), viewed_at)
        {
            self.outcomes.metrics.newsletter_landings.with_label_values(&[outcome.as_str()]).inc();
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
    ) -> Result<String, FieldError> {
        match address {
            Some(address) => {
                let user_agent = user_agent.unwrap_or_default();
                let now = context.facts.received_at;
                Ok(self.cookieless.visitor(now, &context.grant.site.site, address, user_agent))
            }
            None if user.is_empty() => {
                let problem = "an event from a server needs a user, a visitor or context.ip";
                Err(FieldError::new("missing_field", "user", problem))
            }
            None => Ok(format!("@{user}")),
        }
    }
}
