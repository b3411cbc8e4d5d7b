//! What follows when a segment's fate is decided: the store's disk, the ledger's file, the segment's files, and what the
//! store is told.
//!
//! Every two seconds, in this order, so that a crash at any place repeats a step and skips none:
//! 1. what was inserted is forced to the store's disk;
//! 2. the counts of the segments are settled, and the ledger's file is written;
//! 3. the segments' files are deleted;
//! 4. the store is told the hours that changed, and how the collector is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orma_store::{Param, Store, StoreError};
use tokio::sync::mpsc;

use super::blocks::outcome_block;
use crate::ledger::{self, Counts, Ledger};
use crate::spool::{SealedSegment, SpoolFiles};

/// How often.
pub const SETTLE_INTERVAL_MS: u64 = 2_000;
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
    /// Decided, and not yet on the store's disk.
    waiting: Vec<Decided>,
    reported: Option<(u64, Instant)>,
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
        Self { spool, store, ledger, collector, decided, again, oldest, waiting: Vec::new(), reported: None }
    }

    /// Settles until nobody decides any more, and then once more.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(SETTLE_INTERVAL_MS));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut open = true;
        while open {
            ticks.tick().await;
            open = self.take();
            self.settle().await;
        }
        self.reported = None;
        self.settle().await;
    }

    /// Takes what was decided; `false` when nothing more will be.
    fn take(&mut self) -> bool {
        loop {
            match self.decided.try_recv() {
                Ok(decided) => self.waiting.push(decided),
                Err(mpsc::error::TryRecvError::Empty) => return true,
                Err(mpsc::error::TryRecvError::Disconnected) => return false,
            }
        }
    }

    async fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            if let Err(error) = self.store.sync().await {
                tracing::error!(%error, "the store's disk refuses a flush: what was inserted is inserted again");
                self.insert_again(waiting);
            } else {
                self.waiting = self.keep_and_remove(waiting).await;
            }
        }
        self.ledger.forget(jiff::Timestamp::now().as_millisecond());
        let ledger = self.ledger.clone();
        if !matches!(tokio::task::spawn_blocking(move || ledger.save()).await, Ok(Ok(()))) {
            tracing::debug!("the store is told when the ledger's file is written");
        } else if let Err(error) = self.tell().await {
            tracing::debug!(%error, "the store was not told what became of events");
        }
    }

    fn insert_again(&mut self, waiting: Vec<Decided>) {
        for decided in waiting {
            match decided.fate {
                // One that is settled was on the store's disk before, and only its file is left to delete.
                Fate::Shipped(outcomes) if !self.ledger.is_settled(&decided.name) => {
                    self.ledger.not_shipped(&ledger::held(&decided.counts), &outcomes);
                    if self.again.send((decided.segment, decided.counts)).is_err() {
                        tracing::debug!("nobody ships any more; the next start finds the segment");
                    }
                }
                Fate::Shipped(_) | Fate::Away => self.waiting.push(decided),
            }
        }
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
        let removed = tokio::task::spawn_blocking(move || {
            if let Err(error) = ledger.save() {
                tracing::error!(%error, "the ledger's file cannot be written: segments stay until it can");
                return waiting;
            }
            let stay: Vec<Decided> =
                waiting.into_iter().filter_map(|decided| remove(&spool, &ledger, decided)).collect();
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

/// Deletes a settled segment's files; gives it back when they cannot be.
fn remove(spool: &SpoolFiles, ledger: &Ledger, decided: Decided) -> Option<Decided> {
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
        Ok(()) => {
            ledger.gone([decided.name.as_str()]);
            None
        }
        Err(error) => {
            tracing::error!(%error, segment = %decided.name, "a segment's file stays; it is tried again");
            Some(decided)
        }
    }
}
