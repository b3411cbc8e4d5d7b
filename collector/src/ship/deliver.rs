//! One segment's way into the store: read it, ask what the store has of it, insert the rest until that has succeeded.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use orma_store::{Store, StoreError};
use tokio::sync::watch;
use uuid::Uuid;

use super::arrivals;
use super::blocks::{self, Blocks, Contents, EventHead, Next};
use super::in_flight::{InFlight, segment_id};
use super::known;
use super::settle::{Decided, Fate};
use crate::duplicates::DuplicateWindow;
use crate::ledger::{self, Counts, Ledger, Outcome};
use crate::memory::{self, MemoryHooks};
use crate::metrics::Metrics;
use crate::record::rejected;
use crate::record::{Done, replay};
use crate::spool::{Origin, SealedSegment, SpoolFiles};

/// How long it waits before it tries again, at first; twice as long each time …
pub(super) const BACKOFF_MS_MIN: u64 = 100;
/// … and no longer than this.
const BACKOFF_MS_MAX: u64 = 5_000;

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

/// A segment that waits, with what is counted for it.
pub(super) struct Waiting {
    pub(super) segment: SealedSegment,
    pub(super) name: String,
    pub(super) counts: Counts,
}

/// Brings segments to the store.
pub(super) struct Delivery {
    pub(super) spool: SpoolFiles,
    pub(super) store: Store,
    pub(super) metrics: Arc<Metrics>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) duplicates: Arc<DuplicateWindow>,
    /// The last insert failed: said once, until one succeeds.
    pub(super) store_is_away: AtomicBool,
    /// Another collector ships to this store: any event may have come to it as well.
    pub(super) others: AtomicBool,
    /// A segment asks what the store has when those before it are there.
    pub(super) in_flight: InFlight,
    pub(super) memory: Option<MemoryHooks>,
}

impl Delivery {
    /// Ships a segment; `None` when it is time to stop.
    pub(super) async fn ship(&self, waiting: Waiting, abandon: watch::Receiver<bool>) -> Option<Decided> {
        let Waiting { segment, name, counts } = waiting;
        self.in_flight.departs(&name);
        let decided = self.decide(segment, &name, counts, abandon).await;
        self.in_flight.arrives(&name);
        decided
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
        let is_repeated = segment.origin != Origin::Sealed;
        let without_known = self.without_known(name, contents.next, is_repeated, abandon.clone());
        let (blocks, given) = match without_known.await? {
            Ok(blocks) => blocks,
            Err(reason) => {
                tracing::error!(segment = %name, %reason, "a damaged segment is set aside: see `orma spool quarantine`");
                return Some(self.set_aside(segment, name, counts, &held, done));
            }
        };
        let mut repeated = is_repeated;
        match self.insert_until_taken(&blocks, done, name, &mut repeated, abandon.clone()).await {
            Inserted::Abandoned => None,
            Inserted::Refused(done) => Some(self.set_aside(segment, name, counts, &held, done)),
            Inserted::All => {
                let mut outcomes = outcomes(&blocks, repeated);
                let (id, events, known) = (blocks.id, blocks.events, blocks.known.values().sum());
                drop(blocks);
                if self.others.load(Ordering::Relaxed) {
                    // What the next segment asks for is there, and it need not wait for who was first.
                    self.in_flight.arrives(name);
                    self.yield_to_others(name, id, &given, &mut outcomes, abandon).await?;
                }
                self.ledger.shipped(&held, &outcomes);
                self.metrics.events_shipped.inc_by(events);
                self.metrics.events_duplicate.inc_by(known);
                self.metrics.ship_seconds.observe(started.elapsed().as_secs_f64());
                let fate = Fate::Shipped(outcomes);
                Some(Decided { segment, name: name.to_owned(), counts, fate })
            }
        }
    }

    /// The blocks of what the store does not have, and what was asked for of that; `None` when it is time to stop.
    async fn without_known(
        &self,
        name: &str,
        next: Next,
        is_repeated: bool,
        abandon: watch::Receiver<bool>,
    ) -> Option<Result<(Blocks, Vec<EventHead>), String>> {
        let (heads, unasked, bytes) = match next {
            Next::Insert(blocks) => return Some(Ok((*blocks, Vec::new()))),
            Next::Ask { heads, unasked, bytes } => (heads, unasked, bytes),
        };
        self.metrics.ship_unasked.inc_by(unasked);
        let mut known = self.known_until_answered(name, &heads, abandon.clone()).await?;
        if is_repeated && !known.is_empty() {
            self.without_own(name, &heads, &mut known, abandon).await?;
        }
        let mut seen = HashSet::new();
        let is_given = |(index, head): &(usize, EventHead)| {
            !known.contains(index) && seen.insert((head.site.clone(), head.event_id))
        };
        let heads: Vec<_> = heads.into_iter().filter(is_given).map(|(_, head)| head).collect();
        let built = memory::blocking(self.memory, move || blocks::build(&bytes, &known)).await;
        let built = built.map_err(|error| error.to_string()).and_then(|built| built);
        Some(built.map(|blocks| (blocks, heads)))
    }

    /// Of a segment that was inserted before, what it has noted then is not known from elsewhere, although it may have come
    /// from there as well.
    async fn without_own(
        &self,
        name: &str,
        heads: &[(usize, EventHead)],
        known: &mut HashSet<usize>,
        abandon: watch::Receiver<bool>,
    ) -> Option<()> {
        let Some(segment) = segment_id(name) else { return Some(()) };
        let ask = || arrivals::noted(&self.store, segment);
        let own = self.until_answered(name, known.len(), ask, abandon).await?;
        for (index, head) in heads {
            if own.contains(&arrivals::key(head)) {
                known.remove(index);
            }
        }
        Some(())
    }

    /// Of what two collectors inserted at once, the first counts; `None` when it is time to stop.
    async fn yield_to_others(
        &self,
        name: &str,
        segment: Uuid,
        given: &[EventHead],
        outcomes: &mut Counts,
        mut abandon: watch::Receiver<bool>,
    ) -> Option<()> {
        if given.is_empty() {
            return Some(());
        }
        let hours: HashMap<u64, &EventHead> = given.iter().map(|head| (arrivals::key(head), head)).collect();
        let keys = hours.keys().copied().collect();
        let note = || arrivals::note(&self.store, segment, &keys);
        self.until_answered(name, given.len(), note, abandon.clone()).await?;
        self.waits(arrivals::SEEN_AFTER_MS, &mut abandon).await?;
        let ask = || arrivals::second(&self.store, segment, age(segment));
        let second = self.until_answered(name, given.len(), ask, abandon).await?;
        for head in second.iter().filter_map(|key| hours.get(key)) {
            let hour = ledger::hour_of(head.received_at);
            let shipped = ledger::Key::of(&head.site, hour, Outcome::Shipped);
            let Some(count) = outcomes.get_mut(&shipped).filter(|count| **count > 0) else { continue };
            *count -= 1;
            ledger::add(outcomes, &head.site, hour, Outcome::Duplicate, "", 1);
            ledger::add(outcomes, &head.site, hour, Outcome::Repeated, "", 1);
        }
        Some(())
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
        if let Err(error) = replay::quarantine(&self.spool, &segment, Done { ledger: true, ..done }) {
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
        memory::blocking(self.memory, move || {
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
        self.in_flight.wait_until_first(name, &mut abandon).await?;
        self.until_answered(name, to_ask.len(), || known::known(&self.store, to_ask), abandon).await
    }

    /// Asks until the store answers; `None` when it is time to stop. What it refuses is not known of so many events: rather
    /// an event twice than none at all.
    async fn until_answered<T: Default, F: Future<Output = Result<T, StoreError>> + Send>(
        &self,
        name: &str,
        events: usize,
        ask: impl Fn() -> F + Send,
        mut abandon: watch::Receiver<bool>,
    ) -> Option<T> {
        let mut backoff_ms = BACKOFF_MS_MIN;
        loop {
            match ask().await {
                Ok(answer) => return Some(answer),
                Err(error @ StoreError::Refused { .. }) => {
                    self.metrics.ship_unasked.inc_by(events as u64);
                    tracing::warn!(segment = %name, %error, "what the store has of a segment is not known");
                    return Some(T::default());
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

/// How long ago the segment was begun.
fn age(segment: Uuid) -> Duration {
    let began = segment.get_timestamp().map_or((0, 0), |timestamp| timestamp.to_unix());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::new(began.0, began.1))
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
