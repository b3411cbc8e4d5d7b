//! What a session of a journey shows of its events.

use std::collections::BTreeMap;

use orma_model::Kind;
use orma_model::kinds::Activity;
use orma_model::vitals::Rating;
use orma_visits::PAUSE_MS;
use serde::Deserialize;

use super::request::Cursor;
use super::response::{JourneyEvent, JourneySession};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};

/// An event of the store.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Event {
    pub id: String,
    pub at: i64,
    pub visitor: String,
    pub session: String,
    pub session_hash: u64,
    pub is_bot: bool,
    /// The user that it carries.
    pub user: String,
    /// Whether it is the person's through an edge.
    #[serde(skip)]
    pub anonymous: bool,
    pub kind: String,
    pub name: String,
    pub touchpoint: String,
    pub stage: String,
    pub title: String,
    pub host: String,
    pub path: String,
    pub referrer: String,
    pub screen: String,
    pub target: String,
    pub duration_ms: i64,
    pub engaged_ms: i64,
    pub scroll_pct: i64,
    pub value: Option<f64>,
    pub rating: String,
    pub amount: Amount,
    pub currency: String,
    pub campaign: String,
    pub message: String,
    pub link: String,
    pub app_version: String,
    pub bot: String,
    pub verdict: String,
    pub verdict_reason: String,
    pub props: BTreeMap<String, String>,
    pub source: String,
    pub channel: String,
    pub device_class: String,
    pub browser: String,
    pub os: String,
    pub country: String,
}

impl Event {
    fn is_view(&self) -> bool {
        self.is(Activity::View)
    }

    fn is(&self, activity: Activity) -> bool {
        Kind::find(&self.kind).is_some_and(|kind| kind.activity == activity)
    }
}

/// A session of a person: the person's events of one visit, never empty, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    events: Vec<Event>,
}

impl Piece {
    /// The session of some events in any order; none of none.
    pub fn new(mut events: Vec<Event>) -> Option<Self> {
        events.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        (!events.is_empty()).then_some(Self { events })
    }

    /// When it began: milliseconds since the epoch.
    pub fn started(&self) -> i64 {
        self.events[0].at
    }

    /// When it ended.
    pub fn ended(&self) -> i64 {
        self.events[self.events.len() - 1].at
    }

    /// How long it lasted: what came by itself after a pause is left out.
    fn duration(&self) -> i64 {
        let done = self.events.iter().rposition(|event| !event.is(Activity::Passive)).unwrap_or(0);
        let rest = self.events[done..].windows(2).take_while(|pair| pair[1].at - pair[0].at <= PAUSE_MS);
        self.events[done + rest.count()].at - self.started()
    }

    /// The cursor that leads to what comes after it.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            started: self.started(),
            visitor: self.events[0].visitor.clone(),
            session: self.events[0].session.clone(),
            is_bot: self.events[0].is_bot,
        }
    }

    /// As the API shows it.
    pub fn into_session(self, currency: &str, gap_before_ms: Option<i64>) -> JourneySession {
        let (started, ended, duration_ms) = (self.started(), self.ended(), self.duration());
        let first = &self.events[0];
        let known = |field: fn(&Event) -> &String| {
            self.events.iter().map(field).find(|text| !text.is_empty()).cloned().unwrap_or_default()
        };
        let page_views = self.events.iter().filter(|event| event.is_view()).count() as i64;
        let mut touchpoints: Vec<String> = Vec::new();
        for event in &self.events {
            if !event.touchpoint.is_empty() && !touchpoints.contains(&event.touchpoint) {
                touchpoints.push(event.touchpoint.clone());
            }
        }
        // Nobody sent a visit without a channel; a ticket or a call is no visit.
        let is_visit = !first.session.is_empty() || page_views > 0;
        let channel = if is_visit && first.channel.is_empty() { "direct" } else { &first.channel };
        JourneySession {
            started_at: Timestamp(started),
            ended_at: Timestamp(ended),
            duration_ms,
            gap_before_ms,
            channel: channel.to_owned(),
            source: first.source.clone(),
            campaign: first.campaign.clone(),
            device_class: known(|event| &event.device_class),
            browser: known(|event| &event.browser),
            os: known(|event| &event.os),
            country: known(|event| &event.country),
            touchpoints,
            page_views,
            revenue: revenue(&self.events, currency),
            other_revenue: other_revenue(&self.events, currency),
            visitor: first.visitor.clone(),
            session: (!first.session.is_empty()).then(|| first.session.clone()),
            events: self.events.into_iter().rev().map(JourneyEvent::from).collect(),
        }
    }
}

/// What an event adds to the money: refunds are taken off, whatever their sign.
fn signed(event: &Event) -> Amount {
    if event.kind == "refund" { event.amount.negative() } else { event.amount }
}

/// Orders less refunds in each other currency.
fn other_revenue(events: &[Event], currency: &str) -> Vec<Money> {
    let mut sums: BTreeMap<&str, Amount> = BTreeMap::new();
    for event in events.iter().filter(|event| event.amount != Amount(0) && event.currency != currency) {
        let sum = sums.entry(&event.currency).or_default();
        *sum = [*sum, signed(event)].into_iter().sum();
    }
    sums.into_iter().map(|(currency, amount)| Money::new(amount, currency)).collect()
}

/// Orders less refunds in the site's currency, when there are any.
fn revenue(events: &[Event], currency: &str) -> Option<Money> {
    let mut paid =
        events.iter().filter(|event| event.amount != Amount(0) && event.currency == currency).peekable();
    paid.peek()?;
    Some(Money::new(paid.map(signed).sum(), currency))
}

impl From<Event> for JourneyEvent {
    fn from(event: Event) -> Self {
        let known = |number: i64| (number != 0).then_some(number);
        Self {
            event_id: event.id,
            ts: Timestamp(event.at),
            kind: event.kind,
            name: event.name,
            touchpoint: event.touchpoint,
            stage: event.stage,
            anonymous: event.anonymous,
            title: event.title,
            host: event.host,
            path: event.path,
            referrer: event.referrer,
            screen: event.screen,
            target: event.target,
            duration_ms: known(event.duration_ms),
            engaged_ms: known(event.engaged_ms),
            scroll_pct: known(event.scroll_pct),
            value: event.value,
            rating: Rating::answered(&event.rating).to_owned(),
            revenue: (!event.currency.is_empty()).then(|| Money::new(event.amount, &event.currency)),
            campaign: event.campaign,
            message: event.message,
            link: event.link,
            app_version: event.app_version,
            bot: event.bot,
            verdict: event.verdict,
            verdict_reason: event.verdict_reason,
            props: event.props,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn event(id: &str, minute: i64, visitor: &str, session: &str) -> Event {
        Event {
            id: id.into(),
            at: minute * MINUTE,
            visitor: visitor.into(),
            session: session.into(),
            kind: "page_view".into(),
            ..Event::default()
        }
    }

    fn session(events: &[Event], gap_before_ms: Option<i64>) -> JourneySession {
        Piece::new(events.to_vec()).unwrap().into_session("EUR", gap_before_ms)
    }

    #[test]
    fn the_first_of_several_events_at_once_is_that_of_the_smallest_id() {
        let of = |id: &str, source: &str| Event { source: source.into(), ..event(id, 0, "v", "s") };
        let later = Event { source: "later".into(), ..event("a", 1, "v", "s") };
        let session = session(&[later, of("c", "third"), of("b", "second")], None);
        assert_eq!(session.source, "second");
        let order: Vec<&str> = session.events.iter().map(|event| event.event_id.as_str()).collect();
        assert_eq!(order, ["a", "c", "b"]);
        assert_eq!(Piece::new(Vec::new()), None);
    }

    #[test]
    fn a_session_takes_its_source_from_its_first_event_and_the_device_from_whom_knows_it() {
        let first =
            Event { source: "Google".into(), channel: "organic_search".into(), ..event("a", 0, "v", "s") };
        let paid = Event {
            amount: Amount(890_000),
            currency: "EUR".into(),
            kind: "order".into(),
            ..event("b", 1, "v", "s")
        };
        let back = Event {
            amount: Amount(90_000),
            currency: "EUR".into(),
            kind: "refund".into(),
            ..event("c", 2, "v", "s")
        };
        let last = Event { browser: "Chrome".into(), source: "other".into(), ..event("d", 3, "v", "s") };
        let session = session(&[first, paid, back, last], Some(5));
        assert_eq!((session.channel.as_str(), session.source.as_str()), ("organic_search", "Google"));
        assert_eq!(session.browser, "Chrome");
        assert_eq!(session.revenue, Some(Money::new(Amount(800_000), "EUR")));
        assert_eq!(
            (session.page_views, session.duration_ms, session.gap_before_ms),
            (2, 3 * MINUTE, Some(5))
        );
        let order: Vec<&str> = session.events.iter().map(|event| event.event_id.as_str()).collect();
        assert_eq!(order, ["d", "c", "b", "a"]);
    }

    #[test]
    fn a_page_that_is_forgotten_makes_no_session_longer() {
        let left = |minute| Event { kind: "page_leave".into(), ..event("b", minute, "v", "s") };
        let seen = || event("a", 0, "v", "s");
        for (events, expected) in [
            (vec![seen()], 0),
            (vec![seen(), left(30)], 30),
            (vec![seen(), left(31)], 0),
            (vec![seen(), left(10), left(600)], 10),
            (vec![left(0), left(600)], 0),
            // Somebody else was here between.
            (vec![seen(), event("c", 50, "v", "s"), left(60)], 60),
        ] {
            assert_eq!(session(&events, None).duration_ms, expected * MINUTE, "{events:?}");
        }
    }

    #[test]
    fn a_rating_is_told_in_the_word_of_answers() {
        let rated =
            |rating: &str| JourneyEvent::from(Event { rating: rating.into(), ..Event::default() }).rating;
        assert_eq!((rated("needs-improvement"), rated("good")), ("needs_improvement".into(), "good".into()));
    }

    #[test]
    fn a_visit_without_a_channel_is_direct_and_a_ticket_has_none() {
        let visit = session(&[event("a", 0, "v", "")], None);
        assert_eq!((visit.channel.as_str(), visit.session), ("direct", None));
        let ticket = Event { kind: "ticket_opened".into(), ..event("a", 0, "@u", "") };
        assert_eq!(session(&[ticket], None).channel, "");
    }
}
