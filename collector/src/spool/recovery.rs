//! What a start finds in the spool.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::format::{FrameError, read_segment};
use super::tally::{self, Tally, plain_name};
use super::writer::{Origin, SealedSegment};

/// The state after recovery.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Sealed segments, oldest first.
    pub sealed: Vec<SealedSegment>,
    /// The highest sequence number seen.
    pub last_sequence: u64,
    /// Bytes of torn tails that were cut off; none of them was ever answered.
    pub torn_bytes: u64,
    /// Segments in quarantine.
    pub quarantined: u64,
}

/// Reads the directory, cuts torn tails, seals what a crash left open.
///
/// # Errors
/// The disk cannot be read or written, or a segment was written by a newer version: the start must stop, because
/// going on could lose what was answered.
pub fn recover(disk: &dyn Disk, dir: &Path) -> io::Result<Recovered> {
    let mut recovered = Recovered { quarantined: count_quarantined(disk, dir)?, ..Recovered::default() };
    let mut tallies = BTreeMap::new();
    for (path, size) in disk.list(dir)? {
        let Some((sequence, extension)) = parse_name(&path) else { continue };
        recovered.last_sequence = recovered.last_sequence.max(sequence);
        match extension {
            "seg" => recovered.sealed.push(SealedSegment::found(path, size)),
            "open" => seal_left_open(disk, &path, size, &mut recovered)?,
            tally::EXTENSION => {
                if let Some(tally) = Tally::parse(&disk.read(&path)?) {
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
        recovered.sealed.push(SealedSegment { path, bytes: 0, events: None, tally: Some(tally), origin: Origin::Found });
    }
    recovered.sealed.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(recovered)
}

fn seal_left_open(disk: &dyn Disk, path: &Path, size: u64, recovered: &mut Recovered) -> io::Result<()> {
    let bytes = disk.read(path)?;
    let (valid_bytes, records) = match read_segment(&bytes) {
        Ok(segment) => (segment.valid_bytes, segment.records.len()),
        Err(FrameError::Newer(version)) => {
            let message = format!("{}: {}", path.display(), FrameError::Newer(version));
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        // The header is forced to disk together with the first records: nothing in here was answered.
        Err(_) => (0, 0),
    };
    let torn = size - valid_bytes as u64;
    if torn > 0 {
        tracing::warn!(segment = %path.display(), torn_bytes = torn, "cut off an unfinished write that was never answered");
        recovered.torn_bytes += torn;
    }
    if records == 0 {
        return disk.remove(path);
    }
    if torn > 0 {
        disk.cut(path, valid_bytes as u64)?;
    }
    let sealed = path.with_extension("seg");
    disk.rename(path, &sealed)?;
    recovered.sealed.push(SealedSegment::found(sealed, valid_bytes as u64));
    Ok(())
}

/// Segments that wait for an operator; what a salvage left behind does not.
pub fn count_quarantined(disk: &dyn Disk, dir: &Path) -> io::Result<u64> {
    let files = disk.list(&quarantine_dir(dir))?;
    Ok(files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "seg")).count()
        as u64)
}

/// Where segments go that need an operator.
pub fn quarantine_dir(dir: &Path) -> PathBuf {
    dir.join("quarantine")
}

fn parse_name(path: &Path) -> Option<(u64, &str)> {
    let stem = path.file_stem()?.to_str()?;
    let (sequence, _) = stem.split_once('-')?;
    Some((u64::from_str_radix(sequence, 16).ok()?, path.extension()?.to_str()?))
}
