//! The spool: reopened after every kind of end, on a disk that fails on demand, and against a model.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use orma_collector::record::open_spool;
use orma_collector::spool::{
    Disk, FileSystem, RecordKind, SealedSegment, Spool, SpoolConfig, SpoolError, SpoolFile, frame,
    read_segment,
};
use tokio::sync::mpsc::UnboundedReceiver;

/// A disk whose operations can be told to fail.
#[derive(Clone, Default)]
struct FaultyDisk {
    fault: Arc<AtomicU8>,
}

const WORKS: u8 = 0;
const FULL: u8 = 1;
const REFUSES_SYNC: u8 = 2;
const FULL_AFTER_HALF: u8 = 3;
const FULL_AT_CREATE: u8 = 4;
const REFUSES_RENAME: u8 = 5;
const REFUSES_READ: u8 = 6;

struct FaultyFile {
    file: Box<dyn SpoolFile>,
    fault: Arc<AtomicU8>,
}

impl SpoolFile for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.fault.load(Ordering::SeqCst) {
            FULL => Err(io::ErrorKind::StorageFull.into()),
            FULL_AFTER_HALF => {
                self.file.append(&bytes[..bytes.len() / 2])?;
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => self.file.append(bytes),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.fault.load(Ordering::SeqCst) {
            REFUSES_SYNC => Err(io::Error::other("refused")),
            _ => self.file.sync(),
        }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.truncate(length)
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        if self.fault.load(Ordering::SeqCst) == FULL_AT_CREATE {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Box::new(FaultyFile { file: FileSystem.create(path)?, fault: self.fault.clone() }))
    }

    fn create_beside(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        self.create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.fault.load(Ordering::SeqCst) == REFUSES_RENAME {
            return Err(io::Error::other("refused"));
        }
        FileSystem.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        FileSystem.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        FileSystem.sync_dir(dir)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.fault.load(Ordering::SeqCst) == REFUSES_READ {
            return Err(io::Error::other("refused"));
        }
        FileSystem.read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
        FileSystem.list(dir)
    }

    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        FileSystem.truncate(path, length)
    }
}

struct Opened {
    spool: Spool,
    sealed: UnboundedReceiver<SealedSegment>,
    writer: std::thread::JoinHandle<()>,
}

fn config(dir: &Path) -> SpoolConfig {
    SpoolConfig { segment_age_ms_max: 20, ..SpoolConfig::new(dir.to_owned()) }
}

fn open(dir: &Path, disk: &FaultyDisk) -> Opened {
    let (spool, sealed, writer) = open_spool(config(dir), Arc::new(disk.clone())).unwrap();
    Opened { spool, sealed, writer }
}

fn record(payload: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame(RecordKind::Event, &mut bytes, |out| out.extend_from_slice(&payload.to_le_bytes()));
    bytes
}

/// Closes the spool and reads everything that is on the disk.
async fn close(opened: Opened) -> Vec<u32> {
    let Opened { spool, mut sealed, writer } = opened;
    let files = spool.files();
    drop(spool);
    let mut payloads = Vec::new();
    while let Some(segment) = sealed.recv().await {
        let bytes = files.read(&segment).unwrap();
        let read = read_segment(&bytes).unwrap();
        assert_eq!(read.damage, None);
        payloads.extend(
            read.records.iter().map(|(_, payload)| u32::from_le_bytes((*payload).try_into().unwrap())),
        );
    }
    writer.join().unwrap();
    payloads
}

fn only_file(dir: &Path, extension: &str) -> PathBuf {
    let files = FileSystem.list(dir).unwrap();
    let mut found = files
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.extension().is_some_and(|e| e == extension));
    let file = found.next().unwrap();
    assert!(found.next().is_none());
    file
}

#[tokio::test]
async fn what_was_appended_is_found_by_the_next_start_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &FaultyDisk::default());
    for payload in 0..100 {
        opened.spool.append(record(payload), 1, 1).await.unwrap();
        if payload % 10 == 0 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    assert_eq!(close(opened).await, (0..100).collect::<Vec<_>>());
    let again = open(dir.path(), &FaultyDisk::default());
    assert_eq!(close(again).await, (0..100).collect::<Vec<_>>(), "nothing was shipped, so nothing is gone");
}

#[tokio::test]
async fn a_torn_tail_is_cut_and_counted_whatever_its_length() {
    let mut torn_lengths = BTreeSet::new();
    for cut in 1..=record(0).len() + 3 {
        let dir = tempfile::tempdir().unwrap();
        // All three in one segment, however slow the disk is today.
        let patient = SpoolConfig { segment_age_ms_max: 60_000, ..config(dir.path()) };
        let (spool, sealed, writer) = open_spool(patient, Arc::new(FaultyDisk::default())).unwrap();
        let opened = Opened { spool, sealed, writer };
        for payload in 0..3 {
            opened.spool.append(record(payload), 1, 1).await.unwrap();
        }
        close(opened).await;
        // What a crash leaves: an open segment whose last write is not whole.
        let sealed = only_file(dir.path(), "seg");
        let left_open = sealed.with_extension("open");
        FileSystem.rename(&sealed, &left_open).unwrap();
        let length = std::fs::metadata(&left_open).unwrap().len();
        FileSystem.truncate(&left_open, length - cut as u64).unwrap();

        let again = open(dir.path(), &FaultyDisk::default());
        let torn = again.spool.status().torn_bytes.load(Ordering::Relaxed);
        let whole = if cut <= record(0).len() { 2 } else { 1 };
        let expected = (record(0).len() * (3 - whole) - cut) as u64;
        assert_eq!(torn, expected, "cut {cut}");
        torn_lengths.insert(torn);
        assert_eq!(close(again).await.len(), whole, "cut {cut}");
    }
    assert!(torn_lengths.len() > 5);
}

#[tokio::test]
async fn a_refused_flush_poisons_the_spool_until_it_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let opened = open(dir.path(), &disk);
    opened.spool.append(record(1), 1, 1).await.unwrap();
    disk.fault.store(REFUSES_SYNC, Ordering::SeqCst);
    assert_eq!(opened.spool.append(record(2), 1, 1).await, Err(SpoolError::Poisoned));
    disk.fault.store(WORKS, Ordering::SeqCst);
    assert_eq!(opened.spool.append(record(3), 1, 1).await, Err(SpoolError::Poisoned));
    assert_eq!(opened.spool.ready(), Err(SpoolError::Poisoned));
    close(opened).await;
    let again = open(dir.path(), &disk);
    again.spool.append(record(4), 1, 1).await.unwrap();
    let found = close(again).await;
    assert!(found.contains(&1) && found.contains(&4) && !found.contains(&3), "{found:?}");
}

#[tokio::test]
async fn a_full_disk_takes_nothing_half_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let opened = open(dir.path(), &disk);
    opened.spool.append(record(1), 1, 1).await.unwrap();
    for fault in [FULL, FULL_AFTER_HALF] {
        disk.fault.store(fault, Ordering::SeqCst);
        assert_eq!(opened.spool.append(record(9), 1, 1).await, Err(SpoolError::DiskFull));
    }
    disk.fault.store(WORKS, Ordering::SeqCst);
    opened.spool.append(record(2), 1, 1).await.unwrap();
    assert_eq!(close(opened).await, [1, 2]);
}

#[tokio::test]
async fn the_spool_refuses_beyond_its_bound_and_takes_again_when_shipped() {
    let dir = tempfile::tempdir().unwrap();
    let bounded = SpoolConfig { spool_bytes_max: 5_000, ..config(dir.path()) };
    let (spool, mut sealed, _writer) = open_spool(bounded, Arc::new(FileSystem)).unwrap();
    let mut taken = 0;
    while spool.append(record(taken), 1, 1).await.is_ok() {
        taken += 1;
        assert!(taken < 5_000);
    }
    assert_eq!(spool.ready(), Err(SpoolError::Full));
    let segment = sealed.recv().await.unwrap();
    let files = spool.files();
    files.remove(&segment).unwrap();
    spool.append(record(0), 1, 1).await.unwrap();
}

#[tokio::test]
async fn a_segment_of_a_newer_version_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &FaultyDisk::default());
    opened.spool.append(record(1), 1, 1).await.unwrap();
    close(opened).await;
    let sealed = only_file(dir.path(), "seg");
    let mut bytes = std::fs::read(&sealed).unwrap();
    // A version byte alone is taken for damage: a newer version has a description of its own.
    bytes[7] = 9;
    let length = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    bytes[16 + length - 1] ^= 1;
    bytes[40] ^= 1;
    let checksum = crc32c::crc32c(&bytes[16..16 + length]).to_le_bytes();
    bytes[12..16].copy_from_slice(&checksum);
    std::fs::write(sealed.with_extension("open"), bytes).unwrap();
    let error = open_spool(config(dir.path()), Arc::new(FileSystem)).err().unwrap();
    assert!(error.to_string().contains("newer version"), "{error}");
    assert!(sealed.exists(), "nothing was touched");
}

#[tokio::test]
async fn a_disk_without_room_for_a_segment_passes() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let opened = open(dir.path(), &disk);
    disk.fault.store(FULL_AT_CREATE, Ordering::SeqCst);
    assert_eq!(opened.spool.append(record(1), 1, 1).await, Err(SpoolError::DiskFull));
    disk.fault.store(WORKS, Ordering::SeqCst);
    opened.spool.append(record(2), 1, 1).await.unwrap();
    assert_eq!(close(opened).await, [2]);
}

#[tokio::test]
async fn a_disk_that_cannot_be_read_stops_the_start_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let opened = open(dir.path(), &disk);
    disk.fault.store(REFUSES_RENAME, Ordering::SeqCst);
    opened.spool.append(record(1), 1, 1).await.unwrap();
    assert_eq!(close(opened).await, [0u32; 0], "it cannot be sealed");
    disk.fault.store(REFUSES_READ, Ordering::SeqCst);
    assert!(open_spool(config(dir.path()), Arc::new(disk.clone())).is_err());
    disk.fault.store(WORKS, Ordering::SeqCst);
    assert_eq!(close(open(dir.path(), &disk)).await, [1]);
}

#[tokio::test]
async fn what_is_left_past_a_poisoned_writer_is_taken_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let opened = open(dir.path(), &disk);
    disk.fault.store(REFUSES_SYNC, Ordering::SeqCst);
    assert_eq!(opened.spool.append(record(1), 1, 1).await, Err(SpoolError::Poisoned));
    let files = opened.spool.files();
    assert!(files.leave(&record(7)).is_err());
    assert_eq!(files.take_replays().unwrap(), [], "nothing is left that may not be on the disk");
    disk.fault.store(WORKS, Ordering::SeqCst);
    files.leave(&record(8)).unwrap();
    close(opened).await;
    let again = open(dir.path(), &disk);
    let taken = again.spool.files().take_replays().unwrap();
    let bytes = again.spool.files().read(&taken[0]).unwrap();
    assert_eq!(read_segment(&bytes).unwrap().records, [(RecordKind::Event, 8u32.to_le_bytes().as_slice())]);
    close(again).await;
}

/// Random appends, faults and restarts; the model remembers what was answered.
#[tokio::test]
async fn whatever_happens_what_was_answered_is_there_once_and_what_was_refused_may_only_be_unanswered() {
    for seed in 1..=20u64 {
        let dir = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::default();
        let mut random = fastrand::Rng::with_seed(seed);
        let mut opened = open(dir.path(), &disk);
        let (mut answered, mut refused) = (Vec::new(), BTreeSet::new());
        for payload in 0..200u32 {
            match random.u32(..20) {
                0 => disk.fault.store(FULL, Ordering::SeqCst),
                1 => disk.fault.store(FULL_AFTER_HALF, Ordering::SeqCst),
                2 => disk.fault.store(REFUSES_SYNC, Ordering::SeqCst),
                3..=8 => disk.fault.store(WORKS, Ordering::SeqCst),
                9 => {
                    disk.fault.store(WORKS, Ordering::SeqCst);
                    close(opened).await;
                    opened = open(dir.path(), &disk);
                }
                10 => tokio::time::sleep(Duration::from_millis(25)).await,
                _ => {}
            }
            match opened.spool.append(record(payload), 1, 1).await {
                Ok(()) => answered.push(payload),
                Err(_) => {
                    refused.insert(payload);
                }
            }
        }
        disk.fault.store(WORKS, Ordering::SeqCst);
        close(opened).await;
        let found = close(open(dir.path(), &disk)).await;
        let kept: Vec<u32> = found.iter().copied().filter(|payload| !refused.contains(payload)).collect();
        assert_eq!(kept, answered, "seed {seed}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "seed {seed}");
    }
}
