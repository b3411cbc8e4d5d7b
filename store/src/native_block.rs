//! Records to ClickHouse's Native format: the columns of a block, each with its name, type and values.
//!
//! `RowBinary` costs the server three times the CPU of Native, so the rows are turned into columns here, where a
//! value is copied once and text with few distinct values becomes a dictionary.

mod pack;
mod parts;

use std::collections::HashMap;

use bytes::Bytes;
use foldhash::fast::RandomState;
use orma_model::event_row::ColumnType;
use orma_model::record::{RecordReader, read_varint, take_bytes, write_bytes, write_text, write_varint};

use pack::{Pack, key_of, place_in_pack};
use parts::Parts;

/// Serialization version of a `LowCardinality` column: its keys come with the block.
const SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS: u64 = 1;
/// Flags of a `LowCardinality` column: it has additional keys and needs the dictionary updated.
const HAS_ADDITIONAL_KEYS: u64 = 1 << 9;
const NEED_UPDATE_DICTIONARY: u64 = 1 << 10;

/// Room for a text of a column, where room is made before it is known: an id with its length.
const TEXT_BYTES_USUAL: usize = 37;

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
    /// In which column of the block each column of a record ends up.
    places: Vec<usize>,
}

impl BlockBuilder {
    /// A block for records of these columns, in this order.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, ColumnType)>) -> Self {
        let columns: Vec<_> =
            columns.into_iter().map(|(name, kind)| (name.into(), ColumnBuffer::new(kind))).collect();
        Self { rows: 0, places: (0..columns.len()).collect(), columns }
    }

    /// The same, with what [is packed](orma_model::event_row::Column::packed_in) in one column each.
    pub(crate) fn packed(columns: &[(String, ColumnType)]) -> Self {
        let mut packed: Vec<(String, ColumnBuffer)> = Vec::new();
        let mut places = Vec::with_capacity(columns.len());
        for (column, (name, column_type)) in columns.iter().enumerate() {
            if let Some((pack, place)) = place_in_pack(name) {
                let open = packed.last_mut().filter(|(last, _)| last == pack);
                if open.and_then(|(_, buffer)| buffer.pack.as_mut()?.add(place, *column_type)).is_none() {
                    let begun = Pack::new(pack, column, place, *column_type);
                    packed.push((pack.to_owned(), ColumnBuffer::of_pack(begun)));
                }
            } else {
                packed.push((name.clone(), ColumnBuffer::new(*column_type)));
            }
            places.push(packed.len() - 1);
        }
        Self { rows: 0, columns: packed, places }
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
    pub fn push(&mut self, record: &[u8]) -> Result<(), DamagedRecord> {
        let damaged = |column: &str| DamagedRecord { row: self.rows, column: column.into() };
        let mut reader =
            RecordReader::new(record, self.places.len()).ok_or_else(|| damaged("(beginning)"))?;
        while let Some(column) = reader.peek() {
            let (name, buffer) = &mut self.columns[self.places[column]];
            // What says nothing is only made up for when something follows it.
            if buffer.rows < self.rows {
                buffer.fill(self.rows);
            }
            buffer.take(&mut reader).ok_or_else(|| damaged(name))?;
        }
        if !reader.is_at_end() {
            return Err(damaged("(end)"));
        }
        self.rows += 1;
        Ok(())
    }

    /// Makes room for so many records, so that no column is moved when it grows.
    pub fn reserve(&mut self, rows: usize) {
        for (_, buffer) in &mut self.columns {
            buffer.reserve(rows);
        }
    }

    /// The block's bytes, ready for `INSERT … FORMAT Native`, in pieces.
    pub fn finish(self) -> Vec<Bytes> {
        let mut parts = Parts::default();
        let out = parts.open();
        write_varint(self.columns.len() as u64, out);
        write_varint(self.rows as u64, out);
        for (name, mut buffer) in self.columns {
            buffer.fill(self.rows);
            for text in [&*name, buffer.column_type.clickhouse_name()] {
                write_text(text, parts.open());
            }
            buffer.finish(self.rows, &mut parts);
        }
        parts.finish()
    }
}

/// The values of one column. Which of the fields are used depends on the type.
struct ColumnBuffer {
    column_type: ColumnType,
    /// Rows that have a value.
    rows: usize,
    /// Fixed-size values, or text with its lengths; for a map, its keys.
    values: Vec<u8>,
    /// A map's values; a nullable column's null flags.
    second: Vec<u8>,
    /// A map's ends; a dictionary's index of each row.
    indexes: Vec<u32>,
    /// A dictionary's entries.
    dictionary: HashMap<Box<[u8]>, u32, RandomState>,
    /// What the last row was looked up by, and its index: neighbours are often alike.
    last: (Vec<u8>, u32),
    /// The index of a row that says nothing.
    unsaid: u32,
    /// Of a packed column.
    pack: Option<Pack>,
}

impl ColumnBuffer {
    fn new(column_type: ColumnType) -> Self {
        let mut buffer = Self {
            column_type,
            rows: 0,
            values: Vec::new(),
            second: Vec::new(),
            indexes: Vec::new(),
            dictionary: HashMap::default(),
            last: (Vec::new(), 0),
            unsaid: 0,
            pack: None,
        };
        if column_type == ColumnType::LowCardinality {
            // The dictionary's first entry is the type's default.
            buffer.dictionary.insert(Box::default(), 0);
            buffer.values.push(0);
        }
        buffer
    }

    fn of_pack(pack: Pack) -> Self {
        let mut buffer = Self::new(ColumnType::LowCardinality);
        buffer.unsaid = buffer.add_entry(&key_of(0, &[]), &pack.text(0, &[]));
        buffer.pack = Some(pack);
        buffer
    }

    fn reserve(&mut self, rows: usize) {
        match self.column_type {
            ColumnType::LowCardinality => self.indexes.reserve(rows),
            ColumnType::Text => self.values.reserve(rows * TEXT_BYTES_USUAL),
            ColumnType::Map => {
                self.indexes.reserve(rows);
                self.values.reserve(rows * TEXT_BYTES_USUAL);
                self.second.reserve(rows * TEXT_BYTES_USUAL);
            }
            ColumnType::Float => {
                self.second.reserve(rows);
                self.values.reserve(rows * 4);
            }
            other => self.values.reserve(rows * other.fixed_bytes().unwrap_or(1)),
        }
    }

    /// Gives the type's default to the rows up to this one that have no value.
    fn fill(&mut self, rows: usize) {
        let missing = rows - self.rows;
        self.rows = rows;
        match self.column_type {
            ColumnType::LowCardinality => self.indexes.resize(rows, self.unsaid),
            ColumnType::Map => self.indexes.resize(rows, self.indexes.last().copied().unwrap_or(0)),
            ColumnType::Float => {
                self.second.resize(rows, 1);
                self.values.resize(rows * 4, 0);
            }
            // An empty text is its length.
            _ => {
                let bytes = missing * self.column_type.fixed_bytes().unwrap_or(1);
                self.values.resize(self.values.len() + bytes, 0);
            }
        }
    }

    /// Takes the value of the next row, or all parts of it, from a record.
    fn take(&mut self, reader: &mut RecordReader<'_>) -> Option<()> {
        let Some(pack) = &self.pack else {
            reader.next_column();
            let value = reader.value(self.column_type)?;
            return self.push(value);
        };
        let (bits, values) = reader.group(&pack.types, pack.first)?;
        let index = self.index_of_parts(bits, values);
        self.indexes.push(index);
        self.rows += 1;
        Some(())
    }

    /// Adds the value of the next row, as [`RecordReader::value`] gives it.
    fn push(&mut self, value: &[u8]) -> Option<()> {
        self.rows += 1;
        match self.column_type {
            ColumnType::Text => write_bytes(value, &mut self.values),
            ColumnType::LowCardinality => {
                let index = if value.is_empty() { 0 } else { self.index_of(value) };
                self.indexes.push(index);
            }
            ColumnType::Uuid => {
                // ClickHouse keeps a UUID as two little-endian halves, the high one first.
                let id = u128::from_be_bytes(value.try_into().ok()?);
                self.values.extend_from_slice(&((id >> 64) as u64).to_le_bytes());
                self.values.extend_from_slice(&(id as u64).to_le_bytes());
            }
            ColumnType::Float => {
                self.second.push(0);
                self.values.extend_from_slice(value);
            }
            ColumnType::Map => {
                let mut rest = value;
                let pairs = read_varint(&mut rest)?;
                for _ in 0..pairs {
                    for out in [&mut self.values, &mut self.second] {
                        write_bytes(take_bytes(&mut rest)?, out);
                    }
                }
                let before = self.indexes.last().copied().unwrap_or(0);
                self.indexes.push(before.checked_add(u32::try_from(pairs).ok()?)?);
            }
            _ => self.values.extend_from_slice(value),
        }
        Some(())
    }

    fn index_of(&mut self, text: &[u8]) -> u32 {
        if self.last.0 == text {
            return self.last.1;
        }
        let known = self.dictionary.get(text).copied();
        let index = known.unwrap_or_else(|| self.add_entry(text, text));
        self.last.0.clear();
        self.last.0.extend_from_slice(text);
        self.last.1 = index;
        index
    }

    fn index_of_parts(&mut self, bits: u32, values: &[u8]) -> u32 {
        if self.last.0.strip_prefix(&bits.to_le_bytes()).is_some_and(|last| last == values) {
            return self.last.1;
        }
        let key = key_of(bits, values);
        let known = self.dictionary.get(key.as_slice()).copied();
        let index = known.unwrap_or_else(|| {
            let text = self.pack.as_ref().map_or_else(Vec::new, |pack| pack.text(bits, values));
            self.add_entry(&key, &text)
        });
        self.last = (key, index);
        index
    }

    /// Adds to the dictionary what is looked up by `key`.
    fn add_entry(&mut self, key: &[u8], text: &[u8]) -> u32 {
        let index = self.dictionary.len() as u32;
        self.dictionary.insert(key.into(), index);
        write_bytes(text, &mut self.values);
        index
    }

    fn finish(self, rows: usize, out: &mut Parts) {
        match self.column_type {
            ColumnType::LowCardinality => self.finish_dictionary(rows, out),
            ColumnType::Float => {
                out.push(self.second);
                out.push(self.values);
            }
            ColumnType::Map => {
                out.push(self.indexes.iter().flat_map(|end| u64::from(*end).to_le_bytes()).collect());
                out.push(self.values);
                out.push(self.second);
            }
            _ => out.push(self.values),
        }
    }

    fn finish_dictionary(self, rows: usize, out: &mut Parts) {
        if rows == 0 {
            return;
        }
        let entries = self.dictionary.len() as u64;
        let width_code = match entries {
            0..=0x100 => 0u64,
            0x101..=0x1_0000 => 1,
            _ => 2,
        };
        for number in [
            SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS,
            width_code | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY,
            entries,
        ] {
            out.open().extend_from_slice(&number.to_le_bytes());
        }
        out.push(self.values);
        out.open().extend_from_slice(&(rows as u64).to_le_bytes());
        let mut indexes = vec![0; rows << width_code];
        for (place, index) in indexes.chunks_exact_mut(1 << width_code).zip(&self.indexes) {
            place.copy_from_slice(&index.to_le_bytes()[..1 << width_code]);
        }
        out.push(indexes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orma_model::event_row::{COLUMNS, EventRow};
    use orma_model::record::RecordWriter;

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
                let mut writer = RecordWriter::new(1, &mut record);
                writer.push(&format!("s{}", row % distinct).as_str());
                writer.finish();
                block.push(&record).unwrap();
            }
            let bytes = block.finish().concat();
            let tail = 1000 * width as usize;
            assert_eq!(bytes[bytes.len() - tail - 8..bytes.len() - tail], 1000u64.to_le_bytes());
        }
    }
}
