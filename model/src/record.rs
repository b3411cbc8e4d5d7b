//! A *record*: the values of one row, one after the other, as the spool stores them and the shipper turns them into a
//! block (`native_block.rs` of `store`) without knowing what a column means.
//!
//! First a bit for each column, in order from the lowest bit of the first byte, filled up to whole bytes: whether the
//! column says anything. Then the values of those that do, little-endian. Most columns of most events say nothing, and
//! cost neither space nor time.
//!
//! | type | bytes of a value | says nothing when |
//! |---|---|---|
//! | [`ColumnType::Text`], [`ColumnType::LowCardinality`] | length as LEB128, then UTF-8 | empty |
//! | [`ColumnType::UInt8`] … [`ColumnType::UInt64`] | 1, 2, 4 or 8 | 0 |
//! | [`ColumnType::Timestamp`] | i64, milliseconds since the epoch | 0 |
//! | [`ColumnType::Uuid`] | 16, network order | all zeros |
//! | [`ColumnType::Float`] | f32 | absent |
//! | [`ColumnType::Decimal`] | i64, ten-thousandths | 0 |
//! | [`ColumnType::Map`] | number of pairs as LEB128, then key, value as Text | empty |

use std::borrow::Cow;

use uuid::Uuid;

use crate::column_type::ColumnType;

/// A record has no more columns.
pub const COLUMNS_MAX: usize = 128;

/// A value that knows its bytes in a record.
pub trait Value {
    /// Whether it is anything else than its type's default.
    fn says_something(&self) -> bool;
    /// Appends its bytes.
    fn write(&self, record: &mut Vec<u8>);
}

/// Writes one record, value by value in the order of its columns.
pub struct RecordWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    columns: usize,
    column: usize,
    present: u128,
}

impl<'a> RecordWriter<'a> {
    /// Begins a record of so many columns, at most [`COLUMNS_MAX`], at the end of `out`.
    #[inline]
    pub fn new(columns: usize, out: &'a mut Vec<u8>) -> Self {
        debug_assert!(columns <= COLUMNS_MAX);
        let start = out.len();
        out.extend_from_slice(&[0; COLUMNS_MAX / 8][..columns.div_ceil(8)]);
        Self { out, start, columns, column: 0, present: 0 }
    }

    /// Writes the next column's value.
    // Inlined, so that the compiler knows the number of each column of a row.
    #[inline]
    pub fn push(&mut self, value: &impl Value) {
        if value.says_something() {
            self.present |= 1 << self.column;
            value.write(self.out);
        }
        self.column += 1;
    }

    /// Ends the record, when every column has had its value.
    #[inline]
    pub fn finish(self) {
        debug_assert_eq!(self.column, self.columns);
        let bits = self.columns.div_ceil(8);
        self.out[self.start..self.start + bits].copy_from_slice(&self.present.to_le_bytes()[..bits]);
    }
}

/// Reads a record: the columns that say something, one by one.
#[derive(Clone, Copy, Debug)]
pub struct RecordReader<'a> {
    present: u128,
    rest: &'a [u8],
}

impl<'a> RecordReader<'a> {
    /// `None` when the record is too short for so many columns, or says something of one that is not there.
    pub fn new(record: &'a [u8], columns: usize) -> Option<Self> {
        let (bits, rest) = record.split_at_checked(columns.div_ceil(8))?;
        let mut bytes = [0; COLUMNS_MAX / 8];
        bytes.get_mut(..bits.len())?.copy_from_slice(bits);
        let present = u128::from_le_bytes(bytes);
        let known = columns == COLUMNS_MAX || present >> columns == 0;
        known.then_some(Self { present, rest })
    }

    /// The next column that says something. Its value must be taken before the next one is asked for.
    #[inline]
    pub fn next_column(&mut self) -> Option<usize> {
        let column = self.peek()?;
        self.present &= self.present - 1;
        Some(column)
    }

    /// The column that [`RecordReader::next_column`] would give.
    #[inline]
    pub fn peek(&self) -> Option<usize> {
        (self.present != 0).then(|| self.present.trailing_zeros() as usize)
    }

    /// The bytes of a value of this type: text without its length, all else as it lies in the record. `None` when they
    /// are cut or damaged.
    #[inline]
    pub fn value(&mut self, column_type: ColumnType) -> Option<&'a [u8]> {
        let length = match (column_type.fixed_bytes(), column_type) {
            (Some(bytes), _) => bytes,
            (None, ColumnType::Map) => {
                let mut after = self.rest;
                for _ in 0..read_varint(&mut after)? {
                    take_bytes(&mut after)?;
                    take_bytes(&mut after)?;
                }
                self.rest.len() - after.len()
            }
            (None, _) => usize::try_from(read_varint(&mut self.rest)?).ok()?,
        };
        let (value, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(value)
    }

    /// The columns of `columns` that say something, as bits from the first of them, and the bytes of all their values
    /// together as they lie in the record. All columns before must have been taken.
    pub fn group(&mut self, columns: &[ColumnType], first: usize) -> Option<(u32, &'a [u8])> {
        let bits = (self.present >> first) as u32 & ((1 << columns.len()) - 1);
        self.present &= !(u128::from(bits) << first);
        let before = self.rest;
        let mut left = bits;
        while left != 0 {
            self.value(columns[left.trailing_zeros() as usize])?;
            left &= left - 1;
        }
        Some((bits, &before[..before.len() - self.rest.len()]))
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.present == 0 && self.rest.is_empty()
    }
}

/// Appends `value` as unsigned LEB128.
pub fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes an unsigned LEB128 off the front of `input`; `None` when it is cut or longer than 64 bits.
#[inline]
pub fn read_varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = input.split_first()?;
        *input = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Takes a length and as many bytes, as [`write_bytes`] wrote them, off the front of `input`; `None` when they are cut.
#[inline]
pub fn take_bytes<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(read_varint(input)?).ok()?;
    let (bytes, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(bytes)
}

/// Takes text, as [`write_text`] wrote it, off the front of `input`; `None` when it is cut or not UTF-8.
pub fn take_text(input: &mut &[u8]) -> Option<String> {
    String::from_utf8(take_bytes(input)?.to_vec()).ok()
}

/// Takes eight little-endian bytes off the front of `input`.
pub fn take_i64(input: &mut &[u8]) -> Option<i64> {
    let (bytes, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(i64::from_le_bytes(*bytes))
}

/// Appends text: its length as LEB128, then its bytes.
#[inline]
pub fn write_text(text: &str, record: &mut Vec<u8>) {
    write_bytes(text.as_bytes(), record);
}

/// Appends a length as LEB128, then so many bytes.
#[inline]
pub fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    // Most text is short.
    if bytes.len() < 0x80 {
        out.push(bytes.len() as u8);
    } else {
        write_varint(bytes.len() as u64, out);
    }
    out.extend_from_slice(bytes);
}

impl Value for &str {
    fn says_something(&self) -> bool {
        !self.is_empty()
    }

    fn write(&self, record: &mut Vec<u8>) {
        write_text(self, record);
    }
}

impl Value for Cow<'_, str> {
    fn says_something(&self) -> bool {
        !self.is_empty()
    }

    fn write(&self, record: &mut Vec<u8>) {
        write_text(self, record);
    }
}

impl Value for Uuid {
    fn says_something(&self) -> bool {
        !self.is_nil()
    }

    fn write(&self, record: &mut Vec<u8>) {
        record.extend_from_slice(self.as_bytes());
    }
}

macro_rules! little_endian {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn says_something(&self) -> bool {
                *self != 0
            }

            fn write(&self, record: &mut Vec<u8>) {
                record.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
little_endian!(u8, u16, u32, u64, i64);

impl Value for Option<f32> {
    fn says_something(&self) -> bool {
        self.is_some()
    }

    fn write(&self, record: &mut Vec<u8>) {
        record.extend_from_slice(&self.unwrap_or_default().to_le_bytes());
    }
}

impl Value for Vec<(Cow<'_, str>, Cow<'_, str>)> {
    fn says_something(&self) -> bool {
        !self.is_empty()
    }

    fn write(&self, record: &mut Vec<u8>) {
        write_varint(self.len() as u64, record);
        for (key, value) in self {
            write_text(key, record);
            write_text(value, record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_round_trip_and_refuse_what_is_cut() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            write_varint(value, &mut bytes);
            assert_eq!(read_varint(&mut bytes.as_slice()), Some(value));
            assert_eq!(read_varint(&mut &bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn only_what_says_something_is_in_a_record() {
        let mut record = vec![b'!'];
        let mut writer = RecordWriter::new(10, &mut record);
        for text in ["demo", "", ""] {
            writer.push(&text);
        }
        writer.push(&7i64);
        writer.push(&0u8);
        writer.push(&Some(0.0f32));
        writer.push(&None::<f32>);
        writer.push(&Uuid::nil());
        writer.push(&vec![(Cow::Borrowed("k"), Cow::Borrowed(""))]);
        writer.push(&u16::MAX);
        writer.finish();
        assert_eq!(record[..3], [b'!', 0b0010_1001, 0b11]);

        let mut reader = RecordReader::new(&record[1..], 10).unwrap();
        let expected = [
            (0, ColumnType::LowCardinality, b"demo".to_vec()),
            (3, ColumnType::Timestamp, 7i64.to_le_bytes().to_vec()),
            (5, ColumnType::Float, vec![0; 4]),
            (8, ColumnType::Map, b"\x01\x01k\x00".to_vec()),
            (9, ColumnType::UInt16, vec![0xff; 2]),
        ];
        for (column, column_type, value) in expected {
            assert!(!reader.is_at_end());
            assert_eq!(reader.next_column(), Some(column));
            assert_eq!(reader.value(column_type), Some(value.as_slice()));
        }
        assert_eq!((reader.next_column(), reader.is_at_end()), (None, true));
    }

    #[test]
    fn a_column_that_is_not_there_is_no_record() {
        assert!(RecordReader::new(&[0b0000_0111], 3).is_some());
        assert!(RecordReader::new(&[0b0000_1000], 3).is_none());
        assert!(RecordReader::new(&[], 3).is_none());
        assert!(RecordReader::new(&[0xff; 16], COLUMNS_MAX).is_some());
        assert!(RecordReader::new(&[0; 32], COLUMNS_MAX + 1).is_none());
    }
}
