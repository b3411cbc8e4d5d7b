use std::collections::BTreeSet;

use super::*;
use crate::ledger::{self, Counts, Outcome};
use crate::record::count;
use crate::spool::FileSystem;
use crate::spool::files::Damage;
use crate::spool::format::header;

const RECORDS: u64 = 4;
const NAME: &str = "0000000000000007-0193a1b2c3d47e5f8a9b000000000000";

fn id() -> Uuid {
    id_of_name(Path::new(NAME)).unwrap()
}

/// A record that counts so many events: it is told from the others by that.
fn record(events: u64) -> Vec<u8> {
    let (mut counts, mut bytes) = (Counts::new(), Vec::new());
    ledger::add(&mut counts, "demo", 0, Outcome::Accepted, "", events);
    count::write_records(&counts, &mut bytes);
    bytes
}

fn segment() -> Vec<u8> {
    (1..=RECORDS).fold(header(id(), 1_700_000_000_000), |bytes, events| [bytes, record(events)].concat())
}

fn header_bytes() -> usize {
    header(id(), 0).len()
}

/// The records of a segment, by their counts.
fn records(bytes: &[u8]) -> BTreeSet<u64> {
    let read = read_segment(bytes).unwrap();
    assert_eq!(read.damage, None, "what is shipped is whole");
    assert_eq!(read.id, id(), "and keeps its token");
    let counted = read.records.iter().map(|(_, payload)| {
        let mut counts = Counts::new();
        count::read_record(payload, &mut counts).unwrap();
        *counts.values().next().unwrap()
    });
    counted.collect()
}

struct Started {
    recovered: Recovered,
    /// What is shipped now or after a second.
    shipped: BTreeSet<u64>,
    /// Files in quarantine, by ending.
    kept: Vec<(String, Vec<u8>)>,
}

/// A start with this as the only, open segment.
fn start_with(bytes: &[u8]) -> io::Result<Started> {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(quarantine_dir(dir.path())).unwrap();
    fs::write(dir.path().join(NAME).with_extension("open"), bytes).unwrap();
    let recovered = recover(&FileSystem, dir.path())?;
    assert!(!dir.path().join(NAME).with_extension("open").exists());
    let mut shipped = BTreeSet::new();
    for place in [dir.path().to_owned(), replay_dir(dir.path())] {
        for (path, _) in FileSystem.list(&place).unwrap_or_default() {
            shipped.extend(records(&fs::read(path).unwrap()));
        }
    }
    let kept = FileSystem.list(&quarantine_dir(dir.path())).unwrap();
    let kept = kept
        .into_iter()
        .map(|(path, _)| (path.extension().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()));
    Ok(Started { recovered, shipped, kept: kept.collect() })
}

/// Which records are still there, byte for byte.
fn intact(bytes: &[u8]) -> BTreeSet<u64> {
    (1..=RECORDS)
        .filter(|events| bytes.windows(record(*events).len()).any(|at| at == record(*events)))
        .collect()
}

/// What must hold whatever happened to a file: whole records are shipped, and every byte that is in no shipped segment
/// is kept and counted.
fn hold_against(damaged: &[u8], what: &str) {
    let started = start_with(damaged).unwrap_or_else(|error| panic!("{what}: {error}"));
    let Recovered { torn_bytes, damaged: damage, quarantined, .. } = started.recovered;
    let in_quarantine = started.kept.iter().any(|(ending, _)| ending == "seg");
    assert_eq!(quarantined > 0, in_quarantine, "{what}");
    if !in_quarantine {
        assert_eq!(started.shipped, intact(damaged), "{what}");
    }
    let lost = intact(damaged).len() < RECORDS as usize;
    if lost && !damaged.is_empty() && damaged.len() > header_bytes() {
        let is_cut_between = torn_bytes == 0 && damage == Damage::default();
        let whole: usize = started.shipped.iter().map(|events| record(*events).len()).sum();
        assert_eq!(is_cut_between, header_bytes() + whole == damaged.len(), "{what}: a loss is counted");
    }
    if damage.segments > 0 {
        assert!(started.kept.iter().any(|(_, bytes)| bytes == damaged), "{what}: kept as it was");
    } else if torn_bytes > 0 {
        let tail = &damaged[damaged.len() - torn_bytes as usize..];
        assert!(
            started.kept.iter().any(|(ending, bytes)| ending == "torn" && bytes.ends_with(tail)),
            "{what}"
        );
    } else {
        assert!(started.kept.is_empty(), "{what}");
    }
}

/// Every byte where something begins, and a few of the long list of columns: each try flushes files.
fn is_tried(at: usize) -> bool {
    at < 42 || at.is_multiple_of(211) || at + 2 > header_bytes() && at.is_multiple_of(3)
}

#[test]
fn a_whole_segment_is_sealed_and_nothing_is_said_of_it() {
    let started = start_with(&segment()).unwrap();
    assert_eq!(started.shipped, (1..=RECORDS).collect());
    assert_eq!(
        (started.recovered.torn_bytes, started.recovered.damaged, started.kept.len()),
        (0, Damage::default(), 0)
    );
    assert_eq!(started.recovered.last_sequence, 7);
}

#[test]
fn a_cut_anywhere_is_a_torn_end_and_no_damage() {
    let bytes = segment();
    for length in (0..bytes.len()).filter(|length| is_tried(*length)) {
        hold_against(&bytes[..length], &format!("cut at {length}"));
        let started = start_with(&bytes[..length]).unwrap();
        assert_eq!(started.recovered.damaged, Damage::default(), "cut at {length}");
        // What a lengthened and unfilled file looks like.
        let zeros = [&bytes[..length], &[0; 300]].concat();
        hold_against(&zeros, &format!("cut at {length}, then zeros"));
        assert_eq!(
            start_with(&zeros).unwrap().recovered.damaged,
            Damage::default(),
            "cut at {length}, then zeros"
        );
    }
}

#[test]
fn a_flipped_bit_costs_its_record_and_no_other_and_one_in_the_header_costs_none() {
    let bytes = segment();
    for bit in (0..bytes.len() * 8).filter(|bit| is_tried(bit / 8) && bit % 8 == bit / 8 % 8) {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        hold_against(&damaged, &format!("bit {bit}"));
        let started = start_with(&damaged).unwrap();
        if bit / 8 < header_bytes() {
            assert_eq!(started.shipped.len(), RECORDS as usize, "bit {bit} of the header");
        } else {
            assert_eq!(started.shipped.len(), RECORDS as usize - 1, "bit {bit}");
        }
    }
}

#[test]
fn whatever_is_written_over_a_segment_what_is_whole_is_shipped_and_the_rest_is_kept() {
    let bytes = segment();
    let mut random = fastrand::Rng::with_seed(7);
    let mut below = |end: usize| random.usize(..end);
    for round in 0..100 {
        let mut damaged = bytes.clone();
        let (from, length) = (below(bytes.len()), 1 + below(200));
        let to = (from + length).min(bytes.len());
        match round % 4 {
            0 => damaged[from..to].fill(0),
            1 => damaged[from..to].iter_mut().for_each(|byte| *byte = below(256) as u8),
            2 => drop(damaged.drain(from..to)),
            _ => damaged.extend((0..length).map(|_| below(256) as u8)),
        }
        hold_against(&damaged, &format!("round {round}: {from}..{to}"));
    }
}

#[test]
fn an_unknown_kind_of_record_is_set_aside_and_the_others_are_shipped() {
    let mut unknown = record(9);
    unknown[8] = 77;
    let checksum = crc32c::crc32c(&unknown[8..]).to_le_bytes();
    unknown[4..8].copy_from_slice(&checksum);
    let bytes = [segment(), unknown, record(5)].concat();
    let started = start_with(&bytes).unwrap();
    assert_eq!(started.shipped, (1..=5).collect());
    assert_eq!(started.kept, [("rest".to_owned(), bytes)]);
}

#[test]
fn a_header_that_is_lost_leaves_the_segment_to_the_operator_who_gets_its_records() {
    let mut bytes = segment();
    bytes[4..header_bytes()].fill(0x55);
    let started = start_with(&bytes).unwrap();
    assert_eq!((started.shipped.len(), started.recovered.quarantined), (0, 1));
    let whole = replay::whole_records(&bytes, Some(id())).unwrap();
    assert_eq!((whole.records, whole.certain), (RECORDS, false));
    assert_eq!(records(&whole.bytes), (1..=RECORDS).collect());
}

#[test]
fn a_newer_version_stops_the_start_and_a_flipped_version_byte_does_not() {
    let mut newer = segment();
    newer[7] = 2;
    assert_eq!(start_with(&newer).unwrap().shipped.len(), RECORDS as usize, "all else is version 1");
    // A newer one has another description, and its own checksum of it.
    newer[30] ^= 1;
    newer[60] ^= 1;
    let length = u32::from_le_bytes(newer[8..12].try_into().unwrap()) as usize;
    let checksum = crc32c::crc32c(&newer[16..16 + length]).to_le_bytes();
    newer[12..16].copy_from_slice(&checksum);
    let error = start_with(&newer).err().unwrap().to_string();
    assert!(
        error.contains(NAME) && error.contains("newer version") && error.contains("start that version"),
        "{error}"
    );
}

#[test]
fn names_of_another_form_are_shipped_first_and_nothing_is_put_in_the_place_of_another() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(quarantine_dir(dir.path())).unwrap();
    let place = |name: &str| dir.path().join(name);
    for name in
        ["odd.open", "ffffffffffffffff-x.open", &format!("{NAME}.open"), &format!("{NAME}.seg"), "8-y.count"]
    {
        fs::write(place(name), segment()).unwrap();
    }
    fs::create_dir(place("9-z.seg")).unwrap();
    let recovered = recover(&FileSystem, dir.path()).unwrap();
    assert_eq!((recovered.last_sequence, recovered.sealed.len()), (8, 4), "{recovered:?}");
    for segment in &recovered.sealed {
        assert_eq!(records(&fs::read(&segment.path).unwrap()).len(), RECORDS as usize);
    }
    assert!(place("8-y.count").exists() && place("9-z.seg").is_dir());
}

#[test]
fn a_file_too_large_for_a_segment_is_set_aside_unread() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(quarantine_dir(dir.path())).unwrap();
    let place = dir.path().join(NAME).with_extension("open");
    fs::File::create(&place).unwrap().set_len(SEGMENT_BYTES_READ_MAX + 1).unwrap();
    let recovered = recover(&FileSystem, dir.path()).unwrap();
    assert_eq!((recovered.quarantined, recovered.damaged.segments), (1, 1));
}
