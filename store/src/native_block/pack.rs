//! Columns of events that share one column of the table: which, and the text of an entry of its dictionary.

use orma_model::event_row::{COLUMNS, Column, ColumnType};
use orma_model::record::take_bytes;

/// Ends each part of a packed column. No text of an event holds it.
const PART_END: u8 = 0x1f;

/// The column in which a column of events is packed, and the how manieth of its parts it is.
pub fn place_in_pack(name: &str) -> Option<(&'static str, usize)> {
    let pack = COLUMNS.iter().find(|column| column.name == name)?.packed_in?;
    parts_of(pack).position(|part| part.name == name).map(|place| (pack, place))
}

fn parts_of(pack: &str) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |column| column.packed_in == Some(pack))
}

/// What makes up a packed column. Its dictionary is looked up by the values as they lie in a record, after a bit for
/// each that is there; its text is made once for each entry.
pub struct Pack {
    /// The first of the record's columns that are parts; the others follow it.
    pub first: usize,
    /// The types of those columns.
    pub types: Vec<ColumnType>,
    /// Which of the pack's parts they are.
    places: Vec<usize>,
    /// How many parts it has, whether a record knows them or not.
    parts: usize,
}

impl Pack {
    /// A pack that begins with this column of the record.
    pub fn new(name: &str, first: usize, place: usize, column_type: ColumnType) -> Self {
        Self { first, types: vec![column_type], places: vec![place], parts: parts_of(name).count() }
    }

    /// Adds the record's next column; `None` when it is no later part.
    pub fn add(&mut self, place: usize, column_type: ColumnType) -> Option<()> {
        if self.places.last().is_some_and(|last| *last >= place) {
            return None;
        }
        self.types.push(column_type);
        self.places.push(place);
        Some(())
    }

    /// The text of an entry. What a record does not hold is empty.
    pub fn text(&self, bits: u32, mut values: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(values.len() + self.parts);
        let mut known = self.places.iter().zip(&self.types).enumerate().peekable();
        for place in 0..self.parts {
            if let Some((bit, (_, column_type))) = known.next_if(|(_, (known, _))| **known == place)
                && bits >> bit & 1 == 1
            {
                write_part(*column_type, &mut values, &mut text);
            }
            text.push(PART_END);
        }
        text
    }
}

/// Takes the first value and writes it as a part.
fn write_part(column_type: ColumnType, values: &mut &[u8], out: &mut Vec<u8>) {
    let Some(bytes) = column_type.fixed_bytes() else {
        let text = take_bytes(values).unwrap_or_default();
        out.extend(text.iter().filter(|&&byte| byte != PART_END));
        return;
    };
    let Some((value, rest)) = values.split_at_checked(bytes) else { return };
    *values = rest;
    let mut number = [0; 8];
    number[..bytes].copy_from_slice(value);
    out.extend_from_slice(u64::from_le_bytes(number).to_string().as_bytes());
}

/// By which an entry is looked up.
pub fn key_of(bits: u32, values: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(size_of::<u32>() + values.len());
    key.extend_from_slice(&bits.to_le_bytes());
    key.extend_from_slice(values);
    key
}
