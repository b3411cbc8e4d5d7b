//! What a start finds in the spool.
//!
//! # Rules
//! What may hold an answered event is never deleted: it is shipped, or it lies in `quarantine/`. An entry of `spool/` is
//!
//! - an `.open` segment that is *whole*: it is sealed;
//! - one whose end is *cut*, as an interrupted write leaves it: whole records, then the beginning of one, and perhaps
//!   zeros. No answer can have waited for that write, unless the disk lost an end that it had confirmed, which looks the
//!   same. So the end is cut off, counted, and kept as `quarantine/<same>.torn`; the rest is sealed. A segment without a
//!   byte, or with nothing but its header, is removed;
//! - one that is *damaged* in any other way (a whole record follows the damage, a record is complete and its checksum
//!   is wrong or its kind unknown, the header cannot be read): it is set aside, and its whole records are salvaged at
//!   once where it is certain what they are;
//! - one of a *newer version*: it stops the start, because only that version knows what is in it. A version byte that
//!   is damaged is told apart by the rest of the header;
//! - a `.seg` segment: it is read when it is shipped, and set aside and salvaged then (`replay.rs`);
//! - too large to be a segment: set aside unread;
//! - a segment with a name of another form: its id stands in its header, so only its place in the order is lost, and it
//!   comes first. The number in a name that would leave no room for the next is not counted on;
//! - a directory, a link or a device with a segment's name: left alone, with a warning;
//! - anything else: left alone.
//!
//! A file that the disk does not give, or that this user may not read, stops the start, with its name: that says nothing
//! about the data.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use orma_store::private::{self, named};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::done::Done;
use super::replay;
use crate::spool::disk::Disk;
use crate::spool::files::{Recovered, SealedSegment, count_quarantined, sync_dir};
use crate::spool::format::{FrameError, is_torn, mend_header, read_segment};
use crate::spool::names::{
    TALLY_EXTENSION, id_of_name, plain_name, quarantine_dir, replay_dir, sequence_and_ending, tally_path,
    unused,
};
use crate::spool::tally::Tally;
use crate::spool::{Spool, SpoolConfig};

/// A file is not read when it is larger: the writer seals at 32 MiB, and one group of requests may come on top. Bytes.
const SEGMENT_BYTES_READ_MAX: u64 = 1 << 30;

/// How a segment ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// With its last record.
    Whole,
    /// With the beginning of a write; so many bytes are whole.
    Torn(usize),
    /// Not as it was written.
    Damaged(FrameError),
}

/// Recovers the spool's directory and starts its writer: see [`Spool::start`].
///
/// # Errors
/// The directory cannot be made or read, or holds segments of a newer version.
pub fn open_spool(
    config: SpoolConfig,
    disk: Arc<dyn Disk>,
) -> io::Result<(Spool, mpsc::UnboundedReceiver<SealedSegment>, JoinHandle<()>)> {
    private::directory(&config.dir)?;
    private::directory(&quarantine_dir(&config.dir))?;
    // Made when it is needed: only what stands there already is looked at.
    if replay_dir(&config.dir).symlink_metadata().is_ok() {
        private::directory(&replay_dir(&config.dir))?;
    }
    let recovered = recover(disk.as_ref(), &config.dir)?;
    Spool::start(config, disk, recovered)
}

/// Reads the directory, cuts torn tails, sets aside what is damaged, seals what a crash left open.
///
/// # Errors
/// The disk cannot be read or written, or a segment was written by a newer version: the start must stop, because
/// going on could lose what was answered.
fn recover(disk: &dyn Disk, dir: &Path) -> io::Result<Recovered> {
    replay::finish_salvages(dir)?;
    warn_of_strangers(dir)?;
    let mut recovered = Recovered::default();
    let mut tallies = BTreeMap::new();
    for (path, size) in disk.list(dir)? {
        let Some((sequence, extension)) = sequence_and_ending(&path) else { continue };
        recovered.last_sequence = recovered.last_sequence.max(sequence);
        match extension {
            "seg" | "open" if size > SEGMENT_BYTES_READ_MAX => {
                set_aside(disk, dir, &path, size, "it is too large for a segment", &mut recovered)?;
            }
            "seg" => recovered.sealed.push(SealedSegment::found(path, size)),
            "open" => seal_left_open(disk, dir, &path, &mut recovered)?,
            TALLY_EXTENSION => {
                if let Some(tally) = read_tally(disk, &path)? {
                    tallies.insert(plain_name(&path), (path, tally));
                }
            }
            _ => {}
        }
    }
    for segment in &mut recovered.sealed {
        segment.tally = tallies.remove(&plain_name(&segment.path)).map(|(_, tally)| tally);
    }
    // What was answered for segments that are not here: set aside just now, or gone.
    for (_, (path, tally)) in tallies {
        let path = path.with_extension("seg");
        recovered.sealed.push(SealedSegment { tally: Some(tally), ..SealedSegment::found(path, 0) });
    }
    recovered.sealed.sort_by(|one, other| one.path.cmp(&other.path));
    (recovered.quarantined, recovered.quarantined_bytes) = count_quarantined(disk, dir)?;
    Ok(recovered)
}

fn seal_left_open(disk: &dyn Disk, dir: &Path, path: &Path, recovered: &mut Recovered) -> io::Result<()> {
    let bytes = disk.read(path).map_err(|error| {
        let advice = "mend the disk or the file's mode, or move the file away and lose what is in it";
        io::Error::new(error.kind(), format!("{}: {advice}", named(path, &error)))
    })?;
    let whole_bytes = match end_of(&bytes, id_of_name(path)) {
        End::Whole => bytes.len(),
        End::Torn(whole_bytes) => whole_bytes,
        End::Damaged(FrameError::Newer(version)) => {
            let message = format!(
                "{}: {}; start that version, or move the file away",
                path.display(),
                FrameError::Newer(version)
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        End::Damaged(damage) => {
            return set_aside(disk, dir, path, bytes.len() as u64, &damage.to_string(), recovered);
        }
    };
    let torn = bytes.len() - whole_bytes;
    if torn > 0 {
        let kept = keep_torn(dir, path, &bytes, whole_bytes)?;
        tracing::warn!(
            segment = %path.display(), torn_bytes = torn, kept = %kept.display(),
            "a segment ends as an interrupted write leaves it: the end is cut off and kept"
        );
        recovered.torn_bytes += torn as u64;
    }
    if read_segment(&bytes[..whole_bytes]).map_or(true, |segment| segment.records.is_empty()) {
        return disk.remove(path);
    }
    if torn > 0 {
        disk.truncate(path, whole_bytes as u64)?;
    }
    let sealed = unused(path.with_extension("seg"));
    disk.rename(path, &sealed)?;
    recovered.sealed.push(SealedSegment::found(sealed, whole_bytes as u64));
    Ok(())
}

/// The tally in a file; `None` when there is none that can be read.
fn read_tally(disk: &dyn Disk, path: &Path) -> io::Result<Option<Tally>> {
    match disk.read(path) {
        Ok(bytes) => {
            let tally = Tally::parse(&bytes);
            if tally.is_none() && !bytes.is_empty() {
                tracing::warn!(file = %path.display(), "the tally of a segment is damaged: its segment is counted by what it holds");
            }
            Ok(tally)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(path, &error)),
    }
}

fn end_of(bytes: &[u8], id: Option<Uuid>) -> End {
    let is_ours = || id.is_some_and(|id| mend_header(bytes, id).is_some());
    match read_segment(bytes) {
        Ok(segment) => match segment.damage {
            None => End::Whole,
            Some(_) if is_torn(&bytes[segment.valid_bytes..], false) => End::Torn(segment.valid_bytes),
            Some(damage) => End::Damaged(damage),
        },
        Err(FrameError::Newer(_)) if is_ours() => End::Damaged(FrameError::Header),
        Err(damage @ FrameError::Newer(_)) => End::Damaged(damage),
        Err(_) if is_torn(bytes, true) => End::Torn(0),
        Err(damage) => End::Damaged(damage),
    }
}

/// Moves a damaged segment to `quarantine/`, and its whole records on to where they are shipped from.
fn set_aside(
    disk: &dyn Disk,
    dir: &Path,
    path: &Path,
    size: u64,
    damage: &str,
    recovered: &mut Recovered,
) -> io::Result<()> {
    // What was answered for it is counted by its tally, if there is one, and not again by what is salvaged.
    let counted = read_tally(disk, &tally_path(path))?.is_some();
    let name = Done { ledger: counted || Done::of(path).ledger, ..Done::of(path) }.name(path);
    let aside = unused(quarantine_dir(dir).join(name));
    disk.rename(path, &aside)?;
    let readable = size <= SEGMENT_BYTES_READ_MAX;
    let salvaged = if readable { replay::salvage(dir, &aside) } else { None };
    recovered.damaged.segments += 1;
    recovered.damaged.lost_bytes += salvaged.as_ref().map_or(size, |salvaged| salvaged.lost_bytes);
    tracing::error!(
        segment = %path.display(), %damage, kept_in = %quarantine_dir(dir).display(),
        events_salvaged = salvaged.map_or(0, |salvaged| salvaged.events),
        "a damaged segment is set aside; see `orma spool quarantine list`"
    );
    Ok(())
}

/// Keeps the end of a segment behind its whole records as `quarantine/<same>.torn`, itself a segment that can be shown.
/// Returns its path.
///
/// # Errors
/// The disk's.
fn keep_torn(dir: &Path, segment: &Path, bytes: &[u8], whole_bytes: usize) -> io::Result<PathBuf> {
    let name = segment.with_extension("torn");
    let path = quarantine_dir(dir).join(name.file_name().unwrap_or_default());
    let header_bytes = read_segment(bytes).map_or(0, |read| read.header_bytes);
    let mut file = File::create(&path)?;
    file.write_all(&bytes[..header_bytes])?;
    file.write_all(&bytes[whole_bytes..])?;
    file.sync_all()?;
    sync_dir(&quarantine_dir(dir))?;
    Ok(path)
}

/// Names what has a segment's name and is no file.
fn warn_of_strangers(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if !kind.is_file()
            && path.extension().is_some_and(|extension| extension == "seg" || extension == "open")
        {
            tracing::warn!(path = %path.display(), "has the name of a segment, is no file, and is left alone");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
