//! What follows when a segment's fate is decided: the store's disk, the ledger's file, the segment's files, and what the
//! store is told.
//!
//! In this order, so that a crash at any place repeats a step and skips none:
//! 1. what was inserted is forced to the store's disk;
//! 2. the counts of the segments are settled, and the ledger's file is written;
//! 3. the segments' files are deleted.
//!
//! Every two seconds the store is told the hours that changed, and how the collector is. To force the disk takes as long
//! as others have written to it, minutes perhaps; who says nothing for a minute counts as gone, with what it holds. So
//! nothing but the segments' files waits for the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orma_store::{Param, Store, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::outcomes::outcome_block;
use super::unkept::Unkept;
use crate::ledger::{self, Counts, Ledger};
use crate::memory::{self, MemoryHooks};
use crate::spool::{SealedSegment, SpoolFiles};

/// How often it looks what was shipped, and tells the store.
const SETTLE_INTERVAL_MS: u64 = 2_000;
/// How often the collector reports how it is, when that has not changed.
const STATUS_INTERVAL_MS: u64 = 10_000;
/// Rows of `outcomes` in one insert.
const OUTCOME_ROWS_MAX: usize = 10_000;

/// A segment whose fate is decided.
#[derive(Debug)]
pub struct Decided {
    /// The segment.
    pub segment: SealedSegment,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub counts: Counts,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a segment.
#[derive(Debug)]
pub enum Fate {
    /// The store has it, if its disk keeps it; with what is counted for that.
    Shipped(Counts),
    /// Its file is in quarantine, or gone: only its tally is left here.
    Away,
}

/// What was decided before the store's disk was forced, and how that ended.
struct Flushed {
    waiting: Vec<Decided>,
    result: std::io::Result<()>,
}

/// Waits for the disk; for ever when it is not forced.
async fn flushed(flush: &mut Option<JoinHandle<Flushed>>) -> Option<Flushed> {
    match flush {
        Some(flush) => flush.await.ok(),
        None => std::future::pending().await,
    }
}

/// Settles segments.
pub struct Settler {
    spool: SpoolFiles,
    store: Store,
    ledger: Arc<Ledger>,
    collector: String,
    decided: mpsc::UnboundedReceiver<Decided>,
    /// Segments whose insert the store's disk did not keep go back to be shipped again.
    again: mpsc::UnboundedSender<(SealedSegment, Counts)>,
    /// Milliseconds since the epoch of the oldest segment on its way, 0 for none.
    oldest: Arc<AtomicU64>,
    /// Decided, and the store's disk is not asked for it yet.
    waiting: Vec<Decided>,
    /// The store's disk is forced.
    flush: Option<JoinHandle<Flushed>>,
    unkept: Unkept,
    reported: Option<(u64, Instant)>,
    memory: Option<MemoryHooks>,
}

impl Settler {
    /// A settler of what comes through `decided`.
    pub fn new(
        spool: SpoolFiles,
        store: Store,
        ledger: Arc<Ledger>,
        collector: String,
        decided: mpsc::UnboundedReceiver<Decided>,
        again: mpsc::UnboundedSender<(SealedSegment, Counts)>,
        oldest: Arc<AtomicU64>,
    ) -> Self {
        Self {
            spool,
            store,
            ledger,
            collector,
            decided,
            again,
            oldest,
            waiting: Vec::new(),
            flush: None,
            unkept: Unkept::default(),
            reported: None,
            memory: None,
        }
    }

    /// The same; its threads give memory back as the allocator is told.
    pub fn with_memory(self, memory: Option<MemoryHooks>) -> Self {
        Self { memory, ..self }
    }

    /// Settles until nobody decides any more, and then once more.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(SETTLE_INTERVAL_MS));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut open = true;
        while open {
            tokio::select! {
                biased;
                decided = self.decided.recv() => match decided {
                    Some(decided) => {
                        self.waiting.push(decided);
                        continue;
                    }
                    None => open = false,
                },
                _ = ticks.tick() => self.begin_flush(),
                flushed = flushed(&mut self.flush) => self.flushed(flushed).await,
            }
            self.send_again();
            self.save_and_tell().await;
        }
        for _ in 0..2 {
            // What is on its way, and what was decided since.
            self.begin_flush();
            if self.flush.is_some() {
                let flushed = flushed(&mut self.flush).await;
                self.flushed(flushed).await;
            }
        }
        self.reported = None;
        self.save_and_tell().await;
    }

    /// Has the store's disk forced, unless that is going on.
    fn begin_flush(&mut self) {
        if self.waiting.is_empty() || self.flush.is_some() {
            return;
        }
        let (store, waiting) = (self.store.clone(), std::mem::take(&mut self.waiting));
        self.flush = Some(tokio::spawn(async move { Flushed { waiting, result: store.sync().await } }));
    }

    async fn flushed(&mut self, flushed: Option<Flushed>) {
        self.flush = None;
        let Some(Flushed { waiting, result }) = flushed else { return };
        match result {
            Ok(()) => {
                self.unkept.taken();
                let stay = self.keep_and_remove(waiting).await;
                self.waiting.extend(stay);
            }
            Err(error) => self.not_kept(waiting, &error),
        }
    }

    fn send_again(&mut self) {
        for segment in self.unkept.due(Instant::now()) {
            if self.again.send(segment).is_err() {
                tracing::debug!("nobody ships any more; the next start finds the segment");
            }
        }
    }

    async fn save_and_tell(&mut self) {
        self.ledger.forget(jiff::Timestamp::now().as_millisecond());
        if !self.save_ledger().await {
            tracing::debug!("the store is told when the ledger's file is written");
        } else if let Err(error) = self.tell().await {
            tracing::debug!(%error, "the store was not told what became of events");
        }
    }

    async fn save_ledger(&self) -> bool {
        if !self.ledger.is_unsaved() {
            return true;
        }
        let ledger = self.ledger.clone();
        matches!(memory::blocking(self.memory, move || ledger.save()).await, Ok(Ok(())))
    }

    /// What was inserted since the last flush may be lost in a power cut, whatever a later flush says.
    fn not_kept(&mut self, waiting: Vec<Decided>, error: &std::io::Error) {
        let mut unkept = Vec::new();
        for decided in waiting {
            match decided.fate {
                // One that is settled was on the store's disk before, and only its file is left to delete.
                Fate::Shipped(outcomes) if !self.ledger.is_settled(&decided.name) => {
                    self.ledger.not_shipped(&ledger::held(&decided.counts), &outcomes);
                    unkept.push((decided.segment, decided.counts));
                }
                Fate::Shipped(_) | Fate::Away => self.waiting.push(decided),
            }
        }
        let segments = unkept.len();
        let wait = self.unkept.refused(unkept, Instant::now());
        tracing::error!(
            %error, segments, seconds = wait.as_secs(),
            "the store's disk refuses a flush: what was inserted is inserted again after so many seconds"
        );
    }

    /// Settles the counts and deletes the files. Returns what could not be.
    async fn keep_and_remove(&self, waiting: Vec<Decided>) -> Vec<Decided> {
        for decided in &waiting {
            let mut counts = decided.counts.clone();
            if let Fate::Shipped(outcomes) = &decided.fate {
                ledger::merge(&mut counts, outcomes);
            }
            if !self.ledger.is_settled(&decided.name) {
                self.ledger.settle(&decided.name, &counts);
            }
        }
        let (ledger, spool) = (self.ledger.clone(), self.spool.clone());
        let removed = memory::blocking(self.memory, move || {
            if let Err(error) = ledger.save() {
                tracing::error!(%error, "the ledger's file cannot be written: segments stay until it can");
                return waiting;
            }
            let names: Vec<String> = waiting.iter().map(|decided| decided.name.clone()).collect();
            let stay: Vec<Decided> =
                waiting.into_iter().filter_map(|decided| remove(&spool, decided)).collect();
            forget_removed(&spool, &ledger, &names, &stay);
            stay
        });
        removed.await.unwrap_or_default()
    }

    async fn tell(&mut self) -> Result<(), StoreError> {
        let rows = self.ledger.untold();
        for (number, some) in rows.chunks(OUTCOME_ROWS_MAX).enumerate() {
            let (block, columns) = outcome_block(some, &self.collector);
            let told = self.store.insert_native("outcomes", &columns, &block).await;
            if told.is_err() {
                self.ledger.not_told(&rows[number * OUTCOME_ROWS_MAX..]);
                return told;
            }
        }
        let bytes = self.spool.status().bytes.load(Ordering::Relaxed);
        let due = self.reported.is_none_or(|(before, at)| {
            before != bytes || at.elapsed() > Duration::from_millis(STATUS_INTERVAL_MS)
        });
        if due {
            self.report(bytes).await?;
            self.reported = Some((bytes, Instant::now()));
        }
        Ok(())
    }

    async fn report(&self, bytes: u64) -> Result<(), StoreError> {
        let (sites, counts): (Vec<String>, Vec<String>) =
            self.ledger.pending().into_iter().map(|(site, events)| (site, events.to_string())).unzip();
        let quarantined = self.spool.status().quarantined.load(Ordering::Relaxed);
        self.store
            .execute(
                "INSERT INTO collector_status SELECT {collector:String}, now64(3), \
                 mapFromArrays({sites:Array(String)}, arrayMap(text -> toUInt64(text), {counts:Array(String)})), \
                 {bytes:UInt64}, fromUnixTimestamp64Milli({oldest:Int64}, 'UTC'), {quarantined:UInt64}",
                &[
                    ("collector", self.collector.as_str().into()),
                    ("sites", Param::Texts(sites)),
                    ("counts", Param::Texts(counts)),
                    ("bytes", Param::Int(bytes.cast_signed())),
                    ("oldest", Param::Int(self.oldest.load(Ordering::Relaxed).cast_signed())),
                    ("quarantined", Param::Int(quarantined.cast_signed())),
                ],
            )
            .await
    }
}

/// The ledger forgets a segment when its files cannot come back: a power cut may undo a deletion that the disk was not
/// made to keep, where the spool lies on another disk than the ledger or the file system keeps no order.
fn forget_removed(spool: &SpoolFiles, ledger: &Ledger, names: &[String], stay: &[Decided]) {
    match spool.sync() {
        Ok(()) => {
            let removed = |name: &&String| !stay.iter().any(|decided| decided.name == **name);
            ledger.gone(names.iter().filter(removed).map(String::as_str));
        }
        Err(error) => tracing::error!(%error, "the spool's directory cannot be flushed"),
    }
}

/// Deletes a settled segment's files; gives it back when they cannot be.
fn remove(spool: &SpoolFiles, decided: Decided) -> Option<Decided> {
    let removed = match decided.fate {
        Fate::Shipped(_) => spool.remove(&decided.segment).or_else(|error| {
            // One that is gone already needs no deleting, and takes no room.
            if error.kind() != std::io::ErrorKind::NotFound {
                return Err(error);
            }
            spool.forget(&decided.segment);
            Ok(())
        }),
        Fate::Away => Ok(()),
    };
    match removed.and_then(|()| spool.remove_tally(&decided.segment)) {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(%error, segment = %decided.name, "a segment's file stays; it is tried again");
            Some(decided)
        }
    }
}
