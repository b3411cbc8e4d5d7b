//! Records of events to a block of the table of events.
//!
//! What costs ClickHouse to take an event is above all the number of columns, and to put the rows in order. So columns
//! whose values come in few combinations (what is known of the device, of the place, of the campaign …) are packed into
//! one: their texts, each with char(31) after it, as one entry of a dictionary. The table has every part under its own
//! name as an ALIAS. And the rows are put in the order of the table's key here, where that costs a tenth.

use crate::event_row::ColumnType;
use crate::native_block::{BlockBuilder, DamagedRecord};
use crate::record::RecordReader;

const DAY_MS: i64 = 86_400_000;

/// A block for `INSERT INTO events (columns) FORMAT Native`.
#[derive(Clone, Debug)]
pub struct EventBlock {
    /// How many events it holds.
    pub rows: u64,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The block.
    pub bytes: Vec<u8>,
}

impl EventBlock {
    /// The block of some records of these columns, in the order of the table.
    ///
    /// # Errors
    /// A record is shorter or longer than its columns.
    pub fn new(columns: &[(String, ColumnType)], mut records: Vec<&[u8]>) -> Result<Self, DamagedRecord> {
        sort(columns, &mut records);
        let mut block = BlockBuilder::packed(columns);
        for record in records {
            block.push(record)?;
        }
        Ok(Self { rows: block.rows() as u64, columns: block.names(), bytes: block.finish() })
    }
}

/// What the table is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    site: &'a [u8],
    day: i64,
    visitor: &'a [u8],
    /// The second half comes first: so ClickHouse compares a UUID.
    event_id: [&'a [u8]; 2],
}

/// Puts the records in the order of the table. It is for speed alone: where a record cannot be read so far, they stay
/// as they are.
fn sort(columns: &[(String, ColumnType)], records: &mut Vec<&[u8]>) {
    let keys: Option<Vec<_>> =
        records.iter().map(|record| key(columns, record).map(|key| (key, *record))).collect();
    if let Some(mut keys) = keys {
        // Of two rows with one id the later one stays the later one.
        keys.sort_by(|(left, _), (right, _)| left.cmp(right));
        records.clear();
        records.extend(keys.into_iter().map(|(_, record)| record));
    }
}

fn key<'a>(columns: &[(String, ColumnType)], record: &'a [u8]) -> Option<Key<'a>> {
    const NO_ID: [&[u8]; 2] = [&[0; 8], &[0; 8]];
    let mut key = Key { site: &[], day: 0, visitor: &[], event_id: NO_ID };
    let mut missing = 4;
    let mut reader = RecordReader::new(record, columns.len())?;
    while missing > 0 {
        let Some(column) = reader.next_column() else { break };
        let (name, column_type) = &columns[column];
        let value = reader.value(*column_type)?;
        match name.as_str() {
            "site" => key.site = value,
            "event_id" => key.event_id = [value.get(8..)?, &value[..8]],
            "ts" => key.day = i64::from_le_bytes(value.try_into().ok()?).div_euclid(DAY_MS),
            "visitor" => key.visitor = value,
            _ => continue,
        }
        missing -= 1;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::EventRow;
    use crate::event_row::COLUMNS;
    use crate::record::RecordWriter;

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
            row("a", -1, "z", 9),
            row("a", DAY_MS - 1, "v", 1),
            row("a", 0, "v2", 1),
            // The second half of an id weighs more than the first.
            row("a", DAY_MS, "v", (2 << 64) | 1),
            row("a", DAY_MS, "v", (1 << 64) | 2),
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
        let holds =
            |text: &str| block.bytes.windows(text.len()).filter(|bytes| *bytes == text.as_bytes()).count();
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
        assert!(block.bytes.windows(text.len()).any(|bytes| bytes == text));
        for length in 0..record.len() {
            assert!(EventBlock::new(&columns, vec![&record[..length]]).is_err(), "cut at {length}");
        }
    }
}
