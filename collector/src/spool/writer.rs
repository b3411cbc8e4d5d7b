//! The one thread that writes the spool, and the handle that requests append through.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc as tokio_mpsc, oneshot};
use uuid::Uuid;

use super::disk::{Disk, SpoolFile};
use super::files::{Origin, Recovered, SealedSegment, SpoolFiles, SpoolStatus};
use super::format;
use super::names::tally_path;
use super::tally::{self, Tally};

/// How the spool behaves.
#[derive(Clone, Debug)]
pub struct SpoolConfig {
    /// The directory; made if it is missing.
    pub dir: PathBuf,
    /// All segments together, those in quarantine included; beyond it requests are refused until there are fewer.
    pub spool_bytes_max: u64,
    /// A segment is sealed when its first record is this old …
    pub segment_age_ms_max: u64,
    /// … or when it is this large …
    pub segment_bytes_max: u64,
    /// … or holds this many events.
    pub segment_events_max: u64,
    /// Appends that may wait for the disk at once; more are refused. A worker has one on its way.
    pub appends_pending_max: usize,
    /// A number of the caller's that each tally begins with.
    pub note: Arc<AtomicI64>,
}

impl SpoolConfig {
    /// The defaults, in `dir`.
    pub fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            spool_bytes_max: 10 << 30,
            segment_age_ms_max: 500,
            segment_bytes_max: 32 << 20,
            segment_events_max: 50_000,
            appends_pending_max: 16_384,
            note: Arc::default(),
        }
    }
}

/// Why an append was not made durable. None of it will ever be shipped.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SpoolError {
    /// The spool holds `spool_bytes_max`.
    #[error("the spool is full")]
    Full,
    /// The disk has no room.
    #[error("the disk is full")]
    DiskFull,
    /// Too many requests wait for the disk.
    #[error("too many requests wait for the disk")]
    Busy,
    /// A flush failed earlier; only a restart can tell what is on the disk.
    #[error("the disk refused an earlier flush; restart to recover")]
    Poisoned,
    /// The spool is closed.
    #[error("the collector is stopping")]
    Closed,
}

/// The writer joins appends in a buffer that it keeps while there is traffic, up to this size. Bytes.
const JOINED_BYTES_KEPT_MAX: usize = 1 << 20;

/// What is appended at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Framed records.
    pub(super) records: Vec<u8>,
    /// Framed records for the segment's tally.
    pub(super) tally: Vec<u8>,
    /// How many of the records are events.
    pub(super) events: u64,
    /// How many requests it is of.
    pub(super) requests: u64,
}

struct Append {
    batch: Batch,
    /// The buffers come back: they are used again where they were filled.
    done: oneshot::Sender<(Result<(), SpoolError>, Batch)>,
}

/// The handle that requests append through. Cheap to clone; the writer ends when the last one is dropped.
#[derive(Clone)]
pub struct Spool {
    appends: mpsc::SyncSender<Append>,
    files: SpoolFiles,
    bytes_max: u64,
}

impl Spool {
    /// Starts the writer of a directory that was recovered. Returns the handle, the stream of sealed segments (those found
    /// first), and the writer's thread, which ends when all handles are gone and the last segment is sealed.
    ///
    /// # Errors
    /// The thread cannot be had.
    pub fn start(
        config: SpoolConfig,
        disk: Arc<dyn Disk>,
        recovered: Recovered,
    ) -> io::Result<(Self, tokio_mpsc::UnboundedReceiver<SealedSegment>, JoinHandle<()>)> {
        let status = Arc::new(SpoolStatus::default());
        let Recovered { sealed, last_sequence, torn_bytes, damaged, quarantined, quarantined_bytes } =
            recovered;
        status.bytes.store(sealed.iter().map(|segment| segment.bytes).sum(), Ordering::Relaxed);
        status.torn_bytes.store(torn_bytes, Ordering::Relaxed);
        status.damaged_segments.store(damaged.segments, Ordering::Relaxed);
        status.damaged_bytes.store(damaged.lost_bytes, Ordering::Relaxed);
        status.quarantined.store(quarantined, Ordering::Relaxed);
        status.quarantined_bytes.store(quarantined_bytes, Ordering::Relaxed);

        let (sealed_sender, sealed_receiver) = tokio_mpsc::unbounded_channel();
        for segment in sealed {
            if sealed_sender.send(segment).is_err() {
                break;
            }
        }
        let (appends, receiver) = mpsc::sync_channel(config.appends_pending_max);
        let files = SpoolFiles { status: status.clone(), disk: disk.clone(), dir: config.dir.clone() };
        let spool = Self { appends, files, bytes_max: config.spool_bytes_max };
        let writer = Writer {
            config,
            disk,
            status,
            sealed: sealed_sender,
            sequence: last_sequence,
            open: None,
            joined: Vec::new(),
            poisoned: false,
        };
        let thread = std::thread::Builder::new().name("spool".into()).spawn(move || writer.run(&receiver))?;
        Ok((spool, sealed_receiver, thread))
    }

    /// Makes framed records of so many requests durable. Returns when they are on the disk.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn append(&self, records: Vec<u8>, events: u64, requests: u64) -> Result<(), SpoolError> {
        self.append_lent(Batch { records, events, requests, ..Batch::default() }).await.0
    }

    /// The same with a tally, for a caller who uses the buffers again; they come back empty when the spool is closed.
    pub(super) async fn append_lent(&self, batch: Batch) -> (Result<(), SpoolError>, Batch) {
        if let Err(error) = self.ready() {
            return (Err(error), batch);
        }
        let (done, result) = oneshot::channel();
        match self.appends.try_send(Append { batch, done }) {
            Ok(()) => result.await.unwrap_or((Err(SpoolError::Closed), Batch::default())),
            Err(mpsc::TrySendError::Full(append)) => (Err(SpoolError::Busy), append.batch),
            Err(mpsc::TrySendError::Disconnected(append)) => (Err(SpoolError::Closed), append.batch),
        }
    }

    /// Whether an append could succeed now.
    ///
    /// # Errors
    /// Poisoned or full.
    pub fn ready(&self) -> Result<(), SpoolError> {
        if self.files.status.poisoned.load(Ordering::Acquire) {
            return Err(SpoolError::Poisoned);
        }
        if self.files.status.bytes_held() >= self.bytes_max {
            return Err(SpoolError::Full);
        }
        Ok(())
    }

    /// Numbers for metrics and readiness.
    pub fn status(&self) -> &SpoolStatus {
        &self.files.status
    }

    /// The sealed segments.
    pub fn files(&self) -> SpoolFiles {
        self.files.clone()
    }
}

/// The segment being written.
struct Open {
    path: PathBuf,
    file: Box<dyn SpoolFile>,
    bytes: u64,
    events: u64,
    since: Instant,
    tally: Tally,
    /// `None` before the first records, and after its disk has failed: then the tally is only in memory.
    tally_file: Option<Box<dyn SpoolFile>>,
}

struct Writer {
    config: SpoolConfig,
    disk: Arc<dyn Disk>,
    status: Arc<SpoolStatus>,
    sealed: tokio_mpsc::UnboundedSender<SealedSegment>,
    sequence: u64,
    open: Option<Open>,
    /// The records of several appends, one after the other.
    joined: Vec<u8>,
    poisoned: bool,
}

impl Writer {
    fn run(mut self, appends: &mpsc::Receiver<Append>) {
        loop {
            let first = match self.wait(appends) {
                Ok(append) => append,
                Err(RecvTimeoutError::Timeout) => {
                    self.seal();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return self.seal(),
            };
            // Whoever arrived while the last flush ran shares this one; alone, nobody waits for company.
            let mut group = vec![first];
            group.extend(appends.try_iter());
            self.write_group(group);
            if self.open.as_ref().is_some_and(|open| {
                open.bytes >= self.config.segment_bytes_max
                    || open.events >= self.config.segment_events_max
                    || open.since.elapsed() >= Duration::from_millis(self.config.segment_age_ms_max)
            }) {
                self.seal();
            }
        }
    }

    fn wait(&mut self, appends: &mpsc::Receiver<Append>) -> Result<Append, RecvTimeoutError> {
        match &self.open {
            None => {
                // The next one is either here or a while away.
                if let Ok(append) = appends.try_recv() {
                    return Ok(append);
                }
                self.joined = Vec::new();
                appends.recv().map_err(|_| RecvTimeoutError::Disconnected)
            }
            Some(open) => {
                let age_max = Duration::from_millis(self.config.segment_age_ms_max);
                appends.recv_timeout(age_max.saturating_sub(open.since.elapsed()))
            }
        }
    }

    fn write_group(&mut self, group: Vec<Append>) {
        let result = if self.poisoned { Err(SpoolError::Poisoned) } else { self.join_and_append(&group) };
        let requests = group.iter().map(|append| append.batch.requests).sum();
        self.status.appends.fetch_add(requests, Ordering::Relaxed);
        if result.is_ok() {
            self.count(&group);
        }
        for Append { done, batch } in group {
            // A client that went away no longer waits for its answer; its events are stored all the same.
            drop(done.send((result.clone(), batch)));
        }
    }

    /// Adds what is about to be answered to the tally.
    fn count(&mut self, group: &[Append]) {
        let Some(open) = &mut self.open else { return };
        let before = open.tally.records.len();
        for append in group {
            open.tally.records.extend_from_slice(&append.batch.tally);
        }
        let added = &open.tally.records[before..];
        if added.is_empty() {
            return;
        }
        let written = match &mut open.tally_file {
            Some(file) => file.append(added),
            None if before == 0 => {
                let head = tally::head(open.tally.note);
                self.disk.create_beside(&tally_path(&open.path)).and_then(|mut file| {
                    file.append(&[&head, added].concat())?;
                    open.tally_file = Some(file);
                    Ok(())
                })
            }
            None => return,
        };
        if let Err(error) = written {
            tracing::warn!(%error, segment = %open.path.display(), "what is answered is counted in memory alone");
            open.tally_file = None;
        }
    }

    fn join_and_append(&mut self, group: &[Append]) -> Result<(), SpoolError> {
        let events = group.iter().map(|append| append.batch.events).sum();
        if let [only] = group {
            return self.append_and_sync(&only.batch.records, events);
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        for append in group {
            joined.extend_from_slice(&append.batch.records);
        }
        let result = self.append_and_sync(&joined, events);
        if joined.capacity() <= JOINED_BYTES_KEPT_MAX {
            self.joined = joined;
        }
        result
    }

    fn append_and_sync(&mut self, bytes: &[u8], events: u64) -> Result<(), SpoolError> {
        if let Err(error) = self.open_segment() {
            if out_of_files(&error) {
                tracing::warn!(%error, "no file handle is left for a new segment");
                return Err(SpoolError::Busy);
            }
            return Err(self.explain(&error, "cannot create a segment"));
        }
        let open = self.open.as_mut().expect("opened above");
        if let Err(error) = open.file.append(bytes) {
            let taken_back = open.file.truncate(open.bytes);
            let reason = self.explain(&error, "cannot write");
            return match taken_back {
                Ok(()) => Err(reason),
                Err(error) => Err(self.poison(&error, "cannot take an unfinished write back")),
            };
        }
        if let Err(error) = open.file.sync() {
            return Err(self.poison(&error, "cannot flush"));
        }
        open.bytes += bytes.len() as u64;
        open.events += events;
        self.status.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.status.flushes.fetch_add(1, Ordering::Relaxed);
        self.status.disk_full.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn open_segment(&mut self) -> io::Result<()> {
        if self.open.is_some() {
            return Ok(());
        }
        let id = Uuid::now_v7();
        let sequence = self.sequence + 1;
        let path = self.config.dir.join(format!("{sequence:016x}-{}.open", id.simple()));
        let mut file = self.disk.create(&path)?;
        self.sequence = sequence;
        let header = format::header(id, jiff::Timestamp::now().as_millisecond());
        if let Err(error) = file.append(&header) {
            remove_unused(self.disk.as_ref(), &path);
            return Err(error);
        }
        let bytes = header.len() as u64;
        self.status.bytes.fetch_add(bytes, Ordering::Relaxed);
        let tally = Tally { note: self.config.note.load(Ordering::Relaxed), records: Vec::new() };
        let since = Instant::now();
        self.open = Some(Open { path, file, bytes, events: 0, since, tally, tally_file: None });
        Ok(())
    }

    /// A full disk passes; whatever else a write says is as bad as a failed flush.
    fn explain(&mut self, error: &io::Error, action: &str) -> SpoolError {
        if error.kind() == io::ErrorKind::StorageFull || error.kind() == io::ErrorKind::QuotaExceeded {
            if !self.status.disk_full.swap(true, Ordering::Relaxed) {
                tracing::error!(dir = %self.config.dir.display(), "the disk is full: requests are answered 503");
            }
            return SpoolError::DiskFull;
        }
        self.poison(error, action)
    }

    fn poison(&mut self, error: &io::Error, action: &str) -> SpoolError {
        tracing::error!(%error, action, "the spool is poisoned: requests are answered 503 until a restart");
        self.poisoned = true;
        self.status.poisoned.store(true, Ordering::Release);
        SpoolError::Poisoned
    }

    fn seal(&mut self) {
        let Some(open) = self.open.take() else { return };
        if self.poisoned {
            // Left as it is: the next start reads what really is on the disk.
            return;
        }
        if open.events == 0 && only_header(&open) {
            self.status.bytes.fetch_sub(open.bytes, Ordering::Relaxed);
            return remove_unused(self.disk.as_ref(), &open.path);
        }
        let path = open.path.with_extension("seg");
        match self.disk.rename(&open.path, &path) {
            Ok(()) => {
                let (bytes, events, tally) = (open.bytes, Some(open.events), Some(open.tally));
                let segment = SealedSegment { path, bytes, events, tally, origin: Origin::Sealed };
                if self.sealed.send(segment).is_err() {
                    tracing::debug!("nobody ships any more; the next start finds the segment");
                }
            }
            Err(error) => drop(self.poison(&error, "cannot seal a segment")),
        }
    }
}

/// Passes when connections close, and nothing was written.
fn out_of_files(error: &io::Error) -> bool {
    let code = error.raw_os_error().map(rustix::io::Errno::from_raw_os_error);
    matches!(code, Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE))
}

fn only_header(open: &Open) -> bool {
    open.bytes == format::header(Uuid::nil(), 0).len() as u64
}

/// A file without a record holds nothing to lose.
fn remove_unused(disk: &dyn Disk, path: &Path) {
    if let Err(error) = disk.remove(path) {
        tracing::warn!(%error, segment = %path.display(), "an empty segment stays behind");
    }
}
