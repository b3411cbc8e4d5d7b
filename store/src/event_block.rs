//! Records of events to a block of the table of events.
//!
//! What costs ClickHouse to take an event is above all the number of columns, and to put the rows in order. So columns
//! whose values come in few combinations (what is known of the device, of the place, of the campaign …) are packed into
//! one: their texts, each with char(31) after it, as one entry of a dictionary. The table has every part under its own
//! name as an ALIAS. And the rows are put in the order of the table's key here, where that costs a tenth.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use foldhash::fast::RandomState;
use orma_model::event_row::ColumnType;
use orma_model::record::RecordReader;

use crate::native_block::{BlockBuilder, DamagedRecord};

const DAY_MS: i64 = 86_400_000;

/// A block for `INSERT INTO events (columns) FORMAT Native`.
#[derive(Clone, Debug)]
pub struct EventBlock {
    /// How many events it holds.
    pub rows: u64,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The block, in pieces.
    pub pieces: Vec<Bytes>,
}

impl EventBlock {
    /// The block of some records of these columns, in the order of the table.
    ///
    /// # Errors
    /// A record is shorter or longer than its columns.
    pub fn new(columns: &[(String, ColumnType)], mut records: Vec<&[u8]>) -> Result<Self, DamagedRecord> {
        sort(columns, &mut records);
        let mut block = BlockBuilder::packed(columns);
        block.reserve(records.len());
        for record in records {
            block.push(record)?;
        }
        Ok(Self { rows: block.rows() as u64, columns: block.names(), pieces: block.finish() })
    }
}

/// What the table is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    site: &'a [u8],
    day: u16,
    visitor: &'a [u8],
    /// The second half comes first: so ClickHouse compares a UUID.
    event_id: [&'a [u8]; 2],
}

/// A record with the head of its key: the site's place among the sites, the day, 20 bytes of the visitor. Nearly all
/// comparisons end there, and need not fetch the records from memory.
struct Headed<'a> {
    head: (u128, u64),
    key: Key<'a>,
    record: &'a [u8],
}

/// Puts the records in the order of the table. It is for speed alone: where a record cannot be read so far, they stay
/// as they are.
fn sort(columns: &[(String, ColumnType)], records: &mut [&[u8]]) {
    let layout = Layout::new(columns);
    let keys: Option<Vec<Key<'_>>> = records.iter().map(|record| layout.key(record)).collect();
    let Some(keys) = keys else { return };
    let sites: BTreeSet<&[u8]> = keys.iter().map(|key| key.site).collect();
    let places: HashMap<&[u8], usize, RandomState> =
        sites.into_iter().enumerate().map(|(place, site)| (site, place)).collect();
    let mut headed: Vec<Headed<'_>> = keys
        .into_iter()
        .zip(records.iter())
        .map(|(key, record)| Headed { head: head(&key, places[key.site]), key, record })
        .collect();
    // Of two rows with one id the later one stays the later one.
    headed.sort_by(|left, right| left.head.cmp(&right.head).then_with(|| left.key.cmp(&right.key)));
    for (record, headed) in records.iter_mut().zip(headed) {
        *record = headed.record;
    }
}

fn head(key: &Key<'_>, place_of_site: usize) -> (u128, u64) {
    let mut head = [0; 24];
    // A place that does not fit is left to the whole key.
    head[..2].copy_from_slice(&u16::try_from(place_of_site).unwrap_or(u16::MAX).to_be_bytes());
    head[2..4].copy_from_slice(&key.day.to_be_bytes());
    let visitor = &key.visitor[..key.visitor.len().min(20)];
    head[4..4 + visitor.len()].copy_from_slice(visitor);
    let [high, middle, low] = *head.as_chunks().0 else { unreachable!("three times eight bytes") };
    let number = |bytes| u128::from(u64::from_be_bytes(bytes));
    (number(high) << 64 | number(middle), u64::from_be_bytes(low))
}

/// ClickHouse's day of a moment: between 1970 and 2149.
fn day_of(ms: i64) -> u16 {
    ms.div_euclid(DAY_MS).clamp(0, i64::from(u16::MAX)) as u16
}

/// Where the values of the key are in a record.
struct Layout {
    columns: Vec<(Role, ColumnType)>,
}

#[derive(Clone, Copy)]
enum Role {
    Site,
    EventId,
    Moment,
    Visitor,
    Other,
}

impl Layout {
    fn new(columns: &[(String, ColumnType)]) -> Self {
        let role = |name: &str| match name {
            "site" => Role::Site,
            "event_id" => Role::EventId,
            "ts" => Role::Moment,
            "visitor" => Role::Visitor,
            _ => Role::Other,
        };
        Self { columns: columns.iter().map(|(name, column_type)| (role(name), *column_type)).collect() }
    }

    fn key<'a>(&self, record: &'a [u8]) -> Option<Key<'a>> {
        const NO_ID: [&[u8]; 2] = [&[0; 8], &[0; 8]];
        let mut key = Key { site: &[], day: 0, visitor: &[], event_id: NO_ID };
        let mut missing = 4;
        let mut reader = RecordReader::new(record, self.columns.len())?;
        while missing > 0 {
            let Some(column) = reader.next_column() else { break };
            let (role, column_type) = self.columns[column];
            let value = reader.value(column_type)?;
            match role {
                Role::Site => key.site = value,
                Role::EventId => key.event_id = [value.get(8..)?, &value[..8]],
                Role::Moment => key.day = day_of(i64::from_le_bytes(value.try_into().ok()?)),
                Role::Visitor => key.visitor = value,
                Role::Other => continue,
            }
            missing -= 1;
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use orma_model::EventRow;
    use orma_model::event_row::COLUMNS;
    use orma_model::record::RecordWriter;

    fn columns() -> Vec<(String, ColumnType)> {
        COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect()
    }

    fn record(row: &EventRow<'_>) -> Vec<u8> {
        let mut record = Vec::new();
        row.write_record(&mut record);
        record
    }

    #[test]
    fn rows_are_put_in_the_order_of_the_table() {
        let row = |site: &'static str, ts: i64, visitor: &'static str, id: u128| {
            record(&EventRow {
                site: site.into(),
                ts,
                visitor: visitor.into(),
                event_id: Uuid::from_u128(id),
                ..EventRow::default()
            })
        };
        let sorted = [
            row("a", DAY_MS - 1, "v", 1),
            row("a", 0, "v2", 1),
            // Before the first day is on the first day.
            row("a", -1, "z", 9),
            // The second half of an id weighs more than the first.
            row("a", DAY_MS, "v", (2 << 64) | 1),
            row("a", DAY_MS, "v", (1 << 64) | 2),
            row("a", DAY_MS, "visitor-longer-than-a-head-1", 0),
            row("a", DAY_MS, "visitor-longer-than-a-head-2", 0),
            row("b", 0, "a", 0),
        ];
        let mut records: Vec<&[u8]> = sorted.iter().rev().map(Vec::as_slice).collect();
        sort(&columns(), &mut records);
        assert_eq!(records, sorted);
        records.push(b"\x05cut");
        let unread = records.clone();
        sort(&columns(), &mut records);
        assert_eq!(records, unread, "what cannot be read stays where it is");
    }

    #[test]
    fn parts_lie_in_one_text_each_with_its_end() {
        let row = EventRow {
            country: "IT".into(),
            // No event has a separator in a text; were there one, it would not shift the parts.
            city: "Tori\u{1f}no".into(),
            screen_width: 390,
            ..EventRow::default()
        };
        let record = record(&row);
        let block = EventBlock::new(&columns(), vec![&record, &record]).unwrap();
        assert_eq!((block.rows, block.columns.len()), (2, 27));
        let holds = |text: &str| {
            block.pieces.concat().windows(text.len()).filter(|bytes| *bytes == text.as_bytes()).count()
        };
        assert_eq!(holds("IT\u{1f}\u{1f}Torino\u{1f}"), 1);
        assert_eq!(holds("\u{1f}390\u{1f}"), 1);
        assert_eq!(holds("device_class"), 0);
    }

    #[test]
    fn a_segment_of_a_version_with_fewer_parts_gives_the_parts_it_has() {
        let columns = [("site", "s"), ("country", "IT"), ("city", "Torino")];
        let mut record = Vec::new();
        let mut writer = RecordWriter::new(columns.len(), &mut record);
        for (_, text) in columns {
            writer.push(&text);
        }
        writer.finish();
        let columns = columns.map(|(name, _)| (name.to_owned(), ColumnType::LowCardinality));
        let block = EventBlock::new(&columns, vec![&record]).unwrap();
        assert_eq!(block.columns, ["site", "place_parts"]);
        let text = b"IT\x1f\x1fTorino\x1f";
        assert!(block.pieces.concat().windows(text.len()).any(|bytes| bytes == text));
        for length in 0..record.len() {
            assert!(EventBlock::new(&columns, vec![&record[..length]]).is_err(), "cut at {length}");
        }
    }
}
