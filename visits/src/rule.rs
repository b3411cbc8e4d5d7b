//! What a visit is.
//!
//! The events of one session of a visitor, in order of time: after a pause of more than 30 minutes a visit ends and the next
//! one begins. Where nothing was seen or done in the next one, it is none: what comes by itself within a day, such as the
//! report that a forgotten page was left, belongs to the visit before. (30 minutes: as in Google Analytics, Matomo and
//! Plausible.) Without a session id, the events of a visitor without one are taken for a session.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;

/// A pause that ends a visit, in milliseconds.
pub const PAUSE_MS: i64 = 30 * 60 * 1_000;
/// A visit changes hands so often; whose it is then, it remains.
const TURNS_MAX: usize = 100;
/// Views of a visit are told apart by so many combinations of owner, client, device and place; what is beyond counts with the
/// last of them.
const SEEN_MAX: usize = 1_000;
/// The parts of a client's packed column that a visit tells: host, language, version of the app.
const CLIENT_PARTS: usize = 3;
/// Between the parts of a packed column.
const PART_END: char = '\u{1f}';
/// The number of the first part that stands for views.
pub const SEEN_FROM: u16 = 0x8000;
/// For so long what comes by itself belongs to the visit before, in milliseconds.
const PASSIVE_MS: i64 = MS_PER_DAY;
/// A day of UTC.
pub const MS_PER_DAY: i64 = 86_400_000;

/// Whose events a visit is of: those of a visitor under a session id, of people or of machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session {
    /// The site's place among those that are looked at together.
    pub site: usize,
    /// The visitor's number.
    pub visitor: u64,
    /// The session id's, 0 without one.
    pub id: u64,
}

/// What an event says about a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A page or screen was seen.
    View,
    /// Something was done.
    Action,
    /// Something was ordered.
    Order,
    /// It came by itself.
    Passive,
}

/// The texts that a visit takes from its first event; those that are alike are one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Path of the page.
    pub path: Arc<str>,
    /// The packed column of the client.
    pub client: Arc<str>,
    /// The packed column of the campaign.
    pub campaign: Arc<str>,
    /// The packed column of the device.
    pub device: Arc<str>,
    /// The packed column of the place.
    pub place: Arc<str>,
}

/// An event, as far as visits need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Orders events of the same millisecond: the event's id.
    pub tie: u128,
    /// What it says.
    pub what: What,
    /// Whether a bot or a machine did it.
    pub is_bot: bool,
    /// The page or screen that was seen.
    pub page: Arc<str>,
    /// The user whose it is; empty when nobody's.
    pub owner: Arc<str>,
    /// Money that it brought (refunds take away), in ten-thousandths, and its currency.
    pub money: Option<(Arc<str>, i64)>,
    /// What the visit takes from it when it is the first.
    pub entry: Entry,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Whether of bots and machines.
    pub is_bot: bool,
    /// All of it; it is its owner's, unless there are parts.
    pub whole: Share,
    /// What each of several owners has of it, the first first; empty when there is one owner.
    pub parts: Vec<Share>,
    /// From which events on whose it is, where there are several owners.
    pub turns: Vec<Turn>,
    /// Its views by whose they are, client, device and place, where these are not all those of its first event: each with its
    /// pages, and what a visit says besides. Otherwise empty.
    pub seen: Vec<Share>,
    /// The moment of its last event, in milliseconds since the epoch, without what came by itself after a pause: a page that
    /// was forgotten overnight was not looked at overnight.
    pub lasted: i64,
}

/// From an event on a visit is a user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The event's id.
    pub tie: u128,
    /// The user; empty when nobody's.
    pub owner: Arc<str>,
}

/// Events of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The user whose they are; empty when nobody's.
    pub owner: Arc<str>,
    /// The first event's moment, in milliseconds since the epoch.
    pub since: i64,
    /// The last event's.
    pub ended: i64,
    /// Pages and screens that were seen, in order.
    pub pages: Vec<Arc<str>>,
    /// When each of them was seen, in milliseconds since the epoch.
    pub views: Vec<i64>,
    /// Events that are neither views nor passive.
    pub actions: u32,
    /// All events.
    pub events: u32,
    /// Orders.
    pub orders: u32,
    /// The moment of the first of them.
    pub first_order: Option<i64>,
    /// Money by currency, in ten-thousandths.
    pub money: BTreeMap<Arc<str>, i128>,
    /// What the first event says.
    pub entry: Entry,
}

impl Visit {
    /// The first event's moment, in milliseconds since the epoch.
    pub const fn started(&self) -> i64 {
        self.whole.since
    }

    /// The visit and its parts, by their numbers: the whole is 0, owners' parts follow, then from [`SEEN_FROM`] on its views.
    pub fn shares(&self) -> impl Iterator<Item = (u16, &Share)> {
        let shares = std::iter::once(&self.whole).chain(&self.parts);
        (0..).zip(shares).chain((SEEN_FROM..).zip(&self.seen))
    }
}

impl Share {
    /// The days of UTC that it touches, as numbers since 1970.
    pub fn days(&self) -> std::ops::RangeInclusive<i64> {
        day_of(self.since)..=day_of(self.ended)
    }

    /// Path of the first event; where that has none, the first page or screen that was seen.
    pub fn entry_page(&self) -> &str {
        if self.entry.path.is_empty() { self.pages.first().map_or("", |page| page) } else { &self.entry.path }
    }

    /// The last page or screen that was seen; empty without any.
    pub fn exit_page(&self) -> &str {
        self.pages.last().map_or("", |page| page)
    }
}

/// The day of UTC of a moment, counted from 1970.
pub fn day_of(at: i64) -> i64 {
    at.div_euclid(MS_PER_DAY)
}

/// The visits of the events of one session, in any order.
pub fn visits(mut events: Vec<Event>) -> Vec<Visit> {
    // Where they are: there may be very many.
    events.sort_unstable_by_key(|event| (event.is_bot, event.at, event.tie));
    let (of_people, of_machines) = events.split_at(events.partition_point(|event| !event.is_bot));
    [(false, of_people), (true, of_machines)]
        .into_iter()
        .flat_map(|(is_bot, events)| {
            runs(events).into_iter().map(move |(run, lasted)| visit(is_bot, &events[run], lasted))
        })
        .collect()
}

/// Where in the events, which are in order, the visits are, and the moment until which each lasted.
fn runs(events: &[Event]) -> Vec<(Range<usize>, i64)> {
    let mut runs: Vec<(Range<usize>, i64)> = Vec::new();
    for run in events.chunk_by(|before, event| event.at - before.at <= PAUSE_MS) {
        let begin = runs.last().map_or(0, |(before, _)| before.end);
        let is_passive = run.iter().all(|event| event.what == What::Passive);
        match runs.last_mut() {
            Some((before, _)) if is_passive && run[0].at - events[begin - 1].at <= PASSIVE_MS => {
                before.end += run.len();
            }
            _ => runs.push((begin..begin + run.len(), run[run.len() - 1].at)),
        }
    }
    runs
}

/// The visit of a run, which is not empty.
fn visit(is_bot: bool, run: &[Event], lasted: i64) -> Visit {
    let mut turns: Vec<Turn> = Vec::new();
    let mut events: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
    let mut places: HashMap<Arc<str>, usize> = HashMap::default();
    for event in run {
        let holder = turns.last().map(|turn| &turn.owner);
        if holder != Some(&event.owner) && turns.len() < TURNS_MAX {
            turns.push(Turn { at: event.at, tie: event.tie, owner: Arc::clone(&event.owner) });
        }
        let owner = &turns[turns.len() - 1].owner;
        let next = places.len();
        let place = *places.entry(Arc::clone(owner)).or_insert(next);
        events.entry(place).or_default().push(event);
    }
    let mut owners: Vec<(usize, Arc<str>)> =
        places.into_iter().map(|(owner, place)| (place, owner)).collect();
    owners.sort_unstable();
    let whole = share(&turns[0].owner, run);
    let seen = seen(&whole, &turns, run);
    if owners.len() == 1 {
        return Visit { is_bot, whole, parts: Vec::new(), turns: Vec::new(), seen, lasted };
    }
    let parts = owners.iter().map(|(place, owner)| share(owner, events[place].iter().copied())).collect();
    Visit { is_bot, whole, parts, turns, seen, lasted }
}

/// The views of a run by whose they are and with what they were seen; nothing when that is all the same.
fn seen(whole: &Share, turns: &[Turn], run: &[Event]) -> Vec<Share> {
    let owner = |event: &Event| {
        let after = turns.partition_point(|turn| (turn.at, turn.tie) <= (event.at, event.tie));
        &turns[after.saturating_sub(1)].owner
    };
    let views = || run.iter().filter(|event| event.what == What::View);
    if views().all(|event| *owner(event) == whole.owner && event.entry.is_with_the_same(&whole.entry)) {
        return Vec::new();
    }
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    let mut places: HashMap<(Arc<str>, Entry), usize> = HashMap::default();
    for event in views() {
        let next = groups.len().min(SEEN_MAX - 1);
        let place = *places.entry((Arc::clone(owner(event)), event.entry.with_what())).or_insert(next);
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(event);
    }
    let of_group = |group: Vec<&Event>| {
        let mut seen = share(owner(group[0]), group);
        seen.entry.campaign = Arc::clone(&whole.entry.campaign);
        seen.entry.path = whole.entry_page().into();
        seen
    };
    groups.into_iter().map(of_group).collect()
}

impl Entry {
    /// Whether client, device and place are the same, as far as visits tell them.
    fn is_with_the_same(&self, other: &Self) -> bool {
        self.device == other.device
            && self.place == other.place
            && (self.client == other.client || told_of_client(&self.client) == told_of_client(&other.client))
    }

    /// Client, device and place alone, as far as visits tell them.
    fn with_what(&self) -> Self {
        Self {
            client: told_of_client(&self.client).into(),
            device: Arc::clone(&self.device),
            place: Arc::clone(&self.place),
            ..Self::default()
        }
    }
}

/// The first parts of a client's packed column.
fn told_of_client(parts: &str) -> &str {
    parts.match_indices(PART_END).nth(CLIENT_PARTS - 1).map_or(parts, |(end, _)| &parts[..end])
}

/// What some events, in order and at least one, come to.
fn share<'a>(owner: &Arc<str>, events: impl IntoIterator<Item = &'a Event>) -> Share {
    let mut events = events.into_iter().peekable();
    let first = *events.peek().expect("at least one");
    let mut share = Share {
        owner: Arc::clone(owner),
        since: first.at,
        ended: first.at,
        pages: Vec::new(),
        views: Vec::new(),
        actions: 0,
        events: 0,
        orders: 0,
        first_order: None,
        money: BTreeMap::new(),
        entry: first.entry.clone(),
    };
    for event in events {
        share.ended = event.at;
        share.events += 1;
        share.actions += u32::from(matches!(event.what, What::Action | What::Order));
        if event.what == What::Order {
            share.orders += 1;
            share.first_order.get_or_insert(event.at);
        }
        if let Some((currency, amount)) = &event.money {
            *share.money.entry(Arc::clone(currency)).or_default() += i128::from(*amount);
        }
        if event.what == What::View {
            share.views.push(event.at);
            share.pages.push(Arc::clone(&event.page));
        }
    }
    share
}

#[cfg(test)]
mod tests;
