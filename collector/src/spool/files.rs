//! The segments that wait on the disk, for whoever ships them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use uuid::Uuid;

use super::disk::Disk;
use super::format;
use super::names::{quarantine_dir, replay_dir, tally_path, unused};
use super::tally::Tally;

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

/// The state after recovery.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Sealed segments, oldest first.
    pub sealed: Vec<SealedSegment>,
    /// The highest sequence number seen.
    pub last_sequence: u64,
    /// Bytes behind the last whole record of segments whose end was cut.
    pub torn_bytes: u64,
    /// Damaged segments, and the bytes of them that are in no salvaged record.
    pub damaged: Damage,
    /// Segments in quarantine.
    pub quarantined: u64,
    /// Their bytes.
    pub quarantined_bytes: u64,
}

/// What was found damaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Segments.
    pub segments: u64,
    /// Bytes that could not be read.
    pub lost_bytes: u64,
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
    pub(super) status: Arc<SpoolStatus>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) dir: PathBuf,
}

impl SpoolFiles {
    /// Numbers for metrics and readiness.
    pub fn status(&self) -> &SpoolStatus {
        &self.status
    }

    /// The spool's directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
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
        match self.disk.remove(&tally_path(&segment.path)) {
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

    /// Moves a segment to `quarantine/` under `name`. Returns where it lies now.
    ///
    /// # Errors
    /// The disk's.
    pub fn set_aside(&self, segment: &SealedSegment, name: &str) -> io::Result<PathBuf> {
        let aside = unused(quarantine_dir(&self.dir).join(name));
        self.disk.rename(&segment.path, &aside)?;
        self.status.bytes.fetch_sub(segment.bytes, Ordering::Relaxed);
        Ok(aside)
    }

    /// A segment whose file is gone takes no room any more.
    pub fn forget(&self, segment: &SealedSegment) {
        self.status.bytes.fetch_sub(segment.bytes, Ordering::Relaxed);
    }

    /// Leaves framed records for the next start, past the writer: counts that it could not take because it is poisoned.
    /// A file of its own says by its own flush whether it is on the disk.
    ///
    /// # Errors
    /// The disk's; nothing is then left.
    pub fn leave(&self, records: &[u8]) -> io::Result<()> {
        let dir = replay_dir(&self.dir);
        fs::create_dir_all(&dir)?;
        let id = Uuid::now_v7();
        let path = dir.join(format!("{:016x}-{}.seg", 0, id.simple()));
        let beside = path.with_extension("new");
        let mut file = self.disk.create(&beside)?;
        let header = format::header(id, jiff::Timestamp::now().as_millisecond());
        let written = file.append(&[&header, records].concat()).and_then(|()| file.sync());
        match written.and_then(|()| self.disk.rename(&beside, &path)) {
            Ok(()) => sync_dir(&dir),
            Err(error) => self.disk.remove(&beside).and(Err(error)),
        }
    }

    /// Takes the segments that an operator has put back, oldest first.
    ///
    /// # Errors
    /// The disk's; what was not taken stays where it is.
    pub fn take_replays(&self) -> io::Result<Vec<SealedSegment>> {
        let dir = replay_dir(&self.dir);
        // An operator may also delete what is in quarantine.
        self.count_quarantined()?;
        let waiting = match self.disk.list(&dir) {
            Ok(waiting) => waiting,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut taken = Vec::new();
        for (from, bytes) in waiting {
            let (Some(name), true) = (from.file_name(), from.extension().is_some_and(|e| e == "seg")) else {
                continue;
            };
            let path = unused(self.dir.join(name));
            self.disk.rename(&from, &path)?;
            self.status.bytes.fetch_add(bytes, Ordering::Relaxed);
            taken.push(SealedSegment { origin: Origin::Replayed, ..SealedSegment::found(path, bytes) });
        }
        Ok(taken)
    }

    fn count_quarantined(&self) -> io::Result<()> {
        let (segments, bytes) = count_quarantined(self.disk.as_ref(), &self.dir)?;
        self.status.quarantined.store(segments, Ordering::Relaxed);
        self.status.quarantined_bytes.store(bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// Segments that wait for an operator, and their bytes; what a salvage left behind does not.
pub fn count_quarantined(disk: &dyn Disk, dir: &Path) -> io::Result<(u64, u64)> {
    let files = disk.list(&quarantine_dir(dir))?;
    let waiting =
        files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"));
    Ok(waiting.fold((0, 0), |(segments, sum), (_, bytes)| (segments + 1, sum + bytes)))
}

/// Makes durable what was renamed in a directory.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
