//! How a person's events fall into sessions: by the client's session id, and where there is none, by 30 minutes
//! without activity.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::request::Cursor;
use super::response::{JourneyEvent, JourneySession};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};

/// Without activity for this long, what comes next is another session.
pub const CUT_MS: i64 = 30 * 60 * 1000;

/// An event of the store.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Event {
    pub id: String,
    pub at: i64,
    pub visitor: String,
    pub user: String,
    pub session: String,
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
    pub language: String,
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
    /// Whether it is the person's through an edge.
    #[serde(skip)]
    pub anonymous: bool,
}

impl Event {
    /// What the table of sessions keeps of a session's first event, as far as a journey shows it and in its order.
    fn entry(&self) -> [&str; 6] {
        [&self.path, &self.host, &self.language, &self.app_version, &self.source, &self.channel]
    }

    fn is_view(&self) -> bool {
        matches!(self.kind.as_str(), "page_view" | "screen_view")
    }
}

/// A session of a person: never empty, oldest event first.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Visitor of the first event.
    pub visitor: String,
    /// The client's id; empty when the session was cut.
    pub session: String,
    events: Vec<Event>,
}

/// The sessions of a person's events, in no order.
pub fn pieces(events: &[Event]) -> Vec<Piece> {
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    let mut by_id: HashMap<(&str, &str), Vec<Event>> = HashMap::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut cut: Vec<Event> = Vec::new();
    for event in sorted {
        if !event.session.is_empty() {
            by_id.entry((&event.visitor, &event.session)).or_default().push(event.clone());
            continue;
        }
        if cut.last().is_some_and(|last| event.at - last.at > CUT_MS) {
            pieces.push(Piece::new(std::mem::take(&mut cut)));
        }
        cut.push(event.clone());
    }
    if !cut.is_empty() {
        pieces.push(Piece::new(cut));
    }
    pieces.extend(by_id.into_values().map(Piece::new));
    pieces
}

impl Piece {
    fn new(events: Vec<Event>) -> Self {
        Self { visitor: events[0].visitor.clone(), session: events[0].session.clone(), events }
    }

    /// When it began: milliseconds since the epoch.
    pub fn started(&self) -> i64 {
        self.events[0].at
    }

    /// When it ended.
    pub fn ended(&self) -> i64 {
        self.events[self.events.len() - 1].at
    }

    /// The cursor that leads to what comes after it.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            started: self.started(),
            visitor: self.visitor.clone(),
            session: self.session.clone(),
            cut_before: None,
        }
    }

    /// As the API shows it.
    pub fn into_session(self, currency: &str, gap_before_ms: Option<i64>) -> JourneySession {
        let (started, ended) = (self.started(), self.ended());
        // Of several at the first moment, the one that numbers and cards take as well.
        let at_once = self.events.iter().filter(|event| event.at == started);
        let first = at_once.min_by_key(|event| event.entry()).unwrap_or(&self.events[0]);
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
        let is_visit = !self.session.is_empty() || page_views > 0;
        let channel = if is_visit && first.channel.is_empty() { "direct" } else { &first.channel };
        JourneySession {
            started_at: Timestamp(started),
            ended_at: Timestamp(ended),
            duration_ms: ended - started,
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
            visitor: self.visitor,
            session: (!self.session.is_empty()).then_some(self.session),
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
            rating: event.rating,
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

    fn ids(events: &[Event]) -> Vec<String> {
        let mut pieces: Vec<Piece> = pieces(events);
        pieces.sort_by_key(Piece::started);
        pieces
            .iter()
            .map(|piece| piece.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>().join(""))
            .collect()
    }

    #[test]
    fn events_fall_into_sessions_by_id_and_otherwise_by_thirty_minutes() {
        let table: [(&str, Vec<Event>, Vec<&str>); 5] = [
            ("an id holds however long", vec![event("a", 0, "v", "s"), event("b", 90, "v", "s")], vec!["ab"]),
            (
                "thirty minutes still belong",
                vec![event("a", 0, "v", ""), event("b", 30, "v", "")],
                vec!["ab"],
            ),
            ("more do not", vec![event("a", 0, "v", ""), event("b", 31, "v", "")], vec!["a", "b"]),
            (
                "a cut session goes over visitors and beside one with an id",
                vec![event("c", 20, "@u", ""), event("b", 10, "v", "s"), event("a", 0, "w", "")],
                vec!["ac", "b"],
            ),
            (
                "the same id on another visitor is another session",
                vec![event("a", 0, "v", "s"), event("b", 1, "w", "s")],
                vec!["a", "b"],
            ),
        ];
        for (name, events, expected) in table {
            assert_eq!(ids(&events), expected, "{name}");
        }
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
        let session = pieces(&[first, paid, back, last]).remove(0).into_session("EUR", Some(5));
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
    fn a_visit_without_a_channel_is_direct_and_a_ticket_has_none() {
        let visit = pieces(&[event("a", 0, "v", "")]).remove(0).into_session("EUR", None);
        assert_eq!((visit.channel.as_str(), visit.session), ("direct", None));
        let ticket = Event { kind: "ticket_opened".into(), ..event("a", 0, "@u", "") };
        assert_eq!(pieces(&[ticket]).remove(0).into_session("EUR", None).channel, "");
    }
}
