//! The events that visits are made of, as the store has them.

use std::sync::Arc;

use clickhouse::native::Block;
use foldhash::{HashMap, HashSet};
use orma_model::kinds::{Activity, Kind};
use orma_store::{Store, StoreError, TextList, column};
use uuid::Uuid;

use crate::names::Names;
use crate::rows::{PLANNED_QUICKLY, params};
use crate::rule::{Entry, Event, Session, What};
use crate::scope::Scope;
use crate::timeline::{Timelines, owner};

/// So many visitors are looked for by the table's key; of more, most of what is read is wanted.
const BY_KEY_MAX: usize = 500;
/// Between the parts of a packed column.
const PART_END: char = '\u{1f}';

/// The events of the sessions and days of a scope, by session, and whose they are, so many at `most`; and how many there are.
pub async fn events(
    store: &Store,
    names: &Names,
    scope: &Scope,
    timelines: &Timelines,
    most: usize,
) -> Result<(HashMap<Session, Vec<Event>>, usize), StoreError> {
    let mut gathered = Gathered::new(names, scope, timelines, most);
    read(store, names, scope, &mut gathered, "").await?;
    if gathered.is_doubled {
        // Seldom: to have the store find out what is doubled costs more than to read it.
        gathered = Gathered::new(names, scope, timelines, most);
        read(store, names, scope, &mut gathered, "FINAL").await?;
    }
    Ok((gathered.by_session, gathered.count))
}

async fn read(
    store: &Store,
    names: &Names,
    scope: &Scope,
    gathered: &mut Gathered<'_>,
    modifier: &str,
) -> Result<(), StoreError> {
    // Most visitors have several sessions on a day.
    let found: HashSet<(&str, i64, &str)> =
        scope.iter().map(|(session, day)| (names.site(session), day, names.visitor(session))).collect();
    let is_by_key = found.len() <= BY_KEY_MAX;
    let (sites, days, visitors) = if is_by_key {
        (
            TextList::new("sites", found.iter().map(|(site, ..)| *site)),
            TextList::new("days", found.iter().map(|(_, day, _)| day.to_string())),
            TextList::new("visitors", found.iter().map(|(.., visitor)| *visitor)),
        )
    } else {
        let days: HashSet<i64> = found.iter().map(|(_, day, _)| *day).collect();
        let visitors: HashSet<u64> = scope.iter().map(|(session, _)| session.visitor).collect();
        (
            TextList::new("sites", names.sites()),
            TextList::new("days", days.iter().map(i64::to_string)),
            TextList::numbers("visitors", visitors),
        )
    };
    let condition = if is_by_key {
        format!(
            "PREWHERE (site, toDate(ts), visitor) IN (SELECT found.1, toDate(toInt32OrZero(found.2)), found.3 FROM \
             (SELECT arrayJoin(arrayZip({}, {}, {})) AS found))",
            sites.array, days.array, visitors.array
        )
    } else {
        format!(
            "PREWHERE visitor_hash IN (SELECT arrayJoin({})) \
             AND toDate(ts) IN (SELECT toDate(toInt32OrZero(arrayJoin({})))) WHERE site IN (SELECT arrayJoin({}))",
            visitors.array, days.array, sites.array
        )
    };
    let sql = format!(
        "SELECT site, toUInt16(toDate(ts)) AS day, visitor_hash, session_hash, toUnixTimestamp64Milli(ts) AS at, event_id, kind, \
         user, reinterpretAsInt64(revenue) AS amount, path, screen, client_parts, campaign_parts, device_parts, place_parts, \
         mark_parts FROM events {modifier} {condition} {PLANNED_QUICKLY}"
    );
    store.each_block(&sql, &params(&[&sites, &days, &visitors]), |block| gathered.take(block)).await
}

/// Events that were read so far.
struct Gathered<'a> {
    names: &'a Names,
    scope: &'a Scope,
    timelines: &'a Timelines,
    /// No more are kept.
    most: usize,
    /// How many there are.
    count: usize,
    /// Most texts are those of many events, and there may be many events.
    texts: HashSet<Arc<str>>,
    ids: HashSet<(usize, u64, u16, Uuid)>,
    by_session: HashMap<Session, Vec<Event>>,
    /// An event came twice.
    is_doubled: bool,
}

impl<'a> Gathered<'a> {
    fn new(names: &'a Names, scope: &'a Scope, timelines: &'a Timelines, most: usize) -> Self {
        Self {
            names,
            scope,
            timelines,
            most,
            count: 0,
            texts: HashSet::default(),
            ids: HashSet::default(),
            by_session: HashMap::default(),
            is_doubled: false,
        }
    }

    fn take(&mut self, block: &Block) -> Result<(), StoreError> {
        let sites: Vec<&str> = column(block, "site")?;
        let days: Vec<u16> = column(block, "day")?;
        let visitors: Vec<u64> = column(block, "visitor_hash")?;
        let sessions: Vec<u64> = column(block, "session_hash")?;
        let moments: Vec<i64> = column(block, "at")?;
        let ids: Vec<Uuid> = column(block, "event_id")?;
        let kinds: Vec<&str> = column(block, "kind")?;
        let users: Vec<&str> = column(block, "user")?;
        let amounts: Vec<i64> = column(block, "amount")?;
        let paths: Vec<&str> = column(block, "path")?;
        let screens: Vec<&str> = column(block, "screen")?;
        let clients: Vec<&str> = column(block, "client_parts")?;
        let campaigns: Vec<&str> = column(block, "campaign_parts")?;
        let devices: Vec<&str> = column(block, "device_parts")?;
        let places: Vec<&str> = column(block, "place_parts")?;
        let marks: Vec<&str> = column(block, "mark_parts")?;
        for row in 0..block.num_rows() {
            let Some(session) = self.names.known(sites[row], visitors[row], sessions[row]) else { continue };
            // Also under another session.
            if self.count <= self.most {
                self.is_doubled |= !self.ids.insert((session.site, session.visitor, days[row], ids[row]));
            }
            if !self.scope.has(session, days[row].into()) {
                continue;
            }
            self.count += 1;
            if self.count > self.most {
                continue;
            }
            let timeline = self.timelines.get(&(session.site, session.visitor));
            let owner = owner(users[row], self.names.visitor(session), session.id, moments[row], timeline);
            let owner = self.once(owner.user);
            let (kind, marks) = (kinds[row], Marks::of(marks[row]));
            let amount = if kind == "refund" { -amounts[row].abs() } else { amounts[row] };
            let page = if paths[row].is_empty() { screens[row] } else { paths[row] };
            let event = Event {
                at: moments[row],
                tie: ids[row].as_u128(),
                what: what(kind),
                is_bot: marks.is_bot,
                owner,
                money: (amount != 0).then(|| (self.once(marks.currency), amount)),
                page: self.once(page),
                entry: Entry {
                    path: self.once(paths[row]),
                    client: self.once(clients[row]),
                    campaign: self.once(campaigns[row]),
                    device: self.once(devices[row]),
                    place: self.once(places[row]),
                },
            };
            self.by_session.entry(session).or_default().push(event);
        }
        Ok(())
    }

    fn once(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&text));
        text
    }
}

/// What an event of a kind says; one that is not known was done.
fn what(kind: &str) -> What {
    match Kind::find(kind).map(|kind| kind.activity) {
        _ if kind == "order" => What::Order,
        Some(Activity::View) => What::View,
        Some(Activity::Passive) => What::Passive,
        Some(Activity::Action) | None => What::Action,
    }
}

/// What visits need of the column `mark_parts`.
struct Marks<'a> {
    is_bot: bool,
    currency: &'a str,
}

impl<'a> Marks<'a> {
    fn of(parts: &'a str) -> Self {
        let mut parts = parts.split(PART_END);
        // In the order of the table's ALIAS columns: bot, bot_reason, verdict, …, currency is the tenth.
        let bot = parts.next().unwrap_or_default();
        let verdict = parts.nth(1).unwrap_or_default();
        let currency = parts.nth(6).unwrap_or_default();
        Self { is_bot: !bot.is_empty() || verdict == "machine", currency }
    }
}
