//! Sealed segments to ClickHouse: oldest first, several in flight, again until they are there.
//!
//! A segment becomes up to three inserts: its events, its refused events, its counts for the ledger. Each has a token
//! made from the segment's id, so a repeat after a crash or a lost answer changes nothing. The segment is deleted when
//! all three are confirmed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use orma_store::event_row::{ColumnType, write_text};
use orma_store::native_block::BlockBuilder;
use orma_store::{Param, Store, StoreError};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::ledger::{self, Counts, Outcome};
use crate::metrics::Metrics;
use crate::rejected;
use crate::spool::{RecordKind, SealedSegment, SpoolFiles, read_segment};

/// Segments on their way at once.
const SEGMENTS_IN_FLIGHT_MAX: usize = 3;
const BACKOFF_MS_MIN: u64 = 100;
const BACKOFF_MS_MAX: u64 = 5_000;
/// How often the collector reports what it holds, when that has not changed.
const STATUS_INTERVAL_MS: u64 = 10_000;
/// How often it looks whether it has changed.
const STATUS_POLL_MS: u64 = 500;

/// Ships until the spool is closed and everything is confirmed, or `abandon` turns true.
pub struct Shipper {
    spool: SpoolFiles,
    store: Store,
    metrics: Arc<Metrics>,
    collector: String,
    held: Arc<Mutex<HashMap<String, Held>>>,
    /// The last insert failed: said once, until one succeeds.
    store_is_away: AtomicBool,
}

/// What one segment holds.
#[derive(Clone, Debug)]
struct Held {
    events: HashMap<String, u64>,
    since_ms: i64,
}

/// The blocks of one segment.
struct Inserts {
    id: Uuid,
    events: u64,
    event_columns: Vec<String>,
    event_block: Bytes,
    rejected: u64,
    rejected_block: Bytes,
    counts: Counts,
}

enum Outcomes {
    Shipped,
    Quarantined,
    Abandoned,
}

impl Shipper {
    /// A shipper for `spool` into `store`; `collector` names this collector in the ledger.
    pub fn new(spool: SpoolFiles, store: Store, metrics: Arc<Metrics>, collector: String) -> Self {
        Self { spool, store, metrics, collector, held: Arc::default(), store_is_away: AtomicBool::new(false) }
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
            self.held.clone(),
        ));
        let mut in_flight = FuturesUnordered::new();
        let abandoned = abandon.clone();
        let mut open = true;
        while open || !in_flight.is_empty() {
            tokio::select! {
                segment = sealed.recv(), if open && in_flight.len() < SEGMENTS_IN_FLIGHT_MAX => match segment {
                    Some(segment) => in_flight.push(self.ship(segment, abandoned.clone())),
                    None => open = false,
                },
                Some(()) = in_flight.next(), if !in_flight.is_empty() => {}
                _ = abandon.wait_for(|abandon| *abandon) => break,
            }
        }
        drop(in_flight);
        reporter.abort();
        if let Err(error) = write_status(&self.store, &self.spool, &self.collector, &self.held).await {
            tracing::debug!(%error, "the last status was not reported");
        }
    }

    async fn ship(&self, segment: SealedSegment, abandon: watch::Receiver<bool>) {
        let name = segment.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let started = Instant::now();
        let outcome = match self.load(&segment, &name).await {
            Ok(inserts) => self.insert_until_taken(&inserts, &name, abandon).await,
            Err(reason) => {
                tracing::error!(segment = %name, %reason, "a damaged segment is set aside; see `quarantine`");
                Outcomes::Quarantined
            }
        };
        let finished = match outcome {
            Outcomes::Shipped => {
                self.metrics.ship_seconds.observe(started.elapsed().as_secs_f64());
                self.spool.remove(&segment)
            }
            Outcomes::Quarantined => self.spool.quarantine(&segment),
            Outcomes::Abandoned => Ok(()),
        };
        if let Err(error) = finished {
            tracing::error!(%error, segment = %name, "the segment's file stays; a restart ships it again, once");
        }
        self.held.lock().expect("no panic while counting").remove(&name);
    }

    /// Reads a segment and turns it into blocks, on a thread that may compute.
    async fn load(&self, segment: &SealedSegment, name: &str) -> Result<Inserts, String> {
        let (spool, segment) = (self.spool.clone(), segment.clone());
        let inserts = tokio::task::spawn_blocking(move || {
            let bytes = spool.read(&segment).map_err(|error| error.to_string())?;
            build(&bytes)
        })
        .await
        .map_err(|error| error.to_string())??;
        let mut held = Held { events: HashMap::new(), since_ms: jiff::Timestamp::now().as_millisecond() };
        for (key, events) in &inserts.counts {
            if key.outcome == Outcome::Accepted.as_str() {
                *held.events.entry(key.site.clone()).or_default() += events;
            }
        }
        self.held.lock().expect("no panic while counting").insert(name.to_owned(), held);
        Ok(inserts)
    }

    async fn insert_until_taken(
        &self,
        inserts: &Inserts,
        name: &str,
        mut abandon: watch::Receiver<bool>,
    ) -> Outcomes {
        let mut backoff_ms = BACKOFF_MS_MIN;
        loop {
            match self.insert(inserts).await {
                Ok(()) => {
                    if self.store_is_away.swap(false, Ordering::Relaxed) {
                        tracing::warn!("ClickHouse takes events again");
                    }
                    self.metrics.events_shipped.inc_by(inserts.events);
                    return Outcomes::Shipped;
                }
                Err(error) if error.is_transient() => {
                    self.metrics.ship_retries.inc();
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
                    tracing::error!(segment = %name, %error, "ClickHouse refuses a segment: set aside; see `quarantine`");
                    return Outcomes::Quarantined;
                }
            }
        }
    }

    async fn insert(&self, inserts: &Inserts) -> Result<(), StoreError> {
        let token = inserts.id.simple().to_string();
        // The counts first: a segment that is then refused shows as a gap, not as nothing.
        if !inserts.counts.is_empty() {
            let (block, columns) = ledger_block(&inserts.counts, &self.collector);
            self.store.insert_native("ledger", &columns, block, Some(&format!("{token}-ledger"))).await?;
        }
        if inserts.events > 0 {
            let columns: Vec<&str> = inserts.event_columns.iter().map(String::as_str).collect();
            self.store.insert_native("events", &columns, inserts.event_block.clone(), Some(&token)).await?;
        }
        if inserts.rejected > 0 {
            let columns = rejected::COLUMNS.map(|(name, _)| name);
            let token = format!("{token}-rejected");
            self.store
                .insert_native("rejected_events", &columns, inserts.rejected_block.clone(), Some(&token))
                .await?;
        }
        Ok(())
    }
}

/// Accepted events of one site and hour, counted before they are looked up: neighbours are mostly of the same.
#[derive(Default)]
struct Accepted<'a> {
    site: &'a str,
    received_at: i64,
    events: u64,
}

impl<'a> Accepted<'a> {
    fn add(&mut self, site: &'a str, received_at: i64, counts: &mut Counts) {
        let hour = |moment: i64| moment.div_euclid(ledger::HOUR_MS);
        if self.events > 0 && (self.site != site || hour(self.received_at) != hour(received_at)) {
            std::mem::take(self).write(counts);
        }
        *self = Self { site, received_at, events: self.events + 1 };
    }

    fn write(self, counts: &mut Counts) {
        if self.events > 0 {
            ledger::add(counts, self.site, self.received_at, Outcome::Accepted, "", self.events);
        }
    }
}

/// A segment's bytes to its blocks.
fn build(bytes: &[u8]) -> Result<Inserts, String> {
    let segment = read_segment(bytes).map_err(|error| error.to_string())?;
    if let Some(damage) = segment.damage {
        return Err(damage.to_string());
    }
    let mut events = BlockBuilder::new(segment.columns.iter().map(|(name, kind)| (name.clone(), *kind)));
    let mut refused = BlockBuilder::new(rejected::COLUMNS);
    let mut counts = Counts::new();
    let mut accepted = Accepted::default();
    for (kind, payload) in segment.records {
        match kind {
            RecordKind::Event => {
                events.push(payload).map_err(|error| error.to_string())?;
                let (site, received_at) = ledger::site_and_reception(payload, &segment.columns)
                    .ok_or("an event without site or moment of reception")?;
                accepted.add(site, received_at, &mut counts);
            }
            RecordKind::Rejected => {
                refused.push(payload).map_err(|error| error.to_string())?;
                let (site, received_at, reason) =
                    rejected::read_head(payload).ok_or("a refused event that cannot be read")?;
                ledger::add(&mut counts, &site, received_at, Outcome::Rejected, &reason, 1);
            }
            RecordKind::Count => {
                ledger::read_record(payload, &mut counts).ok_or("a count that cannot be read")?;
            }
        }
    }
    accepted.write(&mut counts);
    Ok(Inserts {
        id: segment.id,
        events: events.rows() as u64,
        event_block: events.finish().into(),
        event_columns: segment.columns.into_iter().map(|(name, _)| name).collect(),
        rejected: refused.rows() as u64,
        rejected_block: refused.finish().into(),
        counts,
    })
}

fn ledger_block(counts: &Counts, collector: &str) -> (Vec<u8>, [&'static str; 6]) {
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
        write_text(&key.site, &mut record);
        record.extend_from_slice(&key.hour.to_le_bytes());
        for text in [collector, &key.outcome, &key.reason] {
            write_text(text, &mut record);
        }
        record.extend_from_slice(&events.to_le_bytes());
        block.push(&record).expect("a record of these columns");
    }
    (block.finish(), COLUMNS.map(|(name, _)| name))
}

async fn report_status(
    store: Store,
    spool: SpoolFiles,
    collector: String,
    held: Arc<Mutex<HashMap<String, Held>>>,
) {
    let mut reported: Option<(u64, Instant)> = None;
    loop {
        let bytes = spool.status().bytes.load(std::sync::atomic::Ordering::Relaxed);
        let due = reported.is_none_or(|(before, at)| {
            before != bytes || at.elapsed() > Duration::from_millis(STATUS_INTERVAL_MS)
        });
        if due {
            match write_status(&store, &spool, &collector, &held).await {
                Ok(()) => reported = Some((bytes, Instant::now())),
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
    held: &Mutex<HashMap<String, Held>>,
) -> Result<(), StoreError> {
    let (pending, oldest) = {
        let held = held.lock().expect("no panic while counting");
        let mut pending: HashMap<String, u64> = HashMap::new();
        for (site, events) in held.values().flat_map(|held| &held.events) {
            *pending.entry(site.clone()).or_default() += events;
        }
        (pending, held.values().map(|held| held.since_ms).min().unwrap_or(0))
    };
    let status = spool.status();
    let (sites, counts): (Vec<String>, Vec<String>) =
        pending.into_iter().map(|(site, events)| (site, events.to_string())).unzip();
    let number = |number: &std::sync::atomic::AtomicU64| {
        Param::Int(number.load(std::sync::atomic::Ordering::Relaxed).cast_signed())
    };
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
                ("oldest", Param::Int(oldest)),
                ("quarantined", number(&status.quarantined)),
            ],
        )
        .await
}
