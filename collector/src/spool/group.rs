//! What the requests of one worker append together.
//!
//! The spool's writer is a thread of its own, and waking a worker from another thread costs a system call. So the
//! requests of a worker share one append: those that arrive while it is on its way make up the next one. Alone, a
//! request waits for nobody. Under load the appends keep a small distance, because a flush costs as much CPU as ten
//! requests, however many share it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::writer::{Batch, Spool, SpoolError};
use crate::buffer_pool;

/// Requests of one worker that may wait for the disk at once; more are refused.
const REQUESTS_WAITING_MAX: usize = 16_384;

/// An append of so many requests is one under load …
const REQUESTS_BUSY: usize = 16;
/// … and under load appends begin so far apart.
const APPEND_INTERVAL_BUSY: Duration = Duration::from_millis(3);

/// A request whose records lie in the group's buffer.
struct Waiting {
    events: u64,
    done: oneshot::Sender<Result<(), SpoolError>>,
}

/// The handle that the requests of one worker append through. Cheap to clone.
#[derive(Clone)]
pub struct SpoolGroup {
    waiting: mpsc::Sender<Waiting>,
    /// Held locked while a request joins or the group departs, so that the records are those of the requests in the
    /// channel. Nobody waits for the lock: all are on one thread.
    records: Arc<Mutex<Records>>,
}

/// The records of all that wait, one after the other.
#[derive(Default)]
struct Records {
    bytes: Vec<u8>,
    tally: Vec<u8>,
    /// What a group brings at most, as the last ones say.
    bytes_expected: usize,
}

impl Records {
    fn add(&mut self, records: Vec<u8>, tally: &[u8]) {
        self.tally.extend_from_slice(tally);
        if self.bytes.is_empty() && records.len() >= self.bytes_expected {
            self.bytes = records;
            return;
        }
        if self.bytes.is_empty() {
            self.bytes = buffer_pool::take(self.bytes_expected);
        }
        self.bytes.extend_from_slice(&records);
        buffer_pool::keep(records);
    }

    fn take(&mut self) -> (Vec<u8>, Vec<u8>) {
        self.bytes_expected = self.bytes.len().max(self.bytes_expected - self.bytes_expected / 8);
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.tally))
    }
}

impl Spool {
    /// A group whose appends are gathered on the current runtime, which must be the worker's. It ends when its last
    /// handle is dropped.
    pub fn group(&self) -> SpoolGroup {
        let (waiting, receiver) = mpsc::channel(REQUESTS_WAITING_MAX);
        let records = Arc::default();
        tokio::spawn(gather(receiver, Arc::clone(&records), self.clone()));
        SpoolGroup { waiting, records }
    }
}

impl SpoolGroup {
    /// Makes framed records durable, and adds to the tally what is to be answered for them. Returns when they are on
    /// the disk.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn append(&self, records: Vec<u8>, tally: &[u8], events: u64) -> Result<(), SpoolError> {
        let (done, result) = oneshot::channel();
        self.join(records, tally, Waiting { events, done })?;
        result.await.unwrap_or(Err(SpoolError::Closed))
    }

    fn join(&self, records: Vec<u8>, tally: &[u8], waiting: Waiting) -> Result<(), SpoolError> {
        let mut all = self.records.lock().expect("no panic while records are copied");
        self.waiting.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SpoolError::Busy,
            mpsc::error::TrySendError::Closed(_) => SpoolError::Closed,
        })?;
        all.add(records, tally);
        Ok(())
    }
}

async fn gather(mut receiver: mpsc::Receiver<Waiting>, records: Arc<Mutex<Records>>, spool: Spool) {
    let mut group: Vec<Waiting> = Vec::new();
    let mut last = (Instant::now(), 0);
    while receiver.recv_many(&mut group, REQUESTS_WAITING_MAX).await > 0 {
        let (began, requests) = last;
        if requests >= REQUESTS_BUSY && began.elapsed() < APPEND_INTERVAL_BUSY {
            tokio::time::sleep_until(began + APPEND_INTERVAL_BUSY).await;
        }
        let (all, tally) = {
            let mut records = records.lock().expect("no panic while records are copied");
            // Those who joined since: their records are in the buffer.
            while let Ok(waiting) = receiver.try_recv() {
                group.push(waiting);
            }
            records.take()
        };
        last = (Instant::now(), group.len());
        let events = group.iter().map(|waiting| waiting.events).sum();
        let batch = Batch { records: all, tally, events, requests: group.len() as u64 };
        let (result, batch) = spool.append_lent(batch).await;
        buffer_pool::keep(batch.records);
        buffer_pool::keep(batch.tally);
        for waiting in group.drain(..) {
            // A client that went away no longer waits for its answer; its events are stored all the same.
            drop(waiting.done.send(result.clone()));
        }
    }
}
