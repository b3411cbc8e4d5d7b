//! People: what each of them has of all visits, in a table that a list of them is read from.
//!
//! A row is a function of visits. Those whose visits have a version above the mark are made anew, by one statement in the
//! engine, and it does no harm to do so twice or in two processes at once: a row has the version of the visits that it
//! was made of, and the highest counts. So nothing depends on when a process ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clickhouse::Row;
use orma_store::{Param, Store, StoreError, TextList};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::MakeError;
use crate::rows::params;

/// Where other processes write visits: those of a version this old are there for everybody. From the moment at which a
/// version is taken on there are five statements, each with a time limit; until then they are looked at again.
const SETTLED: Duration = Duration::from_mins(5);
/// At most one part in so many of the time is spent on what nobody asked for.
const SHARE_MAX: u32 = 20;
/// So many are found by the indexes of their numbers; to ask these for each of more takes longer than to read all.
const INDEXED_MAX: u64 = 200;
/// Of more visits that were written the people are made piece by piece, which bounds the memory.
const ROWS_TOGETHER_MAX: u64 = 500_000;
/// The pieces, by the first bits of a person's number.
const PIECE_BITS: u32 = 4;
/// One statement takes no longer than this.
const TIME_MAX: Duration = Duration::from_mins(10);

/// Makes the rows of people. Cheap to clone; clones take turns.
#[derive(Clone, Debug)]
pub(crate) struct People {
    store: Store,
    /// Held by who writes visits of a version.
    writing: Arc<Mutex<()>>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// The people are made of all visits up to this version, once it was read.
    mark: Option<u64>,
    /// What was written since then when they were last made.
    seen: Written,
    /// When they were last made in the background, and how long that took.
    made: Option<(Instant, Duration)>,
    /// So much was written that lists do without the table: what there was at the last look.
    waiting: Option<Written>,
}

/// Who waits for people to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Somebody who asks for a list.
    Now,
    /// Nobody.
    ByNobody,
}

/// What was written above the mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Row, Deserialize)]
struct Written {
    /// The highest version of visits; 0 without any.
    version: u64,
    /// How many rows of visits, and of people who left some.
    rows: u64,
    /// The store's clock, in microseconds since the epoch.
    now: i64,
}

impl State {
    /// They are made up to here.
    fn reach(&mut self, version: u64) {
        if self.mark.is_none_or(|mark| mark < version) {
            self.mark = Some(version);
            // What is above it is counted anew.
            self.seen = Written::default();
        }
    }
}

impl Written {
    fn is_as(&self, other: &Self) -> bool {
        (self.version, self.rows) == (other.version, other.rows)
    }
}

impl People {
    pub fn new(store: Store, writing: Arc<Mutex<()>>) -> Self {
        Self { store, writing, state: Arc::default() }
    }

    /// Makes the people of the visits that are written by now. `false`: there are so many that this is left to be made in
    /// the background, and until then the table does not say who there is.
    pub async fn bring_up_to_date(&self) -> Result<bool, MakeError> {
        let mut state = self.state.lock().await;
        let mark = self.mark(&mut state).await?;
        let written = self.written(mark).await?;
        if written.rows > ROWS_TOGETHER_MAX {
            state.waiting.get_or_insert_default();
            return Ok(false);
        }
        self.make(&mut state, mark, written, Asked::Now).await?;
        if self.settled(written) == written.version {
            state.reach(written.version);
        }
        Ok(true)
    }

    /// Makes them now and then, and keeps how far they are made.
    pub async fn make_in_background(&self) -> Result<(), MakeError> {
        let mut state = self.state.lock().await;
        let is_due = |(at, took): (Instant, Duration)| at.elapsed() >= took * SHARE_MAX;
        let is_due = state.made.is_none_or(is_due);
        if !is_due && state.waiting.is_none() {
            return Ok(());
        }
        let began = Instant::now();
        let before = self.mark(&mut state).await?;
        let written = self.written(before).await?;
        // What lists do without is not put off once nothing more comes.
        if !is_due && !state.waiting.is_some_and(|seen| seen.is_as(&written)) {
            state.waiting = Some(written);
            return Ok(());
        }
        self.make(&mut state, before, written, Asked::ByNobody).await?;
        state.reach(self.settled(written));
        // More may have come meanwhile.
        state.waiting = (written.rows > ROWS_TOGETHER_MAX).then(Written::default);
        let mark = self.mark(&mut state).await?;
        if mark > before {
            self.store.sync().await?;
            let sql = "INSERT INTO people_mark (made_to) SELECT {mark:UInt64}";
            self.store.execute(sql, &[("mark", Param::Int(mark.cast_signed()))]).await?;
        }
        state.made = Some((Instant::now(), began.elapsed()));
        Ok(())
    }

    /// Up to which version they are made.
    async fn mark(&self, state: &mut State) -> Result<u64, MakeError> {
        #[derive(Row, Deserialize)]
        struct Mark {
            made_to: u64,
        }
        if let Some(mark) = state.mark {
            return Ok(mark);
        }
        let rows: Vec<Mark> =
            self.store.select_binary("SELECT max(made_to) AS made_to FROM people_mark", &[]).await?;
        Ok(*state.mark.insert(rows.first().map_or(0, |row| row.made_to)))
    }

    /// Makes those of what was written above the mark, unless nothing came since they were last made.
    async fn make(
        &self,
        state: &mut State,
        mark: u64,
        written: Written,
        asked: Asked,
    ) -> Result<(), MakeError> {
        if written.version == 0 || written.is_as(&state.seen) {
            return Ok(());
        }
        let pieces = if written.rows > ROWS_TOGETHER_MAX { 1 << PIECE_BITS } else { 1 };
        for piece in 0..pieces {
            make_piece(&self.store, mark, written, (pieces > 1).then_some(piece), asked).await?;
        }
        tracing::debug!(rows = written.rows, "people made");
        state.seen = written;
        Ok(())
    }

    /// What was written above a mark: of this process, no visits of a version and not the others.
    async fn written(&self, mark: u64) -> Result<Written, StoreError> {
        let _nothing_is_written = self.writing.lock().await;
        let sql = "SELECT max(version) AS version, count() AS rows, toUnixTimestamp64Micro(now64(6)) AS now FROM ( \
            SELECT version FROM visits WHERE version > {mark:UInt64} \
            UNION ALL SELECT toUInt64(0) AS version FROM people_left WHERE people_left.version > {mark:UInt64})";
        let rows = self.store.select_binary(sql, &[("mark", Param::Int(mark.cast_signed()))]).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// The highest version that no row can come of any more, when this was written.
    fn settled(&self, written: Written) -> u64 {
        if self.store.is_on_this_machine() {
            return written.version;
        }
        let micros = i64::try_from(SETTLED.as_micros()).expect("minutes");
        written.version.min(written.now.saturating_sub(micros).max(0).cast_unsigned())
    }
}

/// Makes the people of what was written above the mark, or those of them whose numbers begin with these bits; who has no
/// visit any more is deleted.
async fn make_piece(
    store: &Store,
    mark: u64,
    written: Written,
    piece: Option<i64>,
    asked: Asked,
) -> Result<(), StoreError> {
    let mut params = vec![
        ("version", Param::Int(written.version.cast_signed())),
        ("mark", Param::Int(mark.cast_signed())),
    ];
    let of_piece = piece.map_or_else(String::new, |piece| {
        params.push(("piece", Param::Int(piece)));
        format!(" AND bitShiftRight(person_hash, {}) = {{piece:UInt64}}", 64 - PIECE_BITS)
    });
    // Nobody's number is no number: it would find all whom nobody has identified.
    let whose = "(SELECT arrayJoin(if(owner_hash = 0, [visitor_hash], [visitor_hash, owner_hash])) FROM visits \
        WHERE version > {mark:UInt64} UNION ALL SELECT person_hash FROM people_left WHERE version > {mark:UInt64})";
    // Without a mark all are made.
    let (of_visits, of_people) = if mark == 0 {
        (String::new(), String::new())
    } else {
        (
            format!(" AND (owner_hash IN {whose} OR (owner_hash = 0 AND visitor_hash IN {whose}))"),
            format!(" AND person_hash IN {whose}"),
        )
    };
    let settings = if written.rows > INDEXED_MAX {
        "ignore_data_skipping_indices = 'visitor_bloom,owner_bloom'"
    } else {
        "use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1"
    };
    // Behind inserts, as questions are, and no lower: a thread that hardly gets a processor may hold what the others need.
    let priority = if asked == Asked::ByNobody { ", os_thread_priority = 10" } else { "" };
    // Of several that ended or began at once, always the same.
    let visit = "(visitor_hash, session_hash, is_bot, started)";
    let device = "(toString(device_class), toString(browser), toString(os))";
    let present = format!(
        "INSERT INTO people (site, person_hash, person_id, is_identified, first_seen, last_seen, session_count, \
         view_count, event_count, order_count, money, currencies, visitor_count, country, device_class, browser, os, \
         last_page, channel, source, version) \
         SELECT site, person_hash, any(person_id), max(person_hash != visitor_hash), min(since), max(ended), \
         countIf(is_session), sum(view_count), sum(event_count), sum(order_count), \
         sumMap(money), arraySort(groupUniqArrayArray(mapKeys(money))), uniqExact(visitor_hash), \
         argMaxIf(toString(country), (ended, {visit}), country != ''), \
         tupleElement(argMaxIf({device}, (ended, {visit}), {device} != ('', '', '')) AS last_device, 1), \
         last_device.2, last_device.3, argMaxIf(toString(exit_page), (ended, {visit}), view_count > 0), \
         tupleElement(argMin((toString(channel), toString(source)), (since, {visit})) AS origin, 1), origin.2, \
         {{version:UInt64}} FROM visits FINAL \
         WHERE NOT is_mixed AND NOT is_bot AND NOT is_continued AND visitor != ''{of_visits}{of_piece} \
         GROUP BY site, person_hash \
         SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1, {settings}{priority}"
    );
    let gone = format!(
        "INSERT INTO people (site, person_hash, version, is_deleted) \
         SELECT site, person_hash, {{version:UInt64}}, 1 FROM people FINAL \
         WHERE version < {{version:UInt64}}{of_people}{of_piece} SETTINGS max_threads = 1{priority}"
    );
    let store = store.clone().with_time_limit(TIME_MAX);
    store.execute(&present, &params).await?;
    store.execute(&gone, &params).await
}

/// Keeps who no longer has what somebody else has now, before the visits that say so are written with this version.
pub(crate) async fn leave(
    store: &Store,
    version: u64,
    left: &BTreeSet<(String, String)>,
) -> Result<(), StoreError> {
    if left.is_empty() {
        return Ok(());
    }
    let sites = TextList::new("sites", left.iter().map(|(site, _)| site));
    let owners = TextList::new("owners", left.iter().map(|(_, owner)| owner));
    let sql = format!(
        "INSERT INTO people_left (site, person_hash, version, left_at) \
         SELECT left.1, sipHash64(left.2), {version}, now() FROM (SELECT arrayJoin(arrayZip({}, {})) AS left)",
        sites.array, owners.array
    );
    store.execute(&sql, &params(&[&sites, &owners])).await
}
