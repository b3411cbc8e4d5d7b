//! Records to ClickHouse's Native format: the columns of a block, each with its name, type and values.
//!
//! `RowBinary` costs the server three times the CPU of Native, so the rows are turned into columns here, where a
//! value is copied once and text with few distinct values becomes a dictionary.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::event_row::{COLUMNS, Column, ColumnType, read_varint, skip_value, write_varint};

/// Serialization version of a `LowCardinality` column: its keys come with the block.
const SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS: u64 = 1;
/// Flags of a `LowCardinality` column: it has additional keys and needs the dictionary updated.
const HAS_ADDITIONAL_KEYS: u64 = 1 << 9;
const NEED_UPDATE_DICTIONARY: u64 = 1 << 10;

/// A record that does not hold what its columns say.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("record {row} is cut or damaged in column {column}")]
pub struct DamagedRecord {
    /// Which record of the block, from 0.
    pub row: usize,
    /// Which column.
    pub column: String,
}

/// Gathers records into the columns of one block.
pub struct BlockBuilder {
    rows: usize,
    columns: Vec<(String, ColumnBuffer)>,
}

impl BlockBuilder {
    /// A block for records of these columns, in this order.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, ColumnType)>) -> Self {
        let columns =
            columns.into_iter().map(|(name, kind)| (name.into(), ColumnBuffer::new(kind))).collect();
        Self { rows: 0, columns }
    }

    /// The same, with what [is packed](crate::event_row::Column::packed_in) in one column each.
    pub(crate) fn packed(columns: &[(String, ColumnType)]) -> Self {
        let mut packed: Vec<(String, ColumnBuffer)> = Vec::new();
        for (name, column_type) in columns {
            let Some((pack, place)) = place_in_pack(name) else {
                packed.push((name.clone(), ColumnBuffer::new(*column_type)));
                continue;
            };
            let part = Part { place, column_type: *column_type };
            match packed.last_mut() {
                Some((last, buffer))
                    if last == pack && buffer.parts.iter().all(|part| part.place < place) =>
                {
                    buffer.parts.push(part);
                }
                _ => packed.push((pack.to_owned(), ColumnBuffer::of_parts(pack, part))),
            }
        }
        Self { rows: 0, columns: packed }
    }

    /// The names of the block's columns.
    pub(crate) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The number of records so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The record is shorter or longer than its columns. The block must then be thrown away: some columns have the
    /// row, others do not.
    pub fn push(&mut self, mut record: &[u8]) -> Result<(), DamagedRecord> {
        for (name, buffer) in &mut self.columns {
            if buffer.push(&mut record).is_none() {
                return Err(DamagedRecord { row: self.rows, column: name.clone() });
            }
        }
        if !record.is_empty() {
            return Err(DamagedRecord { row: self.rows, column: "(end)".into() });
        }
        self.rows += 1;
        Ok(())
    }

    /// The block's bytes, ready for `INSERT … FORMAT Native`.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.columns.iter().map(|(_, buffer)| buffer.size() + 64).sum());
        write_varint(self.columns.len() as u64, &mut out);
        write_varint(self.rows as u64, &mut out);
        for (name, buffer) in self.columns {
            write_varint(name.len() as u64, &mut out);
            out.extend_from_slice(name.as_bytes());
            let type_name = buffer.column_type.clickhouse_name();
            write_varint(type_name.len() as u64, &mut out);
            out.extend_from_slice(type_name.as_bytes());
            buffer.finish(self.rows, &mut out);
        }
        out
    }
}

/// Ends each part of a packed column. No text of an event holds it.
const PART_END: u8 = 0x1f;

/// The column in which a column of events is packed, and the how manieth of its parts it is.
fn place_in_pack(name: &str) -> Option<(&'static str, usize)> {
    let pack = COLUMNS.iter().find(|column| column.name == name)?.packed_in?;
    parts_of(pack).position(|part| part.name == name).map(|place| (pack, place))
}

fn parts_of(pack: &str) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |column| column.packed_in == Some(pack))
}

/// A value of a record that is a part of a packed column.
struct Part {
    place: usize,
    column_type: ColumnType,
}

/// The values of one column. Which of the fields are used depends on the type.
struct ColumnBuffer {
    column_type: ColumnType,
    /// Fixed-size values, or text with its lengths; for a map, its keys.
    values: Vec<u8>,
    /// A map's values; a nullable column's null flags.
    second: Vec<u8>,
    /// A map's ends; a dictionary's index of each row.
    indexes: Vec<u32>,
    /// A dictionary's entries.
    dictionary: HashMap<Box<[u8]>, u32, RandomState>,
    /// The last text and its index: neighbours are often alike.
    last: (Vec<u8>, u32),
    /// Of a packed column: what a record holds of it, and how many parts it has. Its dictionary is then looked up by
    /// the bytes of all parts as they lie in the record, and its text is made once.
    parts: Vec<Part>,
    parts_all: usize,
}

impl ColumnBuffer {
    fn new(column_type: ColumnType) -> Self {
        let mut buffer = Self {
            column_type,
            values: Vec::new(),
            second: Vec::new(),
            indexes: Vec::new(),
            dictionary: HashMap::default(),
            last: (Vec::new(), 0),
            parts: Vec::new(),
            parts_all: 0,
        };
        if column_type == ColumnType::LowCardinality {
            // The dictionary's first entry is the type's default.
            buffer.dictionary.insert(Box::default(), 0);
            buffer.values.push(0);
        }
        buffer
    }

    fn of_parts(pack: &str, first: Part) -> Self {
        let mut buffer = Self::new(ColumnType::LowCardinality);
        buffer.parts.push(first);
        buffer.parts_all = parts_of(pack).count();
        buffer
    }

    fn size(&self) -> usize {
        self.values.len() + self.second.len() + self.indexes.len() * 8
    }

    fn push(&mut self, record: &mut &[u8]) -> Option<()> {
        match self.column_type {
            ColumnType::Text => copy_text(record, &mut self.values),
            ColumnType::LowCardinality if !self.parts.is_empty() => {
                let whole = *record;
                for part in &self.parts {
                    skip_value(record, part.column_type)?;
                }
                let index = self.index_of(&whole[..whole.len() - record.len()]);
                self.indexes.push(index);
                Some(())
            }
            ColumnType::LowCardinality => {
                let text = take_text(record)?;
                // Most columns of most events are empty: the dictionary's first entry.
                let index = if text.is_empty() { 0 } else { self.index_of(text) };
                self.indexes.push(index);
                Some(())
            }
            ColumnType::UInt8 => copy_bytes(record, 1, &mut self.values),
            ColumnType::UInt16 => copy_bytes(record, 2, &mut self.values),
            ColumnType::UInt32 => copy_bytes(record, 4, &mut self.values),
            ColumnType::UInt64 | ColumnType::Timestamp | ColumnType::Decimal => {
                copy_bytes(record, 8, &mut self.values)
            }
            ColumnType::Uuid => {
                let bytes = take(record, 16)?;
                // ClickHouse keeps a UUID as two little-endian halves, the high one first.
                self.values.extend(bytes[..8].iter().rev());
                self.values.extend(bytes[8..].iter().rev());
                Some(())
            }
            ColumnType::Float => {
                let present = take(record, 1)?[0];
                self.second.push(u8::from(present == 0));
                copy_bytes(record, 4, &mut self.values)
            }
            ColumnType::Map => {
                let pairs = read_varint(record)?;
                for _ in 0..pairs {
                    copy_text(record, &mut self.values)?;
                    copy_text(record, &mut self.second)?;
                }
                let before = self.indexes.last().copied().unwrap_or(0);
                self.indexes.push(before.checked_add(u32::try_from(pairs).ok()?)?);
                Some(())
            }
        }
    }

    fn index_of(&mut self, text: &[u8]) -> u32 {
        if self.last.0 == text {
            return self.last.1;
        }
        let index = if let Some(&index) = self.dictionary.get(text) {
            index
        } else {
            let index = self.dictionary.len() as u32;
            self.dictionary.insert(text.into(), index);
            if self.parts.is_empty() {
                write_varint(text.len() as u64, &mut self.values);
                self.values.extend_from_slice(text);
            } else {
                let packed = self.packed(text);
                write_varint(packed.len() as u64, &mut self.values);
                self.values.extend_from_slice(&packed);
            }
            index
        };
        self.last.0.clear();
        self.last.0.extend_from_slice(text);
        self.last.1 = index;
        index
    }

    /// The text of a packed column, made of the values of a record. What a record does not hold is empty, as is the
    /// number 0.
    fn packed(&self, mut values: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(values.len() + self.parts_all);
        let mut parts = self.parts.iter().peekable();
        for place in 0..self.parts_all {
            if let Some(part) = parts.next_if(|part| part.place == place) {
                write_part(part.column_type, &mut values, &mut text);
            }
            text.push(PART_END);
        }
        text
    }

    fn finish(self, rows: usize, out: &mut Vec<u8>) {
        match self.column_type {
            ColumnType::LowCardinality => self.finish_dictionary(rows, out),
            ColumnType::Float => {
                out.extend_from_slice(&self.second);
                out.extend_from_slice(&self.values);
            }
            ColumnType::Map => {
                for end in &self.indexes {
                    out.extend_from_slice(&u64::from(*end).to_le_bytes());
                }
                out.extend_from_slice(&self.values);
                out.extend_from_slice(&self.second);
            }
            _ => out.extend_from_slice(&self.values),
        }
    }

    fn finish_dictionary(self, rows: usize, out: &mut Vec<u8>) {
        if rows == 0 {
            return;
        }
        let entries = self.dictionary.len() as u64;
        let width_code = match entries {
            0..=0x100 => 0u64,
            0x101..=0x1_0000 => 1,
            _ => 2,
        };
        out.extend_from_slice(&SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS.to_le_bytes());
        out.extend_from_slice(&(width_code | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY).to_le_bytes());
        out.extend_from_slice(&entries.to_le_bytes());
        out.extend_from_slice(&self.values);
        out.extend_from_slice(&(rows as u64).to_le_bytes());
        match width_code {
            0 => out.extend(self.indexes.iter().map(|&index| index as u8)),
            1 => out.extend(self.indexes.iter().flat_map(|&index| (index as u16).to_le_bytes())),
            _ => out.extend(self.indexes.iter().flat_map(|&index| index.to_le_bytes())),
        }
    }
}

/// Writes a value as a part of a packed column.
fn write_part(column_type: ColumnType, values: &mut &[u8], out: &mut Vec<u8>) {
    let whole = *values;
    if matches!(column_type, ColumnType::Text | ColumnType::LowCardinality) {
        let text = take_text(values).unwrap_or_default();
        out.extend(text.iter().filter(|&&byte| byte != PART_END));
    } else if skip_value(values, column_type).is_some() {
        let mut number = [0; 8];
        let bytes = &whole[..whole.len() - values.len()];
        number[..bytes.len()].copy_from_slice(bytes);
        let number = u64::from_le_bytes(number);
        if number != 0 {
            out.extend_from_slice(number.to_string().as_bytes());
        }
    }
}

pub(crate) fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(head)
}

pub(crate) fn take_text<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = read_varint(input)?;
    take(input, usize::try_from(length).ok()?)
}

fn copy_bytes(input: &mut &[u8], length: usize, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(take(input, length)?);
    Some(())
}

/// Text lies in a record as it lies in a Native column: LEB128 length, then bytes.
fn copy_text(input: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let text = take_text(input)?;
    write_varint(text.len() as u64, out);
    out.extend_from_slice(text);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_row::EventRow;

    fn columns() -> impl Iterator<Item = (&'static str, ColumnType)> {
        COLUMNS.iter().map(|column| (column.name, column.column_type))
    }

    #[test]
    fn a_record_cut_anywhere_is_refused_with_its_column() {
        let row = EventRow {
            site: "demo".into(),
            visitor: "v".into(),
            props: vec![("colore".into(), "rosso".into())],
            ..EventRow::default()
        };
        let mut record = Vec::new();
        row.write_record(&mut record);
        BlockBuilder::new(columns()).push(&record).unwrap();
        for length in 0..record.len() {
            assert!(BlockBuilder::new(columns()).push(&record[..length]).is_err(), "cut at {length}");
        }
        record.push(0);
        let error = BlockBuilder::new(columns()).push(&record).unwrap_err();
        assert_eq!(error, DamagedRecord { row: 0, column: "(end)".into() });
    }

    #[test]
    fn a_dictionary_holds_each_text_once_and_widens_with_its_size() {
        for (distinct, width) in [(3u64, 1u64), (300, 2)] {
            let mut block = BlockBuilder::new([("site", ColumnType::LowCardinality)]);
            for row in 0..1000 {
                let mut record = Vec::new();
                let text = format!("s{}", row % distinct);
                write_varint(text.len() as u64, &mut record);
                record.extend_from_slice(text.as_bytes());
                block.push(&record).unwrap();
            }
            let bytes = block.finish();
            let tail = 1000 * width as usize;
            assert_eq!(bytes[bytes.len() - tail - 8..bytes.len() - tail], 1000u64.to_le_bytes());
        }
    }
}
