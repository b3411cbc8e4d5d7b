//! Segments that were set aside, and their way back.
//!
//! A replay moves a file by rename from `quarantine/` to `replay/`; whoever ships looks there and takes it from there
//! by another rename. So it does not matter whether a collector runs, and at every moment the segment is in one place.
//! Its id stays the same.
//!
//! A damaged segment goes that way by itself, without its damaged places: its whole records are answered events, and
//! their checksums say that they are what was written. The segment as it was stays in `quarantine/` as `.rest`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use uuid::Uuid;

use super::done::Done;
use super::inspect;
use crate::spool::files::{SealedSegment, SpoolFiles, sync_dir};
use crate::spool::format::{FrameError, assumed_header, mend_header, read_record, read_segment};
use crate::spool::names::{id_of_name, quarantine_dir, replay_dir, unused};

/// Why a segment cannot be put back.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Part of it is damaged.
    #[error(
        "{whole} records are whole and {lost_bytes} bytes are damaged; --salvage puts the whole records back and keeps the rest"
    )]
    Damaged {
        /// Records that can be read.
        whole: u64,
        /// Bytes that cannot.
        lost_bytes: u64,
    },
    /// Nothing in it can be read.
    #[error("nothing in it can be read: {0}")]
    Unreadable(FrameError),
    /// The directory cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What was put back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Events in the segment.
    pub events: u64,
    /// Refused events in the segment.
    pub refused: u64,
    /// Bytes that were left behind in the `.rest` file.
    pub lost_bytes: u64,
}

/// Puts a segment of `quarantine/` back, after a check of every record. With `salvage` a damaged one gives what is
/// whole in it; one whose header is lost is then read as this program writes it.
///
/// # Errors
/// See [`ReplayError`]; the segment is then where it was.
pub fn replay(dir: &Path, segment: &Path, salvage: bool) -> Result<Replayed, ReplayError> {
    let bytes = fs::read(segment)?;
    put_back(
        dir,
        segment,
        &whole_records(&bytes, id_of_name(segment)).map_err(ReplayError::Unreadable)?,
        salvage,
    )
}

fn put_back(dir: &Path, segment: &Path, found: &Whole, salvage: bool) -> Result<Replayed, ReplayError> {
    let summary = inspect::contents(&found.bytes).map_err(ReplayError::Unreadable)?;
    let name = segment.file_name().unwrap_or_default();
    fs::create_dir_all(replay_dir(dir))?;
    let target = unused(replay_dir(dir).join(name));
    if found.lost_bytes == 0 {
        fs::rename(segment, &target)?;
    } else if !salvage || found.records == 0 {
        return Err(ReplayError::Damaged { whole: found.records, lost_bytes: found.lost_bytes });
    } else {
        salvage_into(&found.bytes, segment, &target)?;
    }
    sync_dir(&replay_dir(dir))?;
    sync_dir(&quarantine_dir(dir))?;
    Ok(Replayed { events: summary.events, refused: summary.refused, lost_bytes: found.lost_bytes })
}

/// Sets a segment aside; `done` says what of it ClickHouse has. One that ClickHouse refused waits for an operator;
/// the whole records of a damaged one are salvaged.
///
/// # Errors
/// The disk's.
pub(crate) fn quarantine(spool: &SpoolFiles, segment: &SealedSegment, done: Done) -> io::Result<()> {
    let aside = spool.set_aside(segment, &done.name(&segment.path))?;
    let status = spool.status();
    let salvaged = salvage(spool.dir(), &aside);
    if salvaged.is_none() {
        status.quarantined.fetch_add(1, Ordering::Relaxed);
        status.quarantined_bytes.fetch_add(segment.bytes, Ordering::Relaxed);
        if !is_damaged(&aside) {
            return Ok(());
        }
    }
    let lost_bytes = salvaged.map_or(segment.bytes, |salvaged| salvaged.lost_bytes);
    status.damaged_segments.fetch_add(1, Ordering::Relaxed);
    status.damaged_bytes.fetch_add(lost_bytes, Ordering::Relaxed);
    Ok(())
}

/// Salvages a damaged segment of `quarantine/` without being asked. `None` when it is not damaged, when nothing in it is
/// whole, when it is not certain what its records are, or when the disk refuses: then it stays as it is.
pub(super) fn salvage(dir: &Path, segment: &Path) -> Option<Replayed> {
    let bytes = fs::read(segment).ok()?;
    let found = whole_records(&bytes, id_of_name(segment)).ok()?;
    if found.lost_bytes == 0 || found.records == 0 || !found.certain {
        return None;
    }
    match put_back(dir, segment, &found, true) {
        Ok(salvaged) => {
            tracing::warn!(
                segment = %segment.display(), records = found.records, events = salvaged.events,
                lost_bytes = salvaged.lost_bytes, "the whole records of a damaged segment are shipped; the rest is kept"
            );
            Some(salvaged)
        }
        Err(error) => {
            tracing::error!(%error, segment = %segment.display(), "a damaged segment is not salvaged");
            None
        }
    }
}

/// Whether a segment is not as it was written; one that cannot be read may be.
fn is_damaged(segment: &Path) -> bool {
    fs::read(segment).map_or(true, |bytes| read_segment(&bytes).map_or(true, |read| read.damage.is_some()))
}

/// The rest is renamed before the salvaged segment gets its name: a crash in between leaves a `.salvage` file beside
/// the rest, which [`finish_salvages`] completes, and never two files with the same events.
fn salvage_into(bytes: &[u8], segment: &Path, target: &Path) -> io::Result<()> {
    let beside = target.with_extension("salvage");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(segment, unused(segment.with_extension("rest")))?;
    fs::rename(beside, target)
}

/// Completes salvages that a crash cut short. Returns how many.
///
/// # Errors
/// The directory cannot be read or written.
pub fn finish_salvages(dir: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(replay_dir(dir)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut finished = 0;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "salvage") {
            continue;
        }
        let name = path.file_name().unwrap_or_default();
        let whole = quarantine_dir(dir).join(name).with_extension("seg");
        if whole.exists() {
            // Not yet in the place of the original: made again when it is asked for.
            fs::remove_file(path)?;
        } else {
            fs::rename(&path, path.with_extension("seg"))?;
            finished += 1;
        }
    }
    Ok(finished)
}

/// A segment without its damaged places.
#[derive(Debug)]
pub struct Whole {
    /// The header, and the records that are whole.
    pub bytes: Vec<u8>,
    /// How many there are.
    pub records: u64,
    /// Bytes left out.
    pub lost_bytes: u64,
    /// Whether the header is the one that the records were written with, and not only likely to be.
    pub certain: bool,
}

/// Copies a segment without its damaged places. After damage the next record is looked for byte by byte: its length
/// must fit and its checksum be right, which happens by chance once in four thousand million places. `id`, of the
/// file's name, replaces a header that is damaged.
///
/// # Errors
/// The header cannot be read, and there is no id or a newer version wrote it.
pub fn whole_records(bytes: &[u8], id: Option<Uuid>) -> Result<Whole, FrameError> {
    let (header, read_bytes, certain) = match (read_segment(bytes), id) {
        (Ok(segment), _) => (bytes[..segment.header_bytes].to_vec(), segment.header_bytes, true),
        (Err(error), Some(id)) => match (mend_header(bytes, id), error) {
            (Some(header), _) => (header, 0, true),
            (None, error @ FrameError::Newer(_)) => return Err(error),
            (None, _) => (assumed_header(id), 0, false),
        },
        (Err(error), None) => return Err(error),
    };
    let columns = read_segment(&header)?.columns;
    let mut whole = Whole { bytes: header, records: 0, lost_bytes: 0, certain };
    let mut rest = &bytes[read_bytes..];
    while !rest.is_empty() {
        let mut after = rest;
        match read_record(&mut after) {
            Some((kind, payload)) if inspect::is_readable(kind, payload, &columns) => {
                let length = rest.len() - after.len();
                whole.bytes.extend_from_slice(&rest[..length]);
                whole.records += 1;
                rest = after;
            }
            Some(_) => {
                whole.lost_bytes += (rest.len() - after.len()) as u64;
                rest = after;
            }
            None => {
                whole.lost_bytes += 1;
                rest = &rest[1..];
            }
        }
    }
    Ok(whole)
}
