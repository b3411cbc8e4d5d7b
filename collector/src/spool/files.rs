//! The segments that wait on the disk, for whoever ships them.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::disk::Disk;
use super::tally::{self, Tally};

/// A segment that waits to be shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    /// Its file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The number of its events, unknown for one found at the start.
    pub events: Option<u64>,
    /// What was answered for it, if that is known.
    pub tally: Option<Tally>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a segment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Sealed just now.
    Sealed,
    /// Left by an earlier process. If there is a tally and no file, what was answered is lost.
    Found,
    /// Put back by an operator.
    Replayed,
}

impl SealedSegment {
    pub(crate) fn found(path: PathBuf, bytes: u64) -> Self {
        Self { path, bytes, events: None, tally: None, origin: Origin::Found }
    }
}

/// Numbers for metrics and readiness.
#[derive(Debug, Default)]
pub struct SpoolStatus {
    /// Bytes in open and sealed segments.
    pub bytes: AtomicU64,
    /// Flushes so far.
    pub flushes: AtomicU64,
    /// Requests appended so far; divided by the flushes it says how well they are grouped.
    pub appends: AtomicU64,
    /// Bytes of torn tails cut off at the start.
    pub torn_bytes: AtomicU64,
    /// Segments found damaged since the start, salvaged or not.
    pub damaged_segments: AtomicU64,
    /// Bytes of them that could not be read.
    pub damaged_bytes: AtomicU64,
    /// Segments in quarantine …
    pub quarantined: AtomicU64,
    /// … and their bytes: they hold what was answered and is not stored, and take room until an operator has seen to them.
    pub quarantined_bytes: AtomicU64,
    /// A flush failed.
    pub poisoned: AtomicBool,
    /// The last write found the disk full.
    pub disk_full: AtomicBool,
}

impl SpoolStatus {
    /// Bytes of all segments whose events are not stored.
    pub fn bytes_held(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed).saturating_add(self.quarantined_bytes.load(Ordering::Relaxed))
    }
}

/// The sealed segments on the disk, for whoever ships them. Does not keep the writer alive.
#[derive(Clone)]
pub struct SpoolFiles {
    pub(crate) status: Arc<SpoolStatus>,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
}

impl SpoolFiles {
    /// Numbers for metrics and readiness.
    pub fn status(&self) -> &SpoolStatus {
        &self.status
    }

    /// A segment's bytes.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&self, segment: &SealedSegment) -> io::Result<Vec<u8>> {
        self.disk.read(&segment.path)
    }

    /// Deletes a segment that ClickHouse has, on its disk.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(&self, segment: &SealedSegment) -> io::Result<()> {
        self.disk.remove(&segment.path)?;
        self.status.bytes.fetch_sub(segment.bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Deletes the tally of a segment; there may be none.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove_tally(&self, segment: &SealedSegment) -> io::Result<()> {
        match self.disk.remove(&tally::path_of(&segment.path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Makes durable that files are deleted.
    ///
    /// # Errors
    /// The disk's.
    pub fn sync(&self) -> io::Result<()> {
        self.disk.sync_dir(&self.dir)
    }

    /// A segment whose file is gone takes no room any more.
    pub fn forget(&self, segment: &SealedSegment) {
        self.status.bytes.fetch_sub(segment.bytes, Ordering::Relaxed);
    }
}
