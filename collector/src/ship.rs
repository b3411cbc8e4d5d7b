//! Sealed segments to ClickHouse: oldest first, several in flight, again until they are there.
//!
//! A segment becomes up to three inserts: its events, its refused events, its counts for the ledger. Each has a token
//! made from the segment's id, so a repeat after a crash or a lost answer changes nothing. The segment is deleted when
//! all three are confirmed. The counts come last, so that while ClickHouse takes no events they are pending and not
//! missing; a segment whose events are refused for good is counted all the same, and shows as a gap.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use foldhash::fast::RandomState;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use orma_store::event_row::ColumnType;
use orma_store::native_block::BlockBuilder;
use orma_store::record::RecordWriter;
use orma_store::{EventBlock, Param, Store, StoreError};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::ledger::{self, Counts, Outcome};
use crate::metrics::Metrics;
use crate::pending::{Pending, Queue, SiteCounts, Waiting};
use crate::rejected;
use crate::spool::{Done, RecordKind, SealedSegment, SpoolFiles, read_segment};

/// Segments on their way at once.
const SEGMENTS_IN_FLIGHT_MAX: usize = 3;
const BACKOFF_MS_MIN: u64 = 100;
const BACKOFF_MS_MAX: u64 = 5_000;
/// How often the collector reports what it holds, when that has not changed.
const STATUS_INTERVAL_MS: u64 = 10_000;
/// How often it looks whether it has changed.
const STATUS_POLL_MS: u64 = 500;
/// How often it looks whether an operator has put segments back.
const REPLAY_POLL_MS: u64 = 1_000;

/// Ships until the spool is closed and everything is confirmed, or `abandon` turns true.
pub struct Shipper {
    spool: SpoolFiles,
    store: Store,
    metrics: Arc<Metrics>,
    collector: String,
    pending: Arc<Pending>,
    /// The last insert failed: said once, until one succeeds.
    store_is_away: AtomicBool,
}

/// The blocks of one segment.
struct Inserts {
    id: Uuid,
    created_ms: i64,
    events: u64,
    event_columns: Vec<String>,
    event_block: Vec<Bytes>,
    rejected: u64,
    rejected_block: Vec<Bytes>,
    counts: Counts,
}

/// The inserts of a segment, in their order.
#[derive(Clone, Copy)]
enum Step {
    Events,
    Refused,
    Ledger,
}

enum Outcomes {
    Shipped,
    Quarantined(Done),
    Abandoned,
}

/// Why a segment is not read.
enum LoadError {
    /// The disk does not give it; says nothing about the segment.
    Disk(String),
    /// It is damaged.
    Damaged(String),
}

impl Shipper {
    /// A shipper for `spool` into `store`; `collector` names this collector in the ledger.
    pub fn new(spool: SpoolFiles, store: Store, metrics: Arc<Metrics>, collector: String) -> Self {
        Self {
            spool,
            store,
            metrics,
            collector,
            pending: Arc::default(),
            store_is_away: AtomicBool::new(false),
        }
    }

    /// Runs until `sealed` ends and all is shipped, or `abandon` turns true: what is left is found by the next start.
    pub async fn run(
        self,
        mut sealed: mpsc::UnboundedReceiver<SealedSegment>,
        mut abandon: watch::Receiver<bool>,
    ) {
        let reporter = tokio::spawn(report_status(
            self.store.clone(),
            self.spool.clone(),
            self.collector.clone(),
            self.pending.clone(),
        ));
        let mut replays = tokio::time::interval(Duration::from_millis(REPLAY_POLL_MS));
        let mut in_flight = FuturesUnordered::new();
        let mut counting = FuturesUnordered::new();
        let mut queue = Queue::default();
        let abandoned = abandon.clone();
        let mut open = true;
        while open || !queue.is_empty() || !in_flight.is_empty() {
            while in_flight.len() < SEGMENTS_IN_FLIGHT_MAX
                && let Some(waiting) = queue.pop()
            {
                in_flight.push(self.ship(waiting, abandoned.clone()));
            }
            if counting.is_empty()
                && let Some(segment) = queue.next_to_count()
            {
                counting.push(self.count(segment.clone()));
            }
            tokio::select! {
                segment = sealed.recv(), if open => match segment {
                    Some(segment) => queue.push(segment),
                    None => open = false,
                },
                Some(()) = in_flight.next(), if !in_flight.is_empty() => {}
                Some((segment, counts)) = counting.next(), if !counting.is_empty() => {
                    if let Some(late) = queue.counted(&segment, counts) {
                        self.pending.subtract(&late);
                    }
                }
                _ = replays.tick(), if open => self.take_replays(&mut queue),
                _ = abandon.wait_for(|abandon| *abandon) => break,
            }
        }
        drop(in_flight);
        reporter.abort();
        if let Err(error) = write_status(&self.store, &self.spool, &self.collector, &self.pending).await {
            tracing::debug!(%error, "the last status was not reported");
        }
    }

    fn take_replays(&self, queue: &mut Queue) {
        match self.spool.take_replays() {
            Ok(segments) => {
                for segment in segments {
                    tracing::info!(segment = %segment.path.display(), "a segment that was set aside is shipped again");
                    queue.push(segment);
                }
            }
            Err(error) => tracing::warn!(%error, "segments that were put back cannot be taken"),
        }
    }

    /// What a segment of the backlog holds; nothing when it cannot be read, which is told when it is shipped.
    async fn count(&self, segment: SealedSegment) -> (SealedSegment, SiteCounts) {
        let (spool, asked) = (self.spool.clone(), segment.clone());
        let counts = tokio::task::spawn_blocking(move || count(&spool.read(&asked).ok()?)).await;
        let counts = counts.ok().flatten().unwrap_or_default();
        (segment, self.pending.add(&counts))
    }

    async fn ship(&self, waiting: Waiting, abandon: watch::Receiver<bool>) {
        let Waiting { segment, counts } = waiting;
        let name = segment.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let started = Instant::now();
        let mut held = counts;
        let outcome = match self.load_until_read(&segment, &name, abandon.clone()).await {
            Ok(Some(inserts)) => {
                held.get_or_insert_with(|| self.pending.add(&inserts.counts));
                self.pending.departs(&name, inserts.created_ms);
                self.insert_until_taken(&inserts, Done::of(&segment.path), &name, abandon).await
            }
            Ok(None) => Outcomes::Abandoned,
            Err(reason) => {
                tracing::error!(segment = %name, %reason, "a damaged segment is set aside: see `orma spool quarantine`");
                Outcomes::Quarantined(Done::of(&segment.path))
            }
        };
        let finished = match outcome {
            Outcomes::Shipped => {
                self.metrics.ship_seconds.observe(started.elapsed().as_secs_f64());
                self.spool.remove(&segment)
            }
            Outcomes::Quarantined(done) => self.spool.quarantine(&segment, done),
            Outcomes::Abandoned => Ok(()),
        };
        if let Err(error) = finished {
            tracing::error!(%error, segment = %name, "the segment's file stays; a restart ships it again, once");
        }
        self.pending.arrives(&name);
        if let Some(counts) = held {
            self.pending.subtract(&counts);
        }
    }

    /// Reads a segment; `None` when it is time to stop. A disk that does not give it is asked again: setting the
    /// segment aside would take the disk's fault for the segment's.
    async fn load_until_read(
        &self,
        segment: &SealedSegment,
        name: &str,
        mut abandon: watch::Receiver<bool>,
    ) -> Result<Option<Inserts>, String> {
        let mut told = false;
        loop {
            match self.load(segment).await {
                Ok(inserts) => return Ok(Some(inserts)),
                Err(LoadError::Damaged(reason)) => return Err(reason),
                Err(LoadError::Disk(error)) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::error!(segment = %name, %error, "the disk does not give a segment: tried again until it does");
                    }
                    let wait = tokio::time::sleep(Duration::from_millis(BACKOFF_MS_MAX));
                    tokio::select! {
                        () = wait => {}
                        _ = abandon.wait_for(|abandon| *abandon) => return Ok(None),
                    }
                }
            }
        }
    }

    /// Reads a segment and turns it into blocks, on a thread that may compute.
    async fn load(&self, segment: &SealedSegment) -> Result<Inserts, LoadError> {
        let (spool, segment) = (self.spool.clone(), segment.clone());
        tokio::task::spawn_blocking(move || {
            let bytes = spool.read(&segment).map_err(|error| LoadError::Disk(error.to_string()))?;
            build(&bytes).map_err(LoadError::Damaged)
        })
        .await
        .map_err(|error| LoadError::Damaged(error.to_string()))?
    }

    async fn insert_until_taken(
        &self,
        inserts: &Inserts,
        mut done: Done,
        name: &str,
        mut abandon: watch::Receiver<bool>,
    ) -> Outcomes {
        let mut backoff_ms = BACKOFF_MS_MIN;
        let mut refused = false;
        for step in [Step::Events, Step::Refused, Step::Ledger] {
            loop {
                match self.insert(inserts, step, &done).await {
                    Ok(()) => {
                        if self.store_is_away.swap(false, Ordering::Relaxed) {
                            tracing::warn!("ClickHouse takes events again");
                        }
                        self.metrics.ship_backoff_seconds.set(0.0);
                        match step {
                            Step::Events => done.events = true,
                            Step::Refused => done.refused = true,
                            Step::Ledger => done.ledger = true,
                        }
                        break;
                    }
                    Err(error) if error.is_transient() => {
                        self.metrics.ship_retries.inc();
                        self.metrics.ship_backoff_seconds.set(backoff_ms as f64 / 1000.0);
                        if !self.store_is_away.swap(true, Ordering::Relaxed) {
                            tracing::warn!(%error, "ClickHouse takes no events: they wait in the spool");
                        }
                        tracing::debug!(segment = %name, %error, backoff_ms, "not shipped yet");
                        let wait = tokio::time::sleep(Duration::from_millis(backoff_ms));
                        tokio::select! {
                            () = wait => {}
                            _ = abandon.wait_for(|abandon| *abandon) => return Outcomes::Abandoned,
                        }
                        backoff_ms = (backoff_ms * 2).min(BACKOFF_MS_MAX);
                    }
                    Err(error) => {
                        tracing::error!(segment = %name, %error, "ClickHouse refuses a segment: set aside, see `orma spool quarantine`");
                        refused = true;
                        break;
                    }
                }
            }
        }
        if refused {
            return Outcomes::Quarantined(done);
        }
        self.metrics.events_shipped.inc_by(inserts.events);
        Outcomes::Shipped
    }

    async fn insert(&self, inserts: &Inserts, step: Step, done: &Done) -> Result<(), StoreError> {
        let token = inserts.id.simple().to_string();
        match step {
            Step::Events if inserts.events > 0 && !done.events => {
                let columns: Vec<&str> = inserts.event_columns.iter().map(String::as_str).collect();
                self.store.insert_native("events", &columns, &inserts.event_block, Some(&token)).await
            }
            Step::Refused if inserts.rejected > 0 && !done.refused => {
                let columns = rejected::COLUMNS.map(|(name, _)| name);
                let token = format!("{token}-rejected");
                self.store
                    .insert_native("rejected_events", &columns, &inserts.rejected_block, Some(&token))
                    .await
            }
            Step::Ledger if !inserts.counts.is_empty() && !done.ledger => {
                let (block, columns) = ledger_block(&inserts.counts, &self.collector);
                self.store.insert_native("ledger", &columns, &block, Some(&format!("{token}-ledger"))).await
            }
            _ => Ok(()),
        }
    }
}

/// Counts the records of a segment.
#[derive(Default)]
struct Tally<'a> {
    counts: Counts,
    /// Accepted events by site and hour since the epoch, not yet in the counts.
    events: HashMap<(&'a str, i64), u64, RandomState>,
}

impl<'a> Tally<'a> {
    fn add(
        &mut self,
        kind: RecordKind,
        payload: &'a [u8],
        columns: &[(String, ColumnType)],
    ) -> Result<(), &'static str> {
        match kind {
            RecordKind::Event => {
                let (site, received_at) = ledger::site_and_reception(payload, columns)
                    .ok_or("an event without site or moment of reception")?;
                *self.events.entry((site, received_at.div_euclid(ledger::HOUR_MS))).or_default() += 1;
            }
            RecordKind::Rejected => {
                let (site, received_at, reason) =
                    rejected::read_head(payload).ok_or("a refused event that cannot be read")?;
                ledger::add(&mut self.counts, &site, received_at, Outcome::Rejected, &reason, 1);
            }
            RecordKind::Count => {
                ledger::read_record(payload, &mut self.counts).ok_or("a count that cannot be read")?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Counts {
        for ((site, hour), events) in self.events {
            let moment = hour * ledger::HOUR_MS;
            ledger::add(&mut self.counts, site, moment, Outcome::Accepted, "", events);
        }
        self.counts
    }
}

/// A segment's bytes to its blocks.
fn build(bytes: &[u8]) -> Result<Inserts, String> {
    let segment = read_segment(bytes).map_err(|error| error.to_string())?;
    if let Some(damage) = segment.damage {
        return Err(damage.to_string());
    }
    let mut events = Vec::new();
    let mut refused = BlockBuilder::new(rejected::COLUMNS);
    let mut tally = Tally::default();
    for (kind, payload) in segment.records {
        match kind {
            RecordKind::Event => events.push(payload),
            RecordKind::Rejected => refused.push(payload).map_err(|error| error.to_string())?,
            RecordKind::Count => {}
        }
        tally.add(kind, payload, &segment.columns)?;
    }
    let counts = tally.finish();
    let events = EventBlock::new(&segment.columns, events).map_err(|error| error.to_string())?;
    Ok(Inserts {
        id: segment.id,
        created_ms: segment.created_ms,
        events: events.rows,
        event_block: events.pieces,
        event_columns: events.columns,
        rejected: refused.rows() as u64,
        rejected_block: refused.finish(),
        counts,
    })
}

/// What a segment counts, without its blocks; `None` when it cannot be read to its end.
fn count(bytes: &[u8]) -> Option<Counts> {
    let segment = read_segment(bytes).ok().filter(|segment| segment.damage.is_none())?;
    let mut tally = Tally::default();
    for (kind, payload) in segment.records {
        tally.add(kind, payload, &segment.columns).ok()?;
    }
    Some(tally.finish())
}

fn ledger_block(counts: &Counts, collector: &str) -> (Vec<Bytes>, [&'static str; 6]) {
    const COLUMNS: [(&str, ColumnType); 6] = [
        ("site", ColumnType::LowCardinality),
        ("hour", ColumnType::Timestamp),
        ("collector", ColumnType::LowCardinality),
        ("outcome", ColumnType::LowCardinality),
        ("reason", ColumnType::LowCardinality),
        ("events", ColumnType::UInt64),
    ];
    let mut block = BlockBuilder::new(COLUMNS);
    let mut record = Vec::new();
    for (key, events) in counts {
        record.clear();
        let mut writer = RecordWriter::new(COLUMNS.len(), &mut record);
        writer.push(&key.site.as_str());
        writer.push(&key.hour);
        for text in [collector, &key.outcome, &key.reason] {
            writer.push(&text);
        }
        writer.push(events);
        writer.finish();
        block.push(&record).expect("a record of these columns");
    }
    (block.finish(), COLUMNS.map(|(name, _)| name))
}

async fn report_status(store: Store, spool: SpoolFiles, collector: String, pending: Arc<Pending>) {
    let mut reported: Option<((u64, u64), Instant)> = None;
    loop {
        let bytes = spool.status().bytes.load(Ordering::Relaxed);
        let held = (bytes, pending.now().0.values().sum());
        let due = reported.is_none_or(|(before, at)| {
            before != held || at.elapsed() > Duration::from_millis(STATUS_INTERVAL_MS)
        });
        if due {
            match write_status(&store, &spool, &collector, &pending).await {
                Ok(()) => reported = Some((held, Instant::now())),
                Err(error) => tracing::debug!(%error, "the status was not reported"),
            }
        }
        tokio::time::sleep(Duration::from_millis(STATUS_POLL_MS)).await;
    }
}

async fn write_status(
    store: &Store,
    spool: &SpoolFiles,
    collector: &str,
    pending: &Pending,
) -> Result<(), StoreError> {
    let (pending, oldest) = pending.now();
    let status = spool.status();
    let (sites, counts): (Vec<String>, Vec<String>) =
        pending.into_iter().map(|(site, events)| (site.to_string(), events.to_string())).unzip();
    let number =
        |number: &std::sync::atomic::AtomicU64| Param::Int(number.load(Ordering::Relaxed).cast_signed());
    store
        .execute(
            "INSERT INTO collector_status SELECT {collector:String}, now64(3), \
             mapFromArrays({sites:Array(String)}, arrayMap(text -> toUInt64(text), {counts:Array(String)})), \
             {bytes:UInt64}, fromUnixTimestamp64Milli({oldest:Int64}, 'UTC'), {quarantined:UInt64}",
            &[
                ("collector", collector.into()),
                ("sites", Param::Texts(sites)),
                ("counts", Param::Texts(counts)),
                ("bytes", number(&status.bytes)),
                ("oldest", Param::Int(oldest.unwrap_or(0))),
                ("quarantined", number(&status.quarantined)),
            ],
        )
        .await
}
