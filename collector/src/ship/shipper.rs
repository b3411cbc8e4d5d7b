//! What is shipped next, until the spool is closed.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use orma_store::{Param, Store, StoreError};
use serde::Deserialize;
use tokio::sync::{mpsc, watch};

use super::deliver::{BACKOFF_MS_MIN, Delivery, Waiting};
use super::in_flight::InFlight;
use super::settle::{Decided, Fate, Settler};
use crate::duplicates::DuplicateWindow;
use crate::ledger::{self, Counts, Ledger};
use crate::memory::MemoryHooks;
use crate::metrics::Metrics;
use crate::record::count;
use crate::spool::{Origin, SealedSegment, SpoolFiles, Tally, plain_name};

/// Segments on their way at once.
const SEGMENTS_IN_FLIGHT_MAX: usize = 3;
/// How often it looks whether an operator has put segments back.
const REPLAY_POLL_MS: u64 = 1_000;
/// How often it looks whether other collectors ship to the same store.
const OTHERS_POLL_MS: u64 = 2_000;
/// A collector that finds others ships nothing for so long after it has said that it is there: then they have seen it.
const OTHERS_SEE_MS: u64 = 3_000;
/// How long the last segments may take to be settled when the collector stops.
const SETTLE_MS_MAX: u64 = 5_000;

/// Ships until the spool is closed and everything is confirmed, or `abandon` turns true.
pub struct Shipper {
    delivery: Delivery,
    collector: String,
    /// From when on it may ship; nothing before it is known whether there are others.
    ships_from: Mutex<Option<Instant>>,
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
        memory: Option<MemoryHooks>,
    ) -> Self {
        let delivery = Delivery {
            spool,
            store,
            metrics,
            ledger,
            duplicates,
            store_is_away: AtomicBool::new(false),
            others: AtomicBool::new(false),
            in_flight: InFlight::default(),
            memory,
        };
        Self { delivery, collector, ships_from: Mutex::default() }
    }

    /// Runs until `sealed` ends and all is shipped, or `abandon` turns true: what is left is found by the next start.
    pub async fn run(
        self,
        mut sealed: mpsc::UnboundedReceiver<SealedSegment>,
        mut abandon: watch::Receiver<bool>,
    ) {
        let (decide, decided) = mpsc::unbounded_channel();
        let (again, mut unkept) = mpsc::unbounded_channel();
        let Delivery { spool, store, ledger, in_flight, .. } = &self.delivery;
        let (spool, store, ledger) = (spool.clone(), store.clone(), ledger.clone());
        let (collector, oldest) = (self.collector.clone(), in_flight.oldest());
        let settler = Settler::new(spool, store, ledger, collector, decided, again, oldest);
        let mut settler = tokio::spawn(settler.with_memory(self.delivery.memory).run());
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
                in_flight.push(self.delivery.ship(waiting, abandoned.clone()));
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
                _ = replays.tick(), if open => {
                    self.take_replays(&mut queue, &decide);
                    self.delivery.duplicates.end_rush(jiff::Timestamp::now().as_millisecond());
                }
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
            if count::read_record(payload, &mut counts).is_none() {
                tracing::warn!(segment = %name, "a count of the segment's tally cannot be read");
            }
        }
        if segment.origin == Origin::Found {
            if self.delivery.ledger.is_settled(&name) {
                let exists = segment.path.exists();
                let fate = if exists { Fate::Shipped(Counts::new()) } else { Fate::Away };
                drop(decide.send(Decided { segment, name, counts, fate }));
                return None;
            }
            self.delivery.ledger.counted(&counts);
            self.delivery.ledger.begins_to_hold(&ledger::held(&counts));
        }
        Some(Waiting { segment, name, counts })
    }

    fn take_replays(&self, queue: &mut VecDeque<Waiting>, decide: &mpsc::UnboundedSender<Decided>) {
        match self.delivery.spool.take_replays() {
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
            .delivery
            .store
            .select::<Row>(sql, &[("collector", Param::from(self.collector.as_str()))])
            .await
        {
            Ok(rows) => rows.iter().any(|row| row.others > 0),
            Err(StoreError::Refused { .. }) => false,
            Err(error) => return tracing::debug!(%error, "whether there are other collectors is not known"),
        };
        self.delivery.others.store(others, Ordering::Relaxed);
        let wait = if others { OTHERS_SEE_MS } else { 0 };
        let mut ships_from = self.ships_from.lock().expect("no panic while noting");
        ships_from.get_or_insert_with(|| Instant::now() + Duration::from_millis(wait));
    }

    fn may_ship(&self) -> bool {
        self.ships_from.lock().expect("no panic while noting").is_some_and(|from| from <= Instant::now())
    }
}

/// A segment that was shipped, and whose insert the store's disk did not keep.
fn known_again(segment: SealedSegment, counts: Counts) -> Waiting {
    let name = plain_name(&segment.path);
    let origin = if segment.origin == Origin::Sealed { Origin::Found } else { segment.origin };
    Waiting { segment: SealedSegment { origin, ..segment }, name, counts }
}
