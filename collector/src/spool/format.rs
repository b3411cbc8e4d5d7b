//! Bytes of a segment; the layout is described at the head of the module.

use orma_model::event_row::{COLUMNS, ColumnType};
use uuid::Uuid;

const MAGIC: &[u8; 8] = b"ORMASPL\x01";
/// No description is longer: a guard against reading a damaged length.
const DESCRIPTION_BYTES_MAX: usize = 64 << 10;
/// No record is longer; a request's events are far smaller.
const RECORD_BYTES_MAX: usize = 1 << 20;
/// Length and checksum before a record's kind.
const RECORD_HEAD_BYTES: usize = 8;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// An accepted event.
    Event = 1,
    /// A refused event.
    Rejected = 2,
    /// A count for the ledger.
    Count = 3,
}

/// Why bytes are not a segment.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// The file is shorter than its header, or begins with something else.
    #[error("not a spool segment")]
    NotASegment,
    /// A version that this program does not know.
    #[error("written by a newer version of orma (spool format {0})")]
    Newer(u8),
    /// The header's checksum or content is wrong.
    #[error("damaged header")]
    Header,
    /// A record's length or checksum is wrong.
    #[error("damaged or cut record at byte {at}")]
    Record {
        /// Offset of the record's first byte.
        at: usize,
    },
}

/// A segment's content, borrowed from its bytes.
#[derive(Debug)]
pub struct Segment<'a> {
    /// Its id, which its file's name has too.
    pub id: Uuid,
    /// When it was begun, in milliseconds since the epoch.
    pub created_ms: i64,
    /// Where the first record begins.
    pub header_bytes: usize,
    /// Names and types of the events' columns.
    pub columns: Vec<(String, ColumnType)>,
    /// Kind and payload of each record.
    pub records: Vec<(RecordKind, &'a [u8])>,
    /// Where the whole records end.
    pub valid_bytes: usize,
    /// Why reading stopped before the end.
    pub damage: Option<FrameError>,
}

/// The header of a new segment.
pub fn header(id: Uuid, created_ms: i64) -> Vec<u8> {
    let mut description = Vec::with_capacity(2048);
    description.extend_from_slice(id.as_bytes());
    description.extend_from_slice(&created_ms.to_le_bytes());
    description.extend_from_slice(&(COLUMNS.len() as u16).to_le_bytes());
    for column in COLUMNS {
        for text in [column.name, column.column_type.clickhouse_name()] {
            description.push(text.len() as u8);
            description.extend_from_slice(text.as_bytes());
        }
    }
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&(description.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32c::crc32c(&description).to_le_bytes());
    out.extend_from_slice(&description);
    out
}

/// Where the columns begin in a header: behind magic, length, checksum, id and moment.
const COLUMNS_AT: usize = 40;

/// The header that a damaged one was, where that is certain: `id` is the one in the file's name. Either the checksum is
/// that of this program's header, so that magic, length, id or columns are damaged; or the columns are this program's,
/// byte for byte, and the moment is that of the id.
pub(crate) fn mend_header(bytes: &[u8], id: Uuid) -> Option<Vec<u8>> {
    let created_ms = i64::from_le_bytes(bytes.get(COLUMNS_AT - 8..COLUMNS_AT)?.try_into().ok()?);
    let as_written = header(id, created_ms);
    if bytes.get(12..16) == as_written.get(12..16) {
        return Some(as_written);
    }
    let made = assumed_header(id);
    (bytes.get(COLUMNS_AT..made.len()) == made.get(COLUMNS_AT..)).then_some(made)
}

/// This program's header for a segment of this id, which knows when it was made (UUID version 7).
pub(crate) fn assumed_header(id: Uuid) -> Vec<u8> {
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&id.as_bytes()[..6]);
    header(id, i64::from_be_bytes(millis))
}

/// Whether bytes behind the last whole record, or in the place of a header, are what an interrupted write leaves: the
/// beginning of one, perhaps followed by zeros where the file was lengthened before it was filled.
pub(crate) fn is_torn(tail: &[u8], begins_file: bool) -> bool {
    let written = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let whole_bytes = |at: usize, head: usize, most: usize| {
        let length =
            tail.get(at..at + 4).map(|length| u32::from_le_bytes(length.try_into().expect("four")) as usize);
        match length {
            _ if written < at + 4 => Some(usize::MAX),
            Some(length) if (1..=most).contains(&length) => Some(head + length),
            _ => None,
        }
    };
    let whole_bytes = if begins_file {
        let magic = written.min(MAGIC.len());
        if tail[..magic] != MAGIC[..magic] {
            return false;
        }
        whole_bytes(MAGIC.len(), MAGIC.len() + 8, DESCRIPTION_BYTES_MAX)
    } else {
        whole_bytes(0, RECORD_HEAD_BYTES, RECORD_BYTES_MAX)
    };
    whole_bytes.is_some_and(|whole| written < whole) && !holds_record(tail)
}

/// Whether a whole record lies anywhere in `bytes`: its length fits and its checksum is right, which happens by chance
/// once in four thousand million places.
fn holds_record(bytes: &[u8]) -> bool {
    (0..bytes.len()).any(|at| read_record(&mut &bytes[at..]).is_some())
}

/// Appends a record whose payload `write` produces.
pub fn frame(kind: RecordKind, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; RECORD_HEAD_BYTES]);
    out.push(kind as u8);
    write(out);
    let body = start + RECORD_HEAD_BYTES;
    let length = (out.len() - body) as u32;
    let checksum = crc32c::crc32c(&out[body..]);
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    out[start + 4..body].copy_from_slice(&checksum.to_le_bytes());
}

/// Reads a segment as far as it is whole.
///
/// # Errors
/// The header cannot be read. Damage further on is told in [`Segment::damage`].
pub fn read_segment(bytes: &[u8]) -> Result<Segment<'_>, FrameError> {
    let mut rest = bytes;
    let magic = take(&mut rest, MAGIC.len()).ok_or(FrameError::NotASegment)?;
    if magic[..7] != MAGIC[..7] {
        return Err(FrameError::NotASegment);
    }
    let length = take_u32(&mut rest).ok_or(FrameError::NotASegment)? as usize;
    let checksum = take_u32(&mut rest).ok_or(FrameError::NotASegment)?;
    if length > DESCRIPTION_BYTES_MAX {
        return Err(FrameError::Header);
    }
    let description = take(&mut rest, length).ok_or(FrameError::NotASegment)?;
    if crc32c::crc32c(description) != checksum {
        return Err(FrameError::Header);
    }
    match magic[7].cmp(&MAGIC[7]) {
        std::cmp::Ordering::Less => return Err(FrameError::NotASegment),
        std::cmp::Ordering::Greater => return Err(FrameError::Newer(magic[7])),
        std::cmp::Ordering::Equal => {}
    }
    let (id, created_ms, columns) = read_description(description).ok_or(FrameError::Header)?;
    let header_bytes = bytes.len() - rest.len();
    let mut segment = Segment {
        id,
        created_ms,
        header_bytes,
        columns,
        records: Vec::new(),
        valid_bytes: header_bytes,
        damage: None,
    };
    while !rest.is_empty() {
        let Some(record) = read_record(&mut rest) else {
            segment.damage = Some(FrameError::Record { at: segment.valid_bytes });
            break;
        };
        segment.records.push(record);
        segment.valid_bytes = bytes.len() - rest.len();
    }
    Ok(segment)
}

pub(crate) fn read_record<'a>(rest: &mut &'a [u8]) -> Option<(RecordKind, &'a [u8])> {
    let length = take_u32(rest)? as usize;
    let checksum = take_u32(rest)?;
    if length == 0 || length > RECORD_BYTES_MAX {
        return None;
    }
    let body = take(rest, length)?;
    if crc32c::crc32c(body) != checksum {
        return None;
    }
    let kind = match body[0] {
        1 => RecordKind::Event,
        2 => RecordKind::Rejected,
        3 => RecordKind::Count,
        _ => return None,
    };
    Some((kind, &body[1..]))
}

type Columns = Vec<(String, ColumnType)>;

fn read_description(mut rest: &[u8]) -> Option<(Uuid, i64, Columns)> {
    let id = Uuid::from_slice(take(&mut rest, 16)?).ok()?;
    let created_ms = i64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?);
    let count = u16::from_le_bytes(take(&mut rest, 2)?.try_into().ok()?);
    let mut columns = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let name = take_short_text(&mut rest)?.to_owned();
        let column_type = ColumnType::from_clickhouse_name(take_short_text(&mut rest)?)?;
        columns.push((name, column_type));
    }
    Some((id, created_ms, columns))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

fn take_short_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = take(rest, 1)?[0];
    std::str::from_utf8(take(rest, usize::from(length))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(payloads: &[&[u8]]) -> Vec<u8> {
        let mut bytes = header(Uuid::from_u128(7), 1);
        for payload in payloads {
            frame(RecordKind::Event, &mut bytes, |out| out.extend_from_slice(payload));
        }
        bytes
    }

    #[test]
    fn a_segment_is_read_back_with_its_columns() {
        let bytes = segment(&[b"one", b"", b"three"]);
        let read = read_segment(&bytes).unwrap();
        assert_eq!(read.id, Uuid::from_u128(7));
        assert_eq!(read.columns.len(), COLUMNS.len());
        let payloads: Vec<&[u8]> = read.records.iter().map(|record| record.1).collect();
        assert_eq!(payloads, [b"one".as_slice(), b"", b"three"]);
        assert_eq!((read.valid_bytes, read.damage), (bytes.len(), None));
    }

    #[test]
    fn a_cut_keeps_every_whole_record_before_it() {
        let bytes = segment(&[b"one", b"two", b"three"]);
        let ends: Vec<usize> =
            [&[][..], &[b"one".as_slice()], &[b"one", b"two"], &[b"one", b"two", b"three"]]
                .iter()
                .map(|payloads| segment(payloads).len())
                .collect();
        for length in ends[0]..=bytes.len() {
            let read = read_segment(&bytes[..length]).unwrap();
            let whole = ends.iter().filter(|&&end| end <= length).count() - 1;
            assert_eq!(read.records.len(), whole, "cut at {length}");
            assert_eq!(read.valid_bytes, ends[whole]);
            assert_eq!(read.damage.is_some(), length != ends[whole]);
        }
        for length in 0..ends[0] {
            assert!(read_segment(&bytes[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = segment(&[b"one", b"two"]);
        for at in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            let noticed = read_segment(&damaged).map_or(true, |read| read.damage.is_some());
            assert!(noticed, "bit {at}");
        }
    }

    #[test]
    fn a_newer_format_is_told_apart_from_damage() {
        let mut bytes = segment(&[]);
        bytes[7] = 2;
        assert_eq!(read_segment(&bytes).unwrap_err(), FrameError::Newer(2));
    }
}
