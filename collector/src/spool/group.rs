//! What the requests of one worker append together.
//!
//! The spool's writer is a thread of its own, and waking a worker from another thread costs a system call. So the
//! requests of a worker share one append: those that arrive while it is on its way make up the next one. Alone, a
//! request waits for nobody. Under load the appends keep a small distance, because a flush costs as much CPU as ten
//! requests, however many share it.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::writer::{Spool, SpoolError};

/// Requests of one worker that may wait for the disk at once; more are refused.
const REQUESTS_WAITING_MAX: usize = 16_384;

/// An append of so many requests is one under load …
const REQUESTS_BUSY: usize = 16;
/// … and under load appends begin so far apart.
const APPEND_INTERVAL_BUSY: Duration = Duration::from_millis(3);

struct Waiting {
    records: Vec<u8>,
    events: u64,
    done: oneshot::Sender<Result<(), SpoolError>>,
}

/// The handle that the requests of one worker append through. Cheap to clone.
#[derive(Clone)]
pub struct SpoolGroup {
    waiting: mpsc::Sender<Waiting>,
}

impl Spool {
    /// A group whose appends are gathered on the current runtime, which must be the worker's. It ends when its last
    /// handle is dropped.
    pub fn group(&self) -> SpoolGroup {
        let (waiting, receiver) = mpsc::channel(REQUESTS_WAITING_MAX);
        tokio::spawn(gather(receiver, self.clone()));
        SpoolGroup { waiting }
    }
}

impl SpoolGroup {
    /// Makes framed records durable. Returns when they are on the disk.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn append(&self, records: Vec<u8>, events: u64) -> Result<(), SpoolError> {
        let (done, result) = oneshot::channel();
        self.waiting.try_send(Waiting { records, events, done }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SpoolError::Busy,
            mpsc::error::TrySendError::Closed(_) => SpoolError::Closed,
        })?;
        result.await.unwrap_or(Err(SpoolError::Closed))
    }
}

async fn gather(mut receiver: mpsc::Receiver<Waiting>, spool: Spool) {
    let mut group: Vec<Waiting> = Vec::new();
    let mut last = (Instant::now(), 0);
    while receiver.recv_many(&mut group, REQUESTS_WAITING_MAX).await > 0 {
        let (began, requests) = last;
        if requests >= REQUESTS_BUSY && began.elapsed() < APPEND_INTERVAL_BUSY {
            tokio::time::sleep_until(began + APPEND_INTERVAL_BUSY).await;
            while group.len() < REQUESTS_WAITING_MAX
                && let Ok(waiting) = receiver.try_recv()
            {
                group.push(waiting);
            }
        }
        last = (Instant::now(), group.len());
        let events = group.iter().map(|waiting| waiting.events).sum();
        let requests = group.len() as u64;
        let records = match group.as_mut_slice() {
            [only] => std::mem::take(&mut only.records),
            many => {
                let mut all = Vec::with_capacity(many.iter().map(|waiting| waiting.records.len()).sum());
                for waiting in many.iter() {
                    all.extend_from_slice(&waiting.records);
                }
                all
            }
        };
        let result = spool.append(records, events, requests).await;
        for waiting in group.drain(..) {
            // A client that went away no longer waits for its answer; its events are stored all the same.
            drop(waiting.done.send(result.clone()));
        }
    }
}
