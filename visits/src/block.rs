//! The rows of visits that are written together.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};

use orma_model::event_row::ColumnType;
use orma_model::record::RecordWriter;
use orma_store::native_block::BlockBuilder;
use orma_store::{Store, StoreError};

use crate::names::Names;
use crate::rollup_days::Span;
use crate::rule::{Entry, SEEN_FROM, Session, Share, Visit, day_of};
use crate::scope::{Key, Made, Scope};

/// The columns of a row of visits that are written, in the order of the block. Pages and their times travel as
/// one text each.
const COLUMNS: [(&str, ColumnType); 38] = [
    ("site", ColumnType::LowCardinality),
    ("day", ColumnType::UInt16),
    ("visitor_hash", ColumnType::UInt64),
    ("session_hash", ColumnType::UInt64),
    ("is_bot", ColumnType::UInt8),
    ("started", ColumnType::Timestamp),
    ("part", ColumnType::UInt16),
    ("visitor", ColumnType::Text),
    ("owner", ColumnType::Text),
    ("is_mixed", ColumnType::UInt8),
    ("since_ms", ColumnType::UInt64),
    ("duration_ms", ColumnType::UInt64),
    ("lasted_ms", ColumnType::UInt64),
    ("is_continued", ColumnType::UInt8),
    ("days_after", ColumnType::UInt16),
    ("is_session", ColumnType::UInt8),
    ("is_seen", ColumnType::UInt8),
    ("view_count", ColumnType::UInt32),
    ("action_count", ColumnType::UInt32),
    ("event_count", ColumnType::UInt32),
    ("order_count", ColumnType::UInt32),
    ("first_order_ms", ColumnType::UInt64),
    ("last_view_ms", ColumnType::UInt64),
    ("entry_page", ColumnType::LowCardinality),
    ("exit_page", ColumnType::LowCardinality),
    ("client_parts", ColumnType::LowCardinality),
    ("campaign_parts", ColumnType::LowCardinality),
    ("device_parts", ColumnType::LowCardinality),
    ("place_parts", ColumnType::LowCardinality),
    ("version", ColumnType::UInt64),
    ("is_deleted", ColumnType::UInt8),
    ("pages", ColumnType::Text),
    ("view_ms", ColumnType::Text),
    ("turn_ms", ColumnType::Text),
    ("turn_event", ColumnType::Text),
    ("turn_owner", ColumnType::Text),
    // Of `money`, which is not written under these names.
    ("currencies", ColumnType::Text),
    ("amounts", ColumnType::Text),
];

/// Stands between the pages of a visit, and between its owners: no path and no id holds it.
const TEXT_END: char = '\u{1f}';

/// What a row of visits says.
#[derive(Clone, Copy)]
struct Said<'a> {
    visit: &'a Visit,
    share: &'a Share,
}

/// The rows of visits that are written together.
pub struct Block<'a> {
    version: u64,
    names: &'a Names,
    /// In the table's order: to put them in order costs the store more. What says nothing takes a row back.
    rows: BTreeMap<(&'a str, Order), (Key, Option<Said<'a>>)>,
    /// Users who no longer have a row that there was of them, each with its site.
    left: BTreeSet<(String, String)>,
    /// From when to when people's visits are, those that are written and those of before.
    spans: Vec<(Session, i64, i64)>,
}

/// A condition in SQL that holds until another process has taken the job over. A process that was stopped in the middle of a
/// pass does not know it when it goes on: what it read is old by then, and the store takes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence(pub String);

/// A row's place among those of a site, as [`Key`] knows it: day, visitor, session, of machines or not, beginning, part.
type Order = (i64, u64, u64, bool, i64, u16);

impl<'a> Block<'a> {
    /// An empty block.
    pub fn new(version: u64, names: &'a Names) -> Self {
        Self { version, names, rows: BTreeMap::new(), left: BTreeSet::new(), spans: Vec::new() }
    }

    fn place(&self, (session, is_bot, day, started, part): Key) -> (&'a str, Order) {
        (self.names.site(session), (day, session.visitor, session.id, is_bot, started, part))
    }

    /// Adds a visit: a row for each day that it touches, and the same for its parts.
    pub fn visit(&mut self, session: Session, visit: &'a Visit) {
        let (is_bot, started) = (visit.is_bot, visit.started());
        if !is_bot {
            self.spans.push((session, started, visit.whole.ended));
        }
        for (part, share) in visit.shares() {
            for day in share.days() {
                let key = (session, is_bot, day, started, part);
                self.rows.insert(self.place(key), (key, Some(Said { visit, share })));
            }
        }
    }

    /// Takes back the rows of before that are not written anew.
    pub fn take_back(&mut self, made: impl Iterator<Item = Made>, scope: &Scope) {
        for row in made.filter(|row| scope.has(row.session, row.day)) {
            if !row.is_bot {
                self.spans.push((row.session, row.started, row.ended));
            }
            let is_still_theirs = match self.rows.entry(self.place(row.key())) {
                Place::Vacant(place) => {
                    place.insert((row.key(), None));
                    false
                }
                Place::Occupied(place) => place.get().1.is_some_and(|said| *said.share.owner == *row.owner),
            };
            if !row.owner.is_empty() && !is_still_theirs {
                self.left.insert((self.names.site(row.session).to_owned(), row.owner));
            }
        }
    }

    /// When those of people's visits are, written ones and those of before, that touch these days: what is made anew beside them says
    /// what it said.
    pub fn spans(&self, touched: &Scope) -> Vec<Span<'a>> {
        let is_changed = |(session, from, to): &&(Session, i64, i64)| {
            (day_of(*from)..=day_of(*to)).any(|day| touched.has(*session, day))
        };
        let span = |(session, from, to): &(Session, i64, i64)| Span {
            site: self.names.site(*session),
            from: *from,
            to: *to,
        };
        self.spans.iter().filter(is_changed).map(span).collect()
    }

    /// Users who no longer have a row that there was of them, each with its site.
    pub const fn left(&self) -> &BTreeSet<(String, String)> {
        &self.left
    }

    /// The record of a row; what says nothing takes one back.
    fn record(
        &self,
        (session, is_bot, day, started, part): Key,
        said: Option<Said<'_>>,
        record: &mut Vec<u8>,
    ) {
        let share = said.map(|said| said.share);
        let none = Entry::default();
        let entry = share.map_or(&none, |share| &share.entry);
        let since = |at: i64| (at - started).cast_unsigned();
        let views: Vec<u64> =
            share.map_or(Vec::new(), |share| share.views.iter().copied().map(since).collect());
        let pages = share.map_or(&[][..], |share| &share.pages);
        let is_of_views = part >= SEEN_FROM;
        let turns = said.filter(|_| !is_of_views).map_or(&[][..], |said| &said.visit.turns);
        let number = |of: fn(&Share) -> u32| share.map_or(0, of);
        record.clear();
        let mut record = RecordWriter::new(COLUMNS.len(), record);
        record.push(&self.names.site(session));
        record.push(&u16::try_from(day).unwrap_or_default());
        record.push(&session.visitor);
        record.push(&session.id);
        record.push(&u8::from(is_bot));
        record.push(&started);
        record.push(&part);
        record.push(&self.names.visitor(session));
        record.push(&share.map_or("", |share| &share.owner));
        record.push(&u8::from(is_of_views || part == 0 && !turns.is_empty()));
        record.push(&share.map_or(0, |share| since(share.since)));
        record.push(&share.map_or(0, |share| since(share.ended)));
        let lasted = |said: Said<'_>| since(said.visit.lasted.clamp(said.share.since, said.share.ended));
        record.push(&said.map_or(0, lasted));
        record.push(&u8::from(share.is_some_and(|share| day != day_of(share.since))));
        let last_day = share.map_or(day, |share| day_of(share.ended));
        record.push(&u16::try_from(last_day - day).unwrap_or_default());
        record.push(&u8::from(session.id != 0 || !pages.is_empty()));
        let tells_views = |said: Said<'_>| is_of_views || part == 0 && said.visit.seen.is_empty();
        record.push(&u8::from(said.is_some_and(tells_views)));
        record.push(&(pages.len() as u32));
        record.push(&number(|share| share.actions));
        record.push(&number(|share| share.events));
        record.push(&number(|share| share.orders));
        record.push(&share.and_then(|share| share.first_order).map_or(0, since));
        record.push(&views.last().copied().unwrap_or_default());
        record.push(&share.map_or("", Share::entry_page));
        let last = said.map(|said| if is_of_views { &said.visit.whole } else { said.share });
        record.push(&last.map_or("", Share::exit_page));
        record.push(&entry.client.as_ref());
        record.push(&entry.campaign.as_ref());
        record.push(&entry.device.as_ref());
        record.push(&entry.place.as_ref());
        record.push(&self.version);
        record.push(&u8::from(share.is_none()));
        let mut text = String::new();
        record.push(&joined(&mut text, TEXT_END, pages));
        record.push(&joined(&mut text, ',', &views));
        record.push(&joined(&mut text, ',', turns.iter().map(|turn| since(turn.at))));
        record.push(&joined(&mut text, ',', turns.iter().map(|turn| turn.tie)));
        record.push(&joined(&mut text, TEXT_END, turns.iter().map(|turn| &turn.owner)));
        let none = BTreeMap::new();
        let money = share.map_or(&none, |share| &share.money);
        record.push(&joined(&mut text, TEXT_END, money.keys()));
        record.push(&joined(&mut text, ',', money.values().map(|sum| decimal(*sum))));
        record.finish();
    }

    /// Writes the rows, unless the fence does not hold any more.
    pub async fn write(self, store: &Store, fence: Option<&Fence>) -> Result<u64, StoreError> {
        if self.rows.is_empty() {
            return Ok(0);
        }
        let mut builder = BlockBuilder::new(COLUMNS);
        builder.reserve(self.rows.len());
        let mut record = Vec::new();
        for (key, said) in self.rows.values() {
            self.record(*key, *said, &mut record);
            builder.push(&record).expect("a record of these columns");
        }
        // A text may be empty; a visit without any has none of the list.
        let texts =
            |name: &str, has_any: &str| format!("if({has_any}, splitByChar('{TEXT_END}', {name}), [])");
        let numbers = |name: &str, kind: &str| {
            format!("if({name} = '', [], arrayMap(number -> to{kind}(number), splitByChar(',', {name})))")
        };
        let mut columns: Vec<(&str, String)> = COLUMNS
            .iter()
            .map(|(name, _)| {
                let value = match *name {
                    "day" => "toDate(day)".to_owned(),
                    "pages" => texts(name, "view_count > 0"),
                    "turn_owner" => texts(name, "turn_ms != ''"),
                    "view_ms" | "turn_ms" => numbers(name, "UInt64"),
                    "turn_event" => numbers(name, "UInt128"),
                    name => name.to_owned(),
                };
                (*name, value)
            })
            .collect();
        columns.retain(|(name, _)| !["currencies", "amounts"].contains(name));
        let amounts = "arrayMap(amount -> toDecimal128(amount, 4), splitByChar(',', amounts))";
        let money = format!(
            "CAST(if(amounts = '', ([], []), (splitByChar('{TEXT_END}', currencies), {amounts})), \
             'Map(LowCardinality(String), Decimal(38, 4))')"
        );
        columns.push(("money", money));
        columns.push(("owner_hash", "if(owner = '', 0, sipHash64(owner))".to_owned()));
        let (names, values): (Vec<&str>, Vec<String>) = columns.into_iter().unzip();
        let structure: Vec<String> =
            COLUMNS.iter().map(|(name, kind)| format!("{name} {}", kind.clickhouse_name())).collect();
        let fenced = fence.map_or(String::new(), |Fence(holds)| {
            format!("WHERE throwIf(NOT ({holds}), 'another process makes visits by now') = 0")
        });
        let statement = format!(
            "INSERT INTO visits ({}) SELECT {} FROM input('{}') {fenced} FORMAT Native",
            names.join(", "),
            values.join(", "),
            structure.join(", ").replace('\'', "\\'")
        );
        store.insert_statement(&statement, &builder.finish()).await?;
        Ok(self.rows.len() as u64)
    }
}

/// The parts with a sign between them, in place of what the text was.
fn joined(text: &mut String, between: char, parts: impl IntoIterator<Item: Display>) -> &str {
    text.clear();
    for (number, part) in parts.into_iter().enumerate() {
        if number > 0 {
            text.push(between);
        }
        write!(text, "{part}").expect("memory");
    }
    text
}

/// Ten-thousandths as decimal text.
fn decimal(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", amount.unsigned_abs() / 10_000, amount.unsigned_abs() % 10_000)
}
