//! Sealed segments to ClickHouse: oldest first, several in flight, again until they are there.
//!
//! A segment becomes up to two inserts: its events and its refused events. An insert that ClickHouse has answered with
//! success is in all its tables. After any other outcome, and for a segment that an earlier process left, nobody knows
//! which tables have it, so all of it is inserted again: every table that takes events collapses what comes twice, and
//! of refused events only those are inserted whose segment is not there. What the store is known to have is *decided*,
//! and [`settle`] does the rest: the file is deleted only when the store's disk has the events.

mod blocks;
mod known;
mod settle;

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use orma_store::{Param, Store, StoreError};
use serde::Deserialize;
use tokio::sync::{mpsc, watch};

use crate::duplicates::DuplicateWindow;
use crate::ledger::{self, Counts, Ledger, Outcome};
use crate::metrics::Metrics;
use crate::rejected;
use crate::spool::{Done, Origin, SealedSegment, SpoolFiles, Tally, plain_name};
use blocks::{Blocks, Contents, EventHead};
use settle::{Decided, Fate, Settler};

/// Segments on their way at once.
const SEGMENTS_IN_FLIGHT_MAX: usize = 3;
const BACKOFF_MS_MIN: u64 = 100;
const BACKOFF_MS_MAX: u64 = 5_000;
/// How often it looks whether an operator has put segments back.
const REPLAY_POLL_MS: u64 = 1_000;
/// How often it looks whether other collectors ship to the same store.
const OTHERS_POLL_MS: u64 = 2_000;
/// A collector that finds others ships nothing for so long after it has said that it is there: then they have seen it.
const OTHERS_SEE_MS: u64 = 3_000;
/// How long the last segments may take to be settled when the collector stops.
const SETTLE_MS_MAX: u64 = 2_000;

/// Ships until the spool is closed and everything is confirmed, or `abandon` turns true.
pub struct Shipper {
    spool: SpoolFiles,
    store: Store,
    metrics: Arc<Metrics>,
    collector: String,
    ledger: Arc<Ledger>,
    duplicates: Arc<DuplicateWindow>,
    /// The last insert failed: said once, until one succeeds.
    store_is_away: AtomicBool,
    /// Another collector ships to this store: any event may have come to it as well.
    others: AtomicBool,
    /// From when on it may ship; nothing before it is known whether there are others.
    ships_from: Mutex<Option<Instant>>,
    /// The segments on their way, by name, with when they were begun. A segment asks what the store has when those
    /// before it are there.
    on_their_way: Mutex<BTreeSet<String>>,
    arrived: tokio::sync::Notify,
    oldest: Arc<AtomicU64>,
}

/// A segment that waits, with what is counted for it.
struct Waiting {
    segment: SealedSegment,
    name: String,
    counts: Counts,
}

/// The inserts of a segment, in their order.
#[derive(Clone, Copy)]
enum Step {
    Events,
    Refused,
}

enum Inserted {
    All,
    Refused(Done),
    Abandoned,
}

/// Why a segment is not read.
enum LoadError {
    /// The disk does not give it; says nothing about the segment.
    Disk(String),
    /// Its file is gone.
    Gone,
    /// It is damaged.
    Damaged(String),
}

impl Shipper {
    /// A shipper for `spool` into `store`; `collector` names this collector in the store.
    pub fn new(
        spool: SpoolFiles,
        store: Store,
        metrics: Arc<Metrics>,
        collector: String,
        ledger: Arc<Ledger>,
        duplicates: Arc<DuplicateWindow>,
    ) -> Self {
        Self {
            spool,
            store,
            metrics,
            collector,
            ledger,
            duplicates,
            store_is_away: AtomicBool::new(false),
            others: AtomicBool::new(false),
            ships_from: Mutex::default(),
            on_their_way: Mutex::default(),
            arrived: tokio::sync::Notify::new(),
            oldest: Arc::default(),
        }
    }

    /// Runs until `sealed` ends and all is shipped, or `abandon` turns true: what is left is found by the next start.
    pub async fn run(
        self,
        mut sealed: mpsc::UnboundedReceiver<SealedSegment>,
        mut abandon: watch::Receiver<bool>,
    ) {
        let (decide, decided) = mpsc::unbounded_channel();
        let (again, mut unkept) = mpsc::unbounded_channel();
        let (spool, store, ledger) = (self.spool.clone(), self.store.clone(), self.ledger.clone());
        let (collector, oldest) = (self.collector.clone(), self.oldest.clone());
        let settler = Settler::new(spool, store, ledger, collector, decided, again, oldest);
        let mut settler = tokio::spawn(settler.run());
        let mut replays = tokio::time::interval(Duration::from_millis(REPLAY_POLL_MS));
        let mut others = tokio::time::interval(Duration::from_millis(OTHERS_POLL_MS));
        let mut in_flight = FuturesUnordered::new();
        let mut looking = FuturesUnordered::new();
        let mut queue = VecDeque::new();
        let abandoned = abandon.clone();
        let mut open = true;
        while open || !queue.is_empty() || !in_flight.is_empty() {
            while in_flight.len() < SEGMENTS_IN_FLIGHT_MAX
                && self.may_ship()
                && let Some(waiting) = queue.pop_front()
            {
                in_flight.push(self.ship(waiting, abandoned.clone()));
            }
            tokio::select! {
                segment = sealed.recv(), if open => match segment {
                    Some(segment) => queue.extend(self.receive(segment, &decide)),
                    None => open = false,
                },
                Some((segment, counts)) = unkept.recv() => queue.push_front(known_again(segment, counts)),
                Some(done) = in_flight.next(), if !in_flight.is_empty() => {
                    if let Some(done) = done && decide.send(done).is_err() {
                        tracing::error!("what is shipped cannot be settled; the next start does it");
                    }
                }
                Some(()) = looking.next(), if !looking.is_empty() => {}
                _ = replays.tick(), if open => self.take_replays(&mut queue, &decide),
                _ = others.tick(), if looking.is_empty() => looking.push(self.look_for_others()),
                () = tokio::time::sleep(Duration::from_millis(BACKOFF_MS_MIN)), if !queue.is_empty() && !self.may_ship() => {}
                _ = abandon.wait_for(|abandon| *abandon) => break,
            }
        }
        drop((in_flight, looking, decide));
        let patience = Duration::from_millis(SETTLE_MS_MAX);
        if tokio::time::timeout(patience, &mut settler).await.is_err() {
            settler.abort();
            tracing::info!("not all that was shipped is settled: the next start does it");
        }
    }

    /// Takes a segment up, and counts what an earlier process left.
    fn receive(&self, segment: SealedSegment, decide: &mpsc::UnboundedSender<Decided>) -> Option<Waiting> {
        let name = plain_name(&segment.path);
        let mut counts = Counts::new();
        for payload in segment.tally.iter().flat_map(Tally::payloads) {
            if ledger::read_record(payload, &mut counts).is_none() {
                tracing::warn!(segment = %name, "a count of the segment's tally cannot be read");
            }
        }
        if segment.origin == Origin::Found {
            if self.ledger.is_settled(&name) {
                let exists = segment.path.exists();
                let fate = if exists { Fate::Shipped(Counts::new()) } else { Fate::Away };
                drop(decide.send(Decided { segment, name, counts, fate }));
                return None;
            }
            self.ledger.counted(&counts);
            self.ledger.begins_to_hold(&ledger::held(&counts));
        }
        Some(Waiting { segment, name, counts })
    }

    fn take_replays(&self, queue: &mut VecDeque<Waiting>, decide: &mpsc::UnboundedSender<Decided>) {
        match self.spool.take_replays() {
            Ok(segments) => {
                for segment in segments {
                    tracing::info!(segment = %segment.path.display(), "a segment that was set aside is shipped again");
                    queue.extend(self.receive(segment, decide));
                }
            }
            Err(error) => tracing::warn!(%error, "segments that were put back cannot be taken"),
        }
    }

    async fn look_for_others(&self) {
        #[derive(Deserialize)]
        struct Row {
            others: u64,
        }
        let sql = "SELECT count() AS others FROM collector_status FINAL \
            WHERE collector != {collector:String} AND reported_at > now64(3) - INTERVAL 1 DAY";
        let others = match self
            .store
            .select::<Row>(sql, &[("collector", Param::from(self.collector.as_str()))])
            .await
        {
            Ok(rows) => rows.iter().any(|row| row.others > 0),
            Err(StoreError::Refused { .. }) => false,
            Err(error) => return tracing::debug!(%error, "whether there are other collectors is not known"),
        };
        self.others.store(others, Ordering::Relaxed);
        let wait = if others { OTHERS_SEE_MS } else { 0 };
        let mut ships_from = self.ships_from.lock().expect("no panic while noting");
        ships_from.get_or_insert_with(|| Instant::now() + Duration::from_millis(wait));
    }

    fn may_ship(&self) -> bool {
        self.ships_from.lock().expect("no panic while noting").is_some_and(|from| from <= Instant::now())
    }

    /// Ships a segment; `None` when it is time to stop.
    async fn ship(&self, waiting: Waiting, abandon: watch::Receiver<bool>) -> Option<Decided> {
        let Waiting { segment, name, counts } = waiting;
        self.departs(&name);
        let decided = self.decide(segment, &name, counts, abandon).await;
        self.arrives(&name);
        decided
    }

    fn departs(&self, name: &str) {
        let mut names = self.on_their_way.lock().expect("no panic while noting");
        names.insert(name.to_owned());
        self.note_oldest(&names);
    }

    fn arrives(&self, name: &str) {
        let mut names = self.on_their_way.lock().expect("no panic while noting");
        names.remove(name);
        self.note_oldest(&names);
        self.arrived.notify_waiters();
    }

    /// A segment's id says when it was begun.
    fn note_oldest(&self, names: &BTreeSet<String>) {
        let began = names.iter().filter_map(|name| {
            let (seconds, nanoseconds) = segment_id(name)?.get_timestamp()?.to_unix();
            Some(seconds * 1_000 + u64::from(nanoseconds) / 1_000_000)
        });
        self.oldest.store(began.min().unwrap_or(0), Ordering::Relaxed);
    }

    async fn decide(
        &self,
        segment: SealedSegment,
        name: &str,
        mut counts: Counts,
        abandon: watch::Receiver<bool>,
    ) -> Option<Decided> {
        let started = Instant::now();
        let done = Done::of(&segment.path);
        let contents = match self.load_until_read(&segment, name, abandon.clone()).await {
            Ok(contents) => contents?,
            Err(LoadError::Gone) => {
                tracing::error!(segment = %name, "a segment is gone or was set aside: what was answered for it is missing");
                self.spool.forget(&segment);
                let held = ledger::held(&counts);
                return Some(self.away(segment, name, counts, &held));
            }
            Err(LoadError::Damaged(reason) | LoadError::Disk(reason)) => {
                tracing::error!(segment = %name, %reason, "a damaged segment is set aside: see `orma spool quarantine`");
                let held = ledger::held(&counts);
                return Some(self.set_aside(segment, name, counts, &held, done));
            }
        };
        // Segments that were replayed or were written before tallies were: their counts are their own.
        let unknown = match segment.origin {
            Origin::Replayed if done.ledger => Counts::new(),
            _ => ledger::excess(&contents.counts, &counts),
        };
        self.ledger.counted(&unknown);
        ledger::merge(&mut counts, &unknown);
        let held = ledger::held(&contents.counts);
        let held_before = match segment.origin {
            Origin::Replayed => Counts::new(),
            _ => ledger::held(&counts),
        };
        self.reconcile_held(&held_before, &held, &unknown, segment.origin);
        self.insert_and_count(segment, name, (counts, held), contents, done, (abandon, started)).await
    }

    /// What was answered and is not in the segment is held no longer; what is in it and was not known is.
    fn reconcile_held(&self, before: &Counts, now: &Counts, unknown: &Counts, origin: Origin) {
        if origin == Origin::Replayed {
            self.ledger.begins_to_hold(now);
            return;
        }
        self.ledger.begins_to_hold(&ledger::held(unknown));
        let missing = ledger::excess(before, now);
        if !missing.is_empty() {
            let events: u64 = missing.values().sum();
            tracing::error!(events, "a segment holds less than was answered for it");
            self.ledger.holds_no_longer(&missing);
        }
    }

    async fn insert_and_count(
        &self,
        segment: SealedSegment,
        name: &str,
        (counts, held): (Counts, Counts),
        contents: Contents,
        done: Done,
        (abandon, started): (watch::Receiver<bool>, Instant),
    ) -> Option<Decided> {
        let Contents { to_ask, unasked, bytes, .. } = contents;
        self.metrics.ship_unasked.inc_by(unasked);
        let known = self.known_until_answered(name, &to_ask, abandon.clone()).await?;
        let to_ask: Vec<_> = to_ask.into_iter().filter(|(place, _)| !known.contains(place)).collect();
        let built = tokio::task::spawn_blocking(move || blocks::build(&bytes, &known)).await;
        let blocks = match built.map_err(|error| error.to_string()).and_then(|built| built) {
            Ok(blocks) => blocks,
            Err(reason) => {
                tracing::error!(segment = %name, %reason, "a damaged segment is set aside: see `orma spool quarantine`");
                return Some(self.set_aside(segment, name, counts, &held, done));
            }
        };
        let mut repeated = segment.origin != Origin::Sealed;
        match self.insert_until_taken(&blocks, done, name, &mut repeated, abandon).await {
            Inserted::Abandoned => None,
            Inserted::Refused(done) => Some(self.set_aside(segment, name, counts, &held, done)),
            Inserted::All => {
                let mut outcomes = outcomes(&blocks, repeated);
                if self.others.load(Ordering::Relaxed) {
                    self.yield_to_others(name, &to_ask, &mut outcomes).await;
                }
                self.ledger.shipped(&held, &outcomes);
                self.metrics.events_shipped.inc_by(blocks.events);
                self.metrics.events_duplicate.inc_by(blocks.known.values().sum());
                self.metrics.ship_seconds.observe(started.elapsed().as_secs_f64());
                let fate = Fate::Shipped(outcomes);
                Some(Decided { segment, name: name.to_owned(), counts, fate })
            }
        }
    }

    /// Of what two collectors inserted at once, the first counts.
    async fn yield_to_others(&self, name: &str, inserted: &[(usize, EventHead)], outcomes: &mut Counts) {
        let second = match known::came_second(&self.store, inserted).await {
            Ok(second) => second,
            Err(error) => {
                self.metrics.ship_unasked.inc_by(inserted.len() as u64);
                return tracing::warn!(segment = %name, %error, "whether another collector was first is not known");
            }
        };
        for (_, head) in inserted.iter().filter(|(place, _)| second.contains(place)) {
            let hour = ledger::hour_of(head.received_at);
            let shipped = ledger::Key::of(&head.site, hour, Outcome::Shipped);
            // One that was recognised before the insert is counted as a duplicate already.
            let Some(count) = outcomes.get_mut(&shipped).filter(|count| **count > 0) else { continue };
            *count -= 1;
            ledger::add(outcomes, &head.site, hour, Outcome::Duplicate, "", 1);
            ledger::add(outcomes, &head.site, hour, Outcome::Repeated, "", 1);
        }
    }

    /// No file of the spool holds the segment's events any more.
    fn away(&self, segment: SealedSegment, name: &str, counts: Counts, held: &Counts) -> Decided {
        self.ledger.holds_no_longer(held);
        Decided { segment, name: name.to_owned(), counts, fate: Fate::Away }
    }

    /// Sets a segment aside. Its counts are settled, and so they do not count again when it is put back.
    fn set_aside(
        &self,
        segment: SealedSegment,
        name: &str,
        counts: Counts,
        held: &Counts,
        done: Done,
    ) -> Decided {
        if let Err(error) = self.spool.quarantine(&segment, Done { ledger: true, ..done }) {
            tracing::error!(%error, segment = %name, "a segment cannot be set aside; a restart tries again");
        }
        self.away(segment, name, counts, held)
    }

    /// Reads a segment; `None` when it is time to stop. A disk that does not give it is asked again: setting the
    /// segment aside would take the disk's fault for the segment's.
    async fn load_until_read(
        &self,
        segment: &SealedSegment,
        name: &str,
        mut abandon: watch::Receiver<bool>,
    ) -> Result<Option<Contents>, LoadError> {
        let mut told = false;
        loop {
            match self.load(segment).await {
                Ok(contents) => return Ok(Some(contents)),
                Err(LoadError::Disk(error)) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::error!(segment = %name, %error, "the disk does not give a segment: tried again until it does");
                    }
                    if self.waits(BACKOFF_MS_MAX, &mut abandon).await.is_none() {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a segment, on a thread that may compute.
    async fn load(&self, segment: &SealedSegment) -> Result<Contents, LoadError> {
        let (spool, segment) = (self.spool.clone(), segment.clone());
        let others = self.others.load(Ordering::Relaxed);
        let twice = self.duplicates.came_twice();
        tokio::task::spawn_blocking(move || {
            let bytes = spool.read(&segment).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => LoadError::Gone,
                _ => LoadError::Disk(error.to_string()),
            })?;
            let remembered_from = segment.tally.as_ref().map_or(i64::MAX, |tally| tally.note);
            blocks::read(bytes, remembered_from, others, &twice).map_err(LoadError::Damaged)
        })
        .await
        .map_err(|error| LoadError::Damaged(error.to_string()))?
    }

    /// Which of a segment's events the store has, when all segments before it are there; `None` when it is time to
    /// stop.
    async fn known_until_answered(
        &self,
        name: &str,
        to_ask: &[(usize, EventHead)],
        mut abandon: watch::Receiver<bool>,
    ) -> Option<HashSet<usize>> {
        if to_ask.is_empty() {
            return Some(HashSet::new());
        }
        loop {
            let arrived = self.arrived.notified();
            let is_first = {
                let names = self.on_their_way.lock().expect("no panic while noting");
                names.first().is_none_or(|first| first == name)
            };
            if is_first {
                break;
            }
            tokio::select! {
                () = arrived => {}
                _ = abandon.wait_for(|abandon| *abandon) => return None,
            }
        }
        let mut backoff_ms = BACKOFF_MS_MIN;
        loop {
            match known::known(&self.store, to_ask).await {
                Ok(known) => return Some(known),
                Err(error @ StoreError::Refused { .. }) => {
                    // Rather an event twice than none at all.
                    self.metrics.ship_unasked.inc_by(to_ask.len() as u64);
                    tracing::warn!(segment = %name, %error, "what the store has of a segment is not known");
                    return Some(HashSet::new());
                }
                Err(error) => self.not_now(name, &error, &mut backoff_ms, &mut abandon).await?,
            }
        }
    }

    async fn insert_until_taken(
        &self,
        blocks: &Blocks,
        mut done: Done,
        name: &str,
        repeated: &mut bool,
        mut abandon: watch::Receiver<bool>,
    ) -> Inserted {
        let mut backoff_ms = BACKOFF_MS_MIN;
        let mut refused = false;
        for step in [Step::Events, Step::Refused] {
            loop {
                match self.insert(blocks, step, done, *repeated).await {
                    Ok(()) => {
                        if self.store_is_away.swap(false, Ordering::Relaxed) {
                            tracing::warn!("ClickHouse takes events again");
                        }
                        self.metrics.ship_backoff_seconds.set(0.0);
                        match step {
                            Step::Events => done.events = true,
                            Step::Refused => done.refused = true,
                        }
                        break;
                    }
                    Err(error) if error.is_transient() => {
                        *repeated = true;
                        if self.not_now(name, &error, &mut backoff_ms, &mut abandon).await.is_none() {
                            return Inserted::Abandoned;
                        }
                    }
                    Err(error) => {
                        tracing::error!(segment = %name, %error, "ClickHouse refuses a segment: set aside, see `orma spool quarantine`");
                        refused = true;
                        break;
                    }
                }
            }
        }
        if refused { Inserted::Refused(done) } else { Inserted::All }
    }

    /// Waits a while longer each time; `None` when it is time to stop.
    async fn not_now(
        &self,
        name: &str,
        error: &StoreError,
        backoff_ms: &mut u64,
        abandon: &mut watch::Receiver<bool>,
    ) -> Option<()> {
        self.metrics.ship_retries.inc();
        self.metrics.ship_backoff_seconds.set(*backoff_ms as f64 / 1000.0);
        if !self.store_is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "ClickHouse takes no events: they wait in the spool");
        }
        tracing::debug!(segment = %name, %error, backoff_ms, "not shipped yet");
        self.waits(*backoff_ms, abandon).await?;
        *backoff_ms = (*backoff_ms * 2).min(BACKOFF_MS_MAX);
        Some(())
    }

    async fn waits(&self, ms: u64, abandon: &mut watch::Receiver<bool>) -> Option<()> {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ms)) => Some(()),
            _ = abandon.wait_for(|abandon| *abandon) => None,
        }
    }

    async fn insert(
        &self,
        blocks: &Blocks,
        step: Step,
        done: Done,
        repeated: bool,
    ) -> Result<(), StoreError> {
        match step {
            Step::Events if blocks.events > 0 && !done.events => {
                let columns: Vec<&str> = blocks.event_columns.iter().map(String::as_str).collect();
                self.store.insert_native("events", &columns, &blocks.event_block).await
            }
            Step::Refused if blocks.rejected > 0 && !done.refused => {
                let statement = rejected::insert_statement(repeated.then_some(blocks.id));
                self.store.insert_statement(&statement, &blocks.rejected_block).await
            }
            _ => Ok(()),
        }
    }
}

/// A segment that was shipped, and whose insert the store's disk did not keep.
fn known_again(segment: SealedSegment, counts: Counts) -> Waiting {
    let name = plain_name(&segment.path);
    let origin = if segment.origin == Origin::Sealed { Origin::Found } else { segment.origin };
    Waiting { segment: SealedSegment { origin, ..segment }, name, counts }
}

/// What is counted when the store has a segment.
fn outcomes(blocks: &Blocks, repeated: bool) -> Counts {
    let mut outcomes = blocks.given.clone();
    ledger::merge(&mut outcomes, &blocks.known);
    if repeated {
        for (key, events) in &blocks.given {
            ledger::add(&mut outcomes, &key.site, key.hour, Outcome::Repeated, "", *events);
        }
    }
    outcomes
}

fn segment_id(name: &str) -> Option<uuid::Uuid> {
    name.split_once('-').and_then(|(_, id)| uuid::Uuid::parse_str(id).ok())
}
